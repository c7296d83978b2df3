"""The library as people call it: settings, results, errors, and what must not depend on what."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

import pytest

import cleaner
from cleaner.settings import PRESETS, SMALL_CHANGE
from tests.checks import assert_sound
from tests.fixtures import Case, cases, negatives

ARTICLES = cases("articles")
PROSE = "The harbour reopened on Monday after a week of storms."
PAGE = f"Skip to content\nBack to top\n\n{PROSE}\n\nFacebook\nTwitter\nInstagram\n\nShare this article\n\nRelated articles\n\nStorm in May"
MINE = ("mine.toml", '[a]\nstage = "phrases"\nwhy = "mine"\nphrases = ["Quiz of the week"]\n')


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"preset": "standart"}, "unknown preset 'standart'; did you mean 'standard'"),
        ({"preset": "x"}, "unknown preset 'x'; known: careful, standard, strict"),
        ({"preset": None}, "unknown preset None"),
        ({"preset": ["strict"]}, "unknown preset"),
        ({"off": ["shar"]}, "off: there is no stage, rule file or rule 'shar'; did you mean 'share'"),
        ({"off": ["share.button"]}, "did you mean 'share.buttons'"),
        ({"off": ["tail"]}, "did you mean 'tails'"),
        ({"lang": "en-US"}, "there are no rules for 'en-US'; did you mean 'en'"),
        ({"lang": 5}, "lang is the code of a language"),
        ({"lang": "deu"}, "there are no rules for 'deu'; did you mean 'de'"),
        ({"off": ["encodings"]}, "did you mean 'encoding'"),
        ({"on": ["unwrapp"]}, "on: .* did you mean 'unwrap'"),
        ({"off": "share"}, r"off takes a list, not the single item 'share'; write \['share'\]"),
        ({"on": "unwrap"}, "on takes a list"),
        ({"keep": "Share"}, "keep takes a list"),
        ({"rules": "mine.toml"}, "rules takes a list"),
        ({"off": 5}, "off takes a list"),
        ({"off": None}, "off takes a list"),
        ({"rules": None}, "rules takes a list"),
        ({"rules": [None]}, "rules takes paths and pairs"),
        ({"rules": [("mine.toml",)]}, "pairs"),
        ({"rules": [("mine.toml", 3)]}, "pairs"),
        ({"rules": [("mine.toml", "", "")]}, "pairs"),
        ({"off": [1]}, "off takes a list of strings"),
        ({"keep": [""]}, "keep holds an empty string"),
        ({"off": [""]}, "off holds an empty string"),
        ({"budget": 2}, "budget is a share between 0 and 1"),
        ({"budget": -0.1}, "budget is a share"),
        ({"budget": float("nan")}, "budget is a share"),
        ({"budget": "half"}, "budget is a share"),
        ({"budget": True}, "budget is a share"),
        ({"threshold": True}, "threshold is a chance"),
        ({"stages": ["phrases"]}, "stages takes"),
        ({"settings": "strict"}, "settings takes"),
        ({"settings": cleaner.Settings(), "preset": "strict"}, "one or the other"),
        ({"settings": cleaner.Settings(), "keep": ["x"]}, "one or the other"),
        ({"settings": cleaner.Settings(), "lang": "de"}, "one or the other"),
        ({"settings": cleaner.Settings(), "format": "markdown"}, "one or the other"),
        ({"settings": cleaner.Settings(), "comments": True}, "one or the other"),
        ({"settings": cleaner.Settings(), "max_bytes": 10}, "one or the other"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_setting_is_named(settings: dict[str, object], message: str) -> None:
    with pytest.raises(cleaner.SettingsError, match=message):
        cleaner.Cleaner(**settings)  # type: ignore[arg-type]


def test_settings_are_plain_frozen_data() -> None:
    settings = cleaner.Settings(off=["share"], rules=[list(MINE)])  # type: ignore[arg-type]
    assert settings == cleaner.Settings(off=("share",), rules=(MINE,))
    assert len({settings, cleaner.Settings(off=("share",), rules=(MINE,))}) == 1
    assert pickle.loads(pickle.dumps(settings)) == settings
    names = ["tails", "share", "score", "repeats", "menu", "rights", "company", "tidy"]
    for given in (cleaner.Settings(off=set(names)), cleaner.Cleaner(off=set(names)).settings):  # type: ignore[arg-type]
        assert given.off == tuple(sorted(names)), "the order of a set is another in each process"
    with pytest.raises(AttributeError):
        settings.preset = "strict"  # type: ignore[misc]
    for wrong in ({"off": "x"}, {"rules": "x"}, {"rules": [("a",)]}, {"keep": 3}):
        with pytest.raises(cleaner.SettingsError):
            cleaner.Settings(**wrong)  # type: ignore[arg-type]
    assert cleaner.Cleaner(settings=settings).clean(PAGE) == cleaner.Cleaner(off=["share"], rules=[MINE]).clean(PAGE)


@pytest.mark.parametrize(
    ("value", "said"),
    [(b"text", "bytes"), (bytearray(b"text"), "bytes"), (None, "NoneType"), (3, "int"), (["text"], "list")],
    ids=str,
)
def test_what_is_no_text_is_refused(value: object, said: str) -> None:
    chosen = cleaner.Cleaner()
    calls: list[Callable[[], object]] = [
        lambda: cleaner.clean(value),  # type: ignore[arg-type]
        lambda: cleaner.explain(value),  # type: ignore[arg-type]
        lambda: chosen.clean(value),  # type: ignore[arg-type]
        lambda: chosen.explain(value),  # type: ignore[arg-type]
        lambda: list(chosen.clean_many([value])),  # type: ignore[list-item]
    ]
    for call in calls:
        with pytest.raises(cleaner.InputError, match=said):
            call()


def test_errors_have_one_base() -> None:
    for error in (cleaner.InputError, cleaner.SettingsError, cleaner.RuleError, cleaner.ReplayError):
        assert issubclass(error, cleaner.CleanerError)
    assert issubclass(cleaner.RuleTimeoutWarning, UserWarning)


def test_clean_many_is_lazy_and_keeps_the_order() -> None:
    seen = []

    def texts() -> Iterator[str]:
        for case in ARTICLES:
            seen.append(case.name)
            yield case.text

    results = cleaner.Cleaner().clean_many(texts())
    assert seen == []
    assert next(results) == ARTICLES[0].expected
    assert len(seen) == 1
    assert list(results) == [case.expected for case in ARTICLES[1:]]


def test_clean_many_takes_no_single_text() -> None:
    with pytest.raises(cleaner.InputError, match=r"got one text .* write \[text\]"):
        next(cleaner.Cleaner().clean_many("one line of text"))


def test_clean_many_says_which_text_is_none() -> None:
    results = cleaner.Cleaner().clean_many(["one line of text", b"two"])  # type: ignore[list-item]
    assert next(results) == "one line of text"
    with pytest.raises(cleaner.InputError, match=r"text 1: got bytes .* cleaner\.decode"):
        next(results)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_cleaner_travels_as_its_settings(preset: str) -> None:
    chosen = cleaner.Cleaner(preset, rules=[MINE], off=["share.buttons"], keep=["Storm"])
    before = len(pickle.dumps(chosen))
    results = [chosen.explain(case.text) for case in ARTICLES]
    data = pickle.dumps(chosen)
    assert len(data) == before < 2000
    again = pickle.loads(data)
    assert set(chosen.__getstate__()) == {"settings", "stages"}
    assert again.settings == chosen.settings
    assert [again.explain(case.text) for case in ARTICLES] == results
    assert pickle.loads(pickle.dumps(results)) == results


def test_threads_get_the_same_results() -> None:
    chosen = cleaner.Cleaner("strict")
    texts = [case.text for case in ARTICLES] * 3
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(chosen.clean, texts))
    other = cleaner.Cleaner("strict")
    assert found == [other.clean(text) for text in texts]


def test_results_do_not_depend_on_earlier_texts() -> None:
    texts = [case.text for case in ARTICLES] + list(negatives().values())
    expected = {text: cleaner.Cleaner(off=["tidy"]).explain(text) for text in texts[:5]}
    chosen = cleaner.Cleaner(off=["tidy"])
    order = texts * 2
    random.Random(1).shuffle(order)
    for text in order:
        result = chosen.explain(text)
        assert expected.setdefault(text, result) == result


@pytest.mark.parametrize("case", ARTICLES, ids=lambda case: case.name)
def test_a_stricter_preset_cuts_all_that_a_gentler_one_does(case: Case, cleaners: dict[str, cleaner.Cleaner]) -> None:
    gone = []
    for preset in PRESETS:
        result = cleaners[preset].explain(case.text)
        gone.append({(cut.line, cut.part) for cut in result.cuts if cut.kind != "repair"})
    careful, standard, strict = gone
    assert careful <= standard <= strict


def test_presets_hold_more_and_more_rules() -> None:
    careful, standard, strict = (
        {rule.id for rule in cleaner.Cleaner(preset).rules} for preset in ("careful", "standard", "strict")
    )
    assert careful < standard < strict


def furniture(lines: int) -> str:
    return "\n".join(f"Related: story number {n} of the harbour and its many storms" for n in range(lines))


def test_the_budget_falls_back_to_a_gentler_preset() -> None:
    text = f"Skip to content\nBack to top\n\n{PROSE}\n\n{furniture(40)}"
    assert len(furniture(40)) > SMALL_CHANGE
    result = assert_sound(text, cleaner.Cleaner())
    assert result.flags == ("over_removal",)
    assert result.text == cleaner.Cleaner("careful").clean(text)
    assert "Related: story number 7 " in result.text
    assert "Skip to content" not in result.text
    free = assert_sound(text, cleaner.Cleaner(budget=1.0))
    assert free.flags == ()
    assert free.text == PROSE
    strict = assert_sound(text, cleaner.Cleaner("strict"))
    assert strict.flags == ("over_removal",)
    assert strict.text == result.text


def test_a_small_budget_still_lets_small_cuts_pass() -> None:
    text = f"{PROSE}\n\nRelated: story of a storm\n\nSkip to content\n\nBack to top"
    result = cleaner.Cleaner(budget=0.0).explain(text)
    assert result.text == PROSE
    assert result.flags == ()


def test_all_furniture_and_empty() -> None:
    furnished = cleaner.explain("Skip to content\n\nShare this article\n\nAll rights reserved")
    assert (furnished.text, furnished.flags) == ("", ("all_furniture",))
    assert cleaner.replay(furnished.original, furnished.cuts) == ""
    for text in ("", " ", "\n\n", " \t\u3000\n\r\n", "\u00a0", "&nbsp;", "\u200b\n\ufeff"):
        result = assert_sound(text, cleaner.Cleaner())
        assert (result.text, result.flags) == ("", ("empty",))


@pytest.mark.parametrize(
    ("off", "stays"),
    [
        (["share"], ["Facebook", "Twitter", "Instagram", "Share this article"]),
        (["share.buttons"], ["Share this article"]),
        (["share.networks"], ["Facebook", "Twitter", "Instagram"]),
        (["tails"], ["Related articles", "Storm in May"]),
        (["related"], ["Related articles", "Storm in May"]),
        (
            ["phrases", "company"],
            ["Skip to content", "Back to top", "Facebook", "Twitter", "Instagram", "Share this article"],
        ),
    ],
)
def test_off(off: list[str], stays: list[str]) -> None:
    assert cleaner.clean(PAGE) == PROSE
    result = assert_sound(PAGE, cleaner.Cleaner(off=[*off, "score"]))  # which might know what is left by its looks
    assert [line for line in result.text.split("\n") if line and line != PROSE] == stays


def test_keep_outranks_every_stage_whatever_the_case() -> None:
    result = assert_sound(PAGE, cleaner.Cleaner(keep=["STORM IN", "share this"]))
    assert result.text == f"{PROSE}\n\nShare this article\n\nStorm in May"


def strike_prose(page: cleaner.Page, rules: object, settings: object) -> list[tuple[int, int, None, str]]:
    return [(i, 0, None, "shouted") for i, line in enumerate(page.lines) if line.isupper()]


def test_stages_of_ones_own() -> None:
    own = cleaner.Stage("shouts", strike_prose)  # type: ignore[arg-type]
    text = f"Skip to content\n\n{PROSE}\n\nNOBODY LEAVES THE QUAY"
    chosen = cleaner.Cleaner(stages=(*(s for s in cleaner.STAGES if s.name == "phrases"), own))
    result = assert_sound(text, chosen)
    assert result.text == PROSE
    assert [cut.stage for cut in result.cuts] == ["phrases", "shouts"]
    assert result.cuts[-1].why.endswith("(shouted)")
    assert cleaner.Cleaner(stages=(*cleaner.STAGES, own), off=["shouts"]).clean(text) == cleaner.clean(text)
    assert cleaner.Cleaner(stages=()).clean(text) == text
    assert cleaner.Cleaner(stages=(own,), keep=["nobody"]).clean(text) == text
    assert pickle.loads(pickle.dumps(chosen)).clean(text) == PROSE


def test_the_table_of_stages_is_what_runs() -> None:
    names = [stage.name for stage in cleaner.STAGES]
    assert names == [
        "place",
        "phrases",
        "company",
        "tails",
        "repeats",
        "company",
        "score",
        "company",
        "repeats",
        "tidy",
    ]
    table = iter(names)
    assert all(stage in table for stage, _ in groupby(cut.stage for cut in cleaner.explain(PAGE).cuts))


@pytest.mark.parametrize("off", [[], ["encoding"], ["whitespace"], ["encoding", "whitespace"]], ids=str)
@pytest.mark.parametrize(
    "text",
    [
        "\ud83d",
        f"\udc00 Skip to content \ud83d\n\n{PROSE}\ud83d",
        f"\ud83dShare this article\nShare this article\n\n{PROSE}",
        f"Skip to\0content\n\0\n{PROSE}\0",
        "\0" * 50,
        "\0\n\0",
        " \n\t\n \u200b\n\u3000",
        f"\ufeff{PROSE}\r\n\r\nBack to top\r\n",
        "\u0130stanbul \u0130\n\u0130 \u0130\n" * 3,
        f"{PROSE}\x0bBack to top\x0c\x85Skip to content\u2028\u2029{PROSE}",
        f"\u202eShare this article\u202c\n\n{PROSE}",
    ],
    ids=ascii,
)
def test_odd_characters(text: str, off: list[str]) -> None:
    chosen = cleaner.Cleaner("strict", off=off)
    if "whitespace" in off:
        result = chosen.explain(text)
        assert cleaner.replay(text, result.cuts) == result.text == chosen.clean(text)
    elif "encoding" in off:
        result = chosen.explain(text)
        assert cleaner.replay(text, result.cuts) == result.text == chosen.clean(text)
        assert chosen.clean(result.text) == result.text
    else:
        assert_sound(text, chosen)


def test_replay_refuses_another_text() -> None:
    cuts = cleaner.explain(PAGE).cuts
    with pytest.raises(cleaner.ReplayError, match=r"rule skip\.\w+: line 1 is"):
        cleaner.replay("Another\n" * 30, cuts)
    with pytest.raises(cleaner.ReplayError, match="there is no line"):
        cleaner.replay("Skip to content", cuts)


def test_public_names_exist() -> None:
    assert all(hasattr(cleaner, name) for name in cleaner.__all__)
    assert sorted(cleaner.__all__) == sorted(set(cleaner.__all__))
    assert repr(cleaner.Cleaner("strict")).startswith("Cleaner(settings=Settings(preset='strict'")
