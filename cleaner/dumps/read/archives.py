"""Web archives: WARC and WET by fastwarc, ARC by warcio. Records are opened later, in a worker."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecord
from warcio.archiveiterator import ArchiveIterator as ArcIterator
from warcio.exceptions import ArchiveLoadFailed

from cleaner.dumps.items import END, HEAD, Bad, BrokenError, Item, Skip, Stream
from cleaner.dumps.read.lines import too_large
from cleaner.dumps.read.open import Opener, ReadOnly, is_damage
from cleaner.dumps.read.places import Places, ends_in_newlines, gap, next_start, uneven

#: Record types that can hold a page.
PAGES = {4: "response", 8: "resource", 128: "text"}
#: What the other types are called.
OTHERS = {2: "warcinfo", 16: "request", 32: "metadata", 64: "revisit", 256: "continuation"}
#: What a payload type is called that is a page.
HTML = ("html", "xml")
#: Compressions that fastwarc takes off itself, so that records can be sought by their place in the file.
OWN = ("", "gz", "zst")


def warc(opener: Opener, stream: Stream, index: int, offset: int, limit: int) -> Iterator[Item]:
    """Records of a WARC or WET file.

    After a damaged stretch reading goes on at the next record that can be found. What lies between records is looked at
    where the file is not packed; else it is passed over. Where records cannot be sought by
    their place (a single gzip member around all of them), ``Item.after`` is 0, and they are counted from the start.

    Args:
        opener: opens the file.
        stream: the file.
        index: number of the record to begin with.
        offset: where it starts: in the file as it lies there, or in the unpacked bytes of ``.bz2`` and ``.xz``.
        limit: payloads larger than this are not kept.

    Yields:
        The records: pages as (kind, headers, block), others as `Skip`.
    """
    if index and not offset:
        yield from (item for item in warc(opener, stream, 0, 0, limit) if item.number >= index)
        return
    with closing(Places(stream, stream.compression in OWN and stream.name != "-")) as places:
        yield from _warc(opener, stream, places, index=index, offset=offset, limit=limit)


def _warc(opener: Opener, stream: Stream, places: Places, *, index: int, offset: int, limit: int) -> Iterator[Item]:
    passed = offset < 0
    offset = -1 - offset if passed else offset
    good: int | None = None  # where the last record begins that could be read
    while True:
        file = opener.raw(stream.name) if places.own else opener.open(stream)
        lax = not places.plain or ends_in_newlines(file, offset)
        if offset or places.plain:
            file.seek(offset)
        last = offset
        pending: Item | None = None
        try:
            source: Any = file if places.own else ReadOnly(file, offset)
            for record in ArchiveIterator(source, parse_http=False, quirks_mode=lax, fsspec_args=False):
                if passed:
                    passed = False
                    good, last = offset, offset + 1
                    continue
                if pending:
                    yield pending._replace(after=places.sure(record))
                    pending = None
                good = last = record.stream_pos
                data, size = _take(record, limit)
                pending = Item(index, last, -1, data, size)
                index += 1
            why = "" if pending and isinstance(pending.data, Bad) else places.left_over(opener, pending)
            if pending:
                yield pending._replace(after=-1 - pending.offset if why and places.true else 0 if why else END)
            if why:
                yield Item(index, last, END, Bad(why, b"", None), HEAD)
            return
        except BaseException as e:
            if not is_damage(e):
                raise
            why = str(e)
            if pending:
                # the damage lies after this record; negative: it is to be read again, and passed over
                yield pending._replace(after=-1 - pending.offset if places.true else 0)
                last = pending.offset + 1
        found = next_start(opener, stream, last + 1) if places.own else None
        if found is not None and good is not None and places.plain and not gap(opener, stream, good, found):
            good, offset = None, found  # what is wrong is the record that begins there
            continue
        good = None
        lost = f"damaged from byte {last} to {'the end of the file' if found is None else f'byte {found}'}: {why}"
        yield Item(index, last, END if found is None else found, Bad(lost, b"", None), HEAD)
        index += 1
        if found is None:
            return
        offset = found


def _take(record: WarcRecord, limit: int) -> tuple[object, int]:
    number = int(record.record_type)
    kind = PAGES.get(number)
    if kind is None:
        return Skip(f"WARC {OTHERS.get(number, 'of unknown type')}"), 0
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
    place = 0
    file = opener.raw(stream.name) if stream.compression in ("", "gz") else opener.open(stream)
    try:
        records = ArcIterator(file, arc2warc=True, no_record_parse=True)
        for n, record in enumerate(records):
            if n < index:
                continue
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
                    headers = dict(record.rec_headers.headers)
                    headers["WARC-Record-ID"] = _arc_id(headers)  # warcio makes up another one each time
                    data = ("response", headers, block)
            place = records.get_record_offset()
            yield Item(n, place, 0, data, size)
            index = n + 1
    except (ArchiveLoadFailed, zlib.error) as e:
        raise BrokenError(str(e)) from None
    if stream.compression == "gz" and stream.name != "-" and uneven(opener, stream, place):
        raise BrokenError("the last record is cut short")


def _arc_id(headers: dict[str, str]) -> str:
    """An id for a record of a format that has none: made of its address and time."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, headers['WARC-Target-URI'] + ' ' + headers['WARC-Date'])}>"
