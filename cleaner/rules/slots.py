"""Phrases with slots: ``{n} min read``, ``by {name}``, turned into look-up keys or patterns."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from cleaner.fold import count_letters

if TYPE_CHECKING:
    import regex

#: What tells a date in a line that has a number: a year, a time of day, days and months with marks between them.
#: Without that a date is a day with hardly a word beside it ("5 March", "Tuesday, the 5th").
_DATED = (
    r"(?<!\d)\d{4}(?!\d)|\d\s?[:h]\s?\d\d(?!\d)|\d\s?[/-]\s?\d|\d\.\d\d(?!\d)"
    r"|\d\.\s?\d{1,2}\.(?=\s*(?:\d|[^\w\s]|$))|\d\s?[年月日号號時时点點分년월일시분]"
)
_DAY = (
    r"(?:[\p{L}\p{M}]{2,14},\s)?(?:[\p{L}\p{M}]{1,4}\.?\s)?\d{1,2}(?:[\p{L}\p{M}]{1,2}|[.º°])?"
    r"(?:\s(?:de\s|of\s)?[\p{L}\p{M}.]{2,14})?(?:\s\d{1,2})?|[\p{L}\p{M}]{3,14}\.?\s\d{1,2}"
)
#: What each slot may stand for, as a piece of a pattern. All are bounded, so matching stays linear.
_SLOT_PATTERNS = {
    "n": r"\d[\d.,\u00a0 ]{0,12}[kmb+]?",
    "date": rf"(?:(?=[^\n!?]{{0,60}}?(?:{_DATED}))(?:(?!\bby\b)[^\n!?]){{0,30}}\d(?:(?!\bby\b)[^\n!?]){{0,40}}|{_DAY})",
    "name": r"[\p{L}\p{M}][\p{L}\p{M}\p{N}'\u2019.&/,@ -]{1,70}(?<!\.)",
    "any": r"[^\n]{0,159}[^\n.!?。।]",
}
#: What ends in a full stop is a sentence, not a label with a word or two behind it.
_CLOSING = r"[^\w.!?。।]{0,8}"
_SLOT = re.compile(r"\{(n|date|name|any)\}")

#: A number in any script's digits with its thousands marks, and an optional K, M or B: one token in a key.
_NUMBER = re.compile(r"\d+(?:[.,' \u066b\u066c\uff0c]\d+)*(?:[kmb]\b)?\+?")
_UNSPACED = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]"
#: Letters of Vietnamese alone, which writes a space between the syllables of a word.
_SYLLABLES = re.compile("[\u0111\u01a1\u01b0\u1ea0-\u1ef9]")
#: A phrase that begins with so many literal characters is found by the start of the line.
START = 4
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
#: A number in brackets; and all up to the last letter or number, behind which the last brackets are looked for: one
#: look at a line, however many brackets it has.
_OPENERS = r"[(\[（［【]"
_BRACKETED = re.compile(rf"\s*{_OPENERS}#[)\]）］】]\s*")
_BRACKET = re.compile(_OPENERS)
_WORDS = re.compile(r".*\w", re.DOTALL)
#: The marks most often found around a phrase: taken off by ``str.strip``, which is far faster than a pattern.
EDGES = " \t.,:;!?|/\\*+-_<>@=~^`\"'()[]{}&\u00b7\u25aa\u25e6\u2713\u2714\u2605"
#: A sentence in quotation marks as they are when folded. In Japanese it needs no full stop.
_QUOTES = "\"'<>「『"
_SAID = re.compile(
    r""""[^"]*(?:[.!?。！？]"|"[.!?。！？])|'.*(?:[.!?。！？]'|'[.!?。！？])"""
    r"""|<[^<>]*(?:[.!?]\s?>|>[.!?])|>[^<>]*(?:[.!?]\s?<|<[.!?])|[「『][^「」『』]*[」』][。！？]?"""
)
#: A word in quotation marks; the bullet of a list whose item is a word and a colon.
_QUOTED_WORD = re.compile(r"""(["'])[^\s"']+\1|<[^\s<>]+>|>[^\s<>]+<""")
_ITEM = re.compile(r"[*•·▪◦‣–—-]\s+(?=[^\s:]+:\Z)")
#: What a dialogue's lines begin with in many languages, and end with.
_DASHES, _ENDS = "—–―", ".!?…"
#: A single word has at most so many letters.
LONGEST_WORD = 12
#: Letters of a short sentence, alone and behind a hyphen, and a length that none exceeds.
LETTERS_OF_SENTENCE, LETTERS_BEHIND_HYPHEN = 15, 24
_LONGEST_SAID = 36
_FULL_STOPS = ".。।۔"
#: The keys of longer lines are not kept: no phrase is so long, and a text may be one line.
LONGEST_KEPT = 240


