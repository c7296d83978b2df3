"""Stage ``repeats``: a headline or caption said again is kept once, at its first place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container
from itertools import compress

import regex

from cleaner.fold import fold, squash
from cleaner.native import kernels
from cleaner.page import FLIPPED, Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.settings import Settings
from cleaner.stages.phrases import is_scraped
from cleaner.stages.prose import KINDS, SENTENCE_ENDS, SITE_MARKS, is_prose, word_count

#: A line that starts like this is one of a list, a speech or a quotation; the same may be said twice there.
_LISTED = re.compile(r"[-–—*•·▪‣◦>|\"“„«‘(\[]|\d+[.):]|\w[.)]\s")
#: A page's head, from the first line to the first prose, has at most this many lines.
HEAD_LINES = 30
#: A shorter line with a full stop is a sentence, not a headline, and may be said twice.
HEADLINE_WORDS = 8
#: The name of a site behind a headline: a mark, and a few words after it.
_SITE = re.compile(rf"[{SITE_MARKS}](?:(?<=\s[^:])|(?<=\s:):)\s+[^|•·–—»\n]{{2,40}}\Z")
LONGEST_SITE = 64
#: It is looked for in this many lines at both ends, and wherever the mark is a bar.
EDGE_LINES = 12
LONGEST_TITLE = 240
#: Lines not farther apart are near each other; of others only what the head says is looked for.
NEARBY = 6
#: Words and letters a line must have to be compared.
FEWEST_WORDS = 3
SHORTEST = 8

_DIGIT = re.compile("[0-9]")
_MARKS = regex.compile(r"[^\p{L}\p{M}\p{N}]+")


def find(page: Page, rules: Ruleset) -> dict[int, tuple[int, str]]:
    """Lines that say again what an earlier line said.

    Args:
        page: the page; lines already cut are not there.
        rules: the rules, to know a scraped page from a clean text.

    Returns:
        Repeated line -> (first copy, name of the rule).
    """
    found: dict[int, tuple[int, str]] | None = page.cache.get("repeats")
    if found is None:
        found = page.cache["repeats"] = _find(page, rules)
    return found


def _find(page: Page, rules: Ruleset) -> dict[int, tuple[int, str]]:
    alive, lines = page.kept, page.lines
    keys = list(page.squashed)
    for i, title in _bare_titles(page, rules, keys).items():
        keys[i] = title
    copies = (
        kernels.copies(keys, lines, alive, SHORTEST, FEWEST_WORDS)
        if kernels is not None
        else copies_in_python(keys, lines, alive)
    )
    if not copies:
        return {}
    count = Counter([keys[i] for i in copies])
    head = _head_end(page, rules, keys, ())
    scraped = is_scraped(page, rules)
    first: dict[bytes, int] = {}
    latest: dict[bytes, int] = {}
    found: dict[int, tuple[int, str]] = {}
    gone = counted = upto = 0
    counting = bytearray(map(bool, keys))
    for i in compress(range(len(keys)), alive.translate(FLIPPED)):
        counting[i] = 0
    for i, number in page.named.items():
        if rules.stages[number] == "phrases":
            counting[i] = 0
    for i in copies:
        counted += counting.count(1, upto, i)
        upto = i
        place, key = counted - gone, keys[i]
        rule = None
        if key not in first:
            first[key] = i
        elif ((distance := place - latest[key]) <= NEARBY or first[key] < head) and (
            words := word_count(lines[i])
        ) >= FEWEST_WORDS:
            ends = lines[i][-1] in SENTENCE_ENDS
            rule = _judge(words, distance, first[key] < head, i <= head, scraped, ends, count[key])
            if rule and (_is_listed(lines[i]) or not _alike(lines[i], lines[first[key]])):
                rule = None
        if rule not in rules.number:
            latest[key] = place
        else:
            found[i] = (first[key], rule)
            gone += counting[i]
            if i == head:
                head = _head_end(page, rules, keys, found)
    return found


def copies_in_python(keys: list[bytes], lines: list[str], alive: bytearray) -> list[int]:
    """Lines that stay and whose key, not too short, another one has; keys of lines of a word or two do not count."""
    count = Counter(compress(keys, alive))
    twice = {key for key, copies in count.items() if copies > 1 and len(key) >= SHORTEST}
    found = [i for i, key in enumerate(keys) if key in twice and alive[i]] if twice else []
    wordy = {keys[i] for i in found if not lines[i].isascii() or lines[i].count(" ") >= FEWEST_WORDS - 1}
    return [i for i in found if keys[i] in wordy]


def _alike(line: str, other: str) -> bool:
    """Whether two lines that squash alike read alike: vowel signs count, marks and a site's name do not."""
    if line == other or line.isascii():
        return True
    a, b = (_MARKS.sub("", fold(x)) for x in (line, other))
    return a == b or a.startswith(b) or b.startswith(a)


