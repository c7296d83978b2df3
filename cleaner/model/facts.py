"""Why a line's score is what it is, in two or three facts.

Each kind of fact (how long lines are, how they end, ...) is taken away from the whole page in turn: its measures are
set to what they are on average. The kinds without which the line would have scored highest are the ones that weighed
most. This costs a scoring of the page for each kind, and is done only when somebody asks.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cleaner.model.decide import Decision
from cleaner.model.features import COLUMNS, FARTHEST, Measures
from cleaner.model.network import Network
from cleaner.model.own import Floats

_AT = {name: i for i, name in enumerate(COLUMNS)}

#: Kinds of facts, by the measures they rest on. ``vocabulary`` rests on the words themselves.
KINDS: dict[str, tuple[str, ...]] = {
    "length": ("chars", "words", "relative", "prose", "word_length"),
    "ends": (
        "breaks", "commas", "ends_dot", "ends_ask", "ends_letter", "ends_digit", "ends_mark", "ends_colon",
        "ends_comma", "ellipsis", "closed",
    ),
    "case": ("capitals", "upper", "lower", "starts_upper", "starts_lower", "shouts"),
    "marks": (
        "colons", "brackets", "separators", "signs", "starts_mark", "starts_bullet", "digits", "numerals", "numbered"
    ),
    "neighbours": tuple(
        name for name in COLUMNS if name.startswith(("text_", "prose_", "gap_"))
    ),
    "place": ("place", "place_chars", "from_top", "from_end", "before_body", "after_body", "in_body"),
    "vocabulary": (),
}  # fmt: skip
#: How many facts are named.
FACTS = 3


class Account:
    """Tells why lines of a page were cut.

    Args:
        network: what scored them.
        found: what was decided.
        lines: the lines that it was decided on, which may have been trimmed since.
    """

    def __init__(self, network: Network, found: Decision, lines: list[str]) -> None:
        self._network = network
        self._found = found
        self._lines = lines
        self._kept: Measures | None = None
        self._weights: tuple[list[str], Floats] | None = None

    @property
    def _measures(self) -> Measures:
        if self._kept is None:
            self._kept = self._found._replace(lines=self._lines).measures()
        return self._kept

    def why(self, i: int) -> str:
        """Account for a line.

        Args:
            i: its number in the page.

        Returns:
            The score and what weighed most: ``"0.04: 9 words, no sentence end, 6 neighbours alike"``.
        """
        i = int(self._found.judged().searchsorted(i))
        measures = self._measures
        if self._weights is None:
            self._weights = self._weigh(measures)
        names, weights = self._weights
        facts = [_PHRASES[names[j]](self, measures, i) for j in weights[:, i].argsort()[::-1]]
        return f"{self._found.scores[i]:.2f}: {', '.join([fact for fact in facts if fact][:FACTS])}"

    def _weigh(self, measures: Measures) -> tuple[list[str], Floats]:
        """How much higher each line would score without each kind of fact."""
        network = self._network
        base = network.score(measures)
        names = list(KINDS)
        out = np.empty((len(names), len(base)), np.float32)
        for j, name in enumerate(names):
            rows = [_AT[column] for column in KINDS[name]]
            x = measures.lines.copy()
            x[rows] = network.typical[rows]
            out[j] = network.score(measures._replace(lines=x), with_words=bool(rows)) - base
        return names, out

    def alike(self, i: int) -> int:
        """How many of the four lines before and the four after are about as long."""
        measures = self._measures
        words = np.log1p(measures.words[max(0, i - 4) : i + 5])
        return int((np.abs(words - np.log1p(measures.words[i])) < 0.7).sum()) - 1


def _length(a: Account, m: Measures, i: int) -> str:
    words = round(float(m.words[i]))
    return f"{words} word" if words == 1 else f"{words} words"


def _ends(a: Account, m: Measures, i: int) -> str:
    at = m.lines[:, i]
    if at[_AT["ellipsis"]]:
        return "breaks off"
    if at[_AT["ends_dot"]]:
        return "" if at[_AT["commas"]] else "no comma"
    return "only a question or call" if at[_AT["ends_ask"]] else "no sentence end"


def _case(a: Account, m: Measures, i: int) -> str:
    return "words with capitals" if m.lines[_AT["capitals"], i] > 0.6 else ""


def _marks(a: Account, m: Measures, i: int) -> str:
    at = m.lines[:, i]
    if at[_AT["starts_bullet"]]:
        return "a bullet"
    if at[_AT["separators"]]:
        return "separators"
    if at[_AT["signs"]]:
        return "signs"
    return "digits" if at[_AT["digits"]] > 0.1 else ""


def _neighbours(a: Account, m: Measures, i: int) -> str:
    alike = a.alike(i)
    if alike > 1:
        return f"{alike} neighbours alike"
    return "no running text near" if m.lines[_AT["prose_8"], i] < 3 else "stands apart from its neighbours"


def _place(a: Account, m: Measures, i: int) -> str:
    at = m.lines[:, i]
    for name, word in (("before_body", "above"), ("after_body", "below")):
        lines = round(float(at[_AT[name]]) ** 2)
        if lines:
            many = "or more " if lines == FARTHEST else ""
            return f"{lines} {many}line{'s' * (lines > 1)} {word} the running text"
    return ""


def _vocabulary(a: Account, m: Measures, i: int) -> str:
    return "words that furniture uses"


_PHRASES: dict[str, Callable[[Account, Measures, int], str]] = {
    "length": _length, "ends": _ends, "case": _case, "marks": _marks, "neighbours": _neighbours, "place": _place,
    "vocabulary": _vocabulary,
}  # fmt: skip
