"""Bytes to text. Never fails on bytes that are text of some kind, never drops any, and says which way it went."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from itertools import islice

from cleaner.errors import InputError
from cleaner.native import kernels
from cleaner.read.detect import detect, wide, wide_cjk
from cleaner.read.labels import MULTIBYTE, codec_of, whatwg_name

#: Byte order marks, longest first (that of UTF-16 begins that of UTF-32).
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: A declared encoding that cannot read more than this share of what is not ASCII is not believed.
WRONG = 0.05
#: Of so many bytes it is asked whether there is UTF-8 in them.
LOOKED_AT = 1_000_000
_ISO_2022 = re.compile(rb"\x1b(?:\$[@B]|\(J|\$\(D)")
_CESU = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_LEADS = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text made of bytes, and how.

    Attributes:
        text: the text, without a byte order mark.
        encoding: the encoding it was read in, by its WHATWG name where it has one, else Python's.
        how: ``"bom"``, ``"declared"``, ``"utf-8"``, ``"detected"`` or ``"fallback"``.
        replaced: how many pieces could not be read and stand as U+FFFD.
        flags: ``"replaced:12"``, ``"wrong_declaration"`` (it was not followed), ``"truncated"`` (the last character is
            cut short), ``"unknown_label"``.
    """

    text: str
    encoding: str
    how: str
    replaced: int = 0
    flags: tuple[str, ...] = ()


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Turn bytes into text as a browser would, and where a browser would show rubbish, look further.

    In this order: a byte order mark; UTF-16 or UTF-32 without one, by its zero bytes; an encoding declared by the
    caller, else by the page itself; strict UTF-8; statistical detection; Windows-1252. Labels mean what the WHATWG
    standard says (``iso-8859-1`` is Windows-1252). A declaration is not followed where the bytes speak against it:
    text that is valid UTF-8 beyond chance is UTF-8, and an encoding that cannot read the bytes is not theirs.

    Args:
        data: the bytes.
        declared: the label of a ``Content-Type`` header, if there was one.

    Returns:
        The text, and how it was read.

    Raises:
        InputError: it is not bytes, or it is gzip, which must be unpacked first.
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise InputError(f"got {type(data).__name__} where bytes are expected")
    data = bytes(data)
    if data[:3] == b"\x1f\x8b\x08" and len(data) > 3 and data[3] < 0x20:
        raise InputError("got gzip-compressed bytes; unpack them first (gzip.decompress)")
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _read(data[len(mark) :], name, "bom")
    found = wide(data)
    if found:
        return _read(data, found, "detected")
    flags: list[str] = []
    stated, label = _declared(data, declared)
    if label and not stated:
        flags.append("unknown_label")
    if stated:
        believed = _believe(data, stated)
        if believed:
            return believed
        flags.append("wrong_declaration")
    return _undeclared(data, tuple(flags))


def as_utf8(data: bytes, declared: str | None = None) -> bytes | None:
    """Bytes in UTF-8, for who has no need of the text: what :func:`decode` would read, if that is whole and no other.

    Args:
        data: the bytes.
        declared: the label of a ``Content-Type`` header, if there was one.

    Returns:
        The bytes without a byte order mark; None if they must be decoded.
    """
    beyond = kernels.utf8(data) if kernels is not None else _beyond_ascii(data)
    if beyond < 0 or b"\0" in data or b"\x1b" in data:
        return None
    if data.startswith(codecs.BOM_UTF8):
        return data[3:]
    stated = _declared(data, declared)[0] or "utf-8"
    enough = beyond >= 2 if stated != "iso-2022-jp" else False
    same = stated.startswith(("windows-125", "iso-8859")) and not beyond and len(data) < LOOKED_AT
    return data if stated == "utf-8" or enough or same else None


def _beyond_ascii(data: bytes) -> int:
    """How many characters beyond ASCII there are at the beginning of UTF-8; -1 if this is none."""
    if data.isascii():
        return 0
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return -1
    return sum(1 for _ in islice(_LEADS.finditer(data, 0, LOOKED_AT), 2))


