"""The job: ``python -m cleaner.engines.spark IN... OUT``, or the same given to ``spark-submit`` (``docs/scale.md``).

Parquet and JSON lines are read by Spark; web archives (WARC, WET, ARC) by one task each. The output is a table with the
columns of :func:`cleaner.engines.spark.clean_dataframe`, and beside it, where readers of the table do not look, the
counts of the run (``OUT/_metrics``). With ``--min-words`` or ``--drop-flagged`` the table is in folders by what became
of its rows: ``OUT/fate=cleaned``, ``OUT/fate=filtered``, ...
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from glob import has_magic
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql.types import LongType, StringType, StructField, StructType

from cleaner.cli import settings_options
from cleaner.commands.files import make_cleaner
from cleaner.commands.run import nbytes
from cleaner.dumps.filters import KEEP_ALL, Filters, flag_names
from cleaner.engines.cells import QUARANTINE, Job, make_job
from cleaner.engines.spark import TYPES, clean_batches, clean_schema, counts, ship
from cleaner.engines.spark.fates import (
    FATE,
    FILTERED,
    ORIGINAL,
    check_new,
    clean_and_filter,
    count_filtered,
    with_fate,
)
from cleaner.errors import CleanerError, InputError

#: Formats by the ends of names, without that of a compression.
ENDS = {
    "parquet": (".parquet", ".pq"),
    "jsonl": (".jsonl", ".ndjson", ".json"),
    "warc": (".warc", ".wet", ".arc"),
}
PACKED = (".gz", ".zst", ".bz2", ".xz")
BROKEN = "_corrupt_record"
#: Exit codes, as those of ``cleaner run``: all cleaned; some rows set aside; the command was wrong.
OK, SET_ASIDE, USAGE = 0, 3, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job.

    Args:
        argv: the arguments; None for the process's own.

    Returns:
        The exit code: 0, 3 if rows were set aside (all others are cleaned), 2 for a wrong command.
    """
    args = _parser().parse_args(argv)
    try:
        settings = replace(make_cleaner(args).settings, max_bytes=args.max_record_bytes)
        job = make_job(text=args.text_key, html=args.html_key, out=args.out_key, settings=settings, cuts=args.removed)
        paths = [*args.inputs, *_listed(args.paths, args.base)]
        kind = args.format or format_of(paths)
        spark = _session(args.master)
        if args.ship:
            ship(spark)
        filters = Filters(args.min_words, flag_names(args.drop_flagged))
        guess = not (args.text_key or args.html_key)
        done = run(spark, paths, kind, args.output, job, to=args.to, restart=args.restart, filters=filters, guess=guess)
    except CleanerError as e:
        sys.stderr.write(f"cleaner: {e}\n")
        return USAGE
    sys.stderr.write(json.dumps(done) + "\n")
    return SET_ASIDE if done["quarantined"] else OK


def _session(master: str | None) -> SparkSession:
    # a writer open for each fate: else Spark sorts a task's rows by it first
    builder = SparkSession.builder.appName("cleaner").config("spark.sql.maxConcurrentOutputFileWriters", 4)
    return (builder.master(master) if master else builder).getOrCreate()


