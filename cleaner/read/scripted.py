"""What a page's bytes say otherwise to a browser that runs script than to a parser that does not."""

from __future__ import annotations

import re

#: React's pieces of a page (see ``read.streamed``) whose scripts are gone, or that are met in a soup: they are the
#: page, not what it hides.
STREAMED = re.compile(r"S:[0-9a-f]+\Z")
_STREAMED = (b'<div hidden id="S:', b'<div id="S:')
#: What is inside ``<noscript>`` is text to a browser with script, and ends with it. To others an ``<iframe>`` that is
#: not closed there holds the rest of the page.
_OPEN_FRAME = re.compile(rb"<iframe\b[^<>]*>(?=\s*</noscript)", re.IGNORECASE)


def as_scripted(html: bytes) -> bytes:
    """Bring a page's bytes to what script would see.

    Args:
        html: a page in UTF-8.

    Returns:
        It, with parts that wait for their place shown, and frames inside ``<noscript>`` closed.
    """
    html = html.replace(*_STREAMED)
    if b"<noscript" not in html and b"<NOSCRIPT" not in html:
        return html
    return _OPEN_FRAME.sub(rb"\g<0></iframe>", html)
