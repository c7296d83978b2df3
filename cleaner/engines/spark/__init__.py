"""Spark: ``clean_dataframe(df, text="text")``, and a job to submit: ``python -m cleaner.engines.spark IN OUT``.

Each Python worker of an executor makes its cleaner once, of the settings alone, and keeps it for the tasks that follow.
Nothing that a page holds fails a task: what cannot be cleaned is a row with a reason in the column ``quarantine``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql.types import (
    ArrayType,
    BinaryType,
    DataType,
    LongType,
    StringType,
    StructField,
    StructType,
)

from cleaner import Settings
from cleaner.engines import arrow
from cleaner.engines.cells import CUT_FIELDS, CUTS, FLAGS, QUARANTINE, Job, make_job
from cleaner.engines.ship import package_zip
from cleaner.errors import InputError

_CUT = StructType([StructField(name, LongType() if name in ("line", "part") else StringType()) for name in CUT_FIELDS])
TYPES: dict[str, DataType] = {FLAGS: ArrayType(StringType()), QUARANTINE: StringType(), CUTS: ArrayType(_CUT)}


def clean_dataframe(
    df: DataFrame,
    text: str | None = None,
    html: str | None = None,
    *,
    out: str | None = None,
    settings: Settings | None = None,
    cuts: bool = False,
) -> DataFrame:
    """Clean one column of a data frame, by ``mapInArrow``.

    Args:
        df: the frame.
        text: the column of texts; ``"text"`` if neither is given.
        html: the column of HTML pages (string or binary), in place of ``text``.
        out: the column for the clean text; the column of texts itself, or ``"text"`` for HTML, if not given.
        settings: the cleaner's settings, rule files and all: ``Cleaner(rules=["mine.toml"]).settings`` reads them here.
        cuts: whether each row gets the account of its cuts.

    Returns:
        The frame with the clean text, ``flags``, ``quarantine`` (why a cell was set aside, its text then being null;
        null for all others) and, if asked for, ``cuts``. :func:`counts` has the counts to ``observe``.

    Raises:
        InputError: a column is missing, holds something else, or would be overwritten.
        SettingsError: settings that cannot be used.
    """
    job = make_job(text=text, html=html, out=out, settings=settings, cuts=cuts)
    return df.mapInArrow(partial(clean_batches, job=job), clean_schema(df.schema, job))


def clean_schema(schema: StructType, job: Job) -> StructType:
    """The schema of a cleaned frame.

    Args:
        schema: the schema of the frame.
        job: what will be done to it.

    Returns:
        Its fields, the clean text in the place of the text it replaces or after them, and the columns that are added.

    Raises:
        InputError: a column is missing, holds something else, or would be overwritten.
    """
    job.check_columns(schema.names)
    kind = schema[job.column].dataType
    if not isinstance(kind, StringType) and not (job.html and isinstance(kind, BinaryType)):
        wanted = "HTML (string or binary)" if job.html else "text (string)"
        raise InputError(f"column {job.column!r} is {kind.simpleString()} where {wanted} is expected")
    clean = StructField(job.out, StringType())
    fields = [clean if field.name == job.out else field for field in schema]
    if job.out != job.column:
        fields.append(clean)
    return StructType([*fields, *(StructField(name, TYPES[name]) for name in job.added)])


def clean_batches(batches: Iterable[pa.RecordBatch], job: Job) -> Iterator[pa.RecordBatch]:
    """Clean batches as they come: what runs on the executors."""
    for batch in batches:
        yield arrow.run(batch, job)


def counts(out: str = "text") -> list[Column]:
    """What to count of a cleaned frame: columns for ``DataFrame.observe`` or ``DataFrame.agg``.

    Args:
        out: the column of clean texts.

    Returns:
        ``records``, ``nulls``, ``quarantined``, ``emptied`` (nothing was left), ``over_removal`` (a gentler preset was
        taken) and ``characters`` (of clean text). Observed counts are of the whole run; a task that Spark runs
        twice counts once.
    """
    text, flags, quarantine = F.col(out), F.col(FLAGS), F.col(QUARANTINE)
    return [
        F.count(F.lit(1)).alias("records"),
        F.count_if(text.isNull() & quarantine.isNull()).alias("nulls"),
        F.count(quarantine).alias("quarantined"),
        F.count_if(text == "").alias("emptied"),
        F.count_if(F.array_contains(flags, "over_removal")).alias("over_removal"),
        F.coalesce(F.sum(F.length(text)), F.lit(0)).alias("characters"),
    ]


def ship(spark: SparkSession) -> None:
    """Send this package to the executors, as ``--py-files`` does; what it needs has to be there already.

    Args:
        spark: the session.
    """
    folder = Path(tempfile.mkdtemp(prefix="cleaner-"))
    spark.sparkContext.addPyFile(os.fspath(package_zip(folder)))
