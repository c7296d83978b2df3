"""Web archives in a data frame's task: paths in, a row for every page out. The readers are those of ``cleaner run``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pyarrow as pa

from cleaner import CleanerError, read_records
from cleaner.dumps.fields import Record
from cleaner.dumps.filters import KEEP_ALL, Filters
from cleaner.engines import arrow
from cleaner.engines.cells import FLAGS, QUARANTINE, Cell, Job, clean_cell, cut_row
from cleaner.engines.spark.fates import FILTERED, ORIGINAL, reasons

#: A batch ends after so many rows, or so many characters of text.
ROWS, CHARACTERS = 1000, 8_000_000

#: The columns of every row, before those of the cleaned text.
PLACE = (
    ("file", pa.string()),
    ("offset", pa.int64()),
    ("id", pa.string()),
    ("url", pa.string()),
    ("date", pa.string()),
)


def archive_schema(job: Job, filters: Filters = KEEP_ALL) -> pa.Schema:
    """The schema of the rows: where a record lies, what it is, its clean text, and what job and filters add."""
    added = [(name, arrow.TYPES[name]) for name in job.added]
    added += [(name, pa.string()) for name in (FILTERED, ORIGINAL)] if filters else []
    return pa.schema([*PLACE, (job.out, pa.string()), *added])


def clean_archives(paths: Iterable[str], job: Job, filters: Filters = KEEP_ALL) -> Iterator[pa.RecordBatch]:
    """Read web archives and clean their pages.

    Args:
        paths: local paths, or any URL that fsspec knows.
        job: what to do; whether a record is HTML or text is told from the record.
        filters: which rows get a reason in ``filtered``, and there their text as it came in ``original``.

    Yields:
        Batches of rows, in the order of the records. What cannot be read (a broken record, a truncated file, a path
        that is not there) is a row with a reason in ``quarantine``.
    """
    schema = archive_schema(job, filters)
    rows: list[dict[str, Any]] = []
    size = 0
    for path in paths:
        for row in _rows(path, job, filters):
            rows.append(row)
            size += len(row[job.out] or "")
            if len(rows) == ROWS or size > CHARACTERS:
                yield pa.RecordBatch.from_pylist(rows, schema=schema)
                rows, size = [], 0
    if rows:
        yield pa.RecordBatch.from_pylist(rows, schema=schema)


def _rows(path: str, job: Job, filters: Filters) -> Iterator[dict[str, Any]]:
    try:
        for record in read_records(path, format="warc", max_record_bytes=job.settings.max_bytes):
            yield _row(record, job, filters)
    except CleanerError as e:
        yield {"file": path, job.out: None, FLAGS: [], QUARANTINE: f"error: {e}", "cuts": []}


def _row(record: Record, job: Job, filters: Filters) -> dict[str, Any]:
    if record.error:
        cell = Cell(quarantine=f"error: {record.error}")
    elif record.html is not None:
        cell = clean_cell(record.html, replace(job, html=True), record.charset)
    else:
        cell = clean_cell(record.text, replace(job, html=False))
    row = {"file": record.file, "offset": record.offset, "id": record.id, "url": record.url}
    row |= {"date": record.fields.get("date", ""), job.out: cell.text}
    row |= {FLAGS: list(cell.flags), QUARANTINE: cell.quarantine}
    if filters:
        [why] = reasons([cell.text], [cell.flags], filters)
        row |= {FILTERED: why, ORIGINAL: record.text if why else None}
    return row | {"cuts": [cut_row(cut) for cut in cell.cuts]} if job.cuts else row
