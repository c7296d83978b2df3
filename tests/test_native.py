"""What stands in C gives what stands in Python, on any text; and it is there where it can be built."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.model import own
from cleaner.model.decide import decide
from cleaner.model.features import gaps, place
from cleaner.model.network import text_network
from cleaner.model.overview import best_f1, overview
from cleaner.native import SWITCH, kernels
from tests.fixtures import cases, negatives
from tests.strategies import line as odd_line

built = pytest.mark.skipif(kernels is None, reason="the extension is not there, or switched off")

TEXTS = [case.text for case in cases("articles")] + list(negatives().values())
#: Any character at all, lone surrogates too.
ANY = st.characters(exclude_categories=())
lines = st.lists(
    st.one_of(
        odd_line,
        st.text(ANY, max_size=40),
        st.text(ANY, min_size=100, max_size=160),
        st.text("Ab 1,.!?:'\"–•\u3042\u5b57\ud55c\u0e01\ud83d\U0001f30a", max_size=300),
    )
    .map(lambda text: text.replace("\n", " "))
    .filter(lambda text: text.strip() != ""),
    min_size=1,
    max_size=40,
)


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def test_the_extension_is_there_where_there_is_a_compiler() -> None:
    if os.environ.get(SWITCH) == "0":
        pytest.skip(f"{SWITCH}=0 switches it off")
    if kernels is None and not any(map(shutil.which, ("cc", "gcc", "clang"))):
        pytest.skip("there is no C compiler here")
    assert kernels is not None, "build it: pip install --editable . (or make run)"


def test_it_can_be_switched_off() -> None:
    code = "import sys, cleaner.native; sys.exit(cleaner.native.kernels is not None)"
    assert subprocess.run([sys.executable, "-c", code], env={**os.environ, SWITCH: "0"}, check=False).returncode == 0


def same_lines(text: list[str]) -> own.Lines:
    assert kernels is not None
    want, got = own.look_in_python(text), own._native_look(kernels, text)
    for name in ("prose", "bag", "first", "runs"):
        assert np.array_equal(getattr(want, name), getattr(got, name)), name
    for name in ("columns", "weight", "words"):
        assert getattr(got, name) == pytest.approx(getattr(want, name), rel=1e-5, abs=1e-5), name
    return got


@built
@given(lines)
def test_lines_are_measured_alike(text: list[str]) -> None:
    same_lines(text)


@built
@pytest.mark.parametrize("length", [1, 2, 63, 64, 125, 126, 127, 128, 1000, 1_000_000])
@pytest.mark.parametrize("letter", ["a", "é", "字", "\U0001f30a", "\ud800", " "])
def test_lines_of_any_length_are_measured_alike(length: int, letter: str) -> None:
    same_lines([letter * length, "x", letter * length + ".", "A b " * (length // 4) + letter])


def test_a_blank_line_is_refused() -> None:
    if kernels is None:
        pytest.skip("the extension is not there, or switched off")
    with pytest.raises(ValueError, match="blank"):
        own._native_look(kernels, ["a", ""])


def same_scores(text: list[str], blanks: np.ndarray, stay: np.ndarray) -> None:
    network = text_network()
    seen = own.look(text)
    measures = place(seen.only(stay), gaps(blanks[stay]))
    want = network.score_in_python(measures)
    best = best_f1(want, measures.words)
    strictness = network.strictness(overview(want, measures.words, best))
    scores, also_best, also_strictness = network.judge(seen, stay, blanks)
    assert scores == pytest.approx(want, abs=1e-4)
    assert (also_best, also_strictness) == pytest.approx((best, strictness), abs=1e-4)
    assert network.score(measures) == pytest.approx(want, abs=1e-4)
    without = network.score_in_python(measures, with_words=False)
    assert network.score(measures, with_words=False) == pytest.approx(without, abs=1e-4)


@built
@given(lines, st.lists(st.booleans(), min_size=40, max_size=40), st.randoms(use_true_random=False))
def test_scores_are_alike(text: list[str], blank: list[bool], rng: object) -> None:
    blanks = np.cumsum(blank[: len(text)])
    stay = np.array(sorted(rng.sample(range(len(text)), rng.randint(1, len(text)))))  # type: ignore[attr-defined]
    same_scores(text, blanks, np.arange(len(text)))
    same_scores(text, blanks, stay)


@built
def test_fixtures_are_scored_alike() -> None:
    for text in TEXTS:
        found = lines_of(text)
        if found:
            same_scores(found, np.arange(len(found)) // 3, np.arange(len(found)))


@built
def test_a_page_of_many_lines_is_scored_alike() -> None:
    found = [line for text in TEXTS for line in lines_of(text)][:5000]
    same_scores(found, np.arange(len(found)) // 2, np.arange(0, len(found), 2))


@built
def test_numbers_that_are_out_of_range_are_refused() -> None:
    network, found = text_network(), own.look(["One line.", "Two lines."])
    blanks = np.zeros(2, np.int64)
    with pytest.raises(IndexError, match="not there"):
        network.judge(found, np.array([0, 2]), blanks)
    with pytest.raises(ValueError, match="not there"):
        network.judge(found._replace(runs=found.runs + 5), np.array([0]), blanks)
    with pytest.raises(ValueError, match="does not know"):
        network.judge(found._replace(bag=found.bag - own.BUCKETS), np.array([0]), blanks)
    with pytest.raises(ValueError, match="expected"):
        network.judge(found._replace(weight=found.weight[:1]), np.array([0]), blanks)
    with pytest.raises(ValueError, match="without lines"):
        network.judge(found, np.zeros(0, np.int64), blanks)


@built
def test_a_line_full_of_keywords_takes_no_longer_than_many_lines() -> None:
    assert kernels is not None
    finder, count = kernels.make_finder([b"subscribe to", b"\nshare"]), 400_000
    start = perf_counter()
    assert kernels.find(finder, b"\n" + b"subscribe to " * count) == [(0, 0)] * count
    assert kernels.find(finder, b"\nx" + b"\nsubscribe to subscribe to" * 2 + b"\nshare") == [
        (1, 0), (1, 0), (2, 0), (2, 0), (3, 1),
    ]  # fmt: skip
    assert perf_counter() - start < 10


@built
def test_keys_cannot_be_made_to_meet() -> None:
    """Keys whose hashes all fall in one place, were they to begin with nought: each would be compared with each."""
    assert kernels is not None
    mix, whole, rng = 0x9E3779B97F4A7C15, (1 << 64) - 1, random.Random(1)
    back, keys, count = pow(mix, -1, 1 << 64), [], 50_000
    for _ in range(count):
        end = rng.getrandbits(64)
        end = (end & ~0xFFFFF) | (end >> 32 & 0xFFFFF)
        value = end
        for _ in range(3):
            value = end ^ value >> 29
        keys.append(((value * back & whole) ^ 8).to_bytes(8, "little"))
    start = perf_counter()
    assert kernels.copies(keys, ["a b c"] * count, bytearray(b"\1" * count), 8, 3) == []
    assert perf_counter() - start < 5


@built
def test_an_array_that_is_refused_is_let_go() -> None:
    assert kernels is not None
    array = bytearray(3)
    for call in (
        lambda: kernels.copies([b"a"], ["a"], array, 8, 3),
        lambda: kernels.size(["a"], array),
        lambda: kernels.blanks([0], array),
        lambda: kernels.text(["a"], [0], array),
    ):
        with pytest.raises(ValueError, match="expected"):
            call()
        array.append(0)


def test_nothing_goes_of_a_few_lines_and_each_has_the_same_chance() -> None:
    found = decide(text_network(), ["One line.", "Two lines."], np.zeros(2, np.int64), 0.5)
    assert not found.cut
    assert found.scores.tolist() == [1, 1]
