"""What the adapters cost over a plain loop of ``Cleaner.clean`` on the same records.

python -m benchmarks.engines [--data DIR] [--records N] [--slices N] [--preset NAME] [--only NAME ...]
python -m benchmarks.engines --rate [--data DIR]

Every adapter gets the same records in the same process, a slice at a time, in turns with the plain loop, so that
whatever else the machine does falls on all alike. Figures are ratios: the median over the slices. Adapters that work in
this process are charged its CPU time. Spark and Ray, warm, with two workers, are charged elapsed time against the plain
loop in two processes of half the records each. The less a record costs to clean, the more the adapters weigh: the
preset ``careful`` shows them at their worst.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import zip_longest
from statistics import median
from typing import Any

from benchmarks.sets import data_folder, load, main_track
from benchmarks.table import table
from cleaner import Settings
from cleaner.engines.cells import cleaner_of
from cleaner.settings import PRESETS

Texts = Sequence[str]
Run = Callable[[Texts, Settings], Any]
CHARACTERS = 1500


def records(data: str | None, n: int) -> list[str]:
    """So many different records of about 1,500 characters: stretches of lines of a set's pages, each with a number."""
    pages = [page.given for page in load(data_folder(data), *main_track(data_folder(data))).pages if page.given.strip()]
    pieces = []
    for page in pages:
        lines = page.split("\n")
        piece: list[str] = []
        for line in lines:
            piece.append(line)
            if sum(map(len, piece)) > CHARACTERS:
                pieces.append("\n".join(piece)[: 2 * CHARACTERS])
                piece = []
        pieces.append("\n".join(piece))
    pieces = [piece for piece in pieces if len(piece) > 100]
    return [f"{pieces[i % len(pieces)]}\n\nRecord {i} of the benchmark ends here." for i in range(n)]


def plain(texts: Texts, settings: Settings) -> None:
    """The loop that the others are measured against."""
    clean = cleaner_of(settings).clean
    for text in texts:
        clean(text)


def arrow_array(texts: Texts, settings: Settings) -> Any:
    """``clean_array``, and back to Python."""
    import pyarrow as pa

    from cleaner.engines.arrow import clean_array

    return clean_array(pa.array(texts), settings)


def arrow_batch(texts: Texts, settings: Settings) -> Any:
    """``clean_batch``: text, flags, quarantine."""
    import pyarrow as pa

    from cleaner.engines.arrow import clean_batch

    return clean_batch(pa.table({"text": texts}), settings=settings)


def polars_expression(texts: Texts, settings: Settings) -> Any:
    """The namespace, in a lazy query."""
    import polars as pl

    import cleaner.engines.polars

    assert cleaner.engines.polars
    return pl.LazyFrame({"text": texts}).with_columns(pl.col("text").cleaner.clean(settings)).collect()


def pandas_series(texts: Texts, settings: Settings) -> Any:
    """``clean_series``."""
    import pandas as pd

    from cleaner.engines.pandas import clean_series

    return clean_series(pd.Series(texts), settings)


def datasets_map(texts: Texts, settings: Settings) -> Any:
    """``Dataset.map`` in one process, its cache written to disk."""
    import datasets

    from cleaner.engines.datasets import batch

    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as folder:
        ds = datasets.Dataset.from_dict({"text": texts})
        return ds.map(
            batch(text="text", settings=settings), batched=True, cache_file_name=f"{folder}/cache.arrow"
        ).num_rows


def duckdb_sql(texts: Texts, settings: Settings) -> Any:
    """``clean_text`` in SQL."""
    import duckdb
    import pyarrow as pa

    from cleaner.engines.duckdb import register

    con = duckdb.connect()
    register(con, settings=settings)
    con.register("pages", pa.table({"text": texts}))
    return con.execute("CREATE TABLE done AS SELECT clean_text(text) AS text FROM pages")


def sklearn_transform(texts: Texts, settings: Settings) -> Any:
    """The transformer."""
    from cleaner.engines.sklearn import CleanerTransformer

    return CleanerTransformer(settings).fit_transform(texts)


