"""Why a line's score is what it is, in two or three facts.

Each kind of fact (how long lines are, how they end, ...) is taken away from the whole page in turn: its measures are
set to what they are on average. The kinds without which the line would have scored highest are the ones that weighed
most. This costs a scoring of the page for each kind, and is done only when somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from cleaner.model.decide import Decision
from cleaner.model.features import COLUMNS, Measures
from cleaner.model.network import Network
from cleaner.model.own import Floats

_AT = {name: i for i, name in enumerate(COLUMNS)}

#: Kinds of facts, by the measures they rest on. ``words`` is told apart from these: it has no column.
KINDS: dict[str, tuple[str, ...]] = {
    "length": ("chars", "words", "one_word", "relative", "long", "prose"),
    "ends": ("inner_ends", "commas", "ends_dot", "ends_ask", "ends_letter", "ends_digit", "ends_mark", "ellipsis"),
    "case": ("capitals", "upper", "lower", "starts_upper", "starts_lower"),
    "marks": (
        "separators", "slashes", "at", "money", "signs", "other", "bullet", "starts_mark", "digits", "digit_words"
    ),
    "repeats": ("copies", "copy", "same_first", "same_last"),
    "neighbours": (
        "shape_before", "shape_after", "like_before", "like_after", "to_prose_before", "to_prose_after", "prose_8",
        "prose_32", "text_8", "gap_run", "gap_before", "gap_after",
    ),
    "place": (
        "place", "place_chars", "from_top", "from_end", "before_body", "after_body", "before_core", "after_core",
        "in_body", "in_core",
    ),
    "shared": ("shared", "shared_long"),
}  # fmt: skip
#: How many facts are named.
FACTS = 3


class Account:
    """Tells why lines of a page were cut.

    Args:
        network: what scored them.
        found: what was decided.
        lines: the lines.
    """

    def __init__(self, network: Network, found: Decision, lines: Sequence[str]) -> None:
        self._network = network
        self._found = found
        self._lines = lines
        self._weights: tuple[list[str], Floats] | None = None

    def why(self, i: int) -> str:
        """Account for a line.

        Args:
            i: its place among the lines.

        Returns:
            The score and what weighed most: ``"0.04: 9 words, no sentence end, 6 neighbours alike"``.
        """
        measures = self._found.measures
        if measures is None:
            return ""
        if self._weights is None:
            self._weights = self._weigh(measures)
        names, weights = self._weights
        facts = [_PHRASES[names[j]](self, measures, i) for j in weights[:, i].argsort()[::-1]]
        return f"{self._found.scores[i]:.2f}: {', '.join([fact for fact in facts if fact][:FACTS])}"

    def _weigh(self, measures: Measures) -> tuple[list[str], Floats]:
        """How much higher each line would score without each kind of fact."""
        base = self._network.score(measures)
        names = list(KINDS)
        out = np.empty((len(names), len(base)), np.float32)
        for j, name in enumerate(names):
            rows = [_AT[column] for column in KINDS[name]]
            x = measures.lines.copy()
            x[rows] = self._network.typical[rows]
            out[j] = self._network.score(measures._replace(lines=x)) - base
        return names, out

    def alike(self, i: int) -> int:
        """How many of the four lines before and the four after were cut or are as short."""
        measures = self._found.measures
        if measures is None:
            return 0
        words = measures.lines[1]
        low, high = max(0, i - 4), min(len(words), i + 5)
        near = np.abs(words[low:high] - words[i]) < 0.7
        return int(near.sum()) - 1


def _length(a: Account, m: Measures, i: int) -> str:
    words = round(float(np.expm1(m.lines[_AT["words"], i])))
    return f"{words} word" if words == 1 else f"{words} words"


def _ends(a: Account, m: Measures, i: int) -> str:
    if m.lines[_AT["ellipsis"], i]:
        return "breaks off"
    if m.lines[_AT["ends_dot"], i]:
        return "" if m.lines[_AT["commas"], i] else "no comma"
    return "only a question or call" if m.lines[_AT["ends_ask"], i] else "no sentence end"


def _case(a: Account, m: Measures, i: int) -> str:
    return "words with capitals" if m.lines[_AT["capitals"], i] > 0.6 else ""


def _marks(a: Account, m: Measures, i: int) -> str:
    at = m.lines[:, i]
    if at[_AT["bullet"]]:
        return "a bullet"
    if at[_AT["separators"]] or at[_AT["slashes"]]:
        return "separators"
    if at[_AT["signs"]] or at[_AT["money"]] or at[_AT["other"]]:
        return "signs"
    return "digits" if at[_AT["digits"]] > 0.1 else ""


def _repeats(a: Account, m: Measures, i: int) -> str:
    copies = round(float(np.expm1(m.lines[_AT["copies"], i])))
    if copies > 1:
        return f"said {copies} times"
    first = round(float(np.expm1(m.lines[_AT["same_first"], i])))
    return f"{first} lines begin alike" if first > 2 else ""


def _neighbours(a: Account, m: Measures, i: int) -> str:
    alike = a.alike(i)
    if alike > 1:
        return f"{alike} neighbours alike"
    return "no running text near" if m.lines[_AT["prose_8"], i] < 2 else "stands apart from its neighbours"


def _place(a: Account, m: Measures, i: int) -> str:
    at = m.lines[:, i]
    for name, word in (("before_body", "above"), ("after_body", "below")):
        lines = round(float(np.expm1(at[_AT[name]])))
        if lines:
            return f"{lines} line{'s' * (lines > 1)} {word} the running text"
    return ""


def _shared(a: Account, m: Measures, i: int) -> str:
    return "words the running text does not use" if m.lines[_AT["shared"], i] < 0.5 else ""


_PHRASES: dict[str, Callable[[Account, Measures, int], str]] = {
    "length": _length, "ends": _ends, "case": _case, "marks": _marks, "repeats": _repeats,
    "neighbours": _neighbours, "place": _place, "shared": _shared,
}  # fmt: skip
