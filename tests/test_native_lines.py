"""What stands in C for look-up, repair and repeats gives what stands in Python, on any text."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from array import array
from itertools import compress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner.dumps.tally import words_in_python
from cleaner.fold import forms_in_python
from cleaner.language.detect import longer_in_python, weigh_words_in_python
from cleaner.model import decide as decision
from cleaner.model.network import text_network
from cleaner.native import SWITCH, kernels
from cleaner.page import Page
from cleaner.repair.layout import _MARKS, DEEP, VERSE_WIDTH, _depth, stretches_in_python
from cleaner.repair.look import Look, odd_in_python
from cleaner.repair.whitespace import _INDENT, closed_up_in_python
from cleaner.stages import prose
from cleaner.stages.titles import signed
from tests.strategies import pages
from tests.test_native import ANY, TEXTS, lines, lines_of

if kernels is None:
    pytest.skip("the extension is not there, or switched off", allow_module_level=True)

SPACES = "\t\x0b\x0c\r\x1c\x1f \x85\xa0\u1680\u2003\u2028\u202f\u205f\u3000\u200b"
MARKED = "ab Cd 12.,;:!?…。！？\"'”»)]}*_|•·–—-»\u3042\u0e01\uac00\U0001f30a\ud800İßΐﬁﬃ\ufb03\uff21\u0301²½٣"
texts = st.one_of(
    pages(),
    st.text(ANY, max_size=200),
    st.text(SPACES + "\n\n a.", max_size=200),
    st.text(MARKED + "\n" + SPACES, max_size=300),
)
any_lines = st.lists(
    st.one_of(st.text(ANY, max_size=40), st.text(MARKED, max_size=300), st.sampled_from([t for x in TEXTS for t in lines_of(x)]))
    .map(lambda line: line.replace("\n", " "))
    .filter(bool),
    max_size=30,
)  # fmt: skip


@given(texts)
def test_words(text: str) -> None:
    assert kernels.words(text) == words_in_python(text)
    assert kernels.words(text * 40) == words_in_python(text * 40)


def test_words_of_every_character() -> None:
    for first in range(0, 0x110000, 0x1000):
        text = "".join(f"a{chr(c)}b" for c in range(first, first + 0x1000))
        assert kernels.words(text) == words_in_python(text)


@given(any_lines)
def test_forms(text: list[str]) -> None:
    assert cleaner.fold.forms(text) == forms_in_python(text)


def test_forms_of_every_character() -> None:
    every = [chr(c) for c in range(0x110000) if c != 10]
    text = ["".join(every[i : i + 997]) for i in range(0, len(every), 997)]
    assert cleaner.fold.forms(text) == forms_in_python(text)


def stretches(odd: str) -> set[str]:
    """Of surrogates in a row, and of some control characters, Python tells only that they are there."""
    return set(odd.translate(dict.fromkeys(range(0x10, 0x14), 0)).split(" ")) - {""}


@given(texts)
def test_odd_stretches(text: str) -> None:
    got, want = kernels.odd(text), odd_in_python(text)
    if any("\ud800" <= c <= "\udfff" for c in text):
        assert set(got.replace("\x10", "\0")) - {" "} >= set(want) - {" ", "\0"}
        assert set(want) - {" ", "\0"} >= {c for c in set(got) - {" "} if not "\x10" <= c < "\x14" and not c > "\ud7ff"}
    else:
        assert stretches(got) == stretches(want)


@given(texts)
def test_closing_up(text: str) -> None:
    got, changed, indents = kernels.close_up(text, _INDENT)
    want = closed_up_in_python(Look(text))
    assert got == want
    assert changed == (want != text.split("\n"))
    assert list(map(bool, indents)) == [line[:1] in [*_INDENT] for line in text.split("\n")]
    for line, depth in zip(text.split("\n"), indents, strict=True):
        assert depth in (DEEP, _depth(line)) or not line.strip()


def test_how_far_lines_are_set_in() -> None:
    lines = [
        "x",
        " x",
        "\tx",
        "  \t x",
        "\xa0\u3000x",
        " \u2003\tx",
        f"{' ' * 254}x",
        f"{' ' * 255}x",
        f"{' ' * 253}\tx",
        " \r x",
    ]
    assert [*kernels.close_up("\n".join(lines), _INDENT)[2]] == [0, 1, 4, 5, 2, 4, 254, DEEP, DEEP, DEEP]
    assert [_depth(line) for line in lines[:7]] == [0, 1, 4, 5, 2, 4, 254]


@given(texts)
def test_ends_of_lines(text: str) -> None:
    found = [line.strip() for line in text.split("\n")]
    some = bytes(len(line) % 2 for line in found)
    for indents in (None, bytes(len(found)), some):
        given = (found, *_MARKS, VERSE_WIDTH, indents)
        assert kernels.stretches(*given) == stretches_in_python(*given)


@given(any_lines)
def test_prose(text: list[str]) -> None:
    want = [prose.is_prose_in_python(line) for line in text]
    assert list(map(bool, kernels.prose(prose.KINDS, text))) == want
    assert [kernels.is_prose(prose.KINDS, line) for line in text] == want


def test_kinds_of_every_character() -> None:
    for c in range(0x10000):
        white = prose.KINDS[c] & prose._WHITE_FLAG != 0
        unspaced = prose.KINDS[c] & prose._UNSPACED_FLAG != 0
        assert (white, unspaced) == (chr(c).isspace(), prose.unspaced().match(chr(c)) is not None)
    assert not any(chr(c).isspace() for c in range(0x10000, 0x110000))


@given(any_lines, st.integers(0, 40), st.integers(0, 200), st.integers(1, 60))
def test_longer_lines(text: list[str], size: int, enough: int, most: int) -> None:
    assert kernels.longer(text, size, enough, most) == longer_in_python(text, size, enough, most)


@given(any_lines, st.lists(st.sampled_from(["a", "é", "'", "’", "_", "1", "²", "٣", "अ", "い", " "])).map("".join))
def test_words_of_languages(text: list[str], other: str) -> None:
    joined = "\n".join([*text, other, *text[:2] * 3])
    every = re.findall("[^\\W\\d_]+(?:['’][^\\W\\d_]+)?", joined)
    table = {word: ["de", "fr", "pt"][: 1 + i % 3] for i, word in enumerate(every) if len(word) <= 8 and i % 4}
    weights, count = kernels.weigh_words(table, joined, 3, 8)
    want, total = weigh_words_in_python(table, joined, 3)
    assert (list(weights.items()), count) == (list(want.items()), total)
    assert total == sum(map(table.__contains__, every))


@given(pages(), st.lists(st.booleans(), min_size=1, max_size=9))
def test_text_and_size(text: str, cut: list[bool]) -> None:
    page = Page(text, [line.strip() for line in text.split("\n")])
    for i in range(len(page.lines)):
        page.kept[i] = cut[i % len(cut)]
    got = page.text()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["cleaner.page"], "kernels", None)
        assert got == page.text()
    kept = list(compress(page.lines, page.kept))
    assert kernels.size(page.lines, page.kept) == sum(map(len, kept))
    assert kernels.shorter(page.lines, 4) == [i for i, line in enumerate(page.lines) if len(line) < 4]
    assert kernels.indented([" a", *page.lines], "```") == ([0], False)
    for start in (" ", "", "\t ", "\u3000"):
        assert kernels.indented(["a", f"{start}``` x"], "```") == ([1] if start == " " else [], True)
        assert kernels.indented(["a```", f"{start}``x", f"{start}``"], "```")[1] is False
    row = array("q", page.row)
    blanks = np.frombuffer(kernels.blanks(row), np.int64)
    assert blanks.tolist() == [row[i] - i for i in range(len(row))]


@given(lines, st.lists(st.booleans(), min_size=40, max_size=40), st.sampled_from([0.2, 0.5, 0.9]), st.booleans())
def test_decisions(text: list[str], blank: list[bool], threshold: float, some_fixed: bool) -> None:
    fixed = np.array(blank[: len(text)]) if some_fixed else None
    same_decision(text, np.cumsum(blank[: len(text)]), threshold, fixed, whole_page=blank[-1])


@given(lines, st.lists(st.sampled_from("sfx "), min_size=40, max_size=40), st.sampled_from([0.5, 0.9]))
def test_decisions_on_lines_that_stand(text: list[str], kinds: list[str], threshold: float) -> None:
    blanks = np.arange(len(text)) // 3
    fixed = np.array([kind == "f" for kind in kinds[: len(text)]])
    standing = bytes(kind != "x" for kind in kinds[: len(text)])
    network = text_network()
    for above in (blanks, None):
        got = decision.decide(network, text, above, threshold, fixed, standing=standing)
        there = got.judged()
        assert there.tolist() == [i for i in range(len(text)) if standing[i]]
        rest, gaps = [text[i] for i in there], (blanks if above is not None else blanks * 0)[there]
        want = decision.decide(network, rest, gaps, threshold, fixed[there])
        assert got.cut == [there[i] for i in want.cut]
        assert np.array_equal(got.scores, want.scores)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(decision, "kernels", None)
            patch.setattr(sys.modules["cleaner.model.network"], "kernels", None)
            patch.setattr(sys.modules["cleaner.model.own"], "kernels", None)
            plain = decision.decide(network, text, above, threshold, fixed, standing=standing)
        assert got.cut == list(plain.cut)


def test_decisions_on_fixtures() -> None:
    every = [line for text in TEXTS for line in lines_of(text)]
    for found in [*map(lines_of, TEXTS), every[:3000]]:
        for threshold in (0.5, 0.7, 1.0):
            for whole in (False, True):
                for clean in (decision.CLEAN, decision.UNTOUCHED):
                    same_decision(found, np.arange(len(found)) // 3, threshold, None, whole_page=whole, clean=clean)


def same_decision(
    text: list[str],
    blanks: np.ndarray,
    threshold: float,
    fixed: np.ndarray | None,
    *,
    whole_page: bool,
    clean: float = decision.CLEAN,
) -> None:
    got = decision.decide(text_network(), text, blanks, threshold, fixed, whole_page=whole_page, clean=clean)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["cleaner.model.network"], "kernels", None)
        patch.setattr(sys.modules["cleaner.model.own"], "kernels", None)
        page = decision.PAGE if whole_page else 0
        want = decision.decide_in_python(text_network(), text, blanks, threshold, fixed, page, clean)
    assert list(got.cut) == list(want.cut)
    if len(text) >= decision.FEWEST:
        assert got.scores == pytest.approx(want.scores, abs=1e-4)


CODE = "import json, sys, cleaner; print(json.dumps([cleaner.clean(text) for text in json.load(sys.stdin)]))"


def test_texts_come_out_alike_without_it() -> None:
    joined = ["\n\n".join(TEXTS[i : i + 4]) for i in range(0, len(TEXTS), 4)]
    done = subprocess.run(
        [sys.executable, "-c", CODE], input=json.dumps(TEXTS + joined), env={**os.environ, SWITCH: "0"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == [cleaner.clean(text) for text in TEXTS + joined]


@pytest.mark.parametrize(
    "text", ["a" * 10_000_000, "字 " * 2_000_000, "x\n" * 1_000_000, "\ud800" * 3_000_000, "&;" * 2_000_000]
)
def test_huge_texts(text: str) -> None:
    kernels.odd(text)
    found, *_ = kernels.close_up(text, _INDENT)
    found = [line for line in found if line]
    kernels.forms(found, cleaner.fold._forms_of)
    kernels.prose(prose.KINDS, found)
    signed(found)
    kernels.stretches(found, *_MARKS, VERSE_WIDTH, None)
    decision.decide(text_network(), found[:200_000], np.arange(min(len(found), 200_000)), 0.5)


def test_what_is_no_text_is_refused() -> None:
    for call in (
        lambda: kernels.odd(b"a"), lambda: kernels.close_up(1, 1), lambda: kernels.forms([1], cleaner.fold._forms_of),
        lambda: kernels.stretches([b"a"], *_MARKS, 1, None), lambda: kernels.prose(prose.KINDS, [None]),
        lambda: kernels.repeats(prose.KINDS, kernels.make_keys([b"a"] * 2), ["a", 1], b"\1\1", b"\1\1", (1, 1, 1), print, print),
        lambda: kernels.head_end(prose.KINDS, ["a"], [b"a"], b"\1", 1), lambda: kernels.edges([b"a"], b"\1", 1),
        lambda: kernels.solid([b"a"]), lambda: kernels.make_keys([1]), lambda: kernels.make_keys("a"),
        lambda: kernels.among(kernels.make_keys([b"a"]), b"\1", [1]),
        lambda: kernels.head_end(prose.KINDS, [1], kernels.make_keys([b"a"]), b"\1", 1), lambda: kernels.longer([1], 0, 1, 1), lambda: kernels.recall({}, ["a"], ["a"]),
        lambda: kernels.rows(kernels.make_finder([b"ab"]), array("i", [0] * 6), print, 0.5, 0, [1], None, None, (1, 9, 9), ""),
        lambda: kernels.make_filter([1], 0), lambda: kernels.make_waker([1], [()], [], b"", array("H"), (), (), ""),
        lambda: kernels.text([1], [0], b"\1"), lambda: kernels.marks([1]), lambda: kernels.marks("a"), lambda: kernels.size([1], None),
    ):  # fmt: skip
        with pytest.raises((TypeError, ValueError)):
            call()
    for call in (
        lambda: kernels.prose(b"", ["a"]), lambda: kernels.size(["a"], b""), lambda: kernels.make_finder([b""]),
        lambda: kernels.repeats(prose.KINDS, kernels.make_keys([b"a"]), [], b"\1", b"\1", (1, 1, 1), print, print),
        lambda: kernels.repeats(prose.KINDS, kernels.make_keys([b"a"]), ["a"], b"\1", b"", (1, 1, 1), print, print),
        lambda: kernels.head_end(prose.KINDS, ["a"], kernels.make_keys([b"a"]), b"", 1),
        lambda: kernels.head_end(prose.KINDS, ["a", "b"], kernels.make_keys([b"a"]), b"\1\1", 1),
        lambda: kernels.edges(kernels.make_keys([b"a"]), b"\1", 64), lambda: kernels.both(b"\1", b"", False),
        lambda: kernels.among(kernels.make_keys([b"a"]), b"", []),
        lambda: kernels.runs(b"\1", b"\1", b"\1", {}, array("H", [0])),
        lambda: kernels.runs(b"\1", b"\1", b"\1", {0: 1}, array("H", [0])), lambda: kernels.runs(b"\1", b"", b"\1", {}, b""),
        lambda: kernels.runs(b"\1", b"\1", b"\1", {0: 0}, array("H", [9])),
        lambda: kernels.rows(kernels.make_finder([b"ab"]), array("i", [0] * 6), print, 0.5, 0, ["a"], None, b"", (1, 1, 1), ""),
        lambda: kernels.rows(kernels.make_finder([b"ab"]), array("i", [0] * 6), print, 0.5, 0, ["a"], None, None, (0, 1, 1), ""),
        lambda: kernels.rows(kernels.make_finder([b"ab"]), array("i", [0] * 5), print, 0.5, 0, ["a"], None, None, (1, 1, 1), ""),
        lambda: kernels.wake(kernels.make_filter([b"a"], 0), b"\na", 0),
        lambda: kernels.make_waker(["a"], [(0,)], [], b"", array("H"), (), (), ""),
        lambda: kernels.make_waker(["a"], [], [""], b"\0", array("H", [0]), ("tails",), (), ""),
        lambda: kernels.make_waker([""], [()], [], b"", array("H"), (), (), ""),
        lambda: kernels.make_waker([], [], ["abc"], b"\0", array("H", [0]), ("tails",), (), ""),
        lambda: kernels.make_waker([], [], ["abcd"], b"\1", array("H", [0]), ("tails",), (), ""),
        lambda: kernels.make_waker([], [], [""], b"\0", array("H", [0]), ("tails",), (1,), ""), lambda: kernels.stretches(["a"], *_MARKS, 1, b""),
    ):  # fmt: skip
        with pytest.raises(ValueError):  # noqa: PT011
            call()
