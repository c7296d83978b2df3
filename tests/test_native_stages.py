"""What stands in C for the stages gives what stands in Python, on any text."""

from __future__ import annotations

import sys
from array import array
from itertools import compress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.fold import filled, filled_in_python, fold, forms_in_python, squash
from cleaner.keys import Keys, both
from cleaner.native import kernels
from cleaner.page import Mark, Page, Struck
from cleaner.shown import marks_in_python
from cleaner.stages import prose
from cleaner.stages.company import runs_in_python, solid_in_python
from cleaner.stages.passages import earlier_in_python
from cleaner.stages.repeats import FEWEST_WORDS, NEARBY, SHORTEST, _head_end, head_end_in_python, repeats_in_python
from cleaner.stages.titles import edges_in_python, signed, signed_in_python
from tests.test_native_lines import any_lines

if kernels is None:
    pytest.skip("the extension is not there, or switched off", allow_module_level=True)


@given(any_lines, st.lists(st.sampled_from([" | A Site", " - B", ": c d", " :: Site", " » x", "|", " • ", " -  ab"])))
def test_names_of_sites(text: list[str], sites: list[str]) -> None:
    text = [line + sites[i % len(sites)] if sites else line for i, line in enumerate(text)]
    text += [f"{line[:i]}{mark}{line[i:]}" for i, line in enumerate(text) for mark in (" - ", " ::  ", " •", " – ")]
    assert signed(text) == signed_in_python(text)


@given(any_lines, st.lists(st.integers(0, 30), max_size=20), st.lists(st.booleans(), min_size=51, max_size=51))
def test_repeats(text: list[str], again: list[int], there: list[bool]) -> None:
    text += [text[i % len(text)] for i in again if text]
    keys = forms_in_python(text).squashed.split(b"\n") if text else []
    kept, standing = bytearray(there[: len(text)]), bytes(there[-len(text) :] if text else [])
    asked: list[list[tuple[int, ...]]] = []
    for limit in (4, 50):

        def judge(*given: int, limit: int = limit) -> int | None:
            asked[-1].append(given)
            return None if given[0] % 3 else given[-1] + limit % 3

        calls = (lambda limit=limit: limit, judge)
        asked.append([])
        repeats_in_python(keys, text, kept, standing, *calls)
        asked.append([])
        made = kernels.make_keys(keys)
        kernels.repeats(prose.KINDS, made, text, kept, standing, (SHORTEST, FEWEST_WORDS, NEARBY), *calls)
        assert asked[-1] == asked[-2]


def test_lines_may_change_while_copies_are_judged() -> None:
    text = ["Five or six words here, twice"] * 40
    keys = kernels.make_keys([b"fiveorsixwordsheretwice"] * 40)
    asked = []

    def judge(*given: int) -> None:
        asked.append(given[0])
        text.clear()

    kernels.repeats(
        prose.KINDS, keys, text, bytes([1] * 40), bytes([1] * 40), (SHORTEST, FEWEST_WORDS, NEARBY), lambda: 3, judge
    )
    assert asked == list(range(1, 40))


@given(any_lines, st.lists(st.integers(0, 30), max_size=40), st.integers(0, 30))
def test_heads_and_edges(text: list[str], again: list[int], most: int) -> None:
    text += [text[i % len(text)] for i in again if text]
    keys = Keys(forms_in_python(text).squashed if text else [])
    for standing in (b"\1" * len(text), bytes(i % 3 != 1 for i in range(len(text)))):
        assert kernels.edges(keys.c, standing, most) == edges_in_python(keys.every, standing, most)
        assert _head_end(text, keys, standing) == head_end_in_python(text, keys.every, standing)


