"""The forms in which lines are looked up: folded for phrases, squashed for a first look and for repeats."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import compress
from typing import NamedTuple

from cleaner.native import kernels

#: Typographic marks that stand for an ASCII one. With them gone most lines of most pages are ASCII, which Python folds
#: and compares several times as fast.
_TYPOGRAPHIC = {
    "\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00bb": ">", "\u00ab": "<",
    "\u203a": ">", "\u2039": "<", "\u2013": "-", "\u2014": "-", "\u2026": "...", "\u2022": "*", "\u25aa": "*",
    "\u25cf": "*", "\u2192": ">", "\u2190": "<", "\u2191": "^", "\u25ba": ">", "\u25b8": ">", "\u00d7": "*",
}  # fmt: skip
#: Full-width letters of CJK type, small ones since these are folded first; all begin with these bytes in UTF-8.
_WIDE = {c: c - 0xFEE0 for c in range(0xFF41, 0xFF5B)}
_WIDE_BYTES = b"\xef\xbd"
#: ASCII bytes that do not count when two lines are compared: all but letters, digits and the newline.
_MARKS = bytes(b for b in range(128) if not chr(b).isalnum() and b != 10)
_ASCII = bytes(range(128))
_NO_LETTERS = bytes(b for b in _ASCII if not chr(b).isalpha())
_DIGITS = b"0123456789"
_OTHER_MARKS = re.compile(r"[^\w\n]+")
_OTHER_DIGITS = re.compile(r"\d+")
#: How a fence around code begins in Markdown; the first may say a language behind it. (Tildes, the other kind of fence,
#: part scenes of a story as well.)
FENCE = "```"
_FENCE = re.compile(r"(`{3,})\s*([^`]*)")
#: With more than this share of a text beyond ASCII, or so many different characters to replace, folding the text as a
#: whole is quicker than replacing them one after another.
FOREIGN_SHARE = 0.25
MOST_REPLACEMENTS = 24


class Forms(NamedTuple):
    """Many lines in the forms they are looked up in, each UTF-8 with a newline between lines.

    Attributes:
        folded: as :func:`fold` gives it, with a newline before the first line too.
        squashed: as :func:`squash` gives it.
        wordy: the squashed lines as :func:`without_digits` gives them.
        lines: the folded lines one by one.
    """

    folded: bytes
    squashed: bytes
    wordy: bytes
    lines: list[str]


def fold(text: str) -> str:
    """Bring text to the form phrases are looked up in; lines stay lines.

    Args:
        text: any text.

    Returns:
        The text case folded, its quotes, dashes, bullets, arrows and full-width letters in ASCII.
    """
    folded = _plain_marks(text).casefold()
    if not folded.isascii() and _WIDE_BYTES in folded.encode("utf-8", "surrogatepass"):
        return folded.translate(_WIDE)
    return folded


def _plain_marks(text: str) -> str:
    if not text.isascii():
        for mark, plain in _TYPOGRAPHIC.items():
            if mark in text:
                text = text.replace(mark, plain)
    return text


def squash(folded: str) -> bytes:
    r"""Leave only letters and digits of folded lines.

    Args:
        folded: folded lines, joined by ``"\n"``.

    Returns:
        UTF-8 with as many lines. Combining marks go too, so two lines may squash alike and still differ.
    """
    return _without(_OTHER_MARKS, folded.encode("utf-8", "surrogatepass").translate(None, _MARKS))


def without_digits(squashed: bytes) -> bytes:
    """Squashed lines without their digits.

    Args:
        squashed: what :func:`squash` gave.

    Returns:
        The same lines; lines that differ only in numbers become alike.
    """
    return _without(_OTHER_DIGITS, squashed.translate(None, _DIGITS))


def count_letters(folded: str) -> int:
    """How many letters a folded line has: what is left of it squashed and without digits."""
    if folded.isascii():
        return len(folded.encode().translate(None, _NO_LETTERS))
    return len(without_digits(squash(folded)).decode("utf-8", "surrogatepass"))


def forms(lines: list[str]) -> Forms:
    """Bring many lines to all their forms at once.

    Most characters of most texts are ASCII, which is folded as bytes; the few others are replaced one by one.

    Args:
        lines: lines without a newline in them.

    Returns:
        What :func:`fold`, :func:`squash` and :func:`without_digits` make of them.
    """
    if kernels is not None:
        return Forms(*kernels.forms(lines, _forms_of))
    return forms_in_python(lines)


def _forms_of(character: str) -> tuple[bytes, bytes, bytes]:
    """The forms of a character; those of a line are the forms of its characters."""
    squashed = squash(folded := fold(character))
    return folded.encode("utf-8", "surrogatepass"), squashed, without_digits(squashed)


def forms_in_python(lines: list[str]) -> Forms:
    """What :func:`forms` does, without the extension."""
    folded, squashed, wordy = _joined_forms("\n".join(lines))
    every = folded.decode("utf-8", "surrogatepass").split("\n") if lines else []
    return Forms(b"\n" + folded, squashed, wordy, every)


def _joined_forms(text: str) -> tuple[bytes, bytes, bytes]:
    raw = text.encode("utf-8", "surrogatepass")
    other = raw.translate(None, _ASCII)
    if not other:
        folded = raw.lower()
        squashed = folded.translate(None, _MARKS)
        return folded, squashed, squashed.translate(None, _DIGITS)
    if len(other) <= FOREIGN_SHARE * len(raw):
        found = [_character(c) for c in set(other.decode("utf-8", "surrogatepass"))]
        changes = [(old, new) for old, new, _, _ in found if old != new]
        marks = {mark for _, _, marks, _ in found for mark in marks}
        if len(changes) + len(marks) <= MOST_REPLACEMENTS:
            for old, new in changes:
                text = text.replace(old, new)
            folded = text.encode("utf-8", "surrogatepass").lower()
            for mark in marks:
                text = text.replace(mark, " ")  # which goes with the marks of ASCII, and is the quicker replacement
            bare = text.encode("utf-8", "surrogatepass").lower() if marks else folded
            squashed = bare.translate(None, _MARKS)
            wordy = squashed.translate(None, _DIGITS)
            return (folded, squashed, without_digits(wordy) if any(digit for *_, digit in found) else wordy)
    whole = fold(text)
    squashed = squash(whole)
    return whole.encode("utf-8", "surrogatepass"), squashed, without_digits(squashed)


@lru_cache(maxsize=4096)
def _character(character: str) -> tuple[str, str, str, bool]:
    """A character beyond ASCII: itself, folded, what squashing takes out of that, and whether it is a digit."""
    folded = fold(character)
    marks = "".join(c for c in folded if not c.isascii() and not c.isalnum())
    return character, folded, marks, any(c.isdecimal() for c in folded)


def _without(unwanted: re.Pattern[str], lines: bytes) -> bytes:
    """Take a pattern of characters beyond ASCII out of lines that have it."""
    if lines.isascii():
        return lines
    return unwanted.sub("", lines.decode("utf-8", "surrogatepass")).encode("utf-8", "surrogatepass")


def encodable(text: str) -> str:
    """Text that can be encoded: lone surrogates, there with the encoding stage off, are replaced at the same length.

    Args:
        text: any text.

    Returns:
        The text itself unless it holds a lone surrogate.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def filled(rows: list[str]) -> tuple[list[str], Sequence[int]]:
    """The rows that are not blank, and their numbers: a range if none is blank, otherwise an array."""
    if kernels is not None:
        lines, numbers = kernels.filled(rows)
        return lines, range(len(rows)) if numbers is None else array("q", numbers)
    return filled_in_python(rows)


