"""Say in words what a repair did to a line."""

from __future__ import annotations

import re

from cleaner.repair.options import RULES

_BREAK = re.compile("[\r\x0b\x0c\x85\u2028\u2029]")
_SHOWN = re.compile("[\u00ad\u180e\u200b\u2060\ufeff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_WORDS = {
    "mojibake": "text read in the wrong encoding",
    "entities": "HTML entities",
    "surrogates": "surrogates",
    "controls": "control characters",
    "line_breaks": "newline characters",
    "normal": "characters in several pieces",
    "breaks": "newline characters",
    "invisible": "invisible characters",
    "indent": "spaces; its indentation stays",
    "spaces": "spaces",
}


def name_repair(stage: str, old: str, new: str) -> tuple[str, str]:
    """Say which repair turned one text into another.

    Where several did, the rule named is the first of mojibake, entities, surrogates, control characters, newlines and
    normalization, or of newlines, invisible characters and spaces; the words name them all.

    Args:
        stage: ``"encoding"``, ``"whitespace"`` or ``"unwrap"``.
        old: the line before.
        new: the line after.

    Returns:
        (rule id, what was done in a few words).
    """
    if stage == "unwrap":
        return "unwrap.lines", "joined" if new.strip("\n") else "joined to the line before it"
    kinds = _encoding(old) if stage == "encoding" else _whitespace(old, new)
    return RULES[kinds[0]], ", ".join(_WORDS[kind] for kind in kinds)


def _encoding(text: str) -> list[str]:
    """The kinds of repair that a line needs, found by asking ftfy's fixers one by one."""
    import ftfy
    from ftfy import fixes

    from cleaner.repair.segment import nfc

    def breaks(text: str) -> str:
        return fixes.fix_line_breaks(text.replace("\r\n", "\n").removesuffix("\r"))

    def controls(text: str) -> str:
        return fixes.remove_control_chars(fixes.remove_terminal_escapes(text))

    def mojibake(text: str) -> str:
        return fixes.fix_c1_controls(ftfy.fix_encoding(text + "\n")).removesuffix("\n")

    found = []
    for kind, fix in (
        ("entities", fixes.unescape_html),
        ("mojibake", mojibake),
        ("line_breaks", breaks),
        ("surrogates", fixes.fix_surrogates),
        ("controls", controls),
        ("normal", nfc),
    ):
        fixed = fix(text)
        if fixed != text or (kind == "line_breaks" and text.endswith("\r")):
            found.append(kind)
        text = fixed
    return sorted(found, key=list(_WORDS).index) or ["mojibake"]


def _whitespace(old: str, new: str) -> list[str]:
    found = []
    if _BREAK.search(old) or "\n" in new or "\n" in old:
        found.append("breaks")
    if _SHOWN.search(old):
        found.append("invisible")
    if new[:1] == " ":
        found.append("indent")
    elif not found or _SHOWN.sub("", old) != new:
        found.append("spaces")
    return found
