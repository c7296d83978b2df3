"""Counting words, and when there is something to see: the same counts however a text is looked at."""

from __future__ import annotations

import random
import re

import pytest

pytest.importorskip("fastwarc", reason="the extra dumps is not installed")

from cleaner.dumps.batches import BYTES, FIRST_BYTES, batches
from cleaner.dumps.inputs import find_inputs
from cleaner.dumps.items import Position
from cleaner.dumps.tally import words

ALPHABET = "ab \n\t\x1c\x85\xa0\u200b\u2003\u2028\u3000\u3001港の\U0001f600\ud800é"


@pytest.mark.parametrize("length", [0, 1, 5, 999, 1000, 1001, 3000])
def test_words_of_short_and_long_texts(length: int) -> None:
    rng = random.Random(length)
    for _ in range(20):
        text = "".join(rng.choices(ALPHABET, k=length))
        assert words(text) == len(text.split()) + len(re.findall("[港の]", text))


def test_the_first_batches_are_small_and_the_same_from_any_place(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"".join(b'{"text": "%s"}\n' % (b"word " * 3000) for _ in range(300)))
    found = find_inputs(path, None, apart="")
    whole = list(batches(found, Position(), BYTES))
    sizes = [sum(item.size for item in batch.items) for batch in whole]
    assert sizes[0] < 2 * FIRST_BYTES
    assert max(sizes) > BYTES
    for n, batch in enumerate(whole[:-1]):
        again = list(batches(found, batch.after, BYTES))
        assert [b.items for b in again] == [b.items for b in whole[n + 1 :]]
