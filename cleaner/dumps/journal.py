"""The record of what is done: lines with a checksum, only ever added, each forced to disk before the run goes on."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson


def read_journal(path: Path) -> Iterator[tuple[dict[str, Any], int]]:
    """The entries of a journal, up to the first that is not whole.

    Args:
        path: the file; none is as good as an empty one.

    Yields:
        (entry, where it ends in the file).
    """
    if not path.exists():
        return
    end = 0
    with path.open("rb") as file:
        for line in file:
            check, _, body = line.rstrip(b"\n").partition(b" ")
            if not line.endswith(b"\n") or check != _check(body):
                return
            end += len(line)
            yield orjson.loads(body), end


def add_entry(path: Path, entry: dict[str, Any]) -> None:
    """Add an entry, and return when it is on disk."""
    body = orjson.dumps(entry)
    with path.open("ab") as file:
        file.write(_check(body) + b" " + body + b"\n")
        file.flush()
        os.fsync(file.fileno())


def cut_journal(path: Path, end: int) -> None:
    """Cut off what stands behind the last whole entry."""
    if path.exists() and path.stat().st_size > end:
        os.truncate(path, end)


def _check(body: bytes) -> bytes:
    return b"%08x" % zlib.crc32(body)


def sync_folder(path: Path) -> None:
    """Force a folder's names to disk, where the system can."""
    if os.name != "nt":
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
