"""Frames left open in ``<noscript>``: to a parser that runs no script they hold the rest of the page."""

from __future__ import annotations

from cleaner.read.state import FRAME, NOSCRIPT_END


def close_frames(html: bytes, words: frozenset[bytes]) -> bytes:
    """Close frames that are left open in ``<noscript>``.

    To a browser with script what is inside is text, and ends with ``</noscript>``.

    Args:
        html: a page in UTF-8.
        words: which of ``state.WORDS`` are in it.

    Returns:
        It, with frames that stand last in ``<noscript>`` closed.
    """
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
