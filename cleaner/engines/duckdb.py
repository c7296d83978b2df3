"""DuckDB: the SQL functions ``clean_text(text)`` and ``explain_text(text)``.

>>> import duckdb
>>> from cleaner.engines.duckdb import register
>>> con = duckdb.connect()
>>> register(con)
>>> con.sql("SELECT clean_text('Skip to content' || chr(10) || 'The harbour reopened on Monday.')").fetchall()
[('The harbour reopened on Monday.',)]
"""

from __future__ import annotations

from contextlib import suppress

import duckdb
import pyarrow as pa
from duckdb import sqltypes

from cleaner import Settings
from cleaner.engines import arrow
from cleaner.engines.cells import CUT_FIELDS, make_job

_CUT = ", ".join(f"{name} {'BIGINT' if name in ('line', 'part') else 'VARCHAR'}" for name in CUT_FIELDS)


def register(
    con: duckdb.DuckDBPyConnection,
    *,
    settings: Settings | None = None,
    html: bool = False,
    cuts: bool = False,
    suffix: str | None = None,
) -> None:
    """Add the functions to a connection.

    ``clean_text(VARCHAR) -> VARCHAR`` gives the clean text, ``explain_text(VARCHAR)`` a struct of ``text``, ``flags``
    and ``quarantine``, with ``cuts`` if asked for. NULL stays NULL. A cell that had to be set aside is NULL, and
    ``explain_text`` says why. For HTML they are ``clean_html`` and ``explain_html`` and take a BLOB. Functions of the
    same name that were added before are replaced.

    Args:
        con: the connection.
        settings: the cleaner's settings.
        html: whether the functions take HTML pages.
        cuts: whether the account holds the cuts.
        suffix: the end of the functions' names, in place of ``text`` or ``html``: for several settings side by side.

    Raises:
        SettingsError: settings that cannot be used.
    """
    make_job(settings=settings, html="text" if html else None, cuts=cuts)
    name = suffix or ("html" if html else "text")
    given = [sqltypes.BLOB if html else sqltypes.VARCHAR]
    account = f"STRUCT(text VARCHAR, flags VARCHAR[], quarantine VARCHAR{f', cuts STRUCT({_CUT})[]' if cuts else ''})"

    def clean(cells: pa.ChunkedArray) -> pa.ChunkedArray:
        return arrow.clean_array(cells, settings, html=html)

    def explain(cells: pa.ChunkedArray) -> pa.ChunkedArray:
        return arrow.explain_array(cells, settings, html=html, cuts=cuts)

    for made in (f"clean_{name}", f"explain_{name}"):
        with suppress(duckdb.InvalidInputException):  # there is none yet
            con.remove_function(made)
    con.create_function(f"clean_{name}", clean, given, sqltypes.VARCHAR, type="arrow")
    con.create_function(f"explain_{name}", explain, given, con.type(account), type="arrow")
