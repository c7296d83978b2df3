"""``cleaner stats``: what a run took away, by rule and by host, and which hosts drift."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from rich.bar import Bar
from rich.table import Table

from cleaner.commands.files import PipeConsole
from cleaner.errors import InputError

#: Rules and hosts that the charts show.
ROWS = 15
WIDTH = 30


def options(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of this command."""
    parser.add_argument("folder", metavar="DIR", help="the folder a run wrote to")
    parser.add_argument("--before", metavar="DIR", help="the folder of an earlier run, to measure hosts by")
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def stats(args: argparse.Namespace) -> int:
    """Print the statistics of a run."""
    from cleaner.dumps.stats import drifting

    found = _load(args.folder)
    before = _load(args.before)["hosts"] if args.before else None
    if before is not None:
        found["drifting"] = [drift._asdict() for drift in drifting(found["hosts"], before)]
    if args.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return 0
    console = PipeConsole(highlight=False, markup=False, emoji=False)
    console.print(_head(found))
    for title, key, unit in (("by stage", "stages", "words"), ("by rule", "rules", "words")):
        rows = [(name, c.get(unit, 0), _counts(c)) for name, c in found[key].items()]
        _chart(console, f"words removed {title}", rows)
    hosts = [
        (name, c["words_in"] - c["words_out"], f"{_share(c)} of {c['words_in']:,}, {c['pages']:,} pages")
        for name, c in found["hosts"].items()
    ]
    _chart(console, "words removed by host", sorted(hosts, key=lambda row: (-row[1], row[0])))
    _drift(console, found["drifting"])
    return 0


def _load(folder: str) -> dict[str, Any]:
    path = Path(folder) / "stats.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: is not there; a run writes it when it is done") from None
    except (OSError, ValueError) as e:
        raise InputError(f"{path}: cannot be read: {e}") from None
    return found


def _share(counts: dict[str, int]) -> str:
    words = counts["words_in"]
    return f"{100 * (1 - counts['words_out'] / words) if words else 0:.1f} %"


def _counts(counts: dict[str, int]) -> str:
    named = ("lines", "trims", "repairs", "pages")
    return ", ".join(f"{counts[name]:,} {name}" for name in named if counts.get(name))


def _head(found: dict[str, Any]) -> str:
    lines = [
        f"{found['records']:,} records: {found['cleaned']:,} cleaned, {found['filtered']:,} filtered, "
        f"{found['quarantined']:,} quarantined",
        f"{found['words_in']:,} words in, {found['words_out']:,} out: {_share(found)} removed; "
        f"{found['lines_cut']:,} of {found['lines_in']:,} lines; {found['emptied']:,} pages emptied",
    ]
    for title, key in (
        ("flags", "flags"),
        ("filtered", "filters"),
        ("quarantined", "reasons"),
        ("no pages", "skipped"),
    ):
        if found[key]:
            lines.append(f"{title}: " + ", ".join(f"{name} {n:,}" for name, n in list(found[key].items())[:8]))
    return "\n".join(lines)


def _chart(console: PipeConsole, title: str, rows: list[tuple[str, int, str]]) -> None:
    rows = [row for row in rows if row[1] or row[2]]
    if not rows:
        return
    top = max(1, *(count for _, count, _ in rows))
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
    for name, count, said in rows[:ROWS]:
        bar = Bar(top, 0, max(count, 0), width=WIDTH)
        table.add_row(name, f"{count:,}", bar, said)
    console.print(f"\n{title}")
    console.print(table)
    if rows[ROWS:]:
        console.print(f"and {len(rows) - ROWS:,} more")


_AGAINST = {
    "past": "its earlier pages here",
    "before": "the earlier run",
    "rest": "all other hosts",
}


def _drift(console: PipeConsole, found: list[dict[str, Any]]) -> None:
    if not found:
        return
    console.print("\ndrifting hosts: their removed share is far from what it is measured by")
    for drift in found[:ROWS]:
        there = f"{100 * drift['other']:.0f} % in {_AGAINST[drift['against']]}"
        console.print(f"  {drift['host']}: {100 * drift['share']:.0f} %, {there} ({drift['pages']:,} pages)")
    if found[ROWS:]:
        console.print(f"  and {len(found) - ROWS:,} more")
