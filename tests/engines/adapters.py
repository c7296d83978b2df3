"""Every adapter as one function: cells in, clean texts out, in the order of the cells. The engines are imported late."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from cleaner import Settings

Cells = list[Any]


def arrow_array(cells: Cells, settings: Settings, size: int) -> Cells:
    import pyarrow as pa

    from cleaner.engines.arrow import clean_array

    chunks = [cells[i : i + size] for i in range(0, len(cells), size)]
    return clean_array(pa.chunked_array(chunks, type=pa.string()), settings).to_pylist()


def arrow_batch(cells: Cells, settings: Settings, size: int) -> Cells:
    import pyarrow as pa

    from cleaner.engines.arrow import clean_batch

    batches = [
        pa.record_batch({"body": pa.array(cells[i : i + size], pa.large_string())}) for i in range(0, len(cells), size)
    ]
    table = clean_batch(pa.Table.from_batches(batches), text="body", settings=settings)
    return table["body"].to_pylist()


def polars_expression(cells: Cells, settings: Settings, size: int, engine: str = "in-memory") -> Cells:
    import polars as pl

    import cleaner.engines.polars

    assert cleaner.engines.polars
    frame = pl.concat(
        [pl.DataFrame({"text": cells[i : i + size]}, {"text": pl.String}) for i in range(0, len(cells), size)]
    )
    return frame.lazy().with_columns(pl.col("text").cleaner.clean(settings)).collect(engine=engine)["text"].to_list()  # type: ignore[call-overload,attr-defined]


def pandas_series(cells: Cells, settings: Settings, size: int, dtype: str = "object") -> Cells:
    import pandas as pd

    from cleaner.engines.pandas import clean_series

    parts = [clean_series(pd.Series(cells[i : i + size], dtype=dtype), settings) for i in range(0, len(cells), size)]
    return [None if pd.isna(text) else text for part in parts for text in part]


def pandas_frame(cells: Cells, settings: Settings, size: int) -> Cells:
    import pandas as pd

    from cleaner.engines.pandas import clean_frame

    frame = pd.DataFrame({"text": pd.Series(cells, dtype="string")})
    parts = [clean_frame(frame[i : i + size], settings=settings) for i in range(0, len(cells), size)]
    return [None if pd.isna(text) else text for text in pd.concat(parts)["text"]]


def dask_frame(cells: Cells, settings: Settings, size: int) -> Cells:
    import dask
    import dask.dataframe as dd
    import pandas as pd

    from cleaner.engines.pandas import clean_frame

    with dask.config.set(scheduler="threads", num_workers=2):
        frame = dd.from_pandas(pd.DataFrame({"text": pd.Series(cells, dtype="string")}), chunksize=max(size, 20))
        done = frame.map_partitions(clean_frame, text="text", settings=settings).compute()
    return [None if pd.isna(text) else text for text in done["text"]]


def datasets_map(cells: Cells, settings: Settings, size: int, workers: int | None = None) -> Cells:
    from datasets import Dataset

    from cleaner.engines.datasets import batch

    ds = Dataset.from_dict({"text": cells})
    done = ds.map(batch(text="text", settings=settings), batched=True, batch_size=size, num_proc=workers)
    return list(done["text"])


def datasets_arrow(cells: Cells, settings: Settings, size: int) -> Cells:
    from datasets import Dataset

    from cleaner.engines.datasets import batch

    ds = Dataset.from_dict({"text": cells}).with_format("arrow")
    done = ds.map(batch(text="text", settings=settings), batched=True, batch_size=size)
    return done.with_format(None)["text"][:]


def duckdb_sql(cells: Cells, settings: Settings, size: int) -> Cells:
    import duckdb
    import pyarrow as pa

    from cleaner.engines.duckdb import register

    con = duckdb.connect()
    register(con, settings=settings)
    pages = pa.table({"n": range(len(cells)), "text": pa.array(cells, pa.string())})
    con.register("pages", pages)
    return [text for (text,) in con.sql("SELECT clean_text(text) FROM pages ORDER BY n").fetchall()]


def sklearn_transform(cells: Cells, settings: Settings, size: int) -> Cells:
    from cleaner.engines.sklearn import CleanerTransformer

    step = CleanerTransformer(settings)
    return [text for i in range(0, len(cells), size) for text in step.fit_transform(cells[i : i + size])]


def datatrove_formatter(cells: Cells, settings: Settings, size: int) -> Cells:
    from datatrove.data import Document

    from cleaner.engines.datatrove import CleanerFormatter

    documents = [Document(text=text, id=str(n)) for n, text in enumerate(cells)]
    return [document.text for document in CleanerFormatter(settings).run(documents)]


def spark_frame(cells: Cells, settings: Settings, size: int) -> Cells:
    from pyspark.sql import SparkSession

    from cleaner.engines.spark import clean_dataframe

    spark = SparkSession.getActiveSession()
    assert spark is not None
    df = spark.createDataFrame(list(enumerate(cells)), "n int, text string").repartition(
        1 + len(cells) // max(size, 16)
    )
    rows = clean_dataframe(df, settings=settings).collect()
    return [row.text for row in sorted(rows, key=lambda row: row.n)]


def ray_dataset(cells: Cells, settings: Settings, size: int) -> Cells:
    import ray

    from cleaner.engines.ray import clean_dataset

    ds = ray.data.from_items([{"n": n, "text": text} for n, text in enumerate(cells)])
    rows = clean_dataset(ds, settings=settings, batch_size=size).take_all()
    return [row["text"] for row in sorted(rows, key=lambda row: row["n"])]


class Adapter:
    """An adapter, what it needs, and what it can be given.

    Args:
        run: the function.
        needs: the modules that must be there.
        nulls: whether it takes nulls.
        cluster: the fixture it runs on.
    """

    def __init__(self, run: Callable[..., Cells], *needs: str, nulls: bool = True, cluster: str = "") -> None:
        self.run = run
        self.needs = needs
        self.nulls = nulls
        self.cluster = cluster


ADAPTERS = {
    "arrow array": Adapter(arrow_array, "pyarrow"),
    "arrow batch": Adapter(arrow_batch, "pyarrow"),
    "polars": Adapter(polars_expression, "polars", "pyarrow"),
    "polars streaming": Adapter(partial(polars_expression, engine="streaming"), "polars", "pyarrow"),
    "pandas object": Adapter(pandas_series, "pandas", "pyarrow"),
    "pandas str": Adapter(partial(pandas_series, dtype="str"), "pandas", "pyarrow"),
    "pandas nullable": Adapter(partial(pandas_series, dtype="string"), "pandas", "pyarrow"),
    "pandas arrow": Adapter(partial(pandas_series, dtype="string[pyarrow]"), "pandas", "pyarrow"),
    "pandas frame": Adapter(pandas_frame, "pandas", "pyarrow"),
    "dask": Adapter(dask_frame, "dask", "pandas", "pyarrow"),
    "datasets": Adapter(datasets_map, "datasets"),
    "datasets, two workers": Adapter(partial(datasets_map, workers=2), "datasets"),
    "datasets arrow": Adapter(datasets_arrow, "datasets"),
    "duckdb": Adapter(duckdb_sql, "duckdb", "pyarrow"),
    "sklearn": Adapter(sklearn_transform, "sklearn", "pyarrow"),
    "datatrove": Adapter(datatrove_formatter, "datatrove", nulls=False),
    "spark": Adapter(spark_frame, "pyspark", "pandas", "pyarrow", cluster="spark"),
    "ray": Adapter(ray_dataset, "ray", "pyarrow", cluster="nodes"),
}
