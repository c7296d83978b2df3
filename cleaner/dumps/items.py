"""What readers yield: records as they lie in a dump, each with its place, not yet opened."""

from __future__ import annotations

from typing import Any, NamedTuple

#: As the place after an item: the stream ends there.
END = 1 << 62

#: How much of a record that is too large to keep goes into ``errors.jsonl``.
HEAD = 1000


class Bad(NamedTuple):
    """What stands in for a record, or for a stretch of a file, that cannot be read.

    Attributes:
        reason: what is wrong, in words.
        record: what there is of it, for ``errors.jsonl``.
        records: how many records it stands for; None where nobody can know.
        whole: whether that is all of it.
    """

    reason: str
    record: bytes = b""
    records: int | None = 1
    whole: bool = True


class BrokenError(Exception):
    """Reading a file cannot go on.

    Args:
        reason: what is wrong, in words.
        record: what there is of the record in which it broke.
    """

    def __init__(self, reason: str, record: bytes = b"") -> None:
        super().__init__(reason)
        self.reason = reason
        self.record = record


class Skip(NamedTuple):
    """A record that is no page (a WARC request, an image): counted, not cleaned.

    Attributes:
        kind: what it is.
    """

    kind: str


class Item(NamedTuple):
    """One record of a stream.

    Attributes:
        number: its number in the stream, from 0.
        offset: where it starts, in the terms of its reader (bytes, or rows).
        after: where the next one starts.
        data: the record: bytes of JSON or of a file, a row as a dict, a WARC record as a tuple; or a `Bad` or `Skip`.
        size: about how many bytes it takes.
    """

    number: int
    offset: int
    after: int
    data: Any
    size: int


class Stream(NamedTuple):
    """One dump file, or a run of pages that are a file each.

    Attributes:
        number: its place in the order of the inputs.
        names: paths or URLs; one, or for pages one each.
        format: ``jsonl``, ``json``, ``csv``, ``tsv``, ``parquet``, ``warc``, ``arc``, ``page``, or ``bad``.
        compression: ``gz``, ``zst``, ``bz2``, ``xz`` or nothing.
        sizes: bytes on disk, for each name; -1 where that is not known.
        stamps: what tells one state of the file from another (time of change, ETag), for each name.
        why: what is wrong with a ``bad`` stream.
        array: whether JSON is an array, rather than objects one after another.
        schema: of Parquet, serialized.
        first: of pages, the number of the record that the first name is for.
    """

    number: int
    names: tuple[str, ...]
    format: str
    compression: str
    sizes: tuple[int, ...]
    stamps: tuple[str, ...]
    why: str = ""
    array: bool = False
    schema: bytes = b""
    first: int = 0

    @property
    def name(self) -> str:
        """The file's name; of several, the first."""
        return self.names[0]

    def name_of(self, index: int) -> str:
        """The file that record ``index`` is in."""
        return self.names[index - self.first] if self.format == "page" else self.names[0]

    @property
    def size(self) -> int:
        """Bytes on disk, as far as known."""
        return sum(size for size in self.sizes if size > 0)


class Position(NamedTuple):
    """Where reading goes on.

    Attributes:
        stream: number of the stream.
        record: number of the next record in it.
        offset: where that record starts.
    """

    stream: int = 0
    record: int = 0
    offset: int = 0
