"""Repairs: characters mended before a text is cut into lines. No line is ever taken away here."""

from __future__ import annotations

from cleaner.repair.encoding import fix_encoding
from cleaner.repair.whitespace import fix_whitespace

__all__ = ["REPAIRS", "fix_encoding", "fix_whitespace", "name_repair"]

#: Stage name -> function; they run in this order, before the stages of ``cleaner.stages.STAGES``.
REPAIRS = {"encoding": fix_encoding, "whitespace": fix_whitespace}


def name_repair(stage: str, old: str, new: str) -> tuple[str, str]:
    """Say which repair turned one text into another.

    Args:
        stage: ``"encoding"`` or ``"whitespace"``.
        old: the line before.
        new: the line after.

    Returns:
        (rule id, what was done in a few words).
    """
    if stage == "whitespace":
        return "whitespace.spaces", "spaces brought to one form"
    return "encoding.characters", "characters repaired"
