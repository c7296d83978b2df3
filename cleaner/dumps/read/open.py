"""Open local files, URLs and standard input, and take compression off."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zlib
from typing import IO, Any

import fsspec

if sys.version_info >= (3, 14):  # pragma: no cover
    from compression import zstd
else:
    from backports import zstd

from cleaner.dumps.items import Stream

#: How much is read at a time.
CHUNK = 1 << 20

MAGIC = ((b"\x1f\x8b", "gz"), (b"\x28\xb5\x2f\xfd", "zst"), (b"BZh", "bz2"), (b"\xfd7zXZ\x00", "xz"))

#: The frame that a WARC compressed with a dictionary starts with ("Zstandard WARC", IIPC 2020).
ZSTD_DICT = b"\x5d\x2a\x4d\x18"

#: What reading a damaged file may raise, beside OSError.
DAMAGE = (EOFError, lzma.LZMAError, zlib.error, zstd.ZstdError, ValueError)


def is_url(name: str) -> bool:
    """Whether a name is for fsspec rather than a path."""
    return "://" in name


def open_raw(name: str) -> IO[bytes]:
    """Open a path, a URL or ``-`` for standard input.

    Args:
        name: what to open.

    Returns:
        Its bytes, as they lie there.

    Raises:
        OSError: it cannot be opened.
    """
    if name == "-":
        return io.BufferedReader(_Unclosed(sys.stdin.buffer), CHUNK)
    if is_url(name):
        return fsspec.open(name, "rb").open()  # type: ignore[no-any-return]
    return open(name, "rb")


class _Unclosed(io.RawIOBase):
    """A stream that several readers take turns on, and none closes; a pipe's short reads are passed on."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data: bytes = self._file.read1(len(buffer)) if hasattr(self._file, "read1") else self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class ReadOnly:
    """A stream that can be read and nothing else, for readers that would try to seek in a pipe.

    Args:
        file: the stream.
        place: where it stands.
    """

    def __init__(self, file: IO[bytes], place: int = 0) -> None:
        self._file = file
        self._count = place

    def read(self, size: int = -1) -> bytes:
        """Read up to ``size`` bytes."""
        data = self._file.read(size)
        self._count += len(data)
        return data

    def tell(self) -> int:
        """How far reading has come."""
        return self._count


def is_damage(error: BaseException) -> bool:
    """Whether reading failed because the bytes are damaged; a library in Rust may say so by a panic."""
    return isinstance(error, (OSError, *DAMAGE)) or type(error).__name__ == "PanicException"


def compression_of(head: bytes) -> str:
    """The compression that the first bytes show; empty if none."""
    return next((name for magic, name in MAGIC if head.startswith(magic)), "")


def unpack(raw: IO[bytes], compression: str) -> IO[bytes]:
    """Take the compression off. What is cut short raises EOFError once all that is there was read.

    Args:
        raw: the bytes as they lie there.
        compression: ``gz``, ``zst``, ``bz2``, ``xz`` or nothing.

    Returns:
        The bytes themselves.
    """
    file: Any = raw
    if compression == "gz":
        file = gzip.GzipFile(fileobj=raw)
    elif compression == "zst":
        file = zstd.ZstdFile(raw)
    elif compression == "bz2":
        file = bz2.BZ2File(raw)
    elif compression == "xz":
        file = lzma.LZMAFile(raw)  # noqa: SIM115
    return file  # type: ignore[no-any-return]


class Opener:
    """Opens a stream's files, and knows how far into them reading has come.

    Args:
        stdin: standard input, opened already (its first bytes were looked at); None if it is not among the inputs.
    """

    def __init__(self, stdin: IO[bytes] | None = None) -> None:
        self._stdin = stdin
        self._raw: IO[bytes] | None = None
        self.extra = 0

    def raw(self, name: str) -> IO[bytes]:
        """Open a file as it lies there, and watch it."""
        if name == "-" and self._stdin is not None:
            return self._stdin
        self.close()
        self._raw = open_raw(name)
        return self._raw

    def close(self) -> None:
        """Close the present file; standard input stays open."""
        if self._raw is not None:
            self._raw.close()
        self._raw = None
        self.extra = 0

    def open(self, stream: Stream, offset: int = 0) -> IO[bytes]:
        """Open a stream's file without its compression, at an offset of the unpacked bytes."""
        file = unpack(self.raw(stream.name), stream.compression)
        if offset:
            if stream.name == "-":
                forward(file, offset)
            else:
                file.seek(offset)
        return file

    @property
    def position(self) -> int:
        """Bytes of the present file that were read, compressed as they are."""
        if self._raw is None:
            return 0
        try:
            return max(self._raw.tell(), self.extra)
        except (OSError, ValueError):
            return self.extra


def forward(file: IO[bytes], count: int) -> None:
    """Read and drop ``count`` bytes."""
    while count > 0:
        got = len(read_some(file, min(CHUNK, count)))
        if not got:
            raise EOFError("the input is shorter than it was")
        count -= got


def read_some(file: IO[bytes], size: int = CHUNK) -> bytes:
    """What can be had in one go, up to ``size`` bytes: so bytes read before damage are not lost with it."""
    read1 = getattr(file, "read1", None)
    return read1(size) if read1 else file.read(size)


__all__ = [
    "CHUNK",
    "DAMAGE",
    "MAGIC",
    "ZSTD_DICT",
    "Opener",
    "compression_of",
    "forward",
    "is_url",
    "open_raw",
    "read_some",
    "unpack",
    "zstd",
]
