"""Views of a labelled page to learn from: as it is, cut short, in other scripts, without blank lines, ..."""

from __future__ import annotations

import random
import re
import zlib
from dataclasses import replace

import numpy as np

from training.data import Text

_LATIN = "abcdefghijklmnopqrstuvwxyz"
#: Letters to write English with, so that only the shape of a text is left: (letters, their capitals, marks).
_SCRIPTS = {
    "greek": ("αβγδεζηθικλμνξοπρστυφχψωάέ", "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈ", {}),
    "cyrillic": ("абвгдежзийклмнопрстуфхцчшщ", "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩ", {}),
    "arabic": ("ابتثجحخدذرزسشصضطظعغفقكلمنه", None, {"?": "؟", ",": "،", ";": "؛"}),
    "urdu": ("ابتثجحخدذرزسشصضطظعغفقكلمنه", None, {"?": "؟", ",": "،", ".": "۔"}),
    "hebrew": ("אבגדהוזחטיכלמנסעפצקרשתךםןף", None, {}),
    "hindi": ("अआइईउऊएऐओऔकखगघचछजझटठडढतथदध", None, {".": "।"}),
    "hangul": ("가나다라마바사아자차카타파하거너더러머버서어저처커터", None, {}),
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
_WORD = re.compile(r"[^\W\d_]+")
_WIDE = {".": "。", ",": "、", "?": "？", "!": "！", ":": "：", "(": "（", ")": "）"}


def lower(text: Text, rng: random.Random) -> Text:
    """All small letters."""
    return replace(text, lines=[line.lower() for line in text.lines])


def foreign(text: Text, rng: random.Random) -> Text:
    """The same shapes in a script of its own, with words nobody knows."""
    name = rng.choice([*_SCRIPTS, "latin", "latin", "latin", "han", "han", "thai", "kana"])
    if name in ("han", "thai", "kana"):
        return _unspaced(text, rng, name)
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
    return replace(text, lines=[line.translate(table) for line in text.lines])


def _unspaced(text: Text, rng: random.Random, name: str) -> Text:
    letters = {"han": _HAN, "thai": _THAI, "kana": _KANA}[name]
    salt = rng.random()
    shrink = {"han": 0.36, "kana": 0.55, "thai": 1.0}[name]
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
        else:
            new = re.sub(r"([.,?!:()])(?= |$)", lambda m: _WIDE[m.group(1)], new)
            new = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", new)
        lines.append(new or line)
    return replace(text, lines=lines)


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


def vary(text: Text, rng: random.Random, *, clean: bool = False, english: bool = True) -> Text:
    """A view of a text, changed in none, one or two ways."""
    if not clean and text.alive is not None and rng.random() < 0.6:
        text = pick(text, text.alive)
    if not text.lines:
        return text
    if rng.random() < (0.3 if english else 0.15):
        text = foreign(text, rng)
    elif rng.random() < 0.06:
        text = lower(text, rng)
    if rng.random() < 0.12:
        text = no_gaps(text, rng)
    if rng.random() < (0.12 if clean else 0.15):
        text = crop(text, rng)
    elif not clean and rng.random() < 0.2:
        text = thin(text, rng)
    return text
