"""Small WARC and WET files made of the fixtures."""

from __future__ import annotations

from html import escape
from io import BytesIO
from pathlib import Path

from tests.fixtures import cases


def texts(n: int) -> list[str]:
    return [case.text for case in cases("articles")][:n]


def page(text: str) -> bytes:
    """A text as an HTML page, a paragraph for each line."""
    lines = "\n".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())
    return f"<!doctype html><html><head><title>A page</title></head><body><main>{lines}</main></body></html>".encode()


def write_warc(path: Path, pages: list[bytes], start: int = 0, charset: str = "utf-8") -> None:
    """Write a gzipped WARC of responses, a request before each, ids counted from ``start``."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for n, body in enumerate(pages, start):
            url = f"https://example.org/{n}"
            writer.write_record(writer.create_warc_record(url, "request", payload=BytesIO(b"GET / HTTP/1.1\r\n\r\n")))
            http = StatusAndHeaders("200 OK", [("Content-Type", f"text/html; charset={charset}")], protocol="HTTP/1.1")
            headers = {
                "WARC-Record-ID": f"<urn:uuid:page-{n}>",
                "WARC-Identified-Payload-Type": "text/html",
                "WARC-Date": "2026-11-01T00:00:00Z",
            }
            writer.write_record(
                writer.create_warc_record(url, "response", BytesIO(body), http_headers=http, warc_headers_dict=headers)
            )


def write_wet(path: Path, pages: list[str], start: int = 0) -> None:
    """Write a gzipped WET file of conversion records."""
    from warcio.warcwriter import WARCWriter

    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for n, text in enumerate(pages, start):
            headers = {
                "WARC-Record-ID": f"<urn:uuid:text-{n}>",
                "WARC-Identified-Payload-Type": "text/plain",
                "WARC-Date": "2026-11-01T00:00:00Z",
            }
            writer.write_record(
                writer.create_warc_record(
                    f"https://example.org/{n}", "conversion", BytesIO(text.encode()),
                    warc_content_type="text/plain", warc_headers_dict=headers,
                )
            )  # fmt: skip
