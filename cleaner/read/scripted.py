"""What a page's bytes say otherwise to a browser that runs script than to a parser that does not."""

from __future__ import annotations

import re

from cleaner.read.state import FRAME, NOSCRIPT_END, PIECE

#: React's pieces of a page (see ``read.streamed``) whose scripts are gone, or that are met in a soup: they are the
#: page, not what it hides.
STREAMED = re.compile(r"S:[0-9a-f]+\Z")


def as_scripted(html: bytes, words: frozenset[bytes]) -> bytes:
    """Bring a page's bytes to what script would see.

    What is inside ``<noscript>`` is text to a browser with script, and ends with it. To others an ``<iframe>`` that is
    not closed there holds the rest of the page.

    Args:
        html: a page in UTF-8.
        words: which of ``state.WORDS`` are in it.

    Returns:
        It, with parts that wait for their place shown, and frames that stand last in ``<noscript>`` closed.
    """
    if PIECE in words:
        html = html.replace(PIECE, PIECE.replace(b" hidden", b""))
    if FRAME not in words or NOSCRIPT_END not in words:
        return html
    out: list[bytes] = []
    done = 0
    at = html.find(NOSCRIPT_END)
    while at >= 0:
        before = html.rfind(b"<", done, at)
        if before >= 0 and html.startswith(FRAME, before) and html[before:at].rstrip().endswith(b">"):
            out += (html[done:at], b"</iframe>")
            done = at
        at = html.find(NOSCRIPT_END, at + 1)
    out.append(html[done:])
    return b"".join(out)
