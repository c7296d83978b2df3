"""HTML that would make a parser work without end, brought to a depth that any parser can bear.

To open a ``<div>`` the parsing algorithm of the HTML standard looks through all open elements, and to open a
paragraph it opens every ``<font>`` again that was left open: work and nodes grow with the square of the nesting.
Browsers stop at 512 elements, and so does this. Pages with few tags, or with most of them closed, are passed on as
they are. What stands in scripts does not count, nor do tags of drawings that close themselves; but a page that is not
as it should be in such a place is counted tag by tag from there on, so that none can hide tags from here that the
parser sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cleaner.native import kernels

#: No more elements are left open at once, and no more of those that are opened anew in every paragraph.
DEEPEST = 512
MOST_FORMATTING = 64
#: Of the tags that are closed by the next one in some places and nest in others, so many are left what they are.
MOST_LOOSE = 4000
#: So many letters of tags' names tell them apart. Two numbers of eight bytes hold them.
LONG_NAME = 16
#: With fewer tags, or fewer open ones, there is nothing to mend.
FEW = 2500
#: A tag with more attributes loses all but those that matter here: each is compared with all before it.
MOST_ATTRIBUTES = 2000
LONG_TAG = 4000
_ATTRIBUTE = re.compile(
    rb"""(?<!\S)(?:class|id|role|style|aria-hidden)=(?:"[^"]{0,500}"|'[^']{0,500}')""", re.IGNORECASE
)
#: The standard's spaces; ``\s`` would take in the vertical tab.
_S = rb" \t\n\f\r"
#: A tag as the standard's tokenizer reads it: (end, name, whether it closes itself).
_TAG = re.compile(
    rb"""<(/?)([a-z][^%b/>]*+)(?:[%b]++|/(?!>)|[^%b/>][^%b/>=]*+"""
    rb"""(?:[%b]*+=[%b]*+(?:"[^"]*+"|'[^']*+'|(?=>)|[^%b>"'][^%b>]*+))?+)*+(/?)>""" % ((_S,) * 8),
    re.IGNORECASE,
)
_SCRIPT = re.compile(rb"<script[%b/>]" % _S, re.IGNORECASE)
_COMMENT_END = re.compile(rb"--!?>")
_FORMATTING = frozenset(b"a b big code em font i nobr s small strike strong tt u".split())
#: Tags that hold nothing, or that the next one closes.
_LIGHT = frozenset(
    b"area base br col embed hr img input link meta param source track wbr"
    b" p li dt dd td th tr option optgroup tbody thead tfoot colgroup rt rp".split()
)

#: Of these, tags that nest outside ``<ruby>`` and ``<select>``.
_LOOSE = frozenset(b"rt rp optgroup".split())

#: What a drawing is made of.
_DRAWN = frozenset(
    b"g path rect circle ellipse line polygon polyline use defs symbol lineargradient radialgradient stop clippath mask"
    b" pattern filter feblend fecolormatrix fecomposite feflood fegaussianblur femerge femergenode femorphology"
    b" feoffset text tspan image metadata switch view textpath animate animatetransform animatemotion set".split()
)
#: What these hold is text, to their end tag.
_TEXT = frozenset(b"script style title textarea iframe xmp noembed noframes".split())
#: The names for the extension, with a space before and behind each.
_LIGHT_FOR_C, DRAWN_FOR_C, _FORMATTING_FOR_C, TEXT_FOR_C, _LOOSE_FOR_C = (
    b" %b " % b" ".join(sorted(names)) for names in (_LIGHT, _DRAWN, _FORMATTING, _TEXT, _LOOSE)
)


def shallow(html: bytes) -> bytes:
    """Leave out start tags that would nest too deep, with their end tags, and attributes by the thousand.

    Args:
        html: a page in UTF-8.

    Returns:
        The same page if it is not too deep.
    """
    found = kernels.guard(html, FEW, LONG_TAG, MOST_ATTRIBUTES) if kernels is not None else 7
    if found & 1 and (kernels is not None or _may_have_long_tag(html)):
        pieces = html.split(b"<")
        html = b"<".join([_few_attributes(piece) if len(piece) > LONG_TAG else piece for piece in pieces])
        found |= 6
    strict = bool(found & 4) and _has_strays(html)
    if not strict:
        if not found & 2 or not _may_be_deep(html):
            return html
        names = (_LIGHT_FOR_C, DRAWN_FOR_C, _FORMATTING_FOR_C, TEXT_FOR_C)
        if kernels is not None and not kernels.deep(html, DEEPEST, MOST_FORMATTING, *names):
            return html
    return _without_deep(html, strict=strict)


def _without_deep(html: bytes, *, strict: bool) -> bytes:
    """A page without the tags that nest too deep.

    Args:
        html: the page.
        strict: whether an end tag counts only where a tag of its name is open.
    """
    out: list[bytes] = []
    done = depth = formatting = loose = 0
    left_out: dict[bytes, int] = {}
    opened: dict[bytes, int] = {}
    for start, stop, closing, name in _tags(html, _LIGHT - _LOOSE if strict else _LIGHT):
        light = name in _FORMATTING
        if name in _LOOSE:
            if closing:
                continue
            loose += 1
            if loose <= MOST_LOOSE:
                continue
        elif closing and left_out.get(name):
            left_out[name] -= 1
        elif closing:
            if opened.get(name) or not strict:
                opened[name] = opened.get(name, 0) - 1
                depth = max(0, depth - 1)
                formatting = max(0, formatting - light)
            continue
        elif depth < DEEPEST and (not light or formatting < MOST_FORMATTING):
            opened[name] = opened.get(name, 0) + 1
            depth += 1
            formatting += light
            continue
        else:
            left_out[name] = left_out.get(name, 0) + 1
        out.append(html[done:start])
        done = stop
    out.append(html[done:])
    return b"".join(out) if done else html


