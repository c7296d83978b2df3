"""Stage ``tails``: a heading that opens furniture takes the link-like lines after it, up to where prose resumes."""

from __future__ import annotations

from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.settings import Settings
from cleaner.stages.prose import is_prose, word_count
from cleaner.stages.repeats import find, keys

#: A last line of at most this many words before prose may be that prose's own heading.
HEADING_WORDS = 8


def tails(page: Page, rules: Ruleset, settings: Settings) -> list[Mark]:
    """Propose to cut furniture headings with what hangs on them.

    Args:
        page: the page, after ``phrases``.
        rules: the rules; this stage's are headings.
        settings: not read here.

    Returns:
        Marks; a line under a heading has the heading as its detail.
    """
    heads = _headings(page, rules)
    if not heads:
        return []
    repeated = find(page, page.kept, keys(page))
    marks: list[Mark] = []
    taken: set[int] = set()
    head: int | None = None
    block: list[int] = []
    for i in range(min(heads), len(page.lines)):
        if not page.kept[i]:
            continue
        if i in heads:
            if head is None:
                head, block = i, []
            else:
                block.append(i)
        elif head is None or (i in repeated and repeated[i][0] not in taken):
            continue
        elif is_prose(page.lines[i]):
            marks += _close(page, head, block, heads, resumed=True)
            taken.update(mark[0] for mark in marks)
            head = None
        else:
            block.append(i)
    if head is not None:
        marks += _close(page, head, block, heads, resumed=False)
    return marks


def _headings(page: Page, rules: Ruleset) -> dict[int, int]:
    heads = {i: number for i, number in page.named.items() if page.kept[i] and rules.stage(number) == "tails"}
    for i, n in page.woken.get("tails", ()):
        if page.kept[i] and i not in heads:
            number, rest = rules.try_pattern(page, n, page.lines[i])
            if rest is not None:
                heads[i] = number
    return heads


def _close(page: Page, head: int, block: list[int], heads: dict[int, int], *, resumed: bool) -> list[Mark]:
    """What goes of a heading and its block, once prose resumes or the text ends."""
    if resumed:
        if block and block[-1] not in heads and word_count(page.lines[block[-1]]) <= HEADING_WORDS:
            block = block[:-1]
        if not block:
            return []
    marks: list[Mark] = [(head, heads[head], None, None)]
    marks += [(i, heads.get(i, heads[head]), None, head) for i in block]
    return marks
