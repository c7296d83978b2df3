"""A look at a text before its repair: one pass finds out what is in it, which says of most that little can change."""

from __future__ import annotations

import re
from functools import lru_cache

from cleaner.native import kernels
from cleaner.repair.skip import ENTITY, scan

#: Longer texts are looked at piece by piece, which bounds the memory used on a huge one.
CHUNK = 4_000_000
#: Characters that, unless they are mojibake, a repair leaves as they are or closes up, whatever stands next to them. No
#: controls, newlines, invisible ones or joiners, none that NFC may change, and no ampersand, which may begin an entity.
_PLAIN = (
    "\t\n -%'-~\x80-\x84\x86-\xac\xae-\u02ff\u0370-\u0373\u0375-\u037d\u037f-\u0384\u0386\u0388-\u0482\u048a-\u0590"
    "\u05be\u05c0\u05c3\u05d0-\u060f\u061b\u061d-\u064a\u0660-\u066f\u0671-\u06d5\u0e01-\u0e37\u0e3f-\u0e47\u0e4f-\u0eb7"
    "\u1e00-\u1f70\u2002-\u200a\u2010-\u2027\u202f-\u205f\u2061-\u2065\u206a-\u20cf\u2100-\u2125\u2127-\u2129"
    "\u212c-\u2328\u232b-\u2adb\u2e80-\u3029\u3030-\u3098\u309b-\ua66e\uac00-\ud7a3\ue000-\uf8ff\ufb00-\ufb06"
    "\ufb50-\ufe1f\ufe30-\ufefe\uff00-\uffef\U0001f000-\U0001faff"
)
#: Others that NFC leaves as they are.
_NFC = "&\x00-\x08\x0b-\x1f\x7f\x85\xad\u061c\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff"
_NO_ENTITY = re.compile(f"&(?!{ENTITY[1:]})")
_PIECE = re.compile("[^\x00-\x7f]+")
#: Bytes as a look takes them: plain ones as white, white ones that are not plain as a stand-in that is not white.
_STANDINS = {9: 0x10, 11: 0x11, 12: 0x12, 13: 0x13}
_SEEN = bytes(
    32 if b == 10 or (32 <= b < 127 and chr(b) not in "&`") else 0 if 0x10 <= b < 0x14 else _STANDINS.get(b, b)
    for b in range(256)
)
#: Surrogates are slow to decode; of many in a row one will do, apart from what stands around it.
_SURROGATES = re.compile(rb"(\xed[\xa0-\xbf][\x80-\xbf])+")
_BACK = bytes.maketrans(bytes(_STANDINS.values()), bytes(_STANDINS))


@lru_cache(maxsize=1)
def unsure() -> re.Pattern[str]:
    """A character that NFC may change."""
    return re.compile(f"[^{_PLAIN}{_NFC}]")


@lru_cache(maxsize=1)
def _special() -> re.Pattern[str]:
    """A character that is not plain."""
    return re.compile(f"[^{_PLAIN}]")


class Look:
    r"""A text that was looked at.

    Args:
        text: the text.
        lines: what it was joined of, if it was.

    Attributes:
        text: the text.
        odd: its different stretches of characters other than printable ASCII and newlines, each once, in no order,
            with spaces between them. Backquotes count as odd, and the ``&`` of an entity; some control characters
            stand as NUL.
    """

    __slots__ = ("_is_plain", "_lines", "_suspects", "odd", "text")

    def __init__(self, text: str, lines: list[str] | None = None) -> None:
        self.text = text
        self.odd = kernels.odd(text) if kernels is not None else odd_in_python(text)
        self._lines = lines
        self._suspects: frozenset[str] | None = None
        self._is_plain: bool | None = None

    @property
    def lines(self) -> list[str]:
        r"""The text split at ``"\n"``, or the lines it was joined of."""
        if self._lines is None:
            self._lines = self.text.split("\n")
        return self._lines

    @lines.setter
    def lines(self, lines: list[str]) -> None:
        self._lines = lines

    @property
    def is_split(self) -> bool:
        """Whether the text has been split into lines."""
        return self._lines is not None

    @property
    def is_plain(self) -> bool:
        """Whether no repair has anything to do but close up spaces, whichever are on: so it is with most texts."""
        if self._is_plain is None:
            odd = self.odd
            self._is_plain = not odd or not (_special().search(odd) or self.suspects)
        return self._is_plain

    @property
    def suspects(self) -> frozenset[str]:
        """Pieces of the text, without ASCII, for whose sake a line may be taken for mojibake; no others are."""
        if self._suspects is None:
            odd = self.odd
            search = scan().piece.search if not odd.isascii() else None
            self._suspects = frozenset(filter(search, _PIECE.findall(odd)) if search and search(odd) else ())
        return self._suspects

    @property
    def perhaps_not_nfc(self) -> set[str]:
        """The characters of the text that NFC could change; it leaves all others as they are but next to these."""
        return set(unsure().findall(self.odd))


def odd_in_python(text: str) -> str:
    """What ``Look.odd`` is, without the extension."""
    if "&" in text:
        text = _NO_ENTITY.sub(" ", text)
    seen = set(text.encode("utf-8", "surrogatepass").translate(_SEEN).split())
    odd = b" ".join(seen).translate(_BACK)
    if b"\xed" in odd:
        odd = _SURROGATES.sub(rb" \1 ", odd)
    return odd.decode("utf-8", "surrogatepass")