def has_pattern_slot(phrase: str) -> bool:
    """Whether the phrase needs a pattern: it has a slot other than ``{n}``."""
    return any(slot != "n" for slot in _SLOT.findall(phrase))


def key(folded: str) -> str:
    """The form in which a line or phrase is looked up.

    Args:
        folded: text already through :func:`cleaner.fold.fold`.

    Returns:
        The text without marks, bullets and arrows around it and without a number in brackets at either end;
        every number reads ``#``. Empty if nothing but marks is left.
    """
    return _key(folded) if len(folded) <= LONGEST_KEPT else _key.__wrapped__(folded)


@lru_cache(maxsize=4096)  # the same few thousand lines are on most pages of the web
def _key(folded: str) -> str:
    core = folded.strip(EDGES)
    if _DIGIT.search(core):
        core = _without_brackets(_NUMBER.sub("#", folded)).strip(EDGES)
    if core and (core[0].isalnum() or core[0] == "#") and (core[-1].isalnum() or core[-1] == "#"):
        return core
    found = _core().search(core)
    return found.group() if found else ""


def may_be_bracketed(folded: str) -> bool:
    """Whether a folded line that has a number may be without a :func:`key`: it has if there is no bracket."""
    return _BRACKET.search(folded) is not None


def _without_brackets(text: str) -> str:
    opening = _BRACKETED.match(text)
    start = opening.end() if opening else 0
    words = _WORDS.match(text, start)
    closing = _BRACKETED.search(text, words.end() if words else start)
    return text[start : closing.start() if closing else None]


@lru_cache(maxsize=1)
def _core() -> regex.Pattern[str]:
    import regex  # noqa: PLC0415

    return regex.compile(r"[\p{L}\p{N}#](?:.*[\p{L}\p{N}#]\p{M}*)?", regex.DOTALL)


def first_letter(folded: str) -> int:
    """Where the first letter of a folded line stands; its end if it has none."""
    found = _LETTER.search(folded)
    return found.start() if found else len(folded)


def is_short(line: str) -> bool:
    """Whether a phrase is a single short word: on its own it may as well be a heading of the article.

    Args:
        line: the line; marks around the word do not count much and are not taken off, but for the
            bullet of an item with a colon ("* Menu:").

    Returns:
        True for one word of at most 12 letters (in Vietnamese of two syllables), or at most 4 characters of a script
        that writes no spaces.
    """
    if line and line[-1] == ":" and (item := _ITEM.match(line)) is not None:
        line = line[item.end() :]
    if len(line) > LONGEST_WORD:
        return False
    spaces = line.count(" ")
    if spaces:
        return spaces == 1 and _SYLLABLES.search(line) is not None
    return len(line) <= 4 or line.isascii() or _unspaced().search(line) is None


