"""Quality and speed side by side: ``python -m benchmarks [--data DIR] [--markdown FILE]``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks import html, quality, speed
from benchmarks.peers import Tool, available, function
from benchmarks.sets import data_folder, learnt, load, main_track, names, note_on_sets
from benchmarks.table import number, percent, table

Rows = list[list[str]]


def quality_rows(data: Path | None, tools: Sequence[Tool], limit: int, procs: int) -> Rows:
    """A row for each figure of each track: F1 and recall, on a set's first track all there is, and its harm."""
    rows: Rows = []
    seen: set[str] = set()
    for name, renderer in names(data):
        track = load(data, name, renderer, limit)
        scores = [quality.measure(tool, track, procs) for tool in tools]
        rows.append([f"{learnt(name)} {renderer}: F1 ({len(track.pages)} pages)", *(number(s.f1) for s in scores)])
        rows.append(["  recall", *(number(s.recall) for s in scores)])
        if name in seen:
            continue
        seen.add(name)
        rows.append(["  precision", *(number(s.precision) for s in scores)])
        if scores[0].required is not None:
            rows.append(["  wanted snippets found", *(number(s.required) for s in scores)])
        if scores[0].barred is not None:
            rows.append(["  barred snippets left in", *(number(s.barred) for s in scores)])
        harms = [quality.measure_harm(tool, track.pages, procs) for tool in tools]
        if any(harms):
            rows.append(["  words lost of clean text", *(percent(h and h.words) for h in harms)])
            rows.append(["  clean texts that lost > 2 %", *(percent(h and h.pages, 1) for h in harms)])
    return rows


def speed_rows(tools: Sequence[Tool], texts: Sequence[str], rounds: int) -> Rows:
    """Speed, and the cost of the import."""
    speeds = speed.measure(tools, texts, rounds)
    taken = {module: speed.imports(module, 3)[1] for module in {tool.imports for tool in tools} if module}
    return [
        ["MB/s", *(number(speeds[tool.name].mb, 1) for tool in tools)],
        [f"  times {speed.REFERENCE}", *(number(speeds[tool.name].ratio, 1) for tool in tools)],
        ["  import, ms of CPU", *(number(taken.get(tool.imports), 0) for tool in tools)],
    ]


def main() -> None:
    """Print a table for text and one for HTML, a column for each tool; then what is the cleaner's alone."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    quality.add_options(parser, limit=25)
    parser.add_argument("--markdown", type=Path, help="write the tables here, in Markdown")
    parser.add_argument("--html-pages", type=int, default=20, help="pages of the HTML sample for speed and memory")
    parser.add_argument("--mb", type=float, default=0.5, help="size of the sample for speed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--hostile", action="store_true", help="hostile texts, too")
    args = parser.parse_args()
    data = data_folder(args.data)
    if data is None:
        print("On the repository's own fixtures, which the cleaner is tested on. For a fair view give --data DIR.\n")
    tools = available(args.preset, args.peer)
    main_name = main_track(data)
    texts = speed.sample(load(data, *main_name), args.mb)
    head = ["", *(tool.name for tool in tools)]
    rows = speed_rows(tools, texts, args.rounds) + quality_rows(data, tools, args.limit, args.procs)
    versions = ", ".join(f"{tool.name} {tool.version}" for tool in tools if tool.version and not tool.ours)
    size = speed.size(texts) / 1e6
    note = (
        f"Text in: careful, standard and strict are this cleaner's presets, no score is standard without the network. "
        f"Speed: {len(texts)} texts of {' '.join(main_name)}, "
        f"{size:.1f} MB, CPU time in one process, median of {args.rounds} rounds taken in turns. {versions}."
        f"{note_on_sets(name for name, _ in names(data))}"
    )
    print(table(head, rows), note, sep="\n\n", flush=True)
    html_head, html_rows, html_note = html.tables(data, args.limit, args.html_pages, args.rounds)
    print("", table(html_head, html_rows), "", html_note, sep="\n", flush=True)
    parts: list[tuple[Sequence[str], Rows]] = [(speed.FACTS, speed.facts(texts, args.preset))]
    print("", table(*parts[0]), sep="\n", flush=True)
    if args.hostile:
        parts.append((speed.HOSTILE_HEAD, speed.hostile(function("standard"))))
        print("", table(*parts[1]), sep="\n")
    if args.markdown:
        tables = [table(*part, markdown=True) for part in [(head, rows), (html_head, html_rows), *parts]]
        args.markdown.write_text(
            "\n\n".join([tables[0], note, tables[1], html_note, *tables[2:]]) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
