"""Pages in archives: records that are not where their headers say, and bodies in the encodings that servers sent."""

from __future__ import annotations

import gzip
import random
import time
import zlib
from pathlib import Path

import pytest

import cleaner
from cleaner.dumps.http import opened
from cleaner.dumps.items import END
from cleaner.dumps.read.open import zstd
from tests import dumps
from tests.test_dumps_read import items_of, put


def test_http_encodings_are_taken_off(tmp_path: Path) -> None:
    page = "<html><body><p>Grüße aus Köln</p></body></html>".encode("latin-1")
    heads = ["Content-Type: text/html; charset=iso-8859-1\r\nContent-Encoding: gzip"] * 2
    members = [
        dumps.warc_record(0, gzip.compress(page), headers=heads[0]),
        dumps.warc_record(1, page, headers=heads[1]),  # says gzip, and is not
        dumps.warc_record(
            2,
            b"%x\r\n%s\r\n0\r\n\r\n" % (len(page), page),
            headers="Content-Type: text/html\r\nTransfer-Encoding: chunked",
        ),
    ]
    found = list(cleaner.read_records(put(tmp_path, "a.warc.gz", dumps.gzipped(members))))
    assert [r.html for r in found] == [page] * 3
    assert [r.charset for r in found][:2] == ["iso-8859-1"] * 2


PAGE = b"<html><body>" + b"".join(b"<p>The ferry left at %d.</p>" % n for n in range(200)) + b"</body></html>"
CHUNKED, PACKED, HTTP = (
    "Transfer-Encoding: chunked",
    "Content-Encoding: ",
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n",
)


def in_chunks(body: bytes, size: int = 100, end: bytes = b"\r\n") -> bytes:
    pieces = (body[n : n + size] for n in range(0, len(body), size))
    return b"".join(b"%x;a=b" % len(piece) + end + piece + end for piece in pieces) + b"0" + end + end


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([CHUNKED], in_chunks(PAGE)),
        ([CHUNKED], in_chunks(PAGE, end=b"\n")),
        ([CHUNKED], in_chunks(PAGE)[:-2] + b"Trailer: x\r\n\r\n"),
        ([CHUNKED], PAGE),
        ([CHUNKED, PACKED + "gzip"], in_chunks(gzip.compress(PAGE))),
        ([CHUNKED, PACKED + "gzip"], gzip.compress(PAGE)),
        ([PACKED + "X-GZip"], gzip.compress(PAGE)),
        ([PACKED + "gzip"], gzip.compress(PAGE[:900]) + gzip.compress(PAGE[900:])),
        ([PACKED + "gzip"], gzip.compress(PAGE) + b"behind it"),
        ([PACKED + "deflate"], zlib.compress(PAGE)),
        ([PACKED + "deflate"], zlib.compress(PAGE)[2:-4]),
        ([PACKED + "deflate"], PAGE),
        ([PACKED + "br"], PAGE),
        ([PACKED + "zstd"], zstd.compress(PAGE)),
        ([CHUNKED, PACKED + "zstd"], in_chunks(zstd.compress(PAGE))),
        ([PACKED + "gzip, zstd"], zstd.compress(gzip.compress(PAGE))),
        ([PACKED + "of-ours"], PAGE),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.parametrize("end", ["\r\n", "\n"], ids=["crlf", "lf"])
def test_bodies_are_had_whatever_their_server_did(headers: list[str], body: bytes, end: str) -> None:
    head = "\r\n".join([HTTP + "X: y", *headers, "", ""]).replace("\r\n", end)
    assert opened(head.encode() + body, 1 << 20) == ("text/html", None, PAGE)


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK", b"no header", b"\r" * 200_000 + b"x", b"A: b\n" * 50_000 + b"C: d", b"", b"\0"]
)
def test_headers_that_cannot_be_read_cost_no_page(head: bytes) -> None:
    assert opened(head, 1 << 20)[2] == b""
    assert opened(head + b"\n\n" + PAGE, 1 << 20)[2] == PAGE


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([CHUNKED], in_chunks(PAGE)[:-250]),
        ([CHUNKED], in_chunks(PAGE, 1 << 20)[:-250]),
        ([CHUNKED, PACKED + "gzip"], in_chunks(gzip.compress(PAGE))[:-150]),
        ([CHUNKED, PACKED + "zstd"], in_chunks(zstd.compress(PAGE + random.Random(1).randbytes(1 << 20)))[:-9000]),
        ([PACKED + "gzip"], gzip.compress(PAGE)[:-150]),
        ([PACKED + "deflate"], zlib.compress(PAGE)[2:-150]),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, list) else "",
)
def test_of_a_body_cut_short_its_beginning_is_had(headers: list[str], body: bytes) -> None:
    found = opened("\r\n".join([HTTP + "X: y", *headers, "", ""]).encode() + body, 1 << 24)[2]
    assert PAGE[:2000] in found
    assert found.startswith(PAGE) or PAGE.startswith(found)


