"""The command ``cleaner``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

import cleaner
from cleaner.commands import files, rules, run, stats
from cleaner.errors import CleanerError
from cleaner.native import kernels
from cleaner.settings import PRESETS

#: Exit codes: all done; something could not be done, the rest was; the command was wrong; the reader went away.
OK, FAILED, USAGE, PIPE = 0, 1, 2, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: the arguments; None for the process's own.

    Returns:
        The exit code: 0, 1 if an input could not be cleaned, 2 for a wrong command, 141 for a closed pipe.
    """
    _open_closed()
    _write_utf8()
    args = _parser().parse_args(argv)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        _drop_output()
        return PIPE
    except CleanerError as e:
        print(f"cleaner: {e}", file=sys.stderr)
        return USAGE
    except OSError as e:  # what concerns an input was said where it was read
        if e.filename is None:
            _drop_output()
        print(f"cleaner: {e.filename or 'standard output: cannot write'}: {e.strerror or e}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return 130


def _open_closed() -> None:
    """Where standard output or error was closed, let what is printed go nowhere, not into the next file opened."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - to stay open


def _write_utf8() -> None:
    """Print in UTF-8, as files are written; on a terminal in its own encoding, with marks for what that lacks."""
    out = sys.stdout
    if isinstance(out, TextIOWrapper) and out.encoding.lower() not in ("utf-8", "utf8"):
        if out.isatty():
            out.reconfigure(errors="replace")
        else:
            out.reconfigure(encoding="utf-8")


def _drop_output() -> None:
    """Let what is still to be printed go nowhere: Python would fail on it once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def settings_options() -> argparse.ArgumentParser:
    """The options that make a cleaner's settings, as a parent for parsers."""
    settings = argparse.ArgumentParser(add_help=False)
    group = settings.add_argument_group("settings")
    group.add_argument("--preset", default="standard", help=f"{', '.join(PRESETS)} (default: standard)")
    group.add_argument("--rules", action="append", default=[], metavar="FILE", help="a rule file of your own (TOML)")
    group.add_argument(
        "--off", action="append", default=[], metavar="NAME", help="a stage, rule file or rule to leave out"
    )
    group.add_argument("--on", action="append", default=[], metavar="NAME", help="an optional stage or rule to run")
    group.add_argument("--keep", action="append", default=[], metavar="TEXT", help="never cut a line that holds this")
    group.add_argument("--budget", type=float, metavar="SHARE", help="the share of a text that cuts may take, 0 to 1")
    group.add_argument(
        "--threshold", type=float, metavar="CHANCE", help="how likely content a scored line must be to stay, 0 to 1"
    )
    group.add_argument("--lang", metavar="CODE", help="the language of the texts (default: told from each text)")
    group.add_argument("--markdown", action="store_true", help="give the text of HTML as Markdown")
    group.add_argument("--comments", action="store_true", help="of HTML, keep readers' comments under an article")
    return settings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cleaner", description="Strip the page's furniture from scraped text.")
    with_c = "without" if kernels is None else "with"
    parser.add_argument(
        "--version", action="version", version=f"cleaner {cleaner.__version__} ({with_c} the part in C)"
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    settings = settings_options()

    clean = commands.add_parser("clean", parents=[settings], help="print the clean text")
    clean.add_argument("files", nargs="+", metavar="FILE", help="text or HTML files; - for standard input")
    clean.add_argument("-o", "--output", metavar="PATH", help="a file, or a folder for several (made if missing)")
    clean.set_defaults(run=files.clean)

    explain = commands.add_parser("explain", parents=[settings], help="show every line, kept or struck, and why")
    explain.add_argument("files", nargs="+", metavar="FILE", help="text or HTML files; - for standard input")
    explain.add_argument("--json", action="store_true", help="one JSON object a file")
    explain.set_defaults(run=files.explain)

    running = commands.add_parser("run", parents=[settings], help="clean dumps: WARC, JSONL, Parquet, folders, …")
    run.options(running)
    running.set_defaults(run=run.run)

    counting = commands.add_parser("stats", help="what a run took away, by rule and by host")
    stats.options(counting)
    counting.set_defaults(run=stats.stats)

    ruling = commands.add_parser("rules", help="look at rules and test them").add_subparsers(
        required=True, metavar="WHAT"
    )
    listing = ruling.add_parser("list", parents=[settings], help="all rules, a line each")
    listing.epilog = "With --lang: the phrases of that language; * marks those that count only in its texts."
    listing.set_defaults(run=rules.listing)
    show = ruling.add_parser("show", parents=[settings], help="one rule, whole")
    show.add_argument("id", metavar="ID")
    show.set_defaults(run=rules.show)
    test = ruling.add_parser("test", help="try the examples of rule files (or of the package's own rules)")
    test.add_argument("files", nargs="*", metavar="FILE.toml")
    test.set_defaults(run=rules.test)
    return parser


if __name__ == "__main__":
    sys.exit(main())
