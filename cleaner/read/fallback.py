"""Where the text is when the page does not show it: hidden where it stands, in ``<noscript>``, or in scripts' data."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleaner.markup.columns import Markup

#: A row of so many characters is running text.
LONG_ROW = 80
#: A page that shows less running text than this may have its text elsewhere.
LITTLE = 400
#: What is hidden in ``<main>`` is its text if it is so many times what is shown there.
MOSTLY = 10
#: JSON is looked into no further than so many values.
MOST_VALUES = 100_000
_TAG = re.compile(r"</?(?:p|br|div|h[1-6]|ul|ol|li|a|b|i|em|strong|span|blockquote)\b[^<>]*>", re.IGNORECASE)
_BODIES = ("articleBody", "reviewBody")
#: A string of a script, or what is left of one.
_STRING = re.compile(r'"((?:[^"\\]++|\\.)*+)(?:"|\\?\Z)', re.DOTALL)
#: Paragraphs as they stand in a string, which may stand in another.
_PARAGRAPH = re.compile(r"(?:<|\\+u003c|\\+x3c)p[\s>]", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]*>")
#: A string that may be an article has so many characters and paragraphs; so deep are strings looked for in strings.
LONG_STRING, PARAGRAPHS, DEEPEST_STRING = 400, 2, 3


def running_text(rows: Iterable[str]) -> int:
    """How much running text there is in rows, in characters."""
    return sum([size for size in map(len, rows) if size >= LONG_ROW])


def shows_little(rows: Iterable[str]) -> bool:
    """Whether rows have next to no running text, so that the page may have its text elsewhere."""
    shown = 0
    for size in map(len, rows):
        if size >= LONG_ROW:
            shown += size
            if shown >= LITTLE:
                return False
    return True


def unhide_main(rows: list[str], markup: Markup) -> None:
    """Take what ``<main>`` hides for shown, if that is nearly all it has and the page shows next to no running text.

    Such a page hides its text until a script shows it: a shop's lock, a text that fades in.

    Args:
        rows: the rows of the page.
        markup: theirs; changed in place.
    """
    from cleaner.markup.words import BIT

    both = BIT["hidden"] | BIT["main"]
    if not shows_little(row for i, row in enumerate(rows) if len(row) >= LONG_ROW and _shown(i, markup)):
        return  # as nearly every page does within a few rows
    path = markup.path[markup.element]
    waiting = int(markup.size[path & both == both].sum())
    if waiting >= LITTLE and waiting >= MOSTLY * int(markup.size[path & both == BIT["main"]].sum()):
        waits = markup.path & both == both
        markup.path[waits] &= ~BIT["hidden"]
        markup.own[waits] &= ~BIT["hidden"]


def _shown(row: int, markup: Markup) -> bool:
    from cleaner.markup.words import HIDDEN

    return not int(markup.path[markup.element[markup.line[row]]]) & HIDDEN


def article_in_json(scripts: Iterable[str]) -> str:
    """The longest article that a page's scripts hold: in JSON as search engines read it, or else as HTML in a string.

    The second is how frameworks that build the page by script (Next.js, Nuxt, ...) send its text along.

    Args:
        scripts: the contents of the page's scripts.

    Returns:
        It as HTML; empty if there is none.
    """
    best, title = "", ""
    scripts = list(scripts)
    for script in scripts:
        if _BODIES[0] not in script and _BODIES[1] not in script:
            continue
        try:
            data = json.loads(script)
        except (ValueError, RecursionError):
            continue
        waiting: list[Any] = [data]
        for _ in range(MOST_VALUES):
            if not waiting:
                break
            value = waiting.pop()
            if isinstance(value, list):
                waiting += value
            elif isinstance(value, dict):
                for key in _BODIES:
                    body = value.get(key)
                    if isinstance(body, str) and len(body) > len(best):
                        headline = value.get("headline")
                        best, title = body, headline if isinstance(headline, str) else ""
                waiting += [part for part in value.values() if isinstance(part, list | dict)]
    if not best:
        found = [text for script in scripts for text in _strings(script, DEEPEST_STRING)]
        best = max(found, key=lambda text: len(_ANY_TAG.sub("", text)), default="")
        return f"<article>{best}</article>" if best else ""
    best = html.unescape(best) if "&lt;" in best else best
    if not _TAG.search(best):
        best = "".join(f"<p>{html.escape(part)}</p>" for part in best.splitlines() if part.strip())
    head = f"<h1>{html.escape(title)}</h1>" if title else ""
    return f"<article>{head}{best}</article>"


def _strings(script: str, depth: int) -> Iterator[str]:
    """The strings of a script that are HTML with paragraphs."""
    if not depth or len(_PARAGRAPH.findall(script)) < PARAGRAPHS:
        return
    for match in _STRING.finditer(script):
        if len(match[1]) < LONG_STRING:
            continue
        try:
            text = json.loads(f'"{match[1]}"', strict=False)
        except ValueError:
            continue
        bare = text.lstrip()
        if bare[:1] == "<" and len(_PARAGRAPH.findall(bare)) >= PARAGRAPHS:
            yield bare
        else:
            yield from _strings(text, depth - 1)
