"""Places of records in web archives: which can be sought, where the next one is, whether a file ends well."""

from __future__ import annotations

import zlib
from typing import IO

from fastwarc.warc import WarcRecord

from cleaner.dumps.items import Item, Stream
from cleaner.dumps.read.open import CHUNK, Opener, is_url, open_raw, zstd

_STARTS = {"gz": b"\x1f\x8b\x08", "zst": b"\x28\xb5\x2f\xfd", "": b"WARC/1."}
#: Bytes in which a record's id is looked for.
HEADER = 4096
#: A place behind every file.
_FAR = 1 << 62


class Places:
    """Tells whether records can be sought by the places that fastwarc names.

    It names the place to which a compressed file was read, which is a record's own only where each record is
    compressed for itself. Files compressed as a whole are not rare, so each place is looked at before it is relied on.

    Args:
        stream: the file.
        own: whether fastwarc takes the compression off.
    """

    def __init__(self, stream: Stream, own: bool) -> None:
        self.true = True
        self.own = own
        self._stream = stream
        self._packed = own and stream.compression != ""
        #: Whether places are those of bytes in the file, so that reading can go on anywhere.
        self.plain = own and not self._packed
        self._file: IO[bytes] | None = None
        if self._packed and is_url(stream.name):
            self.true = False  # looking would be a request for each record

    def sure(self, record: WarcRecord) -> int:
        """The place of a record, or 0 if it cannot be sought."""
        place = record.stream_pos
        if not self._packed:
            return place
        if self.true:
            if self._file is None:
                self._file = open_raw(self._stream.name)
            self._file.seek(place)
            head = unpacked_head(self._file.read(HEADER), self._stream.compression)
            name, length = record.record_id or "", f"Content-Length: {record.content_length}\r"
            said = (name.strip("<>"), length, record.headers.get("WARC-Type") or "")
            header = head.partition(b"\r\n\r\n")[0] + b"\r"
            self.true = head.startswith(b"WARC/1.") and all(s.encode("utf-8", "replace") in header for s in said)
        return place if self.true else 0

    def close(self) -> None:
        """Close the file that was looked into."""
        if self._file is not None:
            self._file.close()

    def left_over(self, opener: Opener, last: Item | None) -> str:
        """What is wrong with a file's end that fastwarc took for a good one; empty if nothing."""
        place = last.offset if last and self.true else 0
        if self._packed:
            if self._stream.compression == "gz" and uneven(opener, self._stream, place):
                return "the file is cut short in the middle of a record"
        elif last and self.plain and gap(opener, self._stream, place, _FAR):
            return "the file is cut short in the header of a record"
        return ""


def ends_in_newlines(file: IO[bytes], offset: int) -> bool:
    """Whether the header of the record at ``offset`` has lines that end in bare newlines, as some tools write them."""
    file.seek(offset)
    line = file.read(CHUNK).lstrip().partition(b"\n")[0]
    return line.startswith(b"WARC/1.") and not line.endswith(b"\r")


def gap(opener: Opener, stream: Stream, place: int, until: int) -> bool:
    """Whether there is more than blank lines between a record that is not packed and a place behind it.

    Args:
        opener: opens the file.
        stream: the file.
        place: where the record begins.
        until: the place behind it.
    """
    with opener.raw(stream.name) as file:
        file.seek(place)
        head, mark, _ = file.read(1 << 16).partition(b"\r\n\r\n")
        length = next((x[15:] for x in head.lower().split(b"\r\n") if x.startswith(b"content-length:")), b"")
        if not mark or not length.strip().isdigit():
            return until < _FAR
        end = place + len(head) + 4 + int(length)
        if end > until:
            return True
        file.seek(end)
        return bool(file.read(min(1 << 16, until - end)).strip())


def uneven(opener: Opener, stream: Stream, place: int) -> bool:
    """Whether a gzip file ends inside a member, from the member at ``place`` on."""
    with opener.raw(stream.name) as file:
        file.seek(place)
        member = zlib.decompressobj(31)
        data = file.read(CHUNK)
        while data:
            try:
                while data:
                    member.decompress(data, CHUNK)
                    data = member.unconsumed_tail
            except zlib.error:
                return True
            if member.eof:
                data = member.unused_data or file.read(CHUNK)
                data = data.lstrip(b"\0")  # padding, which gzip allows
                if data:
                    member = zlib.decompressobj(31)
            else:
                data = file.read(CHUNK)
        return not member.eof


def next_start(opener: Opener, stream: Stream, offset: int) -> int | None:
    """Where the next record that can be read starts; None if there is none."""
    magic = _STARTS[stream.compression]
    with opener.raw(stream.name) as file:
        base = offset
        file.seek(base)
        data = file.read(CHUNK)
        while data:
            place = data.find(magic)
            while place >= 0:
                file.seek(base + place)
                if unpacked_head(file.read(HEADER), stream.compression).startswith(b"WARC/1."):
                    return base + place
                place = data.find(magic, place + 1)
            base += max(len(data) - len(magic) + 1, 1)
            file.seek(base)
            data = file.read(CHUNK)
    return None


def unpacked_head(data: bytes, compression: str) -> bytes:
    """The beginning of what the beginning of a compressed record holds; empty if it cannot be unpacked."""
    try:
        if compression == "gz":
            return zlib.decompressobj(31).decompress(data, HEADER)
        if compression == "zst":
            return zstd.ZstdDecompressor().decompress(data, HEADER)
    except (zlib.error, zstd.ZstdError, EOFError):
        return b""
    return data
