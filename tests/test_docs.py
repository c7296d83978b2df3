"""What the documents show is run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import cleaner
from cleaner.rules.languages import language_sources, read_language
from cleaner.rules.loader import parse, sources
from tests.fixtures import ROOT

#: Adapters need their engines; tests/engines runs what they and the README show of them.
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(cleaner.__path__, "cleaner.")
    if module.name != "cleaner.__main__" and not module.name.startswith("cleaner.engines.")
)
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^cleaner .*$", re.MULTILINE)


def blocks(name: str) -> list[str]:
    return _BLOCK.findall((ROOT / name).read_text(encoding="utf-8"))


def test_the_counts_of_the_languages_sources_are_those_of_their_files() -> None:
    rows = re.findall(
        r"^\| ([\w-]+) \| [^|]+ \| (\d+) \| (\d+) \|", (ROOT / "docs/languages-sources.md").read_text("utf-8"), re.M
    )
    rules = [rule for name, source in sources() for rule in parse(name, source).rules]
    held = {
        Path(name).stem: [
            str(sum(len(getattr(entry, kind)) for entry in read_language(name, source, rules).entries.values()))
            for kind in ("phrases", "bound")
        ]
        for name, source in language_sources()
    }
    assert {code: counts for code, *counts in rows} == held


@pytest.mark.parametrize("name", ["cleaner", *MODULES])
def test_doctests(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_some_doctests_are_there() -> None:
    finder = doctest.DocTestFinder()
    assert sum(len(test.examples) for test in finder.find(cleaner)) > 0


def test_the_readme_has_python_to_run() -> None:
    assert blocks("README.md"), "README.md shows no Python"


PLAIN = [number for number, block in enumerate(blocks("README.md")) if "cleaner.engines" not in block]


@pytest.mark.parametrize("number", PLAIN)
def test_the_readmes_python_runs(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block alone, where there are no files but those it makes."""
    monkeypatch.chdir(tmp_path)
    source = blocks("README.md")[number]
    exec(compile(source, f"README.md, Python block {number + 1}", "exec"), {"__name__": "readme"})


def test_the_readmes_links_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (ROOT / target).exists(), target


def test_the_readmes_commands_exist() -> None:
    from cleaner.cli import main

    commands = {line.split()[1] for line in _COMMAND.findall((ROOT / "README.md").read_text(encoding="utf-8"))}
    assert {"clean", "explain", "rules"} <= commands
    for command in commands:
        with pytest.raises(SystemExit) as done:
            main([command, "--help"])
        assert done.value.code == 0
