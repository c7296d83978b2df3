"""The extension: each function does what the one in Python does that its own description names."""

from typing import Any

API: int

def look(
    lines: list[str], columns: int, both: Any, extra: Any, counts: Any, ends: Any, starts: Any, bits: int
) -> tuple[bytearray, ...]: ...
def score(
    network: tuple[Any, ...], measures: Any, weight: Any, bag: Any, first: Any, runs: Any, with_words: bool
) -> bytearray: ...
def judge(
    network: tuple[Any, ...],
    columns: Any,
    weight: Any,
    words: Any,
    prose: Any,
    bag: Any,
    first: Any,
    runs: Any,
    stay: Any,
    blanks: Any,
) -> tuple[bytearray, float, float]: ...
