"""From scores to a decision: which lines of a text stay.

How hard a text is cut depends on how its scores are spread (``Network.strictness``): not at all, or nearly so, where
it looks clean, unless it is known to be all of a page. The decision is made so that its own outcome would be left as
it is: what is left is scored again, and lines that would go now go too; if that has not settled after a few rounds,
nothing is cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cleaner.model.features import Measures, gaps, place
from cleaner.model.network import Network
from cleaner.model.own import Bools, Floats, Ints, for_c, look
from cleaner.native import kernels

#: A text of fewer lines is too short for a line to be judged by the company it keeps.
FEWEST = 5
#: How often, at most, lines go because others went.
ROUNDS = 4
#: A text that is to be cut less hard than this is clean, and nothing of it goes.
CLEAN = 0.25
#: One in which the rules have found nothing is not likely to be a page, and is clean if it is to be cut less hard than
#: this. Chosen on manuals, tutorials, verse and sayings in many languages, of which a tenth is lost, and on pages.
UNTOUCHED = 0.6
#: A text that is known to be all of a page is not clean, and is cut at least this hard.
PAGE = 0.3
#: Right above the first line that stays, this many lines of so many words stay too if they have this chance: headlines.
HEADLINES, HEADLINE_WORDS, HEADLINE = 2, 3, 0.2
#: Lines of mere marks shorter than this are tidied away where a line next to them went.
LEFTOVER = 4
#: What the extension is told of all this; ``CLEAN`` is the fourth.
_POLICY = (FEWEST, ROUNDS, HEADLINES, CLEAN, HEADLINE_WORDS, HEADLINE, LEFTOVER)


class Decision(NamedTuple):
    """What is to go, and what it rests on.

    Attributes:
        cut: the lines that go, by their place among those given.
        chances: of each line that stands to be content, from the round that decided on it; see ``scores``.
        lines: the lines.
        blanks: for each how many blank lines stand above it; None for none above any.
        standing: for each 1 if it is there, 0 if it has gone; None if all are there.
    """

    cut: Sequence[int]
    chances: Floats | bytearray
    lines: list[str]
    blanks: Ints | bytearray | None
    standing: bytes | None

    @property
    def scores(self) -> Floats:
        """The chances as an array, which takes as long to make as some stages: when it is asked for."""
        return np.frombuffer(self.chances, np.float32)

    def judged(self) -> Ints:
        """The places of the lines that stand."""
        return _places(self.lines, self.standing)

    def measures(self) -> Measures:
        """The measures of the first round."""
        judged = self.judged()
        return place(look([self.lines[i] for i in judged]), gaps(_blanks_of(judged, self.blanks)))


def decide(
    network: Network,
    lines: list[str],
    blanks: Ints | bytearray | None,
    threshold: float,
    fixed: Bools | bytearray | None = None,
    *,
    standing: bytes | None = None,
    whole_page: bool = False,
    clean: float = CLEAN,
) -> Decision:
    """Decide which lines of a text go.

    Args:
        network: scores the lines.
        lines: the text's lines, none of them blank.
        blanks: for each how many blank lines stand above it; None for none above any.
        threshold: a line goes if its chance to be content is less than this share of the F1 the page can be expected to
            reach, times the network's strictness on it; one half is best where precision and recall count alike.
        fixed: for each whether it stays, whatever its score.
        standing: for each 1 if it is there, 0 if it has gone; None if all are there.
        whole_page: whether the text is known to be all of a page. The first round alone goes by it: what is left is
            a text like any other.
        clean: a text is clean if it is to be cut less hard than this: ``CLEAN`` or ``UNTOUCHED``.

    Returns:
        The decision; deciding again on the lines that stay cuts none of them.
    """
    page = PAGE if whole_page else 0.0
    if kernels is not None and network.c is not None:
        policy = (*_POLICY[:3], clean, *_POLICY[4:])
        cut, chances = kernels.decide(network.c, for_c(), lines, standing, blanks, fixed, threshold, page, policy)
        return Decision(cut, chances, lines, blanks, standing)
    judged = _places(lines, standing)
    stays = None if fixed is None else np.frombuffer(fixed, bool)[judged]
    those = [lines[i] for i in judged]
    found = decide_in_python(network, those, _blanks_of(judged, blanks), threshold, stays, page, clean)
    return Decision(judged[found.cut].tolist() if found.cut else [], found.scores, lines, blanks, standing)


def decide_in_python(  # noqa: PLR0917
    network: Network,
    lines: list[str],
    blanks: Ints,
    threshold: float,
    fixed: Bools | None = None,
    page: float = 0,
    clean: float = CLEAN,
) -> Decision:
    """What :func:`decide` does with lines that all stand, without the extension."""
    scores = np.ones(len(lines), np.float32)
    nothing = Decision([], scores, lines, blanks, None)
    if len(lines) < FEWEST:
        return nothing
    own = look(lines)
    bare = (own.words == 0) & (own.weight < LEFTOVER)
    keep = np.ones(len(lines), bool)
    stay = np.arange(len(lines))
    for last in range(ROUNDS + 1):
        now, best, strictness = network.judge(own, stay, blanks, 0 if last else page)
        if last == 0:
            scores = now.copy()
        if strictness < clean:
            break
        cut = now < threshold * strictness * best
        _spare_headlines(cut, now, own.words[stay])
        if fixed is not None:
            cut &= ~fixed[stay]
        if not cut.any():
            break
        if last == ROUNDS:
            return decide_in_python(network, lines, blanks, threshold, fixed, clean=clean) if page else nothing
        gone = stay[cut]
        keep[gone] = False
        scores[gone] = now[cut]
        stay = _standing(keep, bare).nonzero()[0]
        if len(stay) < FEWEST:
            break
    return Decision((~keep).nonzero()[0].tolist(), scores, lines, blanks, None)


def _places(lines: Sequence[str], standing: bytes | None) -> Ints:
    return np.arange(len(lines)) if standing is None else np.frombuffer(standing, np.uint8).nonzero()[0]


def _blanks_of(places: Ints, blanks: Ints | bytearray | None) -> Ints:
    return np.zeros(len(places), np.int64) if blanks is None else np.frombuffer(blanks, np.int64)[places]


def _spare_headlines(cut: Bools, scores: Floats, words: Floats) -> None:
    """Take lines right above the first that stays out of those to go, where they may be its headline."""
    first = int(cut.argmin())
    for i in range(first - 1, max(-1, first - 1 - HEADLINES), -1):
        if scores[i] < HEADLINE or words[i] < HEADLINE_WORDS:
            break
        cut[i] = False


def _standing(keep: Bools, bare: Bools) -> Bools:
    """Which lines stand in the end: a line of mere marks goes with the line before or after it."""
    if not bare.any():
        return keep
    out = keep.copy()
    out[1:] &= keep[:-1] | ~bare[1:]
    out[:-1] &= keep[1:] | ~bare[:-1]
    return out