@given(st.lists(st.sampled_from([b"", b"a", b"b", b"cc", b"c"]), max_size=12), st.binary(min_size=12, max_size=12))
def test_keys_among_lines(every: list[bytes], bits: bytes) -> None:
    kept, other = (bytes(bit >> n & 1 for bit in bits[: len(every)]) for n in (0, 1))
    made = [Keys(every), Keys(every).changed({}), *([Keys(b"\n".join(every))] if every else [])]
    for keys in made:
        found = keys.among(kept, [b"a", b"", b"cc", b"x"])
        assert list(map(bool, found)) == [key in compress(every, kept) for key in (b"a", b"", b"cc", b"x")]
        assert keys.every == every
    assert both(kept, other) == bytes(a & b for a, b in zip(kept, other, strict=True))
    assert both(kept, other, flip=True) == bytes(a & ~b & 1 for a, b in zip(kept, other, strict=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["cleaner.keys"], "kernels", None)
        plain = Keys(b"\n".join(every)).among(kept, [b"a", b"x"]) if every else [False, False]
        assert list(plain) == [b"a" in compress(every, kept), False]
        for flip in (False, True):
            found = both(kept, other, flip=flip)
            assert found == bytes(a & (b ^ flip) for a, b in zip(kept, other, strict=True))


@given(st.lists(st.sampled_from(["- ", "a b", "b", "c d e f", "A B", "字字字字"]), max_size=60), st.data())
def test_earlier_copies(text: list[str], data: st.DataObject) -> None:
    text += data.draw(st.sampled_from([[], text, text[:9], text[3:]]))
    keys = [squash(fold(line)) for line in text]
    kept = bytes(data.draw(st.lists(st.sampled_from([1, 1, 1, 0]), min_size=len(keys), max_size=len(keys))))
    for words in (0, 4, 20):
        assert kernels.earlier(kernels.make_keys(keys), kept, text, words) == earlier_in_python(keys, kept, text, words)
    made = kernels.make_keys(keys)
    with pytest.raises(TypeError):
        kernels.earlier(kernels.make_keys([b"a"] * 2), b"\1\1", ["a", 1], 0)
    for wrong in (
        (kernels.make_keys([*keys, b"a"]), kept, text),
        (made, kept + b"\1", text),
        (made, kept, [*text, "a"]),
    ):
        with pytest.raises(ValueError, match="expected"):
            kernels.earlier(*wrong, 0)


@given(any_lines, st.lists(st.integers(0, 5), min_size=60, max_size=60))
def test_company(text: list[str], numbers: list[int]) -> None:
    keys = [squash(fold(line)) for line in text]
    solid, digits = kernels.solid(kernels.make_keys(keys))
    assert ([bool(flag) for flag in solid], digits) == ([key != b"" for key in keys], solid_in_python(keys)[1])
    assert list(map(bool, solid_in_python(keys)[0])) == list(map(bool, solid))
    groups = array("H", [0, 1, 1, 2, 0])
    named = {i: number for i, number in enumerate(numbers[: len(text)]) if number < len(groups)}
    phrase = bytes(i in named for i in range(len(text)))
    kept = bytes(number % 2 for number in numbers[::-1][: len(text)])
    between = bytes(not flag and number == 5 for flag, number in zip(phrase, numbers, strict=False))
    for parts in (between, bytes(len(text)), kept):
        given_ = (phrase, kept, parts, named, groups)
        assert kernels.runs(*given_) == runs_in_python(*given_)


@given(st.lists(st.sampled_from(["", "", "a", "é", "字"]), max_size=40))
def test_rows_that_are_not_blank(rows: list[str]) -> None:
    found, numbers = filled(rows)
    assert (found, numbers) == filled_in_python(rows)
    assert found == [row for row in rows if row]
    assert list(numbers) == [i for i, row in enumerate(rows) if row]
    assert isinstance(numbers, range) == ("" not in rows)
    for wrong in ([*rows, None], tuple(rows)):
        with pytest.raises(TypeError):
            kernels.filled(wrong)


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([None, None, None, "", "x"])), max_size=20))
def test_marks_are_carried_out(places: list[tuple[int, str | None]]) -> None:
    marks: list[Mark] = [(i, 0, after, None) for i, after in places]
    first, second = Page("", [f"line {i}" for i in range(10)]), Page("", [f"line {i}" for i in range(10)])
    assert first.apply("phrases", marks) == second.apply("phrases", iter(marks))
    assert (first.log, first.kept, first.lines, first.trimmed) == (
        second.log,
        second.kept,
        second.lines,
        second.trimmed,
    )
    assert kernels.strike([(9, 0, None, None), (10, 0, None, None)], first.kept) is None
    assert kernels.strike([(-1, 0, None, None)], first.kept) is None
    assert kernels.strike(["1"], first.kept) is None


@given(st.lists(st.integers(0, 9), max_size=20), st.lists(st.integers(0, 9), max_size=20), st.booleans())
def test_lines_that_go_for_one_reason(lines: list[int], gone: list[int], protect: bool) -> None:
    marks: list[Mark] = [(i, 7, None, str) for i in lines]
    first, second = Page("", [f"line {i}" for i in range(10)]), Page("", [f"line {i}" for i in range(10)])
    protected = frozenset(gone[:2] if protect else ())
    for page in (first, second):
        page.apply("phrases", [(i, 0, None, None) for i in gone])
    assert first.apply("score", Struck(lines, 7, str), protected) == []
    assert second.apply("score", marks, protected) == []
    assert first.kept == second.kept
    assert [(stage, list(done)) for stage, done in first.log] == [(stage, list(done)) for stage, done in second.log]
    one_way = Struck(lines, 7, str)
    assert (list(one_way), len(one_way), list(one_way[1:]), [*reversed(one_way)]) == (
        marks,
        len(marks),
        marks[1:],
        marks[::-1],
    )


@given(any_lines, st.lists(st.text("[]()*#1²é٣_ ax\u2028\u5b57\U0001f30a", min_size=1, max_size=40), max_size=9))
def test_marks(text: list[str], other: list[str]) -> None:
    for some in (text, other, [*text, *other], [line * 9 for line in other]):
        got = kernels.marks(some)
        assert got == marks_in_python(some)
    assert kernels.marks(["a" * 40 + "](b"]) == ([0], True)
    assert kernels.marks(["a", "1]_", "#", "*a*", "**"]) == ([1, 2, 4], True)
