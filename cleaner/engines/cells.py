"""Cells in, columns out: what every adapter does to a column of texts, in plain Python.

Settings travel as data. A :class:`Job` holds them, pickles and hashes; each process makes its own cleaner of it when it
is first needed, and keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from math import isnan
from typing import Any, NamedTuple

from cleaner import Cleaner, CleanerError, Cut, Settings, SettingsError, __version__
from cleaner.errors import InputError, nearest

#: Names of the columns that are added beside the clean text.
FLAGS, QUARANTINE, CUTS = "flags", "quarantine", "cuts"

#: The fields of a cut, in order, as rows carry them.
CUT_FIELDS = ("rule", "stage", "kind", "line", "part", "before", "after", "why")


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done to a column, as plain data.

    Attributes:
        column: the column that is read.
        out: the column that gets the clean text.
        html: whether its cells are HTML pages.
        settings: the cleaner's settings.
        cuts: whether each row gets the account of its cuts.
        version: the cleaner's version, so that what is kept under a job's hash is not taken for another version's.
    """

    column: str = "text"
    out: str = "text"
    html: bool = False
    settings: Settings = field(default_factory=Settings)
    cuts: bool = False
    version: str = __version__

    @property
    def added(self) -> tuple[str, ...]:
        """The columns that it adds beside the clean text."""
        return (FLAGS, QUARANTINE, CUTS) if self.cuts else (FLAGS, QUARANTINE)

    def check_columns(self, names: Iterable[str]) -> None:
        """See that the column to read is there, and that no column would be overwritten.

        Args:
            names: the columns there are.

        Raises:
            InputError: the column is missing or there twice, or one that would be added is there already.
        """
        known = list(names)
        if self.column not in known:
            raise InputError(f"there is no column {self.column!r}{nearest(self.column, map(str, known))}")
        if known.count(self.column) > 1:
            raise InputError(f"there are several columns {self.column!r}; rename or drop the others first")
        for name in (*(() if self.out == self.column else (self.out,)), *self.added):
            if name in known:
                hint = "; name another with out=" if name == self.out else "; rename or drop it first"
                raise InputError(f"there is a column {name!r} already, which would be overwritten{hint}")


def make_job(
    *,
    text: str | None = None,
    html: str | None = None,
    out: str | None = None,
    settings: Settings | None = None,
    cuts: bool = False,
) -> Job:
    """Check what a person asked for, where the error is seen at once and not in a worker.

    Args:
        text: the column of texts; ``"text"`` if neither is given.
        html: the column of HTML pages, in place of ``text``.
        out: the column for the clean text; the column of texts itself, or ``"text"`` for HTML, if not given.
        settings: the cleaner's settings; those of ``Cleaner(...).settings`` read rule files.
        cuts: whether each row gets the account of its cuts.

    Returns:
        The job.

    Raises:
        SettingsError: both columns given, or settings that cannot be used.
        RuleError: a rule file in the settings that cannot be used.
    """
    for name, value in (("text", text), ("html", html), ("out", out)):
        if value is not None and not isinstance(value, str):
            raise SettingsError(f"{name} takes the name of a column (str), not {value!r}")
    if text is not None and html is not None:
        raise SettingsError("give text= or html=, the column to read, not both")
    if settings is not None and not isinstance(settings, Settings):
        hint = "; give cleaner.settings" if isinstance(settings, Cleaner) else ""
        raise SettingsError(f"settings takes a cleaner.Settings, not {settings!r}{hint}")
    column = html or text or "text"
    job = Job(column, out or ("text" if html else column), bool(html), settings or Settings(), cuts)
    cleaner_of(job.settings)
    return job


@lru_cache(maxsize=8)
def cleaner_of(settings: Settings) -> Cleaner:
    """This process's cleaner for these settings, made when first asked for."""
    return Cleaner(settings=settings)


class Cell(NamedTuple):
    """What became of one cell.

    Attributes:
        text: the clean text; None for a null, and for a cell that was set aside.
        flags: the page's flags.
        quarantine: why the cell was set aside, ``"kind: more"`` with the kinds ``oversize``, ``not_text`` and
            ``error``; None for all others.
        cuts: the account of the cuts.
    """

    text: str | None = None
    flags: tuple[str, ...] = ()
    quarantine: str | None = None
    cuts: tuple[Cut, ...] = ()


class NotText(NamedTuple):
    """Stands for a cell of a column that holds no text: all that is needed of it is what it was."""

    kind: str


def clean_cell(value: object, job: Job, encoding: str | None = None) -> Cell:
    """Clean one cell. Whatever is in it, this returns.

    Args:
        value: a text, a page, None, or anything else.
        job: what to do.
        encoding: of a page in bytes, the encoding that an HTTP header declared.

    Returns:
        What became of it.
    """
    if value is None or (isinstance(value, float) and isnan(value)):
        return Cell()
    if not isinstance(value, str | bytes if job.html else str):
        kind = value.kind if isinstance(value, NotText) else type(value).__name__
        return Cell(quarantine=f"not_text: {kind}")
    if oversize(value, job.settings.max_bytes):
        return Cell(quarantine=f"oversize: over {job.settings.max_bytes:,} bytes")
    try:
        cell = _run(value, job, encoding)
        (cell.text or "").encode()  # a lone surrogate, which no column can hold, may stay where repairs are off
    except CleanerError as e:
        return Cell(quarantine=f"error: {e}")
    except Exception as e:  # one page must never end a batch
        return Cell(quarantine=f"error: {type(e).__name__}: {e}")
    return cell


def _run(value: Any, job: Job, encoding: str | None) -> Cell:
    """Clean without :meth:`Cleaner.explain`, which finds words for every cut, asked for or not."""
    cleaner = cleaner_of(job.settings)
    found = cleaner.judge_html(value, encoding=encoding) if job.html else cleaner.judge(value)
    return Cell(found.text(), tuple(found.page.flags), None, found.cuts() if job.cuts else ())


def oversize(value: str | bytes, limit: int) -> bool:
    """Whether a cell is larger, in bytes of UTF-8, than a limit; texts far from it are not encoded to tell."""
    size = len(value)
    if isinstance(value, bytes) or size > limit or size * 4 <= limit:
        return size > limit
    return len(value.encode("utf-8", "surrogatepass")) > limit


def cut_row(cut: Cut) -> dict[str, Any]:
    """A cut as a row carries it. What no column can hold (lone surrogates) becomes U+FFFD."""
    row = {name: getattr(cut, name) for name in CUT_FIELDS}
    for name in ("before", "after", "why"):
        if row[name] is not None:
            row[name] = row[name].encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return row


def clean_cells(values: Iterable[object], job: Job) -> dict[str, list[Any]]:
    """Clean a column.

    Args:
        values: its cells.
        job: what to do.

    Returns:
        The columns ``job.out`` and ``job.added``, as lists in the same order.
    """
    cells = [clean_cell(value, job) for value in values]
    columns: dict[str, list[Any]] = {
        job.out: [cell.text for cell in cells],
        FLAGS: [list(cell.flags) for cell in cells],
        QUARANTINE: [cell.quarantine for cell in cells],
    }
    if job.cuts:
        columns[CUTS] = [[cut_row(cut) for cut in cell.cuts] for cell in cells]
    return columns
