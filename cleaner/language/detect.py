"""Tell the language of a text from its script and its function words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from cleaner.native import kernels

#: Scripts by range. A code stands for a script of one language here; a longer name for one that several share.
_SCRIPTS = (
    ("A", "\u024f", "latin"), ("\u1e00", "\u1eff", "latin"), ("\u0400", "\u04ff", "cyrillic"),
    ("\u4e00", "\u9fff", "han"), ("\u3040", "\u30ff", "ja"), ("\uac00", "\ud7af", "ko"),
    ("\u0600", "\u06ff", "arabic"), ("\u0900", "\u097f", "devanagari"), ("\u0590", "\u05ff", "hebrew"),
    ("\u0370", "\u03ff", "el"), ("\u0530", "\u058f", "hy"), ("\u10a0", "\u10ff", "ka"), ("\u1200", "\u137f", "am"),
    ("\u0980", "\u09ff", "bn"), ("\u0a00", "\u0a7f", "pa"), ("\u0a80", "\u0aff", "gu"), ("\u0b00", "\u0b7f", "or"),
    ("\u0b80", "\u0bff", "ta"), ("\u0c00", "\u0c7f", "te"), ("\u0c80", "\u0cff", "kn"), ("\u0d00", "\u0d7f", "ml"),
    ("\u0d80", "\u0dff", "si"), ("\u0e00", "\u0e7f", "th"), ("\u0e80", "\u0eff", "lo"), ("\u1000", "\u109f", "my"),
    ("\u1780", "\u17ff", "km"),
)  # fmt: skip
#: Characters that only simplified and only traditional Chinese writes.
_SIMPLIFIED = frozenset("们这国来时说对为会个过还发经问长开关学现实见点动业东车进与产报务区")
_TRADITIONAL = frozenset("們這國來時說對為會個過還發經問長開關學現實見點動業東車進與產報務區")
#: How much of a text is looked at, and how many function words make a finding.
SAMPLE = 1_200
LONG_LINE = 80
MOST_LINES = 30
FEWEST_WORDS = 6
#: A word that stands there more often counts no more.
MOST_COUNTED = 20
#: The best language must be this much ahead of the second.
LEAD = 1.15

#: One of these every so many characters: English, and no other language needs to be looked for.
ENGLISH_EVERY = 100
_ENGLISH = (" the ", " of ", " and ", " to ")
_ASCII = bytes(range(0x80))
_NO_ASCII_LETTERS = bytes(b for b in range(0x100) if not (b < 0x80 and chr(b).isalpha()))
#: All that is no letter of ASCII and no apostrophe becomes a space.
_PARTS = bytes(c if (c < 0x80 and chr(c).isalpha()) or c == ord("'") else 32 for c in range(0x100))
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, list[str]]]:
    """Script -> word -> the languages that have it."""
    import tomllib  # noqa: PLC0415
    from importlib import resources  # noqa: PLC0415

    data = tomllib.loads(resources.files("cleaner.language").joinpath("words.toml").read_text(encoding="utf-8"))
    tables: dict[str, dict[str, list[str]]] = {}
    for script, languages in data.items():
        table = tables[script] = {}
        for language in sorted(languages):
            for word in dict.fromkeys(languages[language].split()):
                table.setdefault(word, []).append(language)
    return tables


@lru_cache(maxsize=32)
def _longest(script: str) -> int:
    """The letters of the longest word that is known of a script."""
    return max(map(len, _words()[script]))


def detect(text: str) -> str | None:
    """Tell the language of a text.

    Args:
        text: the text, or what :func:`sample` takes from it.

    Returns:
        A code such as ``"de"`` or ``"zh-hant"``; None if the text is too short or too mixed to tell.
    """
    english = 0
    for word in _ENGLISH:
        english += text.count(word)
        if english * ENGLISH_EVERY > len(text):
            return "en"
    letters = _letters(text)
    if letters["ja"] and letters["ja"] * 8 > letters["han"]:
        return "ja"
    if not letters:
        return None
    letters["han"] *= 2
    best = max(letters, key=lambda name: letters[name])
    if best == "han":
        found = set(text)
        return "zh-hant" if len(found & _TRADITIONAL) > len(found & _SIMPLIFIED) else "zh"
    return _by_words(text, best) if best in _words() else best


def _letters(text: str) -> Counter[str]:
    """How many letters of each script there are; ASCII, all of it Latin, is counted as bytes."""
    data = text.encode("utf-8", "surrogatepass")
    other = data.translate(None, _ASCII).decode("utf-8", "surrogatepass")
    letters = Counter({"latin": len(data.translate(None, _NO_ASCII_LETTERS)) if other else 1})
    for character, count in Counter(other).items():
        letters[_script(character)] += count
    del letters[""]
    return +letters


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    """The script of a character, or the one language written in it; empty for marks, digits and other scripts."""
    if not character.isalpha():
        return ""
    return next((name for first, last, name in _SCRIPTS if first <= character <= last), "")


def sample(lines: list[str]) -> str:
    """As much of a text as tells its language: long lines, since furniture of another language is short.

    Args:
        lines: the text's lines.

    Returns:
        Some of them, joined.
    """
    longer = kernels.longer if kernels is not None else longer_in_python
    chosen = longer(lines, LONG_LINE, SAMPLE, SAMPLE)
    if sum(map(len, chosen)) <= SAMPLE // 4:
        chosen = sorted(lines, key=len, reverse=True)[:MOST_LINES]
    return "\n".join(chosen)[: 2 * SAMPLE]


def longer_in_python(lines: list[str], size: int, enough: int, most: int) -> list[str]:
    """The lines of more characters, each cut off after ``most``, until they have more than ``enough`` together."""
    chosen: list[str] = []
    total = 0
    for line in lines:
        if len(line) > size:
            chosen.append(line[:most])
            total += len(chosen[-1])
            if total > enough:
                break
    return chosen


def _words_of(text: str) -> list[str]:
    """The words of a text of small letters, in no order; of ASCII they are told apart by what is no letter."""
    if not text.isascii():
        return _WORD.findall(text)
    words = text.encode().translate(_PARTS).decode().split()
    joined = [word for word in words if "'" in word]
    if joined:
        words = [word for word in words if "'" not in word] + [part for word in joined for part in _WORD.findall(word)]
    return words


def weigh_words_in_python(table: Mapping[str, Sequence[str]], text: str, most: int) -> tuple[dict[str, float], int]:
    """Weigh the languages of a text of small letters by its words.

    Args:
        table: word -> the languages that have it.
        text: the text.
        most: a word that stands there more often counts no more.

    Returns:
        Of each language the weight of its words, of which one of several languages weighs less for each; and how many
        words there are.
    """
    words = Counter(filter(table.__contains__, _words_of(text)))
    weights: dict[str, float] = defaultdict(float)
    for word in sorted(words):
        for language in table[word]:
            weights[language] += min(words[word], most) / len(table[word])
    return weights, words.total()


def _by_words(text: str, script: str) -> str | None:
    table = _words()[script]
    small = text.lower().replace("’", "'")
    weights, hits = (
        kernels.weigh_words(table, small, MOST_COUNTED, _longest(script))
        if kernels is not None
        else weigh_words_in_python(table, small, MOST_COUNTED)
    )
    if hits < FEWEST_WORDS:
        return None
    ranked = sorted(weights, key=lambda language: -weights[language])
    second = weights[ranked[1]] if len(ranked) > 1 else 0.0
    return ranked[0] if weights[ranked[0]] > LEAD * second else None
