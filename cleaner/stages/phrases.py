"""Stage ``phrases``: lines that are furniture by their own words, and furniture at a line's start or end."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

from cleaner.page import Mark, Page, fold
from cleaner.rules.matcher import Ruleset
from cleaner.rules.slots import key
from cleaner.settings import Settings


def phrases(page: Page, rules: Ruleset, settings: Settings) -> list[Mark]:
    """Propose to cut lines that a phrase rule names, and pieces at their ends.

    Args:
        page: the page, matched against the rules.
        rules: the rules.
        settings: not read here.

    Returns:
        Marks; a line of which several pieces go has several, in order.
    """
    table = rules.rules
    marks: list[Mark] = [
        (i, number, None, None)
        for i, number in page.named.items()
        if table[number].stage == "phrases" and table[number].run == 1
    ]
    gone = {mark[0] for mark in marks}
    for i, pairs in groupby(page.woken.get("phrases", ()), itemgetter(0)):
        if i not in gone:
            marks += _pieces(page, rules, i, [n for _, n in pairs])
    return marks


def _pieces(page: Page, rules: Ruleset, i: int, patterns: list[int]) -> list[Mark]:
    """Cut at line ``i`` until no pattern finds more; what is left may itself be a phrase."""
    marks: list[Mark] = []
    line = page.lines[i]
    shrinking = True
    while shrinking and line:
        shrinking = False
        for n in patterns:
            number, rest = rules.try_pattern(page, n, line)
            if rest is not None and len(rest) < len(line):
                line = rest if key(fold(rest)) else ""
                marks.append((i, number, line or None, None))
                shrinking = bool(line)
                break
        if shrinking:
            named = rules.name(fold(line))
            if named is not None and rules.stage(named) == "phrases" and rules.rules[named].run == 1:
                marks.append((i, named, None, None))
                break
    return marks
