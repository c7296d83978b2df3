"""How much faster than ``ftfy.fix_text`` are the encoding and whitespace stages?

    python benchmarks/repair.py [FILE OR FOLDER] [--memory] [--chars N]

Prints, for each file, medians of 5 runs of both on the same texts in the same process, taken in turns. Without a path
it takes the repository's own fixtures. ``--memory`` measures the peak for a text of 100 MB in processes of their own.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

RUNS = 5
HOME = Path(__file__).resolve().parents[1]
#: What a text of 100 MB is made of, and how often.
MEMORY = {
    "ascii": "The harbour reopened on Monday after a week of storms.\n",
    "latin": "The café reopened on Monday – after a week of “storms”.\n",
    "crlf": "The harbour reopened on Monday after a week of storms.\r\n",
    "indented": "    The harbour reopened on Monday after a week of storms.\n",
    "cyrillic": "Гавань снова открылась в понедельник.\n",
    "one mark": "\u0301",
}


def load(path: Path, limit: int) -> list[str]:
    """Texts of a file, up to a number of characters."""
    if path.suffix == ".txt":
        return [path.read_text(encoding="utf-8")]
    out: list[str] = []
    size = 0
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            text = json.loads(line).get("text")
            if isinstance(text, str):
                out.append(text)
                size += len(text)
                if size > limit:
                    break
    return out


def seconds(run: Callable[[str], object], texts: list[str]) -> float:
    """What one pass over the texts takes."""
    start = time.perf_counter()
    for text in texts:
        run(text)
    return time.perf_counter() - start


def compare(name: str, texts: list[str]) -> None:
    """Print both medians and their ratio."""
    from ftfy import fix_text

    from cleaner.repair import REPAIRS
    from cleaner.repair.look import Look
    from cleaner.repair.options import DEFAULT
    from cleaner.repair.segment import config

    settings = config(DEFAULT)

    def stages(text: str) -> None:
        look = Look(text)
        REPAIRS["whitespace"](REPAIRS["encoding"](look))

    stages("é\n \n&amp;")
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append(seconds(stages, texts))
        theirs.append(seconds(lambda text: fix_text(text, settings), texts))
    mine, other = statistics.median(ours), statistics.median(theirs)
    chars = sum(map(len, texts))
    size = sum(len(text.encode("utf-8", "replace")) for text in texts)
    print(
        f"{name:45} {chars / 1e6:6.2f} M characters  ftfy {size / other / 1e6:6.2f} MB/s  "
        f"stages {size / mine / 1e6:7.2f} MB/s  ratio {other / mine:6.1f}"
    )


def memory(kind: str) -> None:
    """Peak memory of reading 100 MB into a page, the text itself included; run in a process of its own."""
    from cleaner.read.text import read_text
    from cleaner.repair import options, repairs

    read_text("é", repairs(options()))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    piece = MEMORY[kind]
    text = piece * (100_000_000 // len(piece.encode()))
    start = time.perf_counter()
    page = read_text(text, repairs(options()))
    took = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
    print(
        f"{kind:10} text {sys.getsizeof(text) / 1e6:4.0f} MB  {len(page.lines):9,} lines  before {before / 1e6:3.0f} MB"
        f"  peak beyond that {peak / 1e6:4.0f} MB = {peak / sys.getsizeof(text):4.1f} times the text  {took:5.1f} s"
    )


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path, nargs="?")
    parser.add_argument("--chars", type=int, default=2_000_000)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        memory(args.one)
        return
    if args.memory:
        for kind in MEMORY:
            subprocess.run([sys.executable, __file__, "--one", kind], check=True)
        return
    path = args.path or HOME / "fixtures"
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.name.endswith((".txt", ".jsonl", ".jsonl.gz")))
    else:
        files = [path] if path.exists() else []
    for file in files:
        texts = load(file, args.chars)
        if texts:
            compare(str(file)[-45:], texts)
    compare("ASCII", ["The harbour reopened on Monday, after a week of storms & rain.\n\n" * 200] * 100)
    scripts = "Гавань снова открылась в понедельник после недели штормов.\n港は月曜日に再開した。\n"
    compare("Cyrillic and Japanese", [scripts * 100] * 50)


if __name__ == "__main__":
    main()
