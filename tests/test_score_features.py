"""Measures of lines, and the network's arithmetic."""

from __future__ import annotations

from functools import partial
from importlib import resources
from typing import Any

import numpy as np
import pytest

from cleaner import STAGES, Cleaner, Stage
from cleaner.model.around import MORE, NEAR, TIMES, TOGETHER, alike, around
from cleaner.model.decide import CLEAN, UNTOUCHED, decide
from cleaner.model.features import COLUMNS, measure
from cleaner.model.network import WORD, Network, _packed, text_network
from cleaner.model.overview import BINS, OVERVIEW, best_f1, overview
from cleaner.model.own import BUCKETS, Floats, Ints, Lines, look
from cleaner.stages.score import score

PROSE = [
    "The harbour reopened on Monday after a week of storms, the port office said.",
    "Гавань вновь открылась в понедельник после недели штормов, сообщило управление порта.",
    "暴风雨持续一周之后，港口于星期一重新开放，港务局表示，渡轮将恢复航行。",
    "嵐が一週間続いたあと、港は月曜日に再開したと港湾局が発表した。",
    "أعيد فتح الميناء يوم الاثنين بعد أسبوع من العواصف، كما قال مكتب الميناء؟",
    "एक सप्ताह के तूफान के बाद बंदरगाह सोमवार को फिर से खुल गया, कार्यालय ने कहा।",
    "“The harbour,” she said, “reopened on Monday after a week of storms.”",
]
LINKS = ["Weather", "About the paper", "天气预报", "Новости порта", "الطقس", "Ten walks along the coast", "…"]


def blank_weights() -> dict[str, np.ndarray]:
    """Weights of nought, in the shapes of the package's own."""
    with (resources.files("cleaner.model") / "text.npz").open("rb") as f, np.load(f) as arrays:
        return {name: arrays[name] * 0 for name in arrays.files}


def column(lines: list[str], name: str) -> list[float]:
    found = measure(lines, np.zeros(len(lines), bool))
    return found.lines[COLUMNS.index(name)].tolist()


def test_running_text_is_known_in_any_script() -> None:
    assert column(PROSE, "prose") == [1.0] * len(PROSE)
    assert column(LINKS, "prose") == [0.0] * len(LINKS)


def test_characters_are_counted_line_by_line() -> None:
    lines = ["ab CD", "1,2,3", "ÀÉ ü", "字字", "한국어", "ไทย"]
    assert [c**2 for c in column(lines, "chars")] == pytest.approx([5, 5, 4, 5.6, 6.6, 3], rel=1e-5)
    assert column(lines, "lower") == pytest.approx([0.4, 0, 0.25, 0, 1, 0])
    assert column(lines, "upper") == pytest.approx([0.4, 0, 0.5, 0, 0, 0])
    assert column(lines, "digits") == pytest.approx([0, 0.6, 0, 0, 0, 0])
    assert column(lines, "unspaced") == [0, 0, 0, 1, 0, 1]
    assert [w**2 for w in column(lines, "words")] == pytest.approx([2, 3, 2, 1, 1, 0.66], rel=1e-5)


def test_a_line_is_as_long_in_scripts_without_spaces_as_in_english() -> None:
    words = [w**2 for w in column(PROSE, "words")]
    chars = [c**2 for c in column(PROSE, "chars")]
    assert all(8 <= w <= 20 for w in words)
    assert all(55 <= c <= 105 for c in chars)


def test_sentences_inside_a_line_and_its_edges_are_seen() -> None:
    lines = ["One. Two, three? Four", "“Yes!”", "Read more...", "• A", "1. First", "NEWS", "終わり。次の"]
    assert [b**2 for b in column(lines, "breaks")] == pytest.approx([2, 0, 0, 0, 1, 0, 1])
    assert column(lines, "ends_ask") == [0, 1, 0, 0, 0, 0, 0]
    assert column(lines, "ellipsis") == [0, 0, 1, 0, 0, 0, 0]
    assert column(lines, "starts_bullet") == [0, 0, 0, 1, 0, 0, 0]
    assert column(lines, "numbered") == [0, 0, 0, 0, 1, 0, 0]
    assert column(lines, "shouts") == [0, 0, 0, 0, 0, 1, 0]


def test_of_long_lines_both_ends_are_read() -> None:
    line = "A " + "word " * 400 + "the end."
    words, chars, dot = (column([line, "x"], name)[0] for name in ("words", "chars", "ends_dot"))
    assert chars**2 == 400  # no line counts for more
    assert 300 < words**2 <= 400
    assert dot == 1


