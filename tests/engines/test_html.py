"""HTML through every adapter that holds columns: as text or as bytes, the same as ``Cleaner.clean_html``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cleaner import Cleaner
from tests.engines.needs import needs
from tests.engines.warcs import page, texts

pytestmark = pytest.mark.filterwarnings("default")

PAGES: list[Any] = [*(page(text) for text in texts(6)), None]


def by_arrow(pages: list[Any]) -> list[Any]:
    import pyarrow as pa

    from cleaner.engines.arrow import clean_array

    return clean_array(pa.array(pages), html=True).to_pylist()


def by_batch(pages: list[Any]) -> list[Any]:
    import pyarrow as pa

    from cleaner.engines.arrow import clean_batch

    done = clean_batch(pa.table({"html": pages}), html="html")
    assert done.column_names == ["html", "text", "flags", "quarantine"]
    assert done["html"].to_pylist() == pages
    return done["text"].to_pylist()


def by_polars(pages: list[Any]) -> list[Any]:
    import polars as pl

    import cleaner.engines.polars

    assert cleaner.engines.polars
    return pl.DataFrame({"html": pages}).select(pl.col("html").cleaner.clean(html=True))["html"].to_list()  # type: ignore[attr-defined]


def by_pandas(pages: list[Any]) -> list[Any]:
    import pandas as pd

    from cleaner.engines.pandas import clean_frame

    return list(clean_frame(pd.DataFrame({"html": pd.Series(pages, dtype="object")}), html="html")["text"])


def by_datasets(pages: list[Any]) -> list[Any]:
    from datasets import Dataset

    from cleaner.engines.datasets import batch

    return Dataset.from_dict({"html": pages}).map(batch(html="html"), batched=True, remove_columns=["html"])["text"][:]


def by_duckdb(pages: list[Any]) -> list[Any]:
    import duckdb
    import pyarrow as pa

    from cleaner.engines.duckdb import register

    con = duckdb.connect()
    register(con, html=True)
    bodies = [body.encode() if isinstance(body, str) else body for body in pages]
    con.register("pages", pa.table({"n": range(len(pages)), "html": pa.array(bodies, pa.binary())}))
    return [text for (text,) in con.execute("SELECT clean_html(html) FROM pages ORDER BY n").fetchall()]


def by_sklearn(pages: list[Any]) -> list[Any]:
    from cleaner.engines.sklearn import CleanerTransformer

    return CleanerTransformer(html=True).fit_transform(pages).tolist()


ADAPTERS = {
    by_arrow: ("pyarrow",),
    by_batch: ("pyarrow",),
    by_polars: ("polars", "pyarrow"),
    by_pandas: ("pandas", "pyarrow"),
    by_datasets: ("datasets",),
    by_duckdb: ("duckdb", "pyarrow"),
    by_sklearn: ("sklearn", "pyarrow"),
}


@pytest.mark.parametrize("kind", ["bytes", "str"])
@pytest.mark.parametrize("run", [pytest.param(run, marks=needs(*names)) for run, names in ADAPTERS.items()])
def test_html(run: Callable[[list[Any]], list[Any]], kind: str) -> None:
    given = [body.decode() if kind == "str" and body else body for body in PAGES]
    plain = Cleaner()
    done = [text if isinstance(text, str) else None for text in run(given)]
    assert done == [None if body is None else plain.clean_html(body) for body in given]
