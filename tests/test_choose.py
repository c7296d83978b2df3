"""Which lines of a page of HTML stay, given their chances."""

from __future__ import annotations

import numpy as np
import pytest

from cleaner.model.decide_html import SHARES, by_chance, by_chance_in_python, choose, together
from cleaner.model.features import Measures
from cleaner.model.places import HTML_COLUMNS, Places

#: Words, chance, what else is so.
PARAGRAPH = (60, 0.99, {})


def places_of(*lines: tuple[int, float, dict[str, float]]) -> tuple[np.ndarray, Places]:
    """The lines' chances, and places; those with the same ``like`` are written alike."""
    x = np.zeros((len(HTML_COLUMNS), len(lines)), np.float32)
    for i, (_, _, known) in enumerate(lines):
        for name, value in ((k, v) for k, v in known.items() if k != "like"):
            x[HTML_COLUMNS.index(name), i] = value
    words, scores = (np.array([line[k] for line in lines], np.float32) for k in (0, 1))
    none = np.zeros(0, np.int64)
    group = np.unique([known.get("like", 10 + i) for i, (_, _, known) in enumerate(lines)], return_inverse=True)[1]
    return scores, Places(Measures(x, words, words, none, none, none), none, none, group)


def stays(*lines: tuple[int, float, dict[str, float]], share: float = SHARES["standard"]) -> list[bool]:
    """Of each line whether it stays."""
    scores, places = places_of(*lines)
    by_one = by_chance(scores, places, share)
    assert by_chance_in_python(scores, places, share).tolist() == by_one.tolist()
    keep: list[bool] = choose(scores, places, share).tolist()
    assert together(by_one, places).tolist() == keep
    return keep


@pytest.mark.parametrize(
    ("chances", "stay"),
    [((0.9, 0.9, 0.05, 0.05), True), ((0.9, 0.05, 0.05, 0.05), None), ((0.9, 0.05, 0.05, 0.05, 0.05), False)],
)
def test_in_a_list_of_cards_lines_written_alike_stay_together(chances: tuple[float, ...], stay: bool | None) -> None:
    prices = [(2, chance, {"like": 1}) for chance in chances]
    titles = [(9, 0.9, {"like": 0})] * 8
    assert stays(*titles, *prices) == [True] * 8 + [c > 0.5 if stay is None else stay for c in chances]
    article = [PARAGRAPH] * 8
    assert stays(*article, *prices) == [True] * 8 + [c > 0.5 for c in chances], "running text is chosen line by line"


def test_two_lines_alike_are_no_list() -> None:
    assert stays(*[(9, 0.9, {})] * 8, (2, 0.9, {"like": 1}), (2, 0.05, {"like": 1})) == [True] * 9 + [False]


@pytest.mark.parametrize(
    ("chance", "known", "stay"),
    [
        (0.9, {"linked": 1.0}, False),
        (0.95, {"linked": 1.0}, True),
        (0.9, {"linked": 0.5}, True),
        (0.7, {"linked": 1.0, "tag_h3": 1.0}, False),
        (0.9, {"linked": 1.0, "tag_h3": 1.0}, True),
        (0.7, {"near_w_caption": 1.0}, False),
        (0.8, {"near_caption": 1.0}, True),
        (0.7, {"near_caption": 1.0, "tag_h2": 1.0}, True),
        (0.7, {}, True),
    ],
)
def test_in_running_text_a_link_or_a_caption_needs_a_better_chance(
    chance: float, known: dict[str, float], stay: bool
) -> None:
    lines = [*[PARAGRAPH] * 6, (12, chance, known), *[PARAGRAPH] * 6]
    assert stays(*lines) == [True] * 6 + [stay] + [True] * 6
    assert all(stays(*lines, share=0.2)), "a gentler share asks for less"


def test_where_links_or_pictures_are_the_page_they_stay() -> None:
    for known in ({"linked": 1.0}, {"near_w_caption": 1.0}):
        assert all(stays(*[PARAGRAPH] * 6, *[(12, 0.7, known)] * 12))
    assert all(stays(*[(15, 0.9, {})] * 10, (12, 0.7, {"linked": 1.0}))), "short lines are no running text"


@pytest.mark.parametrize(
    ("chance", "known", "stay"),
    [
        (0.15, {"tag_p": 1.0, "prose": 1.0}, True),
        (0.15, {"tag_h2": 1.0, "prose": 1.0}, True),
        (0.05, {"tag_p": 1.0, "prose": 1.0}, False),
        (0.15, {"tag_p": 1.0}, False),
        (0.15, {"tag_p": 1.0, "prose": 1.0, "near_caption": 1.0}, False),
        (0.15, {"tag_p": 1.0, "prose": 1.0, "linked": 1.0}, False),
    ],
)
def test_a_standfirst_stays(chance: float, known: dict[str, float], stay: bool) -> None:
    headline, lead = (9, 0.05, {"tag_h1": 1.0}), (25, chance, known)
    assert stays(headline, lead, *[PARAGRAPH] * 12) == [False, stay] + [True] * 12
    assert not stays(lead, headline, *[PARAGRAPH] * 12)[0], "it stands under the headline"


@pytest.mark.parametrize(
    ("headings", "stay"),
    [
        (("h2",), (True,)),
        (("h1",), (True,)),
        (("h1", "h2"), (True, False)),
        (("h2", "h1"), (False, True)),
        (("h2", "h2"), (False, False)),
        (("h3",), (False,)),
    ],
)
def test_where_there_is_no_h1_an_only_h2_is_the_headline(headings: tuple[str, ...], stay: tuple[bool, ...]) -> None:
    above = [(4, 0.05, {f"tag_{heading}": 1.0, "in_winner": 1.0}) for heading in headings]
    assert stays(*above, *[PARAGRAPH] * 12) == [*stay, *[True] * 12]
