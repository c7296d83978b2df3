"""What comes out of the pipeline: the clean text, the account of what was done to it, and the way back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from cleaner.errors import ReplayError

#: The stages that mend a line's characters, or join lines, and never take a line's words away.
REPAIR_STAGES = ("encoding", "whitespace", "unwrap")


@dataclass(frozen=True, slots=True)
class Cut:
    r"""One change to one line.

    Attributes:
        rule: id of the rule that did it, such as ``"share.buttons"``.
        stage: the stage the rule belongs to.
        line: line of the original text, counted from 1 at each ``"\n"``.
        before: the line before the change.
        after: what stayed of it; None where the whole line went.
        why: the reason, in words.
        part: which piece of the line, where a repair broke one line into several (counted from 0).
    """

    rule: str
    stage: str
    line: int
    before: str
    after: str | None
    why: str
    part: int = 0

    @property
    def kind(self) -> str:
        """``"repair"`` (characters mended), ``"trim"`` (a piece cut off) or ``"cut"`` (the line is gone)."""
        if self.stage in REPAIR_STAGES:
            return "repair"
        return "cut" if self.after is None else "trim"


class Line(NamedTuple):
    """A line of a clean text made from HTML: its text, its number in ``Result.original`` from 1, its block's tag."""

    text: str
    number: int
    tag: str


@dataclass(frozen=True, slots=True)
class Result:
    """A cleaned text with the account of what was done.

    Attributes:
        text: the clean text.
        cuts: every change, stage by stage in the order made; ``replay(original, cuts) == text``.
        flags: what a caller may want to know of the page as a whole (``over_removal``, ``all_furniture``, ...).
        original: the text as it was given; of HTML, the text that the page shows.
        title: of HTML, the page's title.
        lines: of HTML, the lines that stay.
    """

    text: str
    cuts: tuple[Cut, ...] = ()
    flags: tuple[str, ...] = ()
    original: str = field(default="", repr=False)
    title: str = ""
    lines: tuple[Line, ...] = field(default=(), repr=False)


def replay(original: str, cuts: Iterable[Cut]) -> str:
    """Apply recorded cuts to the text they were made on.

    Args:
        original: the text that was cleaned.
        cuts: ``Result.cuts``.

    Returns:
        The clean text: ``replay(original, explain(original).cuts) == clean(original)``.

    Raises:
        ReplayError: a cut names a line that is not there or reads otherwise.
    """
    lines: list[list[str | None]] = [[line] for line in original.split("\n")]
    for cut in cuts:
        if not 0 < cut.line <= len(lines):
            raise ReplayError(f"rule {cut.rule}: there is no line {cut.line}")
        parts = lines[cut.line - 1]
        if cut.stage in REPAIR_STAGES:
            found: str | None = "\n".join(p for p in parts if p is not None)
            lines[cut.line - 1] = list((cut.after or "").split("\n"))
        elif cut.part < len(parts):
            found = parts[cut.part]
            parts[cut.part] = cut.after
        else:
            found = None
        if found != cut.before:
            raise ReplayError(f"rule {cut.rule}: line {cut.line} is {found!r}, expected {cut.before!r}")
    out: list[str] = []
    gap = False
    for parts in lines:
        for part in parts:
            if part == "":
                gap = True
            elif part is not None:
                if gap and out:
                    out.append("")
                out.append(part)
                gap = False
    return "\n".join(out)
