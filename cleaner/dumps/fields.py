"""Open a record: find its text or HTML, its id and its URL."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import orjson

from cleaner.dumps.http import opened
from cleaner.dumps.items import Bad, Item, Stream
from cleaner.errors import shown
from cleaner.read.encoding import decode

#: Keys under which dumps hold text or HTML, in the order in which they are looked for.
TEXT_KEYS = ("text", "raw_content", "content", "body")
HTML_KEYS = ("html", "raw_html")
#: Text under these keys is HTML if it looks like it.
EITHER = ("content", "body")
ID_KEYS = ("id", "record_id", "doc_id", "warc_record_id", "digest")
URL_KEYS = ("url", "uri", "source_url", "link")

_MARKUP = re.compile(
    r"<(?:!doctype html|html|head|body|div|p|article|section|table|h[1-6]|ul|br)\b[^>]*>", re.IGNORECASE
)
_MARKUP_BYTES = re.compile(_MARKUP.pattern.encode(), re.IGNORECASE)
#: A page whose content encoding unpacks to more is no page but an attack.
UNPACKED = 64 << 20
#: A number that orjson would round.
_LONG = re.compile(rb"\d{18}")


class UnusableError(Exception):
    """A record that cannot be cleaned; the message is the reason."""


@dataclass(frozen=True)
class Keys:
    """Which fields to take.

    Attributes:
        text: the field with the text; empty to guess.
        html: the field with HTML; empty to guess.
        id: the field with the id; empty to guess.
        url: the field with the address; empty to guess.
        out: where the clean text goes; empty for the field the text came from, and ``text`` for HTML.
    """

    text: str = ""
    html: str = ""
    id: str = ""
    url: str = ""
    out: str = ""


@dataclass(slots=True)
class Record:
    """A record, opened.

    Attributes:
        fields: everything it holds, for WARC records their ``id``, ``url``, ``date`` and ``text``.
        text: its text; None if it is HTML.
        html: its HTML, text or bytes; None if it is text.
        charset: the encoding that an HTTP header declared.
        key: the field the clean text goes to.
        id: its id; empty if it has none.
        url: its address; empty if it has none.
        file: the file it came from.
        offset: where in it.
        index: its number in the file, from 0.
        error: why it cannot be cleaned; empty if it can.
        odd: whether it holds what strict JSON cannot.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    text: str | None = None
    html: str | bytes | None = None
    charset: str | None = None
    key: str = "text"
    id: str = ""
    url: str = ""
    file: str = ""
    offset: int = 0
    index: int = 0
    error: str = ""
    odd: bool = False


def open_item(stream: Stream, item: Item, keys: Keys) -> Record:
    """Open a record.

    Args:
        stream: where it comes from.
        item: the record as it lies there; no `Skip`.
        keys: which fields to take.

    Returns:
        The record; what is wrong with it is in ``error``.
    """
    record = Record(file=shown(stream.name_of(item.number)), offset=item.offset, index=item.number)
    if isinstance(item.data, Bad):
        record.error = item.data.reason
        return record
    try:
        if stream.format in ("warc", "arc"):
            _open_archived(record, *item.data)
        elif stream.format == "page":
            _open_page(record, item.data)
        else:
            record.fields = _fields(item.data, record)
            _find(record, keys)
    except UnusableError as e:
        record.error = str(e)
    if keys.out:
        record.key = keys.out
    return record


def _fields(data: Any, record: Record) -> dict[str, Any]:
    if isinstance(data, dict):
        if any(isinstance(value, str) and not value.isascii() and _SURROGATE.search(value) for value in data.values()):
            return {key: _mended(value) if isinstance(value, str) else value for key, value in data.items()}
        return data
    try:
        if _LONG.search(data):
            raise orjson.JSONDecodeError("long numbers", "", 0)
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        try:
            found = json.loads(data)  # takes NaN, lone surrogates and numbers of any length
            record.odd = True
        except (ValueError, RecursionError) as e:
            raise UnusableError(f"not JSON: {e}") from None
    if not isinstance(found, dict):
        raise UnusableError(f"a JSON {_JSON.get(type(found), 'value')} where an object is expected")
    return found


_JSON = {
    dict: "object",
    list: "array",
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
}
_SURROGATE = re.compile("[\udc80-\udcff]")


def _mended(value: str) -> str:
    """A cell whose bytes were no UTF-8, in the encoding that they show."""
    return decode(value.encode("utf-8", "surrogateescape")).text if _SURROGATE.search(value) else value


