"""What each line of a text is like by itself, in array operations over the whole text.

Nothing here knows a language. Kinds of characters come from :mod:`cleaner.model.classes`; words are known only by a
number made of their first letters. No measure changes when other lines go.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.model import classes as k

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Kinds = NDArray[np.uint8]

#: Words are told apart by a number below this: so many bits.
BITS = 13
BUCKETS = 1 << BITS
#: Letters of a word that count; two of a script that writes no spaces.
STEM = 6
STEM_UNSPACED = 2
#: A line reads as running text with so many words and a sentence's end, or with so many characters.
PROSE_WORDS = 9.0
PROSE_CHARS = 220
#: A line counts for no more characters than this in sums over the page.
HEAVIEST = 400

#: Taken as logarithms.
_LOGS = ("chars", "words", "commas", "inner_ends", "inner_dots")
#: Shares of a line's characters, and of its words.
_SHARES = (
    "lower", "upper", "caseless", "unspaced", "digits", "capitals", "digit_words", "short_words", "long_words"
)  # fmt: skip
_COUNTS = ("colons", "quotes", "opens", "closes", "dashes", "separators", "slashes", "at", "money", "signs", "other")
_ENDS = ("ends_dot", "ends_ask", "ends_colon", "ends_comma", "ends_letter", "ends_digit", "ends_mark")
_STARTS = ("starts_upper", "starts_lower", "starts_caseless", "starts_digit", "starts_quote", "starts_mark", "bullet")
_REST = ("word_length", "ellipsis", "closed", "numbered", "one_word", "prose", "long")
OWN = _LOGS + _SHARES + _COUNTS + _ENDS + _STARTS + _REST
#: What :func:`sum_up` gives: each column's mean over lines, its mean over characters, how long the text is.
SUM_COLUMNS = (*(f"mean_{name}" for name in OWN), *(f"weighted_{name}" for name in OWN), "lines", "chars")


def _one_hot(*groups: tuple[int, ...]) -> Floats:
    """A table from kinds of characters to one row for each group of them."""
    out = np.zeros((len(groups), k.KINDS), np.float32)
    for i, kinds in enumerate(groups):
        out[i, list(kinds)] = 1
    return out


_LETTERS = (k.LOWER, k.UPPER, k.CASELESS, k.UNSPACED, k.MARK)
_SYMBOLS = tuple(range(k.DASH, k.KINDS))
_END_TABLE = _one_hot((k.END, k.WIDE_END), (k.ASK,), (k.COLON,), (k.COMMA,), _LETTERS, (k.DIGIT,), _SYMBOLS)
_START_TABLE = _one_hot(
    (k.UPPER,), (k.LOWER,), (k.CASELESS, k.UNSPACED, k.MARK), (k.DIGIT,), (k.QUOTE,), tuple(range(k.END, k.KINDS)),
    (k.DASH, k.SEPARATOR),
)  # fmt: skip
_IS_CLOSER = _one_hot((k.QUOTE, k.CLOSE, k.SPACE))[0].astype(bool)
_IS_END = _one_hot((k.END, k.WIDE_END, k.ASK))[0].astype(bool)
_IS_MARK = _one_hot((k.END, k.ASK))[0].astype(bool)
#: What a sentence's end is followed by: nothing of note, a space, a letter or digit.
_FOLLOWS = np.array([2] * k.SPACE + [1] + [0] * (k.KINDS - k.SPACE - 1))

# Four counts in one number: a word adds one to each of its fields, and sums of such numbers keep them apart.
FIELD = np.array([1, 1 << 16, 1 << 32, 1 << 48], np.uint64)
_LONGEST = 15


def _word_table() -> NDArray[np.uint64]:
    """First character's kind and length of a word -> capital, digit, short, long."""
    out = np.zeros((k.KINDS, _LONGEST + 1), np.uint64)
    out[k.UPPER] += FIELD[0]
    out[k.DIGIT] += FIELD[1]
    out[:, :4] += FIELD[2]
    out[:, 9:] += FIELD[3]
    return out.ravel()


_WORD_TABLE = _word_table()
#: Pairs of letters that count in a word, by how many letters count.
_PAIRS = np.array([[(1 << 32 * min(max(n - 2 * i, 0), 2)) - 1 for n in range(STEM + 1)] for i in range(3)], np.uint64)
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93], np.uint64)
_SHIFT = np.uint64(29)
_PAD = "\n" * 8