def is_doubtful(line: str, text: str = "") -> bool:
    """Whether a phrase may as well be the article's own: one short word, or a short sentence that someone says.

    Buttons have no full stop: "Got it" is one, "Got it." an answer.

    Args:
        line: the line, folded.
        text: the line as it stands.

    Returns:
        True for what :func:`is_short` takes for a word, for a sentence behind the dash of a dialogue, and for a few
        words that end in a full stop: of at most 15 letters, which leaves out "All rights reserved.", or 24 behind a
        hyphen.
    """
    return (text != "" and text[0] in _DASHES and text[-1] in _ENDS) or _may_be_own(line)


@lru_cache(maxsize=4096)  # as for keys
def _may_be_own(line: str) -> bool:
    if is_short(line):
        return True
    if len(line) > _LONGEST_SAID or line[-1] not in _FULL_STOPS or line[-2] in _FULL_STOPS:
        return False
    return count_letters(line) <= (LETTERS_BEHIND_HYPHEN if line[0] == "-" else LETTERS_OF_SENTENCE)


def is_said(line: str) -> bool:
    """Whether a line is a sentence or a word in quotation marks, which no phrase names: nobody writes a button so.

    >>> is_said('"read more."'), is_said('"read more"'), is_said('"read more." he slept. "more!"'), is_said("'share'")
    (True, False, False, True)

    Args:
        line: the line, folded.
    """
    return line[0] in _QUOTES and (_SAID.fullmatch(line) or _QUOTED_WORD.fullmatch(line)) is not None


def is_unspaced(line: str) -> bool:
    """Whether a line has letters of a script that writes no spaces."""
    return not line.isascii() and _unspaced().search(line) is not None


@lru_cache(maxsize=1)
def _unspaced() -> re.Pattern[str]:
    return re.compile(_UNSPACED)


def phrase_key(folded: str) -> str:
    """The key of a phrase; its ``{n}`` is the number."""
    return key(folded.replace("{n}", "1"))


def phrase_pattern(folded: str, at: str = "line") -> tuple[str, str]:
    """Turn a phrase with slots into a pattern.

    Args:
        folded: the phrase, folded.
        at: where in the line it stands.

    Returns:
        (keyword, pattern): a literal piece to find lines by, and the pattern for the whole line. A keyword that begins
        with a newline stands at the line's start. Most phrases are such a start and one slot; their pattern is the slot
        in braces alone, so that it need not be compiled for each.
    """
    import regex  # noqa: PLC0415

    pieces = _SLOT.split(folded)
    literals = pieces[0::2]
    keyword = max((piece.strip() for piece in literals), key=lambda piece: len(piece.encode("utf-8")))
    start = pieces[0].lstrip(EDGES)
    if at == "line":
        if len(start) >= START and len(pieces) == 3 and not pieces[2] and pieces[1] != "n":
            return "\n" + start, f"{{{pieces[1]}}}"
        if pieces[0].strip() == keyword and len(start) > 1:
            keyword = "\n" + start
    body = "".join(
        regex.escape(piece, special_only=True) if i % 2 == 0 else _SLOT_PATTERNS[piece]
        for i, piece in enumerate(pieces)
    )
    closing = _CLOSING if not pieces[-1] and pieces[-2] in ("any", "name") else r"(?!\w)\W{0,8}"
    return keyword, rf"\W{{0,8}}{body}{closing}"


def fills(slot: str, text: str, start: int) -> bool:
    """Whether the rest of a folded line is what a slot stands for.

    Args:
        slot: ``"{name}"``, ``"{date}"`` or ``"{any}"``.
        text: the line.
        start: where the rest begins.

    Returns:
        True if it is.
    """
    return _fillers()[slot].fullmatch(text, start) is not None


@lru_cache(maxsize=1)
def _fillers() -> dict[str, regex.Pattern[str]]:
    import regex  # noqa: PLC0415

    return {
        f"{{{slot}}}": regex.compile(body + (_CLOSING if slot != "date" else r"\W{0,8}"), regex.IGNORECASE)
        for slot, body in _SLOT_PATTERNS.items()
    }
