"""Put one line to ftfy, in time linear in its length whatever it holds."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from cleaner.repair.options import RepairOptions
from cleaner.repair.skip import CONTROLS, is_bad, scan

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

#: ftfy cuts longer segments into blocks of this size (``TextFixerConfig.max_decode_length``).
BLOCK = 1_000_000
_SURROGATES = re.compile("[\ud800-\udfff]+")
_CONTROL = re.compile(f"[{CONTROLS}]")
#: Entities so close together that they may be nested many deep; ftfy unescapes one level a round.
_NESTED = re.compile("(?:[&;][#0-9A-Za-z]{0,24}){64,}")


@lru_cache(maxsize=64)
def config(options: RepairOptions) -> TextFixerConfig:
    """What the stage asks of ftfy: curly quotes, ligatures and full-width forms are the author's and stay.

    Args:
        options: which repairs are on.

    Returns:
        ftfy's configuration. Off, an option leaves its characters as they are; C1 controls count as mojibake.
    """
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        unescape_html=options.entities,
        remove_terminal_escapes=options.controls,
        fix_encoding=options.mojibake,
        fix_c1_controls=options.mojibake,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=options.line_breaks,
        fix_surrogates=options.surrogates,
        remove_control_chars=options.controls,
        normalization="NFC" if options.normal else None,
        max_decode_length=BLOCK,
        explain=False,
    )


def fix_line(line: str, options: RepairOptions, last: bool) -> str:
    r"""Repair a line as ``ftfy.fix_text`` does, which sees it with its ``"\n"``.

    Args:
        line: the line.
        options: which repairs are on.
        last: whether nothing follows it, not even a ``"\n"``.

    Returns:
        The line repaired, or the same object if nothing changed.
    """
    segment = line if last else line + "\n"
    if "&" in segment and options.entities:
        segment = _NESTED.sub(_unnest, segment)
    fixed = "".join([_rounds(segment[i : i + BLOCK], config(options)) for i in range(0, len(segment), BLOCK)])
    if not last:
        fixed = fixed.removesuffix("\n")
    return line if fixed == line else fixed


def _rounds(text: str, settings: TextFixerConfig) -> str:
    """What ``ftfy.fix_and_explain`` does to a segment: its public fixers in its order, those left out that do nothing.

    ftfy looks all over a segment for mojibake several times; the scan knows where there can be any.
    """
    from ftfy import fixes

    may_change = scan().wake.search
    while True:
        before = text
        if settings.unescape_html and "&" in text:
            text = fixes.unescape_html(text)
        if settings.fix_encoding and not text.isascii() and is_bad(text):
            text = _fix_encoding(text)
        if _CONTROL.search(text):  # without one of which the next five do nothing
            if settings.fix_c1_controls:
                text = fixes.fix_c1_controls(text)
            if settings.fix_line_breaks:
                text = fixes.fix_line_breaks(text)
            if settings.fix_surrogates:
                text = fix_surrogates(text)
            if settings.remove_terminal_escapes:
                text = fixes.remove_terminal_escapes(text)
            if settings.remove_control_chars:
                text = fixes.remove_control_chars(text)
        if settings.normalization:
            text = nfc(text)
        if text == before or may_change(text) is None:
            return text


def _fix_encoding(text: str) -> str:
    """What ``ftfy.fix_encoding`` makes of a text that is bad.

    It repairs step by step, and looks all over the text each time whether that is still bad, which takes longer than
    the repair. Where ftfy has its step under the name we know, that is asked for step by step, and the scan in between.
    """
    import ftfy

    step = getattr(ftfy, "_fix_encoding_one_step_and_explain", None)
    if step is None:
        return ftfy.fix_encoding(text)
    settings = _one_step()
    while True:
        fixed: str = _from_latin_1(text) or step(text, settings)[0]
        if fixed == text or fixed.isascii() or not is_bad(fixed):
            return fixed
        text = fixed


def _from_latin_1(text: str) -> str | None:
    """What ftfy tries first on a text that is bad: bytes of UTF-8 that were read as Latin-1, none of them altered."""
    from ftfy import chardata

    if chardata.CHARMAP_ENCODINGS[0] != "latin-1" or not scan().proved:
        return None
    try:
        data = text.encode("latin-1")
        if 0xED in data or 0xC0 in data:
            return None
        fixed = data.decode("utf-8")
    except UnicodeError:
        return None
    return None if not scan().strict and chardata.ALTERED_UTF8_RE.search(data) else fixed


@lru_cache(maxsize=1)
def _one_step() -> TextFixerConfig:
    from ftfy import TextFixerConfig

    return TextFixerConfig(explain=False)


def fix_surrogates(text: str) -> str:
    """What ``ftfy.fixes.fix_surrogates`` makes of a text, lone surrogates replaced run by run instead of one by one."""
    if _SURROGATES.search(text) is None:
        return text
    from ftfy.fixes import SURROGATE_PAIR_RE, convert_surrogate_pair

    return _SURROGATES.sub(lambda m: "\ufffd" * len(m.group()), SURROGATE_PAIR_RE.sub(convert_surrogate_pair, text))


def is_nfc(text: str) -> bool:
    """Whether a text is NFC, looked at in blocks so that no copy of a huge one is made."""
    check = unicodedata.is_normalized
    if len(text) <= BLOCK:
        return check("NFC", text)
    return all(check("NFC", text[i : i + BLOCK]) for i in range(0, len(text), BLOCK))


@lru_cache(maxsize=1)
def _mark_runs() -> re.Pattern[str]:
    """Long runs of combining marks, or of what becomes one."""
    points = (*range(0x300, 0x3100), *range(0xA66F, 0xAC00), 0xFB1E, *range(0xFE20, 0xFE30), *range(0x101FD, 0x1E94B))
    marks = [p for p in points if unicodedata.combining(chr(p)) or p in (0xF73, 0xF75, 0xF81)]
    pieces = []
    start = marks[0]
    for point, following in zip(marks, [*marks[1:], -1], strict=True):
        if following != point + 1:
            pieces.append(f"{chr(start)}-{chr(point)}")
            start = following
    return re.compile(f"[{''.join(pieces)}]{{64,}}")


def nfc(text: str) -> str:
    """Bring text to NFC.

    Python sorts the marks on one letter by insertion: 200,000 marks in alternating classes take it 40 s. Sorted
    first, which by the canonical ordering changes nothing, they cost next to nothing.

    Args:
        text: any text.

    Returns:
        ``unicodedata.normalize("NFC", text)``.
    """
    if is_nfc(text):
        return text
    return unicodedata.normalize("NFC", _mark_runs().sub(_in_order, text))


def _in_order(match: re.Match[str]) -> str:
    apart = "".join([unicodedata.normalize("NFD", c) for c in match.group()])
    return "".join(sorted(apart, key=unicodedata.combining))


def _unnest(match: re.Match[str]) -> str:
    """Unescape entities inside entities to the end, looking at each character once."""
    from ftfy.fixes import unescape_html

    done: list[str] = []
    waiting = list(reversed(match.group()))
    opened: list[int] = []
    while waiting:
        c = waiting.pop()
        done.append(c)
        if c == "&":
            opened.append(len(done) - 1)
        elif c == ";" and opened:
            at = opened.pop()
            if len(done) - at <= 27:
                entity = "".join(done[at:])
                found = unescape_html(entity)
                if found != entity:
                    del done[at:]
                    waiting.extend(reversed(found))
                    continue
            opened.clear()
    return "".join(done)
