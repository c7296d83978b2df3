"""The second look at pages of HTML: lines' chances, told from the chances of their page."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.model.features import Measures
from cleaner.model.html_network import html_network
from cleaner.model.places import Places
from cleaner.model.second import DEPTH, FACTS, SecondLook, facts
from cleaner.native import kernels


def page(words: list[float], seed: int) -> Places:
    """A page of lines with so many words, in elements and groups drawn at random."""
    rng, n = np.random.default_rng(seed), len(words)
    spans = np.sort(rng.integers(0, n + 1, (2, 3, n)), axis=0)
    group = np.unique(rng.integers(0, max(1, n // 2), n), return_inverse=True)[1]
    none = np.zeros(0, np.int64)
    weight = np.array(words, np.float32)
    return Places(Measures(np.zeros((1, n), np.float32), weight, weight, none, none, none), *spans, group)


def drawn(seed: int, trees: int = 20) -> SecondLook:
    """Trees drawn at random."""
    rng, asked = np.random.default_rng(seed), 2**DEPTH - 1
    limit = np.where(rng.random((trees, asked)) < 0.2, np.inf, rng.random((trees, asked)).round(1))
    return SecondLook(rng.integers(0, FACTS, (trees, asked)), limit, rng.normal(0, 1, (trees, asked + 1)))


LINES = st.lists(
    st.tuples(st.sampled_from([0.0, 0.01, 0.3, 0.5, 0.97, 1.0]), st.sampled_from([0.0, 1.0, 7.0, 40.0])), min_size=1
)


@pytest.mark.skipif(kernels is None, reason="the part in C was not built")
@given(LINES, st.integers(0, 99))
def test_the_extension_looks_as_python_does(lines: list[tuple[float, float]], seed: int) -> None:
    scores, places = np.array([s for s, _ in lines], np.float32), page([w for _, w in lines], seed)
    look = drawn(seed)
    assert look.look(scores, places) == pytest.approx(look.look_in_python(scores, places), abs=1e-6)


@given(LINES, st.integers(0, 99))
def test_facts_are_numbers_and_chances_stay_chances(lines: list[tuple[float, float]], seed: int) -> None:
    scores, places = np.array([s for s, _ in lines], np.float32), page([w for _, w in lines], seed)
    known = facts(scores, places)
    assert known.shape == (FACTS, len(lines))
    assert np.isfinite(known).all()
    chance = drawn(seed).look(scores, places)
    assert ((chance >= 0) & (chance <= 1)).all()


def test_facts_of_a_small_page() -> None:
    scores, places = np.array([0.9, 0.1, 0.5], np.float32), page([10, 10, 20], 1)
    places = places._replace(
        first=np.zeros((3, 3), np.int64), end=np.array([[1, 2, 3], [3] * 3, [0] * 3]), group=np.array([0, 1, 0])
    )
    known = facts(scores, places)
    assert known[0] == pytest.approx(scores)
    assert known[2] == pytest.approx([0.5] * 3), "the mean chance of the page's words"
    assert known[6] == pytest.approx([-1, 0.9, 0.1]), "the line before"
    assert known[7] == pytest.approx([0.1, 0.5, -1]), "the line after"
    assert known[17] == pytest.approx([0.7, 0.1, 0.7]), "lines written alike"
    assert known[20] == pytest.approx([0.9, 0.5, 0.5]), "the element around it"
    assert known[25] == pytest.approx([0, 0, 0]), "words in an element without any"


def test_the_packages_networks_look_twice() -> None:
    network = html_network()
    second = network._second
    assert second is not None
    places = page([12.0] * 41, 3)
    doubtful = np.linspace(0.01, 0.99, 41, dtype=np.float32)
    looked = second.look(doubtful, places)
    assert np.abs(looked - doubtful).max() > 0.01
    assert looked[30:].min() > looked[:10].max()


@pytest.mark.skipif(kernels is None, reason="the part in C was not built")
def test_numbers_that_are_not_there_are_refused() -> None:
    scores, places, look = np.array([0.5, 0.5], np.float32), page([3, 4], 1), drawn(1)
    for wrong in (
        places._replace(group=np.array([0, 2])), places._replace(first=np.full((3, 2), -1)),
        places._replace(end=np.full((3, 2), 3)), places._replace(first=np.zeros((2, 2), np.int64)),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"."):
            look.look(scores, wrong)
    look._fact[0, 0] = FACTS
    with pytest.raises(ValueError, match="facts"):
        look.look(scores, places)
