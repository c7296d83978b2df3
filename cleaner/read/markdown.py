"""What stays of a page of HTML as markdown: headings, lists, links, emphasis, tables, quotes and code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cleaner.markup.words import BIT
from cleaner.page import Page

if TYPE_CHECKING:
    from cleaner.markup.columns import Markup

_CELLS = " | "
#: A bar that is a cell's own.
_BAR = re.compile(r"(?<! )\||\|(?! )")
_FENCES = re.compile("`{3,}")


def markdown(page: Page) -> str:
    """Write the lines that stay as markdown.

    Args:
        page: a page that has been run, with ``markup.marked``.

    Returns:
        The text.
    """
    markup = page.markup
    if markup is None:
        return page.text()
    raw = page.raw
    out: list[str] = []
    last = ""
    gap = False
    before = opened = -1
    for i, line in enumerate(page.lines):
        row = page.row[i]
        gap = gap or row - before > 1
        before = row
        if not page.kept[i]:
            continue
        number = page.place(i)[0] - 1
        element = int(markup.element[markup.line[number]])
        path = int(markup.path[element])
        marked = markup.marked[number] if line == raw[number] and number < len(markup.marked) else line
        kind = _kind(markup.tags[element], path)
        if kind == "table":
            text = f"| {_BAR.sub(_escaped, marked)} |"
        elif kind.startswith("h"):
            bare = marked.removeprefix("**").removesuffix("**") if marked.count("**") == 2 else marked
            text = f"{'#' * int(kind[1])} {bare}"
        else:
            text = marked if kind == "pre" else _nested(marked, markup, element)
            if path & BIT["quote"] and kind != "pre":
                text = "> " + text
        if last == "pre" and kind != "pre":
            _close(out, opened)
        parted = gap or kind != last
        if out and (gap or kind not in (last, "pre", "p")):
            out.append("")
        elif out and kind == last == "p":
            out[-1] += "  "  # a line break
        if kind == "pre" and last != "pre":
            opened = len(out)
            out.append("")
        out.append(text)
        if kind == "table" and parted:
            out.append("|" + " --- |" * (text.count(_CELLS) + 1))
        last, gap = kind, False
    if last == "pre":
        _close(out, opened)
    return "\n".join(out)


def _escaped(bar: re.Match[str]) -> str:
    return "\\" + bar[0]


def _close(out: list[str], opened: int) -> None:
    """Put fences around a block of code, longer than any in it."""
    inside = [len(run) for line in out[opened + 1 :] for run in _FENCES.findall(line)]
    out[opened] = "`" * (max(inside, default=2) + 1)
    out.append(out[opened])


def _kind(tag: str, path: int) -> str:
    if path & BIT["pre"]:
        return "pre"
    if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
        return tag
    if tag in ("td", "th"):
        return "table"
    return "item" if path & BIT["item"] else "p"


def _nested(line: str, markup: Markup, element: int) -> str:
    """Items of lists in lists stand in by two spaces a level."""
    lists, above = 0, element
    while above and lists < 12:
        lists += markup.tags[above] in ("ul", "ol")
        above = int(markup.parent[above])
    return "  " * max(0, lists - 1) + line