class Lines(NamedTuple):
    """What is known of each line by itself.

    Attributes:
        columns: a row for each of ``OWN``, a column for each line.
        weight: what each line counts for in sums over the page.
        prose: whether it reads as running text.
        head: kind of its first character.
        final: kind of its last, closing quotes and brackets aside.
        number: a number for every word of the text, in order.
        long: whether the word has five letters or more.
        starts: for each line, how many words stand before it.
        runs: how many stand in it.
    """

    columns: Floats
    weight: Floats
    prose: Bools
    head: Kinds
    final: Kinds
    number: NDArray[np.uint64]
    long: Bools
    starts: Ints
    runs: Ints

    def only(self, stay: Ints) -> Lines:
        """The same of some of the lines."""
        keep = np.zeros(len(self.runs), bool)
        keep[stay] = True
        words = keep.repeat(self.runs)
        runs = self.runs[stay]
        starts = runs.cumsum()
        starts -= runs
        return Lines(
            self.columns.take(stay, axis=1), self.weight[stay], self.prose[stay], self.head[stay], self.final[stay],
            self.number[words], self.long[words], starts, runs,
        )  # fmt: skip


def look(lines: Sequence[str]) -> Lines:
    """Measure lines one by one.

    Args:
        lines: the lines, none of them blank, none with a newline in it.

    Returns:
        The measures; they depend on nothing but the lines.
    """
    n = len(lines)
    text = "\n".join(lines) + _PAD
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    kind = _kinds(text, codes)

    # All but small letters, few as they are in most scripts: where lines end, and how many there are of each kind.
    rare = (kind != k.LOWER).nonzero()[0]
    rare_kind = kind.take(rare)
    is_end = rare_kind == k.NEWLINE
    ends = rare[is_end][:n]
    at = is_end.cumsum()
    count = np.bincount(at * k.KINDS + rare_kind, minlength=(n + 1) * k.KINDS)[: n * k.KINDS].reshape(n, k.KINDS).T
    count[k.NEWLINE] = 0  # each was counted for the line after it
    starts = np.empty(n, np.int64)
    starts[0] = 0
    starts[1:] = ends[:-1] + 1
    size = ends - starts
    chars = size.astype(np.float32)

    word, length, first = _words(kind, rare, rare_kind, unspaced=bool(count[k.UNSPACED].any()))
    word_ends = word.searchsorted(ends)
    runs = word_ends.copy()
    runs[1:] -= word_ends[:-1]
    word_starts = word_ends - runs
    words = runs - count[k.UNSPACED] * 0.5

    head, second = kind[starts], kind[starts + 1]
    final, closed, ellipsis = _last(codes, kind, starts, ends)
    is_mark = _IS_MARK[rare_kind]
    marks = _followed(kind, rare[is_mark], at[is_mark], n)
    prose = ((words >= PROSE_WORDS) & _IS_END[final] & ~ellipsis) | (chars > PROSE_CHARS)

    x = np.empty((len(OWN), n), np.float32)
    logs = x[:5]
    logs[0] = chars
    logs[1] = words
    logs[2] = count[k.COMMA]
    logs[3] = marks[:, 1] + count[k.WIDE_END] - (final == k.WIDE_END)
    logs[4] = marks[:, 2]
    logs += 1
    np.log(logs, out=logs)
    shares = x[5:14]
    shares[1:5] = count[1:5]
    shares[0] = chars - count[1:].sum(axis=0)
    shares[:5] /= chars
    shares[5:] = _kinds_of_words(first, length, word_starts, word_ends)
    shares[5:] /= np.maximum(runs, 1)
    x[14:25] = np.minimum(count[k.COLON :], 6)
    x[25:32] = _END_TABLE.take(final, axis=1)
    x[32:39] = _START_TABLE.take(head, axis=1)
    numbered = (head == k.DIGIT) & ((second == k.END) | (second == k.CLOSE))
    per_word = np.minimum(chars / (words + 1), 20)
    for row, value in zip(x[39:], (per_word, ellipsis, closed, numbered, runs <= 1, prose, chars > 80), strict=True):
        row[:] = value
    number = _numbers(codes, rare[rare_kind == k.UPPER], word, length, first)
    return Lines(x, np.minimum(chars, HEAVIEST), prose, head, final, number, length >= 5, word_starts, runs)


