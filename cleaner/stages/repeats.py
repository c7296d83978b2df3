"""Stage ``repeats``: a headline or caption said again is kept once, at its first place."""

from __future__ import annotations

import re
from collections import Counter

from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.settings import Settings
from cleaner.stages.prose import is_prose, word_count

#: Bytes that do not count when two lines are compared: ASCII spaces and marks.
_IGNORED = bytes(b for b in range(128) if not chr(b).isalnum() and b != 10)
#: Marks outside ASCII that stand for an ASCII one.
_MARKS = {ord(c): None for c in "“”„‟«»‹›‘‚‛–—―…•·"}
#: A line that starts like this is one of a list, a speech or a quotation; the same may be said twice there.
_LISTED = re.compile(r"[-–—*•·▪‣◦>|\"“„«‘(\[]|\d+[.):]|\w[.)]\s")
_SITE = re.compile(r"\s+(?:[|•·–—:»-]|::)\s+[^|•·–—»]{2,40}\Z")


def keys(page: Page) -> list[bytes]:
    """Every line as compared: case folded, marks and spaces gone."""
    text = "\n".join(page.folded)
    if not text.isascii():
        for mark in _MARKS:
            if (c := chr(mark)) in text:
                text = text.replace(c, "")
    return text.encode("utf-8", "surrogatepass").translate(None, _IGNORED).split(b"\n")


def find(page: Page, alive: bytes | bytearray, line_keys: list[bytes]) -> dict[int, tuple[int, str]]:
    """Lines that say again what an earlier line said.

    Args:
        page: the page.
        alive: for each line whether it is still there.
        line_keys: what :func:`keys` gives for the page.

    Returns:
        Repeated line -> (first copy, name of the rule).
    """
    count = Counter(k for k, there in zip(line_keys, alive, strict=True) if there)
    if len(count) == sum(alive):
        return {}
    lines = page.lines
    head = _head_end(page, alive)
    first: dict[bytes, int] = {}
    found: dict[int, tuple[int, str]] = {}
    order = -1
    last_place: dict[bytes, int] = {}
    for i, k in enumerate(line_keys):
        if not alive[i]:
            continue
        order += 1
        if k not in first:
            first[k] = i
            last_place[k] = order
            continue
        j = first[k]
        distance = order - last_place[k]
        rule = _judge(lines[i], len(k), distance, j < head, count[k]) if k else None
        if rule:
            found[i] = (j, rule)
            order -= 1
        else:
            last_place[k] = order
    return found


def _judge(line: str, size: int, distance: int, from_head: bool, copies: int) -> str | None:
    """Which rule calls this line a repeat, if any does."""
    words = word_count(line)
    if size < 8 or words < 3 or _LISTED.match(line) or line.endswith(":"):
        return None
    if distance == 1 and copies <= 3:
        return "repeats.adjacent"
    if from_head and words >= 4 and copies <= 4:
        return "repeats.headline"
    if distance <= 6 and words >= 6 and copies <= 3:
        return "repeats.nearby"
    return None


def _head_end(page: Page, alive: bytes | bytearray) -> int:
    """The first line of prose: what stands before it is the page's head, with headline, deck and caption."""
    seen = 0
    for i, line in enumerate(page.lines):
        if alive[i]:
            seen += 1
            if is_prose(line):
                return i + 1
            if seen > 40:
                return i
    return len(page.lines)


def repeats(page: Page, rules: Ruleset, settings: Settings) -> list[Mark]:
    """Propose to cut lines that repeat an earlier one.

    Args:
        page: the page, after the stages that cut whole blocks.
        rules: tells which of this stage's rules are on.
        settings: not read here.

    Returns:
        Marks, each with the first copy as its detail.
    """
    found = find(page, page.kept, keys(page))
    number = rules.number
    return [(i, number[rule], None, j) for i, (j, rule) in found.items() if rule in number]
