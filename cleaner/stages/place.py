"""Stage ``place``: lines of HTML that are furniture by where they stand (``<nav>``, ``<footer>``, what does not show).

Plain text has no places, and this stage leaves it alone.
"""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING

from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.rules.rule import Rule
from cleaner.settings import Settings

if TYPE_CHECKING:
    from cleaner.markup.columns import Ints

#: A rule that would take more than this share of the text that is left takes nothing: then that is the page's text.
LARGEST_SHARE = 0.6


def lines_of(page: Page) -> Ints:
    """The place in the markup's columns of each line of a page."""
    import numpy as np  # noqa: PLC0415 - takes longer to load than all the rest

    if page.markup is None:
        return np.zeros(0, np.int64)
    if "place" not in page.facts:
        rows = np.asarray(page.row, np.int64)
        if page.origin is not None:
            rows = np.array([line for line, _ in page.origin])[rows]
        page.facts["place"] = page.markup.line[rows]
    found: Ints = page.facts["place"]
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
    path: list[int] = page.markup.path[page.markup.element[lines_of(page)]].tolist()
    left: dict[int, int] = {}
    for bits, line in zip(path, page.lines, strict=True):
        left[bits] = left.get(bits, 0) + len(line)
    total = sum(left.values())
    taker: dict[int, int] = {}
    for number, rule in _of_place(rules):
        if not rule.alone:
            continue
        wanted, unless = _bits(rule.marks), _bits(rule.unless)
        inside = {bits for bits in left if bits & wanted and not bits & unless}
        taken = sum(left[bits] for bits in inside)
        if inside and taken <= LARGEST_SHARE * total:
            total -= taken
            for bits in inside:
                del left[bits]
                taker[bits] = number
    marks: list[Mark] = [(i, taker[bits], None, None) for i, bits in enumerate(path) if bits in taker]
    return sorted(marks, key=itemgetter(1))


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
    if page.markup is None:
        return [otherwise] * len(where)
    path: list[int] = page.markup.path[page.markup.element[where]].tolist()
    names = dict.fromkeys(path, otherwise)
    for number, rule in reversed(_of_place(rules)):
        if not rule.alone:
            wanted, unless = _bits(rule.marks), _bits(rule.unless)
            names.update([(bits, number) for bits in names if bits & wanted and not bits & unless])
    return [names[bits] for bits in path]


def _of_place(rules: Ruleset) -> list[tuple[int, Rule]]:
    """This stage's rules with their numbers."""
    return [(number, rules.rules[number]) for number in rules.of_stage("place")]


@lru_cache(maxsize=256)
def _bits(names: tuple[str, ...]) -> int:
    """Marks as bits."""
    from cleaner.markup.words import BIT  # noqa: PLC0415

    return sum(BIT[name] for name in names)
