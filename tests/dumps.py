"""Small dumps in every format, a cleaner that is quick to start, and what a run left in its folder."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.api import Cleaner
from cleaner.dumps.read.open import zstd
from cleaner.judged import Judged
from cleaner.read.text import page_of
from cleaner.rules.matcher import Ruleset

PROSE = "The harbour reopened on Monday after a week of storms, and the first ferry left at nine."


def text_of(n: int) -> str:
    """A page with furniture, different for each number."""
    return f"Skip to content\n\nReport {n}\n\n{PROSE} That was day {n}.\n\nShare this article\n"


def records(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {"id": f"r{n}", "url": f"https://host{n % 3}.example/{n}", "text": text_of(n), "score": n / 2}
        for n in range(first, first + count)
    ]


class Plain(Cleaner):
    """Cuts "Skip to content" and "Share this article" and needs no rules, so that its workers start at once.

    Texts can ask for mischief: that is how the tests get a worker killed, a record that takes for ever, and an error.
    """

    def judge(self, text: str) -> Judged:
        mischief(text)
        page = page_of(text, text.split("\n"), [])
        for i, line in enumerate(page.lines):
            if line in ("Skip to content", "Share this article"):
                page.kept[i] = 0
        if not any(page.kept):
            page.flag("all_furniture")
        return Judged(page, Ruleset([], []))

    def judge_html(self, page: Any, *, encoding: str | None = None) -> Judged:
        text = page.decode(encoding or "utf-8") if isinstance(page, bytes) else page
        return self.judge(
            text.replace("<html><body><p>", "").replace("</p></body></html>", "").replace("</p><p>", "\n\n")
        )


class Slow(Plain):
    """Takes a few milliseconds over each text, so that there is something to kill."""

    def judge(self, text: str) -> Judged:
        time.sleep(0.004)
        return super().judge(text)


def mischief(text: str) -> None:
    if "KILL ME" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "EXIT" in text:
        os._exit(7)
    if "FOR EVER" in text:
        time.sleep(1000)
    if "FAIL" in text:
        raise RuntimeError("no good")


def html_of(text: str) -> bytes:
    body = "</p><p>".join(text.strip().split("\n\n"))
    return f"<html><body><p>{body}</p></body></html>".encode()


def jsonl(rows: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def warc_record(n: int, body: bytes, kind: str = "response", headers: str = "Content-Type: text/html") -> bytes:
    if kind == "response":
        body = f"HTTP/1.1 200 OK\r\n{headers}\r\n\r\n".encode() + body
        content = "application/http; msgtype=response"
    else:
        content = headers.partition(": ")[2]
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{n}>\r\nWARC-Date: 2026-01-0{n % 9 + 1}T00:00:00Z\r\n"
        f"WARC-Target-URI: https://host{n % 3}.example/{n}\r\nContent-Type: {content}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


def warc(rows: Iterable[dict[str, Any]]) -> list[bytes]:
    """Records of a WARC: warcinfo, then for each page its request, its response, and an image now and then."""
    out = [warc_record(0, b"software: test", "warcinfo", "Content-Type: application/warc-fields")]
    for n, row in enumerate(rows):
        out.append(warc_record(n, b"GET / HTTP/1.1", "request", "Content-Type: application/http; msgtype=request"))
        out.append(warc_record(n, html_of(row["text"])))
        if n % 4 == 0:
            out.append(warc_record(n, b"\x89PNG", headers="Content-Type: image/png"))
    return out


def wet(rows: Iterable[dict[str, Any]]) -> list[bytes]:
    return [
        warc_record(n, row["text"].encode(), "conversion", "Content-Type: text/plain") for n, row in enumerate(rows)
    ]


def arc(rows: Iterable[dict[str, Any]]) -> list[bytes]:
    info = b"1 0 Test\nURL IP-address Archive-date Content-type Archive-length\n"
    head = f"filedesc://test.arc 0.0.0.0 20260101000000 text/plain {len(info)}\n".encode()
    out = [head + info + b"\n"]
    for n, row in enumerate(rows):
        body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + html_of(row["text"])
        line = f"https://host{n % 3}.example/{n} 127.0.0.1 20260101000000 text/html {len(body)}\n"
        out.append(line.encode() + body + b"\n")
    return out


def gzipped(members: Iterable[bytes]) -> bytes:
    return b"".join(gzip.compress(member, mtime=0) for member in members)


def zstded(members: Iterable[bytes]) -> bytes:
    return b"".join(zstd.compress(member) for member in members)


def pairs(members: list[bytes]) -> list[bytes]:
    return [b"".join(members[n : n + 2]) for n in range(0, len(members), 2)]


def parquet(rows: list[dict[str, Any]], **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out, **options)
    return out.getvalue()


def csv_of(rows: Iterable[dict[str, Any]], mark: str = ",") -> bytes:
    import csv

    out = io.StringIO()
    writer = csv.DictWriter(out, ["id", "url", "text", "score"], delimiter=mark)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """The lines of a JSONL file, of any compression; none if it is not there."""
    if not path.exists():
        return []
    data = path.read_bytes()
    if path.suffix == ".zst":
        data = zstd.decompress(data)
    elif path.suffix == ".gz":
        data = gzip.decompress(data)
    return [json.loads(line) for line in data.split(b"\n") if line]


def output(folder: Path) -> list[dict[str, Any]]:
    """All records of a run's parts, in order."""
    return [row for path in sorted(folder.glob("part-*")) for row in read_jsonl(path)]


