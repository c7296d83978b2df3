"""How fast, beside other tools.

python -m benchmarks.speed [--data DIR] [--mb N] [--rounds N] [--peer NAME ...] [--hostile]

Every tool gets the same texts in the same process, in turns, and is charged the process's CPU time; figures are medians
over the rounds, ratios medians of each round's ratio. MB are of UTF-8. Only ratios travel to another machine.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.peers import OURS, PEERS, Tool, available, function
from benchmarks.sets import Track, data_folder, load, main_track
from benchmarks.table import number, table

REFERENCE = "ftfy"
SIZES = (2_500_000, 5_000_000, 10_000_000)
TOO_SLOW = 60.0
SENTENCE = "The harbour reopened on Monday after a week of storms, and the first ferry left at nine. "
#: Texts that are slow in careless code, each as a function of its size in characters.
HOSTILE: dict[str, Callable[[int], str]] = {
    "one line of prose": lambda n: (SENTENCE * (n // len(SENTENCE) + 1))[:n],
    "one line, no spaces": lambda n: ("abcdefghij" * (n // 10 + 1))[:n],
    "one-word lines": lambda n: "".join(f"word{i:05}\n" for i in range(n // 10)),
    "the same line": lambda n: "Read more\n" * (n // 10),
    "blank lines between": lambda n: "Share\n\n\n\n" * (n // 9),
    **{
        f"only {name}": lambda n, char=char: char * n  # type: ignore[misc]
        for name, char in {
            "a": "a", "spaces": " ", "newlines": "\n", "returns": "\r", "tabs": "\t", "dots": ".", "dashes": "-",
            "stars": "*", "pipes": "|", "digits": "1", "&": "&", "<": "<", "quotes": '"', "»": "»", "é": "é", "Ã": "Ã",
            "accents": "\u0301", "ZWJ": "\u200d", "NBSP": "\xa0", "NUL": "\0", "日": "日", "emoji": "\U0001f600",
            "surrogates": "\ud800",
        }.items()
    },
}  # fmt: skip
HOSTILE_HEAD = ("hostile text", *(f"{n / 1e6:g} M characters, s" for n in SIZES), "MB/s", "growth (x2)")
FACTS = ("cleaner", "")
IMPORT = "import time; a, b = time.perf_counter(), time.process_time(); import {}; print(1000 * (time.perf_counter() - a), 1000 * (time.process_time() - b))"  # noqa: E501
MEMORY = """
import os, resource, sys
def rss():
    try:
        with open("/proc/self/statm") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
before = rss()
import cleaner
c = cleaner.Cleaner()
c.clean("Skip to content\\n\\nThe harbour caf\\u00e9 reopened on Monday.\\n\\nRead also:")
print((rss() - before) / 1e6)
"""


class Speed(NamedTuple):
    """MB a second and times as fast as ftfy (None without it)."""

    mb: float
    ratio: float | None


def size(texts: Sequence[str]) -> int:
    """Bytes of UTF-8."""
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)


def cpu(run: Callable[[str], object], texts: Sequence[str]) -> float:
    """CPU seconds of one pass over texts; a text that a tool fails on costs what it cost."""
    gc.collect()
    start = time.process_time()
    for text in texts:
        try:
            run(text)
        except Exception:
            continue
    return max(time.process_time() - start, 1e-9)


def sample(track: Track, mb: float) -> list[str]:
    """Texts of a track, spread over it, of about this size together."""
    texts = [page.given for page in track.pages if page.given]
    share = mb * 1e6 / max(1, size(texts))
    if share >= 1:
        return texts
    step = 1 / share
    return [texts[int(i * step)] for i in range(int(len(texts) * share))]


def rounds(tools: Sequence[Tool], texts: Sequence[str], n: int) -> dict[str, list[float]]:
    """CPU seconds of every tool in every round, taken in turns."""
    runs = {tool.name: function(tool.name) for tool in tools}
    for run in runs.values():
        cpu(run, texts)  # not counted: rules are compiled, other languages' tables read
    out: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(n):
        for name, run in runs.items():
            out[name].append(cpu(run, texts))
    return out


def measure(tools: Sequence[Tool], texts: Sequence[str], n: int) -> dict[str, Speed]:
    """The speed of every tool."""
    taken = rounds(tools, texts, n)
    bytes_ = size(texts)
    base = taken.get(REFERENCE)
    return {
        name: Speed(
            bytes_ / 1e6 / median(seconds),
            median(b / s for b, s in zip(base, seconds, strict=True)) if base else None,
        )
        for name, seconds in taken.items()
    }


def imports(module: str, n: int = 7) -> tuple[float, float]:
    """Milliseconds (elapsed, CPU) that importing a module takes in a fresh process; medians."""
    taken = [[float(x) for x in printed.split()] for printed in _python(IMPORT.format(module), n)]
    return median(t[0] for t in taken), median(t[1] for t in taken)


def memory(n: int = 5) -> float:
    """MB that a loaded cleaner, used once, adds to a bare interpreter."""
    return median(float(printed) for printed in _python(MEMORY, n))


def _python(code: str, n: int) -> list[str]:
    """What code prints in each of some fresh processes, with its bytecode at hand as it is after an installation."""
    home = Path(__file__).resolve().parents[1]
    with tempfile.TemporaryDirectory() as cache:
        given = os.environ | {"PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}
        command = [sys.executable, "-c", code]
        runs = [
            subprocess.run(command, check=True, capture_output=True, text=True, cwd=home, env=given)
            for _ in range(n + 1)  # the first writes the bytecode
        ]
    return [run.stdout for run in runs[1:]]


def short_texts(texts: Sequence[str], characters: int = 1000, n: int = 200) -> list[str]:
    """Pieces of texts of about 1 KB, whole lines where they are short enough."""
    out = []
    for text in texts:
        start = text.find("\n", len(text) // 3) + 1
        piece = text[start : start + characters]
        if len(piece) == characters:
            out.append(piece)
    return out[:n] or [(SENTENCE * characters)[:characters]]


def short(tool: Tool, texts: Sequence[str], n: int = 5) -> float:
    """Milliseconds a text of 1 KB takes; median of the rounds' means."""
    pieces = short_texts(texts)
    run = function(tool.name)
    cpu(run, pieces)
    return median(1000 * cpu(run, pieces) / len(pieces) for _ in range(n))