def test_words_are_the_same_in_any_case() -> None:
    found = measure(["Harbour HARBOUR harbour", "lighthouse lighthouses", "a b c", "1 Harbour"], np.zeros(4, bool))
    a, b, c, d = (found.bag[s : s + n].tolist() for s, n in zip(found.first, found.runs, strict=True))
    assert len(set(a)) == len(set(b)) == 1
    assert len(set(c)) == 3
    assert d[1] == a[0]


def test_no_measure_of_a_line_by_itself_depends_on_other_lines() -> None:
    lines = [*PROSE, *LINKS, "word " * 80]
    whole = look(lines)
    for i, line in enumerate(lines):
        alone = look([line])
        assert alone.columns[:, 0] == pytest.approx(whole.columns[:, i], abs=1e-5)
    stay = np.array([0, 3, 9])
    part, fresh = whole.only(stay), look([lines[i] for i in stay])
    assert part.bag.tolist() == fresh.bag.tolist()
    assert part.first.tolist() == fresh.first.tolist()
    assert part.columns == pytest.approx(fresh.columns, abs=1e-5)


def test_lines_that_look_alike_are_put_together() -> None:
    lines = [
        "One thing",
        "Said in full, it ends.",
        "Two things",
        "Said in part, it ends.",
        "Three things",
        "12 of them",
    ]
    looks, pairs = alike(measure(lines, np.zeros(6, bool)).lines)
    assert looks.of.tolist() == [looks.of[0], looks.of[1], looks.of[0], looks.of[1], looks.of[0], looks.of[5]]
    assert len(set(looks.of.tolist())) == 3
    assert pairs.of[0] == pairs.of[2] != pairs.of[4]  # what follows is another matter


