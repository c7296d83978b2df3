r"""Repair ``whitespace``: every kind of space, newline and invisible character brought to one form.

What it does to a line, each step a rule that can be switched off:

- ``whitespace.breaks``: CR, CRLF, VT, FF, NEL, U+2028 and U+2029 become ``"\n"``. (The encoding stage, which does as
  ftfy does, has by then turned most of them. It would take VT away between two words; so VT, the line break of word
  processors, is made U+2028 before it.)
- ``whitespace.invisible``: soft hyphens, zero-width spaces, word joiners and BOMs go, and bidi controls from lines
  without a right-to-left letter, where they do nothing. In a line that has one they stay, doubled ones aside. ZWJ and
  ZWNJ stay everywhere; a line of nothing else is blank.
- ``whitespace.spaces``: NBSP, tabs, the Unicode spaces and the ideographic space become a space, runs of them one, and
  the ends of lines are trimmed. U+3000 at the start of a CJK paragraph is indentation and goes like all indentation.
- ``whitespace.indent``: lines of code or verse keep theirs (``cleaner.repair.layout``).
"""

from __future__ import annotations

import re
from typing import overload

from cleaner.fold import FENCE
from cleaner.native import kernels
from cleaner.repair.encoding import FEW, by_pattern, by_piece, fix_encoding, looks, places, suspicious
from cleaner.repair.layout import indented
from cleaner.repair.look import Look
from cleaner.repair.options import DEFAULT, RepairOptions

