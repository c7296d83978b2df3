"""What the documents show of engines is run as it stands, each block in a process and a folder of its own."""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines.needs import needs
from tests.fixtures import ROOT
from tests.test_docs import blocks

#: What an example needs: the module of the adapter it names, and more where that is not all.
NEEDS = {
    "arrow": ("pyarrow",),
    "pandas": ("pandas", "pyarrow"),
    "duckdb": ("duckdb", "pyarrow"),
    "polars": ("polars", "pyarrow"),
    "sklearn": ("sklearn", "pyarrow"),
    "spark": ("pyspark", "pandas", "pyarrow"),
    "cells": (),
    "ship": (),
}
_ADAPTER = re.compile(r"cleaner\.engines\.(\w+)")
MODULES = sorted(module.name for module in pkgutil.iter_modules([str(ROOT / "cleaner/engines")]))


def needed(block: str) -> tuple[str, ...]:
    name = _ADAPTER.search(block)
    assert name
    return (*NEEDS.get(name[1], (name[1],)), *(("dask",) if "import dask" in block else ()))


SHOWN = [block for name in ("README.md", "docs/scale.md") for block in blocks(name) if "cleaner.engines" in block]


@pytest.mark.parametrize(
    "block",
    [pytest.param(block, id=f"{n}-{needed(block)[0]}", marks=needs(*needed(block))) for n, block in enumerate(SHOWN)],
)
def test_an_example_runs(block: str, tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(block, encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYSPARK_", "RAY_"))}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"  # as in a venv that was activated
    done = subprocess.run(
        [sys.executable, "example.py"], capture_output=True, text=True, cwd=tmp_path, check=False, env=env
    )
    assert done.returncode == 0, done.stderr


def test_every_adapter_has_an_example() -> None:
    shown = set(_ADAPTER.findall("\n".join(SHOWN)))
    assert set(MODULES) - {"cells", "ship"} <= shown


@pytest.mark.parametrize("name", [pytest.param(name, marks=needs(*NEEDS.get(name, (name,)))) for name in MODULES])
@pytest.mark.filterwarnings("default")
def test_doctests(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"cleaner.engines.{name}")).failed == 0
