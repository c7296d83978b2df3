"""Stage ``score``: lines that read as page furniture, told by a small network from how they and their neighbours look.

The network knows no phrases of any language; it is described in ``cleaner/model/CARD.md``. numpy and the weights are
loaded when the first text of some length comes.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from cleaner.page import Mark, Page, Struck
from cleaner.rules.matcher import Ruleset
from cleaner.settings import Settings
from cleaner.stages.code import code_lines
from cleaner.stages.contents import ENTRIES, has_contents
from cleaner.stages.links import links, loose
from cleaner.stages.phrases import PERMALINK, is_scraped, rights_lines
from cleaner.stages.pieces import kept_whole
from cleaner.stages.prose import blanks_above
from cleaner.stages.score_html import score_html
from cleaner.stages.tables import drawn, is_drawn
from cleaner.stages.tidy import tidy
from cleaner.stages.wrapped import Text, decide_whole, paragraphs

if TYPE_CHECKING:
    from cleaner.model.decide import Decision
    from cleaner.model.facts import Account
    from cleaner.model.network import Network

RULE = "score.furniture"
#: A text of fewer lines is not scored.
FEWEST = 5
#: A text with furniture among so many lines at either end, so much of it there and found by so many rules, is all of a
#: page.
EDGE, AT_EDGES, RULES = 12, 4, 7
#: What is left of a page by the rules, if it has fewer lines, may well be its article and no more.
PAGE_LINES = 30
#: Nor does anything else begin with the first of these; and if it ends with the second, fewer rules will do.
OPENING, CLOSING, FEWER_RULES = "skip.link", "rights.line", 4


class Guess(NamedTuple):
    """What a text is, by what the stages before have found.

    Attributes:
        whole_page: it is known to be all of a page.
        untouched: they have found nothing, so it is as like as not no page at all.
    """

    whole_page: bool
    untouched: bool


def score(page: Page, rules: Ruleset, settings: Settings, network: Network | None = None) -> Sequence[Mark]:
    """Propose to cut lines that are likely to be furniture.

    Args:
        page: the page, after the stages that know furniture by name.
        rules: tells whether this stage's rule is on.
        settings: the threshold.
        network: scores the lines; the package's own if None.

    Returns:
        Marks, each with an account of its score to be made when asked for.
    """
    if page.markup is not None:
        return score_html(page, rules, settings)
    number = rules.number.get(RULE)
    kept = page.kept
    if number is None or kept.count(1) < FEWEST:
        return []
    standing = None
    if 0 in kept:
        left = bytearray(kept)
        for mark in tidy(page, rules, settings):
            left[mark[0]] = 0
        standing = bytes(left)
    lines = page.lines
    code = code_lines(page)
    if code:  # which is not for this network
        lines = [line.strip() for line in lines]
    stays = rules.protected(page) | code | rights_lines(page)
    fixed = None
    if stays:
        fixed = bytearray(len(kept))
        for i in stays:
            fixed[i] = 1
    text = Text(lines, blanks_above(page), standing, fixed, links(page))
    permalink = rules.number.get(PERMALINK)
    untouched = all(number == permalink for _, marks in page.log for _, number, _, _ in marks)
    guess = Guess(is_whole(page, rules), untouched)
    marks = _struck(number, text, settings, network, guess)
    if len(marks) >= ENTRIES and not is_scraped(page, rules) and has_contents([lines[i] for i in marks.lines]):
        return []
    return marks


def is_left_alone(
    page: Page, standing: bytearray, rules: Ruleset, settings: Settings, network: Network | None = None
) -> bool:
    """Whether nothing would go by its score of a text that is given again without the lines that have gone.

    Args:
        page: a page without code, and no line of which is protected.
        standing: for each line whether it is given again: some of those that stay. Where others stood, nothing stands
            now; where a line stood that does not stay, a blank one.
        rules: tells whether this stage's rule is on.
        settings: the threshold.
        network: scores the lines; the package's own if None.

    Returns:
        What :func:`score` finds of such a text.
    """
    if RULE not in rules.number or standing.count(1) < FEWEST:
        return True
    above = array("q", page.row)
    count = 0
    for i, stays in enumerate(page.kept):
        above[i] -= count
        count += stays
    # links need not be told: none goes of a text of which nothing else does
    text = Text(page.lines, bytearray(above.tobytes()), bytes(standing))
    return not _struck(0, text, settings, network, Guess(whole_page=False, untouched=True))


@lru_cache(maxsize=1)
def _model() -> tuple[Callable[..., Decision], type[Account], Callable[[], Network], tuple[float, float]]:
    """What comes with numpy, which takes longer to load than all the rest."""
    from cleaner.model.decide import CLEAN, UNTOUCHED, decide  # noqa: PLC0415
    from cleaner.model.facts import Account  # noqa: PLC0415
    from cleaner.model.network import text_network  # noqa: PLC0415

    return decide, Account, text_network, (CLEAN, UNTOUCHED)


def _struck(number: int, text: Text, settings: Settings, network: Network | None, guess: Guess) -> Struck:
    """Marks of the lines that go, by the rule of this number; none of a table's."""
    marks = _furniture(number, text, settings, network, guess)
    table = drawn(text.lines) if is_drawn(text.lines, marks.lines) else []
    if not table:
        return marks
    fixed = text.fixed or bytearray(len(text.lines))
    for i in table:
        fixed[i] = 1
    return _furniture(number, text._replace(fixed=fixed), settings, network, guess)


