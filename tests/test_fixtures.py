"""Whole pages with the result a careful reader wants: ``fixtures/README.md`` says what each folder holds."""

from __future__ import annotations

from operator import attrgetter

import pytest

import cleaner
from cleaner.settings import PRESETS
from tests.checks import assert_sound
from tests.fixtures import FIXTURES, Case, cases, negatives, read
from tests.golden import golden, main

ARTICLES = cases("articles")
NEGATIVES = negatives()
BY_NAME = attrgetter("name")


FAILURES = cases("known_failures")


def expected_failure(case: Case, reason: str) -> object:
    return pytest.param(case, id=case.name, marks=pytest.mark.xfail(strict=True, reason=reason))


FAILING = [expected_failure(case, " ".join(read(case.folder / "why.txt").split())) for case in FAILURES]


def test_there_are_enough_fixtures() -> None:
    assert len(ARTICLES) >= 25
    assert len(NEGATIVES) >= 25
    assert len(FAILURES) >= 5
    assert all(case.text != case.expected for case in ARTICLES)


@pytest.mark.parametrize("case", ARTICLES, ids=BY_NAME)
def test_article(case: Case) -> None:
    assert cleaner.clean(case.text) == case.expected


@pytest.mark.parametrize("case", ARTICLES, ids=BY_NAME)
def test_the_rules_that_cut_are_the_golden_ones(case: Case) -> None:
    assert golden(case) == read(case.folder / "cuts.txt"), "if this is meant: python -m tests.golden"


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("case", ARTICLES, ids=BY_NAME)
def test_article_is_sound(case: Case, preset: str, cleaners: dict[str, cleaner.Cleaner]) -> None:
    result = assert_sound(case.text, cleaners[preset])
    assert {cut.stage for cut in result.cuts} <= {"encoding", "whitespace", *(stage.name for stage in cleaner.STAGES)}
    assert all(cut.why for cut in result.cuts)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("case", ARTICLES, ids=BY_NAME)
def test_a_clean_article_comes_back_untouched(case: Case, preset: str, cleaners: dict[str, cleaner.Cleaner]) -> None:
    result = cleaners[preset].explain(case.expected)
    assert result.cuts == ()
    assert result.text == case.expected


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", NEGATIVES)
def test_text_without_furniture_comes_back_untouched(
    name: str, preset: str, cleaners: dict[str, cleaner.Cleaner]
) -> None:
    result = cleaners[preset].explain(NEGATIVES[name])
    assert [(cut.line, cut.rule, cut.before) for cut in result.cuts] == []
    assert result.text == NEGATIVES[name]
    assert result.flags == ()


@pytest.mark.parametrize("case", FAILING)
def test_known_failure(case: Case) -> None:
    assert cleaner.clean(case.text) == case.expected


@pytest.mark.parametrize("case", FAILURES, ids=BY_NAME)
def test_a_known_failure_is_sound(case: Case, cleaners: dict[str, cleaner.Cleaner]) -> None:
    assert_sound(case.text, cleaners["standard"])


@pytest.mark.parametrize("name", NEGATIVES)
def test_furniture_around_a_text_goes_and_the_text_stays(name: str) -> None:
    text = NEGATIVES[name]
    page = f"Skip to content\n\n{text}\n\nAll rights reserved."
    kept = cleaner.clean(page).split("\n")
    assert "Skip to content" not in kept
    assert "All rights reserved." not in kept


def test_every_fixture_is_in_its_form() -> None:
    for path in FIXTURES.rglob("expected.txt"):
        assert not read(path).endswith("\n"), path
    for path in (FIXTURES / "negative").glob("*.txt"):
        assert not read(path).endswith("\n"), path
    for folder in (FIXTURES / "known_failures").iterdir():
        assert read(folder / "why.txt").strip(), folder


def test_the_golden_command_knows_its_articles(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no-such-article"]) == 2
    assert "no-such-article" in capsys.readouterr().err
