r"""pandas: series and frames; object, nullable and Arrow-backed strings stay what they are.

>>> import pandas as pd
>>> from cleaner.engines.pandas import clean_series
>>> texts = pd.Series(["Skip to content\n\nThe harbour reopened on Monday.", None], dtype="string")
>>> clean_series(texts).to_list()
['The harbour reopened on Monday.', <NA>]
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

from cleaner import Settings
from cleaner.engines import arrow
from cleaner.engines.cells import QUARANTINE, NotText, clean_cells, make_job
from cleaner.errors import InputError


def clean_series(series: pd.Series, settings: Settings | None = None, *, html: bool = False) -> pd.Series:
    """Clean a series of texts.

    Args:
        series: texts, in any of pandas' string types or as objects; for HTML also bytes.
        settings: the cleaner's settings.
        html: whether its cells are HTML pages.

    Returns:
        The clean texts with the same index, name and string type (categories become strings); nulls as they were. Cells
        that had to be set aside (not text, too large) are null as well, with a warning; :func:`clean_frame` says which
        and why.

    Raises:
        InputError: it is a series of something else.
        SettingsError: settings that cannot be used.

    Warns:
        QuarantineWarning: cells were set aside.
    """
    job = make_job(settings=settings, html="text" if html else None)
    if not isinstance(series, pd.Series):
        raise InputError(f"got {type(series).__name__} where a pandas Series is expected")
    if pd.api.types.is_float_dtype(series.dtype) and series.isna().all():  # what pandas makes of a column of nulls
        return series.copy()
    if not _readable(series, html):
        raise InputError(f"got a series of {series.dtype} where {'HTML' if html else 'text'} is expected")
    columns = clean_cells(_cells(series), job)
    arrow.warn_of(columns[QUARANTINE])
    return _like(series, columns[job.out])


def clean_frame(
    frame: pd.DataFrame,
    *,
    text: str | None = None,
    html: str | None = None,
    out: str | None = None,
    settings: Settings | None = None,
    cuts: bool = False,
) -> pd.DataFrame:
    """Clean one column of a frame; with Dask, ``ddf.map_partitions(clean_frame, text="text")``.

    Args:
        frame: the frame; it is not changed.
        text: the column of texts; ``"text"`` if neither is given.
        html: the column of HTML pages, in place of ``text``.
        out: the column for the clean text; the column of texts itself, or ``"text"`` for HTML, if not given.
        settings: the cleaner's settings.
        cuts: whether each row gets the account of its cuts.

    Returns:
        A new frame with the clean text, ``flags``, ``quarantine`` (why a cell was set aside, its text then being
        null; null for all others) and, if asked for, ``cuts``; the last three Arrow-backed.

    Raises:
        InputError: a column is missing, or would be overwritten.
        SettingsError: settings that cannot be used.
    """
    job = make_job(text=text, html=html, out=out, settings=settings, cuts=cuts)
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"got {type(frame).__name__} where a pandas DataFrame is expected")
    job.check_columns(frame.columns)
    given = frame[job.column]
    columns = clean_cells(_cells(given), job)
    added = {name: pd.Series(_arrow(columns, name), index=frame.index) for name in job.added}
    return frame.assign(**{job.out: _like(given, columns[job.out])} | added)


def _arrow(columns: dict[str, list[Any]], name: str) -> Any:
    return pd.arrays.ArrowExtensionArray(pa.array(columns[name], type=arrow.TYPES[name]))


def _readable(series: pd.Series, html: bool) -> bool:
    dtype = series.dtype
    if isinstance(dtype, pd.ArrowDtype):
        return arrow.readable(dtype.pyarrow_dtype, html)
    if isinstance(dtype, pd.CategoricalDtype):
        return _readable(pd.Series(dtype.categories), html)
    return isinstance(dtype, pd.StringDtype) or pd.api.types.is_object_dtype(dtype)


def _cells(series: pd.Series) -> list[Any]:
    if not _readable(series, True):
        return [None if null else NotText(str(series.dtype)) for null in series.isna()]
    if isinstance(series.dtype, pd.ArrowDtype):
        return arrow.cells(pa.array(series))
    return [None if null else value for value, null in zip(series.tolist(), series.isna(), strict=True)]


def _like(given: pd.Series, texts: list[str | None]) -> pd.Series:
    """Texts as a series of the kind they were given in."""
    dtype: Any = given.dtype
    if isinstance(dtype, pd.ArrowDtype):
        dtype = pd.ArrowDtype(arrow.text_type(dtype.pyarrow_dtype))
    elif not isinstance(dtype, pd.StringDtype):
        dtype = dtype if pd.api.types.is_object_dtype(dtype) else "str"
    if pd.api.types.is_object_dtype(dtype):
        old = zip(texts, given.tolist(), given.isna(), strict=True)
        return pd.Series([value if null else text for text, value, null in old], given.index, object, given.name)
    return pd.Series(texts, index=given.index, dtype=dtype, name=given.name)
