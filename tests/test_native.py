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

import cleaner
from cleaner.model import own
from cleaner.model.decide import _POLICY, decide
from cleaner.model.features import gaps, place
from cleaner.model.html_network import STEPS, HtmlNetwork, html_network
from cleaner.model.network import text_network
from cleaner.model.overview import best_f1, overview
from cleaner.model.places import HTML_COLUMNS, Places
from cleaner.model.seen import TIMES
from cleaner.native import SWITCH, kernels
from cleaner.rules.waker import Waker
from cleaner.stages.prose import KINDS
from tests.fixtures import cases, html_cases, negatives
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
    for name in ("prose", "bag", "first", "runs", "weight", "words"):
        assert np.array_equal(getattr(want, name), getattr(got, name)), name
    assert got.columns == pytest.approx(want.columns, rel=1e-5, abs=1e-5)
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
    page = network.strictness(overview(want, measures.words, best), 0.3)
    assert page >= max(0.3, strictness)
    assert network.judge(seen, stay, blanks, 0.3)[2] == pytest.approx(page, abs=1e-4)
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
    stages, count = ["phrases", "phrases", "tails"], 400_000
    waker = Waker(stages, {"subscribe to": (0,), "\nshare": (1, 2), "sub": (2,)}, [""] * 3, {})
    start = perf_counter()
    assert waker.woken(b"\n" + b"subscribe to " * count, "en") == {"phrases": [(0, 0)], "tails": [(0, 2)]}
    assert waker.woken(b"\nx" + b"\nsubscribe to subscribe to" * 2 + b"\nshare", "en") == {
        "phrases": [(1, 0), (2, 0), (3, 1)], "tails": [(1, 2), (2, 2), (3, 2)],
    }  # fmt: skip
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
    every = b"\1" * count
    kernels.repeats(KINDS, kernels.make_keys(keys), ["a b c"] * count, every, every, (8, 3, 6), print, print)
    assert perf_counter() - start < 5


@built
def test_an_array_that_is_refused_is_let_go() -> None:
    assert kernels is not None
    array, network = bytearray(3), text_network().c
    for call in (
        lambda: kernels.edges(kernels.make_keys([b"a"]), array, 3),
        lambda: kernels.size(["a"], array),
        lambda: kernels.decide(network, own.for_c(), ["a"], array, None, None, 0.5, 0, _POLICY),
        lambda: kernels.text(["a"], bytes(8), array),
    ):
        with pytest.raises(ValueError, match="expected"):
            call()
        array.append(0)


def test_nothing_goes_of_a_few_lines_and_each_has_the_same_chance() -> None:
    found = decide(text_network(), ["One line.", "Two lines."], np.zeros(2, np.int64), 0.5)
    assert not found.cut
    assert found.scores.tolist() == [1, 1]


def same_html_scores(network: HtmlNetwork, page: Places) -> None:
    got = network.first_look(page)
    assert got.shape == page.group.shape
    assert got == pytest.approx(network.first_look_in_python(page), abs=1e-4)


def odd_page(text: list[str], seed: int) -> Places:
    """A page whose elements and measures are drawn at random: some measures are bits, some the same everywhere."""
    rng, n = np.random.default_rng(seed), len(text)
    network, columns = html_network(), len(HTML_COLUMNS)
    far = rng.normal(0, 4, (columns, n)) * (rng.random(columns) < 0.7)[:, None]
    x = ((network._low + network._high) / 2)[:, None] + (network._high - network._low)[:, None] / 10 * far
    bits = rng.random(columns) < 0.3
    x[bits] = rng.random((int(bits.sum()), n)) < rng.random()
    spans = np.sort(rng.integers(0, n + 1, (2, 3, n)), axis=0)
    group = np.unique(rng.integers(0, rng.integers(1, n + 1), n), return_inverse=True)[1]
    measures = place(own.look(text), np.zeros(n, bool))._replace(lines=x.astype(np.float32))
    return Places(measures, *spans, group)


def odd_network(size: tuple[int, ...]) -> HtmlNetwork:
    """A network with weights drawn at random: of how many, and what they are as wide as."""
    count, width, narrow, kinds, word = size
    rng, columns = np.random.default_rng(width), len(HTML_COLUMNS)
    sizes = {
        "enter": (width, columns + word), "page": (width, columns), "pool": (width, 2 * width),
        "kind": (kinds, 2 * width), "kind_in": (width, kinds), "down": (narrow, width), "down2": (narrow, width),
        "around": (width, TIMES * narrow), "around2": (width, TIMES * narrow), "leave": (1, 2 * width),
        **{f"steps.{i}": (width, 3 * width) for i in range(len(STEPS))},
    }  # fmt: skip
    draw = {"word.weight": rng.normal(0, 1, (count, own.BUCKETS, word))}
    for name, (out, into) in sizes.items():
        draw[f"{name}.weight"] = rng.normal(0, into**-0.5, (count, out, into))
        draw[f"{name}.bias"] = rng.normal(0, 0.3, (count, out))
    draw |= {name: np.repeat(rng.normal(0, 1, (1, columns)), count, axis=0) for name in ("mean", "pmean")}
    draw |= {name: np.repeat(rng.uniform(0.2, 2, (1, columns)), count, axis=0) for name in ("std", "pstd")}
    return HtmlNetwork({name: array.astype(np.float16) for name, array in draw.items()})


