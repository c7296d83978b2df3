"""What a run over dumps costs: beside a bare loop, beside datatrove, and for a month of Common Crawl.

``python -m benchmarks.dumps --data FOLDER`` (an evaluation set with ``html/``; else the repository's fixtures). Rates
are of this machine; ratios are taken from rounds that take turns.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.table import table

ROOT = Path(__file__).parents[1]
#: Pages in one monthly Common Crawl (commoncrawl.org/statistics: 2.3 to 2.7 billion pages a crawl in 2025).
MONTH = 2_500_000_000


def pages(data: Path | None) -> list[tuple[str, bytes]]:
    """Pages of an evaluation set, or of the fixtures: texts dressed as plain HTML."""
    if data is not None:
        found = sorted((data / "html").iterdir())
        return [
            (p.name.split(".")[0], gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes())
            for p in found
        ]
    texts = sorted((ROOT / "fixtures" / "articles").glob("*/input.txt"))
    body = "<html><head><title>t</title></head><body><main><p>{}</p></main></body></html>"
    return [(p.parent.name, body.format(p.read_text("utf-8").replace("\n\n", "</p><p>")).encode()) for p in texts]


def warc_member(number: int, name: str, page: bytes) -> bytes:
    """A WARC response record."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:08d}-0000-0000-0000-000000000000>\r\n"
        f"WARC-Date: 2026-11-01T00:00:00Z\r\nWARC-Target-URI: https://h{number % 50}.example/{name}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def wet_member(number: int, name: str, text: str) -> bytes:
    """A WET conversion record."""
    body = text.encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:uuid:{number:08d}-0000-0000-0000-000000000001>\r\n"
        f"WARC-Date: 2026-11-01T00:00:00Z\r\nWARC-Target-URI: https://h{number % 50}.example/{name}\r\n"
        f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


def timed(function: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds, those of child processes with them."""

    def cpu() -> float:
        both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(r.ru_utime + r.ru_stime for r in both)

    wall, used = time.perf_counter(), cpu()
    function()
    return time.perf_counter() - wall, cpu() - used


def datatrove(path: Path, out: Path) -> None:
    """Datatrove's local executor: WARC reader, trafilatura extractor, C4 filter, JSONL writer; one task, one worker."""
    code = f"""
from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.readers import WarcReader
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.filters import C4QualityFilter
from datatrove.pipeline.writers import JsonlWriter
steps = [WarcReader({str(path.parent)!r}, glob_pattern={path.name!r}), Trafilatura(favour_precision=True, timeout=30),
         C4QualityFilter(filter_no_terminal_punct=True), JsonlWriter({str(out)!r})]
if __name__ == "__main__":
    LocalPipelineExecutor(steps, tasks=1, workers=1, logging_dir={str(out / "logs")!r}).run()
"""
    script = out.with_suffix(".py")
    script.write_text(code)
    subprocess.run([sys.executable, str(script)], check=True, capture_output=True)


def main() -> None:
    """Run it."""
    import cleaner

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--pages", type=int, help="so many pages; all, if not given")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    found = pages(args.data)[: args.pages]
    root = Path(tempfile.mkdtemp(prefix="bench-dumps-"))
    made = cleaner.Cleaner()
    texts = [made.explain_html(page).original for _, page in found]
    warc, wet = root / "a.warc.gz", root / "a.wet.gz"
    warc.write_bytes(b"".join(gzip.compress(warc_member(n, *page)) for n, page in enumerate(found)))
    wet.write_bytes(
        b"".join(gzip.compress(wet_member(n, p[0], t)) for n, (p, t) in enumerate(zip(found, texts, strict=True)))
    )
    sizes = sum(len(page) for _, page in found) / 1e6, sum(map(len, texts)) / 1e6
    print(f"{len(found)} pages: {sizes[0]:.1f} MB of HTML, {sizes[1]:.1f} MB of text")
    count = [0]

    def run(path: Path, workers: int) -> None:
        count[0] += 1
        cleaner.run(path, root / f"out{count[0]}", cleaner=made, workers=workers)

    ways: dict[str, Callable[[], object]] = {
        "HTML in a loop": lambda: [made.clean_html(page) for _, page in found],
        "WARC, 0 workers": lambda: run(warc, 0),
        "WARC, 1 worker": lambda: run(warc, 1),
        "WARC, 2 workers": lambda: run(warc, 2),
        "text in a loop": lambda: [made.clean(text) for text in texts],
        "WET, 0 workers": lambda: run(wet, 0),
        "WET, 1 worker": lambda: run(wet, 1),
    }
    if importlib.util.find_spec("datatrove") and importlib.util.find_spec("trafilatura"):
        ways["datatrove: trafilatura, C4"] = lambda: datatrove(warc, root / f"dt{len(os.listdir(root))}")
    else:
        print("left out: datatrove (pip install 'datatrove[io,processing]' lxml_html_clean spacy trafilatura)")
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(args.rounds):
        for name, way in ways.items():
            spent[name].append(timed(way))
    wall = {name: min(w for w, _ in times) for name, times in spent.items()}
    cpu = {name: min(c for _, c in times) for name, times in spent.items()}
    rows = [[name, f"{len(found) / wall[name]:.1f}", f"{1000 * cpu[name] / len(found):.2f}"] for name in ways]
    print(table(["way", "pages/s", "CPU ms/page"], rows))

    def ratio(a: str, b: str, which: int) -> float:
        return statistics.median(x[which] / y[which] for x, y in zip(spent[a], spent[b], strict=True))

    over = [100 * (ratio(f"{a}, 0 workers", f"{b} in a loop", 1) - 1) for a, b in (("WARC", "HTML"), ("WET", "text"))]
    print(f"\noverhead of a run over the loop, CPU: WARC {over[0]:.0f} %, WET {over[1]:.0f} %")
    print(f"2 workers beside 1, wall: {ratio('WARC, 1 worker', 'WARC, 2 workers', 0):.2f} x on {os.cpu_count()} cores")
    hours = {
        kind: MONTH * cpu[way] / len(found) / 3600
        for kind, way in (("WARC", "WARC, 0 workers"), ("WET", "WET, 0 workers"))
    }
    print(f"\na month of Common Crawl ({MONTH / 1e9:.1f} billion pages), from these rates:")
    sheet = [[kind, f"{value:,.0f}", f"{value / 24 / 1000:.1f}"] for kind, value in hours.items()]
    if "datatrove: trafilatura, C4" in cpu:
        value = MONTH * cpu["datatrove: trafilatura, C4"] / len(found) / 3600
        sheet.append(["datatrove, WARC", f"{value:,.0f}", f"{value / 24 / 1000:.1f}"])
    print(table(["input", "core-hours", "days on 1,000 cores"], sheet))
    print(json.dumps({"wall": wall, "cpu": cpu}))


if __name__ == "__main__":
    main()
