"""A page's lines by the extension: from the tree as its parser writes it down, without an object for each node.

What stands in :mod:`cleaner.read.outline` and :mod:`cleaner.read.lines` is the definition, and what reads the pages
whose tree cannot be told from their markup.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from selectolax.lexbor import LexborNode

from cleaner.markup.columns import Markup
from cleaner.markup.words import ASIDE, HIDDEN, MAY_HIDE, NOTE, ROLES, SOLD, UNSEEN, hides, name_bits, stems
from cleaner.native import kernels
from cleaner.read import tags as t
from cleaner.read.lines import BEGIN, END
from cleaner.read.said import bits_of

if TYPE_CHECKING:
    from types import ModuleType

#: Bit -> what holds text that is not escaped, in a language whose elements may hold elements all the same.
_DOUBTFUL = {1: ("style",), 2: ("script",), 4: ("iframe", "noembed", "noframes")}


def quick_lines(root: LexborNode, *, noscript: bool = False) -> tuple[list[str], Markup] | None:
    """What ``lines_of(outline(root, noscript=noscript))`` is.

    Args:
        root: the outermost element of a page.
        noscript: take in what is meant for browsers without script.

    Returns:
        The rows and their markup; None if there is no extension, or the tree cannot be told from how it is written.
    """
    if kernels is None:
        return None
    written: list[str] = []
    head, comment, text = _left_out()
    node = root.first_child
    while node is not None:
        number = node.tag_id
        if number not in {head, comment} and (number != text or written):  # text before the body is blank
            written.append(node.html or "")
        node = node.next
    found = kernels.html_lines(_reader(kernels, noscript), "".join(written), bits_of(root.attributes, block=True))
    if found is None:
        return None
    rows, line, of_lines, of_blocks, tags, doubt = found
    if doubt and any("<" in (node.text() or "") for node in root.css(_selector(doubt))):
        return None
    element, linked, links, strong, size = np.frombuffer(of_lines, np.int64).reshape(5, -1)
    parent, depth, own, path, like, first, end = np.frombuffer(of_blocks, np.int64).reshape(7, -1)
    of_rows = np.frombuffer(line, np.int64)
    return rows, Markup(
        of_rows, element, linked, links, strong, size, tags, parent, depth, own, path, like, first, end
    )  # fmt: skip


@lru_cache(maxsize=8)
def _selector(doubt: int) -> str:
    """What finds the elements of other languages that there is doubt about."""
    names = [name for bit, some in _DOUBTFUL.items() if doubt & bit for name in some]
    return ", ".join(f"{around} {name}" for around in ("svg", "math") for name in names)


@lru_cache(maxsize=2)
def _reader(native: ModuleType, noscript: bool) -> Any:
    """What the extension is told of tags and names."""
    numbers = {**t.NUMBERS, "noscript": t.CODE["div"]} if noscript else t.NUMBERS
    flags = np.stack([BEGIN, END, t.IS_BLOCK + 2 * t.IS_BREAK + 4 * t.IS_LIST + 8 * t.IS_BOLD]).astype(np.uint8)
    special = (t.TEXT, t.LINK, t.BREAK, t.READING, t.ITEM, t.PRE, t.ORDERED, t.DIVISION)
    asks = UNSEEN << 1  # where a word may hide an element, Python is asked
    return native.make_reader(
        numbers, t.TAGS, flags, t.TAG_BITS, special, (HIDDEN, UNSEEN, asks, SOLD, NOTE, ASIDE),
        [*stems(), *((word, asks, False, False) for word in MAY_HIDE)], ROLES, name_bits, hides
    )  # fmt: skip


@lru_cache(maxsize=1)
def _left_out() -> tuple[int, int, int]:
    """The parser's numbers of ``<head>``, comments and text."""
    from selectolax.lexbor import LexborHTMLParser

    root = LexborHTMLParser("<head></head><!-- --> <body>").root
    nodes = root.iter(include_text=True) if root is not None else ()
    numbers = {node.tag: node.tag_id for node in nodes}
    return numbers["head"], numbers["-comment"], t.by_parser()[0]
