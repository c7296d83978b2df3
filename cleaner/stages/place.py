"""Stage ``place``: lines of HTML that are furniture by where they stand (``<nav>``, ``<footer>``, what does not show).

Plain text has no places, and this stage leaves it alone.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING

from cleaner.native import kernels
from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.rules.rule import Rule
from cleaner.settings import Settings

if TYPE_CHECKING:
    from cleaner.markup.columns import Ints

#: A rule that would take more than this share of the text that is left takes nothing: then that is the page's text.
LARGEST_SHARE = 0.6


def lines_of(page: Page) -> Ints:
    """The place in the markup's columns of each line of a page.

    Args:
        page: the page.

    Returns:
        For each line its place; nothing for a page that has no markup.
    """
    import numpy as np  # noqa: PLC0415

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
    rules_here = [(number, rule) for number, rule in _of_place(rules) if rule.alone]
    path = page.markup.path[page.markup.element[lines_of(page)]]
    taker = taken(path, page.lines, [rule for _, rule in rules_here], LARGEST_SHARE)
    marks: list[Mark] = [(i, rules_here[rule - 1][0], None, None) for i, rule in enumerate(taker) if rule]
    return sorted(marks, key=itemgetter(1))


def takers(page: Page, rules: Ruleset, where: Ints, otherwise: int, stay: Ints) -> list[int]:
    """Which rule of this stage puts a name to the cut of a line that is not the page's text.

    A mark that half of the text bears too, of an element around all of the page, is no reason.

    Args:
        page: the page.
        rules: the rules; those with ``alone = false`` act only in this way.
        where: the lines' places in the markup's columns.
        otherwise: the number of the rule that names all others.
        stay: the places of the lines that stay.

    Returns:
        For each line the rule's number.
    """
    if page.markup is None:
        return [otherwise] * len(where)
    naming = [(number, rule) for number, rule in _of_place(rules) if not rule.alone]
    markup = page.markup
    path = markup.path[markup.element[where]] & ~_common(
        markup.path[markup.element[stay]],
        markup.size[stay],
        _bits(tuple({name for _, rule in naming for name in rule.marks})),
    )
    taker = taken(path, [""] * len(where), [rule for _, rule in naming], 1.0)
    return [naming[rule - 1][0] if rule else otherwise for rule in taker]


def _common(path: Ints, size: Ints, marks: int) -> int:
    """Those of some marks that at least half of the text bears."""
    total, found = int(size.sum()), 0
    for bits in set(path.tolist()) if total else ():
        found |= bits & marks
    return sum(
        bit
        for n in range(found.bit_length())
        if (bit := found & 1 << n) and 2 * int(size[path & bit > 0].sum()) >= total
    )


def taken(path: Ints, lines: list[str], rules: list[Rule], share: float) -> Sequence[int]:
    """Which rule takes each line: the first whose marks it bears, unless that would take too much.

    Args:
        path: of each line what the elements around it say.
        lines: the lines.
        rules: the rules.
        share: a rule that would take more than this share of the text that is left takes nothing.

    Returns:
        For each line the rule's place, from 1; 0 for none.
    """
    marks = [(_bits(rule.marks), _bits(rule.unless)) for rule in rules]
    if kernels is not None and len(marks) < 256:
        wanted, unless = (
            (array("q", column) for column in zip(*marks, strict=True)) if marks else (array("q"), array("q"))
        )
        found: bytearray = kernels.taken(path, lines, wanted, unless, share)
        return found
    left: dict[int, int] = {}
    bits_of: list[int] = path.tolist()
    for bits, line in zip(bits_of, lines, strict=True):
        left[bits] = left.get(bits, 0) + len(line)
    total = sum(left.values())
    taker = dict.fromkeys(left, 0)
    for number, (wants, avoids) in enumerate(marks, 1):
        inside = {bits for bits in left if bits & wants and not bits & avoids}
        size = sum(left[bits] for bits in inside)
        if inside and size <= share * total:
            total -= size
            for bits in inside:
                del left[bits]
                taker[bits] = number
    return [taker[bits] for bits in bits_of]


def _of_place(rules: Ruleset) -> list[tuple[int, Rule]]:
    """This stage's rules with their numbers."""
    return [(number, rules.rules[number]) for number in rules.of_stage("place")]


@lru_cache(maxsize=256)
def _bits(names: tuple[str, ...]) -> int:
    """Marks as bits."""
    from cleaner.markup.words import BIT  # noqa: PLC0415

    return sum(BIT[name] for name in names)
