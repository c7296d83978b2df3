"""What holds of every text, tried on pages put together at random, the same ones each time."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cleaner
from cleaner.fold import fold
from cleaner.page import Page
from cleaner.rules.compiled import readable
from cleaner.rules.lookup import with_noughts
from cleaner.rules.matcher import Ruleset
from cleaner.rules.slots import phrase_key
from cleaner.settings import PRESETS
from tests.checks import assert_sound
from tests.strategies import line, pages

CLEANERS = {preset: cleaner.Cleaner(preset) for preset in PRESETS}
OPEN = {preset: cleaner.Cleaner(preset, budget=1.0) for preset in PRESETS}
AGAIN = cleaner.Cleaner("strict")
KEEPING = cleaner.Cleaner("strict", keep=["harbour"])
BARE = cleaner.Cleaner("strict", off=["encoding"])

RULES = Ruleset(readable())
KEYS = {phrase_key(fold(phrase)) for rule in RULES.rules for _, phrases in rule.phrases for phrase in phrases}
COUNTED = sorted(key for key in KEYS if "#" in key)
NUMBERS = st.lists(st.text("0123456789.,' kmb+()\u0663", max_size=6), min_size=3, max_size=3)

modest = settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@pytest.mark.parametrize("preset", PRESETS)
@given(text=pages())
@modest
def test_pages_are_sound(preset: str, text: str) -> None:
    """Idempotent, replayed, nothing invented, ``clean`` and ``explain`` at one."""
    assert_sound(text, CLEANERS[preset])


@given(pages())
@modest
def test_a_result_is_the_same_every_time(text: str) -> None:
    assert AGAIN.explain(text) == CLEANERS["strict"].explain(text)


@given(pages())
@modest
def test_a_stricter_preset_keeps_less(text: str) -> None:
    kept = [len(OPEN[preset].clean(text)) for preset in PRESETS]
    assert kept == sorted(kept, reverse=True)


@given(pages())
@modest
def test_without_the_encoding_stage(text: str) -> None:
    result = BARE.explain(text)
    assert cleaner.replay(text, result.cuts) == result.text
    assert BARE.clean(result.text) == result.text


@given(st.text(max_size=200))
@modest
def test_any_text_is_sound(text: str) -> None:
    assert_sound(text, CLEANERS["strict"])


@given(line, line)
@modest
def test_a_protected_line_stays(one: str, other: str) -> None:
    text = f"Skip to content\n{one}\nRelated harbour articles\n{other}\nShare the harbour\n{one}"
    kept = KEEPING.clean(text).split("\n")
    assert {"Related harbour articles", "Share the harbour"} <= set(kept)


@given(st.sampled_from(COUNTED), NUMBERS, st.text('" ,.(){}', max_size=2))
def test_which_numbers_a_line_has_does_not_matter(phrase: str, numbers: list[str], end: str) -> None:
    line = f"{numbers[2]}{phrase.replace('#', numbers[0], 1).replace('#', numbers[1] or '7')}{end}"
    page = Page([line], [line])
    assert RULES.name(page, with_noughts(line)) == RULES.name(page, line)
