"""What elements say of themselves in tag, class, id, role and style, and which of them do not show."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.markup.columns import Ints
from cleaner.markup.words import ASIDE, HIDDEN, NOTE, ROLES, SOLD, hides, name_bits
from cleaner.read import tags as t
from cleaner.read.outline import Outline

Bools = NDArray[np.bool_]


def said(page: Outline, held: Ints, tag: Ints, is_block: Bools) -> tuple[Ints, list[int]]:
    """What elements with text say of themselves, and those of them that stand inside a line and do not show.

    An ``<aside>`` that is a note of the text becomes a ``<div>``.

    Args:
        page: the page's elements.
        held: those with text.
        tag: for each element the number of its tag; changed in place.
        is_block: for each element whether it makes lines of its own.

    Returns:
        For each element what it says of itself, in bits; and the places of those that do not show.
    """
    own = t.TAG_BITS[tag]
    unseen: list[int] = []
    nodes = page.nodes
    for i, block in zip(held.tolist(), is_block[held].tolist(), strict=True):
        bits = bits_of(nodes[i].attributes, int(own[i]), block=block) if nodes[i] is not None else 0
        if block:
            if bits:
                if bits & NOTE:
                    if own[i] & ASIDE:
                        tag[i] = t.DIVISION
                    own[i] = (own[i] | bits) & ~(NOTE | ASIDE)
                else:
                    own[i] |= bits
        elif bits & HIDDEN:
            unseen.append(i)
    return own, unseen


def bits_of(attributes: dict[str, Any] | None, tag: int = 0, *, block: bool) -> int:
    """What an element's attributes say.

    Args:
        attributes: by name.
        tag: what its tag says.
        block: whether it makes lines of its own; the id of one that stands inside a line says nothing.

    Returns:
        The bits of what it says (``markup.words``).
    """
    bits = unheard = 0
    for name, value in attributes.items() if attributes else ():
        if name == "class" or (name == "id" and block):
            if value:
                bits |= name_bits(value)
        elif name == "style":
            if value and hides(value):
                bits |= HIDDEN
        elif name == "hidden":
            if value != "until-found":
                bits |= HIDDEN
        elif name == "aria-hidden":
            if value == "true":
                unheard = HIDDEN
        elif name == "role":
            bits |= ROLES.get(value or "", 0)
    return bits if (tag | bits) & SOLD == SOLD else bits | unheard


def taken_out(  # noqa: PLR0917
    texts: list[str], length: Ints, real: Bools, at: Ints, unseen: Ints, end: Ints
) -> dict[int, str]:
    """Take text that stands inside a line and does not show out of it: for each element of such its text."""
    depth = cover(unseen, end)
    hidden: dict[int, str] = {}
    for i in unseen[depth[unseen] == 1].tolist():
        a, b = at.searchsorted([i, end[i]]).tolist()
        text = " ".join("".join(texts[a:b]).split())
        if text:
            hidden[i] = text
    for k in ((depth[at] > 0) & real).nonzero()[0].tolist():
        texts[k], length[k], real[k] = "", 0, False
    return hidden


def cover(which: Ints, end: Ints) -> Ints:
    """For each place how many of some nodes it lies in."""
    n = len(end)
    steps = np.bincount(which, minlength=n + 1)
    steps -= np.bincount(end[which], minlength=n + 1)
    return steps.cumsum()[:-1]
