"""Stage ``place``: lines of HTML that are furniture by where they stand (``<nav>``, ``<footer>``, what does not show).

Plain text has no places, and this stage leaves it alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.settings import Settings

if TYPE_CHECKING:
    from cleaner.markup.columns import Ints

COMMENTS = "place.comments"
#: A rule that would take more than this share of the text that is left takes nothing: then that is the page's text.
LARGEST_SHARE = 0.6


def lines_of(page: Page) -> Ints:
    """The place in the markup's columns of each line of a page."""
    import numpy as np  # noqa: PLC0415 - takes longer to load than all the rest

    if page.markup is None:
        return np.zeros(0, np.int64)
    rows = np.asarray(page.row, np.int64)
    if page.origin is not None:
        rows = np.array([line for line, _ in page.origin])[rows]
    found: Ints = page.markup.line[rows]
    return found


def place(page: Page, rules: Ruleset, settings: Settings) -> list[Mark]:
    """Propose to cut lines that stand in the page's furniture.

    Args:
        page: the page.
        rules: this stage's rules name marks that elements bear.
        settings: whether comments stay.

    Returns:
        Marks.
    """
    if page.markup is None or not page.lines:
        return []
    import numpy as np  # noqa: PLC0415

    from cleaner.markup.words import BIT  # noqa: PLC0415

    path = page.markup.path[page.markup.element[lines_of(page)]]
    size = np.fromiter(map(len, page.lines), np.int64, len(page.lines))
    left = np.ones(len(path), bool)
    marks: list[Mark] = []
    for number, rule in enumerate(rules.rules):
        if rule.stage != "place" or (rule.id == COMMENTS and settings.comments):
            continue
        inside = path & sum(BIT[name] for name in rule.marks) > 0
        if rule.unless:
            inside &= path & sum(BIT[name] for name in rule.unless) == 0
        inside &= left
        if inside.any() and (size * inside).sum() <= LARGEST_SHARE * (size * left).sum():
            left &= ~inside
            marks += [(i, number, None, None) for i in inside.nonzero()[0].tolist()]
    return marks
