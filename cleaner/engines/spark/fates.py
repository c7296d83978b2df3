"""What becomes of a row where a filter is set: cleaned, filtered, quarantined or null; each in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812

from cleaner.dumps.filters import Filters
from cleaner.dumps.tally import words
from cleaner.engines import arrow
from cleaner.engines.cells import FLAGS, QUARANTINE, Job
from cleaner.errors import InputError

#: The columns that a filter adds: why a row was filtered, its text as it came, and the folder it is in.
FILTERED, ORIGINAL, FATE = "filtered", "original", "fate"
CLEANED, ASIDE, NULL = "cleaned", "quarantined", "null"


def reasons(texts: Iterable[str | None], flags: Iterable[Sequence[str]], filters: Filters) -> list[str | None]:
    """Why rows are filtered, by the rule of ``cleaner run``.

    Args:
        texts: the clean texts.
        flags: the pages' flags.
        filters: what a row must be, to be kept.

    Returns:
        A reason for each row that is filtered; None for those that are kept, and where there is no text.
    """
    return [
        None if text is None else filters.why(words(text), known) or None
        for text, known in zip(texts, flags, strict=True)
    ]


def clean_and_filter(batches: Iterable[pa.RecordBatch], job: Job, filters: Filters) -> Iterator[pa.RecordBatch]:
    """Clean batches, with the column ``filtered`` beside what the job adds."""
    for batch in batches:
        cleaned = arrow.run(batch, job)
        found = reasons(cleaned.column(job.out).to_pylist(), cleaned.column(FLAGS).to_pylist(), filters)
        yield cleaned.append_column(FILTERED, pa.array(found, pa.string()))


def check_new(names: Iterable[str], filters: Filters) -> None:
    """See that no column is overwritten by those of the job.

    Args:
        names: the columns there are.
        filters: what is filtered.

    Raises:
        InputError: one is there already.
    """
    known = set(names)
    for name in (ORIGINAL, FILTERED, FATE) if filters else (ORIGINAL,):
        if name in known:
            raise InputError(f"there is a column {name!r} already, which would be overwritten; rename or drop it first")


def with_fate(df: DataFrame, out: str) -> DataFrame:
    """Add the column that tells a row's folder.

    Args:
        df: a cleaned frame with its reasons.
        out: the column of clean texts.

    Returns:
        The frame with ``fate``: ``cleaned``, ``filtered``, ``quarantined``, or ``null`` for a row that had no text.
    """
    fate = F.when(F.col(QUARANTINE).isNotNull(), ASIDE).when(F.col(FILTERED).isNotNull(), FILTERED)
    return df.withColumn(FATE, fate.when(F.col(out).isNull(), NULL).otherwise(CLEANED))


def count_filtered(filters: Filters) -> Column:
    """What to observe of a frame: how many rows were filtered."""
    return F.count(FILTERED if filters else F.lit(None)).alias("filtered")
