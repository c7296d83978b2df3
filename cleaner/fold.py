"""The forms in which lines are looked up: folded for phrases, squashed for a first look and for repeats."""

from __future__ import annotations

import re

#: Typographic marks that stand for an ASCII one. With them gone most lines of most pages are ASCII, which Python folds
#: and compares several times as fast.
_TYPOGRAPHIC = {
    "\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00bb": ">", "\u00ab": "<",
    "\u203a": ">", "\u2039": "<", "\u2013": "-", "\u2014": "-", "\u2026": "...", "\u2022": "*", "\u25aa": "*",
    "\u25cf": "*", "\u2192": ">", "\u2190": "<", "\u2191": "^", "\u25ba": ">", "\u25b8": ">", "\u00d7": "*",
}  # fmt: skip
#: ASCII bytes that do not count when two lines are compared: all but letters, digits and the newline.
_MARKS = bytes(b for b in range(128) if not chr(b).isalnum() and b != 10)
_ASCII = bytes(range(128))
_DIGITS = b"0123456789"
_OTHER_MARKS = re.compile(r"[^\w\n]+")
_OTHER_DIGITS = re.compile(r"\d+")


def fold(text: str) -> str:
    """Bring text to the form phrases are looked up in; lines stay lines.

    Args:
        text: any text.

    Returns:
        The text case folded, its quotes, dashes, bullets and arrows in ASCII.
    """
    return _plain_marks(text).casefold()


def fold_lines(lines: list[str]) -> list[str]:
    """Fold many lines.

    Args:
        lines: lines without a newline in them.

    Returns:
        What :func:`fold` makes of each.
    """
    return [line.casefold() for line in _plain_marks("\n".join(lines)).split("\n")] if lines else []


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


def _without(unwanted: re.Pattern[str], lines: bytes) -> bytes:
    """Take a pattern of characters beyond ASCII out of lines that have it."""
    if lines.isascii() or unwanted.search(lines.translate(None, _ASCII).decode("utf-8", "surrogatepass")) is None:
        return lines
    return b"\n".join(
        line
        if line.isascii()
        else unwanted.sub("", line.decode("utf-8", "surrogatepass")).encode("utf-8", "surrogatepass")
        for line in lines.split(b"\n")
    )


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
