"""What kind of character each code point is: one table for all scripts."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Kinds of characters. Those below ``SPACE`` make up words.
LOWER, UPPER, CASELESS, UNSPACED, DIGIT, MARK, SPACE, NEWLINE = range(8)
END, WIDE_END, ASK, COMMA, COLON, QUOTE, OPEN, CLOSE = range(8, 16)
DASH, SEPARATOR, SLASH, AT, MONEY, SIGN, OTHER = range(16, 23)
KINDS = 23

#: Code points from here on (emoji, rare letters) count as the table's last entry.
SIZE = 0x10000

_MARKS = {
    END: ".…।॥۔።᙮᠃។៕၊။‽෴",
    WIDE_END: "。｡",
    ASK: "!?！？؟⁇⁈⁉¡¿՜՞⸮",
    COMMA: ",，、،؛;；·፣፤՝‚",
    COLON: ":：",
    QUOTE: "\"'“”„‟«»‹›‘’‛`´「」『』〝〞",
    OPEN: "([{（【〈《〔［",
    CLOSE: ")]}）】〉》〕］",
    DASH: "-–—―‐‑‒−－",
    SEPARATOR: "|•‣◦▪▫●○■□►▸▶→←↑↓∙⋅‧※★☆✓✔✕×*❯❮＞＜>",
    SLASH: "/\\＼／_",
    AT: "@＠#＃",
    MONEY: "$€£¥₹₽₩₺₴฿¢₫₪％%",
    SIGN: "©®™℠+=<&~^§¶°",
}
#: Scripts written without spaces between words.
_UNSPACED = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007), (0x3040, 0x30FF), (0x3400, 0x9FFF),
    (0xF900, 0xFAFF), (0xFF66, 0xFF9F),
)  # fmt: skip
#: Signs that are part of the letter before them.
_SIGNS = (
    (0x300, 0x36F), (0x483, 0x489), (0x591, 0x5BD), (0x610, 0x61A), (0x64B, 0x65F), (0x6D6, 0x6DC), (0x900, 0xDFF),
    (0xFE00, 0xFE0F), (0x200C, 0x200D),
)  # fmt: skip


class Tables(NamedTuple):
    """The kind of every character.

    Attributes:
        kind: by code point.
        latin: the same for the first 256, as ``bytes.translate`` takes it.
        small: the small letter of each capital; all else as it is.
    """

    kind: NDArray[np.uint8]
    latin: bytes
    small: NDArray[np.uint32]


@lru_cache(maxsize=1)
def tables() -> Tables:
    """The tables; made when first needed, in about 15 ms."""
    kind = np.full(SIZE, OTHER, np.uint8)
    kind[:] = [_letter(chr(i)) for i in range(SIZE)]
    for first, last in _SIGNS:
        here = kind[first : last + 1]
        here[here == OTHER] = MARK
    for first, last in _UNSPACED:
        here = kind[first : last + 1]
        here[(here == CASELESS) | (here == OTHER)] = UNSPACED
    for name, marks in _MARKS.items():
        for c in marks:
            kind[ord(c)] = name
    kind[ord("ー")] = UNSPACED
    kind[10] = NEWLINE
    kind[SIZE - 1] = OTHER
    small = np.arange(SIZE, dtype=np.uint32)
    for i in (kind == UPPER).nonzero()[0].tolist():
        low = chr(i).lower()
        small[i] = ord(low[0])
    return Tables(kind, kind[:256].tobytes(), small)


def _letter(c: str) -> int:
    if c.isalpha():
        if c.islower():
            return LOWER
        return UPPER if c.isupper() or c.istitle() else CASELESS
    if c.isdecimal():
        return DIGIT
    return SPACE if c.isspace() else OTHER
