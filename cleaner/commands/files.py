"""``cleaner clean`` and ``cleaner explain``: files in, clean or explained text out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from cleaner.api import Cleaner
from cleaner.errors import CleanerError, InputError, shown
from cleaner.read.encoding import decode
from cleaner.read.html import looks_like_html
from cleaner.report.data import as_data
from cleaner.report.terminal import show
from cleaner.result import Result

#: So many characters are at most 4,096 bytes, PIPE_BUF of Linux: https://man7.org/linux/man-pages/man7/pipe.7.html
PIECE = 1024


class PipeConsole(Console):
    """A console that leaves a closed pipe to the command, which knows the exit code for it."""

    def on_broken_pipe(self) -> None:
        """Pass the error on."""
        raise BrokenPipeError


def make_cleaner(args: argparse.Namespace) -> Cleaner:
    """The cleaner that the settings options ask for."""
    return Cleaner(
        preset=args.preset,
        rules=args.rules,
        off=args.off,
        on=args.on,
        keep=args.keep,
        budget=args.budget,
        threshold=args.threshold,
        lang=args.lang,
        format="markdown" if args.markdown else "text",
        comments=args.comments,
    )


def clean(args: argparse.Namespace) -> int:
    """Print or write the clean texts; returns 1 if any input could not be cleaned."""
    cleaner = make_cleaner(args)
    targets = _targets(args.files, args.output)
    inputs = _Inputs(args.files)
    first = True
    for name, result in inputs.explained(cleaner):
        for flag in result.flags:
            _say(f"{name}: {_FLAGS.get(flag, flag)}")
        out = result.text + "\n" if result.text else ""
        target = targets.get(name)
        if target is None:
            _print(out if first else "\n" + out)
        else:
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(out, encoding="utf-8", newline="")
            except OSError as e:
                inputs.fail(f"{target}: cannot write: {e.strerror}")
        first = False
    return int(inputs.failed)


def explain(args: argparse.Namespace) -> int:
    """Show every line of the texts; returns 1 if any input could not be cleaned."""
    cleaner = make_cleaner(args)
    inputs = _Inputs(args.files)
    console = PipeConsole(highlight=False, markup=False, emoji=False)
    for name, result in inputs.explained(cleaner):
        if args.json:
            _print(json.dumps({"file": shown(name)} | as_data(result), ensure_ascii=False) + "\n")
        else:
            show(result, console, title=shown(name) if len(args.files) > 1 else "")
    return int(inputs.failed)


#: What a flag says to a person; a flag not listed is printed as it is.
_FLAGS = {
    "empty": "the text is empty",
    "all_furniture": "nothing but furniture in it; the result is empty",
    "over_removal": "too much would have gone; a gentler preset was used",
}


class _Inputs:
    """The files named, one after another; what cannot be read or cleaned is reported and passed over."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.failed = False

    def fail(self, message: str) -> None:
        self.failed = True
        _say(message)

    def explained(self, cleaner: Cleaner) -> Iterator[tuple[str, Result]]:
        for name in self.names:
            try:
                text = decode_text(_read(name))
                result = cleaner.explain_html(text) if looks_like_html(text) else cleaner.explain(text)
            except IsADirectoryError:
                self.fail(f"{name}: is a folder; name its files, for example {name.rstrip('/')}/*.txt")
            except OSError as e:
                self.fail(f"{name or repr(name)}: cannot read: {e.strerror}")
            except CleanerError as e:
                self.fail(f"{name}: {e}")
            else:
                yield name, result


def _read(name: str) -> bytes:
    if name != "-":
        with open(name, "rb") as file:
            return file.read()
    if sys.stdin is None:  # closed by who started the command
        raise InputError("standard input is closed")
    return sys.stdin.buffer.read()


def decode_text(data: bytes) -> str:
    """Bytes of a text file as text.

    Args:
        data: the file's bytes.

    Returns:
        Its text.

    Raises:
        InputError: it is not a text file.
    """
    head = data[:4096]
    for magic, kind in _BINARY:
        if head.startswith(magic):
            raise InputError(f"not a text file but {kind}")
    text = decode(data).text
    sample = text[:4096]
    odd = sum((c < " " and c not in "\t\n\r\f\v\x1b") or c == "\ufffd" for c in sample)
    if odd > max(2, len(sample) // 20):  # bytes drawn at random have one in ten
        raise InputError("not a text file: it holds mostly bytes that are no text in any encoding")
    return text


_BINARY = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive or office document"),
    (b"\x1f\x8b", "gzip data; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "zstandard data; unpack it first"),
    (b"\x7fELF", "a program"),
)


def _targets(names: list[str], output: str | None) -> dict[str, Path | None]:
    """Where each input's clean text goes; None for standard output."""
    if output is None:
        return dict.fromkeys(names)
    path = Path(output)
    if len(names) > 1 and path.is_file():
        raise InputError(f"{output}: is a file; {len(names)} inputs need a folder")
    if len(names) == 1 and not path.is_dir() and not output.endswith(("/", "\\")):
        targets = {names[0]: path}
    else:
        targets = {name: path / ("stdin.txt" if name == "-" else Path(name).name) for name in names}
    taken: dict[Path, str] = {}
    for name, target in targets.items():
        if name != "-" and _is_same(target, name):
            raise InputError(f"{name}: the output would overwrite the input; name another with -o")
        if target in taken:
            raise InputError(f"{taken[target]} and {name} would both be written to {target}; clean them one by one")
        taken[target] = name
    return dict(targets)


def _is_same(target: Path, name: str) -> bool:
    """Whether two paths are one file; where one is not there, reading or writing it will say so."""
    try:
        return target.samefile(name)
    except OSError:
        return False


def _print(text: str) -> None:
    """Write to standard output in pieces that a pipe takes as a whole or not at all.

    Where Python does not buffer its output (``PYTHONUNBUFFERED``), it does not notice that a pipe was closed after
    part of a larger piece.
    """
    for start in range(0, len(text), PIECE):
        sys.stdout.write(text[start : start + PIECE])


def _say(message: str) -> None:
    print(f"cleaner: {message}", file=sys.stderr)
