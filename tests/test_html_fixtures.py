"""Pages of many kinds as HTML: ``fixtures/README.md`` says what each folder holds."""

from __future__ import annotations

from operator import attrgetter

import bs4
import pytest

import cleaner
from tests.fixtures import HtmlCase, html_cases, read
from tests.golden import golden

CASES = html_cases()
RIGHT = [case for case in CASES if not case.why]
BY_NAME = attrgetter("name")
MARKED = [
    pytest.param(case, id=case.name, marks=[pytest.mark.xfail(strict=True, reason=case.why)] * bool(case.why))
    for case in CASES
]
#: Lines of so many bytes are prose in any script.
LONG = 60


def test_there_are_enough_pages() -> None:
    assert len(CASES) >= 8
    assert all((case.folder / "cuts.txt").exists() != bool(case.why) for case in CASES)


@pytest.mark.parametrize("case", MARKED)
def test_page(case: HtmlCase) -> None:
    assert cleaner.clean_html(case.html) == case.expected


@pytest.mark.parametrize("case", RIGHT, ids=BY_NAME)
def test_the_rules_that_cut_are_the_golden_ones(case: HtmlCase) -> None:
    assert golden(case) == read(case.folder / "cuts.txt"), "if this is meant: python -m tests.golden"


@pytest.mark.parametrize("case", CASES, ids=BY_NAME)
def test_no_prose_is_lost(case: HtmlCase) -> None:
    kept = cleaner.clean_html(case.html).split("\n")
    assert [line for line in case.expected.split("\n") if len(line.encode()) >= LONG and line not in kept] == []


@pytest.mark.parametrize("case", CASES, ids=BY_NAME)
def test_bytes_text_and_soup_give_the_same(case: HtmlCase) -> None:
    result = cleaner.explain_html(case.html)
    assert cleaner.replay(result.original, result.cuts) == result.text
    assert cleaner.clean_html(case.html.decode()) == result.text
    # html.parser adds no <tbody> as the standard asks: tables of these pages have it written
    assert cleaner.clean_html(bs4.BeautifulSoup(case.html, "html.parser")) == result.text
