r"""Repair ``encoding``: mojibake, entities and stray control characters, exactly as ``ftfy.fix_text`` mends them.

ftfy takes a text line by line, each with its ``"\n"``. Most lines it cannot change; one scan of the text finds the
others (``cleaner.repair.skip``), and only those are put to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import overload

from cleaner.repair.look import CHUNK, Look
from cleaner.repair.options import DEFAULT, RepairOptions
from cleaner.repair.segment import BLOCK, fix_line, is_nfc
from cleaner.repair.skip import ASCII_CONTROLS, ENTITY, is_bad, scan

#: No more different suspicious pieces than these are looked for one by one.
FEW = 16

_ENTITY = re.compile(ENTITY)
_CONTROL = re.compile(f"[{ASCII_CONTROLS}]")

Find = Callable[[str, int], int]


@overload
def fix_encoding(lines: list[str], options: RepairOptions = ...) -> list[str]: ...
@overload
def fix_encoding(lines: Look, options: RepairOptions = ...) -> list[str] | Look: ...
def fix_encoding(lines: list[str] | Look, options: RepairOptions = DEFAULT) -> list[str] | Look:
    r"""Repair each line as ``ftfy.fix_text`` would repair the whole text.

    Args:
        lines: a text split at ``"\n"``, or a look at it.
        options: which repairs are on.

    Returns:
        As many lines, the same object if none changed; one that is broken up (an entity for a newline) holds a
        ``"\n"``. Joined by ``"\n"`` they are ``ftfy.fix_text(text, config(options))``.
    """
    if isinstance(lines, Look):
        if lines.is_plain or _is_fine(lines, options):
            return lines
        whole = lines.lines
        fixed = _fix(whole, options, ((0, len(whole), lines),))
        return lines if fixed is whole else fixed
    return _fix(lines, options, looks(lines))


def _is_fine(look: Look, options: RepairOptions) -> bool:
    """Whether ftfy could change no line of a text, told without parting it into lines: so it is with most texts."""
    odd = look.odd
    return not (_CONTROL.search(odd) or look.suspects or "&" in odd or (options.normal and _not_nfc(look)))


def _fix(lines: list[str], options: RepairOptions, pieces: Iterable[tuple[int, int, Look]]) -> list[str]:
    out = lines
    final = len(lines) - 1
    for start, stop, piece in pieces:
        look = piece
        if not look.odd:
            continue
        block = look.lines
        if options.line_breaks and "\r" in look.odd:
            bare = [_without_cr(line) for line in block]
            if stop > final:
                bare[-1] = block[-1]
            out = out if out is not lines else lines.copy()
            out[start:stop] = block = bare
            look = Look("\n".join(block))
        done: dict[tuple[str, bool], str] = {}  # lines that a page has often are put to it once
        for i in _woken(look, block, options, stop > final):
            key = block[i], start + i == final
            fixed = done.get(key)
            if fixed is None:
                fixed = done[key] = fix_line(block[i], options, start + i == final)
            if fixed != block[i]:
                out = out if out is not lines else lines.copy()
                out[start + i] = fixed
    return out


def looks(lines: list[str]) -> Iterator[tuple[int, int, Look]]:
    """Look at lines in stretches of at most ``CHUNK`` characters, or of one longer line.

    Args:
        lines: the lines.

    Yields:
        (start, stop, look) of each stretch.
    """
    start = size = 0
    if sum(map(len, lines)) + len(lines) > CHUNK:
        for i, line in enumerate(lines):
            size += len(line) + 1
            if size > CHUNK and i > start:
                block = lines[start:i]
                yield start, i, Look("\n".join(block), block)
                start, size = i, len(line) + 1
    block = lines[start:] if start else lines
    yield start, len(lines), Look("\n".join(block), block)


def by_pattern(pattern: re.Pattern[str]) -> Find:
    """Where a pattern is next found, for :func:`places`."""
    search = pattern.search

    def find(text: str, at: int) -> int:
        found = search(text, at)
        return found.start() if found else -1

    return find


def by_piece(piece: str) -> Find:
    """Where a piece of text is next found, for :func:`places`."""
    return lambda text, at: text.find(piece, at)


def places(find: Find, text: str) -> Iterator[int]:
    r"""Lines of a text in which something is found, each once, in one pass.

    Args:
        find: gives the next place of what is looked for, which never begins at a ``"\n"``, or -1.
        text: the text.

    Yields:
        Numbers of lines from 0.
    """
    line = at = 0
    start = find(text, 0)
    while start >= 0:
        line += text.count("\n", at, start)
        yield line
        at = text.find("\n", start) + 1
        if not at:
            return
        line += 1
        start = find(text, at)


def _without_cr(line: str) -> str:
    """A line without the CR that ended it, where it is one that CRLF left and not one more break.

    After another CR, or an entity that may be one, it is left for ftfy to decide.
    """
    if line[-1:] == "\r" and line[-2:-1] not in ("\r", ";") and len(line) < BLOCK:
        return line[:-1]
    return line


def _woken(look: Look, lines: list[str], options: RepairOptions, final: bool) -> list[int]:
    """The lines that ftfy could change, in order."""
    text, odd = look.text, look.odd
    found: set[int] = set()
    if "&" in odd:
        found.update(places(by_pattern(_ENTITY), text))
    if _CONTROL.search(odd):
        found.update(places(by_pattern(_CONTROL), text))
    if look.suspects:
        found.update(_mojibake(look, lines, final))
    if options.normal:
        found.update(_not_nfc(look))
    return sorted(found)


def _not_nfc(look: Look) -> list[int]:
    """Lines of a text that are not NFC: only those are looked at that hold what it could change."""
    kinds = look.perhaps_not_nfc
    if len(kinds) <= FEW:
        holding = {i for kind in kinds for i in places(by_piece(kind), look.text)}
        return [i for i in holding if not is_nfc(look.lines[i])]
    if is_nfc(look.text):
        return []
    return [i for i, line in enumerate(look.lines) if not line.isascii() and not is_nfc(line)]


def suspicious(look: Look) -> Iterable[int]:
    """Lines of a text that hold one of its suspicious pieces."""
    if len(look.suspects) > FEW:
        return places(by_pattern(scan().piece), look.text)
    return {i for piece in look.suspects for i in places(by_piece(piece), look.text)}


def _mojibake(look: Look, lines: list[str], final: bool) -> Iterator[int]:
    """Lines with a character that ftfy changes anywhere, or with what its heuristic takes for mojibake."""
    hard = scan().hard.search
    last = len(lines) - 1
    for i in suspicious(look):
        line = lines[i] if i == last and final else lines[i] + "\n"
        if hard(line) or is_bad(line):
            yield i
