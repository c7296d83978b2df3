"""Records made into bytes: JSON lines, Arrow tables, text files. The same records always give the same bytes."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
import pyarrow as pa

from cleaner.dumps.read.open import zstd
from cleaner.dumps.read.tables import is_nano

#: What ``to`` takes.
OUTPUTS = ("jsonl.zst", "jsonl.gz", "jsonl", "parquet", "txt")

#: How hard zstandard and gzip work: their own defaults.
ZSTD_LEVEL, GZIP_LEVEL = 3, 6

#: The field that is added to every record.
STAMP = pa.struct(
    [
        ("version", pa.string()),
        ("settings_hash", pa.string()),
        ("flags", pa.list_(pa.string())),
        ("words_in", pa.int64()),
        ("words_out", pa.int64()),
    ]
)

Row = tuple[dict[str, Any], str, str, bool]


class Packed(NamedTuple):
    """A batch's output.

    Attributes:
        rows: how many records it holds.
        body: for the part: compressed JSON lines, or an Arrow stream; empty for text files.
        files: for text files: (name, text, the record's other fields as a JSON line).
        filtered: lines for the side file of filtered records.
        removed: lines for the side file of cuts.
        errors: lines for ``errors.jsonl``.
    """

    rows: int
    body: bytes
    files: tuple[tuple[str, bytes, bytes], ...]
    filtered: bytes
    removed: bytes
    errors: bytes


@dataclass(frozen=True)
class Packer:
    """Makes output of records.

    Attributes:
        to: one of `OUTPUTS`.
    """

    to: str = "jsonl.zst"

    @property
    def side(self) -> str:
        """The ending of side files, which are always JSON lines."""
        return self.to if self.to.startswith("jsonl") else "jsonl.zst"

    def pack(
        self,
        rows: Sequence[Row],
        *,
        filtered: Iterable[tuple[dict[str, Any], bool]] = (),
        removed: Iterable[tuple[dict[str, Any], bool]] = (),
        errors: Iterable[tuple[dict[str, Any], bool]] = (),
        schema: bytes = b"",
    ) -> Packed:
        """Make a batch's output.

        Args:
            rows: records to write: (fields, name, key of the text, whether it holds what strict JSON cannot).
            filtered: lines for that side file, with the same last item.
            removed: lines for that side file.
            errors: lines for that side file.
            schema: of the Parquet file they came from.

        Returns:
            The output.
        """
        body, files = b"", tuple[tuple[str, bytes, bytes], ...]()
        if rows and self.to == "parquet":
            body = arrow_stream([row[0] for row in rows], schema, rows[0][2])
        elif self.to == "txt":
            files = tuple(_text_file(*row) for row in rows)
        elif rows:
            nanos = nano_fields(schema)
            body = compress(json_lines((_timed(f, nanos), odd) for f, _, _, odd in rows), self.to)
        return Packed(
            len(rows),
            body,
            files,
            compress(json_lines(filtered), self.side),
            compress(json_lines(removed), self.side),
            json_lines(errors),
        )


def compress(data: bytes, to: str) -> bytes:
    """Compress bytes so that they can be put behind others; nothing stays nothing."""
    if not data or to == "jsonl":
        return data
    if to.endswith(".gz"):
        return gzip.compress(data, GZIP_LEVEL, mtime=0)
    return zstd.compress(data, ZSTD_LEVEL)


def json_lines(rows: Iterable[tuple[dict[str, Any], bool]]) -> bytes:
    """JSON lines of (fields, whether they hold what strict JSON cannot)."""
    return b"".join(to_json(fields, odd) for fields, odd in rows)


def to_json(fields: dict[str, Any], odd: bool = False) -> bytes:
    """A record as a JSON line. NaN, lone surrogates and long numbers are written as Python's json does."""
    if not odd:
        try:
            return orjson.dumps(fields, default=_plain, option=orjson.OPT_APPEND_NEWLINE)
        except (TypeError, ValueError):
            pass
    text = json.dumps(fields, default=_plain, ensure_ascii=_lone(fields), separators=(",", ":"))
    return text.encode("ascii" if text.isascii() else "utf-8") + b"\n"


_SURROGATE = re.compile("[\ud800-\udfff]")


def _lone(fields: dict[str, Any]) -> bool:
    return _SURROGATE.search(json.dumps(fields, default=_plain, ensure_ascii=False)) is not None


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return base64.b64encode(value).decode("ascii")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def nano_fields(schema: bytes) -> dict[str, pa.DataType]:
    """The columns of a Parquet file that count nanoseconds."""
    if not schema:
        return {}
    return {f.name: f.type for f in pa.ipc.read_schema(pa.py_buffer(schema)) if is_nano(f.type)}


def _timed(fields: dict[str, Any], nanos: dict[str, pa.DataType]) -> dict[str, Any]:
    if not nanos:
        return fields
    spelled = {
        key: pa.array([fields[key]], pa.int64()).cast(kind).cast(pa.string())[0].as_py()
        for key, kind in nanos.items()
        if isinstance(fields.get(key), int)
    }
    return fields | spelled


def _text_file(fields: dict[str, Any], name: str, key: str, odd: bool) -> tuple[str, bytes, bytes]:
    text = str(fields[key])
    rest = {k: value for k, value in fields.items() if k != key}
    return slug(name), (text + "\n" if text else "").encode("utf-8", "backslashreplace"), to_json(rest, odd)


def slug(name: str) -> str:
    """A name that can be part of a file's name: the end of a path or URL, its plain characters.

    >>> slug("https://example.org/news/Harbour reopens.html")
    'Harbour-reopens'
    """
    name = name.rstrip("/>").replace("\\", "/").rpartition("/")[2]
    stem = re.sub(r"\.(?:html?|xhtml|txt|gz|zst)$", "", name, flags=re.IGNORECASE)
    return re.sub(r"[^\w.-]+", "-", stem, flags=re.ASCII).strip("-.")[:60]


def arrow_stream(rows: list[dict[str, Any]], schema: bytes, key: str) -> bytes:
    """Records as an Arrow stream.

    Columns keep the types of the Parquet file they came from; without one, types are told from the values, and a
    column whose values do not go together, or that Parquet cannot hold, is written as JSON text.

    Args:
        rows: the records.
        schema: of the Parquet file they came from; empty if they came from another format.
        key: the field with the text.

    Returns:
        The bytes of the stream.
    """
    known = {f.name: f for f in pa.ipc.read_schema(pa.py_buffer(schema))} if schema else {}
    fields, columns = [], []
    for name in dict.fromkeys(name for row in rows for name in row):
        values = [row.get(name) for row in rows]
        column = STAMP if name == "cleaner" else known[name].type if name in known else None
        if name == key and not (column is not None and pa.types.is_large_string(column)):
            column = pa.string()
        columns.append(_column(values, column))
        fields.append(pa.field(name, columns[-1].type))
    table = pa.Table.from_arrays(columns, schema=pa.schema(fields))
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return bytes(out.getvalue())


def _column(values: list[Any], kind: pa.DataType | None) -> pa.Array:
    if kind is not None:
        if is_nano(kind):
            return pa.array(values, pa.int64()).cast(kind)
        return pa.array(values, kind)
    try:
        column = pa.array(values)
    except (pa.ArrowException, ValueError, OverflowError, TypeError):
        return as_json(values)
    return column if _writable(column.type) else as_json(values)


def _writable(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        return kind.num_fields > 0 and all(_writable(kind.field(n).type) for n in range(kind.num_fields))
    if pa.types.is_list(kind):
        return _writable(kind.value_type)
    return True


def as_json(values: Iterable[Any]) -> pa.Array:
    """A column of values of several kinds: strings as they are, others as JSON."""
    texts = [
        v if v is None or isinstance(v, str) else json.dumps(v, default=_plain, ensure_ascii=False) for v in values
    ]
    return pa.array(texts, pa.string())