def filled_in_python(rows: list[str]) -> tuple[list[str], Sequence[int]]:
    """What :func:`filled` does, without the extension."""
    lines = list(filter(None, rows))
    every = range(len(rows))
    return lines, every if len(lines) == len(rows) else array("q", compress(every, rows))


def indented_lines(lines: list[str]) -> tuple[list[int], bool]:
    """The numbers of the lines that begin with a space; and whether one may be a fence around code. None is empty."""
    if kernels is not None:
        found: tuple[list[int], bool] = kernels.indented(lines, FENCE)
        return found
    fenced = any(line.startswith(FENCE) or (line[0].isspace() and line.lstrip().startswith(FENCE)) for line in lines)
    return [i for i, line in enumerate(lines) if line[0] == " "], fenced


def fenced_blocks(lines: Iterable[str]) -> list[tuple[int, int]]:
    """Blocks of code between fences, as Markdown has them.

    Args:
        lines: the lines, trimmed.

    Returns:
        Of each block its fences' numbers. A fence that none closes is none.
    """
    found: list[tuple[int, int]] = []
    start, fence = -1, ""
    for i, line in enumerate(lines):
        if line.startswith(FENCE) and (match := _FENCE.fullmatch(line)):
            if start < 0:
                start, fence = i, match[1]
            elif match[1].startswith(fence) and not match[2]:
                found.append((start, i))
                start = -1
    return found


def characters(lines: list[str], kept: bytearray | None = None) -> int:
    """How many characters the lines have that are kept; all of them if None."""
    if kernels is not None:
        found: int = kernels.size(lines, kept)
        return found
    return sum(map(len, lines if kept is None else compress(lines, kept)))
