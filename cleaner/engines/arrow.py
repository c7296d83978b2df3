r"""PyArrow: the common ground that the other adapters stand on.

>>> import pyarrow as pa
>>> from cleaner.engines.arrow import clean_array
>>> clean_array(pa.array(["Skip to content\n\nThe harbour reopened on Monday.", None])).to_pylist()
['The harbour reopened on Monday.', None]
"""

from __future__ import annotations

import warnings
from typing import Any, TypeVar

import pyarrow as pa

from cleaner import Settings
from cleaner.engines.cells import CUTS, FLAGS, QUARANTINE, Job, NotText, clean_cell, clean_cells, make_job
from cleaner.errors import InputError, QuarantineWarning

A = TypeVar("A", pa.Array, pa.ChunkedArray)
B = TypeVar("B", pa.RecordBatch, pa.Table)

#: A table is cleaned in pieces of so many rows, so that not all of it is held in Python at once.
ROWS = 10_000

CUT = pa.struct(
    [
        ("rule", pa.string()),
        ("stage", pa.string()),
        ("kind", pa.string()),
        ("line", pa.int64()),
        ("part", pa.int64()),
        ("before", pa.string()),
        ("after", pa.string()),
        ("why", pa.string()),
    ]
)
TYPES = {FLAGS: pa.list_(pa.string()), QUARANTINE: pa.string(), CUTS: pa.list_(CUT)}


def clean_array(array: A, settings: Settings | None = None, *, html: bool = False) -> A:
    """Clean an array of texts.

    Args:
        array: an array (or a chunked one) of strings of any kind; for HTML also of binary.
        settings: the cleaner's settings.
        html: whether its cells are HTML pages.

    Returns:
        The clean texts as ``string`` (``large_string`` for the large kinds), null where the cell is null. Cells that
        had to be set aside are null as well, with a warning; :func:`explain_array` says which and why.

    Raises:
        InputError: it is an array of something else.
        SettingsError: settings that cannot be used.

    Warns:
        QuarantineWarning: cells were set aside.
    """
    job = make_job(settings=settings, html="text" if html else None)
    _check_array(array, html)
    return _each(array, job, _texts)


def explain_array(
    array: A,
    settings: Settings | None = None,
    *,
    html: bool = False,
    cuts: bool = False,
) -> A:
    """Clean an array and account for it.

    Args:
        array: as for :func:`clean_array`.
        settings: as for :func:`clean_array`.
        html: as for :func:`clean_array`.
        cuts: whether each row gets the account of its cuts.

    Returns:
        Structs of ``text``, ``flags``, ``quarantine`` (why a cell was set aside; null for the others) and, if asked
        for, ``cuts``.

    Raises:
        InputError: it is an array of something else.
        SettingsError: settings that cannot be used.
    """
    job = make_job(settings=settings, html="text" if html else None, cuts=cuts)
    _check_array(array, html)
    return _each(array, job, _structs)


def clean_batch(
    batch: B,
    *,
    text: str | None = None,
    html: str | None = None,
    out: str | None = None,
    settings: Settings | None = None,
    cuts: bool = False,
) -> B:
    """Clean one column of a record batch or table. The batch itself is not changed.

    Args:
        batch: the batch, or the table.
        text: the column of texts; ``"text"`` if neither is given.
        html: the column of HTML pages, in place of ``text``.
        out: the column for the clean text; the column of texts itself, or ``"text"`` for HTML, if not given.
        settings: the cleaner's settings.
        cuts: whether each row gets the account of its cuts.

    Returns:
        The same rows in the same order, with the clean text, ``flags``, ``quarantine`` (why a cell was set aside, its
        text then being null; null for all others) and, if asked for, ``cuts``. A column of another type than text is
        no error: each of its cells is set aside.

    Raises:
        InputError: a column is missing, or would be overwritten.
        SettingsError: settings that cannot be used.
    """
    job = make_job(text=text, html=html, out=out, settings=settings, cuts=cuts)
    return run(batch, job)


