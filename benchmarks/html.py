"""How good and how fast on HTML, beside other tools.

python -m benchmarks.html [--data DIR] [--limit N] [--speed-pages N] [--rounds N] [--kinds] [--markdown FILE]

Quality as for text. Speed is CPU time in one process, tools in turns; ``x resiliparse`` is the median of each round's
ratio. Peak memory is that of a process which imports one tool and reads the speed sample's pages once.
"""

from __future__ import annotations

import argparse
import gc
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.html_peers import READERS, Extract, Reader, reader, readers, versions
from benchmarks.scores import Score, score
from benchmarks.sets import HtmlTrack, data_folder, html_names, learnt, load_html, note_on_sets
from benchmarks.table import number, table

REFERENCE = "resiliparse"
Rows = list[list[str]]


def outputs(tool: Reader, pages: Sequence[bytes]) -> list[str]:
    """What a tool makes of pages; an error counts as no output and is told."""
    run, out, errors = reader(tool.name), [], []
    for page in pages:
        try:
            out.append(run(page) or "")
        except Exception as e:
            out.append("")
            errors.append(f"{type(e).__name__}: {e}".splitlines()[0][:200])
    if errors:
        print(f"{tool.name}: {len(errors)} of {len(pages)} pages failed; the first: {errors[0]}", file=sys.stderr)
    return out


def quality_rows(tracks: Sequence[HtmlTrack], tools: Sequence[Reader], *, kinds: bool) -> Rows:
    """A row for each figure of each set."""
    rows: Rows = []
    for track in tracks:
        scores: list[Score] = [score(track.metric, track.pages, outputs(tool, track.html)) for tool in tools]
        rows.append([f"{learnt(track.set)} HTML: F1 ({len(track.pages)} pages)", *(number(s.f1) for s in scores)])
        rows.append(["  precision", *(number(s.precision) for s in scores)])
        rows.append(["  recall", *(number(s.recall) for s in scores)])
        for kind, (_, count) in scores[0].kinds.items() if kinds else ():
            rows.append([f"  F1, {kind} ({count})", *(number(s.kinds[kind][0]) for s in scores)])
    return rows


def _cpu(run: Extract, pages: Sequence[bytes]) -> float:
    gc.collect()
    start = time.process_time()
    for page in pages:
        try:
            run(page)
        except Exception:
            continue
    return max(time.process_time() - start, 1e-9)


def _spread(track: HtmlTrack, count: int) -> list[bytes]:
    step = max(1.0, len(track.html) / count)
    return [track.html[int(i * step)] for i in range(min(count, len(track.html)))]


def speed_rows(tools: Sequence[Reader], pages: Sequence[bytes], rounds: int, memory: Sequence[float]) -> Rows:
    """Pages a second, the ratio to resiliparse, peak memory."""
    taken: dict[str, list[float]] = {tool.name: [] for tool in tools}
    for tool in tools:
        _cpu(reader(tool.name), pages[:5])  # not counted: tables are read
    for _ in range(rounds):
        for tool in tools:
            taken[tool.name].append(_cpu(reader(tool.name), pages))
    base = taken.get(REFERENCE)
    pairs = {name: zip(base, seconds, strict=True) for name, seconds in taken.items()} if base else {}
    ratios = [median(b / s for b, s in pairs[t.name]) if base else None for t in tools]
    return [
        ["pages/s", *(number(len(pages) / median(taken[tool.name]), 1) for tool in tools)],
        [f"  times {REFERENCE}", *(number(ratio, 2) for ratio in ratios)],
        ["  peak memory, MB", *(number(mb, 0) for mb in memory)],
    ]


def peak() -> float:
    """The most memory this process has had, in MB."""
    try:  # Linux counts the parent's into ru_maxrss
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) / 1000 for line in status.splitlines() if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


def _memory(tool: Reader, data: Path | None, name: str, limit: int, count: int) -> float:
    command = [sys.executable, "-m", "benchmarks.html", "--alone", tool.name, "--set", name]
    command += ["--limit", str(limit), "--speed-pages", str(count), *(["--data", str(data)] if data else [])]
    home = Path(__file__).resolve().parents[1]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=home)
    return float(done.stdout.split()[-1])


def tables(
    data: Path | None, limit: int, count: int, rounds: int, *, kinds: bool = False
) -> tuple[list[str], Rows, str]:
    """Measure everything.

    Args:
        data: the folder of sets; None for the fixtures.
        limit: pages of each set, spread over it; 0 for all.
        count: pages of the sample for speed and memory.
        rounds: rounds of the speed part.
        kinds: F1 of every type of page, too.

    Returns:
        Head, rows and note.
    """
    data = data.resolve() if data else None
    tools = readers()
    tracks = [load_html(data, name, limit) for name in html_names(data)]
    main = max(tracks, key=lambda track: len(track.pages))
    sample = _spread(main, count)
    memory = [_memory(tool, data, main.set, limit, count) for tool in tools]
    rows = speed_rows(tools, sample, rounds, memory) + quality_rows(tracks, tools, kinds=kinds)
    note = (
        "HTML in: cleaner is clean_html, no score the same without the network. "
        f"Speed: {len(sample)} pages of {main.set}, {sum(map(len, sample)) / 1e6:.1f} MB, CPU time in one process, "
        f"median of {rounds} rounds taken in turns. "
        f"Memory: a process with that tool alone over these pages. {versions(tools)}."
        f"{note_on_sets(t.set for t in tracks)}"
    )
    return ["", *(tool.name for tool in tools)], rows, note


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(description="HTML: quality, speed and memory beside other tools.")
    parser.add_argument("--data", help="folder of evaluation sets; else DATA of the environment, else the fixtures")
    parser.add_argument("--limit", type=int, default=25, help="pages of each set, spread over it; 0 for all")
    parser.add_argument("--speed-pages", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kinds", action="store_true", help="F1 for every type of page, too")
    parser.add_argument("--markdown", type=Path, help="write the table here, in Markdown")
    parser.add_argument("--set", help=argparse.SUPPRESS)
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    args = parser.parse_args()
    data = data_folder(args.data)
    if args.alone:
        outputs(
            next(t for t in READERS if t.name == args.alone),
            _spread(load_html(data, args.set, args.limit), args.speed_pages),
        )
        print(peak())
        return
    head, rows, note = tables(data, args.limit, args.speed_pages, args.rounds, kinds=args.kinds)
    print(table(head, rows), note, sep="\n\n")
    if args.markdown:
        args.markdown.write_text(f"{table(head, rows, markdown=True)}\n\n{note}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
