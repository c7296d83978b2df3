"""A result as rows to look at: every line of the original, with what happened to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from cleaner.result import REPAIR_STAGES, Cut, Result


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the original, or one part of it where a repair broke it.

    Attributes:
        line: its number in the original, from 1.
        part: which part of the line, from 0.
        text: the line after repairs, before cuts.
        after: what stayed; None if it went.
        repairs: what was repaired in the line.
        cuts: what was cut from it, in order.
    """

    line: int
    part: int
    text: str
    after: str | None
    repairs: tuple[Cut, ...]
    cuts: tuple[Cut, ...]

    @property
    def mark(self) -> str:
        """One character for the margin: ``-`` cut, ``~`` trimmed, ``*`` repaired, a space for untouched."""
        if self.after is None:
            return "-"
        return "~" if self.cuts else "*" if self.repairs else " "


def rows(result: Result) -> Iterator[Row]:
    """Every line of the original, blank ones too.

    Args:
        result: what ``explain`` gave.

    Yields:
        The rows, in the order of the original.
    """
    repairs: dict[int, list[Cut]] = defaultdict(list)
    cuts: dict[tuple[int, int], list[Cut]] = defaultdict(list)
    for cut in result.cuts:
        if cut.stage in REPAIR_STAGES:
            repairs[cut.line].append(cut)
        else:
            cuts[cut.line, cut.part].append(cut)
    for number, raw in enumerate(result.original.split("\n"), 1):
        mended = repairs.get(number, [])
        text = (mended[-1].after or "") if mended else raw
        for part, piece in enumerate(text.split("\n")):
            found = cuts.get((number, part), [])
            yield Row(number, part, piece, found[-1].after if found else piece, tuple(mended), tuple(found))
