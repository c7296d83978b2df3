"""What each HTML tag does to the text around it, as tables by a number for each tag."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from cleaner.markup.words import BIT

#: Never text, nor anything inside it.
_SKIPPED = (
    "script style template noscript svg iframe object embed applet head canvas audio video map datalist textarea input"
    " select option optgroup meter progress rp annotation annotation-xml noembed noframes img picture source track link"
    " meta title base param col colgroup frame frameset area -comment -doctype"
)
_BLOCK = (
    "html body address article aside center details dd dialog dir div dt fieldset figcaption footer form header"
    " hgroup legend main menu nav search section summary tbody tfoot thead tr caption button li td th pre"
    " blockquote dl figure h1 h2 h3 h4 h5 h6 ol p table ul listing plaintext xmp"
)
#: Blank lines stand above and below these.
_PARAGRAPH = "blockquote dl figure h1 h2 h3 h4 h5 h6 ol p table ul listing plaintext xmp pre hr"
_INLINE = "-text a b strong em i br hr rt wbr span code"
#: Tags by number; 0 is any other, which changes nothing.
TAGS = ("", *dict.fromkeys(f"{_INLINE} {_BLOCK}".split()))
CODE = {tag: i for i, tag in enumerate(TAGS)}
TEXT, LINK, BREAK, READING = CODE["-text"], CODE["a"], CODE["br"], CODE["rt"]
ITEM, PRE, ORDERED, DIVISION = CODE["li"], CODE["pre"], CODE["ol"], CODE["div"]


def _which(names: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.isin(np.array(TAGS), names.split())


IS_BLOCK = _which(_BLOCK)
IS_PARAGRAPH = _which(_PARAGRAPH)
IS_BREAK = _which("br hr")
IS_CELL = _which("td th")
IS_BOLD = _which("b strong")
IS_LIST = _which("ul ol menu dir")
#: What a tag says of where its text stands.
_BITS = {
    "nav": "nav", "footer": "footer", "header": "header", "aside": "aside", "main": "main", "article": "article",
    "section": "section", "form": "form", "search": "form", "ul": "list", "ol": "list", "menu": "list", "dir": "list",
    "li": "item", "table": "table", "dl": "terms", "blockquote": "quote", "pre": "pre", "figure": "figure",
    "figcaption": "caption", "caption": "caption", "p": "paragraph", "button": "button", "dialog": "dialog",
    "details": "details", "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading",
    "h6": "heading",
}  # fmt: skip
TAG_BITS = np.array([BIT.get(_BITS.get(tag, ""), 0) for tag in TAGS], np.int64)
#: By name: a tag's number, -1 if it and all in it is left out.
NUMBERS = {**CODE, **dict.fromkeys(_SKIPPED.split(), -1)}
#: The parser gives tags it does not know larger numbers than this.
UNKNOWN = 4096


@lru_cache(maxsize=1)
def by_parser() -> tuple[int, dict[int, int]]:
    """The parser's own number of text, and of each tag -> ours. They are quicker to get than names."""
    from selectolax.lexbor import LexborHTMLParser

    maker = LexborHTMLParser("<body>text<!-- comment -->")
    names = [name for name in NUMBERS if name and name[0] != "-" and name not in ("html", "head", "body")]
    nodes = [maker.create_node(name) for name in names]
    root = maker.root
    nodes += root.traverse(include_text=True) if root is not None else ()
    numbers = {node.tag_id: NUMBERS[node.tag or ""] for node in nodes if node.tag_id < UNKNOWN}
    return next(number for number, tag in numbers.items() if tag == TEXT), numbers


@lru_cache(maxsize=1)
def noscript_number() -> int:
    """The parser's number of ``<noscript>``."""
    from selectolax.lexbor import LexborHTMLParser

    number: int = LexborHTMLParser("").create_node("noscript").tag_id
    return number