def _undeclared(data: bytes, flags: tuple[str, ...]) -> Decoded:
    utf8 = _utf8(data, "utf-8", flags)
    if utf8:
        if data.isascii() and _ISO_2022.search(data):
            found = _read(data, "iso-2022-jp", "detected", flags)
            if not found.replaced:
                return found
        return utf8
    name = wide_cjk(data) or detect(data)
    if name:
        return _read(data, name, "detected", flags)
    return _read(data, "windows-1252", "fallback", flags)


def _believe(data: bytes, name: str) -> Decoded | None:
    """Read data as declared; None if it cannot be that."""
    if name == "utf-8":
        return _utf8(data, "declared", ())
    if name != "iso-2022-jp" and not data.isascii():
        enough = 2 if codec_of(name) in MULTIBYTE else 1
        if sum(1 for _ in islice(_LEADS.finditer(data, 0, LOOKED_AT), enough)) == enough and _is_utf8(data):
            return None
    found = _read(data, name, "declared")
    rest = len(data) - len(data.translate(None, bytes(range(0x80, 0x100))))
    return found if found.replaced <= max(1, WRONG * rest) else None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as e:
        return e.end == len(data) and "unexpected end" in e.reason
    return True


def _utf8(data: bytes, how: str, flags: tuple[str, ...]) -> Decoded | None:
    """Read data as UTF-8 if that is what it is: whole, cut short, with surrogates in it, or damaged here and there."""
    try:
        return Decoded(data.decode("utf-8"), "utf-8", how, 0, flags)
    except UnicodeDecodeError as e:
        if e.end == len(data) and "unexpected end" in e.reason:
            return _read(data, "utf-8", how, (*flags, "truncated"))
    if _CESU.search(data):
        try:
            text = data.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            pass
        else:
            whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            return _count(whole, whole.count("\ufffd") - text.count("\ufffd"), "utf-8", how, flags)
    found = _read(data, "utf-8", how, flags)
    whole_ones = len(_LEADS.findall(data))
    return found if found.replaced * 10 <= whole_ones else None


def _read(data: bytes, name: str, how: str, flags: tuple[str, ...] = ()) -> Decoded:
    codec = codec_of(name)
    if name.startswith("windows-125") or name == "windows-874":
        text = codecs.charmap_decode(data, "strict", _table(codec))[0]
        return _count(text, text.count("\ufffd"), name, how, flags)
    try:
        return Decoded(data.decode(codec), name, how, 0, flags)
    except UnicodeDecodeError as e:
        if e.end == len(data) and "truncated" not in flags and ("incomplete" in e.reason or "truncated" in e.reason):
            flags = (*flags, "truncated")
    text = data.decode(codec, "replace")
    return _count(text, text.count("\ufffd") - data.decode(codec, "ignore").count("\ufffd"), name, how, flags)


def _count(text: str, replaced: int, name: str, how: str, flags: tuple[str, ...]) -> Decoded:
    return Decoded(text, name, how, replaced, (*flags, f"replaced:{replaced}") if replaced else flags)


def _table(codec: str) -> str:
    """A Windows code page as browsers have it: bytes 80 to 9F without a character are the C1 controls."""
    table = bytes(range(256)).decode(codec, "replace")
    return "".join(chr(b) if c == "\ufffd" and 0x80 <= b < 0xA0 else c for b, c in enumerate(table))


def _declared(data: bytes, declared: str | None) -> tuple[str | None, str | None]:
    """The encoding declared: (its WHATWG name or None if that is not known, the label)."""
    if declared is not None and not isinstance(declared, str):
        raise InputError(f"got {type(declared).__name__} where the name of an encoding (str) is expected")
    if declared:
        return whatwg_name(declared), declared
    head = data[: max(2048, len(data) // 20)].lower()
    if b"charset" not in head and b"encoding" not in head:
        return None, None
    from bs4.dammit import EncodingDetector

    label = EncodingDetector.find_declared_encoding(data, is_html=True)
    name = whatwg_name(label) if label else None
    if name and name.startswith("utf-16"):
        name = "utf-8"  # a declaration that can be read as ASCII is not in UTF-16
    return name, label or None