def datatrove_formatter(texts: Texts, settings: Settings) -> Any:
    """The formatter, with its statistics."""
    from datatrove.data import Document

    from cleaner.engines.datatrove import CleanerFormatter

    return sum(1 for _ in CleanerFormatter(settings)(Document(text, str(n)) for n, text in enumerate(texts)))


HERE: dict[str, Run] = {
    "arrow, clean_array": arrow_array,
    "arrow, clean_batch": arrow_batch,
    "polars": polars_expression,
    "pandas": pandas_series,
    "datasets": datasets_map,
    "duckdb": duckdb_sql,
    "sklearn": sklearn_transform,
    "datatrove": datatrove_formatter,
}


def spark_session() -> tuple[Run, Callable[[], None]]:
    """``clean_dataframe`` on two executors that are processes of their own, to a sink that throws rows away."""
    import sys

    from pyspark.sql import SparkSession

    from cleaner.engines.spark import clean_dataframe

    os.environ["PYSPARK_PYTHON"] = sys.executable
    spark = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.executor.memory", "1g")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")

    def run(texts: Texts, settings: Settings) -> Any:
        with tempfile.TemporaryDirectory() as folder:
            parquet(texts, folder, 8)
            df = spark.read.parquet(folder)
            start = time.perf_counter()
            clean_dataframe(df, settings=settings).write.format("noop").mode("overwrite").save()
            return time.perf_counter() - start

    return run, spark.stop


