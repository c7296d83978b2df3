"""Stage ``repeats``: a headline or caption said again is kept once, at its first place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import compress

from cleaner.fold import fold
from cleaner.keys import Keys, both
from cleaner.native import kernels
from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.settings import Settings
from cleaner.stages.phrases import is_scraped
from cleaner.stages.prose import KINDS, SENTENCE_ENDS, is_prose, word_count
from cleaner.stages.titles import bare_titles, without_site_name
from cleaner.stages.wrapped import paragraphs_of

#: A line that starts like this is one of a list, a speech or a quotation; the same may be said twice there.
_LISTED = re.compile(r"[-–—*•·▪‣◦>|\"“„«‘(\[]|\d+[.):]|\w[.)]\s")
#: A page's head, from the first line to the first prose, has at most this many lines.
HEAD_LINES = 30
#: A shorter line with a full stop is a sentence, not a headline, and may be said twice.
HEADLINE_WORDS = 8
#: Lines not farther apart are near each other; of others only what the head says is looked for.
NEARBY = 6
#: What stands there more often is said on purpose.
MOST_COPIES = 4
#: Words and letters a line must have to be compared.
FEWEST_WORDS = 3
SHORTEST = 8

#: What :func:`repeats_in_python` is given to ask.
Begin = Callable[[], int]
Judge = Callable[[int, int, int, int, int, int], int | None]

_DIGIT = re.compile("[0-9]")
#: Signs that may be all in which two lines differ: operators, brackets.
_SIGNS = re.compile(r"[<>&|=^~+*/\\()\[\]{}]")


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
    #: Lines that are no known phrase of the stage ``phrases``, which may yet go.
    lines, keys, standing = page.lines, page.keys, both(page.kept, page.phrase, flip=True)
    titles = bare_titles(page, keys, standing)
    if titles:
        keys = keys.changed(titles)
    found: dict[int, tuple[int, str]] = {}

    def begin() -> int:
        return _head_end(lines, keys, standing)

    def judge(i: int, first: int, distance: int, words: int, copies: int, head: int) -> int | None:  # noqa: PLR0917
        if copies > MOST_COPIES or (i > head and not is_scraped(page, rules)):
            return None  # as no rule would have it
        ends = lines[i][-1] in SENTENCE_ENDS
        rule = _judge(words, distance, first < head, i <= head, is_scraped(page, rules), ends, copies)
        if (
            rule not in rules.number
            or _is_listed(lines[i])
            or not alike(lines[i], lines[first])
            or i in paragraphs_of(page)
        ):
            return None
        assert rule is not None
        found[i] = (first, rule)
        if i != head:
            return head
        left = bytearray(standing)
        for gone in found:
            left[gone] = 0
        return _head_end(lines, keys, left)

    if kernels is not None:
        kernels.repeats(KINDS, keys.c, lines, page.kept, standing, (SHORTEST, FEWEST_WORDS, NEARBY), begin, judge)
    else:
        repeats_in_python(keys.every, lines, page.kept, standing, begin, judge)
    return found


def repeats_in_python(  # noqa: PLR0917
    keys: list[bytes], lines: list[str], kept: bytearray, standing: bytes, begin: Begin, judge: Judge
) -> None:
    """Have copies of lines judged that stand near the copy before them, or whose first copy is in the page's head.

    Args:
        keys: for each line what it is told by.
        lines: the lines.
        kept: which of them stay.
        standing: which of them count when it is told how far apart two are.
        begin: gives the end of the page's head; asked once if there are copies.
        judge: takes the line, the first copy, how far the latest is off that stays, the line's words, how many copies
            there are and the end of the head; gives None if the line stays, otherwise the end of the head without it.
    """
    copies = copies_in_python(keys, lines, kept)
    if not copies:
        return
    head = begin()
    count = Counter([keys[i] for i in copies])
    first: dict[bytes, int] = {}
    latest: dict[bytes, int] = {}
    gone = counted = upto = 0
    counting = bytearray(live and key != b"" for live, key in zip(standing, keys, strict=True))
    for i in copies:
        counted += counting.count(1, upto, i)
        upto = i
        place, key = counted - gone, keys[i]
        now: int | None = None
        if key not in first:
            first[key] = i
        elif ((distance := place - latest[key]) <= NEARBY or first[key] < head) and (
            words := word_count(lines[i])
        ) >= FEWEST_WORDS:
            now = judge(i, first[key], distance, words, count[key], head)
        if now is None:
            latest[key] = place
        else:
            head = now
            gone += counting[i]


def copies_in_python(keys: list[bytes], lines: list[str], alive: bytearray) -> list[int]:
    """Lines that stay and whose key, not too short, another one has; keys of lines of a word or two do not count."""
    count = Counter(compress(keys, alive))
    twice = {key for key, copies in count.items() if copies > 1 and len(key) >= SHORTEST}
    found = [i for i, key in enumerate(keys) if key in twice and alive[i]] if twice else []
    wordy = {keys[i] for i in found if not lines[i].isascii() or lines[i].count(" ") >= FEWEST_WORDS - 1}
    return [i for i in found if keys[i] in wordy]


def alike(line: str, other: str) -> bool:
    """Whether two lines that squash alike read alike: vowel signs count, marks and a site's name do not.

    Signs as programs and formulas have them count where both lines have some.
    """
    if line == other:
        return True
    if (signs := _signs(line)) and (others := _signs(other)) and signs != others:
        return False
    if line.isascii():
        return True
    import regex  # noqa: PLC0415

    a, b = (regex.sub(r"[^\p{L}\p{M}\p{N}]+", "", fold(x)) for x in (line, other))
    return a == b or a.startswith(b) or b.startswith(a)


def _signs(line: str) -> list[tuple[str, int]]:
    """The signs of a line, each with how many letters and digits stand before it."""
    if not _SIGNS.search(line):
        return []
    found, letters = [], 0
    for c in line:
        if c.isalnum():
            letters += 1
        elif _SIGNS.match(c):
            found.append((c, letters))
    return found


def _is_listed(line: str) -> bool:
    """Whether the line is one of a list, a table, a speech or a program, where the same may be said twice."""
    return (
        line[0] == " "
        or line[-1] in ":;,{}"
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
    if distance <= 1 and copies <= (MOST_COPIES if from_head else 3):
        return "repeats.adjacent"
    if from_head and words >= 4 and copies <= MOST_COPIES:
        return "repeats.headline"
    if distance <= NEARBY and words >= 6 and copies <= 3:
        return "repeats.nearby"
    return None


def _head_end(lines: list[str], keys: Keys, standing: bytes | bytearray) -> int:
    """The first line of prose: what stands before it is the page's head. -1 if none comes soon (verse, lists).

    Known phrases, which may yet go, and lines that say the same are not counted, nor those that are gone.
    """
    if kernels is not None:
        found: int = kernels.head_end(KINDS, lines, keys.c, standing, HEAD_LINES)
        if found < 0 or is_prose(without_site_name(lines[found]) or lines[found]):
            return found
    return head_end_in_python(lines, keys.every, standing)


def head_end_in_python(lines: list[str], keys: list[bytes], standing: bytes | bytearray) -> int:
    """What :func:`_head_end` does; the extension leaves to it a line that is prose only with the name of a site."""
    seen = {b""}
    for i in compress(range(len(lines)), standing):
        line = lines[i]
        if is_prose(line) and is_prose(without_site_name(line) or line):
            return i
        seen.add(keys[i])
        if len(seen) > HEAD_LINES + 1:
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
