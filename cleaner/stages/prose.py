"""What a line looks like from outside: prose, or something that could be a link."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from functools import lru_cache
from itertools import compress

from cleaner.native import kernels
from cleaner.page import Page

#: Marks that end a sentence, in every script that has one.
SENTENCE_ENDS = ".!?…。！？｡।॥؟۔։።፧᙮᠃។៕၊။‽⁇⁈⁉"
_CLOSERS = "\"'”’»›)]}」』】）〉》*_ "
#: Those that may end a question or a call, which is a headline as often as not; those with no space behind them.
_CALLS, _WIDE_ENDS = "?!？！؟…", "。！？"
_INNER_END = re.compile(rf"[{re.escape(SENTENCE_ENDS)}]+[{re.escape(_CLOSERS)}]*\s+\S|[{_WIDE_ENDS}]\S")
#: Scripts written without spaces: a character there says about as much as half a word.
_UNSPACED = ((0xE00, 0xEFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7AF))


#: Marks behind which a site's name may follow a headline.
SITE_MARKS = "|•·–—»:-"
#: What the extension is told of characters: a byte of flags for each.
_FLAGS = (SENTENCE_ENDS, _CLOSERS, _CALLS, "", _WIDE_ENDS, "", SITE_MARKS)
_UNSPACED_FLAG, _WHITE_FLAG = 8, 32


def _kinds() -> bytes:
    kinds = bytearray(0x10000)
    for first, last in _UNSPACED:
        kinds[first : last + 1] = bytes((_UNSPACED_FLAG,)) * (last + 1 - first)
    for flag, characters in enumerate(_FLAGS):
        for c in characters:
            kinds[ord(c)] |= 1 << flag
    for i in (*range(0x100), 0x1680, *range(0x2000, 0x2070), 0x3000):
        if chr(i).isspace():
            kinds[i] |= _WHITE_FLAG
    return bytes(kinds)


KINDS = _kinds() if kernels is not None else b""
#: No line of seven words is shorter, in any script.
_SHORTEST_PROSE = 13
#: A line that was broken at a column is at least this long.
NARROW = 40
#: Korean, which has spaces though its characters say as much as words.
_HANGUL = range(0xAC00, 0xD7B0)
_HEBREW = "\u0590"
#: Of a broken paragraph's lines at least this share begin with a small letter: others begin with names and numbers.
_SMALL_SHARE = 1 / 3


def word_count(line: str) -> int:
    """Words in a line; in scripts without spaces every second character counts as one."""
    spaced = line.count(" ") + 1
    return spaced if line.isascii() else spaced + len(unspaced().findall(line)) // 2


@lru_cache(maxsize=1)  # which takes longer to compile than all else here
def unspaced() -> re.Pattern[str]:
    """A character of a script written without spaces."""
    return re.compile(f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in _UNSPACED)}]")


def is_prose(line: str) -> bool:
    """Whether a line reads as running text rather than as a headline, link or label.

    A long line is prose; so is a sentence with an end to it. A question or exclamation of one short sentence is a
    headline as often as not, and is not called prose.
    """
    if kernels is not None:
        found: bool = kernels.is_prose(KINDS, line)
        return found
    return is_prose_in_python(line)


def is_prose_in_python(line: str) -> bool:
    """What :func:`is_prose` does, without the extension."""
    size = len(line)
    if size > 220 or size < _SHORTEST_PROSE:
        return size > 220
    words = word_count(line)
    if words < 7:
        return False
    bare = line.rstrip(_CLOSERS)
    if not bare or bare[-1] not in SENTENCE_ENDS:
        return words > 25 and _INNER_END.search(line) is not None
    if bare[-1] in _CALLS or bare.endswith("..."):
        return words > 16 or _INNER_END.search(line) is not None
    return True


def prose_lines(page: Page) -> bytearray:
    """Which lines of a page read as running text.

    Args:
        page: the page; lines already cut are judged as well.

    Returns:
        For each line 1 or 0, to be changed at will.
    """
    lines = page.lines
    known: bytearray | None = page.facts.get("prose")
    if known is None:
        known = kernels.prose(KINDS, lines) if kernels is not None else bytearray(map(is_prose_in_python, lines))
        page.facts["prose"] = known
    for i in page.trimmed:
        known[i] = is_prose(lines[i])
    return known[:]


def runs_on(page: Page, i: int) -> bool:
    """Whether a line goes on in the middle of the sentence that the line right before it broke off.

    Scripts without small letters do not tell.
    """
    if i == 0 or not page.lines[i][:1].islower() or page.blank_before(i):
        return False
    return breaks_off(page.lines[i - 1])


def breaks_off(line: str, narrow: int = NARROW) -> bool:
    """Whether a line may have been broken at a column: it is long enough, and no sentence ends with it."""
    return len(line) >= narrow and line.rstrip(_CLOSERS)[-1:] not in SENTENCE_ENDS + ":"


def blanks_above(page: Page) -> bytearray | None:
    """How many blank lines stand above each line, as numbers of eight bytes; None for none above any."""
    row = page.row
    if isinstance(row, range):
        return None
    if kernels is not None:
        found: bytearray = kernels.blanks(row)
        return found
    return bytearray(array("q", [place - i for i, place in enumerate(row)]).tobytes())


def going_on(lines: list[str], blanks: bytearray | None, standing: bytes | None = None) -> list[int]:
    """Lines that go on with a sentence broken off in the line right above: no capital begins them.

    Args:
        lines: a text's lines, none blank.
        blanks: for each how many blank lines stand above it, as numbers of eight bytes; None for none above any.
        standing: for each 1 if it is there, 0 if it has gone; None if all are there.

    Returns:
        Their places, in order.
    """
    if kernels is not None:
        found: list[int] = kernels.going_on(KINDS, lines, blanks, standing, NARROW)
        return found
    return going_on_in_python(lines, blanks, standing)


def going_on_in_python(
    lines: list[str], blanks: bytearray | None, standing: bytes | None, narrow: int = NARROW
) -> list[int]:
    """What :func:`going_on` does, without the extension."""
    above = array("q", blanks or bytes(8 * len(lines)))
    found = []
    before = -1
    for i in compress(range(len(lines)), standing or b"\x01" * len(lines)):
        if before >= 0 and above[i] == above[before] and _is_small(lines[i][0]) and breaks_off(lines[before], narrow):
            found.append(i)
        before = i
    return found


def _is_small(c: str) -> bool:
    """Whether what begins so may go on with a sentence: no capital, nor of a script without spaces."""
    if c.islower() or c < _HEBREW:
        return c.islower()
    return c.isalpha() and not (c.isupper() or c.istitle()) and (ord(c) in _HANGUL or not unspaced().match(c))


def broken_prose(page: Page, start: int) -> list[int]:
    """Lines of paragraphs that were broken at a column: none of them need read as running text by itself.

    Args:
        page: the page.
        start: the line to begin at.

    Returns:
        The lines, in order.
    """
    lines, end = page.lines, start
    broken = [i for i in going_on(lines, blanks_above(page)) if i > start and lines[i][0].islower()]
    found: list[int] = []
    for i in broken:
        if i < end:
            continue
        first, end = i - 1, i + 1
        while first > start and not page.blank_before(first):
            first -= 1
        while end < len(lines) and not page.blank_before(end):
            end += 1
        share = bisect_left(broken, end) - bisect_left(broken, first + 1)
        if share >= _SMALL_SHARE * (end - first - 1) and is_prose(" ".join(lines[first:end])):
            found += range(first, end)
    return found