def ray_session() -> tuple[Run, Callable[[], None]]:
    """``clean_dataset`` with two actors, timed from the first tenth of the blocks to the last.

    Ray Data makes actors anew for each run and ends them with it, so a run is warm only within itself; the time is that
    of all records at the rate of the timed blocks. What lies between blocks, and one actor idle at the end, is in it.
    What the actors had done of the two blocks in their hands when the clock started is not: a fortieth or so.
    """
    import ray

    from cleaner.engines.ray import clean_dataset

    ray.init(num_cpus=3, object_store_memory=300_000_000, include_dashboard=False, log_to_driver=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    blocks = 40

    def run(texts: Texts, settings: Settings) -> Any:
        import pyarrow as pa

        tables = [pa.table({"text": texts[n::blocks]}) for n in range(blocks)]
        ds = ray.data.from_arrow(tables)
        start, seen, before, done = 0.0, 0, 0, 0
        cleaned = clean_dataset(ds, settings=settings, workers=2, batch_size=None)
        for bundle in cleaned.iter_internal_ref_bundles():
            seen += bundle.num_rows() or 0
            done += len(bundle.block_refs)
            if not start and done >= blocks // 10:
                start, before = time.perf_counter(), seen
        return (time.perf_counter() - start) * seen / (seen - before) if seen > before else float("nan")

    return run, ray.shutdown


def parquet(texts: Texts, folder: str, files: int) -> None:
    """Write texts as so many Parquet files."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for n in range(files):
        pq.write_table(pa.table({"text": texts[n::files]}), f"{folder}/{n}.parquet")


CLUSTERS = {"spark, 2 executors": spark_session, "ray, 2 actors": ray_session}


def cpu(run: Run, texts: Texts, settings: Settings) -> float:
    """CPU seconds of this process, its threads included."""
    gc.collect()
    start = time.process_time()
    run(texts, settings)
    return time.process_time() - start


def here(names: Sequence[str], slices: Sequence[Texts], settings: Settings) -> list[list[str]]:
    """Ratios of the adapters that work in this process; a warm-up first."""
    ratios: dict[str, list[float]] = {name: [] for name in names}
    for n, texts in enumerate([slices[0][:200], *slices]):
        base = [cpu(plain, texts, settings)]
        taken = {name: cpu(HERE[name], texts, settings) for name in names}
        base.append(cpu(plain, texts, settings))
        for name in names if n else ():
            ratios[name].append(taken[name] / (sum(base) / 2))
    return [[name, f"{median(found):.3f}", f"{min(found):.3f}", f"{max(found):.3f}"] for name, found in ratios.items()]


def cluster(name: str, slices: Sequence[Texts], settings: Settings) -> list[str]:
    """Ratio of an engine with two workers to the plain loop in two processes, elapsed, warm."""
    ratios = []
    run, stop = CLUSTERS[name]()
    with ProcessPoolExecutor(2) as pool:
        _two(pool, slices[0][:2000], settings)
        run(slices[0][:2000], settings)
        for texts in slices:
            before = _two(pool, texts, settings)
            taken = run(texts, settings)
            ratios.append(taken / ((before + _two(pool, texts, settings)) / 2))
    stop()
    return [name, f"{median(ratios):.3f}", f"{min(ratios):.3f}", f"{max(ratios):.3f}"]


def _two(pool: ProcessPoolExecutor, texts: Texts, settings: Settings) -> float:
    parts = [list(texts[n::8]) for n in range(8)]
    start = time.perf_counter()
    list(pool.map(plain, parts, [settings] * len(parts)))
    return time.perf_counter() - start


def rates(data: str | None, preset: str, n: int = 100) -> list[list[str]]:
    """CPU milliseconds for a page of a set, as text and (where there is some) as HTML; the least of three rounds."""
    folder = data_folder(data)
    name, renderer = main_track(folder)
    texts = [page.given for page in load(folder, name, renderer, n).pages]
    files = sorted((folder / name / "html").glob("*")) if folder else []
    read = [gzip.open if path.suffix == ".gz" else open for path in files]
    step = max(1, len(files) // n)
    pages = []
    for path, opened in list(zip(files, read, strict=True))[::step]:
        with opened(path, "rb") as file:
            pages.append(file.read())
    cleaner = cleaner_of(Settings(preset))
    rows = []
    kinds: list[tuple[str, Sequence[Any], Callable[[Any], str]]]
    kinds = [("text", texts, cleaner.clean), ("HTML", pages, cleaner.clean_html)]
    for what, given, run in kinds:
        taken = []
        for _ in range(3 if given else 0):
            start = time.process_time()
            for page in given:
                run(page)
            taken.append(time.process_time() - start)
        if taken:
            mean = sum(map(len, given)) / len(given)
            rows.append(
                [f"{preset}, {what}", str(len(given)), f"{mean / 1000:.0f}", f"{1000 * min(taken) / len(given):.1f}"]
            )
    return rows


def main() -> None:
    """Measure what the arguments ask for."""
    every = [*HERE, *CLUSTERS]
    parser = argparse.ArgumentParser(description="What the adapters cost.")
    parser.add_argument("--data", help="folder of evaluation sets; else DATA of the environment, else the fixtures")
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--slices", type=int, default=10, help="so many pieces, measured in turns")
    parser.add_argument("--preset", default="standard", choices=list(PRESETS))
    parser.add_argument("--only", nargs="+", choices=every, default=every)
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--rate", action="store_true", help="only what a page costs, by preset")
    args = parser.parse_args()
    if args.rate:
        found = [row for preset in PRESETS for row in rates(args.data, preset)]
        print(table(["pages", "number", "thousands each", "CPU ms a page"], found, markdown=args.markdown))
        return
    settings = Settings(args.preset)
    texts = records(args.data, args.records)
    size = -(-len(texts) // args.slices)
    slices = [texts[i : i + size] for i in range(0, len(texts), size)]
    rows = here([name for name in args.only if name in HERE], slices, settings) if set(args.only) & set(HERE) else []
    wide = [[*one, *two] for one, two in zip_longest(slices[::2], slices[1::2], fillvalue=())]
    rows += [cluster(name, wide, settings) for name in args.only if name in CLUSTERS]
    print(f"{len(texts)} records, {sum(map(len, texts)) / len(texts):.0f} characters on average\n")
    print(table(["adapter", "times the plain loop", "least", "most"], rows, markdown=args.markdown))


if __name__ == "__main__":
    main()
