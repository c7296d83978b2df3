r"""Repair ``encoding``: mojibake, entities and stray control characters, exactly as ``ftfy.fix_text`` mends them.

ftfy takes a text line by line, each with its ``"\n"``. Most lines it cannot change; one scan of the text finds the
others (``cleaner.repair.skip``), and only those are put to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from cleaner.repair.options import DEFAULT, RepairOptions
from cleaner.repair.segment import BLOCK, fix_line, is_nfc
from cleaner.repair.skip import ASCII_CONTROLS, PLAIN_BYTES, scan, without_letters

#: Lines are looked at together until they hold this many characters, which bounds the memory used on a huge text.
CHUNK = 4_000_000

_ENTITY = re.compile("&#?[0-9A-Za-z]{1,24};")
_CONTROL = re.compile(f"[{ASCII_CONTROLS}]")

Find = Callable[[str, int], int]


def fix_encoding(lines: list[str], options: RepairOptions = DEFAULT, text: str | None = None) -> list[str]:
    r"""Repair each line as ``ftfy.fix_text`` would repair the whole text.

    Args:
        lines: a text split at ``"\n"``.
        options: which repairs are on.
        text: the lines joined, if at hand; spares joining them.

    Returns:
        As many lines, the same list if none changed; one that is broken up (an entity for a newline) holds a ``"\n"``.
        Joined by ``"\n"`` they are ``ftfy.fix_text(text, config(options))``.
    """
    out = lines
    final = len(lines) - 1
    for start, stop, piece in chunks(lines, text):
        block = lines if stop - start > final else lines[start:stop]
        part = piece
        if options.line_breaks and "\r" in part:
            bare = [_without_cr(line) for line in block]
            if stop > final:
                bare[-1] = block[-1]
            out = out if out is not lines else lines.copy()
            out[start:stop] = block = bare
            part = "\n".join(block)
        if stop <= final:
            part += "\n"
        for i in _woken(part, block, options):
            fixed = fix_line(block[i], options, start + i == final)
            if fixed is not block[i]:
                out = out if out is not lines else lines.copy()
                out[start + i] = fixed
    return out


def chunks(lines: list[str], text: str | None) -> Iterator[tuple[int, int, str]]:
    """Cut a list of lines into stretches of at most ``CHUNK`` characters, or of one longer line.

    Args:
        lines: the lines.
        text: the lines joined, if at hand; all of a huge text is not joined for this.

    Yields:
        (start, stop, text) of each stretch.
    """
    if text is None and sum(map(len, lines)) + len(lines) <= CHUNK:
        text = "\n".join(lines)
    if text is not None and len(text) <= CHUNK:
        yield 0, len(lines), text
        return
    start = size = 0
    for i, line in enumerate(lines):
        size += len(line) + 1
        if size > CHUNK and i > start:
            yield start, i, "\n".join(lines[start:i])
            start, size = i, len(line) + 1
    yield start, len(lines), "\n".join(lines[start:])


def by_pattern(pattern: re.Pattern[str]) -> Find:
    """Where a pattern is next found, for :func:`places`."""
    search = pattern.search

    def find(text: str, at: int) -> int:
        found = search(text, at)
        return found.start() if found else -1

    return find


def by_char(char: str) -> Find:
    """Where a character is next found, for :func:`places`."""
    return lambda text, at: text.find(char, at)


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


def _woken(text: str, lines: list[str], options: RepairOptions) -> list[int]:
    """The lines that ftfy could change, in order."""
    if text.isascii():
        ascii_found = set(places(by_pattern(_ENTITY), text)) if "&" in text else set()
        if text.encode("ascii").translate(None, PLAIN_BYTES):
            ascii_found.update(places(by_pattern(_CONTROL), text))
        return sorted(ascii_found)
    found = _suspects(text, lines) if may_be_suspect(text) else []
    if options.normal and not is_nfc(text):
        odd = {i for i, line in enumerate(lines) if not line.isascii() and not is_nfc(line)}
        found = sorted(odd.union(found))
    return found


def may_be_suspect(text: str) -> bool:
    """Whether a text that is not all ASCII is worth scanning: a cheap look that never says no wrongly."""
    rest = without_letters(text)
    return rest is None or scan().rest.search(rest) is not None


def _suspects(text: str, lines: list[str]) -> list[int]:
    """Lines with a character that ftfy changes anywhere, or with what its heuristic takes for mojibake."""
    from ftfy.badness import is_bad

    patterns = scan()
    hard = patterns.hard.search
    last = len(lines) - 1
    end = text[-1:] if text.endswith("\n") else ""
    return [
        i
        for i in places(by_pattern(patterns.wake), text)
        if hard(lines[i]) or is_bad(lines[i] + ("\n" if i < last else end))
    ]
