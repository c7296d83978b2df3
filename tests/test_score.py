"""The stage ``score``: furniture goes, articles stay, clean texts are left alone, and the reasons are told."""

from __future__ import annotations

import subprocess
import sys

import pytest

import cleaner
from cleaner import STAGES, Cleaner, SettingsError, Stage
from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.settings import Settings
from cleaner.stages.contents import has_contents
from cleaner.stages.score import is_whole

MENU = "Harbour Times\nNews\nWeather\nTides\nShips\nPeople\nOpinion\nPuzzles\nJobs\nMarket\nArchive\nAbout the paper\n"
PARAGRAPHS = [
    "Harbour reopens after a week of storms",
    "The harbour of Lower Quay reopened on Monday after a week of storms had kept all boats at their moorings, "
    "the port office said.",
    '"We have not seen waves like these since the winter of 1987," said Anna Holm, who has run the ferry to the '
    "islands for thirty years. Two piers were damaged, and a crane fell on the old fish hall.",
    "Repairs will take months",
    "The town expects the repairs to last until autumn. Until then, larger ships will have to unload at the northern "
    "pier, where the road is narrow and the nights are loud.",
    "Fishermen, who lost a week of income, have asked the county for help. A decision is expected in March, when the "
    "council meets again to talk about the budget for the coming year.",
]
ARTICLE = "\n\n".join(PARAGRAPHS)
TAIL = """
Ferry line to the islands sold to a rival
Ten walks along the northern coast
Why the lighthouse was painted green
Old fish hall to become a library
Tide tables for the whole month
The best chowder in town

News
Weather
Tides
Ships
People
Imprint
Harbour Times Ltd., 4 Quay Street"""
PAGE = MENU + "\n" + ARTICLE + "\n" + TAIL


def scored(text: str) -> str:
    return cleaner.clean(text)


def test_furniture_goes_and_the_article_stays() -> None:
    out = scored(PAGE)
    assert "Puzzles" not in out
    assert "chowder" not in out
    for paragraph in PARAGRAPHS[1:]:
        assert paragraph in out


def test_a_heading_between_paragraphs_stays() -> None:
    assert "Repairs will take months" in scored(PAGE)


def test_a_lone_sentence_among_links_goes() -> None:
    page = PAGE.replace("Puzzles\n", "Puzzles\nThe paper is free for children under twelve.\n")
    assert "children under twelve" not in scored(page)


def test_indented_code_is_not_judged_by_its_looks() -> None:
    code = "def tide(hour):\n    if hour > 12:\n        return low\n    return high"
    out = scored(PAGE.replace("Repairs will take months", "Repairs will take months\n\n" + code))
    assert code in out
    assert "Puzzles" not in out


LONG = ARTICLE + "\n\n" + "\n".join(f"Ship number {i} came in at {i} in the morning." for i in range(24))
WHOLE = f"Skip to content\nLog in\nSubscribe\n{MENU}\n{LONG}\n{TAIL}\nShare on Facebook\n12 comments\nBack to top\n© 2024 The Times"


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (WHOLE, True),
        (WHOLE.removeprefix("Skip to content\n"), True),
        (WHOLE.replace("Share on Facebook\n12 comments", "Accept all cookies"), True),
        (WHOLE.replace(LONG, ARTICLE).replace(MENU, "").replace(TAIL, ""), False),
        (LONG, False),
        (f"{LONG}\nShare on Facebook\n12 comments\nBack to top\n© 2024 Harbour Times", False),
        (f"Log in\n{LONG}\nBack to top", False),
        (f"{LONG}\nSkip to content\nShare on Facebook\n{LONG}", False),
    ],
)
def test_all_of_a_page_is_known_by_the_furniture_at_its_ends(text: str, whole: bool) -> None:
    found = Cleaner(off=["score"]).judge(text)
    assert is_whole(found.page, found.rules) is whole


def test_all_of_a_page_is_cleaned_once() -> None:
    out = scored(WHOLE)
    assert scored(out) == out
    for paragraph in PARAGRAPHS[1:]:
        assert paragraph in out


def test_a_clean_text_is_left_alone() -> None:
    assert scored(ARTICLE) == ARTICLE


def test_scoring_again_cuts_nothing() -> None:
    out = scored(PAGE)
    assert scored(out) == out


