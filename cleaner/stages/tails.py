"""Stage ``tails``: a heading that opens furniture takes the link-like lines after it, up to where prose resumes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, compress

from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.rules.slots import key
from cleaner.settings import Settings
from cleaner.stages.phrases import is_scraped, rights_lines
from cleaner.stages.prose import blanks_above, broken_prose, is_prose, prose_lines, word_count
from cleaner.stages.repeats import find
from cleaner.stages.wrapped import Text, paragraphs

#: A last line of at most this many words before prose may be that prose's own heading.
HEADING_WORDS = 8
#: While more than this share of the prose is still to come, a box is a short one or it is not a box.
MIDDLE_SHARE = 0.1
MIDDLE_LINES = 4
#: A heading does not start or end in a mark of running text ("Comments?", ", see also").
_RUNNING = ".,;?)"


def tails(page: Page, rules: Ruleset, settings: Settings) -> list[Mark]:
    """Propose to cut furniture headings with what hangs on them.

    Before the first prose there is no telling a list of links from the article's own headline, so nothing is cut there.

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
    lines, kept = page.lines, page.kept
    scraped = is_scraped(page, rules)
    repeated = find(page, rules)
    prose = _prose(page, min(heads) + 1)
    weight = _weights(page, prose, repeated)
    to_come = total = sum(weight)
    marks: list[Mark] = []
    taken: set[int] = set()
    rights = rights_lines(page)
    upto = 0
    for head in sorted(heads):
        if head < upto:
            continue
        to_come -= sum(weight[upto:head])
        before = total - to_come
        to_come -= weight[head]
        upto = head + 1
        if not before:
            continue
        block: list[int] = []
        inside = {head}
        for i in compress(range(upto, len(lines)), memoryview(kept)[upto:]):
            if i in repeated and repeated[i][0] not in taken and repeated[i][0] not in inside:
                continue
            to_come -= weight[i]
            if i in heads or not prose[i]:
                if i not in rights:
                    block.append(i)
                    inside.add(i)
                continue
            to_come += weight[i]
            for at in _openers(head, block, heads, rules):
                links = block[at:]
                new = [j for j in links if j not in repeated]
                if _size(page, new) <= MIDDLE_LINES or to_come <= MIDDLE_SHARE * total:
                    found = _close(page, block[at - 1] if at else head, links, heads, resumed=True)
                    taken.update(mark[0] for mark in found)
                    marks += found
                    break
            else:  # too long for a box, but an unmistakable heading is none of the article's
                openers = [j for j in (head, *block) if scraped and j in heads and rules.rules[heads[j]].alone]
                marks += [(j, heads[j], None, None) for j in openers]
                taken.update(openers)
            to_come -= weight[i]
            upto = i + 1
            break
        else:
            marks += _close(page, head, block, heads, resumed=False)
            break
    return marks


def _prose(page: Page, start: int) -> bytearray:
    """For each line 1 if it reads as prose, or is, from `start` on, of a paragraph broken at a column that does."""
    lines, prose = page.lines, prose_lines(page)
    broken = [broken_prose(page, start)]
    for paragraph in paragraphs(Text(lines, blanks_above(page), bytes(page.kept))):
        if is_prose(" ".join([lines[i] for i in paragraph])):
            broken.append(paragraph)
    for i in chain.from_iterable(broken):
        prose[i] = 1
    return prose


def _weights(page: Page, prose: bytearray, repeated: Mapping[int, object]) -> list[int]:
    """The characters of each line of prose that will stay; phrases are struck from the prose.

    Prose that is said twice will go, and must not weigh now, or a second pass would find another middle.
    """
    weight = [0] * len(page.lines)
    for i in compress(range(len(page.lines)), prose):
        if page.phrase[i]:
            prose[i] = 0
        elif page.kept[i] and i not in repeated:
            weight[i] = len(page.lines[i])
    return weight


def _headings(page: Page, rules: Ruleset) -> dict[int, int]:
    lines = page.lines
    kept, phrase, stages = page.kept, page.phrase, rules.stages
    heads = {i: n for i, n in page.named.items() if not phrase[i] and kept[i] and stages[n] == "tails"}
    heads = {i: n for i, n in heads.items() if lines[i][0] not in _RUNNING and lines[i][-1] not in _RUNNING[:-1]}
    for i, n in page.woken.get("tails", ()):
        if kept[i] and i not in heads:
            number, rest = rules.try_pattern(page, n, lines[i])
            if rest is not None:
                heads[i] = number
    if heads and not is_scraped(page, rules):
        heads = {i: number for i, number in heads.items() if rules.rules[number].alone}
    return heads


def _openers(head: int, block: list[int], heads: dict[int, int], rules: Ruleset) -> list[int]:
    """Where in a block its links may start: at the first, or behind the first heading that needs no other furniture.

    That one is what opens the block once the furniture is gone, so it is asked now.
    """
    if rules.rules[heads[head]].alone:
        return [0]
    return [0, *[at for at, i in enumerate(block, 1) if i in heads and rules.rules[heads[i]].alone][:1]]


def _size(page: Page, block: list[int]) -> int:
    """Lines of a block but for marks and phrases that a later stage may take."""
    return sum(not page.phrase[i] and bool(key(page.folded[i])) for i in block)


def _may_head(page: Page, i: int) -> bool:
    """Whether the last line before prose may be that prose's own heading rather than the last link of a box."""
    line = page.lines[i]
    after_gap = page.blank_before(i) or not page.blank_before(i + 1)
    return after_gap and line[0] not in "-*•·▪◦‣–" and word_count(line) <= HEADING_WORDS


def _close(page: Page, head: int, block: list[int], heads: dict[int, int], *, resumed: bool) -> list[Mark]:
    """What goes of a heading and its block, once prose resumes or the text ends."""
    if resumed:
        if not block:
            return []
        if len(block) > 1 and block[-1] not in heads and _may_head(page, block[-1]):
            block = block[:-1]
    marks: list[Mark] = []
    for i in (head, *block):
        if i in heads:
            head = i
        marks.append((i, heads[head], None, None if i == head else head))
    return marks