_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_BREAK = re.compile("[\r\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = "\u00ad\u200b\u2060\ufeff"
#: Mongolian's vowel separator counts between two letters; what stands next to it is asked before anything goes.
_SEPARATOR = re.compile("(?<![\u1820-\u18aa])\u180e|\u180e(?![\u1820-\u18aa])")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_DOUBLED = re.compile("([\u061c\u200e\u200f])\\1+")
_RTL = re.compile(
    "[\u0590-\u05ff\u0608\u060b\u060d\u061b-\u064a\u066d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_JOINERS = re.compile("[\u200c\u200d\\s]+")
#: Every space but the plain one, breaks aside.
_SPACES = re.compile("[\t\x1c-\x1f\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
#: What calls for more than closing up spaces, joiners aside.
_MORE = re.compile("[\x0b-\r\x85\u2028\u2029\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_INDENT = " \t\xa0\u3000"
#: How often a line is looked at again when mending one thing brings up another. Two rounds settle nearly everything.
_ROUNDS = 50


@overload
def fix_whitespace(lines: list[str], options: RepairOptions = ...) -> list[str]: ...
@overload
def fix_whitespace(lines: Look, options: RepairOptions = ...) -> list[str] | Look: ...
def fix_whitespace(lines: list[str] | Look, options: RepairOptions = DEFAULT) -> list[str] | Look:
    r"""Bring the spaces of each line to one form.

    Taking a character away can bring up what the encoding stage mends ("&am" + U+200B + "p;"), so lines that changed
    are put to that stage once more, if it is on: cleaning a clean text again changes nothing.

    Args:
        lines: a text split at ``"\n"``, after the encoding stage, or a look at it.
        options: which repairs are on.

    Returns:
        As many lines, the same object if none changed; one that is broken up holds a ``"\n"``.
    """
    pieces = ((0, 0, lines),) if isinstance(lines, Look) else looks(lines)
    out: list[str] = []
    special: set[int] = set()
    same, is_indented, is_fenced = True, False, False
    indents: bytes | None = None
    for start, stop, piece in pieces:
        look = piece
        if stop and look.text.count("\n") >= stop - start:
            broken = {i for i, line in enumerate(look.lines) if "\n" in line}
            special.update(start + i for i in broken)
            bare = ["" if i in broken else line for i, line in enumerate(look.lines)]
            look = Look("\n".join(bare), bare)
        is_fenced = is_fenced or FENCE in piece.odd
        block, changed, indents = _closed_up(look) if options.spaces else (look.lines, False, None)
        if look is not piece:
            indents = None
        is_indented = is_indented or (_is_indented(piece) if indents is None else any(indents))
        same = same and not changed
        special.update(start + i for i in _special(look, block))
        out, indents = (out + block, None) if out else (block, indents)
    if same and not special:
        return lines

    def before() -> list[str]:
        return lines.lines if isinstance(lines, Look) else lines

    mended = {i: mend(before()[i], options) for i in special}
    if mended:
        _settle(before(), mended, options)
        out = out.copy()
        for i, line in mended.items():
            out[i] = line
    if options.indent and options.spaces and is_indented:
        trimmed = out
        out = indented(before, trimmed, any("\n" in line for line in mended.values()), indents, fences=is_fenced)
        same = same or out is not trimmed
    return lines if (same or mended) and _is_same(lines, out) else out


def _is_same(lines: list[str] | Look, out: list[str]) -> bool:
    """Whether as many lines as there were are the same as before."""
    if isinstance(lines, Look):
        return out == lines.lines if lines.is_split else "\n".join(out) == lines.text
    return out == lines


def spare_vt(lines: list[str] | Look, options: RepairOptions = DEFAULT) -> list[str] | Look:
    r"""Make VT a line break that the encoding stage knows: it would take it away, and join the words on both sides.

    Args:
        lines: a text split at ``"\n"``, or a look at it.
        options: which repairs are on.

    Returns:
        The same object if there is none, or newlines are not to be mended.
    """
    odd = (lines.odd,) if isinstance(lines, Look) else lines
    if not options.breaks or not any("\x0b" in line for line in odd):
        return lines
    return [line.replace("\x0b", "\u2028") for line in (lines.lines if isinstance(lines, Look) else lines)]


def _closed_up(look: Look) -> tuple[list[str], bool, bytes | None]:
    """The lines of a text with their spaces closed up, all at once: the look's own if none changed.

    With them, whether one did; and of each how far it was set in, where the extension tells.
    """
    if kernels is None:
        lines = closed_up_in_python(look)
        return lines, lines is not look.lines, None
    lines, changed, indents = kernels.close_up(look.text, _INDENT)
    if not changed:
        if not look.is_split:
            look.lines = lines
        return look.lines, False, indents
    if look.is_split:
        lines = [old if old == new else new for old, new in zip(look.lines, lines, strict=True)]
    return lines, True, indents


def closed_up_in_python(look: Look) -> list[str]:
    """What the extension does to close up the spaces of a text."""
    text, odd = look.text, look.odd
    kinds = set(_SPACES.findall(odd))
    for kind in kinds:
        text = text.replace(kind, " ")
    out = [*map(str.strip, text.split("\n") if kinds else look.lines)]
    joined = "\n".join(out)
    if joined.rfind("  ") >= 0:  # which is quicker here than "in"
        for i in places(by_piece("  "), joined):
            out[i] = " ".join(out[i].split())
        return out
    return look.lines if joined == look.text else out


def _special(look: Look, lines: list[str]) -> set[int]:
    """Lines for which closing up their spaces is not enough, or may bring up something else."""
    if look.is_plain:
        return set()
    odd = look.odd
    kinds = set(_MORE.findall(odd))
    if len(kinds) > FEW:
        found = set(places(by_pattern(_MORE), look.text))
    else:
        found = {i for kind in kinds for i in places(by_piece(kind), look.text)}
    if look.suspects:
        found.update(i for i in suspicious(look) if lines[i] != look.lines[i])
    if "\u200c" in odd or "\u200d" in odd:
        found.update(i for i, line in enumerate(lines) if line.strip()[:1] in ("\u200c", "\u200d"))
    return found


def only_closes_up(look: Look) -> bool:
    """Whether there is nothing for this stage to do in a text but to close up spaces, which brings up nothing new."""
    return look.is_plain or (not look.suspects and _MORE.search(look.odd) is None)


def mend(line: str, options: RepairOptions = DEFAULT) -> str:
    """Bring one line to its form.

    Args:
        line: the line; it may hold newlines already.
        options: which repairs are on.

    Returns:
        The line, trimmed and with nothing odd in it; newlines stand where it was broken up, none at its ends.
    """
    if options.breaks and _BREAK.search(line):
        line = _BREAKS.sub("\n", line)
    return "\n".join([_mend_piece(piece, options) for piece in line.split("\n")]).strip("\n")


def _mend_piece(line: str, options: RepairOptions) -> str:
    if options.invisible and not line.isascii():
        if "\u180e" in line:
            line = _SEPARATOR.sub("", line)
        for c in _INVISIBLE:
            line = line.replace(c, "")
        if _BIDI.search(line):
            line = _DOUBLED.sub(r"\1", line) if _RTL.search(line) else _BIDI.sub("", line)
        if ("\u200c" in line or "\u200d" in line) and _JOINERS.fullmatch(line):
            return ""
    return " ".join(line.split()) if options.spaces else line


def _is_indented(look: Look) -> bool:
    """Whether a line of the text begins with a space of some kind."""
    text, odd = look.text, look.odd
    return text[:1] in _INDENT or any("\n" + c in text for c in _INDENT if c == " " or c in odd)


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
