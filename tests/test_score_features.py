"""Measures of lines, and the network's arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from cleaner.model.decide import decide
from cleaner.model.features import COLUMNS, PAGE_COLUMNS, measure
from cleaner.model.network import Network, text_network

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


def column(lines: list[str], name: str) -> list[float]:
    found = measure(lines, np.zeros(len(lines), bool))
    return found.lines[COLUMNS.index(name)].tolist()


def test_running_text_is_known_in_any_script() -> None:
    assert column(PROSE, "prose") == [1.0] * len(PROSE)
    assert column(LINKS, "prose") == [0.0] * len(LINKS)


def test_characters_are_counted_line_by_line() -> None:
    lines = ["ab CD", "1,2,3", "ÀÉ ü", "字字"]
    assert np.expm1(column(lines, "chars")) == pytest.approx([5, 5, 4, 2], rel=1e-5)
    assert column(lines, "lower") == pytest.approx([0.4, 0, 0.25, 0])
    assert column(lines, "upper") == pytest.approx([0.4, 0, 0.5, 0])
    assert column(lines, "digits") == pytest.approx([0, 0.6, 0, 0])
    assert column(lines, "unspaced") == [0, 0, 0, 1]
    assert np.expm1(column(lines, "words")) == pytest.approx([2, 3, 2, 1], rel=1e-5)


def test_words_are_the_same_in_any_case_and_numerals_are_one() -> None:
    found = measure(["Harbour HARBOUR harbour", "7 1987", "Ёлка ёлка", "lighthouse lighthouses"], np.zeros(4, bool))
    a, b, c, d = (found.words[s : s + n].tolist() for s, n in zip(found.starts, found.runs, strict=True))
    assert len(set(a)) == len(set(b)) == len(set(c)) == len(set(d)) == 1


def test_repeats_are_found() -> None:
    lines = ["Read the paper", "Tides", "Read the tides", "TIDES!"]
    assert np.expm1(column(lines, "copies")) == pytest.approx([1, 2, 1, 2], rel=1e-5)
    assert column(lines, "copy") == [0, 0, 0, 1]
    assert np.expm1(column(lines, "same_first")) == pytest.approx([2, 2, 2, 2], rel=1e-5)


@pytest.mark.parametrize(
    "line", ["x", "…", "\ud800", "İstanbul'da", "🌊🌊", "word " * 5000, "字" * 3000, "\x00", "'" * 40]
)
def test_any_line_has_finite_measures_and_a_score(line: str) -> None:
    for lines in ([line], [line] * 7, ["A line.", line, "Another one."]):
        found = measure(lines, np.zeros(len(lines), bool))
        assert found.lines.shape == (len(COLUMNS), len(lines))
        assert found.page.shape == (len(PAGE_COLUMNS),)
        assert np.isfinite(found.lines).all()
        assert np.isfinite(found.page).all()
        scores = text_network().score(found)
        assert ((scores >= 0) & (scores <= 1)).all()


def test_sums_of_words_are_those_of_the_table() -> None:
    network = text_network()
    lines = ["one two three", "...", "two", "word " * 300]
    found = measure(lines, np.zeros(4, bool))
    table = (network._word.T.copy().view(np.uint16).astype(np.float32) - 128) * network._word_scale
    got = network._words(found)[: table.shape[1]]
    for i, (start, run) in enumerate(zip(found.starts, found.runs, strict=True)):
        size = min(run, 256)
        want = table[found.words[start : start + size]].sum(axis=0) / np.sqrt(size + 1)
        assert got[:, i] == pytest.approx(want, abs=1e-4)


def test_weights_for_other_measures_are_refused() -> None:
    with pytest.raises(ValueError, match="columns"):
        Network({"enter": np.zeros((4, 3), np.float16)})


def test_a_page_of_links_alone_is_decided_without_error() -> None:
    lines = ["News", "Weather", "Tides", "Ships", "People", "Jobs", "Archive"]
    found = decide(text_network(), lines, np.zeros(7, int), 0.5)
    assert set(found.cut.tolist()) <= set(range(7))
