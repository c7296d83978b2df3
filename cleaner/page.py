"""What flows through the pipeline: a page as columns, and the log of what was done to it.

A page never holds an object per line. Lines are parallel lists; what a stage does is a list of marks, and only
``explain`` turns marks into :class:`~cleaner.result.Cut` objects.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from typing import TYPE_CHECKING, Any, overload

from cleaner.fold import Forms, filled, fold, forms, squash
from cleaner.keys import Keys
from cleaner.language import detect, sample
from cleaner.native import kernels

if TYPE_CHECKING:
    from cleaner.markup.columns import Markup

#: What a stage proposes for one line: (index in ``Page.lines``, rule number, text that stays or None, detail).
#: The detail is an index of another line that explains the cut (a heading, a first copy), or a phrase, or None;
#: where the phrase takes work, a function that makes it of the line's index when it is asked for.
Mark = tuple[int, int, str | None, int | str | Callable[[int], str] | None]


class Struck(Sequence[Mark]):
    """The marks of many lines that go for the same reason, each made when it is asked for: ``clean`` asks for none.

    Args:
        lines: the lines.
        number: the rule's number.
        why: the detail, as in a mark.
    """

    __slots__ = ("_number", "_why", "lines")

    def __init__(self, lines: Sequence[int], number: int, why: int | str | Callable[[int], str] | None) -> None:
        self.lines = lines
        self._number, self._why = number, why

    def __len__(self) -> int:
        return len(self.lines)

    @overload
    def __getitem__(self, at: int) -> Mark: ...
    @overload
    def __getitem__(self, at: slice) -> Struck: ...
    def __getitem__(self, at: int | slice) -> Mark | Struck:
        if isinstance(at, slice):
            return self.only(self.lines[at])
        return self.lines[at], self._number, None, self._why

    def only(self, lines: Sequence[int]) -> Struck:
        """The same of other lines."""
        return Struck(lines, self._number, self._why)


class Page:
    r"""A text as columns. ``lines``, ``row`` and ``kept`` are parallel, one entry for each line that is not blank.

    Attributes:
        rows: the repaired lines, blank ones too.
        steps: what each repair that changed a line made of the raw lines: (stage name, lines), in order.
        origin: for each of ``rows`` its (raw line, part); None where rows and raw lines are one to one.
        lines: the repaired lines that are not blank, as they stand now.
        row: for each line its place in ``rows``.
        kept: for each line 1 while it stays, 0 once it is cut.
        log: what was done: (stage name, marks) in order.
        shown: line -> what it reads as, of those that come out otherwise.
        trimmed: line -> its text before any trim.
        flags: names of what was noticed on the way.
        named: lines that are a known phrase: line -> rule number.
        phrase: for each line 1 if it is a known phrase of the stage ``phrases``.
        cache: what stages found out of the page as it stands; emptied by every change.
        facts: what stages found out of the lines one by one; holds for lines that were not trimmed.
        woken: patterns worth trying: stage -> (line, pattern number).
        markup: what HTML said of the rows; None for plain text.
    """

    __slots__ = (
        "_folded",
        "_forms",
        "_keys",
        "_language",
        "_raw",
        "cache",
        "facts",
        "flags",
        "kept",
        "lines",
        "log",
        "markup",
        "named",
        "origin",
        "phrase",
        "row",
        "rows",
        "shown",
        "steps",
        "trimmed",
        "woken",
    )

    def __init__(
        self,
        raw: str | list[str],
        rows: list[str],
        origin: list[tuple[int, int]] | None = None,
        steps: Sequence[tuple[str, list[str]]] = (),
    ) -> None:
        self._raw = raw
        self.rows = rows
        self.steps = steps
        self.origin = origin
        self.lines, self.row = filled(rows)
        self.shown: dict[int, str] = {}
        self.kept = bytearray(b"\x01") * len(self.lines)
        self.log: list[tuple[str, Sequence[Mark]]] = []
        self.trimmed: dict[int, str] = {}
        self.flags: list[str] = []
        self.named: dict[int, int] = {}
        self.phrase = bytearray(len(self.lines))
        self.woken: dict[str, list[tuple[int, int]]] = {}
        self._forms: Forms | None = None
        self._folded: list[str] | None = None
        self._keys: Keys | None = None
        self.cache: dict[str, Any] = {}
        self.facts: dict[str, Any] = {}
        self._language: str | None = ""
        self.markup: Markup | None = None

    def read_as(self, reads: dict[int, str]) -> None:
        """Have lines judged by what they read as (:mod:`cleaner.shown`); they come out as they are written."""
        self.shown = reads
        for i, line in reads.items():
            self.lines[i] = line

    def fresh(self) -> Page:
        """The page as it was read, for another run: same lines, nothing cut."""
        page = Page(self._raw, self.rows, self.origin, self.steps)
        page.read_as(self.shown)
        page._language, page.markup = self._language, self.markup
        return page

    def narrowed(self) -> tuple[Page, list[int]]:
        """A page of the lines that stay, where the others are blank, and the place of each of its lines here."""
        index = list(compress(range(len(self.lines)), self.kept))
        rows = [""] * len(self.rows)
        for i in index:
            rows[self.row[i]] = self.written(i)
        page = Page(self._raw, rows, self.origin, self.steps)
        page.read_as({k: self.lines[i] for k, i in enumerate(index) if i in self.shown})
        page._language, page.markup = self._language, self.markup
        return page, index

    def take_over(self, page: Page, index: list[int]) -> None:
        """Carry out here what was done to a page that this one was narrowed to.

        Args:
            page: the narrowed page, run.
            index: the place here of each of its lines.
        """
        for stage, marks in page.log:
            moved = [(index[i], n, after, index[d] if isinstance(d, int) else d) for i, n, after, d in marks]
            self.log.append((stage, moved))
        for i, line in page.trimmed.items():
            self.trimmed.setdefault(index[i], line)
        for i, line, kept in zip(index, page.lines, page.kept, strict=True):
            self.lines[i] = line
            self.kept[i] = kept
        self.flags += [name for name in page.flags if name not in self.flags]
        self._folded = self._keys = self._forms = None
        self.cache.clear()

    @property
    def raw(self) -> list[str]:
        r"""The original, split at ``"\n"``: only an account of the repairs needs it."""
        return self._raw.split("\n") if isinstance(self._raw, str) else self._raw

    @property
    def forms(self) -> Forms:
        """The lines as they were read, in all forms they are looked up in."""
        if self._forms is None:
            get = self.trimmed.get
            self._forms = forms([get(i, line) for i, line in enumerate(self.lines)] if self.trimmed else self.lines)
        return self._forms

    @property
    def folded(self) -> list[str]:
        """The lines in the form phrases are looked up in: case folded, apostrophes straight."""
        if self._folded is None:
            self._folded = self.forms.lines.copy()
            for i in self.trimmed:
                self._folded[i] = fold(self.lines[i])
        return self._folded

    @property
    def keys(self) -> Keys:
        """The squashed lines, ready to be compared."""
        if self._keys is None:
            trimmed = {i: squash(fold(self.lines[i])) for i in self.trimmed}
            self._keys = Keys(self.forms.squashed if self.lines else []).changed(trimmed)
        return self._keys

    @property
    def squashed(self) -> list[bytes]:
        """The folded lines with nothing left but letters and digits."""
        return self.keys.every

    @property
    def language(self) -> str | None:
        """The code of the text's language, found when first asked for; None if there is no telling."""
        if self._language == "":
            self._language = detect(sample(self.lines))
        return self._language

    @language.setter
    def language(self, code: str | None) -> None:
        self._language = code

    def flag(self, name: str) -> None:
        """Note something about the page, once."""
        if name not in self.flags:
            self.flags.append(name)

    def apply(self, stage: str, marks: Iterable[Mark], protected: frozenset[int] = frozenset()) -> list[int]:
        """Carry out what a stage proposes, and record it.

        Args:
            stage: the name to record.
            marks: the proposals; those for a line already cut, or protected, are dropped.
            protected: lines that no stage may touch.

        Returns:
            The lines that now read otherwise and still stay.
        """
        kept = self.kept
        simple = marks.lines if type(marks) is Struck else marks  # which isinstance takes long to tell
        struck = (
            kernels.strike(simple, kept) if kernels is not None and not protected and type(simple) is list else None
        )
        if struck:
            self.log.append((stage, marks.only(struck) if type(marks) is Struck else struck))
            self.cache.clear()
        if struck is not None:
            return []
        done: list[Mark] = []
        changed: list[int] = []
        for mark in marks:
            i, after = mark[0], mark[2]
            if not kept[i] or i in protected or (after and i in self.shown):  # a piece would be without its marks
                continue
            if after:
                done.append(mark)
                self.trimmed.setdefault(i, self.lines[i])
                self.lines[i] = after
                if self._folded is not None:
                    self._folded[i] = fold(after)
                self._keys = None
                changed.append(i)
            else:
                done.append(mark if after is None else (i, mark[1], None, mark[3]))
                kept[i] = 0
        if done:
            self.log.append((stage, done))
            self.cache.clear()
        return [i for i in changed if self.kept[i]]

    def blank_before(self, i: int) -> bool:
        """Whether a blank line stands right before line ``i``."""
        return self.row[i] - (self.row[i - 1] if i else -1) > 1

    def text(self) -> str:
        """The lines that stay, at most one blank line between them."""
        lines, row, kept = self.lines, self.row, self.kept
        if isinstance(row, range) and 0 not in kept and not self.shown:
            return "\n".join(lines)
        if kernels is not None and isinstance(row, array) and not self.trimmed:
            return str(kernels.text(self.rows, row, kept))
        rows: list[str | None] = list(self.rows)
        for i in self.trimmed:
            rows[row[i]] = lines[i]
        if kernels is not None and isinstance(row, array):
            return str(kernels.text(rows, row, kept))
        for place in compress(row, [not flag for flag in kept]):
            rows[place] = None
        before: str | None = ""
        out = [before := line for line in rows if line or (before and line is not None)]
        if out and not out[-1]:
            out.pop()
        return "\n".join(out)

    def written(self, i: int) -> str:
        """Line ``i`` as it comes out, which is as it was written, repaired."""
        return self.rows[self.row[i]] if i in self.shown else self.lines[i]

    def place(self, i: int) -> tuple[int, int]:
        """Where line ``i`` stands in the original: (line from 1, part from 0)."""
        line, part = self.origin[self.row[i]] if self.origin else (self.row[i], 0)
        return line + 1, part