def run(
    spark: SparkSession,
    paths: Sequence[str],
    kind: str,
    output: str,
    job: Job,
    *,
    to: str = "parquet",
    restart: bool = False,
    filters: Filters = KEEP_ALL,
    guess: bool = False,
) -> dict[str, Any]:
    """Clean files into a table.

    Args:
        spark: the session.
        paths: what to read.
        kind: ``parquet``, ``jsonl`` or ``warc``.
        output: the folder of the table.
        job: what to do.
        to: ``parquet`` or ``jsonl``.
        restart: whether a table that is there is replaced; else it is an error.
        filters: which rows go to a folder of their own; if any are set, all rows are in folders by their fate.
        guess: where a table has no column ``text``, whether another with a usual name may stand in for it.

    Returns:
        The counts, as they are in ``OUT/_metrics``.

    Raises:
        InputError: a column is missing, holds something else, or would be overwritten; or the output is there already.
    """
    if kind == "warc":
        df = clean_paths(spark, paths, job, filters)
    else:
        df = _read(spark, paths, kind)
        job = _guessed(df.columns, job) if guess else job
        df = _clean_table(df, job, filters)
    seen = Observation("cleaner")
    df = df.observe(seen, *counts(job.out), count_filtered(filters))
    df = with_fate(df, job.out) if filters else df
    writer = df.write.mode("overwrite" if restart else "errorifexists")
    writer = writer.partitionBy(FATE) if filters else writer
    try:
        writer.format("parquet" if to == "parquet" else "json").save(output)
    except Exception as e:
        if "PATH_ALREADY_EXISTS" not in str(e):
            raise
        raise InputError(f"{output}: is there already; --restart replaces it") from None
    done = dict(seen.get)
    spark.createDataFrame([done]).coalesce(1).write.mode("overwrite").json(f"{output.rstrip('/')}/_metrics")
    return done


def clean_paths(spark: SparkSession, paths: Sequence[str], job: Job, filters: Filters = KEEP_ALL) -> DataFrame:
    """Clean web archives, each in a task of its own.

    Args:
        spark: the session.
        paths: files, folders or globs: local ones that every executor sees, or URLs that fsspec knows there.
        job: what to do.
        filters: which rows get a reason in ``filtered``, and there their text as it came in ``original``.

    Returns:
        A row for every page: ``file``, ``offset``, ``id``, ``url``, ``date``, the clean text and what a job adds.
    """
    files = [file for path in paths for file in _files(path)]
    one = spark.sparkContext.parallelize([(file,) for file in files], max(1, len(files)))
    df = spark.createDataFrame(one, "path string")
    place = [StructField(name, LongType() if name == "offset" else StringType()) for name in _PLACE]
    added = [StructField(name, TYPES[name]) for name in job.added]
    added += [StructField(name, StringType()) for name in (FILTERED, ORIGINAL)] if filters else []
    schema = StructType([*place, StructField(job.out, StringType()), *added])
    return df.mapInArrow(partial(_archives, job=job, filters=filters), schema)


def _files(path: str) -> list[str]:
    """The files of a folder or glob, so that each gets a task; a path that is neither as it is."""
    if has_magic(path) or path.endswith("/") or Path(path).is_dir():
        from cleaner.dumps.inputs import find_inputs

        return [stream.name for stream in find_inputs(path, "warc").streams]
    return [path]


_PLACE = ("file", "offset", "id", "url", "date")


def _archives(batches: Iterable[pa.RecordBatch], job: Job, filters: Filters) -> Iterator[pa.RecordBatch]:
    from cleaner.engines.spark.archives import clean_archives

    for batch in batches:
        yield from clean_archives(batch.column("path").to_pylist(), job, filters)


def _read(spark: SparkSession, paths: Sequence[str], kind: str) -> DataFrame:
    if kind == "parquet":
        return spark.read.parquet(*paths)
    return spark.read.json(list(paths), lineSep="\n", columnNameOfCorruptRecord=BROKEN)


def _guessed(names: Sequence[str], job: Job) -> Job:
    """The job for the column that ``cleaner run`` would take, where its name says whether it is text or HTML."""
    from cleaner.dumps.fields import EITHER, HTML_KEYS, TEXT_KEYS

    name = next((name for name in (*TEXT_KEYS, *HTML_KEYS) if name in names), job.column)
    if name in EITHER:
        raise InputError(f"the column {name!r} may be text or HTML; say which: --text-key {name} or --html-key {name}")
    html = name in HTML_KEYS
    out = job.out if job.out != job.column else "text" if html else name
    return replace(job, column=name, html=html, out=out)


