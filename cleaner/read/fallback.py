"""Where the text is when the page does not show it: in ``<noscript>``, or in the JSON that search engines read."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from typing import Any

#: A row of so many characters is running text.
LONG_ROW = 80
#: A page that shows less running text than this may have its text elsewhere.
LITTLE = 400
#: JSON is looked into no further than so many values.
MOST_VALUES = 100_000
_TAG = re.compile(r"</?(?:p|br|div|h[1-6]|ul|ol|li|a|b|i|em|strong|span|blockquote)\b[^<>]*>", re.IGNORECASE)
_BODIES = ("articleBody", "reviewBody")


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


def article_in_json(scripts: Iterable[str]) -> str:
    """The longest article that a page's JSON-LD holds.

    Args:
        scripts: the contents of the page's ``application/ld+json`` scripts.

    Returns:
        It as HTML; empty if there is none.
    """
    best, title = "", ""
    for script in scripts:
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
        return ""
    best = html.unescape(best) if "&lt;" in best else best
    if not _TAG.search(best):
        best = "".join(f"<p>{html.escape(part)}</p>" for part in best.splitlines() if part.strip())
    head = f"<h1>{html.escape(title)}</h1>" if title else ""
    return f"<article>{head}{best}</article>"
