"""HTTP responses as archives keep them: their transfer and content encodings taken off."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from typing import Any, Literal

from fastwarc.warc import WarcRecord

from cleaner.dumps.read.open import DAMAGE, zstd

_END = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8}+)[ \t]*+(?:;[^\r\n]*+)?+\r?\n")
#: What is left of the size of a chunk where a body was cut short.
_CUT = re.compile(rb"\s*+[0-9a-fA-F]{0,8}+[ \t]*+(?:;[^\r\n]*+)?+\s*+\Z")
_ENCODED = re.compile(rb"(?i)(transfer|content)-encoding[ \t]*:(.*)")
#: Bytes with which no text begins, in an encoding that has ASCII in it.
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
#: Bytes to unpack at once, so that what comes before a damage is had.
_STEP = 1 << 10


def opened(block: bytes, limit: int) -> tuple[str, str | None, bytes]:
    """What an HTTP response holds.

    Many archives keep the headers of encodings that were taken off already, and many bodies are cut short: what is not
    encoded as the headers say stays as it is, and of what breaks off its beginning is given.

    Args:
        block: the response, with its headers.
        limit: how many bytes the body may unpack to.

    Returns:
        The content type, the charset if one is declared, and the body; that is longer than ``limit`` if it would be.

    Raises:
        ValueError: the body is packed in a way that cannot be undone.
    """
    try:
        found = _read(block, "all", limit)
    except OSError:
        found = None
    if found is not None and found[2]:
        return found
    head, body = _by_hand(block, limit)
    try:
        kind, charset, _ = _read(head, "none", 0)
    except OSError:  # no header that can be read
        kind, charset = "", None
    return kind, charset, body


def _read(block: bytes, how: Literal["all", "none"], limit: int) -> tuple[str, str | None, bytes]:
    record = WarcRecord()
    record.set_bytes_content(block)
    record.is_http = True
    record.parse_http(auto_decode=how)
    body = record.reader.read(limit + 1)
    return record.http_content_type or "", record.http_charset, body


def _by_hand(block: bytes, limit: int) -> tuple[bytes, bytes]:
    """The headers, ended as the standard has it, and the body in no encoding."""
    end = _END.search(block)
    if end is None:
        return block, b""
    lines = block[: end.start()].splitlines()
    body = block[end.end() :]
    encodings: dict[bytes, list[bytes]] = {b"transfer": [], b"content": []}
    kept = []
    for line in lines:
        match = _ENCODED.match(line)
        if match:
            encodings[match[1].lower()] += [name.strip().lower() for name in match[2].split(b",")]
        else:
            kept.append(line)
    for name in reversed(encodings[b"content"] + encodings[b"transfer"]):
        packed = body
        body = _DECODERS.get(name, _as_it_is)(packed, limit)
        plain = packed.startswith((b"\xff\xfe", b"\xfe\xff")) or not _NO_TEXT.search(packed, 0, 200)
        if body is packed and name in _PACKED and not plain:
            raise ValueError(f"the page's content encoding {name.decode()} cannot be taken off")
    return b"\r\n".join([*kept, b"", b""]), body


def _as_it_is(body: bytes, _: int) -> bytes:
    return body


def _dechunked(body: bytes, _: int) -> bytes:
    pieces: list[bytes] = []
    at = 0
    while match := _CHUNK.match(body, at):
        size = int(match[1], 16)
        if not size:
            return b"".join(pieces)
        pieces.append(body[match.end() : match.end() + size])
        at = match.end() + size
        at += 2 if body[at : at + 2] == b"\r\n" else body[at : at + 1] == b"\n"
    if not pieces:
        return body
    rest = body[at:]
    return b"".join(pieces) + (b"" if _CUT.match(rest) else rest)


def _inflated(body: bytes, limit: int) -> bytes:
    """gzip, or deflate with its header or, as some servers have it, without."""
    out, _ = _steps(body, lambda: zlib.decompressobj(47), limit)
    if not out:
        out, broken = _steps(body, lambda: zlib.decompressobj(-15), limit)
        out = b"" if broken else out
    return out or body


def _zstd(body: bytes, limit: int) -> bytes:
    return _steps(body, zstd.ZstdDecompressor, limit)[0] or body


def _steps(body: bytes, make: Callable[[], Any], limit: int) -> tuple[bytes, bool]:
    """What can be unpacked of streams one behind another, and whether it ended in a damage."""
    out: list[bytes] = []
    size = 0
    stream = make()
    at = 0
    while at < len(body) and size <= limit:
        if stream.eof:
            stream = make()
        data = body[at : at + _STEP]
        try:
            out.append(stream.decompress(data))
        except DAMAGE:
            return b"".join(out), True
        size += len(out[-1])
        at += len(data) - len(stream.unused_data)
    return b"".join(out), False


def _brotli(body: bytes, limit: int) -> bytes:
    record = WarcRecord()
    record.set_bytes_content(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n" + body)
    record.is_http = True
    out: list[bytes] = []
    size = 0
    try:
        record.parse_http(auto_decode="content")
        while size <= limit and (more := record.reader.read(_STEP)):
            out.append(more)
            size += len(more)
    except OSError:
        pass
    return b"".join(out) or body


_DECODERS = {
    b"chunked": _dechunked,
    b"gzip": _inflated,
    b"x-gzip": _inflated,
    b"deflate": _inflated,
    b"br": _brotli,
    b"zstd": _zstd,
}
_PACKED = frozenset(_DECODERS) - {b"chunked"}
