"""Web archives: WARC and WET by fastwarc, ARC by warcio. Records are opened later, in a worker."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import IO

from fastwarc.warc import ArchiveIterator, WarcRecord
from warcio.archiveiterator import ArchiveIterator as ArcIterator
from warcio.exceptions import ArchiveLoadFailed

from cleaner.dumps.items import END, HEAD, Bad, BrokenError, Item, Skip, Stream
from cleaner.dumps.read.lines import too_large
from cleaner.dumps.read.open import CHUNK, DAMAGE, Opener, forward, zstd

#: Record types that can hold a page.
PAGES = {"response": "response", "resource": "resource", "conversion": "text"}
#: What a payload type is called that is a page.
HTML = ("html", "xml")
#: Compressions that fastwarc takes off itself, so that records can be sought by their place in the file.
OWN = ("", "gz", "zst")

_STARTS = {"gz": b"\x1f\x8b\x08", "zst": b"\x28\xb5\x2f\xfd", "": b"WARC/1."}


def warc(opener: Opener, stream: Stream, index: int, offset: int, limit: int) -> Iterator[Item]:
    """Records of a WARC or WET file.

    After a damaged stretch reading goes on at the next record that can be found.

    Args:
        opener: opens the file.
        stream: the file.
        index: number of the record to begin with.
        offset: where it starts: in the file as it lies there, or in the unpacked bytes of ``.bz2`` and ``.xz``.
        limit: payloads larger than this are not kept.

    Yields:
        The records: pages as (kind, headers, block), others as `Skip`.
    """
    own = stream.compression in OWN
    passed = offset < 0
    offset = -1 - offset if passed else offset
    while True:
        file = opener.raw(stream.name) if own else opener.open(stream)
        if offset:
            if stream.name == "-":
                forward(file, offset)
            else:
                file.seek(offset)
        last = offset
        pending: tuple[int, Item] | None = None
        try:
            for record in ArchiveIterator(file, parse_http=False, quirks_mode=True, fsspec_args=False):
                if passed:
                    passed = False
                    last = offset + 1
                    continue
                if pending:
                    yield pending[1]._replace(after=record.stream_pos)
                    pending = None
                last = record.stream_pos
                data, size = _take(record, limit)
                pending = last, Item(index, last, -1, data, size)
                index += 1
            if pending:
                yield pending[1]._replace(after=END)
            return
        except (OSError, *DAMAGE) as e:
            why = str(e)
            if pending:
                # the damage lies after this record; negative: it is to be read again, and passed over
                yield pending[1]._replace(after=-1 - pending[0])
                last = pending[0] + 1
        found = _next_start(opener, stream, last + 1) if stream.name != "-" and own else None
        lost = f"damaged from byte {last} to {'the end of the file' if found is None else f'byte {found}'}: {why}"
        yield Item(index, last, END if found is None else found, Bad(lost, b"", None), HEAD)
        index += 1
        if found is None:
            return
        offset = found


def _take(record: WarcRecord, limit: int) -> tuple[object, int]:
    kind = PAGES.get(str(record.record_type.name))
    if kind is None:
        return Skip(f"WARC {record.record_type.name}"), 0
    headers = record.headers
    declared = headers.get("WARC-Identified-Payload-Type")
    if kind == "response" and declared and not any(word in declared for word in HTML):
        return Skip(f"not a page: {declared}"), 0
    if kind != "response" and not (headers.get("Content-Type") or "text/").lower().startswith(_texts(kind)):
        return Skip(f"not a page: {(headers.get('Content-Type') or '').partition(';')[0]}"), 0
    length = record.content_length
    if length > limit:
        return too_large(length, limit, record.reader.read(HEAD)), HEAD
    block = record.reader.read(length)
    if len(block) < length:
        return Bad(f"the record is cut short: {len(block):,} of {length:,} bytes", block), len(block)
    return (kind, dict(headers.items()), block), len(block)


def _texts(kind: str) -> tuple[str, ...]:
    return ("text/plain",) if kind == "text" else ("text/html", "application/xhtml", "text/plain")


def _next_start(opener: Opener, stream: Stream, offset: int) -> int | None:
    """Where the next record that can be read starts; None if there is none."""
    magic = _STARTS[stream.compression]
    with opener.raw(stream.name) as file:
        file.seek(offset)
        base, data = offset, file.read(CHUNK)
        while data:
            place = data.find(magic)
            while place >= 0:
                if _is_record(file, base + place, stream.compression):
                    return base + place
                place = data.find(magic, place + 1)
            keep = len(magic) - 1
            base += max(len(data) - keep, 0)
            file.seek(base)
            data = file.read(CHUNK)
            if len(data) <= keep:
                return None
    return None


def _is_record(file: IO[bytes], place: int, compression: str) -> bool:
    file.seek(place)
    head = file.read(4096)
    try:
        if compression == "gz":
            head = zlib.decompressobj(31).decompress(head, 16)
        elif compression == "zst":
            head = zstd.ZstdDecompressor().decompress(head, 16)
    except (zlib.error, zstd.ZstdError, EOFError):
        return False
    return head.startswith(b"WARC/1.")


def arc(opener: Opener, stream: Stream, index: int, limit: int) -> Iterator[Item]:
    """Records of an ARC file, the Internet Archive's format before WARC.

    Args:
        opener: opens the file.
        stream: the file.
        index: number of the record to begin with; those before it are read and dropped.
        limit: payloads larger than this are not kept.

    Yields:
        The records, as :func:`warc` does.

    Raises:
        BrokenError: the rest of the file is damaged.
    """
    file = opener.raw(stream.name) if stream.compression in ("", "gz") else opener.open(stream)
    try:
        records = ArcIterator(file, arc2warc=True, no_record_parse=True)
        for n, record in enumerate(records):
            if n < index:
                continue
            place = records.get_record_offset()
            data: object = Skip(f"ARC {record.rec_type}")
            size = 0
            if record.rec_type == "response":
                length = int(record.rec_headers.get_header("Content-Length") or 0)
                block = record.raw_stream.read(length if length <= limit else HEAD)
                size = len(block)
                if length > limit:
                    data = too_large(length, limit, block)
                elif size < length:
                    data = Bad(f"the record is cut short: {size:,} of {length:,} bytes", block)
                else:
                    data = ("response", dict(record.rec_headers.headers), block)
            yield Item(n, place, 0, data, size)
    except (ArchiveLoadFailed, zlib.error) as e:
        raise BrokenError(str(e)) from None
