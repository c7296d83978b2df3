"""Stage ``repeats`` once furniture is gone: it also knows passages that the page has said before, word for word.

The article stands there once more for narrow screens, a card unfolded, a quotation under each reply.
"""

from __future__ import annotations

from collections.abc import Set
from itertools import compress

from cleaner.fold import characters
from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.settings import Settings
from cleaner.stages.phrases import is_scraped
from cleaner.stages.prose import word_count
from cleaner.stages.repeats import alike, repeats
from cleaner.stages.score import score

#: A passage has so many words, and in each line so many on average: verse and tables say the same twice with reason.
#: Chosen on WCXB's dev pages, where it hardly matters: word F1 gains 0.002 (HTML) and 0.003 (text).
WORDS, WORDS_A_LINE = 40, 6
#: A text of which less than this is furniture is taken for clean.
FURNITURE = 0.05


def again(page: Page, rules: Ruleset, settings: Settings) -> list[Mark]:
    """Propose to cut lines that repeat an earlier one, and passages that repeat an earlier one.

    Only here, not when ``repeats`` runs first: of two copies one may stand where it is furniture.

    Args:
        page: the page, after the stages that cut.
        rules: tells which of this stage's rules are on.
        settings: not read here.

    Returns:
        Marks, each with the earlier copy as its detail.
    """
    marks = repeats(page, rules, settings)
    number = rules.number.get("repeats.passage")
    if number is not None:
        taken = {mark[0] for mark in marks}
        found = {i: j for i, j in passages(page, rules).items() if i not in taken}
        if found and (page.markup is not None or _is_settled(page, rules, settings, found.keys() | taken)):
            marks += [(i, number, None, j) for i, j in found.items()]
    return marks


def passages(page: Page, rules: Ruleset) -> dict[int, int]:
    """Lines of passages that an earlier passage said.

    Args:
        page: the page, after the stages that cut; lines already cut are not there.
        rules: the rules, to know a scraped page from a clean text.

    Returns:
        Repeated line -> the line before it that says the same.
    """
    keys = page.squashed
    alive = [i for i in compress(range(len(keys)), page.kept) if keys[i]]
    if len({keys[i] for i in alive}) == len(alive) or not _has_furniture(page, rules):
        return {}
    latest: dict[bytes, int] = {}
    back = [0] * (len(alive) + 1)
    for at, i in enumerate(alive):
        if keys[i] in latest and alike(page.lines[i], page.lines[alive[latest[keys[i]]]]):
            back[at] = at - latest[keys[i]]
        latest[keys[i]] = at
    found: dict[int, int] = {}
    start = 0
    for at in range(1, len(back)):
        if back[at] == back[start]:
            continue
        if back[start]:
            words = sum(word_count(page.lines[alive[k]]) for k in range(start, at))
            if words >= max(WORDS, WORDS_A_LINE * (at - start)):
                found |= {alive[k]: alive[k - back[start]] for k in range(start, at)}
        start = at
    return found


def _is_settled(page: Page, rules: Ruleset, settings: Settings, gone: Set[int]) -> bool:
    """Whether ``score`` would leave the text alone that is left: a text cleaned twice is to be the same."""
    rest, index = page.narrowed()
    for k, i in enumerate(index):
        if i in gone:
            rest.kept[k] = 0
    text = rest.text()
    left = Page(text, text.split("\n"))
    rules.match(left)
    return not score(left, rules, settings)


def _has_furniture(page: Page, rules: Ruleset) -> bool:
    if page.markup is not None or is_scraped(page, rules):
        return True
    return characters(page.lines, page.kept) < (1 - FURNITURE) * characters(page.lines)