def hostile(run: Callable[[str], object]) -> list[list[str]]:
    """CPU seconds for each hostile text at each size, MB/s at the largest, and growth for twice the text."""
    rows = []
    for name, make in HOSTILE.items():
        row: list[str] = [name]
        taken: list[float] = []
        for n in SIZES:
            if taken and taken[-1] > TOO_SLOW:
                row.append("-")
                continue
            text = make(n)
            taken.append(cpu(run, [text]))
            row.append(f"{taken[-1]:.2f}")
        done = len(taken) == len(SIZES)
        row.append(f"{size([make(SIZES[-1])]) / 1e6 / taken[-1]:.1f}" if done else "-")
        row.append(f"{taken[-1] / taken[-2]:.1f}" if len(taken) > 1 else "-")
        rows.append(row)
    return rows


def facts(texts: Sequence[str], presets: Sequence[str]) -> list[list[str]]:
    """Rows on import, memory and short texts of the cleaner."""
    wall, own = imports("cleaner")
    return [
        ["import cleaner, ms (elapsed)", f"{wall:.0f}"],
        ["import cleaner, ms (CPU)", f"{own:.0f}"],
        ["a loaded Cleaner, MB", f"{memory():.1f}"],
        *([f"a text of 1 KB, ms ({preset})", f"{short(OURS[preset], texts):.3f}"] for preset in presets),
    ]


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(description="Speed beside other tools.")
    parser.add_argument("--data", help="folder of evaluation sets; else DATA of the environment, else the fixtures")
    parser.add_argument("--set")
    parser.add_argument("--renderer")
    parser.add_argument("--mb", type=float, default=1.0, help="size of the sample")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--preset", nargs="+", choices=list(OURS), default=list(OURS))
    parser.add_argument("--peer", nargs="+", choices=[peer.name for peer in PEERS], default=[])
    parser.add_argument("--hostile", action="store_true", help="only the hostile texts")
    parser.add_argument("--markdown", action="store_true")
    args = parser.parse_args()
    if args.hostile:
        print(table(HOSTILE_HEAD, hostile(function("standard")), markdown=args.markdown))
        return
    data = data_folder(args.data)
    name, renderer = main_track(data)
    name, renderer = args.set or name, args.renderer or renderer
    texts = sample(load(data, name, renderer), args.mb)
    tools = available(args.preset, args.peer)
    speeds = measure(tools, texts, args.rounds)
    rows = []
    for tool in tools:
        ms = imports(tool.imports, 3)[1] if tool.imports else None
        speed = speeds[tool.name]
        rows.append([tool.name, number(speed.mb, 2), number(speed.ratio, 2), number(ms, 0)])
    print(f"{name} {renderer}: {len(texts)} texts, {size(texts) / 1e6:.2f} MB, {args.rounds} rounds\n")
    print(table(["tool", "MB/s", f"x {REFERENCE}", "import, ms CPU"], rows, markdown=args.markdown))
    print(f"\n{table(FACTS, facts(texts, args.preset), markdown=args.markdown)}")


if __name__ == "__main__":
    main()
