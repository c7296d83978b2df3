"""Parts of the output in the making: written under another name, and forced to disk before they get their own."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.dumps.journal import sync_folder
from cleaner.dumps.pack import Packed, as_json

#: Rows of a Parquet row group, and about how many bytes it may take in memory.
GROUP_ROWS, GROUP_BYTES = 10_000, 32 << 20


class PartFile(Protocol):
    """A part in the making."""

    ending: str

    def write(self, packed: Packed) -> None:
        """Add a batch."""

    def close(self) -> Path:
        """Force it to disk; gives what is to be renamed."""
        ...

    def drop(self) -> None:
        """Let go of it; what it wrote stays, and is to be removed."""


def part_file(to: str, path: Path) -> PartFile:
    """Begin a part at a path."""
    if to == "txt":
        return _TextPart(path)
    return _ParquetPart(path) if to == "parquet" else _LinesPart(path, f".{to}")


def remove(path: Path) -> None:
    """Take away a file, or a folder with all in it, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


class _LinesPart:
    def __init__(self, path: Path, ending: str) -> None:
        self.ending = ending
        self._path = path
        self._file: IO[bytes] = path.open("wb")

    def write(self, packed: Packed) -> None:
        self._file.write(packed.body)

    def close(self) -> Path:
        _to_disk(self._file)
        return self._path

    def drop(self) -> None:
        with suppress(OSError):
            self._file.close()


class _ParquetPart:
    """Keeps Arrow streams one behind the other in a file, until all columns of the part are known."""

    ending = ".parquet"

    def __init__(self, path: Path) -> None:
        path.mkdir()
        self._path = path
        self._file: IO[bytes] = (path / "rows").open("wb")

    def write(self, packed: Packed) -> None:
        self._file.write(packed.body)

    def close(self) -> Path:
        self._file.close()
        rows = self._path / "rows"
        schema = merged([table.schema for table in _tables(rows)])
        made = self._path / "parquet"
        with made.open("wb") as file:
            writer = pq.ParquetWriter(file, schema, compression="zstd")
            held: list[pa.Table] = []
            for table in _tables(rows):
                held.append(fitted(table, schema))
                if sum(t.num_rows for t in held) >= GROUP_ROWS or sum(t.nbytes for t in held) >= GROUP_BYTES:
                    writer.write_table(pa.concat_tables(held))
                    held = []
            if held:
                writer.write_table(pa.concat_tables(held))
            writer.close()
            file.flush()
            os.fsync(file.fileno())
        rows.unlink()
        return made

    def drop(self) -> None:
        with suppress(OSError):
            self._file.close()


def _tables(path: Path):  # type: ignore[no-untyped-def]
    size = path.stat().st_size
    with path.open("rb") as file:
        while file.tell() < size:
            with pa.ipc.open_stream(file) as reader:
                yield reader.read_all()


def merged(schemas: list[pa.Schema]) -> pa.Schema:
    """One schema that holds the columns of all; those that do not go together become JSON text."""
    kinds: dict[str, list[pa.Field]] = {}
    for schema in dict.fromkeys(schemas):
        for field in schema:
            kinds.setdefault(field.name, []).append(field)
    out = []
    for name, fields in kinds.items():
        try:
            joined = pa.unify_schemas([pa.schema([f]) for f in fields], promote_options="permissive").field(0)
        except pa.ArrowException:
            joined = pa.field(name, pa.string())
        out.append(pa.field(name, pa.string()) if pa.types.is_null(joined.type) else joined.with_nullable(True))
    return pa.schema(out)


def fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """A table in another schema."""
    columns = []
    for field in schema:
        if field.name not in table.column_names:
            columns.append(pa.nulls(table.num_rows, field.type))
            continue
        column = table.column(field.name)
        if column.type == field.type:
            columns.append(column)
        elif pa.types.is_string(field.type) and not pa.types.is_null(column.type) and not _is_text(column.type):
            columns.append(as_json(column.to_pylist()))
        else:
            columns.append(column.cast(field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


class _TextPart:
    """A folder of text files, and ``index.jsonl`` with the other fields of each."""

    ending = ""

    def __init__(self, path: Path) -> None:
        path.mkdir()
        self._path = path
        self._count = 0
        self._index: IO[bytes] = (path / "index.jsonl").open("wb")

    def write(self, packed: Packed) -> None:
        for name, text, rest in packed.files:
            full = f"{self._count:06d}{'-' if name else ''}{name}.txt"
            with (self._path / full).open("wb") as file:
                file.write(text)
                _to_disk(file)
            self._index.write(b'{"file":"%s",' % full.encode() + rest.removeprefix(b"{"))
            self._count += 1

    def close(self) -> Path:
        _to_disk(self._index)
        sync_folder(self._path)
        return self._path

    def drop(self) -> None:
        with suppress(OSError):
            self._index.close()


def _to_disk(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()
