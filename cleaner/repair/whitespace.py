r"""Repair ``whitespace``: every kind of space, newline and invisible character brought to one form.

What it does to a line, each step a rule that can be switched off:

- ``whitespace.breaks``: CR, CRLF, VT, FF, NEL, U+2028 and U+2029 become ``"\n"``. (The encoding stage, which does as
  ftfy does, has by then removed VT and turned most of the others.)
- ``whitespace.invisible``: soft hyphens, zero-width spaces, word joiners and BOMs go, and bidi controls from lines
  without a right-to-left letter, where they do nothing. In a line that has one they stay, doubled ones aside. ZWJ and
  ZWNJ stay everywhere; a line of nothing else is blank.
- ``whitespace.spaces``: NBSP, tabs, the Unicode spaces and the ideographic space become a space, runs of them one, and
  the ends of lines are trimmed. U+3000 at the start of a CJK paragraph is indentation and goes like all indentation.
- ``whitespace.indent``: lines of code or verse keep theirs (``cleaner.repair.layout``).
"""

from __future__ import annotations

import re
from operator import is_not

from cleaner.repair.encoding import by_char, by_pattern, chunks, fix_encoding, may_be_suspect, places
from cleaner.repair.layout import indented
from cleaner.repair.options import DEFAULT, RepairOptions
from cleaner.repair.skip import MOSTLY_ASCII

