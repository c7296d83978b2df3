"""What a build adds to the files of the package: the compiled rules, and the extension where there is a C compiler."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: The extension's module and where its files are.
MODULE = "cleaner.native._kernels"
SOURCES = "cleaner/native"


class Built(BuildHookInterface):  # type: ignore[misc, type-arg]
    """Compiles the rules, since the folder that the package is installed in may not be writable; and the extension.

    An editable installation compiles the rules itself, whenever a rule file has changed; its extension is put beside
    the sources.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the files.

        Args:
            version: ``"standard"`` or ``"editable"``.
            build_data: takes the files, and whether the wheel is for one platform only.
        """
        self.folder = tempfile.TemporaryDirectory()
        made = self._extension(Path(self.folder.name))
        if version == "editable":
            if made:
                self._put(made, Path(self.root, SOURCES, made.name))
            return
        if made:
            build_data["force_include"][str(made)] = f"{SOURCES}/{made.name}"
            build_data["pure_python"] = False
            build_data["infer_tag"] = True
        sys.path.insert(0, self.root)
        try:
            from cleaner.rules.compiled import SHIPPED, compile_rules
        finally:
            sys.path.remove(self.root)
        file = Path(self.folder.name, SHIPPED)
        file.write_bytes(compile_rules())
        file.chmod(0o644)
        build_data["force_include"][str(file)] = f"cleaner/rules/{SHIPPED}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take the files away again."""
        self.folder.cleanup()

    def _extension(self, folder: Path) -> Path | None:
        """Build the extension; without a compiler there is none, and the package is slower."""
        from setuptools import Distribution, Extension

        windows = sys.platform == "win32"
        sources = sorted(str(path.relative_to(self.root)) for path in Path(self.root, SOURCES).glob("*.c"))
        extension = Extension(
            MODULE,
            [str(Path(self.root, path)) for path in sources],
            depends=[str(path) for path in Path(self.root, SOURCES).glob("*.h")],
            extra_compile_args=["/O2"] if windows else ["-O3", "-g0", "-fvisibility=hidden"],
            libraries=[] if windows else ["m"],
            optional=True,
        )
        command = Distribution({"name": "cleaner", "ext_modules": [extension]}).get_command_obj("build_ext")
        command.build_lib, command.build_temp = str(folder / "lib"), str(folder / "temp")
        command.ensure_finalized()
        command.run()
        made = [path for path in (folder / "lib").rglob("*") if path.suffix in (".so", ".pyd")]
        if not made:
            self.app.display_warning("cleaner: there is no C extension; everything works, only slower")
        return made[0] if made else None

    @staticmethod
    def _put(made: Path, place: Path) -> None:
        """Replace the extension whole: a process may be running on the old one."""
        copy = place.with_name(place.name + ".new")
        shutil.copy(made, copy)
        copy.replace(place)
