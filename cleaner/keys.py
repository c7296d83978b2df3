"""What lines are told by when copies of them are looked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import compress
from typing import Any

from cleaner.native import kernels


class Keys:
    r"""A key for each line of a page; the extension compares each with all others once.

    Args:
        source: the keys, a list of them or joined by ``"\n"``.

    Attributes:
        c: the keys as the extension takes them; None without it.
    """

    __slots__ = ("_every", "_joined", "c")

    def __init__(self, source: bytes | list[bytes]) -> None:
        self._joined = source if isinstance(source, bytes) else b""
        self._every = None if isinstance(source, bytes) else source
        self.c: Any = kernels.make_keys(source) if kernels is not None else None

    @property
    def every(self) -> list[bytes]:
        """All keys."""
        if self._every is None:
            self._every = self._joined.split(b"\n")
        return self._every

    def changed(self, keys: Mapping[int, bytes]) -> Keys:
        """The same with other keys for some lines."""
        if not keys:
            return self
        every = self.every.copy()
        for i, key in keys.items():
            every[i] = key
        return Keys(every)

    def among(self, kept: bytes | bytearray, wanted: list[bytes]) -> Iterable[int]:
        """Of each of some keys whether a line that is kept has it."""
        if self.c is not None and kernels is not None:
            found: bytes = kernels.among(self.c, kept, wanted)
            return found
        return map(set(compress(self.every, kept)).__contains__, wanted)


def both(one: bytes | bytearray, other: bytes | bytearray, *, flip: bool = False) -> bytes:
    """Where two rows of noughts and ones both have a one.

    Args:
        one: a byte for each line.
        other: as many.
        flip: whether it is asked where the other has none.

    Returns:
        As many noughts and ones.
    """
    if kernels is not None:
        found: bytes = kernels.both(one, other, flip)
        return found
    first, second = int.from_bytes(one, "little"), int.from_bytes(other, "little")
    return (first & (~second if flip else second)).to_bytes(len(one), "little")
