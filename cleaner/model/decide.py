"""From scores to a decision: which lines of a text stay.

The decision is made so that its own outcome would be left as it is. A text that the network takes for clean is not
touched at all (``GATE``), and what is left of most others is such a text. Where it is not, it is scored again, and
lines that would go now go too; if that has not settled after a few rounds, nothing is cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.model.features import Measures, place
from cleaner.model.network import Network
from cleaner.model.own import Bools, Floats, look, sum_up

#: Below this chance that there is furniture in it, a text is clean and nothing of it is cut; from ``SURE`` on lines go
#: by their scores alone; in between a lower score is asked of them.
GATE = 0.7
SURE = 0.95
#: A text of fewer lines is too short for a line to be judged by the company it keeps.
FEWEST = 5
#: How often, at most, lines go because others went.
ROUNDS = 4
#: Lines of mere marks shorter than this are tidied away where a line next to them went.
LEFTOVER = 4


class Decision(NamedTuple):
    """What is to go, and what it rests on.

    Attributes:
        cut: the lines that go, by their place among those given.
        scores: the chance of each line to be content, from the round that decided on it.
        measures: the measures of the first round.
    """

    cut: NDArray[np.int64]
    scores: Floats
    measures: Measures | None


_NOTHING = Decision(np.zeros(0, np.int64), np.zeros(0, np.float32), None)


def decide(
    network: Network, lines: Sequence[str], blanks: NDArray[np.int64], threshold: float, fixed: Bools | None = None
) -> Decision:
    """Decide which lines of a text go.

    Args:
        network: scores the lines.
        lines: the text's lines, none of them blank.
        blanks: for each how many blank lines stand above it.
        threshold: a line goes if its chance to be content is less than this share of the F1 the page can be expected to
            reach; one half is best where precision and recall count alike.
        fixed: lines that do not go, whatever their score.

    Returns:
        The decision; deciding again on the lines that stay cuts none of them.
    """
    if len(lines) < FEWEST:
        return _NOTHING
    own = look(lines)
    asked = threshold * _doubt(network.furniture(sum_up(own)))
    if not asked:
        return _NOTHING
    measures = place(own, _gaps(blanks))
    scores = network.score(measures)
    keep = scores >= asked * _best(scores, measures)
    if fixed is not None:
        keep |= fixed
    bare = (own.words == 0) & (own.weight < LEFTOVER)
    for last in range(ROUNDS + 1):
        stay = _standing(keep, bare).nonzero()[0]
        if len(stay) < FEWEST:
            break
        # What a line is like by itself does not change when others go, so this much of the next decision is known.
        asked = threshold * _doubt(network.furniture(sum_up(own, stay)))
        if not asked:
            break
        rest = place(own.only(stay), _gaps(blanks[stay]))
        again = network.score(rest)
        more = again < asked * _best(again, rest)
        if fixed is not None:
            more &= ~fixed[stay]
        if not more.any():
            break
        if last == ROUNDS:
            return _NOTHING
        scores[stay[more]] = again[more]
        keep[stay[more]] = False
    return Decision((~keep).nonzero()[0], scores, measures)


def _doubt(furniture: float) -> float:
    """What share of the threshold counts on a text that has furniture with this chance."""
    return min(1.0, max(0.0, (furniture - GATE) / (SURE - GATE)))


def _standing(keep: Bools, bare: Bools) -> Bools:
    """Which lines stand in the end: a line of mere marks goes with the line before or after it."""
    if not bare.any():
        return keep
    out = keep.copy()
    out[1:] &= keep[:-1] | ~bare[1:]
    out[:-1] &= keep[1:] | ~bare[:-1]
    return out


def _best(scores: Floats, m: Measures) -> float:
    """The best word F1 that the page can be expected to reach, if the scores are right.

    It is reached by keeping the lines with at least half that chance: where all is sure, those that are more likely
    content than not; on a page of which little is sure, more.
    """
    order = scores.argsort()[::-1]
    sizes = m.words.take(order)
    right = (scores.take(order) * sizes).cumsum()
    both = sizes.cumsum()
    both += right[-1] + np.float32(1e-6)
    right /= both
    return 2 * float(right.max())


def _gaps(blanks: NDArray[np.int64]) -> Bools:
    """Before which lines a blank one stands."""
    out = np.empty(len(blanks), bool)
    out[0] = False
    np.not_equal(blanks[1:], blanks[:-1], out=out[1:])
    return out
