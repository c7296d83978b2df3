"""The package works from a zip, which is how clusters get it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cleaner
from cleaner.engines.ship import package_zip
from tests.fixtures import cases

CODE = """
import json, sys
sys.path.insert(0, sys.argv[1])
import cleaner
print(json.dumps([cleaner.__file__, *cleaner.Cleaner().clean_many(json.load(sys.stdin))]))
"""


def test_a_zip_of_the_package_cleans_alike(tmp_path: Path) -> None:
    path = package_zip(tmp_path)
    texts = [case.text for case in cases("articles")][:8]
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(path)],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    where, *clean = json.loads(done.stdout)
    assert where.startswith(str(path))
    assert clean == [cleaner.clean(text) for text in texts]