def _find(record: Record, keys: Keys) -> None:
    fields = record.fields
    record.id = _string(fields, keys.id, ID_KEYS, "id")
    record.url = _string(fields, keys.url, URL_KEYS, "url") or _warc_url(fields)
    if keys.html:
        key = keys.html
    elif keys.text:
        key = keys.text
    else:
        key = next((key for key in (*TEXT_KEYS, *HTML_KEYS) if isinstance(fields.get(key), str | bytes)), "")
    if not key:
        null = next((key for key in (*TEXT_KEYS, *HTML_KEYS) if key in fields), None)
        if null:
            raise UnusableError(f"{null!r} is {_JSON.get(type(fields[null]), type(fields[null]).__name__)}, not text")
        have = ", ".join(map(repr, list(fields)[:12])) or "none"
        raise UnusableError(f"no field with text; its fields: {have}; name one with --text-key or --html-key")
    if key not in fields:
        have = ", ".join(map(repr, list(fields)[:12])) or "none"
        raise UnusableError(f"no field {key!r}; its fields: {have}")
    value = fields[key]
    if not isinstance(value, str | bytes):
        raise UnusableError(f"{key!r} is {_JSON.get(type(value), type(value).__name__)}, not text")
    if keys.html or (not keys.text and (key in HTML_KEYS or (key in EITHER and looks_like_html(value)))):
        record.html = value
    else:
        record.text = decode(value).text if isinstance(value, bytes) else value
        record.key = key


def _string(fields: dict[str, Any], key: str, guesses: tuple[str, ...], what: str) -> str:
    if key and key not in fields:
        raise UnusableError(f"no field {key!r} for the {what}")
    names = (key,) if key else guesses
    for name in names:
        value = fields.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return str(value)
    return ""


def _warc_url(fields: dict[str, Any]) -> str:
    """The address where OSCAR keeps it."""
    headers = fields.get("warc_headers") or fields.get("metadata")
    if isinstance(headers, dict):
        value = headers.get("warc-target-uri") or headers.get("url")
        return value if isinstance(value, str) else ""
    return ""


def looks_like_html(value: str | bytes) -> bool:
    """Whether a text's beginning holds tags that make a page."""
    if isinstance(value, bytes):
        return _MARKUP_BYTES.search(value[:4096]) is not None
    return _MARKUP.search(value[:4096]) is not None


def _open_page(record: Record, data: bytes) -> None:
    record.fields = {"id": record.file}
    record.id = record.file
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    named = record.file.lower().removesuffix(".gz").endswith((".html", ".htm", ".xhtml"))
    if named or start.startswith((b"<!doctype", b"<html", b"<?xml")):
        record.html = data
    else:
        record.text = _text(data)


def _text(data: bytes, charset: str | None = None) -> str:
    if (
        b"\0" in data[:4096]
        and not data.startswith((b"\xff\xfe", b"\xfe\xff"))
        and data[:4096].count(0) * 8 < len(data[:4096])
    ):
        raise UnusableError("no text: it holds NUL bytes")
    return decode(data, charset).text if charset else decode(data).text


def _open_archived(record: Record, kind: str, headers: dict[str, str], block: bytes) -> None:
    names = {name.lower(): value for name, value in headers.items()}
    record.id = names.get("warc-record-id", "")
    record.url = names.get("warc-target-uri", "") or names.get("uri", "")
    if record.url.startswith("<"):
        record.url = record.url.strip("<>")
    record.fields = {
        "id": record.id,
        "url": record.url,
        "date": names.get("warc-date") or names.get("archive-date", ""),
    }
    if kind == "text":
        record.text = _text(block)
        return
    charset: str | None = None
    content = names.get("content-type", "")
    if kind == "response" and (block[:5] == b"HTTP/" or "http" in content):
        content, charset, block = _http(block)
    declared = names.get("warc-identified-payload-type", "") or content
    if "plain" in declared and not looks_like_html(block):
        record.text = _text(block, charset)
    elif "html" in declared or "xml" in declared or not declared or looks_like_html(block):
        record.html, record.charset = block, charset
    else:
        raise NotAPageError(declared.partition(";")[0].strip().lower())


class NotAPageError(Exception):
    """A record that holds something else than a page; the message is its type."""


def _http(block: bytes) -> tuple[str, str | None, bytes]:
    """Content type, charset and body of an HTTP response, its transfer and content encodings taken off."""
    try:
        found = opened(block, UNPACKED)
    except ValueError as e:
        raise UnusableError(str(e)) from None
    if len(found[2]) > UNPACKED:
        raise UnusableError(f"the page unpacks to more than {UNPACKED:,} bytes")
    return found
