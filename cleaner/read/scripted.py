"""What a page's bytes say otherwise to a browser that runs script than to a parser that does not."""

from __future__ import annotations

import re

from cleaner.read.state import holds

#: React's pieces of a page (see ``read.streamed``) whose scripts are gone, or that are met in a soup: they are the
#: page, not what it hides.
STREAMED = re.compile(r"S:[0-9a-f]+\Z")
_STREAMED = (b'<div hidden id="S:', b'<div id="S:')
_NOSCRIPT_END = b"</noscript"


def as_scripted(html: bytes) -> bytes:
    """Bring a page's bytes to what script would see.

    What is inside ``<noscript>`` is text to a browser with script, and ends with it. To others an ``<iframe>`` that is
    not closed there holds the rest of the page.

    Args:
        html: a page in UTF-8.

    Returns:
        It, with parts that wait for their place shown, and frames that stand last in ``<noscript>`` closed.
    """
    if holds(html, _STREAMED[0]):
        html = html.replace(*_STREAMED)
    if not holds(html, b"<iframe") or not holds(html, _NOSCRIPT_END):
        return html
    out: list[bytes] = []
    done = 0
    at = html.find(_NOSCRIPT_END)
    while at >= 0:
        before = html.rfind(b"<", done, at)
        if before >= 0 and html.startswith(b"<iframe", before) and html[before:at].rstrip().endswith(b">"):
            out += (html[done:at], b"</iframe>")
            done = at
        at = html.find(_NOSCRIPT_END, at + 1)
    out.append(html[done:])
    return b"".join(out)
