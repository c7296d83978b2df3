"""Markdown as text: lines are judged as they read and come out as they are written."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import Cleaner, clean, explain, replay
from cleaner.model.decide import Decision
from cleaner.page import Page
from cleaner.shown import is_link, shown
from cleaner.stages.links import LONGEST_CARD, links, loose

ARTICLE = """\
# The lock gates are open

By Anna Smith

The council opened the new lock gates on Tuesday after [three years of work](https://x.org/work "three years") on the \
canal, which had been closed since 2019.

"It is a great day for the town," the mayor said, adding that boats would be able to pass from **Friday** onwards.

![A boat](https://x.org/boat_(2).jpg)

The gates cost 4 million and were made by a local firm, which had to [wait for steel](https://x.org/steel)."""
PAGE = f"""\
[Skip to content](#main)

* [Home](https://x.org/)
* [News](https://x.org/news)
* [Sport](https://x.org/sport)

[![Logo](https://x.org/logo.png)](https://x.org/)

{ARTICLE}

[Share on Facebook](https://facebook.com/share?u=x)
[Share on Twitter](https://twitter.com/share)

[Privacy policy](https://x.org/privacy) | [Cookie settings](https://x.org/cookies)

© 2024 The Canal Times. All rights reserved."""


def test_a_page_in_markdown() -> None:
    got = explain(PAGE)
    assert got.text == ARTICLE
    assert replay(PAGE, got.cuts) == ARTICLE
    assert clean(ARTICLE) == ARTICLE
    before = {cut.line: cut.before for cut in got.cuts if cut.kind == "cut"}
    assert before[1] == "[Skip to content](#main)"


@pytest.mark.parametrize("preset", ["careful", "standard", "strict"])
def test_what_stays_stays_as_it_is(preset: str) -> None:
    kept = Cleaner(preset).clean(PAGE).split("\n")
    assert set(kept) <= set(PAGE.split("\n"))


@pytest.mark.parametrize(
    ("line", "reads"),
    [
        ("[Skip to content](#main)", "Skip to content"),
        ("* [Home](https://x.org/a_(b))", "* Home"),
        ("[![Logo](https://x.org/logo.png)](https://x.org/)", "-"),
        ('![A boat](boat.jpg "A boat")', "-"),
        ("so it [goes](https://x.org/) on", "so it goes on"),
        ("the rest of a link](https://x.org/) that was broken", "the rest of a link that was broken"),
        ("a link that is broken [off](https://x.org/a-long-", "a link that is broken off"),
        ("[Sign in][12]", "Sign in"),
        ("## Opening hours", "Opening hours"),
        ("[12]Sign in", "Sign in"),
        ("**Advertisement**", "Advertisement"),
    ],
)
def test_marks(line: str, reads: str) -> None:
    assert shown([line]) == {0: reads}


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("* [Sport](https://x.org/sport-\nnews) and more", ["* Sport", "and more"]),
        ("[Sport](https://x.org/sport-\nnews/of-\nthe-day)", ["Sport", "-", "-"]),
        ("[ ![A logo](https://x.org/logo-\nsmall.png) ](https://x.org/)", ["-", "-"]),
        ("[Sport](https://x.org/sport)\nof the day (and night)", ["Sport", "of the day (and night)"]),
        ("[Sport\nof the day](https://x.org/sport)", ["Sport", "of the day"]),
    ],
)
def test_broken_links(text: str, reads: list[str]) -> None:
    lines = text.split("\n")
    found = shown(lines)
    assert [found.get(i, line) for i, line in enumerate(lines)] == reads


@pytest.mark.parametrize(
    "line",
    [
        "As was shown before [12], the gates are old.",
        "It says so.[3] And so it is.",
        "# remove all that is there",
        "It says so.[3][4] And so it is.",
        "rows[i][j] is read",
        "#canal",
        "rows[i](x",
        "[edit]",
        "    [a](b)",
    ],
)
def test_no_marks(line: str) -> None:
    assert shown([line]) == {}


def test_a_piece_is_not_cut_off_a_line_with_marks() -> None:
    plain = "The gates cost 4 million and were made by a local firm. Read more"
    page = PAGE.replace(
        ARTICLE, f"{ARTICLE}\n\n{plain}\n\nThe [gates](https://x.org) are open, as we said before. Read more"
    )
    trims = [cut for cut in explain(page).cuts if cut.kind == "trim"]
    assert all("](" not in cut.before for cut in trims)


pieces = st.sampled_from(
    [
        "[",
        "]",
        "(",
        ")",
        "](",
        "![",
        "**",
        "# ",
        "#",
        "[1]",
        "word",
        "Share",
        "https://x.org/a",
        " ",
        "\n",
        "\n\n",
        "* ",
        '"t"',
    ]
)


@given(st.lists(pieces, max_size=60).map("".join))
def test_any_marks(text: str) -> None:
    cleaner = Cleaner()
    got = cleaner.explain(text)
    assert replay(text, got.cuts) == got.text == cleaner.clean(text)
    assert cleaner.clean(got.text) == got.text


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("[Home](https://x.org/)", True),
        ("* [Home](https://x.org/)", True),
        ("3. [![Goose](goose.jpg)](https://x.org/goose) [Goose at large](https://x.org/goose)", True),
        ("[Privacy](/privacy) | [Cookies](/cookies)", True),
        ("![A boat](boat.jpg)", False),
        ("# [The lock gates are open](https://x.org/)", False),
        ("See [the plan](https://x.org/plan).", False),
        ("[1]", False),
    ],
)
def test_nothing_but_links(line: str, answer: bool) -> None:
    assert is_link(line) is answer


