"""HTML that would make a parser work without end, brought to a depth that any parser can bear.

To open a ``<div>`` the parsing algorithm of the HTML standard looks through all open elements, and to open a
paragraph it opens every ``<font>`` again that was left open: work and nodes grow with the square of the nesting.
Browsers stop at 512 elements, and so does this. Pages with few tags, or with most of them closed, are passed on as
they are.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

#: No more elements are left open at once, and no more of those that are opened anew in every paragraph.
DEEPEST = 512
MOST_FORMATTING = 64
#: With fewer tags, or fewer open ones, there is nothing to mend.
FEW = 2500
#: A tag with more attributes loses all but those that matter here: each is compared with all before it.
MOST_ATTRIBUTES = 2000
LONG_TAG = 4000
_ATTRIBUTE = re.compile(
    rb"""(?<!\S)(?:class|id|role|style|aria-hidden)=(?:"[^"]{0,500}"|'[^']{0,500}')""", re.IGNORECASE
)
_TAG = re.compile(rb"<(/?)([a-z][^\s/><]*)([^<>]*)>?", re.IGNORECASE)
_FORMATTING = frozenset(b"a b big code em font i nobr s small strike strong tt u".split())
#: Tags that hold nothing, or that the next one closes.
_LIGHT = frozenset(
    b"area base br col embed hr img input link meta param source track wbr"
    b" p li dt dd td th tr option optgroup tbody thead tfoot colgroup rt rp".split()
)


def shallow(html: bytes) -> bytes:
    """Leave out start tags that would nest too deep, with their end tags, and attributes by the thousand.

    Args:
        html: a page in UTF-8.

    Returns:
        The same page if it is not too deep.
    """
    if _may_have_long_tag(html):
        pieces = html.split(b"<")
        html = b"<".join([_few_attributes(piece) if len(piece) > LONG_TAG else piece for piece in pieces])
    codes = np.frombuffer(html, np.uint8)
    if np.count_nonzero(codes == ord("<")) < FEW or not _may_be_deep(codes):
        return html
    out: list[bytes] = []
    done = depth = formatting = 0
    left_out: dict[bytes, int] = {}
    for match in _TAG.finditer(html):
        name = match[2].lower()
        if name in _LIGHT:
            continue
        light = name in _FORMATTING
        if match[1]:
            if left_out.get(name):
                left_out[name] -= 1
            else:
                depth = max(0, depth - 1)
                formatting = max(0, formatting - light)
                continue
        elif depth < DEEPEST and (not light or formatting < MOST_FORMATTING):
            depth += 1
            formatting += light
            continue
        else:
            left_out[name] = left_out.get(name, 0) + 1
        out.append(html[done : match.start()])
        done = match.end()
    out.append(html[done:])
    return b"".join(out) if done else html


def _may_have_long_tag(html: bytes) -> bool:
    """Whether a tag is as long as one with too many attributes. Such a one has long stretches without brackets."""
    step = LONG_TAG // 2
    last = seen = -1
    for at in range(0, len(html) - step, step):
        found = html.rfind(b"<", at, at + step)
        if found >= 0:
            last = found
        elif last > seen and html.find(b">", at, at + step) < 0 and html.find(b">", last, last + LONG_TAG) < 0:
            seen = last
            end = html.find(b"<", at)
            tag = html[last + 1 : end if end >= 0 else None]
            if _few_attributes(tag) is not tag:
                return True
    return False


def _may_be_deep(codes: NDArray[np.uint8]) -> bool:
    """Whether at some place many more tags have been opened than closed."""
    at = (codes[:-1] == ord("<")).nonzero()[0]
    following = codes[at + 1]
    closed = following == ord("/")
    if len(at) - int(np.count_nonzero(closed)) < FEW:
        return False
    following |= 0x20
    step = ((following >= ord("a")) & (following <= ord("z"))).astype(np.int64)
    step -= closed
    opened = step.cumsum()
    return bool(len(opened)) and int((opened - np.minimum.accumulate(opened)).max()) > FEW // 2


def _few_attributes(tag: bytes) -> bytes:
    """What follows a ``<``; a tag with far too many attributes loses most of them."""
    end = tag.find(b">")
    attributes = tag[: end if end >= 0 else None]
    if len(attributes) < LONG_TAG or not attributes[:1].isalpha() or attributes.count(b'"') % 2:
        return tag
    if attributes.count(b"=") + attributes.count(b" ") < MOST_ATTRIBUTES:
        return tag
    name = attributes.split(None, 1)[0]
    return b" ".join((name, *_ATTRIBUTE.findall(attributes[:20_000]))) + tag[len(attributes) :]