@built
def test_fixtures_of_html_are_scored_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    pages: list[Places] = []
    score = HtmlNetwork.score
    monkeypatch.setattr(HtmlNetwork, "score", lambda self, page: pages.append(page) or score(self, page))
    for case in html_cases():
        cleaner.clean_html(case.html)
    monkeypatch.undo()
    assert len(pages) >= 8
    for page in pages:
        same_html_scores(html_network(), page)


@built
@given(lines, st.integers(0, 1 << 30))
def test_html_is_scored_alike(text: list[str], seed: int) -> None:
    same_html_scores(html_network(), odd_page(text, seed))


@built
@pytest.mark.parametrize("n", [1, 2, 9, 31, 47, 48, 49, 97, 3000])
def test_html_of_any_length_is_scored_alike(n: int) -> None:
    same_html_scores(html_network(), odd_page([f"Line {i} of some." for i in range(n)], n))


@built
@pytest.mark.parametrize("size", [(1, 1, 1, 1, 1), (1, 5, 3, 2, 3), (3, 9, 8, 11, 5), (2, 40, 24, 7, 16)])
def test_networks_for_html_of_any_size_score_alike(size: tuple[int, ...]) -> None:
    network = odd_network(size)
    for n in (1, 7, 60):
        same_html_scores(network, odd_page([f"Line {i} of some." for i in range(n)], n))


@built
def test_html_that_points_to_what_is_not_there_is_refused() -> None:
    network, page = html_network(), odd_page(["One line.", "Two lines.", "Three."], 1)
    m = page.measures
    for change, message in (
        ({"first": page.first - 4}, "an element"),
        ({"end": page.end + 4}, "an element"),
        ({"group": page.group + 3}, "a group"),
        ({"group": page.group - 3}, "a group"),
        ({"group": page.group[:2]}, "expected"),
        ({"first": page.first[:2]}, "expected"),
        ({"measures": m._replace(runs=m.runs + 9)}, "not there"),
        ({"measures": m._replace(first=m.first - 9)}, "not there"),
        ({"measures": m._replace(first=m.first + (1 << 62))}, "not there"),
        ({"measures": m._replace(bag=m.bag + own.BUCKETS)}, "does not know"),
        ({"measures": m._replace(bag=m.bag - own.BUCKETS)}, "does not know"),
        ({"measures": m._replace(bag=m.bag[:-1])}, "not there"),
        ({"measures": m._replace(lines=m.lines[:-1])}, "expected"),
        ({"measures": m._replace(weight=m.weight[:-1])}, "expected"),
    ):
        with pytest.raises(ValueError, match=message):
            network.score(page._replace(**change))


@built
def test_weights_for_html_of_another_make_are_refused() -> None:
    assert kernels is not None
    network, page = html_network(), odd_page(["One line.", "Two lines."], 1)
    m = page.measures
    rest = (m.lines, m.weight, m.bag, m.first, m.runs, page.first, page.end, page.group)
    weights = network.c
    assert weights is not None
    numbers, shared, parts, steps = weights[:6], *weights[6:]
    for i in range(4):
        for wrong in (0, 1 << 30):
            with pytest.raises(ValueError, match=r"another make|expected"):
                kernels.html_score((*numbers[:i], wrong, *weights[i + 1 :]), *rest)
    for i in range(len(shared)):
        with pytest.raises(ValueError, match=r"another make|expected|does not know"):
            kernels.html_score(
                (*numbers, (*shared[:i], shared[i].ravel()[:100], *shared[i + 1 :]), parts, steps), *rest
            )
    for i in range(len(parts)):
        with pytest.raises(ValueError, match=r"another make|expected"):
            kernels.html_score((*numbers, shared, (*parts[:i], parts[i].ravel()[1:], *parts[i + 1 :]), steps), *rest)
    for wrong in (
        steps * 3,
        ((0, *steps[0][1:]),),
        ((1, steps[0][1].ravel()[1:], *steps[0][2:]),),
        ((*steps[0][:2], steps[0][2].ravel()[1:], steps[0][3]),),
    ):
        with pytest.raises(ValueError, match=r"another make|expected"):
            kernels.html_score((*numbers, shared, parts, wrong), *rest)
    for wrong in ((), [], None, (*weights, 1)):
        with pytest.raises(TypeError):
            kernels.html_score(wrong, *rest)
    nothing = np.zeros(0, np.float32)
    assert kernels.html_score(weights, nothing, nothing, m.bag, *[nothing] * 5) == b""
