"""What HTML is taken from: bytes in any encoding, soups, files."""

from __future__ import annotations

from functools import partial

import bs4
import pytest

import cleaner
from tests.test_html import PAGE


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "utf-16"])
def test_bytes_are_decoded(encoding: str) -> None:
    page = f"<meta charset={encoding}><p>Über den Hafen fuhr die Fähre früh am Morgen.</p>".encode(encoding)
    assert cleaner.clean_html(page) == "Über den Hafen fuhr die Fähre früh am Morgen."


def test_a_declared_encoding_is_followed() -> None:
    page = "<p>Über den Hafen fuhr die Fähre.</p>".encode("cp850")
    assert cleaner.Cleaner().clean_html(page, encoding="cp850") == "Über den Hafen fuhr die Fähre."
    assert cleaner.clean_html(page, encoding="cp850") == "Über den Hafen fuhr die Fähre."
    assert cleaner.explain_html(page, encoding="cp850").text == "Über den Hafen fuhr die Fähre."
    for call in (partial(cleaner.clean_html, page, encoding=850), partial(cleaner.decode, page, 850)):  # type: ignore[arg-type]
        with pytest.raises(cleaner.InputError, match="int where the name of an encoding"):
            call()


@pytest.mark.parametrize("parser", ["html.parser", "html5lib", "lxml"])
def test_a_soup_is_read_the_same_way(parser: str) -> None:
    try:
        soup = bs4.BeautifulSoup(PAGE, parser)
    except bs4.FeatureNotFound:
        pytest.skip(f"{parser} is not installed")
    assert cleaner.clean_html(soup) == cleaner.clean_html(PAGE)
    article = soup.find("article")
    assert isinstance(article, bs4.Tag)
    assert "The harbour reopened" in cleaner.clean_html(article)


def test_what_is_no_html_is_an_error() -> None:
    with pytest.raises(cleaner.InputError, match="got int where HTML is expected"):
        cleaner.clean_html(5)
    soup = bs4.BeautifulSoup("<p>The harbour reopened.</p>", "html.parser")
    with pytest.raises(cleaner.InputError, match="got ResultSet where HTML is expected"):
        cleaner.clean_html(soup.find_all("p"))
    assert cleaner.clean_html(soup.find(string=True)) == "The harbour reopened."


def test_a_page_too_large_is_a_typed_error() -> None:
    small = cleaner.Cleaner(max_bytes=100)
    assert small.clean_html("<p>One</p>") == "One"
    with pytest.raises(cleaner.TooLargeError, match="max_bytes = 100"):
        small.clean_html(b"<p>" + b"x" * 100)


def test_the_command_tells_html_from_text() -> None:
    from cleaner.read.html import looks_like_html

    assert all(
        map(looks_like_html, (PAGE, "<!-- x --><html>", "<nav><a href=/>x</a></nav>", '<?xml version="1.0"?><html>'))
    )
    assert not any(map(looks_like_html, ("A text about <p> tags.", "<b>bold</b> words", "", "1 < 2 and <div")))


def test_halves_of_pairs_in_html_are_joined_or_replaced() -> None:
    page = "<p>The ferry \ud83d\ude00 sailed at nine \ud83d as planned.</p>"
    assert cleaner.clean_html(page) == "The ferry \U0001f600 sailed at nine \ufffd as planned."


def test_attributes_of_a_soup_that_are_no_text() -> None:
    soup = bs4.BeautifulSoup("<ol><li>The harbour reopened on Monday.</ol>", "html.parser")
    soup.ol.attrs |= {"id": 5, "start": 3, "class": None}  # type: ignore[union-attr]
    assert cleaner.clean_html(soup) == "3. The harbour reopened on Monday."
