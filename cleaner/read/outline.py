"""A page's nodes in the order they are written, as columns. One loop, no recursion: a page may be a million deep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborNode

from cleaner.read.tags import CODE, NUMBERS, PRE, TEXT, UNKNOWN, by_parser, noscript_number


@dataclass(slots=True)
class Outline:
    """Nodes in the order of their beginnings, without those that are never text and what is inside them.

    Attributes:
        nodes: the elements, each with ``attributes`` (a dict); None for text.
        tag: of each the number of its tag (see ``read.tags``).
        text: of each its text, if it is text, with the blanks that stand behind it.
        parent: of each the place of the node around it; 0 for the first.
        end: of each the place after all that is inside it.
    """

    nodes: list[Any]
    tag: list[int]
    text: list[str]
    parent: list[int]
    end: list[int]


def outline(root: LexborNode, *, noscript: bool = False) -> Outline:  # noqa: PLR0915
    """Walk the tree below a node.

    Args:
        root: where to begin; its siblings are not looked at.
        noscript: take in what is meant for browsers without script.

    Returns:
        Its outline.
    """
    text_number, numbers = by_parser()
    if noscript:
        numbers = {**numbers, noscript_number(): CODE["div"]}
    nodes: list[Any] = [root]
    tags = [0]
    texts: list[str] = []
    parents = [0]
    ends = [1]
    stack: list[int] = []
    inside = in_pre = 0
    place = 1
    node = root.first_child
    while node is not None:
        number = node.tag_id
        if number == text_number:
            text = node.text_content or " "
            if not text.isspace() or in_pre:
                nodes.append(None)
                tags.append(TEXT)
                parents.append(inside)
                place += 1
                ends.append(place)
                texts.append(text)
            elif texts and texts[-1][-1:] != " ":
                texts[-1] += " "
        else:
            tag = numbers.get(number, 0) if number < UNKNOWN else NUMBERS.get(node.tag or "", 0)
            if tag >= 0:
                nodes.append(node)
                tags.append(tag)
                parents.append(inside)
                ends.append(place + 1)
                child = node.first_child
                if child is not None:
                    stack.append(inside)
                    inside = place
                    place += 1
                    if tag == PRE:
                        in_pre += 1
                    node = child
                    continue
                place += 1
        node = node.next
        while node is None and stack:
            ends[inside] = place
            if tags[inside] == PRE:
                in_pre -= 1
            node = nodes[inside].next
            inside = stack.pop()
    ends[0] = place
    return Outline(nodes, tags, texts, parents, ends)