def _furniture(number: int, text: Text, settings: Settings, network: Network | None, guess: Guess) -> Struck:
    """What :func:`_struck` does, with tables judged as any lines."""
    decide, account, text_network, (clean, untouched) = _model()
    network = network or text_network()
    lines, blanks, standing, fixed, those = text
    found = paragraphs(text)
    threshold = settings.line_threshold
    gentle = untouched if guess.untouched else clean
    if not found and not those:
        told = decide(
            network, lines, blanks, threshold, fixed, standing=standing, whole_page=guess.whole_page, clean=gentle
        )
        if not told.cut:
            return Struck(told.cut, number, None)

        def again(there: bytes) -> Sequence[int]:
            return decide(network, lines, blanks, threshold, fixed, standing=there, clean=gentle).cut

        return Struck(kept_whole(text, told.cut, again), number, account(network, told, lines.copy()).why)

    def judge(
        texts: list[str], there: bytes, stays: bytearray, round_: int
    ) -> tuple[Sequence[int], Callable[[int], str]]:
        page = guess.whole_page and not round_
        told = decide(network, texts, blanks, threshold, stays, standing=there, whole_page=page, clean=gentle)
        why, gone = account(network, told, texts).why, loose(told, those, stays)
        return [*told.cut, *gone], lambda i: f"{why(i)}, nothing but links" if i in gone else why(i)

    cut, why = decide_whole(judge, found, text)
    return Struck(cut, number, why)


def is_whole(page: Page, rules: Ruleset) -> bool:
    """Whether a text is known to be all of a page.

    Args:
        page: the page, after the stages that know furniture by name.
        rules: the rules.

    Returns:
        Whether these stages found furniture at its ends as only a page has it.
    """
    kept = page.kept
    last = len(kept) - EDGE
    above, below = kept.count(0, 0, EDGE), kept.count(0, last)
    if not above or kept.count(1) < PAGE_LINES or not is_scraped(page, rules):
        return False
    found = {number for _, marks in page.log for _, number, _, _ in marks} - {rules.number.get(PERMALINK)}
    if min(_cut_by(OPENING, found, page, rules), default=EDGE) < EDGE:
        return True
    if not below or above + below < AT_EDGES:
        return False
    many = len(found)
    return many >= RULES or (many >= FEWER_RULES and max(_cut_by(CLOSING, found, page, rules), default=-1) >= last)


def _cut_by(rule: str, found: set[int], page: Page, rules: Ruleset) -> list[int]:
    """The lines that a rule took, if it is among those that took any."""
    wanted = rules.number.get(rule)
    return [i for _, marks in page.log for i, number, _, _ in marks if number == wanted] if wanted in found else []
