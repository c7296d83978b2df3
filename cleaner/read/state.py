"""What state a page of HTML is in: no HTML at all, cut short, a wall before the text, a page that script would fill."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import AnyStr

from cleaner.native import kernels

#: A page that shows less text than this may be a wall, or wait for script.
LITTLE = 600
#: A page with more running text than this shows an article, whatever its elements are called.
WALLED = 2000
#: How files that are no text begin. FIELD: libmagic's table.
_BINARY = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"PK\x03\x04", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x7fELF", b"RIFF",
    b"\xd0\xcf\x11\xe0", b"II*\0", b"MM\0*", b"OggS", b"ID3", b"\0\0\0\x18ftyp", b"\0\0\0 ftyp", b"wOF",
)  # fmt: skip
_TAG = re.compile(rb"<(?:!doctype|[a-z][a-z0-9-]*)[\s>/]", re.IGNORECASE)
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml\b")
_BEGINS_TAG = re.compile(rb"[a-z/!]|\Z", re.IGNORECASE)
#: These are looked for in small letters.
_CAPTCHA = re.compile(
    r"captcha|cf-challenge|cf_chl|challenge-platform|verify (?:that )?you are (?:a )?human|are you a robot|px-block"
    r"|not a robot|unusual traffic|just a moment\.\.\."
)
_SCRIPT_WANTED = re.compile(
    r"(?:enable|turn on|requires?|needs?|without|activate|aktivier\w*|activer|habilit\w*)[^<>]{0,60}javascript"
    r"|javascript[^<>]{0,60}(?:enable|disabled|required|must|aktivier|deaktiviert|désactivé|desactivado)"
)
_WAITING = re.compile(
    r"<div[^>]{0,200}\sid=[\"']?(?:root|app|__next|__nuxt|react-root|main-app|gatsby-focus-wrapper|svelte)[\"'\s>]"
)
_WAITING_TAG = re.compile(r"<(?:app-root|discourse-assets)[\s>]")
#: A script of the page's own, or one it loads beforehand.
_LOADS_SCRIPT = re.compile(r"<script[^<>]{0,500}\ssrc=|<link[^<>]{0,500}(?:modulepreload|as=[\"']?script)")
#: How much around a word is looked at, and at how many places where it stands.
_NEAR = 210
_MOST_PLACES = 1000
#: What stands in React's pieces of a page (see ``read.streamed``); an element that may hold the rest of the page.
PIECE, FRAME, NOSCRIPT_END = b' id="S:', b"<iframe", b"</noscript"
#: Words for whose sake a page is looked at more closely: it may have been sent in pieces, or not be free.
WORDS = (b"isAccessibleForFree", b"paywall", PIECE, FRAME, NOSCRIPT_END)
_NOT_FREE = re.compile(rb"isAccessibleForFree\\?[\"']\s*:\s*\\?[\"']?\s*[Ff]alse")
_FREE = re.compile(rb"isAccessibleForFree\\?[\"']\s*:\s*\\?[\"']?\s*[Tt]rue")
_PAYWALL = re.compile(rb"(?:class|id)=[\"'][^\"'<>]{0,200}\bpaywall\b")


def is_binary(data: bytes) -> bool:
    """Whether bytes are a file of a kind that is no text."""
    head = data[:16]
    if head.startswith(_BINARY) or data[:200].lstrip().startswith(b"%PDF-"):
        return True
    bitmap = head.startswith(b"BM") and head[6:10] == b"\0\0\0\0"
    return bitmap or (b"\0\0\0\0" in data[:512] and b"<" not in data[:512])


def flags_of(html: bytes, shown: int, running: Callable[[], int], words: frozenset[bytes]) -> list[str]:
    """Tell the state of a page.

    Args:
        html: the page in UTF-8.
        shown: how many characters of text it shows.
        running: tells how many of them are running text.
        words: which of ``WORDS`` are in it.

    Returns:
        Names of flags: ``not_html``, ``truncated``, ``captcha``, ``js_required``, ``paywall``.
    """
    if not html or html.isspace():
        return []
    if _TAG.search(html) is None or (_XML.match(html) and b"<html" not in html[:5000].lower()):
        return ["not_html"]
    flags = []
    if _is_cut(html):
        flags.append("truncated")
    if shown < LITTLE:
        low = html.decode("utf-8", "replace").lower()
        if _CAPTCHA.search(low):
            flags.append("captcha")
        elif _near("javascript", _SCRIPT_WANTED, low) or _waits(low) or (not shown and _LOADS_SCRIPT.search(low)):
            flags.append("js_required")
    if _has_paywall(html, running, words):
        flags.append("paywall")
    return flags


def _has_paywall(html: bytes, running: Callable[[], int], words: frozenset[bytes]) -> bool:
    """Whether a page says that it is not for free; or has an element for a paywall, and no article beside it.

    Sites send the element with all their pages, also with those that show their text.
    """
    if b"isAccessibleForFree" in words and _NOT_FREE.search(html):
        return True
    return b"paywall" in words and _near(b"paywall", _PAYWALL, html) and running() < WALLED and not _FREE.search(html)


def words_in(html: bytes) -> frozenset[bytes]:
    """Which of ``WORDS`` are in a page: looked for all at once, and faster than ``in`` does."""
    found = kernels.holds(html, WORDS) if kernels is not None else sum((w in html) << i for i, w in enumerate(WORDS))
    return frozenset(word for i, word in enumerate(WORDS) if found >> i & 1)


def _near(word: AnyStr, pattern: re.Pattern[AnyStr], html: AnyStr) -> bool:
    """Whether a pattern with this word in it is found. Alone it would try itself at every letter of the page."""
    at = html.find(word)
    for _ in range(_MOST_PLACES):
        if at < 0:
            break
        if pattern.search(html, max(0, at - _NEAR), at + _NEAR):
            return True
        at = html.find(word, at + len(word))
    return False


def _waits(html: str) -> bool:
    """Whether there is an element that script fills."""
    if "<script" in html and _WAITING.search(html):
        return True
    return ("<app-root" in html or "<discourse-assets" in html) and _WAITING_TAG.search(html) is not None


def _is_cut(html: bytes) -> bool:
    """Whether a page ends in the middle: in a tag, a comment, a script, or a document that was not closed."""
    last = html[-50_000:]
    end = last[-2000:].lower()
    begun = end.rfind(b"<")
    if begun > end.rfind(b">") and _BEGINS_TAG.match(end, begun + 1):
        return True
    if b"</html" in end[-200:]:
        return False
    for opened, closed in ((b"<!--", b"-->"), (b"<script", b"</script"), (b"<style", b"</style")):
        if opened in last.rpartition(closed)[2]:
            return True
    return (
        b"</html" not in end and b"</body" not in end and b"<body" in html[:20_000].lower() and b"</" not in end[-200:]
    )
