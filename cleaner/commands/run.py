"""``cleaner run``: dumps in, a folder of clean records out."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from typing import Any

from rich.console import Console

from cleaner.commands.files import make_cleaner
from cleaner.errors import MissingExtraError, RunError

#: Exit codes beside those of every command: done, but with records in errors.jsonl; ended by Ctrl-C or SIGTERM.
QUARANTINED, STOPPED = 3, 130

_OPTIONS = (
    "to",
    "workers",
    "format",
    "text_key",
    "html_key",
    "id_key",
    "url_key",
    "out_key",
    "min_words",
    "removed",
    "sample",
    "dry_run",
    "restart",
    "record_timeout",
    "max_record_bytes",
    "part_bytes",
)


def options(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of this command."""
    add = parser.add_argument
    add("inputs", nargs="+", metavar="INPUT", help="dumps, folders, globs, URLs; - for standard input")
    add("-o", "--output", metavar="DIR", help="the folder to write to; the same again goes on where a run was ended")
    add("--to", default="jsonl.zst", metavar="FORMAT", help="jsonl.zst (default), jsonl.gz, jsonl, parquet or txt")
    add("--workers", type=int, metavar="N", help="processes that clean (default: one each core)")
    inputs = parser.add_argument_group("inputs")
    add = inputs.add_argument
    add("--format", metavar="NAME", help="jsonl, json, csv, tsv, parquet, warc, arc, page (default: told from each)")
    add(
        "--text-key", default="", metavar="KEY", help="the field with the text (default: text, raw_content, content, …)"
    )
    add("--html-key", default="", metavar="KEY", help="the field with HTML (default: html, raw_html)")
    add("--id-key", default="", metavar="KEY", help="the field with the id")
    add("--url-key", default="", metavar="KEY", help="the field with the address")
    add("--out-key", default="", metavar="KEY", help="the field for the clean text (default: where it came from)")
    add("--sample", type=int, metavar="N", help="N records only, spread over the files, from the front of each")
    add(
        "--max-record-bytes",
        type=nbytes,
        default=16 << 20,
        metavar="N",
        help="set larger records aside (default: 16M)",
    )
    outputs = parser.add_argument_group("outputs")
    add = outputs.add_argument
    add("--removed", action="store_true", help="write all cuts to a side file")
    add("--min-words", type=int, default=0, metavar="N", help="records that keep fewer words go to a side file")
    add("--drop-flagged", action="store_true", help="records with a flag go to a side file")
    add("--part-bytes", type=nbytes, default=64 << 20, metavar="N", help="input that makes a part (default: 64M)")
    add("--dry-run", action="store_true", help="write nothing; count, and show five texts before and after")
    add("--restart", action="store_true", help="take away what an earlier run made, and begin again")
    add("--record-timeout", type=float, default=60.0, metavar="S", help="seconds for one record (default: 60; 0: any)")
    add("--quiet", action="store_true", help="show no progress")
    parser.epilog = (
        "Exit codes: 0 all done; 3 all done, but some records could not be cleaned and are in errors.jsonl; "
        "1 not done; 2 wrong command, or the folder belongs to another run; 130 stopped."
    )


def nbytes(text: str) -> int:
    """A number of bytes: 500, 64K, 16M, 2G."""
    units = {"K": 10, "M": 20, "G": 30}
    unit = units.get(text[-1:].upper())
    try:
        return int(float(text[:-1]) * (1 << unit)) if unit else int(text)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of bytes; write 500, 64K, 16M or 2G") from None


def run(args: argparse.Namespace) -> int:
    """Run over dumps.

    Returns:
        0, or 3 if records were quarantined, 1 if the run could not be finished, 130 if it was stopped.
    """
    cleaner = make_cleaner(args)
    try:
        from cleaner.dumps.progress import Follow
        from cleaner.dumps.run import run as run_dumps
    except ModuleNotFoundError as e:
        raise MissingExtraError(f"this needs {e.name}: pip install 'article-cleaner[dumps]'") from e
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    follow = None if args.quiet else Follow(console)
    before = signal.signal(signal.SIGTERM, _stop)
    given = {name: getattr(args, name) for name in _OPTIONS}
    try:
        found = run_dumps(
            args.inputs, args.output, cleaner=cleaner, drop_flagged=args.drop_flagged, watch=follow, **given
        )
    except KeyboardInterrupt:
        _close(follow)
        print(_stopped(args), file=sys.stderr)
        return STOPPED
    except RunError as e:
        _close(follow)
        print(f"cleaner: {e}", file=sys.stderr)
        return 2 if e.refused else 1
    finally:
        _close(follow)
        signal.signal(signal.SIGTERM, before)
    for sample in found.samples:
        _show(*sample)
    print(summary(found))
    return QUARANTINED if found.quarantined else 0


def _stop(*_: Any) -> None:
    raise KeyboardInterrupt


def _close(follow: Any) -> None:
    if follow is not None:
        follow.close()


def _stopped(args: argparse.Namespace) -> str:
    if args.dry_run or not args.output:
        return "cleaner: stopped; nothing was written"
    return f"cleaner: stopped; the parts in {args.output} are whole. The same command again goes on where it was"


def _show(name: str, before: str, after: str) -> None:
    print(f"── {name}: before\n{before}\n── after\n{after}\n")


def summary(found: Any) -> str:
    """What a run did, in a few lines."""
    share = 1 - found.words_out / found.words_in if found.words_in else 0.0
    lines = [
        f"{_count(found.records, 'record')}: {found.cleaned:,} cleaned, {found.filtered:,} filtered, "
        f"{found.quarantined:,} quarantined",
        f"{found.words_in:,} words in, {found.words_out:,} out: {100 * share:.1f} % removed",
    ]
    if found.skipped:
        kinds = sorted(found.skipped.items(), key=lambda item: -item[1])
        named = ", ".join(f"{kind} {n:,}" for kind, n in kinds[:5])
        lines.append(f"no pages: {_count(sum(found.skipped.values()), 'record')} ({named}{', …' if kinds[5:] else ''})")
    if found.passed:
        some = ", ".join(found.passed[:3])
        lines.append(f"in no format known, and left: {_count(len(found.passed), 'file')} ({some})")
    if found.output:
        here = found.records - found.done_before
        rate = here / found.seconds if found.seconds > 0 else 0
        before = f" ({_count(found.done_before, 'record')} done before)" if found.done_before else ""
        lines.append(
            f"{_count(found.parts, 'part')} in {found.output}, {_time(found.seconds)}, {rate:,.0f} records/s{before}"
        )
        if found.quarantined:
            reasons = list(found.stats["reasons"].items())
            named = "; ".join(f"{reason} ({n:,})" for reason, n in reasons[:3]) + ("; …" if reasons[3:] else "")
            lines.append(f"quarantined records are in {found.output.rstrip('/')}/errors.jsonl: {named}")
    else:
        lines.append("a dry run: nothing was written")
    return "\n".join(lines)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 120 else time.strftime("%H:%M:%S", time.gmtime(seconds))
