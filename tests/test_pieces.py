"""Sentences broken at links and emphasis: they stay whole, or go whole."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import clean, explain, replay
from cleaner.stages.pieces import kept_whole, sentences
from cleaner.stages.wrapped import Text

OPENING = "The boats were built in 1961 and have carried nine million people, among them a"
SENTENCE = [OPENING, "circus", "with an elephant that had to be", "weighed", "on the quay."]
PAGE = """\
Skip to content
Sign in
Home
World
Business
Science and nature
Travel
Weather
Video
Live radio
Search

Posted by
Anna Holm
in
Harbour news
for the second time, because the first one had the wrong day of the ferry in it.

According to the
Sund & Bay
ferry line, its sister company
Blue Lines
, which it bought in
May
and the
harbour office
, the boats will be sold.

See also what we wrote on the sale of the old boats to
Sund & Bay
in the autumn, or read
the letter
, which the line has put up for all to see on its own page.

Two of the boats, the
Old Marta
,
Young Marta
and
Little Marta
, will leave.

{}

Share on Facebook
Most read
Council delays vote on new school
Ten tips for a better garden
Why the price of milk is going up
Photos: the market in spring
Contact us
About us
© 2024 The Valley Post. All rights reserved."""


def nothing(there: bytes) -> list[int]:
    return []


def test_the_end_of_a_sentence_stays_where_its_beginning_does() -> None:
    page = PAGE.format("\n".join(SENTENCE))
    found = explain(page)
    assert "\n".join(SENTENCE) in found.text
    assert "Live radio" not in found.text
    assert replay(page, found.cuts) == found.text
    assert clean(found.text) == found.text


@pytest.mark.parametrize("gone", [[1], [2, 3, 4], [1, 3], [0, 1]])
def test_a_sentence_of_which_enough_stays_is_whole(gone: list[int]) -> None:
    assert kept_whole(Text(SENTENCE), gone, nothing) == []


@pytest.mark.parametrize(
    "lines",
    [
        ["Council delays vote on the new school building", "Ten tips for a better garden"],  # a capital
        ["Council delays vote on the new school building.", "on the quay"],  # the sentence has ended
        ["More on the boats:", "circus", "elephant", "weather", "travel"],  # nothing that is long
        ["The five most read in the whole of this week", *["news sport tides"] * 9],  # a menu in small letters
    ],
)
def test_what_is_no_sentence_goes_as_before(lines: list[str]) -> None:
    gone = list(range(1, len(lines)))
    assert kept_whole(Text(lines), gone, nothing) == gone


def test_of_a_sentence_that_hardly_stays_nothing_is_spared() -> None:
    assert kept_whole(Text(SENTENCE), [0, 2, 3, 4], nothing) == [0, 2, 3, 4]


def test_lines_that_were_not_there_are_no_part() -> None:
    lines = [OPENING, "Search", "circus with an elephant that had to be weighed on the quay."]
    assert kept_whole(Text(lines, standing=b"\1\0\1"), [2], nothing) == []
    assert kept_whole(Text(lines, blanks=bytearray(16) + (2).to_bytes(8, "little")), [2], nothing) == [2]


def test_what_would_not_settle_is_left_as_it_was_decided() -> None:
    assert kept_whole(Text([*SENTENCE, "A line."]), [2], lambda there: [5]) == [2]
    assert kept_whole(Text([*SENTENCE, "A line."]), [2], lambda there: [2]) == []


LINES = st.lists(st.sampled_from([*SENTENCE, "Sund & Bay", ", which it sold", "NEWS", "a", "."]), min_size=1)


@given(LINES, st.data())
def test_nothing_goes_that_would_have_stayed(lines: list[str], data: st.DataObject) -> None:
    gone = sorted(data.draw(st.sets(st.integers(0, len(lines) - 1))))
    assert set(kept_whole(Text(lines), gone, nothing)) <= set(gone)
    found = [i for group in sentences(Text(lines), gone) for i in group]
    assert found == sorted(set(found))


def test_long_chains_take_linear_time() -> None:
    rng = random.Random(1)
    looked = 0

    class Line(str):
        __slots__ = ()

        def __getitem__(self, at: object) -> str:
            nonlocal looked
            looked += 1
            return str.__getitem__(self, at)  # type: ignore[index]

    for lines in (
        [Line("a word")] * 4000,
        [Line(OPENING), Line("circus,")] * 2000,
        [Line(rng.choice("aA,.")) for _ in range(4000)],
    ):
        looked = 0
        sentences(Text(lines), range(0, 4000, 2))
        assert looked < 40 * 4000