def _is_listed(line: str) -> bool:
    """Whether the line is one of a list, a table, a speech or a program, where the same may be said twice."""
    return (
        line[0] == " "
        or line[-1] in ":;{}"
        or _LISTED.match(line) is not None
        or (_DIGIT.search(line) is not None and sum(map(line.count, "0123456789")) * 8 > len(line))
    )


def _judge(  # noqa: PLR0917
    words: int, distance: int, from_head: bool, in_head: bool, scraped: bool, ends: bool, copies: int
) -> str | None:
    """Which rule calls a line a repeat, if any does.

    A text that shows no furniture is taken for clean: there, only what is said twice in its head is a repeat.
    """
    if not scraped and not (in_head and (words >= HEADLINE_WORDS or not ends)):
        return None
    if distance <= 1 and copies <= (4 if from_head else 3):
        return "repeats.adjacent"
    if from_head and words >= 4 and copies <= 4:
        return "repeats.headline"
    if distance <= NEARBY and words >= 6 and copies <= 3:
        return "repeats.nearby"
    return None


def _head_end(page: Page, rules: Ruleset, keys: list[bytes], gone: Container[int]) -> int:
    """The first line of prose: what stands before it is the page's head. -1 if none comes soon (verse, lists).

    Known phrases, which may yet go, and lines that say the same are not counted, nor those that are gone.
    """
    seen = {b""}
    kept, named = page.kept, page.named
    for i, line in enumerate(page.lines):
        if kept[i] and i not in gone and (i not in named or rules.stages[named[i]] != "phrases"):
            if is_prose(line) and is_prose(without_site_name(line) or line):
                return i
            seen.add(keys[i])
            if len(seen) > HEAD_LINES + 1:
                break
    return -1


def _edge(page: Page, rules: Ruleset, keys: list[bytes], places: range) -> list[int]:
    """The first lines that stay and are no known phrases, until ``EDGE_LINES`` of them were different."""
    near: list[int] = []
    seen = {b""}
    kept, named = page.kept, page.named
    for i in places:
        if kept[i] and (i not in named or rules.stages[named[i]] != "phrases"):
            near.append(i)
            seen.add(keys[i])
            if len(seen) > EDGE_LINES + 1:
                break
    return near


def _titles(page: Page) -> dict[int, bytes]:
    """Lines with what may be a site's name behind them -> the key of what stands before it."""
    known: dict[int, bytes] | None = page.facts.get("titles")
    if known is None:
        known = page.facts["titles"] = {}
        lines = page.lines
        signed = kernels.signed(KINDS, lines, LONGEST_TITLE, LONGEST_SITE) if kernels is not None else range(len(lines))
        for i in signed:
            if i not in page.trimmed and (title := _title(lines[i])):
                known[i] = title
    if not page.trimmed:
        return known
    now = {i: title for i, title in known.items() if i not in page.trimmed}
    return now | {i: title for i in page.trimmed if (title := _title(page.lines[i]))}


def _title(line: str) -> bytes | None:
    title = without_site_name(line) if len(line) <= LONGEST_TITLE else None
    return squash(fold(title)) if title else None


def _bare_titles(page: Page, rules: Ruleset, keys: list[bytes]) -> dict[int, bytes]:
    """Lines that are another line with a site's name behind it: line -> the other's key."""
    lines, kept = page.lines, page.kept
    titles = _titles(page)
    if not titles:
        return {}
    last = len(lines)
    near = {*_edge(page, rules, keys, range(last)), *_edge(page, rules, keys, range(last - 1, -1, -1))}
    found = {i: t for i, t in titles.items() if kept[i] and (i in near or " | " in lines[i][-LONGEST_SITE:])}
    if not found:
        return {}
    different = set(compress(keys, kept))
    return {i: found[i] for i in sorted(found) if found[i] in different}


def without_site_name(line: str) -> str | None:
    """A headline without `` | Site name`` behind it; None if there is no such thing, or too little before it."""
    if line.count(" ") < 2:
        return None
    found = _SITE.search(line, max(0, len(line) - LONGEST_SITE))
    if found is None:
        return None
    title = line[: found.start()].rstrip()
    return title if word_count(title) >= FEWEST_WORDS else None


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
