"""Stage ``repeats`` once furniture is gone: it also knows passages that the page has said before, word for word.

The article stands there once more for narrow screens, a card unfolded, a quotation under each reply. A reference has
the same table under each of its functions: a page that says a passage more than four times says it on purpose, if
not as a quotation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from itertools import compress
from typing import TYPE_CHECKING

from cleaner.fold import characters, indented_lines
from cleaner.native import kernels
from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.settings import Settings
from cleaner.shown import shown
from cleaner.stages.phrases import is_scraped
from cleaner.stages.place import lines_of
from cleaner.stages.prose import word_count
from cleaner.stages.repeats import MOST_COPIES, alike, repeats
from cleaner.stages.score import is_left_alone, score

if TYPE_CHECKING:
    from cleaner.model.network import Network

#: A passage has so many words, and in each line so many on average: verse and tables say the same twice with reason.
#: Chosen on WCXB's dev pages, where it hardly matters: word F1 gains 0.002 (HTML) and 0.003 (text).
WORDS, WORDS_A_LINE = 40, 6
#: A text of which less than this is furniture is taken for clean.
FURNITURE = 0.05


def again(page: Page, rules: Ruleset, settings: Settings, network: Network | None = None) -> list[Mark]:
    """Propose to cut lines that repeat an earlier one, and passages that repeat an earlier one.

    Only here, not when ``repeats`` runs first: of two copies one may stand where it is furniture.

    Args:
        page: the page, after the stages that cut.
        rules: tells which of this stage's rules are on.
        settings: those of the stage ``score``, which has to leave alone what is left.
        network: the one of that stage; the package's own if None.

    Returns:
        Marks, each with the earlier copy as its detail.
    """
    marks = repeats(page, rules, settings)
    number = rules.number.get("repeats.passage")
    if number is not None:
        taken = {mark[0] for mark in marks}
        found = {i: j for i, j in passages(page, rules).items() if i not in taken}
        if found and (page.markup is not None or _is_settled(page, rules, settings, found.keys() | taken, network)):
            marks += [(i, number, None, j) for i, j in found.items()]
    return marks


def passages(page: Page, rules: Ruleset) -> dict[int, int]:
    """Lines of passages that an earlier passage said; none if one of them is said so often that it is on purpose.

    Args:
        page: the page, after the stages that cut; lines already cut are not there.
        rules: the rules, to know a scraped page from a clean text.

    Returns:
        Repeated line -> the line before it that says the same.
    """
    lines = page.lines
    copies = (
        kernels.earlier(page.keys.c, page.kept, lines, WORDS)
        if kernels is not None
        else earlier_in_python(page.squashed, page.kept, lines, WORDS)
    )
    if not copies or not _has_furniture(page, rules):
        return {}
    found: dict[int, int] = {}
    run: dict[int, int] = {}
    count: Counter[bytes] = Counter()
    following = (0, 0)
    for place, distance, i, j in [*copies, (0, 0, 0, 0)]:
        if following != (place, distance):
            if run:
                words = {k: word_count(lines[k]) for k in run}
                if (size := sum(words.values())) >= max(WORDS, WORDS_A_LINE * len(run)):
                    count = count or Counter(compress(page.squashed, page.kept))
                    often = [k for k in run if count[page.squashed[k]] > MOST_COPIES and not _is_quoted(page, k)]
                    if 2 * sum(words[k] for k in often) > size:
                        return {}
                    found |= run
            run = {}
        if distance and alike(lines[i], lines[j]):
            run[i] = j
            following = (place + 1, distance)
        else:
            following = (0, 0)
    return found


def earlier_in_python(
    keys: list[bytes], kept: bytes | bytearray, lines: list[str], words: int
) -> list[tuple[int, int, int, int]]:
    """Lines that stay whose key an earlier one has that stays.

    Args:
        keys: for each line what it is told by; lines whose key is empty do not count.
        kept: which of them stay.
        lines: the lines.
        words: those may be left out that follow one another at the same distance and have fewer words together.

    Returns:
        Of each the place among the lines that count, how many places back the latest earlier one is, its number, and
        the number of the earlier one.
    """
    latest: dict[bytes, tuple[int, int]] = {}
    found: list[tuple[int, int, int, int]] = []
    run: list[tuple[int, int, int, int]] = []
    counted = (i for i in compress(range(len(keys)), kept) if keys[i])
    for place, i in enumerate(counted):
        before, j = latest.get(keys[i], (place, -1))
        if run and run[-1][1] != place - before:
            found += _wordy(run, lines, words)
            run = []
        if j >= 0:
            run.append((place, place - before, i, j))
        latest[keys[i]] = (place, i)
    return found + _wordy(run, lines, words)


def _wordy(run: list[tuple[int, int, int, int]], lines: list[str], words: int) -> list[tuple[int, int, int, int]]:
    """The run if it may have so many words: those of ASCII are told apart by spaces, others no more than characters."""
    most = sum((line.count(" ") if (line := lines[i]).isascii() else len(line)) + 1 for _, _, i, _ in run)
    return run if most >= words else []


def _is_settled(page: Page, rules: Ruleset, settings: Settings, gone: Set[int], network: Network | None) -> bool:
    """Whether ``score`` would leave the text alone that is left: a text cleaned twice is to be the same."""
    if not rules.has_protect and indented_lines(page.lines) == ([], False):
        standing = bytearray(page.kept)
        for i in gone:
            standing[i] = 0
        return is_left_alone(page, standing, rules, settings, network)
    rest, index = page.narrowed()
    for k, i in enumerate(index):
        if i in gone:
            rest.kept[k] = 0
    text = rest.text()
    left = Page(text, text.split("\n"))
    left.read_as(shown(left.lines))
    if rules.has_protect:
        rules.match(left)
    return not score(left, rules, settings, network)


def _is_quoted(page: Page, i: int) -> bool:
    """Whether a line of HTML stands in a quotation, as in the replies of a forum's thread."""
    if page.markup is None:
        return False
    from cleaner.markup.words import BIT  # noqa: PLC0415

    element = page.markup.element[lines_of(page)[i]]
    return bool(page.markup.path[element] & BIT["quote"])


def _has_furniture(page: Page, rules: Ruleset) -> bool:
    if page.markup is not None or is_scraped(page, rules):
        return True
    return characters(page.lines, page.kept) < (1 - FURNITURE) * characters(page.lines)
