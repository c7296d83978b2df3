"""Pages of HTML to learn from: their lines, what each is worth, and what is known of them, as they are and in part."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cleaner import Cleaner
from cleaner.model.places import Places, measure_html
from cleaner.page import Page
from cleaner.read.html import read_html
from cleaner.stages.place import lines_of, place
from training.data import Text, align, site_of, words
from training.views import foreign

#: Pages of more lines are not learnt from.
LONGEST = 3000
LARGEST = 1 << 40
#: Share of pages with a view of the text alone; with one in a script of its own.
ALONE, FOREIGN = 0.35, 0.45
#: What is random in the views is drawn so many times, for no pass to see the same as the one before.
DRAWS = 4


@dataclass
class View:
    """Lines of a page to learn from.

    Attributes:
        places: what is known of them.
        size: words of each.
        found: how many of them the reference text has.
        sure: how far to trust this.
        reference: words of the reference text; 0 if it is not known.
        weight: what the view counts for.
        kind: the type of page it is, if that is known.
    """

    places: Places
    size: np.ndarray
    found: np.ndarray
    sure: np.ndarray
    reference: float
    weight: float = 1.0
    kind: str = ""


@dataclass
class HtmlPage:
    """A page of a set with its views: the whole; for each draw the same in another script, and parts of it."""

    set: str
    id: str
    kind: str
    site: str
    text: str
    lines: list[str]
    whole: View | None = None
    foreign: tuple[View | None, ...] = (None,) * DRAWS
    parts: tuple[tuple[View, ...], ...] = ((),) * DRAWS
    snippets: tuple[list[str], list[str]] = ((), ())  # type: ignore[assignment]


def read_pages(data: Path, seed: int = 5) -> Iterator[HtmlPage]:
    """All pages of all sets of a folder.

    Args:
        data: the folder; each set has ``truth.jsonl.gz`` and ``html/``.
        seed: of what is random in the views.

    Yields:
        The pages.
    """
    rng = random.Random(seed)
    cleaner = Cleaner()
    rules = cleaner._ruleset("careful")
    for path in sorted(data.glob("*/truth.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as f:
            rows = [json.loads(line) for line in f]
        for row in rows:
            html = gzip.decompress((path.parent / row["html"]).read_bytes())
            page = read_html(html, cleaner._repairs, None, LARGEST)
            page.apply("place", place(page, rules, cleaner.settings))
            yield _page(path.parent.name, row, page, rng)


def _page(name: str, row: dict, page: Page, rng: random.Random) -> HtmlPage:
    alive = np.frombuffer(bytes(page.kept), np.uint8).nonzero()[0]
    lines = [page.lines[i] for i in alive]
    out = HtmlPage(name, row["id"], row.get("type") or "-", site_of(row, name), row.get("text") or "", lines)
    if not row.get("text") and "with" in row:
        out.snippets = (row["with"], row["without"])
    if not lines or page.markup is None:
        return out
    where = lines_of(page)[alive]
    gaps = np.append(True, np.diff(np.asarray(page.row)) > 1)[alive]
    if out.text:
        size, found, sure, *_ = align(lines, words(out.text))
        reference = float(len(words(out.text)))
    else:
        size, found, sure = _by_snippets(lines, *out.snippets)
        reference = 0.0
    found = np.minimum(found, size)

    def view(pick: np.ndarray, texts: list[str], *, of_all: bool) -> View:
        places = measure_html(texts, gaps[pick], page.markup, where[pick])  # type: ignore[arg-type]
        known = reference if of_all else max(1.0, float(found[pick].sum()))
        weight = 1.0 if of_all else 0.5
        kind = "article" if name.startswith("news") else out.kind
        return View(places, size[pick], found[pick], sure[pick].astype(np.float32), known, weight, kind)

    everything = np.arange(len(lines))
    out.whole = view(everything, lines, of_all=True)
    if not reference or len(lines) > LONGEST:
        return out
    out.parts = tuple(
        tuple(view(part, [lines[i] for i in part], of_all=False) for part in _parts(size, found, rng))
        for _ in range(DRAWS)
    )
    if name.startswith("wcxb"):
        text = Text(lines, gaps, size, found, sure, int(reference))
        title, page.markup.title = page.markup.title, ""
        drawn = [foreign(text, rng).lines if rng.random() < FOREIGN else [] for _ in range(DRAWS)]
        out.foreign = tuple(view(everything, [s or "-" for s in said], of_all=True) if said else None for said in drawn)
        page.markup.title = title
    return out


def _by_snippets(lines: list[str], must: list[str], must_not: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    size = np.array([len(words(line)) for line in lines])
    good = np.array([any(s in line for s in must) for line in lines])
    bad = np.array([any(s in line for s in must_not) for line in lines])
    return size, size * good, (good != bad).astype(np.float32)


def _parts(size: np.ndarray, found: np.ndarray, rng: random.Random) -> Iterator[np.ndarray]:
    """Lines of small pages: a little furniture, the beginning of the text, a little furniture; or the text alone."""
    good = (found > 0.5 * np.maximum(size, 1)).nonzero()[0]
    if len(good) < 2:
        return
    first = rng.randint(0, max(0, min(len(good) - 2, 4)))
    last = good[min(len(good), first + rng.randint(2, 14)) - 1]
    core = range(good[first], last + 1)[:30]
    head = range(max(0, good[0] - rng.randint(0, 8)), good[0])
    rest = range(good[-1] + 1, len(size))
    tail = rest[: rng.randint(0, 8)] if rng.random() < 0.6 else rest[-8:]
    yield np.array(sorted({*head, *core, *tail}))
    if rng.random() < ALONE:
        yield good[: rng.randint(3, 40)]