def sum_up(lines: Lines, stay: Ints | None = None) -> Floats:
    """Sum a text up by what its lines are like one by one.

    Args:
        lines: the measures.
        stay: the lines to reckon with; all of them if None.

    Returns:
        One number for each of ``SUM_COLUMNS``: the same as if the text had only had these lines.
    """
    x, weight = lines.columns, lines.weight
    if stay is not None:
        x, weight = x.take(stay, axis=1), weight[stay]
    n = len(weight)
    total = weight.sum(dtype=np.float64)
    out = np.empty(2 * len(x) + 2, np.float32)
    out[: len(x)] = x.sum(axis=1)
    out[: len(x)] /= n
    out[len(x) : -2] = x @ (weight / np.float32(total))
    out[-2:] = np.log1p((n, total))
    return out


def _kinds(text: str, codes: NDArray[np.uint32]) -> Kinds:
    """The kind of every character."""
    tables = k.tables()
    kind = np.frombuffer(bytearray(codes.astype(np.uint8).tobytes().translate(tables.latin)), np.uint8)
    if not text.isascii():
        wide = (codes > 0xFF).nonzero()[0]
        if len(wide):
            kind[wide] = tables.kind.take(codes[wide], mode="clip")
    return kind


def _followed(kind: Kinds, mark: Ints, line: Ints, n: int) -> Ints:
    """For each line how many of its sentence ends are followed by nothing of note, a space, a letter or digit."""
    follows = _FOLLOWS[kind[mark + 1]]
    return np.bincount(line * 3 + follows, minlength=3 * n)[: 3 * n].reshape(n, 3)


def _kinds_of_words(first: Kinds, length: Ints, starts: Ints, ends: Ints) -> NDArray[np.uint16]:
    """For each line how many of its words begin with a capital, are numerals, are short, are long."""
    sums = np.zeros(len(first) + 1, np.uint64)
    _WORD_TABLE.take(first * np.int64(_LONGEST + 1) + np.minimum(length, _LONGEST)).cumsum(out=sums[1:])
    fields: NDArray[np.uint16] = (sums[ends] - sums[starts]).view(np.uint16).reshape(len(starts), 4).T
    return fields


def _last(codes: NDArray[np.uint32], kind: Kinds, starts: Ints, ends: Ints) -> tuple[Kinds, Bools, Bools]:
    """How lines end: the kind of the last character that closes nothing, whether one does, whether they break off."""
    last = ends - 1
    final = kind[last]
    closed = _IS_CLOSER[final]
    for _ in range(3 if closed.any() else 0):
        last = last - (_IS_CLOSER[final] & (last > starts))
        final = kind[last]
    tail = codes[last]
    ellipsis: Bools = (tail == 0x2026) | ((tail == 46) & (codes[last - 1] == 46) & (ends - starts > 2))
    return final, closed, ellipsis


def _words(kind: Kinds, rare: Ints, rare_kind: Kinds, *, unspaced: bool) -> tuple[Ints, Ints, Kinds]:
    """Where each word begins, how long it is, and what it begins with.

    A word is a run of letters and digits; of a script that writes no spaces, every letter is one.
    """
    is_bound = rare_kind >= k.SPACE
    if unspaced:
        is_bound |= rare_kind == k.UNSPACED
    bound = rare.take(is_bound.nonzero()[0])
    step = bound.copy()
    step[1:] -= bound[:-1]
    step[1:] -= 1
    run = step.nonzero()[0]
    length = step.take(run)
    word = bound.take(run) - length
    if unspaced:
        single = rare[rare_kind == k.UNSPACED]
        word = np.concatenate([word, single])
        order = word.argsort(kind="stable")
        length = np.concatenate([length, np.ones(len(single), np.int64)])[order]
        word = word[order]
    return word, length, kind.take(word)


def _numbers(codes: NDArray[np.uint32], upper: Ints, word: Ints, length: Ints, first: Kinds) -> NDArray[np.uint64]:
    """A number for each word, the same for words that begin alike whatever their case, and for all numerals."""
    low = codes.copy()
    low[upper] = k.tables().small.take(codes[upper], mode="clip")
    pairs: NDArray[np.uint64] = np.ndarray((len(low) - 1,), np.uint64, low, strides=(4,))
    counted = np.minimum(length, STEM)
    counted[first == k.DIGIT] = 0
    counted[first == k.UNSPACED] = STEM_UNSPACED
    number: NDArray[np.uint64] = (pairs.take(word) & _PAIRS[0].take(counted)) * _MIX[0]
    number += (pairs.take(word + 2) & _PAIRS[1].take(counted)) * _MIX[1]
    number += (pairs.take(word + 4) & _PAIRS[2].take(counted)) * _MIX[2]
    number ^= number >> _SHIFT
    number *= _MIX[1]
    return number
