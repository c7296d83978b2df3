"""A passage that a page says twice is kept once, at its first place, and only on a page with furniture."""

from __future__ import annotations

import pytest

import cleaner

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


def test_a_page_of_html_shows_its_text_once() -> None:
    text = "".join(f"<p>{line}</p>" for line in (PASSAGE + BETWEEN).split("\n") if line)
    page = f"<main><div class=wide>{text}</div><div class=narrow>{text}</div></main>"
    assert cleaner.clean_html(page) == (PASSAGE + BETWEEN).strip()
