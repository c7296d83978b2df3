"""Labelled pages from a folder of sets: texts, reference texts and what each line is worth."""

from __future__ import annotations

import difflib
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from rapidfuzz.distance import LCSseq

#: Texts that hold all of a page, and texts that something has cut already.
RAW = ("resiliparse_all", "bs4_all", "inscriptis_all")
EXTRACTED = ("trafilatura_recall", "newspaper4k", "readability")

_NOSPACE = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff"
WORD = re.compile(rf"[{_NOSPACE}]|[^\W{_NOSPACE}]+")


@dataclass
class Text:
    """One text of a page.

    Attributes:
        lines: its lines, whitespace brought to one form, blank ones left out.
        gaps: for each line whether a blank one stands before it.
        size: words of each line.
        found: how many of them the reference text has in the same order.
        sure: how far to trust this, from 0 to 1.
        reference: words of the reference text.
        ids: a number for each word of the text, for fast scoring.
        want: the same for the reference text.
        alive: for each line whether it outlives the stages before ``score``.
    """

    lines: list[str]
    gaps: np.ndarray
    size: np.ndarray
    found: np.ndarray
    sure: np.ndarray
    reference: int = 0
    ids: np.ndarray | None = None
    want: np.ndarray | None = None
    alive: np.ndarray | None = None


@dataclass
class Page:
    """One page of a set.

    Attributes:
        set: name of the set.
        id: the page's id there.
        kind: page type, or country.
        site: what folds are made by.
        reference: the reference text, empty if there are only snippets.
        texts: the page's text, by how it was taken off the page.
        snippets: (must be there, must not).
    """

    set: str
    id: str
    kind: str
    site: str
    reference: str
    texts: dict[str, Text] = field(default_factory=dict)
    snippets: tuple[list[str], list[str]] = ((), ())  # type: ignore[assignment]

    def fold(self, folds: int) -> int:
        """Which fold the page's site is in."""
        return fold_of(self.site, folds)


def fold_of(site: str, folds: int) -> int:
    """Which fold a site is in."""
    return zlib.crc32(site.encode()) % folds


def words(text: str) -> list[str]:
    """Words as the scorer counts them."""
    return WORD.findall(text.lower())


def split(text: str) -> tuple[list[str], np.ndarray]:
    """A text's lines that are not blank, and where blank ones stand before them."""
    lines: list[str] = []
    gaps: list[bool] = []
    gap = False
    for given in text.split("\n"):
        line = " ".join(given.split())
        if line:
            lines.append(line)
            gaps.append(gap)
            gap = False
        else:
            gap = True
    return lines, np.array(gaps, bool)


def align(lines: list[str], want: list[str]) -> tuple[np.ndarray, ...]:
    """Find the reference text's words in a page, in order.

    A word counts only in company: with the word before or after it standing next to it in both texts. A match of
    one or two words alone says little, and such lines are marked doubtful.

    Args:
        lines: the page's lines.
        want: the reference's words.

    Returns:
        Words of each line, how many of them are found, how sure that is; numbers for all words, for the reference's.
    """
    ids: dict[str, int] = {}
    per_line = [words(line) for line in lines]
    size = np.array([len(w) for w in per_line])
    got = [ids.setdefault(w, len(ids)) for line in per_line for w in line]
    ref = [ids.setdefault(w, len(ids)) for w in want]
    match = np.full(len(got) + 2, -9)
    if len(got) * len(ref) < 1.2e9:
        for op in LCSseq.opcodes(got, ref):
            if op.tag == "equal":
                match[op.src_start + 1 : op.src_end + 1] = np.arange(op.dest_start, op.dest_end)
    else:
        for a, b, n in difflib.SequenceMatcher(None, got, ref, autojunk=False).get_matching_blocks():
            match[a + 1 : a + 1 + n] = np.arange(b, b + n)
    hit = match >= 0
    pair = hit[1:] & hit[:-1] & (match[1:] == match[:-1] + 1)
    company = np.zeros(len(match), bool)
    company[1:] |= pair
    company[:-1] |= pair
    company = company[1:-1]
    # Length of the run of words matched in a row that each word stands in.
    edge = np.concatenate([[True], ~pair[1:-1], [True]]) if got else np.zeros(1, bool)
    run_id = np.cumsum(edge[:-1]) - 1 if got else np.zeros(0, int)
    run = np.bincount(run_id)[run_id] if got else run_id
    line_of = np.repeat(np.arange(len(lines)), size)
    good = company & (run >= 2)
    found = np.bincount(line_of[good], minlength=len(lines))
    longest = np.zeros(len(lines))
    np.maximum.at(longest, line_of[good], run[good])
    share = found / np.maximum(size, 1)
    sure = np.clip(np.abs(share - 0.5) * 2, 0.1, 1.0)
    # Short lines found only in a short run, and short lines not found though the reference has their words.
    sure[(share > 0) & (longest < 4)] *= 0.4
    everywhere = set(want)
    sparse = np.array([len(w) > 0 and all(x in everywhere for x in w) for w in per_line])
    sure[sparse & (share == 0) & (size <= 3)] *= 0.7
    sure[size == 0] = 0.1
    return size, found, sure, np.array(got, np.int32), np.array(ref, np.int32)


def prepare(text: str, reference: list[str]) -> Text:
    """Split and align a text."""
    lines, gaps = split(text)
    size, found, sure, ids, want = align(lines, reference) if lines else (np.zeros(0, int),) * 5
    return Text(lines, gaps, size, found, sure.astype(np.float32), len(reference), ids, want)


def _by_snippets(text: str, must: list[str], must_not: list[str]) -> Text:
    """Labels for the few lines that hold a snippet; all others are unknown."""
    lines, gaps = split(text)
    sure = np.zeros(len(lines), np.float32)
    found = np.zeros(len(lines), int)
    size = np.array([len(words(line)) for line in lines], int)
    for i, line in enumerate(lines):
        good = any(s in line for s in must)
        bad = any(s in line for s in must_not)
        if good != bad:
            sure[i] = 1.0
            found[i] = size[i] if good else 0
    return Text(lines, gaps, size, found, sure, 0)


def site_of(row: dict, name: str) -> str:
    """The site a page is from: its host's name, or its publisher's."""
    host = urlsplit(row.get("url") or "").hostname
    if host:
        parts = host.split(".")
        short = len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in ("co", "com", "org", "gov", "ac", "or", "ne")
        return parts[-3] if short else ".".join(parts[-2:-1]) or host
    if "-" in row["id"]:
        return row["id"].split("-", 1)[1].split("_")[0].lower()
    return f"{name}:{row['id']}"


def read_raw(folder: Path) -> tuple[list[dict], dict[str, dict[str, str]]]:
    """A set as it is: its rows, and its texts by how they were taken off the page."""
    with gzip.open(folder / "truth.jsonl.gz", "rt", encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    texts: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("text-*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as f:
            texts[path.name[5:-9]] = {r["id"]: r["text"] for r in map(json.loads, f)}
    return rows, texts


def read(folder: Path) -> Iterator[Page]:
    """All pages of a set, aligned."""
    name = folder.name
    rows, texts = read_raw(folder)
    for row in rows:
        page = Page(name, row["id"], row.get("type") or "-", site_of(row, name), row.get("text") or "")
        want = words(page.reference)
        if page.reference:
            page.texts["reference"] = prepare(page.reference, want)
        else:
            page.snippets = (row["with"], row["without"])
        for renderer, found in texts.items():
            if page.reference:
                page.texts[renderer] = prepare(found[page.id], want)
            else:
                page.texts[renderer] = _by_snippets(found[page.id], *page.snippets)
        yield page
