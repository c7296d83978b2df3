"""A page that was sent in pieces, put together: what comes late stands hidden at its end until a script moves it.

React's server sends ``<template id="B:0"></template>`` and something to look at meanwhile, up to ``<!--/$-->``; later
``<div hidden id="S:0">`` with the text, and a script that calls ``$RC("B:0","S:0")``; ``$RS("S:1","P:1")`` likewise
fills a gap inside such a piece (react.dev, ``renderToPipeableStream``; the calls are those of react-dom's
``ReactDOMFizzInstructionSet``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.native import kernels

#: The name of a piece. One that nothing moves, its scripts being gone, or that is met in a soup, is the page all the
#: same, not what it hides.
STREAMED = re.compile(r"S:[0-9a-f]+\Z")
_CALL = re.compile(rb'\$R(?:C\("(B:[0-9a-f]+)","(S:[0-9a-f]+)"|S\("(S:[0-9a-f]+)","(P:[0-9a-f]+)")')
_PIECE = re.compile(rb'<div hidden(?:="")? id="(S:[0-9a-f]+)">')
_GAP = re.compile(rb'<template id="([BP]:[0-9a-f]+)"></template>')
_TAG = re.compile(rb"<(/?)(?:div|(script))\b")
_EDGE = re.compile(rb"<!--(/?)\$[?!~]?-->")


def put_together(html: bytes) -> bytes:
    """Move the pieces of a page to where its scripts would move them.

    Args:
        html: the page in UTF-8.

    Returns:
        The page with each piece in its gap, in place of what stood there meanwhile, or where it was, but shown.
    """
    goes: dict[bytes, bytes] = {}
    for call in _all(_CALL, b"$R", html):
        boundary, piece, inner, gap = call.groups()
        goes[boundary or gap] = piece or inner
    pieces, rest = _apart(html, set(goes.values()))
    out: list[bytes] = []
    waiting = [(rest, 0, _boundaries(rest))]
    while waiting:
        text, start, ends = waiting.pop()
        found = next(_all(_GAP, b'<template id="', text, start), None)
        if found is None:
            out.append(text[start:])
            continue
        piece = pieces.pop(goes.get(found[1], b""), None)
        if piece is None:
            out.append(text[start : found.end()])
            waiting.append((text, found.end(), ends))
        else:
            out.append(text[start : found.start()])
            waiting.append((text, max(found.end(), ends.get(found.start(), 0)), ends))
            waiting.append((piece, 0, _boundaries(piece)))
    out += [b"<div>%b</div>" % piece for piece in pieces.values()]
    together = b"".join(out)
    for hidden in (b"hidden", b'hidden=""'):
        together = together.replace(b'<div %b id="S:' % hidden, b'<div id="S:')
    return together


def _all(pattern: re.Pattern[bytes], beginning: bytes, text: bytes, at: int = 0) -> Iterator[re.Match[bytes]]:
    """Where a pattern is found: its beginning is looked for faster by itself."""
    while (at := text.find(beginning, at)) >= 0:
        found = pattern.match(text, at)
        if found:
            yield found
        at = found.end() if found else at + 1


def _apart(html: bytes, named: set[bytes]) -> tuple[dict[bytes, bytes], bytes]:
    """The pieces by name, and the page without them."""
    pieces: dict[bytes, bytes] = {}
    rest: list[bytes] = []
    at = 0
    for found in _all(_PIECE, b"<div hidden", html):
        if found.start() < at or found[1] not in named or found[1] in pieces:
            continue
        end = kernels.div_end(html, found.end()) if kernels is not None else _div_end(html, found.end())
        if end < 0:
            break
        pieces[found[1]] = html[found.end() : end]
        rest.append(html[at : found.start()])
        at = html.find(b">", end + len(b"</div")) + 1 or len(html)
    rest.append(html[at:])
    return pieces, b"".join(rest)


def _div_end(html: bytes, at: int) -> int:
    """Where the end tag of a ``<div>`` stands whose content begins there; -1 if there is none."""
    depth, in_script = 1, False
    for tag in _TAG.finditer(html, at):
        if tag[2]:
            in_script = not tag[1]
        elif not in_script:
            depth += -1 if tag[1] else 1
        if not depth:
            return tag.start()
    return -1


def _boundaries(html: bytes) -> dict[int, int]:
    """Where each boundary's content begins -> where it ends."""
    ends: dict[int, int] = {}
    begun: list[int] = []
    for edge in _all(_EDGE, b"<!--", html):
        if not edge[1]:
            begun.append(edge.end())
        elif begun:
            ends[begun.pop()] = edge.start()
    return ends
