"""How good, beside other tools.

python -m benchmarks.quality [--data DIR] [--set NAME] [--renderer NAME] [--limit N] [--preset NAME ...] [--harm]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from benchmarks.peers import OURS, PEERS, Tool, available, function
from benchmarks.scores import Harm, Score, harm, score
from benchmarks.sets import Page, Track, data_folder, load, names
from benchmarks.table import number, percent, table


def outputs(tool: Tool, texts: Sequence[str], procs: int = 1) -> list[str]:
    """What a tool makes of texts; an error counts as no output and is told."""
    one = partial(_one, tool.name)
    if procs > 1:
        with ProcessPoolExecutor(procs) as pool:
            done = list(pool.map(one, texts, chunksize=16))
    else:
        done = [one(text) for text in texts]
    errors = [error for _, error in done if error]
    if errors:
        print(f"{tool.name}: {len(errors)} of {len(texts)} texts failed; the first: {errors[0]}", file=sys.stderr)
    return [out for out, _ in done]


def _one(name: str, text: str) -> tuple[str, str]:
    try:
        return function(name)(text), ""
    except Exception as e:
        return "", f"{type(e).__name__}: {e}"[:200]


def measure(tool: Tool, track: Track, procs: int = 1) -> Score:
    """A tool's score on a track."""
    return score(track.metric, track.pages, outputs(tool, [page.given for page in track.pages], procs))


def measure_harm(tool: Tool, pages: Sequence[Page], procs: int = 1) -> Harm | None:
    """What a tool takes from the reference texts of pages; None if they have none."""
    own = [page for page in pages if page.text]
    return harm(own, outputs(tool, [page.text for page in own], procs)) if own else None


def report(tools: Sequence[Tool], track: Track, *, with_harm: bool, kinds: bool, procs: int, markdown: bool) -> str:
    """A table of every tool on one track."""
    head = ["tool", "version", "F1", "P", "R", "with", "without"]
    head += ["words lost", "pages over 2 %"] * with_harm
    rows, by_kind = [], {}
    for tool in tools:
        s = measure(tool, track, procs)
        by_kind[tool.name] = s.kinds
        row = [tool.name, tool.version, *map(number, s[:5])]
        if with_harm:
            h = measure_harm(tool, track.pages, procs)
            row += [percent(h and h.words), percent(h and h.pages)]
        rows.append(row)
    out = [f"{track.name}: {len(track.pages)} pages, metric {track.metric}", "", table(head, rows, markdown=markdown)]
    if kinds and any(by_kind.values()):
        found = next(iter(by_kind.values()))
        rows = [[k, str(found[k][1]), *(number(by_kind[t.name][k][0]) for t in tools)] for k in found]
        out += ["", table(["F1 of kind", "pages", *(t.name for t in tools)], rows, markdown=markdown)]
    return "\n".join(out)


def add_options(parser: argparse.ArgumentParser, limit: int) -> None:
    """Options that both this and the whole benchmark have."""
    parser.add_argument("--data", help="folder of evaluation sets; else DATA of the environment, else the fixtures")
    parser.add_argument("--limit", type=int, default=limit, help="pages of each track, spread over it; 0 for all")
    parser.add_argument("--preset", nargs="+", choices=list(OURS), default=list(OURS), help="of the cleaner")
    parser.add_argument("--peer", nargs="+", choices=[peer.name for peer in PEERS], default=[], help="only these")
    parser.add_argument("--procs", type=int, default=1, help="processes for the quality part")


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(description="Quality beside other tools.")
    add_options(parser, limit=0)
    parser.add_argument("--set", help="only this set")
    parser.add_argument("--renderer", help="only this renderer")
    parser.add_argument("--harm", action="store_true", help="what is lost of the reference texts, too")
    parser.add_argument("--kinds", action="store_true", help="F1 for every type of page, too")
    parser.add_argument("--markdown", action="store_true")
    args = parser.parse_args()
    data = data_folder(args.data)
    chosen = [(s, r) for s, r in names(data) if args.set in (None, s) and args.renderer in (None, r)]
    if not chosen:
        parser.error("no such track; there are: " + ", ".join(" ".join(pair) for pair in names(data)))
    tools = available(args.preset, args.peer)
    for name, renderer in chosen:
        track = load(data, name, renderer, args.limit)
        text = report(tools, track, with_harm=args.harm, kinds=args.kinds, procs=args.procs, markdown=args.markdown)
        print(f"\n{text}", flush=True)


if __name__ == "__main__":
    main()