def everything(folder: Path) -> dict[str, bytes]:
    """All files of an output folder but the run's own papers."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".cleaner" not in path.parts
    }


#: Every format as (name of a file, function from records to its bytes).
FORMATS: dict[str, Callable[[list[dict[str, Any]]], bytes]] = {
    "a.jsonl": jsonl,
    "a.ndjson": jsonl,
    "a.jsonl.gz": lambda rows: gzip.compress(jsonl(rows)),
    "a.jsonl.zst": lambda rows: zstd.compress(jsonl(rows)),
    "a.jsonl.bz2": lambda rows: __import__("bz2").compress(jsonl(rows)),
    "a.jsonl.xz": lambda rows: __import__("lzma").compress(jsonl(rows)),
    "a.json": lambda rows: json.dumps(rows).encode(),
    "indented.json": lambda rows: json.dumps(rows, indent=2).encode(),
    "objects.json": lambda rows: "\n".join(json.dumps(row, indent=2) for row in rows).encode(),
    "a.json.gz": lambda rows: gzip.compress(json.dumps(rows).encode()),
    "a.csv": csv_of,
    "semicolon.csv": lambda rows: csv_of(rows, ";"),
    "a.tsv": lambda rows: csv_of(rows, "\t"),
    "a.csv.gz": lambda rows: gzip.compress(csv_of(rows)),
    "a.parquet": parquet,
    "groups.parquet": lambda rows: parquet(rows, row_group_size=7),
    "a.warc": lambda rows: b"".join(warc(rows)),
    "a.warc.gz": lambda rows: gzipped(warc(rows)),
    "single.warc.gz": lambda rows: gzip.compress(b"".join(warc(rows))),
    "pairs.warc.gz": lambda rows: gzipped(pairs(warc(rows))),
    "single.warc.zst": lambda rows: zstd.compress(b"".join(warc(rows))),
    "a.warc.zst": lambda rows: zstded(warc(rows)),
    "a.warc.bz2": lambda rows: __import__("bz2").compress(b"".join(warc(rows))),
    "a.wet": lambda rows: b"".join(wet(rows)),
    "a.wet.gz": lambda rows: gzipped(wet(rows)),
    "a.arc": lambda rows: b"".join(arc(rows)),
    "a.arc.gz": lambda rows: gzipped(arc(rows)),
}
