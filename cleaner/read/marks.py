"""Links, emphasis and code inside lines, written as markdown writes them."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from cleaner.read import tags as t
from cleaner.read.outline import Outline

Ints = NDArray[np.int64]

_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
_SPECIAL = re.compile(r"([\\`*_\[\]])")
#: An address with one of these would end the link early, or run script.
_BAD_LINK = re.compile(r"[\s()<>]|\A(?:javascript|data|vbscript):", re.IGNORECASE)


def mark(texts: list[str], at: Ints, page: Outline, tag: Ints, end: Ints) -> list[str]:
    """Put marks around the pieces of text that are links, emphasis or code.

    Args:
        texts: the pieces.
        at: the place of each in the outline.
        page: the outline.
        tag: the tags of its nodes.
        end: where its nodes end.

    Returns:
        The pieces, those with marks escaped and marked. What spans several blocks is not marked.
    """
    quoted = np.isin(tag, [t.PRE, t.CODE["code"]]).nonzero()[0]
    inside = np.zeros(len(tag) + 1, np.int64)
    np.add.at(inside, quoted, 1)
    np.add.at(inside, end[quoted], -1)
    verbatim = inside.cumsum()[at] > 0
    pre = np.zeros(len(tag) + 1, np.int64)
    blocks = (tag == t.PRE).nonzero()[0]
    np.add.at(pre, blocks, 1)
    np.add.at(pre, end[blocks], -1)
    in_pre = pre.cumsum()
    out = [text if raw else _SPECIAL.sub(r"\\\1", text) for text, raw in zip(texts, verbatim.tolist(), strict=True)]
    parts = t.IS_BLOCK[tag] | t.IS_BREAK[tag]
    sums = np.append(0, parts.cumsum())
    which = np.isin(tag, [t.LINK, *(t.CODE[name] for name in _MARKS)]).nonzero()[0]
    for i in which[::-1].tolist():  # those inside come first
        if in_pre[i] or sums[end[i]] > sums[i]:
            continue
        a, b = (int(n) for n in at.searchsorted([i, end[i]]))
        while a < b and not out[a].strip():
            a += 1
        while b > a and not out[b - 1].strip():
            b -= 1
        if a == b:
            continue
        if tag[i] == t.LINK:
            address = (page.nodes[i].attributes or {}).get("href") or ""
            if not address or _BAD_LINK.search(address):
                continue
            before, after = "[", f"]({address})"
        else:
            before = after = _MARKS[t.TAGS[int(tag[i])]]
        out[a] = _inside(out[a], before, "")
        out[b - 1] = _inside(out[b - 1], "", after)
    return out


def _inside(text: str, before: str, after: str) -> str:
    """Marks go between a text and the blanks around it."""
    bare = text.strip()
    lead = text[: len(text) - len(text.lstrip())] if before else ""
    tail = text[len(text.rstrip()) :] if after else ""
    middle = text if not before and not after else text[len(lead) : len(text) - len(tail)]
    return f"{lead}{before}{middle}{after}{tail}" if bare else text
