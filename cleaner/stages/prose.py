"""What a line looks like from outside: prose, or something that could be a link."""

from __future__ import annotations

import re

from cleaner.page import Page

#: Marks that end a sentence, in every script that has one.
SENTENCE_ENDS = ".!?…。！？｡।॥؟۔։።፧᙮᠃។៕၊။‽⁇⁈⁉"
_CLOSERS = "\"'”’»›)]}」』】）〉》*_ "
_INNER_END = re.compile(rf"[{re.escape(SENTENCE_ENDS)}]+[{re.escape(_CLOSERS)}]*\s+\S|[。！？]\S")
#: Scripts written without spaces: a character there says about as much as half a word.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


#: No line of seven words is shorter, in any script.
_SHORTEST_PROSE = 13


def word_count(line: str) -> int:
    """Words in a line; in scripts without spaces every second character counts as one."""
    spaced = line.count(" ") + 1
    return spaced if line.isascii() else spaced + len(_UNSPACED.findall(line)) // 2


def is_prose(line: str) -> bool:
    """Whether a line reads as running text rather than as a headline, link or label.

    A long line is prose; so is a sentence with an end to it. A question or exclamation of one short sentence is a
    headline as often as not, and is not called prose.
    """
    size = len(line)
    if size > 220 or size < _SHORTEST_PROSE:
        return size > 220
    words = word_count(line)
    if words < 7:
        return False
    bare = line.rstrip(_CLOSERS)
    if not bare or bare[-1] not in SENTENCE_ENDS:
        return words > 25 and _INNER_END.search(line) is not None
    if bare[-1] in "?!？！؟…" or bare.endswith("..."):
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
        known = page.facts["prose"] = bytearray(len(lines))
        for i, line in enumerate(lines):
            if len(line) >= _SHORTEST_PROSE and is_prose(line):
                known[i] = 1
    for i in page.trimmed:
        known[i] = is_prose(lines[i])
    return known[:]
