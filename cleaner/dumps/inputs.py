"""From what the user named to streams: globs and folders listed, formats told by content, then by name."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from glob import glob, has_magic
from itertools import chain
from operator import attrgetter
from pathlib import PurePosixPath
from typing import IO, Any, NamedTuple

import fsspec
import orjson

from cleaner.dumps.items import Stream
from cleaner.dumps.read.lines import BOM
from cleaner.dumps.read.open import DAMAGE, ZSTD_DICT, Opener, compression_of, is_url, open_raw, unpack
from cleaner.errors import InputError, SettingsError, nearest, shown

#: What ``format`` takes.
FORMATS = ("jsonl", "json", "csv", "tsv", "parquet", "warc", "arc", "page")

#: What the end of a name says, without that of a compression.
BY_NAME = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".warc": "warc",
    ".wet": "warc",
    ".arc": "arc",
    ".txt": "page",
    ".text": "page",
    ".md": "page",
    ".html": "page",
    ".htm": "page",
    ".xhtml": "page",
}
PACKED = {".gz": "gz", ".zst": "zst", ".zstd": "zst", ".bz2": "bz2", ".xz": "xz"}

#: Bytes of a file that its format is told from.
SAMPLE = 1 << 16


class Inputs(NamedTuple):
    """What there is to read.

    Attributes:
        streams: in the order in which they are read.
        passed: files in the folders named that are in no format known.
        stdin: standard input, opened, if it is among them.
    """

    streams: tuple[Stream, ...]
    passed: tuple[str, ...]
    stdin: IO[bytes] | None

    @property
    def size(self) -> int:
        """Bytes on disk, as far as known."""
        return sum(stream.size for stream in self.streams)


class _File(NamedTuple):
    name: str
    size: int
    stamp: str
    listed: bool  # found in a folder, not named


def find_inputs(
    names: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    format: str | None = None,  # noqa: A002
    *,
    apart: str = "",
) -> Inputs:
    """List what the user named.

    Args:
        names: files, folders, globs, URLs that fsspec knows, or ``-`` for standard input.
        format: the format of all of them; None to tell it from each.
        apart: a folder that is left out where a folder holds it: the output.

    Returns:
        The streams.

    Raises:
        InputError: a name stands for nothing.
        SettingsError: there is no such format, or fsspec lacks what a URL needs.
    """
    if format is not None and format not in FORMATS:
        raise SettingsError(f"unknown format {format!r}{nearest(format, FORMATS)}")
    if isinstance(names, str | os.PathLike):
        names = [names]
    stdin: IO[bytes] | None = None
    runs: list[list[Stream]] = []
    passed: list[str] = []
    for file in _files([os.fspath(name) for name in names], apart):
        if file.name == "-":
            if stdin is not None:
                raise InputError("- stands for standard input, which can be read only once")
            if sys.stdin is None:
                raise InputError("-: standard input is closed")
            stdin = open_raw("-")
        found = _stream(file, format, stdin)
        if found is None:
            passed.append(shown(file.name))
        elif runs and _together(runs[-1][0], found):
            runs[-1].append(found)
        else:
            runs.append([found])
    return Inputs(tuple(_joined(run, number) for number, run in enumerate(runs)), tuple(passed), stdin)


def _together(a: Stream, b: Stream) -> bool:
    return a.format == b.format == "page" and a.compression == b.compression and "-" not in (a.name, b.name)


def _joined(run: list[Stream], number: int) -> Stream:
    """Streams of one page each as one stream of this number."""
    names, sizes, stamps = (
        tuple(chain.from_iterable(map(attrgetter(name), run))) for name in ("names", "sizes", "stamps")
    )
    return run[0]._replace(number=number, names=names, sizes=sizes, stamps=stamps)


def _files(names: Sequence[str], apart: str) -> Iterator[_File]:
    if not names:
        raise InputError("there is nothing to read; name files, folders or - for standard input")
    for name in names:
        if name == "-":
            yield _File("-", -1, "", False)
        elif is_url(name):
            yield from _remote(name)
        else:
            yield from _local(name, apart)


def _local(name: str, apart: str) -> Iterator[_File]:
    paths = [name]
    if has_magic(name) and not os.path.lexists(name):
        paths = sorted(glob(name, recursive=True))
        if not paths:
            raise InputError(f"{name}: no file is called so")
    for path in paths:
        if os.path.isdir(path):
            found = sorted(_walk(path, os.path.abspath(apart) if apart else ""))
            if not found:
                raise InputError(f"{path}: the folder is empty")
            for each in found:
                yield _stat(each, True)
        elif os.path.lexists(path):
            yield _stat(path, False)
        else:
            raise InputError(f"{path}: no such file or folder")


def _walk(folder: str, apart: str) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if f[0] != "." and os.path.abspath(os.path.join(place, f)) != apart]
        yield from (os.path.join(place, f) for f in files if f[0] != ".")


def _stat(path: str, listed: bool) -> _File:
    try:
        found = os.stat(path)
    except OSError:
        return _File(path, -1, "", listed)
    return _File(path, found.st_size, str(found.st_mtime_ns), listed)


def _remote(url: str) -> Iterator[_File]:
    try:
        fs, _, paths = fsspec.get_fs_token_paths(url)
        folder = len(paths) == 1 and fs.isdir(paths[0])
        found = sorted(fs.find(paths[0])) if folder else paths
        if not found or (not folder and not fs.exists(found[0])):
            raise InputError(f"{url}: there is nothing there")
        for path in found:
            about = fs.info(path)
            stamp = str(next((about[key] for key in ("ETag", "etag", "mtime", "LastModified") if about.get(key)), ""))
            size = about.get("size")
            yield _File(_unstripped(fs, url, path), -1 if size is None else size, stamp, folder)
    except ImportError as e:
        raise SettingsError(f"{url}: {e}") from None
    except (OSError, ValueError) as e:
        raise InputError(f"{url}: cannot be listed: {e}") from None


def _unstripped(fs: Any, url: str, path: str) -> str:
    if "::" in url:
        first, _, rest = url.partition("::")
        return f"{fs.unstrip_protocol(path)}::{rest}" if has_magic(first) else url
    return str(fs.unstrip_protocol(path))


def name_says(name: str) -> tuple[str, str]:
    """The format and compression that a name's end says; empty where it says nothing.

    >>> name_says("crawl.warc.wet.gz")
    ('warc', 'gz')
    """
    path = PurePosixPath(name.partition("?")[0].partition("::")[0].lower())
    packed = PACKED.get(path.suffix, "")
    if packed:
        path = path.with_suffix("")
    return BY_NAME.get(path.suffix, ""), packed


def _stream(file: _File, format: str | None, stdin: IO[bytes] | None) -> Stream | None:  # noqa: A002
    said, packed = name_says(file.name)
    if (
        file.listed and said == "page" and format in (None, "page")
    ):  # there may be millions: opened when their turn comes
        return Stream(0, (file.name,), "page", packed, (file.size,), (file.stamp,))
    made = Stream(0, (file.name,), "bad", "", (file.size,), (file.stamp,))
    try:
        head, packed, first = _head(file.name, stdin)
    except (OSError, *DAMAGE) as e:
        return made._replace(format=format or said or "bad", compression=packed, why=_why(e))
    kind = format or _content_says(head) or said
    if not kind:
        if file.listed:
            return None
        kind = "jsonl" if file.name == "-" and head.lstrip()[:1] == b"{" else "page" if _is_text(head) else ""
    if not kind:
        return made._replace(why="in no format that is known; name it with --format")
    made = made._replace(format=kind, compression=packed)
    if kind == "warc" and first.startswith(ZSTD_DICT):
        return made._replace(compression="zst")
    if kind == "json" or (kind == "jsonl" and _array(head)):
        return made._replace(format="json", array=_array(head))
    if kind == "parquet":
        if file.name == "-":
            raise InputError("Parquet cannot be read from standard input; name the file")
        return _with_schema(made)
    return made


def _why(e: Exception) -> str:
    return f"cannot be read: {getattr(e, 'strerror', None) or str(e) or type(e).__name__}"


def _head(name: str, stdin: IO[bytes] | None) -> tuple[bytes, str, bytes]:
    """The first bytes of a file unpacked, its compression, and its first bytes as they lie there."""
    if name == "-" and stdin is not None:
        first: bytes = stdin.peek(SAMPLE)  # type: ignore[attr-defined]
    else:
        with open_raw(name) as raw:
            first = raw.read(SAMPLE)
    packed = compression_of(first)
    if first.startswith(ZSTD_DICT):
        return b"WARC/1.", "zst", first
    return (_unpacked(first, packed) if packed else first), packed, first


def _unpacked(first: bytes, packed: str) -> bytes:
    import io

    file, out = unpack(io.BytesIO(first), packed), b""
    try:
        while len(out) < SAMPLE:
            more: bytes = file.read1(SAMPLE)  # type: ignore[attr-defined]
            if not more:
                break
            out += more
    except (OSError, *DAMAGE):
        pass  # the sample ends in the middle; damage shows when the file is read
    return out


def _content_says(head: bytes) -> str:
    start = head.removeprefix(BOM).lstrip()
    if head.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"WARC/1."):
        return "warc"
    if start.startswith(b"filedesc://"):
        return "arc"
    if start[:1] == b"[" and start[1:].lstrip()[:1] in (b"{", b"]"):
        return "json"
    if start[:1] == b"{":
        line, newline, _ = start.partition(b"\n")
        if newline and not _parses(line):
            return "json" if start[1:].lstrip()[:1] in (b'"', b"}") else ""
        return "jsonl" if start[1:].lstrip()[:1] in (b'"', b"}") else ""
    if start[:9].lower() == b"<!doctype" or start[:5].lower() == b"<html":
        return "page"
    return ""


def _parses(line: bytes) -> bool:
    """Whether a line is JSON, or at least not the first of several that make one value."""
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return line.rstrip().endswith(b"}")  # a bad record of JSONL rather than a piece of a longer one
    return True


def _array(head: bytes) -> bool:
    return head.removeprefix(BOM).lstrip()[:1] == b"["


def _is_text(head: bytes) -> bool:
    return bool(head) and sum(byte < 9 or 13 < byte < 27 for byte in head[:4096]) * 10 <= len(head[:4096])


def _with_schema(stream: Stream) -> Stream:
    from cleaner.dumps.read.tables import schema_of

    try:
        return stream._replace(schema=schema_of(Opener(), stream))
    except (OSError, *DAMAGE) as e:
        return stream._replace(format="bad", why=f"no Parquet file that can be read: {e}")
