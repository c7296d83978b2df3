r"""Hugging Face datasets: ``ds.map(batch(text="text"), batched=True, num_proc=2)``.

>>> from datasets import Dataset
>>> from cleaner.engines.datasets import batch
>>> ds = Dataset.from_dict({"text": ["Skip to content\n\nThe harbour reopened on Monday.", None]})
>>> ds.map(batch(text="text"), batched=True)["text"][:]
['The harbour reopened on Monday.', None]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from cleaner import Settings
from cleaner.engines import arrow
from cleaner.engines.cells import Job, clean_cells, make_job
from cleaner.errors import InputError


class Column(list[Any]):
    """A list that knows its Arrow type: a first batch without a single bad cell must not fix the type as null."""

    def __init__(self, values: list[Any], kind: pa.DataType) -> None:
        super().__init__(values)
        self.kind = kind

    def __arrow_array__(self, type: pa.DataType | None = None) -> pa.Array:  # noqa: A002
        """The values as Arrow has them (PyArrow's protocol for conversion)."""
        return pa.array(list(self), type=type or self.kind)


@dataclass(frozen=True, slots=True)
class Batch:
    """The function for ``Dataset.map``: plain data, so that it pickles alike in every process and caches hit."""

    job: Job

    def __call__(self, rows: Any) -> Any:
        """Clean a batch.

        Args:
            rows: a mapping of columns (lists), or an Arrow table where the dataset has that format.

        Returns:
            The columns that are new or changed; for a table the whole table.

        Raises:
            InputError: a column is missing, or would be overwritten; or it is no batch but a single row.
        """
        if isinstance(rows, pa.Table | pa.RecordBatch):
            return arrow.run(rows, self.job)
        if not isinstance(rows, Mapping):
            hint = "take with_format(None) or with_format('arrow') before map"
            raise InputError(f"got rows as {type(rows).__name__} where a mapping or an Arrow table is expected; {hint}")
        self.job.check_columns(rows.keys())
        cells = rows[self.job.column]
        if cells is None or isinstance(cells, str | bytes):
            raise InputError("got a single row where a batch is expected; write map(…, batched=True)")
        columns = clean_cells(cells, self.job)
        return {name: Column(values, arrow.TYPES.get(name, pa.string())) for name, values in columns.items()}


def batch(
    *,
    text: str | None = None,
    html: str | None = None,
    out: str | None = None,
    settings: Settings | None = None,
    cuts: bool = False,
) -> Batch:
    """The function to give to ``Dataset.map(…, batched=True)``, with any ``num_proc``, or to ``IterableDataset.map``.

    Args:
        text: the column of texts; ``"text"`` if neither is given.
        html: the column of HTML pages, in place of ``text``.
        out: the column for the clean text; the column of texts itself, or ``"text"`` for HTML, if not given.
        settings: the cleaner's settings.
        cuts: whether each row gets the account of its cuts.

    Returns:
        A function that sets the clean text, ``flags``, ``quarantine`` (why a cell was set aside, its text then being
        null; null for all others) and, if asked for, ``cuts``. Its pickle, and so the dataset's fingerprint, changes
        with the settings and with the version of the cleaner alone.

    Raises:
        SettingsError: settings that cannot be used.
    """
    return Batch(make_job(text=text, html=html, out=out, settings=settings, cuts=cuts))
