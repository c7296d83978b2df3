"""Tables for the terminal and in Markdown."""

from __future__ import annotations

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, markdown: bool = False) -> str:
    """Lay out a table, the first column to the left and the others to the right."""
    everything = [list(head), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*everything, strict=True)]
    lines = []
    for row in everything:
        cells = [
            cell.ljust(w) if n == 0 else cell.rjust(w) for n, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(f"| {' | '.join(cells)} |" if markdown else "  ".join(cells).rstrip())
    rule = [("-" * w) if n == 0 else "-" * (w - 1) + ":" for n, w in enumerate(widths)]
    lines.insert(1, f"| {' | '.join(rule)} |" if markdown else "-" * len(lines[0]))
    return "\n".join(lines)


def number(value: float | None, digits: int = 3) -> str:
    """A figure, or a dash where there is none or it says nothing (the speed of doing nothing)."""
    return "-" if value is None or value > 9999 else f"{value:.{digits}f}"


def percent(value: float | None, digits: int = 2) -> str:
    """A share in per cent."""
    return "-" if value is None else f"{100 * value:.{digits}f} %"
