"""Views of a labelled page to learn from: as it is, cut short, in other scripts, without blank lines, ..."""

from __future__ import annotations

import random
import re
import tomllib
import zlib
from dataclasses import replace
from functools import lru_cache
from importlib import resources

import numpy as np

from training.data import WORD, Text

_LATIN = "abcdefghijklmnopqrstuvwxyz"
#: Letters to write English with, so that only the shape of a text is left: (letters, their capitals, marks).
_SCRIPTS = {
    "greek": ("αβγδεζηθικλμνξοπρστυφχψωάέ", "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈ", {}),
    "cyrillic": ("абвгдежзийклмнопрстуфхцчшщ", "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩ", {}),
    "arabic": ("ابتثجحخدذرزسشصضطظعغفقكلمنه", None, {"?": "؟", ",": "،", ";": "؛"}),
    "urdu": ("ابتثجحخدذرزسشصضطظعغفقكلمنه", None, {"?": "؟", ",": "،", ".": "۔"}),
    "hebrew": ("אבגדהוזחטיכלמנסעפצקרשתךםןף", None, {}),
    "hindi": ("अआइईउऊएऐओऔकखगघचछजझटठडढतथदध", None, {".": "।"}),
}
_HAN = (
    "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用"
    "发天如然作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从知使明实电理情外"
)
_KANA = (
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん"
    "アイウエオカキクケコサシスセソタチツテトナニヌネノ"
)
_THAI = "กขคงจชซญดตถทนบปผพฟมยรลวสหอ"
_HANGUL = "가나다라마바사아자차카타파하거너더러머버서어저처커터은는이을를에의도고지만리기해한있없게"
#: Scripts of which a letter stands for more than one of English: letters, and how many go to a letter of English.
_DENSE = {
    "han": (_HAN, 0.34), "japanese": (_HAN + _KANA * 2, 0.45), "kana": (_KANA, 0.55), "thai": (_THAI, 1.0),
    "hangul": (_HANGUL, 0.45),
}  # fmt: skip
#: Languages whose phrases go with a script.
_SPOKEN = {
    "latin": ("de", "fr", "es", "it", "pt", "nl", "pl", "tr", "vi", "sv", "id", "cs", "ro", "hu", "fi"),
    "greek": ("el",), "cyrillic": ("ru", "uk", "bg", "sr"), "arabic": ("ar", "fa"), "urdu": ("ur",),
    "hebrew": ("he",), "hindi": ("hi", "mr"), "hangul": ("ko",), "han": ("zh", "zh-hant"), "japanese": ("ja",),
    "kana": ("ja",), "thai": ("th",),
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_WIDE = {".": "。", ",": "、", "?": "？", "!": "！", ":": "：", "(": "（", ")": "）"}


def lower(text: Text, rng: random.Random) -> Text:
    """All small letters."""
    return replace(text, lines=[line.lower() for line in text.lines])


def foreign(text: Text, rng: random.Random) -> Text:
    """The same shapes in a script of its own, with words nobody knows, and some furniture as it is said there."""
    name = rng.choice(
        [*_SCRIPTS, "latin", "latin", "latin", "latin", "han", "japanese", "japanese", "hangul", "hangul", "thai"]
    )
    if name in _DENSE:
        return _spoken(_dense(text, rng, name), rng, name)
    if name == "latin":
        vowels, rest = list("aeiou"), list("bcdfghjklmnpqrstvwxyz")
        order = dict(zip(vowels, rng.sample(vowels, 5), strict=True))
        order |= dict(zip(rest, rng.sample(rest, 21), strict=True))
        if rng.random() < 0.5:
            order |= dict(zip("aeiouns", "äéíöüñš", strict=True)) if rng.random() < 0.5 else {}
        small = "".join(order[c] for c in _LATIN)
        table = str.maketrans(_LATIN + _LATIN.upper(), small + small.upper())
    else:
        letters, capitals, marks = _SCRIPTS[name]
        order = rng.sample(range(26), 26)
        small = "".join(letters[i] for i in order)
        big = "".join(capitals[i] for i in order) if capitals else small
        table = str.maketrans(_LATIN + _LATIN.upper() + "".join(marks), small + big + "".join(marks.values()))
    return _spoken(replace(text, lines=[line.translate(table) for line in text.lines]), rng, name)


@lru_cache(maxsize=100)
def _phrases(language: str) -> list[str]:
    """All phrases of a language's rules."""
    source = (resources.files("cleaner.rules") / "lang" / f"{language}.toml").read_text(encoding="utf-8")
    tables = [table for table in tomllib.loads(source).values() if isinstance(table, dict)]
    found = [phrase for table in tables for phrase in table.get("phrases", ())]
    return [phrase for phrase in found if "{" not in phrase]


def _spoken(text: Text, rng: random.Random, script: str) -> Text:
    """Some short lines of furniture said as they are in a language of the script."""
    phrases = _phrases(rng.choice(_SPOKEN[script]))
    share = rng.choice((0.0, 0.1, 0.3))
    bad = (text.found == 0) & (text.size <= 4)
    lines = [
        rng.choice(phrases) if out and rng.random() < share else line
        for line, out in zip(text.lines, bad.tolist(), strict=True)
    ]
    return replace(text, lines=lines)


def _dense(text: Text, rng: random.Random, name: str) -> Text:
    letters, shrink = _DENSE[name]
    salt = rng.random()
    known: dict[str, str] = {}

    def word(m: re.Match[str]) -> str:
        w = m.group().lower()
        if w not in known:
            seed = random.Random(zlib.crc32(w.encode()) + int(salt * 1e9))
            known[w] = "".join(seed.choice(letters) for _ in range(max(1, round(len(w) * shrink))))
        return known[w]

    keep_latin = rng.random() < 0.3
    lines = []
    for line in text.lines:
        if keep_latin and len(line) < 25 and rng.random() < 0.3:
            lines.append(line)
            continue
        new = _WORD.sub(word, line)
        if name == "thai":
            new = re.sub(r"(?<=[ก-ฮ]) (?=[ก-ฮ])", lambda m: " " if rng.random() < 0.08 else "", new)
            new = re.sub(r"\.(?= |$)", " " if rng.random() < 0.8 else "", new).strip() or new
        elif name != "hangul":
            new = re.sub(r"([.,?!:()])(?= |$)", lambda m: _WIDE[m.group(1)], new)
            new = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", new)
        lines.append(new or line)
    return replace(text, lines=lines)


def jargon(text: Text, mates: list[Text], rng: random.Random) -> Text:
    """A text that speaks of the web, as a policy does: some of its words are those of other pages' furniture.

    Args:
        text: the text.
        mates: other pages.
        rng: what is random.
    """
    furniture = [line for mate in mates for line, found in zip(mate.lines, mate.found, strict=True) if not found]
    words = _WORD.findall("\n".join(furniture))
    if not words:
        return text
    share = rng.uniform(0.15, 0.6)

    def word(m: re.Match[str]) -> str:
        old = m.group()
        if rng.random() > share:
            return old
        new = rng.choice(words)
        return new.capitalize() if old[0].isupper() else new.lower()

    return replace(text, lines=[_WORD.sub(word, line) for line in text.lines])


def no_gaps(text: Text, rng: random.Random) -> Text:
    """No blank lines, or one between all lines."""
    return replace(text, gaps=np.full(len(text.lines), rng.random() < 0.35))


def pick(text: Text, keep: np.ndarray) -> Text:
    """Some of the lines; a blank line before one left out stays a blank line."""
    where = np.flatnonzero(keep)
    gaps = np.zeros(len(where), bool)
    if len(where):
        sums = np.concatenate([[0], np.cumsum(text.gaps)])
        gaps = np.diff(np.concatenate([[0], sums[where + 1]])) > 0
    return replace(
        text, lines=[text.lines[i] for i in where], gaps=gaps, size=text.size[where], found=text.found[where],
        sure=text.sure[where], alive=None, reference=max(1, int(text.found[where].sum())) if text.reference else 0,
    )  # fmt: skip


def crop(text: Text, rng: random.Random) -> Text:
    """A stretch of the page."""
    n = len(text.lines)
    if n < 2:
        return text
    size = rng.randint(max(1, n // 4), n)
    start = rng.choice([0, n - size, rng.randint(0, n - size)])
    keep = np.zeros(n, bool)
    keep[start : start + size] = True
    return pick(text, keep)


def thin(text: Text, rng: random.Random) -> Text:
    """Part of the furniture gone, as rules leave it: single lines, or all above or below the article."""
    bad = text.found < 0.5 * np.maximum(text.size, 1)
    keep = np.ones(len(bad), bool)
    way = rng.random()
    if way < 0.4:
        share = rng.random()
        keep = ~bad | (np.array([rng.random() for _ in bad]) > share)
    else:
        good = np.flatnonzero(~bad)
        if len(good):
            if way < 0.8:
                keep[: max(0, good[0] - rng.choice([0, 0, 1, 3]))] = False
            if way > 0.6:
                keep[good[-1] + 1 + rng.choice([0, 0, 2, 6]) :] = False
    return pick(text, keep) if keep.any() else text


def paste(frame: Text, article: Text) -> Text:
    """One page's article, from its first line to its last, in another page's furniture."""
    good = np.flatnonzero(frame.found > 0.5 * frame.size)
    other = np.flatnonzero(article.found > 0.5 * article.size)
    if not len(good) or not len(other):
        return article
    frame_alive = np.ones(len(frame.lines), bool) if frame.alive is None else frame.alive
    article_alive = np.ones(len(article.lines), bool) if article.alive is None else article.alive
    a, b, c, d = good[0], good[-1] + 1, other[0], other[-1] + 1
    join = lambda x, y: np.concatenate([x[:a], y[c:d], x[b:]])  # noqa: E731
    return Text(
        [*frame.lines[:a], *article.lines[c:d], *frame.lines[b:]], join(frame.gaps, article.gaps),
        join(frame.size, article.size), join(frame.found, article.found), join(frame.sure, article.sure),
        article.reference,        alive=join(frame_alive, article_alive),
    )  # fmt: skip


def teasers(text: Text, others: list[str], rng: random.Random) -> Text:
    """Beginnings of other articles above or below the article, all of one form: headline, sentences, small print.

    Args:
        text: the page.
        others: reference texts of other pages.
        rng: what is random.
    """
    good = np.flatnonzero(text.found > 0.5 * text.size)
    if not len(good):
        return text
    small_print = rng.choice(("", "", "Read more", "3 hours ago", "News", "May 4, 2021", "By Anna Holm"))
    first, blank, inner = rng.random() < 0.3, rng.random() < 0.6, rng.random() < 0.3
    longest, cut = rng.choice((90, 140, 200, 300, 450)), rng.choice(("", "", "…", "..."))
    lines: list[str] = []
    gaps: list[bool] = []
    for other in others:
        found = [line.strip() for line in other.split("\n") if line.strip()]
        head = next((line for line in found if 15 < len(line) < 110), "")
        body = next((line for line in found if len(line) > 110), "")[:longest]
        end = max(body.rfind(". "), body.rfind("? "))
        body = body[: end + 1] if end > 40 and not cut else body.rsplit(" ", 1)[0] + cut
        item = [line for line in (small_print * first, head, body, small_print * (not first)) if line]
        lines += item
        gaps += [blank] + [inner] * (len(item) - 1)
    size = np.array([len(WORD.findall(line.lower())) for line in lines], text.size.dtype)
    at = int(good[-1]) + 1 if rng.random() < 0.75 else int(good[0])
    new = Text(lines, np.array(gaps, bool), size, size * 0, np.ones(len(lines), np.float32))

    def join(name: str) -> np.ndarray:
        a, b = getattr(text, name), getattr(new, name)
        return np.concatenate([a[:at], b, a[at:]])

    return replace(
        text, lines=[*text.lines[:at], *lines, *text.lines[at:]], gaps=join("gaps"), size=join("size"),
        found=join("found"), sure=join("sure"), alive=None,
    )  # fmt: skip


def small(frame: Text, article: Text, rng: random.Random) -> Text:
    """A page of a few lines: the beginning of an article, a little furniture above and below it."""
    good = article.found > 0.5 * article.size
    good[good] = np.arange(good.sum()) < rng.randint(3, 14)
    article = pick(article, good) if good.any() else article
    bad = np.flatnonzero(frame.found < 0.5 * np.maximum(frame.size, 1))
    fine = np.flatnonzero(frame.found > 0.5 * frame.size)
    keep = np.zeros(len(frame.lines), bool)
    keep[fine] = True
    if len(bad) and len(fine):
        above, below = bad[bad < fine[0]], bad[bad > fine[-1]]
        for part in (above, below):
            size = min(len(part), rng.randint(2, 18))
            start = rng.randint(0, len(part) - size)
            keep[part[start : start + size]] = True
    return paste(pick(frame, keep) if keep.any() else frame, article)


def lists(text: Text, rng: random.Random) -> Text:
    """Of a few stretches of a few lines the one with the shortest: where a text has lists, tables, verse, headings."""
    return min((short(text, rng) for _ in range(4)), key=lambda t: sum(map(len, t.lines)) / max(1, len(t.lines)))


def short(text: Text, rng: random.Random) -> Text:
    """A few lines in a row."""
    n = len(text.lines)
    size = min(n, rng.randint(5, 25))
    start = rng.randint(0, n - size)
    keep = np.zeros(n, bool)
    keep[start : start + size] = True
    return pick(text, keep)


def vary(text: Text, rng: random.Random, *, clean: bool = False, other: bool = False) -> Text:
    """A view of a text, changed in none, one or two ways.

    Args:
        text: the text.
        rng: what is random.
        clean: whether it has no furniture.
        other: whether it is to be in another script, or words nobody knows.
    """
    if not clean and text.alive is not None and rng.random() < 0.85:
        text = pick(text, text.alive)
    if not text.lines:
        return text
    if other:
        text = foreign(text, rng)
    elif rng.random() < 0.06:
        text = lower(text, rng)
    if rng.random() < 0.12:
        text = no_gaps(text, rng)
    if rng.random() < (0.12 if clean else 0.15):
        text = crop(text, rng)
    elif not clean and rng.random() < 0.15:
        text = thin(text, rng)
    return text
