"""Plain text in: repaired, split into lines, made a page."""

from __future__ import annotations

from collections.abc import Iterable

from cleaner.page import Page
from cleaner.repair import Repair
from cleaner.repair.look import CHUNK, Look
from cleaner.repair.whitespace import only_closes_up
from cleaner.shown import marks, shown


def read_text(text: str, repairs: Iterable[tuple[str, Repair]]) -> Page:
    """Make a page of a text.

    Args:
        text: the text as it came.
        repairs: (stage name, function), in order.

    Returns:
        The page, not yet matched against any rule.
    """
    now: list[str] | Look = Look(text) if len(text) <= CHUNK else text.split("\n")
    whole = isinstance(now, Look) and only_closes_up(now)
    steps: list[tuple[str, list[str]]] = []
    for name, repair in repairs:
        after = repair(now)
        if after is not now:
            now = after
            steps.append((name, after))
            whole = whole and name == "whitespace"
    lines = now.lines if isinstance(now, Look) else now
    page = Page(text, lines, None, steps) if whole else page_of(text, lines, steps)
    may, sure = marks(page.lines)
    if sure:
        page.read_as(shown(page.lines, may))
    return page


def page_of(raw: str | list[str], lines: list[str], steps: list[tuple[str, list[str]]]) -> Page:
    """Make a page of repaired lines.

    Args:
        raw: the text as it came, or its lines.
        lines: its lines after the last repair; one that was broken up holds a newline.
        steps: what each repair that changed something made of the lines: (stage name, lines).

    Returns:
        The page.
    """
    origin: list[tuple[int, int]] | None = None
    if lines and "\n".join(lines).count("\n") >= len(lines):
        pairs = [(piece, (i, part)) for i, line in enumerate(lines) for part, piece in enumerate(line.split("\n"))]
        lines, origin = [piece for piece, _ in pairs], [place for _, place in pairs]
    return Page(raw, lines, origin, steps)
