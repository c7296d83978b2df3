"""Repair ``whitespace``: every kind of space, newline and invisible character brought to one form."""

from __future__ import annotations

import re

_BREAKS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\u180e\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def fix_whitespace(lines: list[str]) -> list[str]:
    """Bring the spaces of each line to one form.

    Args:
        lines: a text split at ``"\\n"``.

    Returns:
        As many lines: trimmed, one space between words, other newline characters made ``"\\n"``.
    """
    out = []
    for line in lines:
        if not line.isascii():
            line = _INVISIBLE.sub("", line)
        if _BREAKS.search(line):
            line = "\n".join(" ".join(piece.split()) for piece in _BREAKS.sub("\n", line).split("\n")).strip("\n")
        else:
            line = " ".join(line.split())
        out.append(line)
    return out
