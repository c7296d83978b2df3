"""What each line of a text is like by itself, in a few array operations over the whole text.

Nothing here knows a language. Every character and the one before it make a pair of kinds
(:mod:`cleaner.model.classes`); a table says what each pair counts for, sixteen counts packed into two numbers, and sums
over lines give them all at once. Words are known by a number made of their first letters. No measure changes when other
lines go.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.model import classes as k
from cleaner.native import kernels

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Kinds = NDArray[np.uint8]

#: Of a longer line, the characters are counted in its beginning and its end of half this length, no more.
LONGEST = 126
#: Words are told apart by a number below this, made of their first eight letters.
BITS = 13
BUCKETS = 1 << BITS
#: A line reads as running text with so many words and a sentence's end, or with so many characters.
PROSE_WORDS = 9.0
PROSE_CHARS = 220
#: A line counts for no more characters than this in sums over the page.
HEAVIEST = 400

#: Shares of a line's characters, and of its words; counts; what is taken as roots; how lines end and begin.
_SHARES = ("lower", "upper", "unspaced", "digits")
_WORD_SHARES = ("capitals", "numerals")
_COUNTS = ("colons", "quotes", "brackets", "separators", "signs")
_ROOTS = ("words", "commas", "breaks", "chars")
_ENDS = (
    "ends_dot", "ends_ask", "ends_colon", "ends_comma", "ends_letter", "ends_digit", "ends_mark", "ellipsis", "closed"
)  # fmt: skip
_STARTS = (
    "starts_upper", "starts_lower", "starts_caseless", "starts_digit", "starts_quote", "starts_mark", "starts_bullet",
    "shouts", "numbered",
)  # fmt: skip
_REST = ("word_length", "prose")
OWN = _SHARES + _WORD_SHARES + _COUNTS + _ROOTS + _ENDS + _STARTS + _REST
AT = {name: i for i, name in enumerate(OWN)}

# A count of up to 127 takes seven bits; seven of them fit a float's 53, fourteen a complex number, and sums of such
# numbers keep them apart.
_COUNTED = 14
_FIELD = 7
_FIELDS = np.arange(0, _FIELD * _COUNTED // 2, _FIELD)[None, :, None]
_FULL = (1 << _FIELD) - 1
#: A pair of kinds is read as one number of two bytes, the first kind the lower.
_PAIRS = k.KINDS << 8
_WORD_KINDS = [k.LOWER, k.UPPER, k.CASELESS, k.DIGIT]


def _as_read(by_pair: NDArray[Any]) -> NDArray[Any]:
    """From a table by kind and next kind to one by the number of two bytes."""
    out = np.zeros((k.KINDS, 256, *by_pair.shape[2:]), by_pair.dtype)
    out[:, : k.KINDS] = by_pair.swapaxes(0, 1)
    return out.reshape(_PAIRS, *by_pair.shape[2:])


def _counts() -> NDArray[np.complex128]:
    """What each pair (kind before, kind) counts for."""
    out = np.zeros((_COUNTED, k.KINDS, k.KINDS), bool)
    # Letters that are no capitals count alike, whether their script has capitals or not.
    for i, kinds in enumerate(((k.LOWER, k.CASELESS), (k.UPPER,), (k.UNSPACED,), (k.DIGIT,))):
        out[i, :, kinds] = True
    begins = np.zeros((k.KINDS, k.KINDS), bool)
    begins[:, _WORD_KINDS] = True
    begins[_WORD_KINDS, :] = False
    begins[k.QUOTE, k.LOWER] = False  # an apostrophe, as a rule
    out[4, :, k.UPPER] = begins[:, k.UPPER]
    out[5, :, k.DIGIT] = begins[:, k.DIGIT]
    for i, kinds in enumerate(((k.COLON, k.ASK), (k.QUOTE,), (k.BRACKET,), (k.SEPARATOR,), (k.SIGN, k.ELLIPSIS))):
        out[6 + i, :, kinds] = True
    words, commas, breaks = out[11], out[12], out[13]
    words[:] = begins
    commas[k.COMMA] = True
    commas[k.COMMA, [k.DIGIT, k.NEWLINE]] = False
    for end in (k.END, k.ASK):
        breaks[end, [k.SPACE, k.UNSPACED]] = True
    half = _COUNTED // 2
    fields = [sum(out[first + i] * 2.0 ** (_FIELD * i) for i in range(half)) for first in (0, half)]
    return _as_read(fields[0] + 1j * fields[1])


def _edge_kinds() -> Floats:
    """From the pair a line ends with to ``_ENDS``, and from the one it begins with to ``_STARTS``.

    A closing quote or bracket is looked through.
    """
    ends = np.zeros((k.KINDS, k.KINDS, len(_ENDS)), np.float32)
    letters = (k.LOWER, k.UPPER, k.CASELESS, k.UNSPACED)
    tails = ((k.END,), (k.ASK,), (k.COLON,), (k.COMMA,), letters, (k.DIGIT,), (k.SEPARATOR, k.SIGN), (k.ELLIPSIS,))
    for i, kinds in enumerate(tails):
        ends[:, kinds, i] = 1
        for closer in (k.QUOTE, k.BRACKET):
            ends[kinds, closer, i] = 1
    ends[:, [k.QUOTE, k.BRACKET], -1] = 1
    ends[k.END, k.END] = 0
    ends[k.END, k.END, -2] = 1
    starts = np.zeros((k.KINDS, k.KINDS, len(_STARTS)), np.float32)
    marks = (k.END, k.ASK, k.COMMA, k.COLON, k.BRACKET, k.SIGN, k.ELLIPSIS)
    heads = ((k.UPPER,), (k.LOWER,), (k.CASELESS, k.UNSPACED), (k.DIGIT,), (k.QUOTE,), marks, (k.SEPARATOR,))
    for i, kinds in enumerate(heads):
        starts[kinds, :, i] = 1
    starts[k.UPPER, k.UPPER, -2] = 1
    starts[k.DIGIT, [k.END, k.BRACKET], -1] = 1
    return np.concatenate([_as_read(ends), _as_read(starts)])


_COUNT_TABLE, _EDGE_TABLE = _counts(), _edge_kinds()
_EDGE_ROWS = len(_ENDS)
_ENDS_AT = AT["ends_dot"]
_FOUR, _FIFTEEN = np.uint8(4), np.uint8(15)
_SPACE, _NEWLINE, _TWO = np.uint8(k.SPACE), np.uint8(k.NEWLINE), np.uint8(2)
_HEAD = "\n" * 7
_TAIL = "\n" * 8
#: Of eight characters the first so many.
_FIRST = np.array([(1 << 8 * i) - 1 for i in range(9)], np.uint64)
_SMALL = np.uint64(0x2020202020202020)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(64 - BITS)


class Lines(NamedTuple):
    """What is known of each line by itself.

    Attributes:
        columns: a row for each of ``OWN``, a column for each line.
        weight: what each line counts for in sums over the page.
        words: how many words it has, in any script.
        prose: whether it reads as running text.
        bag: a number for every word of the text, in order.
        first: for each line where in ``bag`` its words begin.
        runs: how many there are.
    """

    columns: Floats
    weight: Floats
    words: Floats
    prose: Bools
    bag: Ints
    first: Ints
    runs: Ints

    def only(self, stay: Ints) -> Lines:
        """The same of some of the lines."""
        keep = np.zeros(len(self.runs), bool)
        keep[stay] = True
        runs = self.runs[stay]
        first = runs.cumsum()
        first -= runs
        return Lines(
            self.columns.take(stay, axis=1), self.weight[stay], self.words[stay], self.prose[stay],
            self.bag[keep.repeat(self.runs)], first, runs,
        )  # fmt: skip


def look(lines: Sequence[str]) -> Lines:
    """Measure lines one by one.

    Args:
        lines: the lines, none of them blank, none with a newline in it.

    Returns:
        The measures; they depend on nothing but the lines.
    """
    if kernels is not None:
        return _native_look(kernels, lines)
    return look_in_python(lines)


def look_in_python(lines: Sequence[str]) -> Lines:
    """What :func:`look` does, without the extension."""
    n = len(lines)
    long = [i for i, line in enumerate(lines) if len(line) > LONGEST]
    half = LONGEST // 2
    read = [_HEAD, *lines, _TAIL]
    for i in long:
        read[i + 1] = lines[i][:half] + lines[i][-half:]
    low, kind, dense = _kinds("\n".join(read))
    newline = (kind == _NEWLINE).nonzero()[0]
    starts = newline[7:-9] + 1
    after = newline[8:-8] + 1
    taken = newline[8:-8] - starts

    pair = np.ndarray((len(kind) - 1,), "<u2", kind, strides=(1,)).astype(np.intp)
    sums = np.add.reduceat(_COUNT_TABLE.take(pair), starts - 1)
    fields = sums.view(np.float64).reshape(n, 2).T.astype(np.int64)[:, None] >> _FIELDS
    fields &= _FULL
    x = np.empty((len(OWN), n), np.float32)
    x[:_COUNTED] = fields.reshape(_COUNTED, n)
    words, chars, roots = x[11], x[14], x[11:15]
    some = words + 1
    x[4:6] /= some
    chars[:] = taken
    x[:4] /= chars
    counts = x[6:11]
    np.minimum(counts, 6, out=counts)
    if dense is not None:
        # in doubles such sums are exact, in whatever order they are made
        extra = k.tables().extra.astype(np.float64).take(dense, axis=1)
        more = np.add.reduceat(extra, starts, axis=1).astype(np.float32)
        chars += more[0]
        words += more[1]
    if long:
        roots[:, long] *= np.array([len(lines[i]) for i in long], np.float32) / LONGEST
    np.minimum(roots, HEAVIEST, out=roots)
    words, weight = words.copy(), chars.copy()
    edge = np.empty((2, n), np.int64)
    np.subtract(after, 3, out=edge[0])
    edge[1] = starts
    kinds = pair.take(edge)
    kinds[1] += _PAIRS
    x[15:33] = _EDGE_TABLE.take(kinds, axis=0).transpose(0, 2, 1).reshape(18, n)
    length = x[33]
    np.divide(weight, words + 1, out=length)
    np.minimum(length, 20, out=length)
    prose = x[15] + x[16]
    prose *= words
    prose = prose >= PROSE_WORDS
    prose |= weight > PROSE_CHARS
    x[34] = prose
    np.sqrt(roots, out=roots)
    return Lines(x, weight, words, prose, *_bag(low, kind, starts))


def _bag(low: Kinds, kind: Kinds, starts: Ints) -> tuple[Ints, Ints, Ints]:
    """A number for each word as spaces part them, where each line's words begin, how many there are."""
    space = ((kind - _SPACE) < _TWO).nonzero()[0]
    word = space[7:-9]
    length = space[8:-8] - word
    word += 1
    first = word.searchsorted(starts)
    runs = np.empty_like(first)
    np.subtract(first[1:], first[:-1], out=runs[:-1])
    runs[-1] = len(word) - first[-1]
    number = np.ndarray((len(low) - 7,), "<u8", low, strides=(1,))[word]
    number |= _SMALL
    number &= _FIRST.take(length - 1, mode="clip")
    number *= _MIX
    number >>= _SHIFT
    return number.astype(np.int64), first, runs


