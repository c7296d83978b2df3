"""Texts whose paragraphs were broken at a column: mail, manuals, what text browsers write."""

from __future__ import annotations

import textwrap
from array import array
from collections.abc import Callable
from itertools import compress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import Cleaner, clean, replay
from cleaner.native import kernels
from cleaner.stages.prose import KINDS, NARROW, going_on_in_python
from cleaner.stages.tables import drawn, is_drawn, is_drawn_in_python
from cleaner.stages.wrapped import Text, decide_whole, paragraphs
from tests.test_native_lines import any_lines

ARTICLE = """\
The river rose by two metres overnight and cut the village off from the main road, the mayor said on Monday morning.
Volunteers brought bread and water across by boat, and the school was turned into a shelter for about sixty families.

Engineers will look at the old bridge as soon as the water falls, which may take until the end of the week, she said. \
Until then nobody may cross it, not even on foot, because one of the pillars has moved by the width of a hand.

The last flood of this kind was in 1978. Many of those who remember it say that the water came slower then, and that \
there was time to bring the cattle up to the church. This time most of the cattle was lost within two hours."""
MENU = ["Home", "World", "Business", "Science and nature", "Travel", "Weather", "Video", "Live radio"]
MORE = [
    "Council delays vote on new school",
    "Ten tips for a better garden",
    "Why the price of milk is going up",
    "Photos: the market in spring",
]


def broken(text: str, width: int) -> str:
    return "\n".join(textwrap.fill(line, width) if line else "" for line in text.split("\n"))


@pytest.mark.parametrize("width", [56, 64, 72, 78, 100])
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_broken_article_loses_no_line(width: int, gap: str) -> None:
    text = broken(ARTICLE.replace("\n\n", gap), width)
    assert clean(text) == text


def page(article: str) -> str:
    head = ["Skip to content", "Sign in", *MENU, "Search", ""]
    foot = [
        "",
        "Share on Facebook",
        "Most read",
        *MORE,
        "Contact us",
        "About us",
        "© 2024 The Valley Post. All rights reserved.",
    ]
    return "\n".join([*head, article, *foot])


@pytest.mark.parametrize("width", [64, 72, 78])
@pytest.mark.parametrize("preset", ["standard", "strict"])
def test_of_a_broken_page_goes_what_goes_of_the_whole(width: int, preset: str) -> None:
    cleaner = Cleaner(preset)
    text = page(broken(ARTICLE, width))
    got = cleaner.explain(text)
    assert got.text.split() == cleaner.clean(page(ARTICLE)).split()
    assert set(MORE).isdisjoint(got.text.split("\n"))
    assert replay(text, got.cuts) == got.text
    assert cleaner.clean(got.text) == got.text


def test_lines_of_a_paragraph_are_judged_together() -> None:
    lines = broken(ARTICLE, 72).split("\n")
    rows = [line for line in lines if line]
    blanks = array("q", [i - k for k, i in enumerate(i for i, line in enumerate(lines) if line)])
    found = [[rows[i] for i in one] for one in paragraphs(Text(rows, bytearray(blanks.tobytes())))]
    assert [" ".join(one) for one in found] == [part for part in ARTICLE.split("\n") if part]


@pytest.mark.parametrize(
    "lines",
    [
        ARTICLE.split("\n"),  # not broken
        [*MENU, *MORE],
        [f"A headline of about sixty letters, and it is number {i:04}" for i in range(20)],
        textwrap.wrap(ARTICLE.replace("\n", " "), 300),
    ],
)
def test_other_texts_are_not_broken(lines: list[str]) -> None:
    rows = [line for line in lines if line]
    assert paragraphs(Text(rows)) == []


def test_other_scripts() -> None:
    text = (
        "ارتفع منسوب النهر مترين خلال الليل وقطع الطريق الرئيسي عن القرية كما قالت رئيسة البلدية صباح يوم الاثنين للصحفيين "
        * 6
    )
    rows = textwrap.wrap(text, 60)
    assert paragraphs(Text(rows)) == [[*range(len(rows))]]
    unspaced = [
        "夜の間に川の水位が二メートル上がり、村は主要道路から切り離されたと村長が月曜日の朝に記者たちに述べたということであるが"
    ] * 12
    assert paragraphs(Text(unspaced)) == []


def test_a_paragraph_goes_as_one_line() -> None:
    rows = [*MENU, *textwrap.wrap(ARTICLE.replace("\n", " "), 60), "-", *MORE]
    found = paragraphs(Text(rows))
    assert len(found) == 1
    asked: list[list[str]] = []

    def judge(texts: list[str], there: bytes, stays: bytearray, number: int) -> tuple[list[int], Callable[[int], str]]:
        asked.append([texts[i] for i in compress(range(len(texts)), there)])
        assert not any(stays)
        return ([found[0][0]] if number == 0 else []), "line {}".format

    cut, why = decide_whole(judge, found, Text(rows))
    assert cut == found[0]
    assert {why(i) for i in cut} == {f"line {found[0][0]}"}
    assert asked == [[*MENU, " ".join(rows[i] for i in found[0]), "-", *MORE], [*MENU, *MORE]]


def test_what_does_not_settle_stays() -> None:
    rows = [*MENU, *textwrap.wrap(ARTICLE.replace("\n", " "), 60)]
    found = paragraphs(Text(rows))
    cut, _ = decide_whole(lambda *given: ([given[-1]], str), found, Text(rows))
    assert cut == []


