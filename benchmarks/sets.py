"""Evaluation sets: pages already rendered to text, with the text that should be left of them.

A set is a folder::

    SET/set.json                      {"metric": "word"}, or "shingle", or "snippet"
    SET/truth.jsonl.gz                {"id", "text", "with", "without", "type"} per line, what is not known left out
    SET/text-RENDERER.jsonl.gz        {"id", "text"} per line
    SET/html/...                      pages as they came, gzipped or not; the truth's "html" names each

Without a folder of sets the repository's own fixtures are the one set there is. The cleaner is tested on these, so it
does well there by construction: they show that the benchmark runs, not who is better.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
OWN = ("fixtures", "input")
#: The sets that the package's weights were learnt from (cleaner/model/CARD.md): no test of the network.
LEARNT_FROM = frozenset({"wcxb-dev", "news-dev", "snippets-dev"})

T = TypeVar("T")


@dataclass(frozen=True)
class Page:
    """One page.

    Attributes:
        id: its name in the set.
        given: its text as rendered.
        text: the reference text; empty if there is none.
        required: snippets that must survive.
        barred: snippets that must not.
        kind: type of page, or country.
    """

    id: str
    given: str
    text: str
    required: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    kind: str = "-"


@dataclass(frozen=True)
class Track:
    """The pages of one set through one renderer."""

    set: str
    renderer: str
    metric: str
    pages: tuple[Page, ...]

    @property
    def name(self) -> str:
        """Set and renderer."""
        return f"{self.set} {self.renderer}"


@dataclass(frozen=True)
class HtmlTrack:
    """The pages of one set as HTML; ``html`` holds their bytes, in the order of ``pages``."""

    set: str
    metric: str
    pages: tuple[Page, ...]
    html: tuple[bytes, ...]


def learnt(name: str) -> str:
    """A set's name, with an asterisk if the weights were learnt from it."""
    return f"{name}*" if name in LEARNT_FROM else name


def note_on_sets(found: Iterable[str]) -> str:
    """What is to be said of the sets that have an asterisk; empty if none has."""
    known = sorted(LEARNT_FROM.intersection(found))
    if not known:
        return ""
    return (
        f" * The cleaner's network has learnt from {', '.join(known)}: on these its figures (not those with score off,"
        " nor other tools') are too high for pages it has not seen; cleaner/model/CARD.md has the cross-validated ones."
    )


def data_folder(given: str | os.PathLike[str] | None) -> Path | None:
    """The folder of sets: the argument, else ``DATA`` of the environment, else None for the fixtures."""
    chosen = given or os.environ.get("DATA")
    if not chosen:
        return None
    folder = Path(chosen)
    if not names(folder):
        raise SystemExit(f"{folder}: no evaluation set in it (a set has set.json, truth.jsonl.gz, text-NAME.jsonl.gz)")
    return folder


def names(data: Path | None) -> list[tuple[str, str]]:
    """Every (set, renderer) there is; those of whole pages before those of extracted text."""
    if data is None:
        return [OWN]
    found = [
        (path.parent.name, path.name.removeprefix("text-").removesuffix(".jsonl.gz"))
        for path in data.glob("*/text-*.jsonl.gz")
        if (path.parent / "set.json").exists()
    ]
    return sorted(found, key=lambda name: (not name[1].endswith("_all"), name[1] != "resiliparse_all", name))


def main_track(data: Path | None) -> tuple[str, str]:
    """The track with most text among those of the first renderer: speed is measured on it."""
    found = names(data)
    if data is None:
        return found[0]
    first = [pair for pair in found if pair[1] == found[0][1]]
    return max(first, key=lambda pair: (data / pair[0] / f"text-{pair[1]}.jsonl.gz").stat().st_size)


def load(data: Path | None, name: str, renderer: str, limit: int = 0) -> Track:
    """Read a track.

    Args:
        data: the folder of sets; None for the fixtures.
        name: the set.
        renderer: the renderer.
        limit: take about this many pages, evenly over the set; 0 for all.
    """
    if (name, renderer) not in names(data):
        known = ", ".join(" ".join(pair) for pair in names(data))
        raise SystemExit(f"no track {name} {renderer}; there are: {known}")
    if data is None:
        return Track(name, renderer, "word", tuple(_spread(list(_fixtures()), limit)))
    folder = data / name
    given = {row["id"]: row["text"] for row in _rows(folder / f"text-{renderer}.jsonl.gz")}
    rows = _spread([row for row in _rows(folder / "truth.jsonl.gz") if row["id"] in given], limit)
    metric = json.loads((folder / "set.json").read_text(encoding="utf-8"))["metric"]
    return Track(name, renderer, metric, tuple(_page(row, given[row["id"]]) for row in rows))


def html_names(data: Path | None) -> list[str]:
    """The sets that hold their pages as HTML."""
    if data is None:
        return [OWN[0]]
    return sorted((path.parent.name for path in data.glob("*/html")), reverse=True)


def load_html(data: Path | None, name: str, limit: int = 0) -> HtmlTrack:
    """Read a set's pages as HTML.

    Args:
        data: the folder of sets; None for the fixtures.
        name: the set.
        limit: take about this many pages, evenly over the set; 0 for all.
    """
    if data is None:
        folders = [path.parent for path in sorted((FIXTURES / "html").glob("*/input.html"))]
        pages = [Page(f.name, "", _read(f / "expected.txt"), kind="html") for f in folders]
        return HtmlTrack(name, "word", tuple(pages), tuple((f / "input.html").read_bytes() for f in folders))
    folder = data / name
    metric = json.loads((folder / "set.json").read_text(encoding="utf-8"))["metric"]
    rows = _spread([row for row in _rows(folder / "truth.jsonl.gz") if row.get("html")], limit)
    raw = [(folder / row["html"]).read_bytes() for row in rows]
    pages = [_page(row, "") for row in rows]
    return HtmlTrack(name, metric, tuple(pages), tuple(gzip.decompress(b) if b[:2] == b"\x1f\x8b" else b for b in raw))


def _page(row: dict[str, Any], given: str) -> Page:
    required, barred = row.get("with") or (), row.get("without") or ()
    return Page(row["id"], given, row.get("text") or "", tuple(required), tuple(barred), row.get("type") or "-")


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
        yield from map(json.loads, lines)


def _spread(items: list[T], limit: int) -> list[T]:
    if not limit or limit >= len(items):
        return items
    return [items[i * len(items) // limit] for i in range(limit)]


def _fixtures() -> Iterator[Page]:
    for folder in ("articles", "known_failures"):
        for path in sorted((FIXTURES / folder).glob("*/input.txt")):
            expected = path.with_name("expected.txt")
            yield Page(path.parent.name, _read(path), _read(expected), kind=folder)
    for path in sorted((FIXTURES / "negative").glob("*.txt")):
        yield Page(path.stem, _read(path), _read(path), kind="negative")


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape")
