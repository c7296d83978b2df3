"""The fixtures, read as bytes are: no newline is translated."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"


class Case(NamedTuple):
    """A page and what a careful reader would leave of it."""

    name: str
    folder: Path
    text: str
    expected: str


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def cases(kind: str) -> list[Case]:
    """The pages of one folder (``articles``, ``known_failures``)."""
    folders = sorted(path.parent for path in (FIXTURES / kind).glob("*/input.txt"))
    return [Case(f.name, f, read(f / "input.txt"), read(f / "expected.txt")) for f in folders]


def negatives() -> dict[str, str]:
    """The texts that hold no furniture, by name."""
    return {path.stem: read(path) for path in sorted((FIXTURES / "negative").glob("*.txt"))}


class HtmlCase(NamedTuple):
    """A page as HTML, what a careful reader would leave of it, and why that is not what comes out, if it is not."""

    name: str
    folder: Path
    html: bytes
    expected: str
    why: str


def html_cases() -> list[HtmlCase]:
    """The pages of ``html/``; those with a ``why.txt`` are known failures."""
    folders = sorted(path.parent for path in (FIXTURES / "html").glob("*/input.html"))
    whys = [" ".join(read(f / "why.txt").split()) if (f / "why.txt").exists() else "" for f in folders]
    return [
        HtmlCase(f.name, f, (f / "input.html").read_bytes(), read(f / "expected.txt"), why)
        for f, why in zip(folders, whys, strict=True)
    ]