def _tags(html: bytes, light: frozenset[bytes] = _LIGHT) -> Iterator[tuple[int, int, bool, bytes]]:
    """The tags that open and close elements: where each begins and ends, whether it is an end tag, its name.

    Those that count for nothing are left out.
    """
    at = 0
    plain = True  # nothing odd yet
    while (at := html.find(b"<", at)) >= 0:
        match = _TAG.match(html, at)
        if match is None:
            at = _past(html, at)
            continue
        stop, name = match.end(), match[2].lower()
        if plain and not match[1]:
            past = stop
            if name in _TEXT:
                past = _past_text(html, stop, name)
            elif name == b"svg":
                past = stop if match[3] else _past_drawing(html, stop)
            plain = past > 0 and name not in {b"math", b"plaintext"}
            if past > stop:
                at = past
                continue
        if name not in light:
            yield at, stop, bool(match[1]), name
        at = stop


def _past(html: bytes, at: int) -> int:
    """Where to go on after a ``<`` that begins no whole tag; the end of the page, if the parser finds none there."""
    following = html[at + 1 : at + 2]
    if html.startswith(b"<!--", at):
        match = _COMMENT_END.search(html, at + 2)
        return match.end() if match else len(html)
    if following in (b"!", b"?") or (following == b"/" and not html[at + 2 : at + 3].isalpha()):
        return html.find(b">", at + 2) + 1 or len(html)
    return len(html) if following == b"/" or following.isalpha() else at + 1


def _past_text(html: bytes, at: int, name: bytes) -> int:
    """Where an element ends that holds only text; 0 if it may hold more."""
    end = re.compile(rb"</" + name + rb"[" + _S + rb"/>]", re.IGNORECASE).search(html, at)
    stop = end.start() if end else len(html)
    inside = html[at:stop]
    if name == b"script":  # one inside a comment would have an end of its own
        comment = inside.find(b"<!--")
        odd = comment >= 0 and _SCRIPT.search(inside, comment) is not None
    else:
        odd = name != b"style" and b"<" in inside
    if odd:
        return 0
    match = _TAG.match(html, stop)
    return match.end() if match else len(html)


def _past_drawing(html: bytes, at: int) -> int:
    """Where a drawing ends; 0 if there is more in it than drawings have, or it is too deep."""
    opened = [b"svg"]
    while opened and len(opened) < DEEPEST // 2 and (at := html.find(b"<", at)) >= 0:
        match = _TAG.match(html, at)
        if match is None:
            if html.startswith(b"<![", at):
                return 0
            at = _past(html, at)
            continue
        at, name = match.end(), match[2].lower()
        if match[1]:
            if name not in opened:  # it may close what the drawing stands in
                return 0
            while opened.pop() != name:
                pass
        elif name in {b"title", b"desc", b"style"}:
            end = html.find(b"<", at)
            match = _TAG.match(html, end) if end >= 0 else None
            if match is None or not match[1] or match[2].lower() != name:
                return 0
            at = match.end()
        elif name != b"svg" and name not in _DRAWN and b":" not in name:
            return 0
        elif not match[3]:
            opened.append(name)
    return 0 if opened else at


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


def _may_be_deep(html: bytes) -> bool:
    """Whether at some place many more tags have been opened than closed."""
    codes = np.frombuffer(html, np.uint8)
    if np.count_nonzero(codes == ord("<")) < FEW:
        return False
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


def _has_strays(html: bytes) -> bool:
    """Whether many end tags come where no tag of their name is open, or there are very many loose tags.

    Such end tags close nothing: what was opened before them stays open.
    """
    if kernels is not None:
        found: bool = kernels.strays(html, FEW, MOST_LOOSE, _LOOSE_FOR_C)
        return found
    codes = np.frombuffer(html, np.uint8)
    at = (codes[: -LONG_NAME - 1] == ord("<")).nonzero()[0] + 1
    if len(at) < FEW:
        return False
    closed = codes[at] == ord("/")
    if len(at) - int(np.count_nonzero(closed)) < FEW:
        return False
    at += closed
    letters = sliding_window_view(codes, LONG_NAME)[at] | np.uint8(0x20)
    tags = (letters[:, 0] >= ord("a")) & (letters[:, 0] <= ord("z"))
    letters, step = letters[tags], 1 - 2 * closed[tags].astype(np.int64)
    going = (letters > ord(" ")) & (letters != ord("/")) & (letters != ord(">"))
    np.logical_and.accumulate(going, axis=1, out=going)
    if not len(step) or np.count_nonzero(going[:, -1]) > FEW // 4:
        return bool(len(step))
    letters *= going
    parts = letters.view(np.uint64)
    name = parts[:, 0] * np.uint64(0x9E37_79B9_7F4A_7C15) + parts[:, 1]
    order = name.argsort(kind="stable")
    name, step = name[order], step[order]
    first = np.append(True, name[1:] != name[:-1]).nonzero()[0]
    sums = step.cumsum()
    lowest = np.minimum.reduceat(sums, first) - (sums - step)[first]
    if int(-np.minimum(lowest, 0).sum()) > FEW // 4:
        return True
    loose = [bytes(letters[order[i]]).rstrip(b"\0") in _LOOSE for i in first.tolist()]
    return int(np.add.reduceat(step > 0, first, dtype=np.int64)[loose].sum()) > MOST_LOOSE


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
