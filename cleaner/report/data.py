"""An explained text as plain data, for JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from cleaner.report.view import rows
from cleaner.result import Result


def as_data(result: Result) -> dict[str, Any]:
    """A result as dicts and lists.

    Args:
        result: what ``explain`` gave.

    Returns:
        ``text``, ``flags``, ``cuts`` (each with its ``kind``) and ``lines`` (every line of the original: its number,
        text, what stayed of it and the ids of the rules that changed it).
    """
    return {
        "text": result.text,
        "flags": list(result.flags),
        "cuts": [asdict(cut) | {"kind": cut.kind} for cut in result.cuts],
        "lines": [
            {
                "line": row.line,
                "part": row.part,
                "text": row.text,
                "after": row.after,
                "rules": [cut.rule for cut in (*row.repairs, *row.cuts)],
            }
            for row in rows(result)
        ],
    }
