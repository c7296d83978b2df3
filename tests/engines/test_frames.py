"""polars, pandas, Dask, DuckDB and scikit-learn, each by its own habits."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from cleaner import Settings
from cleaner.errors import InputError, QuarantineWarning, SettingsError
from tests.engines.needs import needs

PAGE = "Skip to content\n\nThe harbour reopened on Monday after a week of storms.\n\nRead also:"
CLEAN = "The harbour reopened on Monday after a week of storms."
pytestmark = pytest.mark.filterwarnings("default")


@needs("polars", "pyarrow")
class TestPolars:
    """The namespace."""

    def test_lazy_knows_its_type_before_it_runs(self) -> None:
        import polars as pl

        import cleaner.engines.polars

        assert cleaner.engines.polars
        lazy = pl.LazyFrame({"text": [PAGE, None]}).with_columns(account=pl.col("text").cleaner.explain(cuts=True))  # type: ignore[attr-defined]
        known = lazy.collect_schema()
        done = lazy.collect(engine="streaming")
        assert done.schema == known
        row, null = done["account"].to_list()
        assert (row["text"], row["quarantine"], row["cuts"][0]["rule"]) == (CLEAN, None, "skip.link")
        assert null == {"text": None, "flags": [], "quarantine": None, "cuts": []}
        assert done.drop("text").unnest("account")["flags"].to_list() == [[], []]

    @pytest.mark.parametrize("dtype", ["Categorical", "String", "Null"])
    def test_kinds_of_string(self, dtype: str) -> None:
        import polars as pl

        import cleaner.engines.polars

        assert cleaner.engines.polars
        cells = [None, None] if dtype == "Null" else [PAGE, None]
        frame = pl.DataFrame({"text": pl.Series(cells, dtype=getattr(pl, dtype))})
        done = frame.select(pl.col("text").cleaner.clean())["text"]  # type: ignore[attr-defined]
        assert done.dtype == pl.String
        assert done.to_list() == [CLEAN if cell else None for cell in cells]

    def test_bad_cells(self) -> None:
        import polars as pl

        import cleaner.engines.polars

        assert cleaner.engines.polars
        mixed = pl.DataFrame({"text": pl.Series([PAGE, 3, None], dtype=pl.Object)})
        with pytest.warns(QuarantineWarning, match="1 of 3"):
            assert mixed.select(pl.col("text").cleaner.clean())["text"].to_list() == [CLEAN, None, None]  # type: ignore[attr-defined]
        large = pl.DataFrame({"text": [PAGE, "x" * 100]})
        account = large.select(pl.col("text").cleaner.explain(Settings(max_bytes=99))).unnest("text")  # type: ignore[attr-defined]
        assert account["quarantine"].to_list() == [None, "oversize: over 99 bytes"]
        with pytest.raises(Exception, match="Int64 where text is expected"):
            pl.DataFrame({"text": [1]}).select(pl.col("text").cleaner.clean())  # type: ignore[attr-defined]

    def test_in_groups(self) -> None:
        import polars as pl

        import cleaner.engines.polars

        assert cleaner.engines.polars
        frame = pl.DataFrame({"site": ["a", "b", "a"], "text": [PAGE, None, "Second."]})
        done = frame.group_by("site").agg(pl.col("text").cleaner.clean()).sort("site")  # type: ignore[attr-defined]
        assert done["text"].to_list() == [[CLEAN, "Second."], [None]]


@needs("pandas", "pyarrow")
class TestPandas:
    """Series and frames."""

    @pytest.mark.parametrize(
        "dtype", ["object", "str", "string", "string[python]", "string[pyarrow]", "large_string[pyarrow]", "category"]
    )
    def test_the_type_index_and_name_stay(self, dtype: str) -> None:
        import pandas as pd

        from cleaner.engines.pandas import clean_series

        if dtype.startswith(("string[pyarrow", "large_string")):
            import pyarrow as pa

            kind: Any = pd.ArrowDtype(pa.large_string() if dtype.startswith("large") else pa.string())
        else:
            kind = dtype
        series = pd.Series([PAGE, None, ""], index=[7, 3, 3], name="body", dtype=kind)
        done = clean_series(series)
        assert done.tolist()[::2] == [CLEAN, ""]
        assert done.isna().tolist() == [False, True, False]
        assert (list(done.index), done.name) == ([7, 3, 3], "body")
        assert done.dtype == (pd.Series([""], dtype="str").dtype if dtype == "category" else series.dtype)
        assert series.iloc[0] == PAGE

    def test_nulls_stay_what_they_were(self) -> None:
        import pandas as pd

        from cleaner.engines.pandas import clean_series

        nulls = [None, float("nan"), pd.NA, pd.NaT]
        done = clean_series(pd.Series([PAGE, *nulls], dtype="object"))
        assert done[0] == CLEAN
        assert [cell is null for cell, null in zip(done[1:], nulls, strict=True)] == [True, True, True, True]

    def test_bad_cells(self) -> None:
        import pandas as pd

        from cleaner.engines.pandas import clean_frame, clean_series

        cells = [PAGE, 3, ["a"], b"b", "x" * 100, None, "a\ud800b"]
        frame = pd.DataFrame({"text": pd.Series(cells, dtype="object"), "n": range(7)}).set_index(pd.RangeIndex(10, 17))
        done = clean_frame(frame, settings=Settings(max_bytes=90))
        assert done["quarantine"].fillna("").tolist() == [
            "", "not_text: int", "not_text: list", "not_text: bytes", "oversize: over 90 bytes", "", "",
        ]  # fmt: skip
        assert done["text"].tolist() == [CLEAN, None, None, None, None, None, "a\ufffdb"]
        assert done["n"].tolist() == list(range(7))
        assert frame["text"].tolist() == cells
        with pytest.warns(QuarantineWarning, match="3 of 7"):
            clean_series(frame["text"])
        with pytest.raises(InputError, match="int64 where text"):
            clean_series(frame["n"])
        numbers = clean_frame(frame[["n"]], text="n")
        assert numbers["n"].isna().all()
        assert set(numbers["quarantine"]) == {"not_text: int64"}

    def test_cuts(self) -> None:
        import pandas as pd

        from cleaner.engines.pandas import clean_frame

        done = clean_frame(pd.DataFrame({"body": [PAGE]}), text="body", out="clean", cuts=True)
        assert list(done.columns) == ["body", "clean", "flags", "quarantine", "cuts"]
        assert [cut["rule"] for cut in done["cuts"][0]] == ["skip.link", "related.read_also"]

    @needs("dask")
    def test_dask_tells_the_columns_by_itself(self) -> None:
        import dask.dataframe as dd
        import pandas as pd

        from cleaner.engines.pandas import clean_frame

        frame = dd.from_pandas(pd.DataFrame({"text": [PAGE, None], "n": [1, 2]}), npartitions=2)
        lazy = frame.map_partitions(clean_frame, text="text")
        assert list(lazy.columns) == ["text", "n", "flags", "quarantine"]
        assert lazy.compute(scheduler="sync")["text"].iloc[0] == CLEAN


@needs("duckdb", "pyarrow")
class TestDuckdb:
    """The SQL functions."""

    def test_explained(self) -> None:
        import duckdb

        from cleaner.engines.duckdb import register

        con = duckdb.connect()
        register(con, cuts=True, settings=Settings(max_bytes=200))
        con.execute(
            "CREATE TABLE pages AS SELECT * FROM (VALUES (1, ?), (2, NULL), (3, ?)) AS t(n, text)", [PAGE, "x" * 201]
        )
        rows = con.execute(
            "SELECT e, e.text, e.quarantine FROM (SELECT n, explain_text(text) AS e FROM pages) ORDER BY n"
        ).fetchall()
        assert [row[1] for row in rows] == [CLEAN, None, None]
        assert [row[2] for row in rows] == [None, None, "oversize: over 200 bytes"]
        assert rows[0][0]["cuts"][0]["rule"] == "skip.link"
        assert rows[1][0] is None

    def test_settings_side_by_side(self) -> None:
        import duckdb

        from cleaner.engines.duckdb import register

        con = duckdb.connect()
        register(con)
        register(con, settings=Settings(keep=("Skip to",)), suffix="gently")
        gently, plain = con.execute("SELECT clean_gently($1), clean_text($1)", [PAGE]).fetchall()[0]
        assert gently == f"Skip to content\n\n{CLEAN}"
        assert plain == CLEAN

    def test_numbers_are_the_persons_error(self) -> None:
        import duckdb

        from cleaner.engines.duckdb import register

        con = duckdb.connect()
        register(con)
        with pytest.raises(duckdb.Error):
            con.execute("SELECT clean_text([1, 2])").fetchall()


@needs("sklearn", "pyarrow")
class TestSklearn:
    """The transformer."""

    def test_clones_and_pickles(self) -> None:
        from sklearn.base import clone

        from cleaner.engines.sklearn import CleanerTransformer

        step = CleanerTransformer(Settings("strict"))
        assert clone(step).get_params() == step.get_params() == {
            "settings": Settings("strict"), "html": False,
        }  # fmt: skip
        assert pickle.loads(pickle.dumps(step)).get_params() == step.get_params()
        assert step.set_params(settings=None).settings is None

    def test_in_a_pipeline_and_a_search(self) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import GridSearchCV
        from sklearn.pipeline import Pipeline

        from cleaner.engines.sklearn import CleanerTransformer

        pipeline = Pipeline(
            [("clean", CleanerTransformer()), ("words", TfidfVectorizer()), ("model", LogisticRegression())]
        )
        texts = [f"{PAGE} {word}" for word in ("boats", "ships", "cats", "dogs")] * 2
        search = GridSearchCV(pipeline, {"clean__settings": [Settings("careful"), Settings("strict")]}, cv=2)
        search.fit(texts, [0, 0, 1, 1] * 2)
        assert search.predict(["Skip to content\n\nTwo boats."]).shape == (1,)
        assert "skip" not in search.best_estimator_["words"].vocabulary_

    @needs("pandas")
    def test_set_output(self) -> None:
        import pandas as pd

        from cleaner.engines.sklearn import CleanerTransformer

        frame = pd.DataFrame({"body": [PAGE, None]}, index=[5, 6])
        step = CleanerTransformer().set_output(transform="pandas").fit(frame)
        done = step.transform(frame)
        assert list(done.columns) == ["body"]
        assert list(done.index) == [5, 6]
        assert done["body"].iloc[0] == CLEAN
        assert done["body"].isna().tolist() == [False, True]
        assert list(step.get_feature_names_out()) == ["body"]
        assert list(CleanerTransformer().set_output(transform="pandas").fit_transform([PAGE]).columns) == ["text"]

    @needs("pandas")
    def test_in_a_column_transformer(self) -> None:
        import pandas as pd
        from sklearn.compose import ColumnTransformer
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.pipeline import make_pipeline

        from cleaner.engines.sklearn import CleanerTransformer

        frame = pd.DataFrame({"body": [PAGE, "Second."], "n": [1, 2]})
        columns = ColumnTransformer([("text", make_pipeline(CleanerTransformer(), CountVectorizer()), "body")])
        assert columns.fit_transform(frame).shape == (2, 10)

    def test_what_is_no_column_of_texts(self) -> None:
        import numpy as np

        from cleaner.engines.sklearn import CleanerTransformer

        step = CleanerTransformer().fit([])
        with pytest.raises(InputError, match="takes a column of texts"):
            step.transform("one text")
        with pytest.raises(InputError, match=r"shape \(1, 2\)"):
            step.transform(np.array([["a", "b"]]))
        with pytest.warns(QuarantineWarning, match="1 of 2"):
            assert step.transform([PAGE, 3]).tolist() == [CLEAN, None]


@needs("pyarrow", "pandas")
def test_what_is_no_column_is_named() -> None:
    import pandas as pd
    import pyarrow as pa

    from cleaner.engines.arrow import clean_array, clean_batch, explain_array
    from cleaner.engines.pandas import clean_frame, clean_series

    frame = pd.DataFrame({"text": [PAGE]})
    for call, said in (
        (lambda: clean_array([PAGE]), "got list where a pyarrow Array"),
        (lambda: explain_array(pa.scalar(PAGE)), "got StringScalar where a pyarrow Array"),
        (lambda: clean_series([PAGE]), "got list where a pandas Series"),
        (lambda: clean_series(frame), "got DataFrame where a pandas Series"),
        (lambda: clean_frame(frame["text"]), "got Series where a pandas DataFrame"),
        (lambda: clean_frame(pd.DataFrame([[PAGE, PAGE]], columns=["text", "text"])), "several columns 'text'"),
        (lambda: clean_frame(pd.DataFrame({0: [PAGE], "b": [PAGE]})), "there is no column 'text'"),
        (lambda: clean_batch(pa.table([[PAGE], [PAGE]], names=["text", "text"])), "several columns 'text'"),
    ):
        with pytest.raises(InputError, match=said):
            call()
    for wrong in ({"text": 0}, {"html": ("a", "b")}, {"out": 5}):
        with pytest.raises(SettingsError, match="takes the name of a column"):
            clean_frame(frame, **wrong)


@needs("pandas", "pyarrow")
def test_a_column_of_nulls_stays_one_whatever_pandas_takes_it_for() -> None:
    import pandas as pd

    from cleaner.engines.pandas import clean_series

    for nulls in (pd.Series([float("nan")] * 2, index=[5, 5], name="text"), pd.Series([], dtype=float)):
        assert clean_series(nulls).equals(nulls)
    with pytest.raises(InputError, match="float64 where text"):
        clean_series(pd.Series([float("nan"), 1.5]))


@needs("duckdb", "pyarrow")
def test_functions_can_be_registered_again() -> None:
    import duckdb

    from cleaner.engines.duckdb import register

    con = duckdb.connect()
    register(con)
    register(con, settings=Settings(off=("skip",)))
    assert con.execute("SELECT clean_text(?)", [PAGE]).fetchall() == [(f"Skip to content\n\n{CLEAN}",)]


@needs("sklearn", "pandas", "pyarrow")
def test_a_transformer_forgets_what_it_was_fitted_to() -> None:
    import pandas as pd

    from cleaner.engines.sklearn import CleanerTransformer

    fitted = CleanerTransformer().fit(pd.DataFrame({"page": [PAGE]}))
    assert fitted.get_feature_names_out().tolist() == ["page"]
    assert fitted.fit([PAGE]).get_feature_names_out().tolist() == ["text"]
    for wrong, said in ((PAGE, "not str$"), (None, "not NoneType$")):
        with pytest.raises(InputError, match=said):
            fitted.transform(wrong)
