"""The package's rules are made ready once: kept beside the code, brought by a wheel, and the same wherever they come from."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import cleaner
from cleaner.rules import compiled
from tests.fixtures import ROOT, cases

#: Prints whether the rules had to be read from the rule files, where the package lies, and how it cleans.
CODE = """
import sys
import cleaner
from cleaner.rules import compiled
sys.stdout.reconfigure(encoding="utf-8")
text = cleaner.clean(sys.stdin.buffer.read().decode("utf-8"))
print(compiled.readable.cache_info().currsize, cleaner.__file__, text, sep="\\n", end="")
"""
#: An Arabic page.
TEXT = next(case.text for case in cases("articles") if "تخطى إلى المحتوى" in case.text)


def start(place: Path) -> bool:
    """Clean a text in a new process with the package that lies there; whether it had to read the rule files."""
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        input=TEXT.encode("utf-8"),
        capture_output=True,
        check=False,
        cwd=place.parent,
        env=os.environ | {"PYTHONPATH": str(place)},
    )
    assert done.returncode == 0, done.stderr.decode()
    read, where, text = done.stdout.decode("utf-8").split("\n", 2)
    assert where.startswith(str(place))
    assert text.replace("\r\n", "\n") == cleaner.clean(TEXT)
    return read != "0"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package; with all languages it would take longer."""
    shutil.copytree(ROOT / "cleaner", tmp_path / "copy" / "cleaner", ignore=shutil.ignore_patterns("__pycache__"))
    for file in (tmp_path / "copy" / "cleaner" / "rules" / "lang").iterdir():
        if file.stem not in ("ar", "pl"):
            file.unlink()
    return tmp_path / "copy"


def kept(copy: Path) -> list[Path]:
    return list((copy / "cleaner" / "rules" / "__pycache__").glob("rules-*"))


def test_compiled_rules_are_kept_until_a_file_changes(copy: Path) -> None:
    assert start(copy)
    (first,) = kept(copy)
    assert not start(copy)
    (copy / "ordinary").touch()
    assert first.stat().st_mode == (copy / "ordinary").stat().st_mode
    os.utime(copy / "cleaner" / "rules" / "lang" / "pl.toml", (1, 1))
    assert start(copy)
    (second,) = kept(copy)
    assert second != first
    second.write_bytes(second.read_bytes()[:1000])
    assert start(copy)
    assert not start(copy)


def test_where_nothing_can_be_written_the_rules_are_the_same(copy: Path) -> None:
    (copy / "cleaner" / "rules" / "__pycache__").write_text("in the way of the folder")
    assert start(copy)


def test_a_zip_without_compiled_rules(copy: Path) -> None:
    assert start(Path(shutil.make_archive(str(copy.parent / "package"), "zip", copy)))


def test_a_wheel_brings_compiled_rules(tmp_path: Path) -> None:
    code = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    wheel = tmp_path / done.stdout.split()[-1]
    with zipfile.ZipFile(wheel) as files:
        found = [name for name in files.namelist() if name.endswith(".pickle")]
        assert found == [f"cleaner/rules/{compiled.SHIPPED}"]
        assert stat.S_IMODE(files.getinfo(found[0]).external_attr >> 16) == 0o644
    assert not start(wheel)


def test_a_compiled_book_is_the_book_as_made() -> None:
    made = compiled.Phrasebook()
    made.add(compiled.readable(), untangled=True)
    book = compiled.builtin().book
    assert book.forms == made.forms
    assert {form: book.phrases(form) for form in book.forms} == {form: made.phrases(form) for form in made.forms}
    for name in ("owners", "languages", "pattern_owners", "sources", "starts", "bound", "wakes", "always"):
        assert getattr(book, name) == getattr(made, name), name
    assert all(book.joined(language) == made.joined(language) for language in made.languages)
