"""Plain text in: repaired, split into lines, made a page."""

from __future__ import annotations

from collections.abc import Iterable

from cleaner.page import Page
from cleaner.repair import Repair


def read_text(text: str, repairs: Iterable[tuple[str, Repair]]) -> Page:
    """Make a page of a text.

    Args:
        text: the text as it came.
        repairs: (stage name, function), in order.

    Returns:
        The page, not yet matched against any rule.
    """
    raw = text.split("\n")
    steps: list[tuple[str, list[str]]] = []
    lines = raw
    for name, repair in repairs:
        lines = repair(lines, text=text if lines is raw else None)
        steps.append((name, lines))
    return page_of(raw, steps)


def page_of(raw: list[str], steps: list[tuple[str, list[str]]]) -> Page:
    """A page of raw lines and what each repair made of them."""
    lines = steps[-1][1] if steps else raw
    origin: list[tuple[int, int]] | None = None
    if lines is not raw and "\n".join(lines).count("\n") >= len(lines):
        pairs = [(piece, (i, part)) for i, line in enumerate(lines) for part, piece in enumerate(line.split("\n"))]
        lines, origin = [piece for piece, _ in pairs], [place for _, place in pairs]
    return Page(raw, lines, origin, steps)