CARD = ["[", "", "### Goose still at large", "", "The third week without a trace.", "", "](https://x.org/goose)"]


@pytest.mark.parametrize(
    ("lines", "those"),
    [
        (["Before.", *CARD, "After."], {1, 2, 3, 4}),
        (["[![](a.jpg)", "### Goose", "](/goose)", "[Bus 9](/bus) is late."], {0, 1, 2}),
        (["[Bus 9](/bus)", "The goose.", "](/goose)"], {0}),
        (["[", *["A line of a text."] * LONGEST_CARD, "](/goose)"], set()),
        (["No link begins here.", "](/goose)"], set()),
    ],
)
def test_a_link_over_several_lines(lines: list[str], those: set[int]) -> None:
    page = Page(lines, lines)
    page.read_as(shown(page.lines))
    assert links(page) == those


def decided(chances: list[float], cut: list[int]) -> Decision:
    sentence = (
        "The council opened the new lock gates on Tuesday after three years of work on the canal that leads to the sea."
    )
    lines = [sentence, sentence, "Goose still at large", "Bus 9 to stop at the pond", "Sign in"]
    return Decision(cut, bytearray(array("f", chances).tobytes()), lines, None, None)


def test_links_go_with_what_goes() -> None:
    sure = [0.9, 0.9, 0.6, 0.95, 0.1]
    assert loose(decided(sure, [4]), {2, 3, 4}, bytes(5)) == [2]
    assert loose(decided(sure, [4]), {2, 3, 4}, b"\0\0\1\0\0") == [], "what is protected stays"
    assert loose(decided(sure, []), {2, 3, 4}, bytes(5)) == [], "nothing goes of a clean text"
    assert loose(decided(sure, [0, 1, 4]), {2, 3}, bytes(5)) == [], "links are what this page is about"


@pytest.mark.parametrize("text", ["Skip to", "[Skip to content](#main)", "facebook.com/share"])
def test_what_is_to_be_kept_may_stand_in_the_marks(text: str) -> None:
    cleaner = Cleaner(keep=[text])
    got = cleaner.clean(PAGE)
    assert text in got
    assert cleaner.clean(got) == got


def test_a_clean_text_keeps_its_links() -> None:
    sources = [f"- [Report number {n} of the canal board](https://x.org/reports/{n})" for n in range(6)]
    text = "\n".join([ARTICLE, "", "## Sources", "", *sources])
    assert clean(text) == text
