"""Tables: CSV, TSV and Parquet, a row a record."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.dumps.items import HEAD, Bad, Item, Stream
from cleaner.dumps.read.lines import BOM, raw_lines, too_large
from cleaner.dumps.read.open import DAMAGE, Opener

#: Rows of a Parquet file taken at a time; few, since a row may be a whole page.
ROWS = 64


class _TooLargeError(Exception):
    def __init__(self, end: int, head: bytes, quoted: bool) -> None:
        super().__init__()
        self.end, self.head, self.quoted = end, head, quoted


class _Feed:
    """Hands lines to the csv module as it asks for them, and keeps what the present record is made of."""

    def __init__(self, lines: Iterator[tuple[int, int, bytes, bytes | None]], limit: int) -> None:
        self._lines = lines
        self._limit = limit
        self.record: list[bytes] = []
        self.size = 0
        self.first: int | None = None
        self.end = 0

    def __iter__(self) -> Iterator[str]:
        for start, end, line, head in self._lines:
            if self.first is None:
                self.first = start
            self.end = end
            self.size += end - start
            if head is not None or self.size > self._limit:
                marks = b"".join(self.record).count(b'"') + line.count(b'"')
                raise _TooLargeError(end, (b"".join(self.record) + (head or line))[:HEAD], marks % 2 == 1)
            self.record.append(line)
            text = line.removeprefix(BOM) if start == 0 else line
            yield text.decode("utf-8", "surrogateescape")

    def take(self) -> tuple[int, bytes]:
        """Where the record started and its bytes; the next line starts another."""
        found = (self.first if self.first is not None else self.end, b"".join(self.record))
        self.record, self.size, self.first = [], 0, None
        return found

    def pass_cell(self) -> int:
        """Go past the rest of a quoted cell that was too large: to the end of the line that closes it."""
        for _, end, line, _ in self._lines:
            self.end = end
            if line.count(b'"') % 2:
                break
        return self.end


def rows(file: IO[bytes], index: int, offset: int, limit: int, tab: bool) -> Iterator[Item]:
    """Rows of CSV or TSV as dicts; the first row names the columns. Cells may hold newlines in quotes.

    A second column of one name is called ``name.1``, as pandas calls it. A row with more cells than there are columns
    is bad; missing cells at its end are None.

    Args:
        file: the bytes, at the start.
        index: number of the row to begin with.
        offset: where that row starts.
        limit: rows longer than this are not kept.
        tab: whether tabs part the cells; else the mark that is most frequent in the first row does.

    Yields:
        The rows.
    """
    csv.field_size_limit(max(limit, csv.field_size_limit()))  # of the whole process: raised only
    lines = raw_lines(file, 0, limit)
    first = next(lines, None)
    if first is None:
        return
    delimiter = "\t" if tab else max(",;\t|", key=lambda mark: first[2].count(mark.encode()))
    feed = _Feed(chain([first], lines), limit)
    names = next(csv.reader(iter(feed), delimiter=delimiter), None)
    feed.take()
    if names is None:
        return
    names = _apart(names)
    if offset:
        file.seek(offset)
        feed = _Feed(raw_lines(file, offset, limit), limit)
    while True:
        reader = csv.reader(iter(feed), delimiter=delimiter)
        try:
            for cells in reader:
                start, raw = feed.take()
                if not cells:
                    continue
                data: Any = dict(zip(names, cells, strict=False)) | dict.fromkeys(names[len(cells) :])
                if len(cells) > len(names):
                    data = Bad(f"the row has {len(cells)} cells, the first row names {len(names)}", raw)
                yield Item(index, start, feed.end, data, len(raw))
                index += 1
            return
        except _TooLargeError as e:
            start, _ = feed.take()
            end = feed.pass_cell() if e.quoted else e.end
            yield Item(index, start, end, too_large(end - start, limit, e.head), HEAD)
        except csv.Error as e:
            start, raw = feed.take()
            yield Item(index, start, feed.end, Bad(f"not a row of CSV: {e}", raw), len(raw))
        index += 1


def _apart(names: list[str]) -> list[str]:
    """Names of columns, each once, so that no cell is lost."""
    found: dict[str, None] = {}
    for name in names:
        number, new = 0, name
        while new in found or (number and new in names):
            number += 1
            new = f"{name}.{number}"
        found[new] = None
    return list(found)


def parquet(opener: Opener, stream: Stream, index: int) -> Iterator[Item]:
    """Rows of a Parquet file as dicts, a row group at a time, a few rows of it at a time.

    Args:
        opener: opens the file.
        stream: the file.
        index: number of the row to begin with.

    Yields:
        The rows; for pages of it that cannot be read, one bad item for the rest of their row group.

    Raises:
        OSError: it is no Parquet file.
    """
    file = pq.ParquetFile(
        opener.raw(stream.name), buffer_size=1 << 20, pre_buffer=False, page_checksum_verification=True
    )
    start = 0
    for group in range(file.metadata.num_row_groups):
        about = file.metadata.row_group(group)
        end = start + about.num_rows
        row = start
        if index < end:
            each = about.total_byte_size // max(about.num_rows, 1)
            opener.extra = stream.size * start // max(file.metadata.num_rows, 1)
            try:
                for batch in file.iter_batches(max(1, min(ROWS, (1 << 20) // max(each, 1))), [group]):
                    if row + batch.num_rows > index:
                        for n, data in enumerate(plain(batch).to_pylist(), row):
                            if n >= index:
                                yield Item(n, n, n + 1, data, each)
                    row += batch.num_rows
            except (OSError, pa.ArrowException, *DAMAGE) as e:
                row = max(row, index)
                why = f"row group {group}, rows {row} to {end - 1}: {str(e).strip()}"
                yield Item(row, row, end, Bad(why, b"", end - row), HEAD)
        start = end


def plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch whose every value Python can hold: times in nanoseconds become their count of nanoseconds."""
    for n, field in enumerate(batch.schema):
        if is_nano(field.type):
            batch = batch.set_column(n, field.name, batch.column(n).cast(pa.int64()))
    return batch


def is_nano(kind: pa.DataType) -> bool:
    """Whether a column counts nanoseconds, which Python's own times cannot."""
    timed = pa.types.is_timestamp(kind) or pa.types.is_duration(kind) or pa.types.is_time64(kind)
    return bool(timed and kind.unit == "ns")


def schema_of(opener: Opener, stream: Stream) -> bytes:
    """The schema of a Parquet file, as bytes that another process can read."""
    try:
        return bytes(pq.read_schema(opener.raw(stream.name)).serialize())
    finally:
        opener.close()
