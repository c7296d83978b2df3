r"""Polars: ``pl.col("text").cleaner.clean()``, eager, lazy and streaming. Importing this module adds the namespace.

>>> import polars as pl
>>> import cleaner.engines.polars
>>> frame = pl.DataFrame({"text": ["Skip to content\n\nThe harbour reopened on Monday.", None]})
>>> frame.with_columns(pl.col("text").cleaner.clean())["text"].to_list()
['The harbour reopened on Monday.', None]

A Python function holds the interpreter's lock, so one process cleans on one core, however many threads Polars has.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl

from cleaner import Settings
from cleaner.engines import arrow
from cleaner.engines.cells import CUT_FIELDS, CUTS, FLAGS, QUARANTINE, Job, clean_cells, make_job
from cleaner.errors import InputError

CUT = pl.Struct([pl.Field(name, pl.Int64 if name in ("line", "part") else pl.String) for name in CUT_FIELDS])


class CleanerNamespace:
    """What ``pl.col("text").cleaner`` can do.

    Args:
        expr: the expression that gives the texts.
    """

    def __init__(self, expr: pl.Expr) -> None:
        self._expr = expr

    def clean(self, settings: Settings | None = None, *, html: bool = False) -> pl.Expr:
        """The clean texts; null stays null.

        Args:
            settings: the cleaner's settings.
            html: whether the cells are HTML pages (then also binary).

        Returns:
            An expression of type String.

        Raises:
            SettingsError: settings that cannot be used.
            InputError: when the query runs: the column holds something else.
        """
        job = make_job(settings=settings, html="text" if html else None)
        return self._expr.map_batches(partial(_clean, job=job), return_dtype=pl.String, is_elementwise=True)

    def explain(self, settings: Settings | None = None, *, html: bool = False, cuts: bool = False) -> pl.Expr:
        """The clean texts with their account.

        Args:
            settings: the cleaner's settings.
            html: whether the cells are HTML pages (then also binary).
            cuts: whether each row gets the account of its cuts.

        Returns:
            An expression of structs: ``text``, ``flags``, ``quarantine`` (why a cell was set aside, else null) and,
            if asked for, ``cuts``. ``.struct.unnest()`` makes columns of them.

        Raises:
            SettingsError: settings that cannot be used.
            InputError: when the query runs: the column holds something else.
        """
        job = make_job(settings=settings, html="text" if html else None, cuts=cuts)
        fields = {"text": pl.String(), FLAGS: pl.List(pl.String), QUARANTINE: pl.String()}
        kind = pl.Struct(fields | ({CUTS: pl.List(CUT)} if cuts else {}))
        return self._expr.map_batches(partial(_explain, job=job, kind=kind), return_dtype=kind, is_elementwise=True)


def _columns(series: pl.Series, job: Job) -> dict[str, list[Any]]:
    kinds = [pl.String, pl.Null, pl.Categorical, pl.Enum, pl.Object]
    if series.dtype not in ([*kinds, pl.Binary] if job.html else kinds):
        raise InputError(f"got a column of {series.dtype} where {'HTML' if job.html else 'text'} is expected")
    return clean_cells(series.to_list(), job)


def _clean(series: pl.Series, job: Job) -> pl.Series:
    columns = _columns(series, job)
    arrow.warn_of(columns[QUARANTINE])
    return pl.Series(series.name, columns[job.out], dtype=pl.String)


def _explain(series: pl.Series, job: Job, kind: pl.Struct) -> pl.Series:
    columns = _columns(series, job)
    fields = {field.name: field.dtype for field in kind.fields}
    return pl.DataFrame(columns, schema=fields).to_struct(series.name)


pl.api.register_expr_namespace("cleaner")(CleanerNamespace)
