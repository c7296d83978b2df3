"""Lines of Markdown that are nothing but links: no part of running text, unless the network is sure of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cleaner.page import Page
from cleaner.shown import is_link
from cleaner.stages.prose import word_count

if TYPE_CHECKING:
    from cleaner.model.decide import Decision

#: Such a line needs this chance to stay, as in HTML (``cleaner.model.decide_html``).
SURE = 0.93
#: A link goes over so many lines at most.
LONGEST_CARD = 12
#: A page is running text if at least this part of what stays is in lines of so many words that are no links.
RUNNING, PARAGRAPH = 0.5, 20


def links(page: Page) -> frozenset[int]:
    """The lines of a page that are nothing but links, or stand in a link over several lines, as cards do.

    Args:
        page: the page, Markdown.

    Returns:
        The places of the lines.
    """
    found = {i for i in page.shown if is_link(page.written(i))}
    for end in [i for i in page.shown if page.written(i).startswith("](")]:
        for start in range(end - 1, max(-1, end - 1 - LONGEST_CARD), -1):
            line = page.written(start)
            if line.startswith("["):
                if line.count("[") > line.count("]"):
                    found.update(range(start, end + 1))
                break
    return frozenset(found)


def loose(told: Decision, those: Iterable[int], fixed: bytes | bytearray) -> list[int]:
    """Links that go with what goes of a page: of a text of which nothing goes none does either.

    Args:
        told: what was decided on the page's lines.
        those: lines that are nothing but links.
        fixed: for each line 1 if it stays at any rate.

    Returns:
        Those of them that are to go too.
    """
    chance = dict(zip(told.judged().tolist(), told.scores.tolist(), strict=True))
    words = {i: word_count(told.lines[i]) for i in chance.keys() - told.cut}
    at_stake = words.keys() & those
    running = sum(size for i, size in words.items() if size >= PARAGRAPH and i not in at_stake)
    if not told.cut or running < RUNNING * sum(words.values()):
        return []
    return sorted(i for i in at_stake if chance[i] < SURE and not fixed[i])