@pytest.mark.parametrize("n", [1, 2, NEAR - 1, NEAR, NEAR + 1, 3 * NEAR])
def test_each_line_sees_the_means_of_others(n: int) -> None:
    rng = np.random.default_rng(n)
    lines = ["Word", "Two words", "A sentence of six words here."] * n
    h = rng.random((4, n), np.float32)
    groups = alike(measure(lines[:n], np.zeros(n, bool)).lines)
    out = np.empty((TIMES * 4 + MORE, n), np.float32)
    around(h, groups, out)
    nought = np.zeros(4)
    fours = np.concatenate([h[:, i : i + TOGETHER].mean(axis=1)[:, None] for i in range(0, n, TOGETHER)], axis=1)
    as_seen = fours[:, [i // TOGETHER for i in range(n)]]
    for i in range(n):
        spans = (
            as_seen[:, :i],
            as_seen[:, i + 1 :],
            as_seen[:, max(0, i - NEAR) : i],
            as_seen[:, i + 1 : i + 1 + NEAR],
        )
        want = np.concatenate([part.mean(axis=1) if part.shape[1] else nought for part in spans])
        assert out[:16, i] == pytest.approx(want, abs=1e-4)
        for at, group in ((16, groups[0]), (21, groups[1])):
            same = group.of == group.of[i]
            assert out[at : at + 4, i] == pytest.approx(h[:, same].mean(axis=1), abs=1e-4)
            assert out[at + 4, i] == pytest.approx(np.log(same.sum()))


def test_the_overview_counts_lines_and_words() -> None:
    scores, words = np.array([0.01, 0.99, 0.6, 0.99], np.float32), np.array([1, 10, 4, 5], np.float32)
    best = best_f1(scores, words)
    assert best == pytest.approx(2 * (15 * 0.99 + 2.4) / (19 + 17.26), abs=1e-3)
    seen = overview(scores, words, best)
    bins = len(BINS) + 1
    assert len(seen) == OVERVIEW
    assert seen[0] ** 2 == pytest.approx(0.25)
    assert seen[bins - 1] ** 2 == pytest.approx(0.5)
    assert seen[2 * bins - 1] ** 2 == pytest.approx(0.75)
    assert (seen[: 2 * bins] ** 2).sum() == pytest.approx(2)


def test_strictness_is_low_on_clean_texts_alone() -> None:
    network = text_network()
    words = np.full(40, 20, np.float32)
    clean, dirty = np.full(40, 0.95, np.float32), np.where(np.arange(40) < 20, 0.01, 0.95).astype(np.float32)
    low, high = (network.strictness(overview(s, words, best_f1(s, words))) for s in (clean, dirty))
    assert 0 <= low < CLEAN < high


def test_weights_that_know_nothing_of_whole_pages() -> None:
    with (resources.files("cleaner.model") / "text.npz").open("rb") as f, np.load(f) as arrays:
        network = Network({name: arrays[name] for name in arrays.files if not name.startswith("page_")})
    words, scores = np.full(40, 20, np.float32), np.where(np.arange(40) < 20, 0.01, 0.95).astype(np.float32)
    seen = overview(scores, words, best_f1(scores, words))
    assert network.strictness(seen, 0.1) == network.strictness(seen)
    assert network.strictness(seen, 0.99) == 0.99


class Restless:
    """A network that strikes a line in every round of a text known to be a page, and none of any other."""

    c = None
    restless = False

    def judge(self, own: Lines, stay: Ints, blanks: Ints, page: float = 0) -> tuple[Floats, float, float]:
        self.restless = page > 0 or (self.restless and len(stay) < len(blanks))
        scores = np.ones(len(stay), np.float32)
        scores[-1] = 0 if self.restless else 1
        return scores, 1.0, 1.0


def test_a_page_that_does_not_settle_is_judged_like_any_text() -> None:
    lines = [f"This is line number {i} of the text." for i in range(20)]
    network: Any = Restless()
    assert decide(network, lines, np.zeros(20, np.int64), 0.5, whole_page=True).cut == []
    assert not network.restless


class HalfHearted:
    """A network that would cut every text a little, and always its third line."""

    c = None

    def judge(self, own: Lines, stay: Ints, blanks: Ints, page: float = 0) -> tuple[Floats, float, float]:
        return np.where(stay == 2, 0, 1).astype(np.float32), 1.0, max(page, (CLEAN + UNTOUCHED) / 2)


@pytest.mark.parametrize(("above", "goes"), [("The tide table", False), ("Skip to content", True)])
def test_a_text_in_which_the_rules_find_nothing_is_cut_less(above: str, goes: bool) -> None:
    lines = [above, *(f"This is line number {i} of the text, and it is a sentence." for i in range(20))]
    network: Any = HalfHearted()
    stages = tuple(Stage(s.name, partial(score, network=network) if s.run is score else s.run) for s in STAGES[:7])
    left = Cleaner(stages=stages).clean("\n".join(lines)).split("\n")
    assert left == ([*lines[1:3], *lines[4:]] if goes else lines)


@pytest.mark.parametrize(
    "line", ["x", "…", "\ud800", "İstanbul'da", "🌊🌊", "word " * 5000, "字" * 3000, "\x00", "'" * 40]
)
def test_any_line_has_finite_measures_and_a_score(line: str) -> None:
    for lines in ([line], [line] * 7, ["A line.", line, "Another one."]):
        found = measure(lines, np.zeros(len(lines), bool))
        assert found.lines.shape == (len(COLUMNS), len(lines))
        assert np.isfinite(found.lines).all()
        scores = text_network().score(found)
        assert ((scores >= 0) & (scores <= 1)).all()


def test_sums_of_words_are_those_of_the_table() -> None:
    rng = np.random.default_rng(1)
    table = rng.normal(size=(BUCKETS, WORD)).astype(np.float32)
    network = Network(blank_weights())
    packed, scale = _packed(table)
    whole = np.round(table / scale.T) * scale.T
    assert np.abs(whole - table).max() < scale.max()
    network._bag, network._scale = packed, scale
    lines = ["one two three", "...", "two", "w " * 300]
    found = measure(lines, np.zeros(4, bool))
    got = network._words(found)
    for i, (start, run) in enumerate(zip(found.first, found.runs, strict=True)):
        want = whole[found.bag[start : start + run]].sum(axis=0) / np.sqrt(run + 1)
        assert got[:, i] == pytest.approx(want, abs=1e-4)


def test_weights_for_other_measures_are_refused() -> None:
    with pytest.raises(ValueError, match="columns"):
        Network({"enter": np.zeros((4, 3), np.float16)})


def test_a_page_of_links_alone_is_decided_without_error() -> None:
    lines = ["News", "Weather", "Tides", "Ships", "People", "Jobs", "Archive"]
    found = decide(text_network(), lines, np.zeros(7, int), 0.5)
    assert set(found.cut) <= set(range(7))
