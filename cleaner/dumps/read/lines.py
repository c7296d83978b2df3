r"""Lines and JSON values out of a stream of bytes, with their places, in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from cleaner.dumps.items import HEAD, Bad, BrokenError, Item
from cleaner.dumps.read.open import DAMAGE, read_some

BOM = b"\xef\xbb\xbf"


def raw_lines(file: IO[bytes], offset: int, limit: int) -> Iterator[tuple[int, int, bytes, bytes | None]]:
    r"""Split at ``b"\n"`` alone.

    Args:
        file: the bytes, at ``offset``.
        offset: where it stands.
        limit: lines longer than this are not kept.

    Raises:
        BrokenError: the bytes cannot be read further.

    Yields:
        (offset, offset after it, line with its newline, None), or for a line too long (offset, offset after it, its
        quote marks, its first bytes).
    """
    rest = b""
    pieces: list[bytes] = []  # of a line that no newline has ended yet
    held = 0
    over = False  # the line is past the limit: pieces holds its head, and held counts on
    quotes = 0
    while True:
        try:
            chunk = read_some(file)
        except (OSError, *DAMAGE) as e:
            raise BrokenError(str(e), b"".join(pieces)) from None
        if not chunk:
            break
        start = 0
        if pieces:
            end = chunk.find(b"\n") + 1
            piece = chunk[:end] if end else chunk
            held += len(piece)
            if over:
                quotes += piece.count(b'"')
            else:
                pieces.append(piece)
            if not end:
                if not over and held > limit:
                    over, quotes = True, sum(p.count(b'"') for p in pieces)
                    pieces = [b"".join(pieces)[:HEAD]]
                continue
            if over or held > limit:
                if not over:
                    quotes = sum(p.count(b'"') for p in pieces)
                yield offset, offset + held, b'"' * (quotes % 2), b"".join(pieces)[:HEAD]
            else:
                yield offset, offset + held, b"".join(pieces), None
            offset += held
            pieces, held, over = [], 0, False
            start = end
        while True:
            end = chunk.find(b"\n", start) + 1
            if not end:
                break
            line = chunk[start:end]
            if len(line) > limit:
                yield offset, offset + len(line), b'"' * (line.count(b'"') % 2), line[:HEAD]
            else:
                yield offset, offset + len(line), line, None
            offset += len(line)
            start = end
        rest = chunk[start:]
        if rest:
            pieces, held = [rest], len(rest)
    if pieces:
        if over or held > limit:
            yield offset, offset + held, b"", b"".join(pieces)[:HEAD]
        else:
            yield offset, offset + held, b"".join(pieces), None


def json_lines(file: IO[bytes], index: int, offset: int, limit: int) -> Iterator[Item]:
    r"""Records of JSONL: split at ``b"\n"`` alone, blank lines passed over."""
    for start, end, line, head in raw_lines(file, offset, limit):
        if head is not None:
            yield Item(index, start, end, too_large(end - start, limit, head), HEAD)
        else:
            text = line.removeprefix(BOM) if start == 0 else line
            if not text or text.isspace():
                continue
            yield Item(index, start, end, text.rstrip(b"\r\n"), len(text))
        index += 1


def too_large(size: int, limit: int, head: bytes) -> Bad:
    """What stands in for a record over the limit."""
    return Bad(
        f"the record has {size:,} bytes, more than the limit of {limit:,} (--max-record-bytes)", head, whole=False
    )


_OUTSIDE = re.compile(rb'["\[\]{},]')
_INSIDE = re.compile(rb'["\\]')
_OPEN, _CLOSE, _QUOTE, _COMMA, _ESCAPE = b"[{", b"]}", ord('"'), ord(","), ord("\\")


def json_values(file: IO[bytes], index: int, offset: int, limit: int, array: bool) -> Iterator[Item]:
    """The elements of a JSON array, or JSON objects one after another, each as its bytes.

    Only brackets and strings are looked at, so what is wrong inside an element is left for its parser and costs the
    others nothing.

    Args:
        file: the bytes, at ``offset``.
        index: number of the next element.
        offset: where it stands: 0, or the place after an element.
        limit: elements longer than this are not kept.
        array: whether it is an array.

    Yields:
        The elements.

    Raises:
        BrokenError: it ends inside an element, or cannot be read further.
    """
    base = offset  # the offset of buffer[0], plus what was dropped of an element too large
    buffer = b""
    at = 0  # everything before this was looked at
    begin = 0  # where the element starts in the buffer
    first = offset
    depth, in_string, dropped = 0, False, 0
    head = b""
    started = offset > 0 or not array  # past the array's own bracket
    while True:
        match = (_INSIDE if in_string else _OUTSIDE).search(buffer, at)
        if match is None or (buffer[match.start()] == _ESCAPE and match.start() + 1 >= len(buffer)):
            at = len(buffer) if match is None else match.start()
            try:
                chunk = read_some(file)
            except (OSError, *DAMAGE) as e:
                raise BrokenError(str(e), head or buffer[begin:]) from None
            if not chunk:
                break
            if dropped or at - begin > limit:
                head = head or buffer[begin : begin + HEAD]
                dropped += at - begin
            cut = at if dropped else begin
            base += cut
            buffer = buffer[cut:] + chunk
            at -= cut
            begin = 0
            continue
        place = match.start()
        mark = buffer[place]
        at = place + 1
        if in_string:
            if mark == _ESCAPE:
                at += 1
            else:
                in_string = False
            continue
        ends = -1
        if mark == _QUOTE:
            in_string = True
        elif mark in _OPEN:
            if not started:
                started = True
                begin, first = at, base + at
                continue
            depth += 1
        elif mark in _CLOSE:
            if depth == 0:  # the array's own end
                ends = place
            else:
                depth -= 1
                if depth == 0 and not array:
                    ends = at
        elif depth == 0:
            ends = place
        if ends >= 0:
            size = dropped + ends - begin
            piece = buffer[begin:ends]
            if dropped or size > limit:
                head = head or piece[:HEAD]
                yield Item(index, first, base + at, too_large(size, limit, head), HEAD)
                index += 1
            elif piece.strip():
                yield Item(index, first, base + at, piece.removeprefix(BOM).strip(), size)
                index += 1
            begin, first, dropped, head = at, base + at, 0, b""
    left = buffer[begin:]
    if dropped or depth or in_string:
        raise BrokenError("it ends inside a record", head or left)
    if left.strip():
        yield Item(index, first, base + len(buffer), left.strip(), len(left))
