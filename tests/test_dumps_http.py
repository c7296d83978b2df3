"""Pages in archives: the encodings that their servers sent them in, taken off."""

from __future__ import annotations

import gzip
import random
import zlib
from pathlib import Path

import pytest

import cleaner
from cleaner.dumps.http import opened
from cleaner.dumps.read.open import zstd
from tests import dumps
from tests.test_dumps_read import put


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