def run(batch: B, job: Job) -> B:
    """:func:`clean_batch` for a job that was made before."""
    schema = clean_schema(batch.schema, job)
    if isinstance(batch, pa.Table):
        pieces = [run(piece, job) for piece in batch.to_batches(max_chunksize=ROWS)]
        return pa.Table.from_batches(pieces, schema=schema)
    columns = clean_cells(cells(batch.column(job.column)), job)
    arrays = [
        pa.array(columns[field.name], type=field.type) if field.name in columns else batch.column(n)
        for n, field in enumerate(schema)  # whose fields begin with the batch's; two of those may have one name
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def clean_schema(schema: pa.Schema, job: Job) -> pa.Schema:
    """The schema of a cleaned batch.

    Args:
        schema: the schema of the batch.
        job: what will be done to it.

    Returns:
        Its fields, the clean text in the place of the text it replaces or after them, and the columns that are added.

    Raises:
        InputError: a column is missing, or would be overwritten.
    """
    job.check_columns(schema.names)
    text = pa.field(job.out, text_type(schema.field(job.column).type))
    added = [pa.field(name, TYPES[name]) for name in job.added]
    if job.out == job.column:
        fields = [text if field.name == job.out else field for field in schema]
    else:
        fields = [*schema, text]
    return pa.schema([*fields, *added], metadata=schema.metadata)


def text_type(given: pa.DataType) -> pa.DataType:
    """The type of clean texts made of a column: ``large_string`` for the large kinds, else ``string``."""
    large = pa.types.is_large_string(given) or pa.types.is_large_binary(given)
    return pa.large_string() if large else pa.string()


def check_type(given: pa.DataType, html: bool) -> None:
    """See that cells of a type can be cleaned.

    Raises:
        InputError: they cannot.
    """
    if not readable(given, html):
        raise InputError(f"got a column of {given} where {'HTML (string or binary)' if html else 'text'} is expected")


def _check_array(array: Any, html: bool) -> None:
    if not isinstance(array, pa.Array | pa.ChunkedArray):
        raise InputError(f"got {type(array).__name__} where a pyarrow Array or ChunkedArray is expected")
    check_type(array.type, html)


def readable(given: pa.DataType, html: bool) -> bool:
    """Whether cells of a type are texts (or pages), or all null."""
    if pa.types.is_dictionary(given):
        return readable(given.value_type, html)
    if isinstance(given, pa.BaseExtensionType):
        return readable(given.storage_type, html)
    kinds = [pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null]
    if html:
        kinds += [pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view]
    return any(kind(given) for kind in kinds)


def cells(array: pa.Array | pa.ChunkedArray) -> list[Any]:
    """The cells of an array as Python values. One that is not valid UTF-8 comes as bytes, and the others are read."""
    if isinstance(array, pa.ChunkedArray):
        return [value for chunk in array.chunks for value in cells(chunk)]
    if isinstance(array.type, pa.BaseExtensionType):
        array = array.storage
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if not readable(array.type, True):
        kind = NotText(str(array.type))
        return [kind if valid else None for valid in array.is_valid().to_pylist()]
    try:
        values: list[Any] = array.to_pylist()
    except UnicodeDecodeError:
        values = [_text_or_bytes(value) for value in array]
    return values


def _text_or_bytes(value: pa.Scalar) -> str | bytes | None:
    try:
        text: str | None = value.as_py()
    except UnicodeDecodeError:
        return bytes(value.as_buffer())
    return text


def _each(array: A, job: Job, work: Any) -> A:
    if isinstance(array, pa.ChunkedArray):
        kind = work(array.slice(0, 0).combine_chunks(), job).type
        chunks = [work(chunk.slice(i, ROWS), job) for chunk in array.chunks for i in range(0, len(chunk), ROWS)]
        return pa.chunked_array(chunks, type=kind)
    return work(array, job)


def _texts(array: pa.Array, job: Job) -> pa.Array:
    done = [clean_cell(value, job) for value in cells(array)]
    warn_of([cell.quarantine for cell in done])
    return pa.array([cell.text for cell in done], type=text_type(array.type))


def _structs(array: pa.Array, job: Job) -> pa.Array:
    columns = clean_cells(cells(array), job)
    types = {job.out: text_type(array.type)} | TYPES
    arrays = [pa.array(column, type=types[name]) for name, column in columns.items()]
    return pa.StructArray.from_arrays(arrays, names=list(columns))


def warn_of(reasons: list[str | None]) -> None:
    """Warn of cells that were set aside where there is no column to say so.

    Warns:
        QuarantineWarning: how many, and why the first of them.
    """
    found = [reason for reason in reasons if reason is not None]
    if found:
        message = f"{len(found)} of {len(reasons)} cells could not be cleaned and are null; the first: {found[0]}"
        warnings.warn(QuarantineWarning(message), stacklevel=2)
