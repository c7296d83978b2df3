"""Headlines with the name of a site behind them: "Ferry crews vote to end stoppage | Harbour Post"."""

from __future__ import annotations

import re
from itertools import compress

from cleaner.fold import fold, squash
from cleaner.keys import Keys
from cleaner.native import kernels
from cleaner.page import Page
from cleaner.stages.prose import KINDS, SITE_MARKS, word_count

#: The name of a site behind a headline: a mark, and a few words after it.
SITE_NAME = (2, 40)
_SITE = re.compile(rf"[{SITE_MARKS}](?:(?<=\s[^:])|(?<=\s:):)\s+[^|•·–—»\n]{{{SITE_NAME[0]},{SITE_NAME[1]}}}\Z")
LONGEST_SITE = 64
#: It is looked for in this many lines at both ends, and wherever the mark is a bar.
EDGE_LINES = 12
LONGEST_TITLE = 240
#: What is left without the name has at least so many words.
TITLE_WORDS = 3


def bare_titles(page: Page, keys: Keys, standing: bytes) -> dict[int, bytes]:
    """Lines that are another line with a site's name behind it: line -> the other's key."""
    lines, kept = page.lines, page.kept
    places = {i: place for i, place in _signed(page).items() if kept[i]}
    if not places:
        return {}
    barred = {i for i in places if " | " in lines[i][-LONGEST_SITE:]}
    if len(barred) < len(places):
        near = (
            kernels.edges(keys.c, standing, EDGE_LINES)
            if kernels is not None
            else edges_in_python(keys.every, standing, EDGE_LINES)
        )
        places = {i: place for i, place in places.items() if i in barred or i in near}
    titles = {i: title for i, place in places.items() if (title := _title(page, i, place))}
    if not titles:
        return {}
    lines_too = keys.among(kept, [*titles.values()])
    return dict(sorted(compress(titles.items(), lines_too)))


def without_site_name(line: str) -> str | None:
    """A headline without `` | Site name`` behind it; None if there is no such thing, or too little before it."""
    return _before(line, site_at(line)) if line.count(" ") > 1 else None


def _signed(page: Page) -> dict[int, int]:
    """Lines with what may be a site's name behind them -> where its mark is."""
    known: dict[int, int] | None = page.facts.get("signed")
    if known is None:
        known = page.facts["signed"] = dict(signed(page.lines))
    if not page.trimmed:
        return known
    lines = page.lines
    short = {i: site_at(lines[i]) for i in page.trimmed if len(lines[i]) <= LONGEST_TITLE}
    now = {i: place for i, place in known.items() if i not in page.trimmed}
    return now | {i: place for i, place in short.items() if place >= 0}


def _title(page: Page, i: int, place: int) -> bytes | None:
    """The key of what stands before a site's name, which is asked for before each stage that looks for copies."""
    known: dict[str, bytes | None] = page.facts.setdefault("titles", {})
    line = page.lines[i]
    if line not in known:
        title = _before(line, place)
        known[line] = squash(fold(title)) if title else None
    return known[line]


def _before(line: str, place: int) -> str | None:
    if place < 0 or line.count(" ") < 2:
        return None
    title = line[:place].rstrip()
    return title if word_count(title) >= TITLE_WORDS else None


def signed(lines: list[str]) -> list[tuple[int, int]]:
    """Lines no longer than a title with what may be a site's name at their end: (line, where its mark is)."""
    if kernels is not None:
        found: list[tuple[int, int]] = kernels.signed(KINDS, lines, LONGEST_TITLE, (LONGEST_SITE, *SITE_NAME))
        return found
    return signed_in_python(lines)


def signed_in_python(lines: list[str]) -> list[tuple[int, int]]:
    """What :func:`signed` does, without the extension."""
    places = ((i, site_at(line)) for i, line in enumerate(lines) if len(line) <= LONGEST_TITLE)
    return [(i, place) for i, place in places if place >= 0]


def site_at(line: str) -> int:
    """Where the mark stands behind which the name of a site ends a line; -1 if there is none."""
    found = _SITE.search(line, max(0, len(line) - LONGEST_SITE))
    return found.start() if found else -1


def edges_in_python(keys: list[bytes], standing: bytes, most: int) -> set[int]:
    """The first lines that stand, until so many of them were different, and the last."""
    near: set[int] = set()
    places = list(compress(range(len(keys)), standing))
    for part in (places, reversed(places)):
        seen = {b""}
        for i in part:
            near.add(i)
            seen.add(keys[i])
            if len(seen) > most + 1:
                break
    return near
