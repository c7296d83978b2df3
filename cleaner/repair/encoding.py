"""Repair ``encoding``: mojibake, entities and stray control characters, by ftfy, on the lines that could change."""

from __future__ import annotations

import re
from functools import lru_cache

from ftfy import TextFixerConfig, fix_text

#: ASCII text that ftfy can change: an entity, or a control character that is not a tab or a newline.
_ASCII_SUSPECT = re.compile(r"&|[\x00-\x08\x0b-\x1f\x7f]")


@lru_cache(maxsize=2)
def config() -> TextFixerConfig:
    """What the stage asks of ftfy: curly quotes, ligatures and full-width forms are the author's and stay."""
    return TextFixerConfig(
        unescape_html=True,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        normalization="NFC",
        explain=False,
    )


def fix_encoding(lines: list[str]) -> list[str]:
    """Repair each line as ``ftfy.fix_text`` would.

    Args:
        lines: a text split at ``"\\n"``.

    Returns:
        As many lines; one that ftfy breaks (an entity for a newline) holds a ``"\\n"``.
    """
    suspect = _ASCII_SUSPECT.search
    settings = config()
    return [
        line if line.isascii() and suspect(line) is None else fix_text(line, settings)
        for line in lines
    ]