@given(
    any_lines, st.lists(st.booleans(), min_size=60, max_size=60), st.lists(st.integers(0, 2), min_size=60, max_size=60)
)
def test_in_c_as_in_python(lines: list[str], there: list[bool], gaps: list[int]) -> None:
    if kernels is None:
        pytest.skip("the extension is not there, or switched off")
    lines = [line for text in lines for line in (text, "x" * NARROW + text[:20], text[:1] + "y" * NARROW) if line]
    total, above = 0, array("q")
    for i in range(len(lines)):
        total += gaps[i % len(gaps)] == 2
        above.append(total)
    standing = bytes(there[i % len(there)] for i in range(len(lines)))
    blanks = bytearray(above.tobytes())
    for some in ((None, None), (blanks, None), (None, standing), (blanks, standing)):
        assert kernels.going_on(KINDS, lines, *some, NARROW) == going_on_in_python(lines, *some)


words = st.sampled_from(
    ["the", "river", "rose", "and", "Anna", "said", "it", "was", "cold,", "because", "nobody", "knew.", "Why?"]
)
texts = st.lists(st.lists(words, min_size=1, max_size=60).map(" ".join), min_size=1, max_size=14)


@given(texts, st.integers(44, 90), st.booleans(), st.lists(st.sampled_from([*MENU, *MORE, "-", "Share this", "•"])))
def test_cleaning_twice_is_cleaning_once(texts: list[str], width: int, gap: bool, furniture: list[str]) -> None:
    parts = [*furniture[::2], *(textwrap.fill(text, width) for text in texts), *furniture[1::2]]
    page = ("\n\n" if gap else "\n").join(parts)
    cleaner = Cleaner()
    got = cleaner.explain(page)
    assert replay(page, got.cuts) == got.text
    assert cleaner.clean(got.text) == got.text


TABLES = [
    "┌───┬──────────────┐\n│0  │ the default  │\n│   │ colour       │\n├───┼──────────────┤\n│1  │ brighter     │\n└───┴──────────────┘",
    "+---+------------+\n| 0 | the default |\n| 1 | brighter    |\n+---+------------+",
]


@pytest.mark.parametrize("table", TABLES)
def test_drawn_tables(table: str) -> None:
    rows = table.split("\n")
    assert drawn([*MENU, *rows, *MORE]) == [*range(len(MENU), len(MENU) + len(rows))]
    assert is_drawn(rows, [1])


def test_what_is_no_drawn_table() -> None:
    rows = ["| Home | News |", "|------|------|", "| Sport | Weather |", "-----", "+ more", "│ Contact │", *MENU]
    assert drawn(rows) == []
    assert not is_drawn(MENU, range(len(MENU)))


@pytest.mark.skipif(kernels is None, reason="the extension is not built")
@given(any_lines, st.data())
def test_the_extension_knows_rows_of_tables(lines: list[str], data: st.DataObject) -> None:
    lines = [data.draw(st.sampled_from(["", "|", "+", "─", "▀", "⓿", "-"])) + line for line in lines]
    those = [i for i in range(len(lines)) if data.draw(st.booleans())]
    assert is_drawn(lines, those) == is_drawn_in_python(lines, those)


@pytest.mark.parametrize("preset", ["standard", "strict"])
def test_of_a_drawn_table_no_row_goes(preset: str) -> None:
    rows = [
        f"│{n:2} │ a foreground {colour:7} │" for n, colour in enumerate(["red", "green", "blue", "black", "white"] * 6)
    ]
    table = "\n".join(["┌───┬──────────────────────┐", *rows, "└───┴──────────────────────┘"])
    text = page(f"{broken(ARTICLE, 72)}\n\n{table}")
    got = Cleaner(preset).clean(text)
    assert "\n".join(" ".join(row.split()) for row in table.split("\n")) in got
    assert set(MORE).isdisjoint(got.split("\n"))
    assert Cleaner(preset).clean(got) == got


MANUAL = """\
The tide tables are made anew every winter by the pilots, who go over them line by line before they are printed, and
there is little in them that is wrong. A reader who finds a mistake can tell the office, which keeps a list of them and
sends it to whoever asks. For everything that has to do with ropes, sails and the other things of the trade look into the
documentation
that lies in the hall, or go on board of one of the older boats, whose crews know most of it by heart and who answer
like this:
go and see. A boat that lies at the quay for longer than a week has to be moved to the far end of the basin, and on the
next page
there is a drawing of the basin that shows where it may lie and where it may not."""


def test_words_inside_a_broken_paragraph_are_no_furniture() -> None:
    lines = ["Skip to content", "Sign in", "", MANUAL, "", "© 2024 The Valley Post. All rights reserved."]
    assert clean("\n".join(lines)) == MANUAL


def test_lines_of_a_broken_paragraph_are_no_repeats() -> None:
    """Two functions of a program are described alike; the second keeps its sentence whole."""
    same = "This turns the sails into the wind by so many degrees as are given, and then"
    text = f"""Skip to content
Share on Facebook

{same}
waits until the boat has come round. If no number is given it takes ten degrees
and says so.

{same}
drops the anchor. If no number is given it takes twenty degrees and says so, and
waits until it holds."""
    assert clean(text) == text.partition("\n\n")[2]
