"""Stage ``place``: lines of HTML that are furniture by where they stand (``<nav>``, ``<footer>``, what does not show).

Plain text has no places, and this stage leaves it alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.rules.rule import Rule
from cleaner.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cleaner.markup.columns import Ints

#: A rule that would take more than this share of the text that is left takes nothing: then that is the page's text.
LARGEST_SHARE = 0.6


def lines_of(page: Page) -> Ints:
    """The place in the markup's columns of each line of a page."""
    import numpy as np

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
        settings: not read here.

    Returns:
        Marks.
    """
    if page.markup is None or not page.lines:
        return []
    import numpy as np

    path = page.markup.path[page.markup.element[lines_of(page)]]
    size = np.fromiter(map(len, page.lines), np.int64, len(page.lines))
    left = np.ones(len(path), bool)
    marks: list[Mark] = []
    for number, rule in _of_place(rules):
        if not rule.alone:
            continue
        inside = _bears(path, rule) & left
        if inside.any() and (size * inside).sum() <= LARGEST_SHARE * (size * left).sum():
            left &= ~inside
            marks += [(i, number, None, None) for i in inside.nonzero()[0].tolist()]
    return marks


def takers(page: Page, rules: Ruleset, where: Ints, otherwise: int) -> list[int]:
    """Which rule of this stage puts a name to the cut of a line that is not the page's text.

    Args:
        page: the page.
        rules: the rules; those with ``alone = false`` act only in this way.
        where: the lines' places in the markup's columns.
        otherwise: the number of the rule that names all others.

    Returns:
        For each line the rule's number.
    """
    import numpy as np

    names = np.full(len(where), otherwise)
    if page.markup is not None:
        path = page.markup.path[page.markup.element[where]]
        for number, rule in reversed(_of_place(rules)):
            if not rule.alone:
                names[_bears(path, rule)] = number
    out: list[int] = names.tolist()
    return out


def _of_place(rules: Ruleset) -> list[tuple[int, Rule]]:
    """This stage's rules with their numbers."""
    return [(number, rules.rules[number]) for number, stage in enumerate(rules.stages) if stage == "place"]


def _bears(path: Ints, rule: Rule) -> NDArray[np.bool_]:
    """Whether lines stand in elements that bear a rule's marks."""
    from cleaner.markup.words import BIT

    inside: NDArray[np.bool_] = path & sum(BIT[name] for name in rule.marks) > 0
    if rule.unless:
        inside &= path & sum(BIT[name] for name in rule.unless) == 0
    return inside
