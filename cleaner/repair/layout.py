"""Indentation that means something: where lines are evidently code or verse, theirs is kept.

Nearly all indentation in scraped text is a renderer's: nested lists, table columns. What stands between the fences of
Markdown (three backquotes) is code. Elsewhere a stretch of lines keeps its own
only if most of it reads as code, or as verse set in a pattern. The question is asked of each stretch of lines without a
blank one between them, from the lines' words alone, and indentation is counted from the least of the lines that spoke
for it. A second pass finds the same lines and the same answer, also when furniture among them has been cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter

from cleaner.fold import fenced_blocks
from cleaner.native import kernels

#: A line that can hardly be anything but code, by how it begins,
_START = r"""(?:import\ [\w.]+|from\ [\w.]+\ import\ .+|return\ [\w.(\[{"'-](?:.*[\])}"'\w])?|\#include\ .+)$
    | [\w.\[\]"']+\s?(?::=|[-+*/|]?=)\s?[^=\s].*[^.!?]$
    | "[\w\s.-]+"\s?:\s.+ | </?[a-zA-Z][\w-]*(?:\s[^<>]*)?/?>.* | (?://|/\*|\*/|\#!).*"""
#: and by how it ends.
_END = {
    ";": r"""[^"'“]*;$ | [}\])]+;$ | .*[\w\])"']\s?;$ | [\w.]+\(.*\);$""",
    "{": r"""[^"'“]*{$ | .*\)\s?(?:=>|->)?\s?{$ | .*[\w\])"']\s?{$""",
    "}": r"""[}\])]+$""",
    "]": r"""[}\])]+$""",
    ")": r"""[}\])]+$ | [\w.]+\(.*\)$""",
    ",": r"""[}\])]+,$ | [\w.]+\(.*\),$""",
    ":": r""".*\)\s?(?:=>|->)?\s?:$ | (?:def|class|if|elif|for|while|with|except)\b.*:$ | (?:else|try|finally)\s?:$""",
}
#: Quick looks at a line that ends so; a stretch without a line of code that passes one is not code.
_LOOKS = {
    ";": re.compile(r"."),
    "{": re.compile(r"."),
    "}": re.compile(r"."),
    "]": re.compile(r"[\])}]|[\w.\[\]\"']+\s?[-+*/|:]?=\s?\S"),
    ")": re.compile(r"[\w.]+\(|[\])}]|[\w.\[\]\"']+\s?[-+*/|:]?=\s?\S"),
    ">": re.compile(r"<"),
    ",": re.compile(r"\"[\w\s.-]+\"\s?:|[\w.]+\(|[\])}]"),
    ":": re.compile(r"(?:def|class|if|elif|for|while|with|except|else|try|finally)\b"),
}
#: What such a line begins with at any rate, by how it ends.
_BEGIN = r"""[^\x00-!#-&(-\-/:-@\\^`{-\x7f]+(?:\(| ?[-+*/|:]?=)|[\])}]"""
_BEGINS = {
    **dict.fromkeys(";{}", re.compile("")),
    **dict.fromkeys("])", re.compile(_BEGIN)),
    ">": re.compile("<"),
    ",": re.compile(f'"|{_BEGIN}'),
    ":": re.compile("[cdefitw]"),
}
_VERSE_ENDS = frozenset(",;:.!?—–…।॥،؛\"'”’»")
_CODE_END = re.compile(f"[{re.escape(''.join(_LOOKS))}]")
#: In the last characters of a stretch's lines: where 60 % of four lines or more end on marks, five lines in a row hold
#: three that do. This finds the first of them.
_VERSE_END = re.compile(
    "[{0}](?=\n(?:[{0}]\n(?:{1}\n)?(?:{1}\n)?|{1}\n[{0}]\n(?:{1}\n)?|{1}\n{1}\n[{0}]\n)[{0}])".format(
        re.escape("".join(sorted(_VERSE_ENDS))), "[^\n]"
    )
)
#: What the extension is told of all this.
_MARKS = ("".join(_LOOKS), "".join(sorted(_VERSE_ENDS)))
_last = itemgetter(slice(-1, None))
_VERSE_START = re.compile(r"[\"'“‘«(]?[^\W\d_]")
_INDENT = frozenset(" \t\xa0\u3000")
#: Tells how far a line is set in, in columns.
Depth = Callable[[int], int]
#: The fewest lines that make a stretch of code; verse wants one more.
FEWEST = 3
#: A line set in so far or further, in columns, is asked for its depth; a byte holds any less.
DEEP = 255
#: The share of a stretch's lines that must read as code, or as verse.
SHARE = 0.6
#: No line of verse is longer than this, and none is set deeper than the second figure.
VERSE_WIDTH = 70
VERSE_DEPTH = 16


def indented(
    lines: Callable[[], Sequence[str]],
    after: list[str],
    broken: bool,
    indents: bytes | None = None,
    *,
    fences: bool = False,
) -> list[str]:
    r"""Give lines of code and verse their indentation back.

    Args:
        lines: gives the lines as they were, with their indentation.
        after: the same lines trimmed.
        broken: whether one of them may hold a ``"\n"``.
        indents: for each line how far it was set in, in columns; ``DEEP`` for that far, or if in doubt.
        fences: whether there may be code between fences, as Markdown has it.

    Returns:
        The lines; the same list if nothing in it is code or verse.
    """
    flat = not broken
    texts = after if flat else [part for line in after for part in line.split("\n")]
    blocks = fenced_blocks(texts) if fences else []
    stretches = _candidates(texts, indents if flat else None)
    if not stretches and not blocks:
        return after
    depth = _depths(lines if flat else _pieces_of(lines(), after), indents if flat else None)
    kept = _kept(texts, depth, stretches)
    for start, stop in blocks:
        block = [i for i in range(start, stop) if texts[i]]
        _keep(kept, block[1:], block, depth, fewest=1)
    if not kept:
        return after
    rows = texts.copy()
    for i, columns in kept.items():
        rows[i] = " " * columns + rows[i]
    if flat:
        return rows
    rest = iter(rows)
    return ["\n".join([next(rest) for _ in range(line.count("\n") + 1)]) for line in after]


def _olds(before: Sequence[str], after: list[str]) -> list[str]:
    """For each row the text it came from; of a line that was broken up, its pieces that are not blank, in order."""
    out: list[str] = []
    for old, new in zip(before, after, strict=True):
        if "\n" in new:
            pieces = [piece for piece in old.split("\n") if piece.strip()]
            news = new.split("\n")
            rest = iter(pieces if len(pieces) == sum(map(bool, news)) else [])
            out += [next(rest, "") if piece else "" for piece in news]
        else:
            out.append(old)
    return out


def _pieces_of(before: Sequence[str], after: list[str]) -> Callable[[], Sequence[str]]:
    olds = _olds(before, after)
    return lambda: olds


def _depths(lines: Callable[[], Sequence[str]], indents: bytes | None) -> Depth:
    """What tells how far a line was set in, from the line itself only where it must."""
    if indents is None:
        return lambda i: _depth(lines()[i])
    return lambda i: known if (known := indents[i]) < DEEP else _depth(lines()[i])


def _depth(line: str) -> int:
    if line[:1] not in _INDENT:
        return 0
    return len(line[: len(line) - len(line.lstrip())].expandtabs(4))


def _kept(texts: Sequence[str], depth: Depth, stretches: list[tuple[int, int, bool, bool]]) -> dict[int, int]:
    """Row -> the columns of indentation it keeps."""
    kept: dict[int, int] = {}
    code: list[int] = []
    spoke: list[int] = []
    last = 0
    for start, stop, may_be_verse, is_code in stretches:
        strong = _strong(texts, start, stop) if is_code else []
        reads_so = bool(strong)
        if not reads_so or any(texts[last:start]):
            _keep(kept, code, spoke, depth)
            code, spoke = [], []
        if reads_so:
            code += range(start, stop)
            spoke += strong
        elif may_be_verse and stop - start > FEWEST and _is_verse(texts[start:stop], depth, start):
            _keep(kept, [*range(start, stop)], [*range(start, stop)], depth)
        last = stop
    _keep(kept, code, spoke, depth)
    return kept


def _strong(texts: Sequence[str], start: int, stop: int) -> list[int]:
    """The lines of a stretch that are code, if they are most of it; otherwise none."""
    found: list[int] = []
    size = stop - start
    for n in range(start, stop):
        if _is_code(texts[n]):
            found.append(n)
        elif stop - n - 1 + len(found) < SHARE * size:
            return []
    return found


def _candidates(texts: list[str], indents: bytes | None) -> list[tuple[int, int, bool, bool]]:
    """Stretches that could be verse, or code for which a line speaks: (first, after the last, verse, code)."""
    find = kernels.stretches if kernels is not None else stretches_in_python
    found: list[tuple[int, int, bool, bool]] = []
    for start, stop, verse, code in find(texts, *_MARKS, VERSE_WIDTH, indents):
        speaks = any(_speaks_code(texts[i]) for i in code)
        if verse or speaks:
            found.append((start, stop, verse, speaks))
    return found


def stretches_in_python(
    texts: Sequence[str], code: str, verse: str, width: int, indents: bytes | None
) -> list[tuple[int, int, bool, list[int]]]:
    """Stretches of lines without a blank one that may be verse, or in which one may be code, by their ends.

    Args:
        texts: the lines.
        code: what lines of code end with.
        verse: what lines of verse end with.
        width: the longest line of verse.
        indents: for each line 0 if it was not indented: verse is not set without; None if that is not known.

    Returns:
        Of each the first line, the line after the last, whether there may be verse, and the lines that may be code.
    """
    ends = "\n".join(map(_last, texts))
    found: list[list[int]] = []
    for pattern in (_VERSE_END, _CODE_END):
        i = at = 0
        found.append([])
        for match in pattern.finditer(ends):
            i += ends.count("\n", at, match.start())
            at = match.start()
            found[-1].append(i)
    may_be_verse = set(found[0])
    may_be_code = {i for i in found[1] if _BEGINS[texts[i][-1]].match(texts[i])}
    out: list[tuple[int, int, bool, list[int]]] = []
    start = 0
    for stop in [*(i for i, text in enumerate(texts) if not text), len(texts)]:
        stretch = range(start, stop)
        is_verse = (indents is None or any(indents[start:stop])) and not may_be_verse.isdisjoint(stretch)
        is_verse = is_verse and all(len(texts[i]) <= width for i in stretch)
        lines = sorted(may_be_code.intersection(stretch))
        if is_verse or lines:
            out.append((start, stop, is_verse, lines))
        start = stop + 1
    return out


def _speaks_code(text: str) -> bool:
    return _LOOKS[text[-1]].match(text) is not None and _is_code(text)


def _is_code(text: str) -> bool:
    return _code(text[-1] if text[-1] in _END else "").match(text) is not None


@lru_cache(maxsize=len(_END) + 1)
def _code(end: str) -> re.Pattern[str]:
    """A line of code that ends so."""
    return re.compile(f"{_END[end]} | {_START}" if end else _START, re.VERBOSE)


def _keep(kept: dict[int, int], rows: list[int], spoke: list[int], depth: Depth, fewest: int = FEWEST) -> None:
    if len(spoke) >= fewest:
        least = min(map(depth, spoke))
        kept.update((i, columns - least) for i in rows if (columns := depth(i)) > least)


def _is_verse(lines: Sequence[str], depth: Depth, start: int) -> bool:
    """Whether short lines are verse set in a pattern: ending on marks, some of them further in than others."""
    if sum(map(_verse_line, lines)) < SHARE * len(lines):
        return False
    depths = [depth(i) for i in range(start, start + len(lines))]
    least = min(depths)
    return sum(d > least for d in depths) > 1 < depths.count(least) and max(depths) - least <= VERSE_DEPTH


def _verse_line(line: str) -> bool:
    return line[-1] in _VERSE_ENDS and line.count(" ") > 1 and _VERSE_START.match(line) is not None
