"""A passage that a page says twice is kept once, at its first place, and only on a page with furniture."""

from __future__ import annotations

import pytest

import cleaner
from cleaner.page import Page
from cleaner.stages.score import is_left_alone, score
from tests.fixtures import cases, negatives

FURNITURE = "Skip to content\nAccept all cookies\nSign up for our newsletter\nShare on Facebook\nFollow us on Twitter\n"
PASSAGE = (
    "The harbour of Lower Quay reopened on Monday after a week of storms had kept all boats at their moorings.\n\n"
    "Ferries to the islands sail again on Friday, but larger ships have to unload at the northern pier until autumn.\n\n"
    "The town has asked the ministry for money, and the fishermen hope for an answer before the herring come.\n\n"
)
BETWEEN = "The lamp on the pier was lit again at six, and people came down to look at it.\n\n" + "".join(
    f"On day {day} of the storm nobody went out, and the nets of {name} dried on the quay.\n\n"
    for day, name in enumerate(("Anna Holm", "Tom Lee", "Ruth Vale", "Ben Ash", "Ida Moss", "Jon Reed", "Eva Lund"), 1)
)


def passages_of(text: str) -> list[str]:
    return [cut.before for cut in cleaner.explain(text).cuts if cut.rule == "repeats.passage"]


def test_the_second_copy_goes() -> None:
    page = FURNITURE + "\n" + PASSAGE + BETWEEN + PASSAGE
    assert passages_of(page) == [line for line in PASSAGE.split("\n") if line]
    text = cleaner.clean(page)
    assert text == (PASSAGE + BETWEEN).strip()
    assert cleaner.clean(text) == text
    assert cleaner.Cleaner(off=["repeats.passage"]).clean(page).count("herring") == 2


def test_a_clean_text_may_say_things_twice() -> None:
    text = (PASSAGE + BETWEEN + PASSAGE).strip()
    assert cleaner.clean(text) == text


@pytest.mark.parametrize(
    "other", [PASSAGE.replace("Monday", "Tuesday").replace("Friday", "Sunday").replace("herring", "cod")]
)
def test_what_is_said_otherwise_stays(other: str) -> None:
    assert not passages_of(FURNITURE + "\n" + PASSAGE + BETWEEN + other)


def test_a_short_passage_stays() -> None:
    verse = "Row the boat ashore, my lads,\n\nand sing it once again, my lads.\n\n"
    assert not passages_of(FURNITURE + "\n" + verse + PASSAGE + BETWEEN + verse)


def reference(functions: int) -> str:
    """Functions of which each has a text of its own and the same table of arguments."""
    names = ("floor", "ceil", "round", "trunc", "sign", "power", "root")[:functions]
    return "".join(
        f"The function {name} takes a number and gives what the {name} of it comes to, wherever the ship may be.\n\n{PASSAGE}"
        for name in names
    )


@pytest.mark.parametrize(("functions", "gone"), [(4, 9), (5, 0), (7, 0)])
def test_what_a_reference_says_under_each_function_stays(functions: int, gone: int) -> None:
    page = FURNITURE + "\n" + reference(functions)
    assert len(passages_of(page)) == gone
    text = cleaner.clean(page)
    assert cleaner.clean(text) == text
    lines = "".join(f"<p>{line}</p>" for line in reference(functions).split("\n") if line)
    html = cleaner.explain_html(f"<main><h1>Functions</h1>{lines}</main>")
    assert len([cut for cut in html.cuts if cut.rule == "repeats.passage"]) == gone


def test_what_replies_quote_is_said_once() -> None:
    quote = "".join(f"<p>{line}</p>" for line in PASSAGE.split("\n") if line)
    replies = "".join(
        f"<div><blockquote>{quote}</blockquote><p>Answer {name}: no ship of mine is there.</p></div>"
        for name in "abcdef"
    )
    page = cleaner.explain_html(f"<main><h1>Where is it</h1>{quote}{replies}</main>")
    assert len([cut for cut in page.cuts if cut.rule == "repeats.passage"]) == 6 * quote.count("<p>")


def test_a_line_said_often_does_not_keep_the_second_copy_of_a_text() -> None:
    often = "The lamp on the pier is lit.\n\n"
    page = FURNITURE + "\n" + often * 4 + PASSAGE + often + BETWEEN + PASSAGE + often
    assert passages_of(page) == [line for line in (PASSAGE + often).split("\n") if line]


def test_a_page_of_html_shows_its_text_once() -> None:
    text = "".join(f"<p>{line}</p>" for line in (PASSAGE + BETWEEN).split("\n") if line)
    page = f"<main><div class=wide>{text}</div><div class=narrow>{text}</div></main>"
    assert cleaner.clean_html(page) == (PASSAGE + BETWEEN).strip()


def test_what_is_left_is_judged_as_if_it_were_given() -> None:
    """Whether more would go of a text without the passages that go is told without making that text."""
    cleaner_ = cleaner.Cleaner()
    rules, settings = cleaner_._ruleset("standard"), cleaner_.settings
    said = set()
    for text in [case.text for case in cases("articles")] + [*negatives().values()]:
        for first, second in ((9, 7), (2, 50), (50, 2), (3, 3)):
            page = Page(text, [line.strip() for line in text.split("\n")])
            page.kept = bytearray(i % first != 1 for i in range(len(page.lines)))
            standing = bytearray(stays and i % second != 1 for i, stays in enumerate(page.kept))
            rest, index = page.narrowed()
            rest.kept = bytearray(standing[i] for i in index)
            left = Page(rest.text(), rest.text().split("\n"))
            want = not score(left, rules, settings)
            assert is_left_alone(page, standing, rules, settings) is want
            said.add(want)
    assert said == {True, False}
