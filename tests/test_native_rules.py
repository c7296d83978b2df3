"""What stands in C for the look-up of rules gives what stands in Python, on any text."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner.fold import forms_in_python
from cleaner.native import kernels
from cleaner.page import Page
from cleaner.rules import lookup
from cleaner.rules.rows import Rows
from cleaner.rules.rule import Rule
from cleaner.rules.slots import first_letter
from cleaner.rules.waker import Waker
from cleaner.stages import prose
from tests.test_native import TEXTS, lines_of
from tests.test_native_lines import any_lines

if kernels is None:
    pytest.skip("the extension is not there, or switched off", allow_module_level=True)


@given(any_lines)
def test_known_lines_and_beginnings(text: list[str]) -> None:
    joined = "\n".join(text).encode("utf-8", "surrogatepass")
    keys = frozenset(joined.split(b"\n")[::3])
    found = lookup.Known(keys).lines(joined)
    every = joined.split(b"\n")
    assert [every[i] for i in found if every[i] in keys] == [line for line in every if line in keys]
    known: dict[str, int | None] = {lookup.with_noughts(line): None if i % 3 else i for i, line in enumerate(text[::2])}
    want_found, want_others = lookup.recall_in_python(known, text, [i for i in found if i < len(text)])
    got_found, got_others = lookup.recall(known, text, [i for i in found if i < len(text)])
    assert (list(got_found.items()), got_others) == (list(want_found.items()), want_others)
    starts = [line[first_letter(line) :] for line in text[::3]]
    for most in (4, 8):
        heads = {start[:most] for start in starts}
        want = {i for i, line in enumerate(text) if line[(at := first_letter(line)) : at + most] in heads - {""}}
        assert set(lookup.Beginnings(starts, most).lines(text)) >= want


def in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (lookup, sys.modules["cleaner.rules.rows"], sys.modules["cleaner.rules.waker"]):
        monkeypatch.setattr(module, "kernels", None)


words = st.lists(
    st.one_of(st.sampled_from(["a", "/ap", "©", "read", "read more", "read mo", "sign in", "more", "ore", "é", "été"]), st.text("abé字 ", min_size=1)),
    min_size=1, max_size=12, unique=True,
).map(lambda found: [word for word in found if word.strip()] or ["a"])  # fmt: skip


starts = st.sampled_from(["", "share on {", "signé", "été en", "1234", "photo: ", "- sa", "字字字字"])


@given(any_lines, words, st.lists(starts, min_size=3), st.data())
def test_what_wakes_patterns(text: list[str], keywords: list[str], begins: list[str], data: st.DataObject) -> None:
    some = st.sampled_from([*keywords, *filter(None, begins), " ", "\u2714 ", "(2) "])
    text = ["".join(data.draw(st.lists(some, max_size=4))) + line + data.draw(some) for line in text]
    joined = b"\n" + "\n".join(text).encode("utf-8", "surrogatepass")
    numbers = st.lists(st.integers(0, len(begins) - 1), max_size=3).map(tuple)
    wakes = {keyword: data.draw(numbers) for keyword in [*keywords, "\n" + keywords[0], "\n" + keywords[-1]]}
    stages = data.draw(st.lists(st.sampled_from(["", "phrases", "tails"]), min_size=len(begins), max_size=len(begins)))
    bound = data.draw(st.dictionaries(st.integers(0, len(begins) - 1), st.sampled_from(["de", "fr"])))
    made = (stages, wakes, begins, bound, data.draw(numbers))
    language = data.draw(st.sampled_from(["de", "en", None]))
    with pytest.MonkeyPatch.context() as patch:
        got = Waker(*made).woken(joined, language)
        in_python(patch)
        want = Waker(*made).woken(joined, language)
    assert got == want
    found = {
        (i, n)
        for i, line in enumerate(joined.split(b"\n")[1:])
        for keyword, patterns in wakes.items()
        for n in patterns
        if keyword.encode() in b"\n" + line and bound.get(n, language) == language
    }
    assert {(i, n) for i, n in found if stages[n]} <= {pair for pairs in got.values() for pair in pairs}


@given(any_lines, words, st.data())
def test_phrases_side_by_side(text: list[str], keywords: list[str], data: st.DataObject) -> None:
    parts = st.sampled_from([*keywords, "reading on", "# views", "ore", "12", " ", " - ", "été字", "="])
    text = ["".join(data.draw(st.lists(parts, min_size=1, max_size=50))) + line for line in text]
    rules = [
        Rule("a.b", "phrases", "", alone=data.draw(st.booleans()), run=data.draw(st.integers(1, 2))) for _ in range(3)
    ]
    number = st.integers(0, len(rules) - 1)
    made = (
        {key: data.draw(number) for key in [*keywords, "reading on", "# views", "skip to it"]},
        rules,
        data.draw(st.none() | number),
    )
    text = [forms_in_python([line]).lines[0] for line in text]
    with pytest.MonkeyPatch.context() as patch:
        got = Rows(*made).find(text)
        in_python(patch)
        assert list(got.items()) == list(Rows(*made).find(text).items())


@pytest.mark.parametrize("language", ["en", "de", "ja"])
def test_rows_of_phrases(language: str, cleaners: dict[str, cleaner.Cleaner], monkeypatch: pytest.MonkeyPatch) -> None:
    rules = cleaners["standard"]._ruleset("standard")
    page = Page("", [])
    page.language = language
    rows: Rows = rules.rows(page)
    keys = rows._keys
    text = [forms_in_python([line]).lines[0] for x in TEXTS for line in lines_of(x)]
    text += [f"{keys[i]} {keys[-i]}{keys[i * 7 % len(keys)]}" for i in range(1, len(keys), 3)]
    text += [f"{keys[i]} and then there was {keys[-i]} 12" for i in range(1, len(keys), 3)]
    text += [" ".join(keys[i : i + 40]) for i in range(0, len(keys), 40)]
    got = rows.find(text)
    in_python(monkeypatch)
    fresh = Rows(rows._phrases, rules.rules, rows._row)
    assert got == fresh.find(text)
    assert got
    passed = bytes(i % 5 == 0 for i in range(len(text)))
    text = [line or "-" for line in text]
    limits = (passed, (12, 90, 600), prose.SENTENCE_ENDS)
    want = fresh.find_among(text, *limits)
    monkeypatch.undo()
    assert rows.find_among(text, *limits) == want
    assert want.keys() < got.keys()
