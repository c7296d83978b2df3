"""Lines of code and verse, which no stage cuts for their words."""

from __future__ import annotations

from cleaner.fold import fenced_blocks, indented_lines
from cleaner.page import Page
from cleaner.stages.place import lines_of


def code_lines(page: Page) -> frozenset[int]:
    """Lines whose indentation the repair kept, with the lines around them; blocks between fences; ``<pre>``.

    With a line of it gone, the rest might not be told for code another time.

    Args:
        page: the page.

    Returns:
        The lines; of those around indented ones all up to the next blank one on both sides.
    """
    found: frozenset[int] | None = page.facts.get("code")
    if found is None:
        found = page.facts["code"] = frozenset(_code_lines(page))
    return found


def _code_lines(page: Page) -> set[int]:
    lines = page.lines
    found: set[int] = set()
    indented, fenced = indented_lines(lines)
    for i in indented:
        if i not in found:
            first = last = i
            while first and not page.blank_before(first):
                first -= 1
            while last + 1 < len(lines) and not page.blank_before(last + 1):
                last += 1
            found.update(range(first, last + 1))
    if fenced:
        for start, stop in fenced_blocks([line.strip() for line in lines]):
            found.update(range(start, stop + 1))
    if page.markup is not None and "pre" in page.markup.tags:
        from cleaner.markup.words import BIT  # noqa: PLC0415

        verbatim = page.markup.path[page.markup.element[lines_of(page)]] & BIT["pre"] > 0
        found.update(verbatim.nonzero()[0].tolist())
    return found
