"""HTML in: parsed, walked, its text repaired, made a page that knows its markup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from cleaner.errors import InputError, TooLargeError
from cleaner.page import Page
from cleaner.read.encoding import as_utf8, decode
from cleaner.read.fallback import article_in_json, running_text, shows_little, unhide_main
from cleaner.read.frames import close_frames
from cleaner.read.state import PIECE, flags_of, is_binary, words_in
from cleaner.read.text import page_of
from cleaner.repair import Repair
from cleaner.repair.look import CHUNK, Look
from cleaner.repair.whitespace import only_closes_up
from cleaner.result import Line

_HTML = re.compile(
    r"\ufeff?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--(?:[^-]|-(?!->)){0,2000}-->\s*)*"
    r"<(?:!doctype\s+html|(?:html|head|body|title|meta|link|script|div|p|h[1-6]|article|section|main|header|nav|footer|aside|form|blockquote|pre|figure|table|ul|ol)"
    r"[\s>])",
    re.IGNORECASE,
)

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

    from cleaner.markup.columns import Markup
    from cleaner.read.outline import Outline


def read_html(
    given: Any, repairs: Iterable[tuple[str, Repair]], encoding: str | None, largest: int, *, marked: bool = False
) -> Page:
    """Make a page of HTML.

    Args:
        given: the HTML: bytes, text, or a ``BeautifulSoup`` or ``Tag``.
        repairs: (stage name, function), in order.
        encoding: the encoding declared for bytes from outside (``Content-Type``).
        largest: how many bytes the page may have, or characters.
        marked: whether links, emphasis and code inside lines are wanted as markdown writes them.

    Returns:
        The page, with its ``markup``; its raw lines are the text that the page shows.

    Raises:
        InputError: it is none of these.
        TooLargeError: it is larger than allowed.
    """
    from cleaner.read.bare import bare
    from cleaner.read.lines import empty_markup
    from cleaner.read.soup import is_soup, soup_outline
    from cleaner.read.streamed import put_together

    if is_soup(given):
        title = next((title for title in given.find_all("title") if title.find_parent("svg") is None), None)
        name = title.get_text() if title is not None else ""
        rows, markup = _lines(soup_outline(given), marked)
        if shows_little(rows) and given.find("noscript") is not None:
            rows, markup = _fuller((rows, markup), _lines(soup_outline(given, noscript=True), marked))
        if shows_little(rows):
            scripts = [script.string or "" for script in given.find_all("script")]
            rows, markup = _from_json((rows, markup), scripts, marked)
        flags: list[str] = []
    else:
        data, flags = html_bytes(given, encoding, largest)
        words = words_in(data)
        if PIECE in words:
            data = put_together(data)
        data = close_frames(data, words)
        parser = _parsed(bare(data, addresses=marked))
        root = parser.root
        name = ""
        if root is None:
            rows, markup = [], empty_markup()
        else:
            name = _title(parser)
            rows, markup = _lines_below(root, marked)
        if root is not None and shows_little(rows):
            if parser.css_first("noscript") is not None:
                rows, markup = _fuller((rows, markup), _lines_below(root, marked, noscript=True))
            scripts = [script.text() for script in _parsed(data).css("script")]
            rows, markup = _from_json((rows, markup), scripts, marked)
        known = flags_of(data, sum(map(len, rows)), partial(running_text, rows), words)
        flags += [flag for flag in known if flag not in flags]
    unhide_main(rows, markup)
    markup.title = " ".join(name.split())
    page = _page(rows, markup, repairs)
    page.markup = markup
    page.flags += flags
    return page


def _parsed(html: bytes) -> LexborHTMLParser:
    """HTML parsed, without a browser's events: they would copy the chosen option of a list, which is no text here."""
    from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

    from cleaner.read.guard import shallow

    return LexborHTMLParser(shallow(html), options=LexborDocumentOptions.WO_EVENTS)


def _title(parser: LexborHTMLParser) -> str:
    """What the page's first ``<title>`` says, drawings' left out. Nearly always it is among the head's own elements."""
    node = parser.head.first_child if parser.head is not None else None
    while node is not None and node.tag != "title":
        node = node.next
    if node is None:
        drawn = {title.mem_id for title in parser.css("svg title")}
        node = next((title for title in parser.css("title") if title.mem_id not in drawn), None)
    return node.text() if node is not None else ""


def _fuller(shown: tuple[list[str], Markup], other: tuple[list[str], Markup]) -> tuple[list[str], Markup]:
    """The other rows, if they have much more running text."""
    return other if running_text(other[0]) > max(200, 2 * running_text(shown[0])) else shown


