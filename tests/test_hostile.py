"""Huge and hostile texts come back, and come back right. How fast is for the benchmarks to say."""

from __future__ import annotations

import pytest

import cleaner
from cleaner.rules import slots
from tests.checks import seconds

MEGA = 1_000_000
PROSE = "The harbour reopened on Monday after a week of storms. "

#: A repaired repeat of one character, where it is not the character itself.
ONE_CHARACTER = {
    "x": "x" * 10 * MEGA,
    "\n": "",
    "\t": "",
    "\0": "",
    "\r": "",
    "&": "&" * 10 * MEGA,
    "|": "|" * 10 * MEGA,
    "港": "港" * 10 * MEGA,
    "\u0301": "\u0301" * 10 * MEGA,
    "\u00ad": "",
}


@pytest.mark.parametrize("character", ONE_CHARACTER, ids=ascii)
def test_ten_million_of_one_character(character: str) -> None:
    result = cleaner.clean(character * 10 * MEGA)
    same = result == ONE_CHARACTER[character]
    assert same, (len(result), result[:20])


def test_a_million_lone_surrogates() -> None:
    same = cleaner.clean("\ud83d" * MEGA) == "\ufffd" * MEGA
    assert same


def test_one_line_of_ten_megabytes() -> None:
    text = PROSE * (10 * MEGA // len(PROSE))
    same = cleaner.clean(text) == text.strip()
    assert same


def test_a_long_line_among_furniture() -> None:
    text = PROSE * (MEGA // len(PROSE))
    result = cleaner.clean(f"Skip to content\nBack to top\n\n{text}Read more\n\nShare this article")
    assert len(result) in (len(text) - 1, len(text) + len("Read more"))
    assert result.startswith(PROSE)


def test_a_million_lines_of_one_word() -> None:
    text = "\n".join(f"word{n % 1000}" for n in range(MEGA))
    same = cleaner.Cleaner("careful").clean(text) == text  # the score takes some of them for a menu
    assert same


def test_a_hundred_thousand_equal_lines() -> None:
    line = "The same five or six words in a line"
    text = "\n".join([line] * 100_000)
    assert set(cleaner.clean(text).split("\n")) == {line}


def test_a_hundred_thousand_lines_of_furniture() -> None:
    lines = ["Share", "Advertisement", "Read more", "Skip to content", "Facebook", "Log in", "•"]
    result = cleaner.explain("\n".join(lines * (100_000 // len(lines))))
    assert result.text == ""
    assert result.flags == ("all_furniture",)


@pytest.mark.parametrize(
    "line",
    [
        "Skip to content " * 40_000,
        "Share | Tweet | " * 40_000,
        "Related: " * 60_000,
        "read more " * 60_000,
        "follow us on " * 40_000,
        "(c) " * 100_000,
        "by continuing you agree to cookies " * 15_000,
        "a b " * 125_000,
        "1 2 3 " * 80_000,
        "[" * 500_000,
        "Tags: " + "a, " * 150_000,
        "&amp;" * 100_000,
        "&" + "amp;" * 100_000,
        "Â€™" * 100_000,
    ],
    ids=lambda line: repr(line[:12]),
)
def test_deep_repeats_in_one_line(line: str) -> None:
    result = cleaner.Cleaner("strict").explain(f"{PROSE}\n\n{line}\n\n{PROSE.lower()}")
    assert PROSE.strip() in result.text
    assert not [flag for flag in result.flags if flag.startswith("timeout")]


@pytest.mark.parametrize(
    "block",
    [
        "Read also:\nA story of the harbour\n",
        "Harbour Reopens After Storms\n",
        "Harbour Reopens After Storms | Harbour Post\n",
        "Facebook\nTwitter\nYes\nNo\n",
        "•\n\nSkip to content\n",
        "Latest\n" + PROSE + "\n",
        "Related articles\n",
        "a | b\n",
    ],
    ids=repr,
)
def test_deep_repeats_of_lines(block: str) -> None:
    text = PROSE + "\n" + block * (MEGA // 4 // len(block))
    chosen = cleaner.Cleaner("strict")
    result = chosen.explain(text)
    assert result.text.startswith(PROSE.strip())
    assert cleaner.replay(text, result.cuts) == result.text
    settled = chosen.clean(result.text) == result.text
    assert settled


def test_all_lines_alike_but_for_a_number() -> None:
    text = "\n".join(f"Item {n} of the harbour list" for n in range(200_000))
    same = cleaner.clean(text) == text
    assert same


@pytest.mark.parametrize(
    "mark", ["](http://", "![a](https://", "](a (b", "[12]", "(1)", "[12]a", "[a](b", "**", "\n# "]
)
def test_marks_of_markdown_take_linear_time(mark: str) -> None:
    seconds(cleaner.clean, mark)
    small, large = (seconds(cleaner.clean, mark * (n // len(mark)) + " x") for n in (20_000, 200_000))
    assert large < 25 * max(small, 0.01)


def test_pieces_at_the_end_of_a_line_take_linear_time() -> None:
    few, many = (f"Skip to content\nBack to top\n\n{PROSE}{'(Read more) ' * n}".strip() for n in (3, 2_000))
    assert cleaner.clean(few) == PROSE.strip()
    assert cleaner.clean(many) == many.partition("\n\n")[2]
    small, large = (seconds(cleaner.clean, many + "(Read more) " * n) for n in (0, 18_000))
    assert large < 25 * max(small, 0.01)


def test_links_said_twice_under_a_heading_take_linear_time() -> None:
    def text(n: int) -> str:
        links = "".join(f"Storm closes the ferry quay of the old harbour{i} again\n" * 2 for i in range(n))
        return f"Skip to content\nSkip to navigation\n{PROSE}\nRead also:\n{links}"

    assert cleaner.clean(text(10)) == PROSE.strip()
    small, large = (seconds(cleaner.clean, text(n)) for n in (2_000, 20_000))
    assert large < 25 * max(small, 0.01)


def test_long_lines_are_not_kept() -> None:
    cleaner.clean(f"Skip to content\nBack to top\n\n{PROSE * 20}(Read more)")
    before = slots._key.cache_info().currsize
    cleaner.clean(f"Skip to content\nBack to top\n\n{PROSE * 21}(Read more)")
    assert slots._key.cache_info().currsize == before