@pytest.mark.parametrize(
    ("letters", "marks"),
    [
        ("абвгдежзийклмнопрстуфхцчшщ", {}),
        ("ابتثجحخدذرزسشصضطظعغفقكلمنه", {"?": "؟", ",": "،"}),
        ("अआइईउऊएऐओऔकखगघचछजझटठडढतथदध", {".": "।"}),
    ],
)
def test_other_scripts_are_judged_alike(letters: str, marks: dict[str, str]) -> None:
    latin = "abcdefghijklmnopqrstuvwxyz"
    capitals = letters.upper()
    table = str.maketrans(latin + latin.upper() + "".join(marks), letters + capitals + "".join(marks.values()))
    out = scored(PAGE.translate(table))
    assert "Puzzles".translate(table) not in out
    for paragraph in PARAGRAPHS[1:]:
        assert paragraph.translate(table) in out


def test_the_account_names_the_score_and_facts() -> None:
    result = cleaner.explain(PAGE)
    why = {cut.before: cut.why for cut in result.cuts if cut.rule == "score.furniture"}
    assert "Puzzles" in why
    assert "(0." in why["Puzzles"]
    assert why["Puzzles"].count(",") >= 2
    assert cleaner.replay(PAGE, result.cuts) == result.text == scored(PAGE)


def test_careful_does_not_score() -> None:
    out = Cleaner("careful").clean(PAGE)
    assert "Puzzles" in out
    assert Cleaner(off=["score"]).clean(PAGE).count("\n") > scored(PAGE).count("\n")


def test_threshold() -> None:
    assert Cleaner(threshold=0.0).clean(PAGE) == Cleaner(off=["score"]).clean(PAGE)
    assert len(Cleaner(threshold=0.9).clean(PAGE)) <= len(scored(PAGE))
    with pytest.raises(SettingsError, match="threshold"):
        Cleaner(threshold=1.5)


def test_short_texts_are_not_scored() -> None:
    assert scored("News\nWeather\nTides\nShips") == "News\nWeather\nTides\nShips"


def test_numpy_is_not_loaded_with_the_package() -> None:
    code = "import sys, cleaner; cleaner.clean('A line.\\nAnother.'); sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_words_keep_company_when_score_takes_what_stood_between() -> None:
    def takes(page: Page, rules: Ruleset, settings: Settings) -> list[Mark]:
        number = rules.number["score.furniture"]
        return [(i, number, None, None) for i, line in enumerate(page.lines) if page.kept[i] and "bridge" in line]

    stages = tuple(Stage(s.name, takes) if s.name == "score" else s for s in STAGES)
    text = "The ferry sailed at dawn.\n\nShare\nA bridge of iron spans it\nTweet"
    assert Cleaner(off=["score"]).clean(text) == text
    assert Cleaner(stages=stages).clean(text) == "The ferry sailed at dawn."


def manual() -> str:
    """A manual with a table of contents, whose entries begin with a number."""
    parts = ["Rope", "Sail", "Anchor", "Weather", "Harbours", "Signals", "Oars", "Engine", "Food", "Charts"]
    words = ["kinds", "care", "names", "uses", "faults", "prices", "history"]
    contents = [
        line
        for i, part in enumerate(parts, 1)
        for line in (f"{i}. {part}", *(f"{i}.{j}. {part}: {word}" for j, word in enumerate(words, 1)))
    ]
    first = "This book is for those who go to sea for the first time. It was written by the pilots of the coast."
    text = [f"{part}\n\n" + ARTICLE.replace("harbour", part.lower()) for part in parts[:3]]
    return "\n".join(["The pilots' handbook", "", first, "", "Contents", "", *contents, "", "\n\n".join(text)])


def test_a_table_of_contents_by_number_is_no_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    text = manual()
    assert cleaner.clean(text) == text
    monkeypatch.setattr(sys.modules["cleaner.stages.score"], "has_contents", lambda lines: False)
    assert "Anchor: uses" not in cleaner.clean(text)


@pytest.mark.parametrize("entry", ["12.50 euros", "2.{i}.1 has come out", "{i}. Anchor", "2.{i}9 km"])
def test_what_counts_otherwise_is_no_table_of_contents(entry: str) -> None:
    assert not has_contents([entry.format(i=i % 7) for i in range(60)])