def test_a_body_that_cannot_be_unpacked_is_set_aside(tmp_path: Path) -> None:
    noise = b"\x1b\x07" + random.Random(1).randbytes(500)
    names = ("gzip", "deflate", "br", "zstd")
    members = [
        dumps.warc_record(n, noise, headers=f"Content-Type: text/html\r\n{PACKED}{x}") for n, x in enumerate(names)
    ]
    found = list(cleaner.read_records(put(tmp_path, "a.warc.gz", dumps.gzipped(members))))
    assert [r.error for r in found] == [f"the page's content encoding {name} cannot be taken off" for name in names]


RECORDS = [dumps.warc_record(n, b"<p>The ferry left at %d.</p>" % n) for n in range(4)]


def with_length(record: bytes, change: int) -> bytes:
    """A record whose header is wrong about its length."""
    head, mark, rest = record.partition(b"Content-Length: ")
    length, line, rest = rest.partition(b"\r\n")
    return head + mark + b"%d" % (int(length) + change) + line + rest


def with_newlines(record: bytes) -> bytes:
    """A record whose header has bare newlines."""
    head, mark, rest = record.partition(b"\r\n\r\n")
    return (head + mark).replace(b"\r\n", b"\n") + rest


@pytest.mark.parametrize(
    ("data", "good", "bad"),
    [
        (b"".join(RECORDS), 4, 0),
        (b"\r\n\r\n".join(RECORDS), 4, 0),
        (b"".join(record[:-4] for record in RECORDS), 4, 0),
        (b"".join(map(with_newlines, RECORDS)), 4, 0),
        (RECORDS[0] + b"noise" + RECORDS[1] + RECORDS[2], 3, 1),
        (RECORDS[0] + bytes(5000) + RECORDS[1] + RECORDS[2], 3, 1),
        (b"\xef\xbb\xbf" + RECORDS[0] + RECORDS[1], 2, 1),
        (RECORDS[0] + with_length(RECORDS[1], -5) + RECORDS[2], 3, 1),
        (RECORDS[0] + with_length(RECORDS[1], 9) + RECORDS[2], 3, 1),
        (RECORDS[0] + RECORDS[1].replace(b"Content-Length", b"X-Length") + RECORDS[2], 3, 1),
        (RECORDS[0] + RECORDS[1].replace(b"WARC-Date", b"X-Long: " + b"x" * 200_000 + b"\r\nDate") + RECORDS[2], 2, 1),
        (RECORDS[0] + RECORDS[1].lower() + RECORDS[2], 2, 1),
    ],
)
def test_what_lies_between_records_is_accounted_for(data: bytes, good: int, bad: int, tmp_path: Path) -> None:
    path = put(tmp_path, "a.warc", data)
    found = list(cleaner.read_records(path))
    assert [r.error for r in found].count("") == good
    damaged = [r.error for r in found if r.error]
    assert len(damaged) == bad
    assert all(error.startswith("damaged from byte") for error in damaged)
    items = items_of(path)
    for n, item in enumerate(items):  # and reading can go on anywhere around it
        if item.after != END:
            assert items_of(path, item.number + 1, item.after) == items[n + 1 :]


@pytest.mark.parametrize(
    "body",
    [
        b"5\r\nabcde\r\n" + b"a" * 5 + b" \t" * 300_000 + b"x",
        b"1;" * 300_000,
        b"1;\r\na\r\n" * 300_000,
        b"\r" * 600_000,
    ],
)
def test_odd_bodies_take_no_longer_than_they_are_long(body: bytes) -> None:
    head = f"{HTTP}{CHUNKED}\r\n\r\n".encode()

    def took(data: bytes) -> float:
        start = time.process_time()
        opened(head + data, 1 << 30)
        return time.process_time() - start

    assert took(body) < 40 * max(0.005, min(took(body[: len(body) // 8]) for _ in range(3)))
