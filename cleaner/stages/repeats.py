"""Stage ``repeats``: a headline or caption said again is kept once, at its first place."""

from __future__ import annotations

import re
from collections import Counter

from cleaner.page import Mark, Page, fold
from cleaner.rules.matcher import Ruleset
from cleaner.settings import Settings
from cleaner.stages.phrases import is_scraped
from cleaner.stages.prose import is_prose, word_count

#: Bytes that do not count when two lines are compared: ASCII spaces and marks.
_IGNORED = bytes(b for b in range(128) if not chr(b).isalnum() and b != 10)
#: Marks outside ASCII that stand for an ASCII one.
_MARKS = {ord(c): None for c in "“”„‟«»‹›‘‚‛–—―…•·"}
#: A line that starts like this is one of a list, a speech or a quotation; the same may be said twice there.
_LISTED = re.compile(r"[-–—*•·▪‣◦>|\"“„«‘(\[]|\d+[.):]|\w[.)]\s")
#: A page's head, from the first line to the first prose, has at most this many lines.
HEAD_LINES = 40
#: A shorter line with a full stop is a sentence, not a headline, and may be said twice.
HEADLINE_WORDS = 8
#: The name of a site behind a headline: a mark, and a few words after it.
_SITE = re.compile(r"\s+(?:[|•·–—»-]|::)\s+[^|•·–—»\n]{2,40}\Z")
#: It is looked for in this many lines at both ends, and wherever the mark is a bar.
EDGE_LINES = 12
LONGEST_TITLE = 240
#: Letters a line must have to be compared.
SHORTEST = 8


def keys(page: Page) -> list[bytes]:
    """Every line as compared: case folded, marks and spaces gone."""
    text = "\n".join(page.folded)
    if not text.isascii():
        for mark in _MARKS:
            if (c := chr(mark)) in text:
                text = text.replace(c, "")
    return text.encode("utf-8", "surrogatepass").translate(None, _IGNORED).split(b"\n")


def find(page: Page, rules: Ruleset) -> dict[int, tuple[int, str]]:
    """Lines that say again what an earlier line said.

    Args:
        page: the page; lines already cut are not there.
        rules: the rules, to know a scraped page from a clean text.

    Returns:
        Repeated line -> (first copy, name of the rule).
    """
    alive = page.kept
    line_keys = keys(page)
    for i, key in _bare_titles(page, set(line_keys)).items():
        line_keys[i] = key
    count = Counter(k for k, there in zip(line_keys, alive, strict=True) if there)
    if len(count) == sum(alive):
        return {}
    lines = page.lines
    head = _head_end(page)
    scraped = is_scraped(page, rules)
    first: dict[bytes, int] = {}
    latest: dict[bytes, int] = {}
    found: dict[int, tuple[int, str]] = {}
    place = 0
    for i, k in enumerate(line_keys):
        if not alive[i]:
            continue
        rule = None
        if k in first:
            size = word_count(lines[i])
            if len(k) >= SHORTEST and size >= 3 and not _is_listed(lines[i]):
                rule = _judge(size, place - latest[k], first[k] < head, i <= head, scraped, lines[i][-1] in ".!?。", count[k])
        else:
            first[k] = i
        if rule is None:
            latest[k] = place
            place += 1
        else:
            found[i] = (first[k], rule)
    return found


def _bare_titles(page: Page, line_keys: set[bytes]) -> dict[int, bytes]:
    """Lines that are another line with a site's name behind it: line -> the other's key."""
    there = [i for i, kept in enumerate(page.kept) if kept]
    near_edge = {*there[:EDGE_LINES], *there[-EDGE_LINES:]}
    found: dict[int, bytes] = {}
    for i in there:
        line = page.lines[i]
        if len(line) <= LONGEST_TITLE and (i in near_edge or " | " in line):
            title = without_site_name(line)
            if title and (key := _key(title)) in line_keys:
                found[i] = key
    return found


def without_site_name(line: str) -> str | None:
    """A headline without `` | Site name`` behind it; None if there is no such thing, or too little before it."""
    found = _SITE.search(line)
    if found is None or word_count(line[: found.start()]) < 3:
        return None
    return line[: found.start()]


def _key(line: str) -> bytes:
    for mark in _MARKS:
        line = line.replace(chr(mark), "")
    return fold(line).encode("utf-8", "surrogatepass").translate(None, _IGNORED)


def _is_listed(line: str) -> bool:
    """Whether the line is one of a list, a table or a speech, where the same may be said twice."""
    return line[-1] == ":" or _LISTED.match(line) is not None or sum(map(line.count, "0123456789")) * 8 > len(line)


def _judge(words: int, distance: int, from_head: bool, in_head: bool, scraped: bool, ends: bool, copies: int) -> str | None:
    """Which rule calls a line a repeat, if any does.

    A text that shows no furniture is taken for clean: there, only what is said twice in its head is a repeat.
    """
    if not scraped and not (in_head and (words >= HEADLINE_WORDS or not ends)):
        return None
    if distance == 1 and copies <= 3:
        return "repeats.adjacent"
    if from_head and words >= 4 and copies <= 4:
        return "repeats.headline"
    if distance <= 6 and words >= 6 and copies <= 3:
        return "repeats.nearby"
    return None


def _head_end(page: Page) -> int:
    """The first line of prose: what stands before it is the page's head. -1 if none comes soon (verse, lists)."""
    seen = 0
    for i, line in enumerate(page.lines):
        if page.kept[i]:
            if is_prose(line):
                return i
            seen += 1
            if seen > HEAD_LINES:
                break
    return -1


def repeats(page: Page, rules: Ruleset, settings: Settings) -> list[Mark]:
    """Propose to cut lines that repeat an earlier one.

    Args:
        page: the page, after the stages that cut whole blocks.
        rules: tells which of this stage's rules are on.
        settings: not read here.

    Returns:
        Marks, each with the first copy as its detail.
    """
    found = find(page, rules)
    number = rules.number
    marks: list[Mark] = [(i, number[rule], None, j) for i, (j, rule) in found.items() if rule in number]
    trim = number.get("repeats.site_name")
    if trim is not None:
        for i, (j, _) in found.items():
            title = without_site_name(page.lines[j])
            if title and page.lines[i].casefold() == title.casefold():
                marks.append((j, trim, title, i))
    return marks