def _clean_table(df: DataFrame, job: Job, filters: Filters) -> DataFrame:
    """Clean a table; a row that is kept out keeps its text as it came, and so does a line that was no JSON."""
    job.check_columns(df.columns)
    check_new(df.columns, filters)
    given = df.schema[job.column].dataType
    broken = BROKEN in df.columns
    df = df.withColumn(ORIGINAL, F.col(job.column))
    schema = clean_schema(df.schema, job)
    out = F.col(QUARANTINE).isNotNull()
    if filters:
        schema = schema.add(FILTERED, StringType())
        clean = df.mapInArrow(partial(clean_and_filter, job=job, filters=filters), schema)
        out = out | F.col(FILTERED).isNotNull()
    else:
        clean = df.mapInArrow(partial(clean_batches, job=job), schema)
    clean = clean.withColumn(ORIGINAL, F.when(out, F.col(ORIGINAL)).cast(given))
    if broken:
        bad = F.col(BROKEN).isNotNull()
        clean = clean.withColumn(QUARANTINE, F.when(bad, F.lit("not_json")).otherwise(F.col(QUARANTINE)))
    return clean


def format_of(paths: Sequence[str]) -> str:
    """The format that the names of files tell.

    Args:
        paths: files, or folders whose names end as their files would.

    Returns:
        ``parquet``, ``jsonl`` or ``warc``.

    Raises:
        InputError: they tell nothing, or not all the same.
    """
    found = {_format(path) for path in paths}
    if len(found) != 1 or None in found:
        raise InputError(f"the names of the inputs do not tell one format; name it with --format {'|'.join(ENDS)}")
    return str(found.pop())


def _format(path: str) -> str | None:
    name = path.rstrip("/").lower()
    for end in PACKED:
        name = name.removesuffix(end)
    return next((kind for kind, ends in ENDS.items() if name.endswith(ends)), None)


def _listed(file: str | None, base: str) -> list[str]:
    """The paths in a list, such as Common Crawl's ``warc.paths.gz``."""
    if file is None:
        return []
    try:
        data = Path(file).read_bytes()
        text = (gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as e:
        raise InputError(f"{file}: cannot read this list of paths: {e}") from None
    return [base + line.strip() for line in text.split("\n") if line.strip()]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m cleaner.engines.spark", description=__doc__.split("\n\n")[0], parents=[settings_options()]
    )
    parser.add_argument("inputs", nargs="*", metavar="IN", help="files, folders or globs of one format")
    parser.add_argument("output", metavar="OUT", help="the folder of the table that is written")
    parser.add_argument("--paths", metavar="FILE", help="a list of inputs, one a line (Common Crawl's warc.paths.gz)")
    parser.add_argument("--base", default="", metavar="URL", help="what comes before each of them (s3://commoncrawl/)")
    parser.add_argument("--format", choices=list(ENDS), help="of the inputs (default: told from their names)")
    parser.add_argument("--text-key", metavar="NAME", help="the column with the text (default: text, raw_content)")
    parser.add_argument("--html-key", metavar="NAME", help="the column with HTML (default: html, raw_html)")
    parser.add_argument("--out-key", metavar="NAME", help="the column for the clean text (default: that of the text)")
    parser.add_argument("--to", choices=["parquet", "jsonl"], default="parquet", help="format of the table")
    parser.add_argument(
        "--max-record-bytes", type=nbytes, default=16 << 20, metavar="N", help="set larger ones aside (default: 16M)"
    )
    parser.add_argument("--removed", action="store_true", help="add a column with every cut")
    parser.add_argument(
        "--min-words", type=int, default=0, metavar="N", help="rows that keep fewer words go to OUT/fate=filtered"
    )
    parser.add_argument("--drop-flagged", action="store_true", help="rows with a flag go to OUT/fate=filtered")
    parser.add_argument("--restart", action="store_true", help="replace a table that is there")
    parser.add_argument("--master", metavar="URL", help="Spark's master (default: as spark-submit or the settings say)")
    parser.add_argument("--ship", action="store_true", help="send this package to the executors")
    return parser