def _kinds(text: str) -> tuple[Kinds, Kinds, Kinds | None]:
    """Every character's lowest byte and kind; and where it stands in ``extra``, if there is a dense script."""
    tables = k.tables()
    if text.isascii():
        data = text.encode()
        return np.frombuffer(data, np.uint8), np.frombuffer(data.translate(tables.latin), np.uint8), None
    data = text.encode("utf-16-le", "surrogatepass")
    if len(data) == 2 * len(text):
        codes: NDArray[Any] = np.frombuffer(data, "<u2")
    else:
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    both = tables.both.take(codes.astype(np.intp), mode="clip")
    low = codes.astype(np.uint8)
    if both.max() < k.KINDS:
        return low, both, None
    return low, both & _FIFTEEN, both >> _FOUR


class _ForC(NamedTuple):
    """The tables as the extension reads them: pairs of kinds as numbers of one byte, counts as whole numbers."""

    counts: NDArray[np.uint64]
    ends: Floats
    starts: Floats


def _for_c() -> _ForC:
    pair = np.arange(256)
    pair = (pair & 15) | (pair >> 4 << 8)
    counts = _COUNT_TABLE[pair].view(np.float64).astype(np.uint64)
    return _ForC(counts, _EDGE_TABLE[pair].copy(), _EDGE_TABLE[pair + _PAIRS].copy())


_FOR_C = _for_c()


@lru_cache(maxsize=1)
def for_c() -> Any:
    """What the extension is told of all this, as it keeps it."""
    assert kernels is not None
    tables = k.tables()
    return kernels.make_tables((len(OWN), tables.both, tables.extra, *_FOR_C, BITS))


def _native_look(native: ModuleType, lines: Sequence[str]) -> Lines:
    found = native.look(for_c(), list(lines))
    x, weight, words = (np.frombuffer(part, np.float32) for part in found[:3])
    bag, first, runs = (np.frombuffer(part, np.int64) for part in found[4:])
    return Lines(x.reshape(-1, len(OWN)).T, weight, words, np.frombuffer(found[3], bool), bag, first, runs)
