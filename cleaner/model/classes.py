"""What kind of character each code point is: one table for all scripts."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Kinds of characters. Two of them, one behind the other, fit a byte.
LOWER, UPPER, CASELESS, UNSPACED, DIGIT, SPACE, NEWLINE, END = range(8)
ASK, COMMA, COLON, QUOTE, BRACKET, SEPARATOR, SIGN, ELLIPSIS = range(8, 16)
KINDS = 16

#: Code points from here on (emoji, rare letters) count as the table's last entry.
SIZE = 0x10000

_MARKS = {
    END: ".।॥۔።᙮᠃។៕၊။෴。｡",
    ASK: "!?！？؟⁇⁈⁉‽՜՞⸮",
    COMMA: ",，、،؛;；·፣፤՝‚",
    COLON: ":：",
    QUOTE: "\"'“”„‟«»‹›‘’‛`´「」『』〝〞",
    BRACKET: "([{（【〈《〔［)]}）】〉》〕］",
    SEPARATOR: "-–—―‐‑‒−－|•‣◦▪▫●○■□►▸▶→←↑↓∙⋅‧※★☆✓✔✕×*❯❮＞＜>",
    ELLIPSIS: "…‥",
}
#: Scripts written without spaces between words, and what a letter of them is beside one of English: characters, words.
_UNSPACED = (
    (0x0E00, 0x0EFF, 0.0, 0.22), (0x1000, 0x109F, 0.0, 0.22), (0x1780, 0x17FF, 0.0, 0.22),
    (0x3005, 0x3007, 1.8, 0.5), (0x3040, 0x30FF, 1.0, 0.35), (0x3400, 0x9FFF, 1.8, 0.5), (0xF900, 0xFAFF, 1.8, 0.5),
    (0xFF66, 0xFF9F, 1.0, 0.35),
)  # fmt: skip
#: Hangul has spaces, but a letter is a syllable.
_HANGUL = (0xAC00, 0xD7A3, 1.2, 0.0)
#: Signs that are part of the letter before them.
_SIGNS = (
    (0x300, 0x36F), (0x483, 0x489), (0x591, 0x5BD), (0x610, 0x61A), (0x64B, 0x65F), (0x6D6, 0x6DC), (0x900, 0xDFF),
    (0xFE00, 0xFE0F), (0x200C, 0x200D),
)  # fmt: skip


class Tables(NamedTuple):
    """What is known of every character.

    Attributes:
        both: by code point, its kind; and, times sixteen, which of ``extra`` it is.
        latin: the kinds of the first 128, as ``bytes.translate`` takes them.
        extra: how many characters more than one a letter counts for, and how many words: a row each.
    """

    both: NDArray[np.uint8]
    latin: bytes
    extra: NDArray[np.float32]


@lru_cache(maxsize=1)
def tables() -> Tables:
    """The tables; made when first needed, in about 15 ms."""
    kind = np.array([_letter(chr(i)) for i in range(SIZE)], np.uint8)
    for first, last in _SIGNS:
        here = kind[first : last + 1]
        here[here == SIGN] = CASELESS
    dense = np.zeros(SIZE, np.uint8)
    extra = [(0.0, 0.0)]
    for first, last, characters, words in (*_UNSPACED, _HANGUL):
        if (characters, words) not in extra:
            extra.append((characters, words))
        here = kind[first : last + 1]
        letters = (here == CASELESS) | (here == SIGN)
        dense[first : last + 1][letters] = extra.index((characters, words))
        if words:
            here[letters] = UNSPACED
    for name, marks in _MARKS.items():
        for c in marks:
            kind[ord(c)] = name
            dense[ord(c)] = 0
    kind[ord("ー")] = UNSPACED
    kind[10] = NEWLINE
    kind[SIZE - 1] = SIGN
    dense[SIZE - 1] = 0
    return Tables(kind | (dense << np.uint8(4)), kind[:256].tobytes(), np.array(extra, np.float32).T.copy())


def _letter(c: str) -> int:
    if c.isalpha():
        if c.islower():
            return LOWER
        return UPPER if c.isupper() or c.istitle() else CASELESS
    if c.isdecimal():
        return DIGIT
    return SPACE if c.isspace() else SIGN
