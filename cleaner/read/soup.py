"""A ``BeautifulSoup`` or ``Tag`` that the caller already has, as an outline like any other."""

from __future__ import annotations

from typing import Any

from cleaner.read.outline import Outline
from cleaner.read.streamed import STREAMED
from cleaner.read.tags import CODE, NUMBERS, PRE, TEXT


def is_soup(given: Any) -> bool:
    """Whether something is a bs4 tree, told without importing bs4; a string of one, or a list of its tags, is none."""
    kinds = type(given).__mro__
    return str not in kinds and list not in kinds and any(cls.__module__.partition(".")[0] == "bs4" for cls in kinds)


class _Element:
    """An element of a soup as ``read.lines`` sees it."""

    __slots__ = ("attributes",)

    def __init__(self, attributes: dict[str, Any]) -> None:
        self.attributes = {
            key: value if value is None else " ".join(value) if isinstance(value, list) else str(value)
            for key, value in attributes.items()
        }
        if "hidden" in attributes and STREAMED.match(str(attributes.get("id"))):
            del self.attributes["hidden"]


def soup_outline(root: Any, *, noscript: bool = False) -> Outline:
    """Walk a soup.

    Args:
        root: a ``BeautifulSoup`` or ``Tag``.
        noscript: take in what is meant for browsers without script.

    Returns:
        Its outline.
    """
    from bs4.element import NavigableString, PreformattedString, Tag

    nodes: list[Any] = [_Element(root.attrs)]
    tags, texts, parents, ends = [0], [], [0], [1]
    stack: list[tuple[int, Any]] = []
    inside = in_pre = 0
    children = iter(root.contents)
    while True:
        child = next(children, None)
        if child is None:
            if not stack:
                break
            ends[inside] = len(nodes)
            in_pre -= tags[inside] == PRE
            inside, children = stack.pop()
        elif isinstance(child, NavigableString):
            text = str(child)
            if isinstance(child, PreformattedString):
                continue
            if not text.isspace() or in_pre:
                nodes.append(child)
                tags.append(TEXT)
                parents.append(inside)
                ends.append(len(nodes))
                texts.append(text)
            elif texts and texts[-1][-1:] != " ":
                texts[-1] += " "
        elif isinstance(child, Tag):
            name = child.name.lower()
            if name == "html" and inside == 0:  # it is the root, as it is for selectolax, and no element in one
                nodes[0] = _Element(child.attrs)
                stack.append((0, children))
                children = iter(child.contents)
                continue
            tag = CODE["div"] if noscript and name == "noscript" else NUMBERS.get(name, 0)
            if tag >= 0:
                nodes.append(_Element(child.attrs))
                tags.append(tag)
                parents.append(inside)
                ends.append(len(nodes))
                stack.append((inside, children))
                inside = len(nodes) - 1
                in_pre += tag == PRE
                children = iter(child.contents)
    ends[0] = len(nodes)
    return Outline(nodes, tags, texts, parents, ends)