_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]|(?<![\u1820-\u18aa])\u180e|\u180e(?![\u1820-\u18aa])")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_DOUBLED = re.compile("([\u061c\u200e\u200f])\\1+")
_RTL = re.compile(
    "[\u0590-\u05ff\u0608\u060b\u060d\u061b-\u064a\u066d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_JOINERS = re.compile("[\u200c\u200d\\s]+")
#: Anything but a single plain space that this stage may change, wherever it stands.
_ODD = re.compile(
    "[\t\x0b-\r\x1c-\x1f\x85\xa0\xad\u061c\u1680\u180e\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f\u2060"
    "\u2066-\u2069\u3000\ufeff]"
)
_ASCII = bytes(range(0x80))
_INDENT = " \t\xa0\u3000"
_ASCII_ODD = "\t\x0b\x0c\r\x1c\x1d\x1e\x1f"
#: Two spaces that are not a line's first.
_RUN = re.compile("  (?<=[^\n ]  )")
#: What calls for more than closing up spaces.
_MORE = re.compile("[\r\x0b\x0c\x85\u2028\u2029\xad\u200b-\u200f\u2060\ufeff\u180e\u061c\u202a-\u202e\u2066-\u2069\n]")
#: How often a line is looked at again when mending one thing brings up another. Two rounds settle nearly everything.
_ROUNDS = 50


def fix_whitespace(lines: list[str], options: RepairOptions = DEFAULT, text: str | None = None) -> list[str]:
    r"""Bring the spaces of each line to one form.

    Taking a character away can bring up what the encoding stage mends ("&am" + U+200B + "p;"), so lines that changed
    are put to that stage once more, if it is on: cleaning a clean text again changes nothing.

    Args:
        lines: a text split at ``"\n"``, after the encoding stage.
        options: which repairs are on.
        text: the lines joined, if at hand; spares joining them.

    Returns:
        As many lines, the same list if none changed; one that is broken up holds a ``"\n"``.
    """
    mended: dict[int, str] = {}
    out = lines
    is_indented = False
    for start, stop, piece in chunks(lines, text):
        is_indented = is_indented or piece[:1] in _INDENT or any("\n" + c in piece for c in _INDENT)
        block = lines if stop - start == len(lines) else lines[start:stop]
        trimmed = _mend_all(block, piece, options, start, mended)
        if trimmed is block:
            continue
        if not piece.isascii() and may_be_suspect(piece + "\n"):
            for i, line in enumerate(trimmed):
                if line is not block[i]:
                    mended.setdefault(start + i, line)
        out = out if out is not lines else lines.copy()
        out[start:stop] = trimmed
    if out is lines and not mended:
        return lines
    out = out if out is not lines else lines.copy()
    _settle(lines, mended, options)
    for i, line in mended.items():
        out[i] = line if line != lines[i] else lines[i]
    if options.indent and options.spaces and is_indented:
        out = indented(lines, out, any("\n" in line for line in mended.values()))
    return out if any(map(is_not, lines, out)) else lines


def mend(line: str, options: RepairOptions = DEFAULT) -> str:
    """Bring one line to its form.

    Args:
        line: the line; it may hold newlines already.
        options: which repairs are on.

    Returns:
        The line, trimmed and with nothing odd in it; newlines stand where it was broken up, none at its ends.
    """
    if options.spaces and _MORE.search(line) is None:
        return " ".join(line.split())
    if options.breaks:
        line = _BREAKS.sub("\n", line)
    return "\n".join([_mend_piece(piece, options) for piece in line.split("\n")]).strip("\n")


def _mend_piece(line: str, options: RepairOptions) -> str:
    if options.invisible and not line.isascii():
        line = _INVISIBLE.sub("", line)
        if _BIDI.search(line):
            line = _DOUBLED.sub(r"\1", line) if _RTL.search(line) else _BIDI.sub("", line)
        if ("\u200c" in line or "\u200d" in line) and _JOINERS.fullmatch(line):
            return ""
    return " ".join(line.split()) if options.spaces else line


def _mend_all(lines: list[str], text: str, options: RepairOptions, start: int, mended: dict[int, str]) -> list[str]:
    """Trim plain spaces off the lines (the same list if there are none), noting those that want more in ``mended``."""
    out = lines
    found: set[int] = set()
    if text.count("\n") >= len(lines):
        found.update([i for i, line in enumerate(lines) if "\n" in line])
        text = "\n".join(["" if "\n" in line else line for line in lines])
    if options.spaces and ("\n " in text or " \n" in text or text[:1] == " " or text[-1:] == " "):
        out = [line.strip(" ") for line in lines]
    found.update(_odd_lines(text))
    if "\u200c" in text or "\u200d" in text:
        found.update([i for i, line in enumerate(out) if line[:1] in ("\u200c", "\u200d")])
    if "  " in text:
        found.update(places(by_pattern(_RUN), text))
    for i in found:
        mended[start + i] = mend(lines[i], options)
    return out


def _odd_lines(text: str) -> set[int]:
    """Lines that hold any kind of space but the plain one, or what shows nothing."""
    found: set[int] = set()
    for c in _ASCII_ODD:
        if c in text:
            found.update(places(by_char(c), text))
    if text.isascii():
        return found
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > MOSTLY_ASCII * len(text):
        found.update(places(by_pattern(_ODD), text))
        return found
    rest = data.translate(None, _ASCII).decode("utf-8", "surrogatepass")
    for c in set(_ODD.findall(rest)):
        found.update(places(by_char(c), text))
    return found


def _settle(before: list[str], mended: dict[int, str], options: RepairOptions) -> None:
    """Put mended lines to the encoding stage and mend them again, each until it stays as it is.

    Trimmed lines need it only if they were suspect as they stood: what the scan looks for stands within a line. And
    spaces taken from ASCII text bring up nothing: no entity or control character has one in it.
    """
    todo = sorted(i for i, line in mended.items() if not (line.isascii() and before[i].isascii()))
    for _ in range(_ROUNDS):
        again = _again(mended, todo, len(before) - 1, options) if todo else {}
        todo = [i for i, line in again.items() if line != mended[i]]
        mended.update(again)
        if not todo:
            break


def _again(lines: dict[int, str], todo: list[int], final: int, options: RepairOptions) -> dict[int, str]:
    """Lines that the encoding stage would still change, with what they become."""
    pieces = [lines[i] for i in todo]
    text = "\n".join(pieces)
    owner = todo
    if text.count("\n") >= len(todo):
        owner = [i for i, line in zip(todo, pieces, strict=True) for _ in range(line.count("\n") + 1)]
        pieces = text.split("\n")
    if todo[-1] != final:
        owner = [*owner, -1]
        pieces.append("")
    fixed = fix_encoding(pieces, options) if options.encoding else pieces
    if fixed is pieces:
        return {}
    touched = {i for i, old, new in zip(owner, pieces, fixed, strict=True) if old is not new}
    whole: dict[int, list[str]] = {i: [] for i in touched}
    for i, piece in zip(owner, fixed, strict=True):
        if i in touched:
            whole[i].append(piece)
    return {i: mend("\n".join(parts), options) for i, parts in whole.items() if i >= 0}
