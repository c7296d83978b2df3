"""Which lines could ftfy change? One scan of a whole text finds every line that might; all others are left out.

The scan must never miss a line, and should seldom wake one for nothing. What it looks for is derived from ftfy's own
tables when the first text that is not ASCII comes by; ``tests/test_repair_skip.py`` proves it against
ftfy's heuristic alternative by alternative. If the heuristic in the installed ftfy is not the one that was proved,
every line that is not ASCII is put to ftfy's heuristic itself: slower, and still right.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import NamedTuple

#: ftfy's badness heuristics the scan is proved for: SHA-256 of ``ftfy.badness.BADNESS_RE.pattern``.
PROVED = frozenset({"9dcc0f2ac90d9ae3c85eb7b9b2c0b8a8e8126153847c2b30c91a0bb263f3b8c4"})
#: What ftfy alters in bytes before it reads them, which no UTF-8 has: of ``ftfy.chardata.ALTERED_UTF8_RE.pattern``.
STRICT = frozenset({"c156e78e9dafd32d947de8902e5471e1ff9caf41f6e224b606c3f9419df7cbbd"})

#: An entity as ftfy sees one.
ENTITY = "&(?=#?[0-9A-Za-z]{1,24};)"
#: Characters that a fixer of ftfy's removes or replaces wherever they stand, ASCII and other.
ASCII_CONTROLS = "\x00-\x08\x0b\x0d-\x1f\x7f"
CONTROLS = ASCII_CONTROLS + "\x80-\x9f\u2028\u2029\u206a-\u206f\ud800-\udfff\ufeff\ufff9-\ufffc"
#: What the heuristic matches is shorter than this.
REACH = 8
#: With more places than this to look at, all of a text is looked at.
MOST_PLACES = 32


class Scan(NamedTuple):
    """The compiled patterns.

    Attributes:
        wake: finds a place in a text for whose sake its line must be looked at.
        piece: the same for a stretch without ASCII, whatever ASCII stands around it; it may find more, never less.
        hard: a character that ftfy changes wherever it stands, or an entity.
        proved: whether this is the heuristic they were proved for.
        strict: whether ftfy is known to alter no bytes that are UTF-8.
        bad: ftfy's heuristic itself.
    """

    wake: re.Pattern[str]
    piece: re.Pattern[str]
    hard: re.Pattern[str]
    proved: bool
    strict: bool
    bad: re.Pattern[str]


@lru_cache(maxsize=1)
def scan() -> Scan:
    """Derive the patterns, once."""
    from ftfy.badness import BADNESS_RE
    from ftfy.chardata import ALTERED_UTF8_RE

    chars, odd = _mojibake()
    hard = f"(?<=[{CONTROLS}])|(?<=&)"
    loose = odd
    for wanted in ("(?=\\w)", "(?=[^A-Za-z])", "(?= )", ".?[ØÙ]"):
        loose = loose.replace(wanted, "")
    beyond = CONTROLS.removeprefix(ASCII_CONTROLS)
    return Scan(
        wake=re.compile(f"[&{CONTROLS}{chars}](?:{hard}{ENTITY[1:]}|{odd})"),
        piece=re.compile(f"[{beyond}{chars}](?:(?<=[{beyond}])|{loose})"),
        hard=re.compile(f"{ENTITY}|[{CONTROLS}]"),
        proved=heuristic() in PROVED,
        strict=hashlib.sha256(ALTERED_UTF8_RE.pattern).hexdigest() in STRICT,
        bad=BADNESS_RE,
    )


def is_bad(text: str) -> bool:
    """What ``ftfy.badness.is_bad`` says of a text, looked for only around the places that the scan finds."""
    patterns = scan()
    bad = patterns.bad.search
    if not patterns.proved:
        return bad(text) is not None
    place = patterns.wake.search(text)
    for _ in range(MOST_PLACES):
        if place is None:
            return False
        at = place.start()
        if bad(text, max(0, at - REACH), at + REACH):
            return True
        place = patterns.wake.search(text, at + 1)
    return place is not None and bad(text) is not None


def heuristic() -> str:
    """The fingerprint of the badness heuristic in the installed ftfy."""
    from ftfy.badness import BADNESS_RE

    return hashlib.sha256(BADNESS_RE.pattern.encode()).hexdigest()


def _mojibake() -> tuple[str, str]:
    """The characters that ftfy's heuristic cannot do without, and what must stand around each.

    Returns:
        (inside of a character class, pattern to be met right behind such a character).
    """
    from ftfy.badness import MOJIBAKE_CATEGORIES as CLASSES

    if heuristic() not in PROVED:
        return "\x80-\U0010ffff", ""
    bad, upper, lower = CLASSES["bad"], CLASSES["upper_accented"], CLASSES["lower_accented"]
    opening, closing, money = CLASSES["start_punctuation"], CLASSES["end_punctuation"], CLASSES["currency"]
    signs = money + CLASSES["numeric"] + CLASSES["law"] + CLASSES["box"]
    marks = signs + opening + closing + bad
    every = marks + upper + lower + CLASSES["lower_common"] + CLASSES["upper_common"]
    around = (
        # a sign that is nearly always mojibake, next to any other that takes part in it
        f"(?<=[{every}][{bad}])|(?<=[{bad}])(?=[{marks}{upper}{lower}])",
        # a capital after what no capital follows, or before what follows none
        f"(?<=[{lower}{CLASSES['lower_common']}{marks}][{upper}])",
        f"(?<=[{upper}])(?=[{marks}°·\xa0\xad–—´œŠšŸž])|(?<=[ÃÂ])(?= )",
        # currency, numbers, boxes next to letters and quotes
        f"(?<=[{marks}{upper}{lower}β][{signs}])|(?<=[{signs}])(?=[{marks}{upper}{lower}{CLASSES['kaomoji']}´])",
        # quotes the wrong way round, or inside a word
        f"(?<=[{closing}])(?=[{lower}{opening}])|(?<=[{lower}{upper}][{opening}{closing}])(?=\\w)",
        # one letter between two that begin a Cyrillic or Greek letter in UTF-8
        f"(?<=[ВГРС][{marks}°µ])(?=[ВГРС])|(?<=[ΒΓΞΟ][{marks}°])(?=[ΒΓΞΟ])",
        f"(?<=[ØÙ])(?=[{CLASSES['common']}{marks}ŸŠ°µ].?[ØÙ])",
        "(?<=[Œœ])(?=[^A-Za-z])|(?<=‚)(?=[âóÄ])|(?<=[вВ]Ђ)",
    )
    return bad + upper + signs + opening + closing + "ØÙŒœЂ°µ", "|".join(around)
