"""What must hold of any text, in one place."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache

import cleaner

STAGE_NAMES = tuple(stage.name for stage in cleaner.STAGES)


@lru_cache(maxsize=1)
def repairer() -> cleaner.Cleaner:
    """A cleaner that only mends characters and cuts nothing."""
    return cleaner.Cleaner(off=STAGE_NAMES)


def seconds(clean: Callable[[str], str], text: str) -> float:
    """How long it takes to clean a text: the least of three of this process's own time, which a busy machine hardly changes."""
    found = []
    for _ in range(3):
        start = time.process_time()
        clean(text)
        found.append(time.process_time() - start)
    return min(found)


def assert_nothing_invented(text: str, cleaned: str) -> None:
    """Every line of the result is a line of the repaired input, or a piece of one, in the input's order."""
    source = iter(repairer().clean(text).split("\n"))
    for line in cleaned.split("\n"):
        if line:
            assert any(line in whole for whole in source), f"no input line left that holds {line!r}"


def assert_sound(text: str, chosen: cleaner.Cleaner) -> cleaner.Result:
    """``explain`` and ``clean`` agree, the cuts replay, cleaning twice changes nothing, and nothing is invented."""
    result = chosen.explain(text)
    assert chosen.clean(text) == result.text
    assert result.original == text
    assert cleaner.replay(text, result.cuts) == result.text
    assert chosen.clean(result.text) == result.text
    assert_nothing_invented(text, result.text)
    assert not result.text.startswith("\n")
    assert not result.text.endswith("\n")
    assert "\n\n\n" not in result.text
    return result
