"""The metrics, as they are published.

word      mean over pages of precision, recall and F1 of the multisets of lower-cased words; in scripts that write no
          spaces every character is a word (WCXB: Foley 2026).
shingle   mean precision and recall of 4-word shingles, F1 of the two means (Zyte's article extraction benchmark).
snippet   required snippets found and barred ones left in, precision, recall and F1 over all pages (trafilatura).
with      share of the required snippets found, whatever their case; without: share of the barred ones left in.
harm      share of a reference text's own words that a tool takes, and share of pages that lose more than 2 %.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from statistics import mean
from typing import NamedTuple

from benchmarks.sets import Page

_SPACELESS = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff"
WORD = re.compile(f"[{_SPACELESS}]|[^\\W{_SPACELESS}]+")
PLAIN_WORD = re.compile(r"\w+")
SHINGLE = 4


class Score(NamedTuple):
    """What a tool reached on a track; ``required`` and ``barred`` are None where a set has no snippets."""

    f1: float
    precision: float
    recall: float
    required: float | None
    barred: float | None
    kinds: dict[str, tuple[float, int]]


class Harm(NamedTuple):
    """Share of words lost over all texts, and share of texts that lost more than 2 %."""

    words: float
    pages: float


@lru_cache(maxsize=8192)
def words(text: str) -> Counter[str]:
    """The multiset of a text's words."""
    return Counter(WORD.findall(text.lower()))


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The multiset of a text's 4-word shingles; a shorter text is one."""
    found = PLAIN_WORD.findall(text)
    starts = range(max(1, len(found) - SHINGLE + 1))
    return Counter(shingle for i in starts if (shingle := tuple(found[i : i + SHINGLE])))


def harmonic(p: float, r: float) -> float:
    """F1."""
    return 2 * p * r / (p + r) if p + r else 0.0


def word_score(got: str, want: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of one page's words."""
    ours, theirs = words.__wrapped__(got), words(want)
    if not ours or not theirs:
        same = float(not ours and not theirs)
        return same, same, same
    both = (ours & theirs).total()
    p, r = both / ours.total(), both / theirs.total()
    return p, r, harmonic(p, r)


def score(metric: str, pages: Sequence[Page], outputs: Sequence[str]) -> Score:
    """Score the outputs of a tool for these pages."""
    both = list(zip(pages, outputs, strict=True))
    required = [s.lower() in low for page, out in both for low in [out.lower()] for s in page.required]
    barred = [s.lower() in low for page, out in both for low in [out.lower()] for s in page.barred]
    kinds: dict[str, tuple[float, int]] = {}
    if metric == "word":
        per = [word_score(out, page.text) for page, out in both]
        p, r, f = (mean(column) for column in zip(*per, strict=True))
        for kind in sorted({page.kind for page in pages}):
            own = [s[2] for s, page in zip(per, pages, strict=True) if page.kind == kind]
            kinds[kind] = mean(own), len(own)
    elif metric == "shingle":
        p, r = _shingle_means(both)
        f = harmonic(p, r)
    elif metric == "snippet":
        hits = sum(s in out for page, out in both for s in page.required)
        wrong = sum(s in out for page, out in both for s in page.barred)
        p, r = hits / max(1, hits + wrong), hits / max(1, len(required))
        f = harmonic(p, r)
    else:
        raise SystemExit(f"unknown metric {metric!r}; there are word, shingle and snippet")
    return Score(f, p, r, mean(required) if required else None, mean(barred) if barred else None, kinds)


def _shingle_means(both: list[tuple[Page, str]]) -> tuple[float, float]:
    precisions, recalls = [], []
    for page, out in both:
        ours, theirs = shingles(out), shingles(page.text)
        hits = (ours & theirs).total()
        if ours:
            precisions.append(hits / ours.total())
        if theirs:
            recalls.append(hits / theirs.total())
    return mean(precisions or [0.0]), mean(recalls or [0.0])


def harm(pages: Sequence[Page], outputs: Sequence[str]) -> Harm:
    """What was lost of reference texts that should have come back whole."""
    lost = total = bad = 0
    for page, out in zip(pages, outputs, strict=True):
        want = words(page.text)
        gone = (want - words.__wrapped__(out)).total()
        lost, total, bad = lost + gone, total + want.total(), bad + (gone > 0.02 * want.total())
    return Harm(lost / max(1, total), bad / max(1, len(pages)))
