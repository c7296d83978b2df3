"""The package as one file, for clusters: what ``--py-files`` (Spark) and ``runtime_env`` (Ray) send to the workers.

It holds the package alone. What the package needs (see ``pyproject.toml``) has compiled parts, which no zip can bring,
and has to be on the workers; ``docs/scale.md`` shows the ways.
"""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import cleaner
from cleaner.rules.compiled import SHIPPED, compile_rules


def package_zip(target: str | os.PathLike[str]) -> Path:
    """Write the installed package into a zip from which Python can import it.

    The rules are put in compiled, since a worker could not keep them beside the code.

    Args:
        target: the file to write, or a folder, in which it becomes ``article-cleaner-VERSION.zip``.

    Returns:
        The file's path.

    Raises:
        OSError: it cannot be written.
    """
    path = Path(target)
    if path.is_dir():
        path /= f"article-cleaner-{cleaner.__version__}.zip"
    home = Path(cleaner.__file__).parent
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for file in sorted(home.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts and file.name != SHIPPED:
                out.write(file, Path(home.name) / file.relative_to(home))
        out.writestr(f"{home.name}/rules/{SHIPPED}", compile_rules())
    return path
