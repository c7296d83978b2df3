"""Readers of dump formats: a stream and a place in it give records with their places."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from cleaner.dumps.items import END, HEAD, Bad, BrokenError, Item, Stream
from cleaner.dumps.read.archives import arc, warc
from cleaner.dumps.read.lines import json_lines, json_values, too_large
from cleaner.dumps.read.open import DAMAGE, Opener, is_url
from cleaner.dumps.read.tables import parquet, rows
from cleaner.errors import RunError


def read(opener: Opener, stream: Stream, index: int, offset: int, limit: int) -> Iterator[Item]:
    """The records of a stream, from a place on.

    What cannot be read comes as an item that says so; the stream ends there if nothing after it can be read either.

    Args:
        opener: opens the stream's files.
        stream: what to read.
        index: number of the record to begin with.
        offset: where it starts, as an item of the same stream told (``Item.after``).
        limit: records of more bytes than this are not kept.

    Yields:
        The records, in order.

    Raises:
        RunError: the connection to a remote file broke, which is no fault of the file.
    """
    after = offset
    try:
        for item in _records(opener, stream, index, offset, limit):
            yield item
            index, after = item.number + 1, item.after
    except (ConnectionError, TimeoutError) as e:
        raise RunError(f"{stream.name}: the connection broke: {e}; run the same command again to go on") from e
    except BrokenError as e:
        yield Item(index, after, END, Bad(f"cannot be read from here on: {e.reason}", e.record, None), HEAD)
    except (OSError, csv.Error, zlib.error, pa.ArrowException, *DAMAGE) as e:
        if is_url(stream.name) and index == 0 and not isinstance(e, FileNotFoundError | PermissionError):
            raise RunError(f"{stream.name}: cannot be read: {e}") from e
        reason = getattr(e, "strerror", None) or str(e) or type(e).__name__
        yield Item(index, after, END, Bad(f"cannot be read from here on: {reason}", b"", None), HEAD)
    finally:
        opener.close()


def _records(opener: Opener, stream: Stream, index: int, offset: int, limit: int) -> Iterator[Item]:
    kind = stream.format
    if kind == "page":
        return _pages(opener, stream, index, limit)
    if kind == "warc":
        return warc(opener, stream, index, offset, limit)
    if kind == "arc":
        return arc(opener, stream, index, limit)
    if kind == "parquet":
        return parquet(opener, stream, index)
    if kind in ("csv", "tsv"):
        return rows(opener.open(stream), index, offset, limit, kind == "tsv")
    if kind == "json":
        return json_values(opener.open(stream, offset), index, offset, limit, stream.array)
    if kind == "jsonl":
        return json_lines(opener.open(stream, offset), index, offset, limit)
    return iter([Item(0, 0, END, Bad(stream.why, b"", None), HEAD)])


def _pages(opener: Opener, stream: Stream, index: int, limit: int) -> Iterator[Item]:
    """Files that are a page each."""
    for n in range(index, len(stream.names)):
        data: Any
        size = 0
        try:
            file = opener.open(stream._replace(names=(stream.names[n],)))
            with file:
                data = file.read(limit + 1)
            size = len(data)
            if size > limit:
                data = too_large(max(stream.sizes[n], size), limit, data[:HEAD])
        except (OSError, *DAMAGE) as e:
            data = Bad(f"cannot be read: {getattr(e, 'strerror', None) or e}")
        yield Item(n, 0, 0, data, size)