def _lines(tree: Outline, marked: bool) -> tuple[list[str], Markup]:
    """The rows of a page and their markup, with the rows as markdown if wanted."""
    from cleaner.read.lines import lines_of

    rows, markup = lines_of(tree)
    if marked:
        other = lines_of(tree, marked=True)[0]
        markup.marked = other if len(other) == len(rows) else []
    return rows, markup


def _lines_below(root: Any, marked: bool, *, noscript: bool = False) -> tuple[list[str], Markup]:
    """The rows of a page and their markup: by the extension, or by a walk over its nodes."""
    from cleaner.read.outline import outline
    from cleaner.read.quick import quick_lines

    found = None if marked else quick_lines(root, noscript=noscript)
    return _lines(outline(root, noscript=noscript), marked) if found is None else found


def _from_json(shown: tuple[list[str], Markup], scripts: list[str], marked: bool) -> tuple[list[str], Markup]:
    """The article of the page's JSON, if the page shows next to nothing."""
    article = article_in_json(scripts)
    root = _parsed(article.encode("utf-8", "replace")).root if article else None
    return _fuller(shown, _lines_below(root, marked)) if root is not None else shown


def looks_like_html(text: str) -> bool:
    """Whether a text is HTML: it begins with a tag that a page or a piece of one begins with."""
    return _HTML.match(text[:20_000]) is not None


def html_bytes(given: Any, encoding: str | None, largest: int) -> tuple[bytes, list[str]]:
    """HTML in UTF-8, and flags.

    Args:
        given: bytes or text.
        encoding: the encoding declared for bytes.
        largest: how many bytes or characters there may be.

    Returns:
        The bytes, none if it is a picture or the like, and the flags ``not_html`` and ``truncated`` where they apply.

    Raises:
        InputError: it is neither.
        TooLargeError: it is larger than allowed.
    """
    if not isinstance(given, bytes | bytearray | memoryview | str):
        kind = type(given).__name__
        raise InputError(f"got {kind} where HTML is expected: bytes, str, or a BeautifulSoup or Tag of bs4")
    if len(given) > largest:
        raise TooLargeError(f"the page has {len(given)} bytes, more than max_bytes = {largest} allows")
    if isinstance(given, str):
        try:
            return given.encode(), []
        except UnicodeEncodeError:  # halves of pairs: those that belong together are one character, others U+FFFD
            return given.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode(), []
    data = bytes(given)
    if is_binary(data[:512]):
        return b"", ["not_html"]
    whole = as_utf8(data, encoding)
    if whole is not None:
        return whole, []
    found = decode(data, encoding)
    return found.text.encode("utf-8", "replace"), ["truncated"] if "truncated" in found.flags else []


def _page(rows: list[str], markup: Markup, repairs: Iterable[tuple[str, Repair]]) -> Page:
    """The repaired rows as a page. Rows of ``<pre>`` keep their indentation."""
    from cleaner.markup.words import BIT

    verbatim: list[int] = []
    if "pre" in markup.tags:
        pre = markup.path[markup.element] & BIT["pre"] > 0
        verbatim = ((markup.line >= 0) & pre[markup.line]).nonzero()[0].tolist()
    text = "\n".join(rows)
    closed = not verbatim and bool(rows)  # no row has two spaces side by side, or one at an end
    now: list[str] | Look = rows
    if len(text) <= CHUNK:
        now = Look(text, rows) if closed else Look(text)
    steps: list[tuple[str, list[str]]] = []
    for name, repair in repairs:
        if name == "whitespace" and closed and isinstance(now, Look) and only_closes_up(now) and not _joins(now):
            continue
        after = repair(now)
        if after is now:
            continue
        if verbatim and name != "encoding":
            before = now.lines if isinstance(now, Look) else now
            after = list(after)
            for i in verbatim:
                after[i] = before[i]
        now = after
        steps.append((name, after))
    return page_of(text, now.lines if isinstance(now, Look) else now, steps)


def _joins(look: Look) -> bool:
    """Whether a text has characters that join letters, and are no more than a blank if they stand alone."""
    return "\u200c" in look.odd or "\u200d" in look.odd


def tagged(page: Page) -> tuple[Line, ...]:
    """The lines of a page that stay, with their tags."""
    markup = page.markup
    if markup is None:
        return ()
    out = []
    for i, line in enumerate(page.lines):
        if page.kept[i]:
            number = page.place(i)[0]
            out.append(Line(line, number, markup.tags[int(markup.element[markup.line[number - 1]])]))
    return tuple(out)
