"""The scan that leaves lines out is proved against the heuristic of the installed ftfy, not trusted."""

import hashlib
import re
import sys
import unicodedata
from re import _constants as c
from re import _parser as parser

import ftfy
import pytest
from ftfy import chardata
from ftfy.badness import BADNESS_RE, MOJIBAKE_CATEGORIES

from cleaner.repair.encoding import fix_encoding
from cleaner.repair.look import Look, unsure
from cleaner.repair.options import DEFAULT
from cleaner.repair.segment import config
from cleaner.repair.skip import PROVED, REACH, STRICT, heuristic, is_bad, scan
from cleaner.repair.whitespace import fix_whitespace

#: Stands for the characters that no class of the heuristic names, for ``.``, ``\\w``, ``\\s`` and negated classes.
OTHERS = "azAZ09_ \t.,!?;:-'\"()éжЖαΩñßœŒ漢あ한ا‘’“”«»–…°·´\u00a0\u2003"


def named() -> str:
    out = set(OTHERS)
    for chars in MOJIBAKE_CATEGORIES.values():
        out.update(ch for ch in map(chr, range(0x80, 0x10000)) if re.match(f"[{chars}]", ch))
    out.update(ch for ch in BADNESS_RE.pattern if ord(ch) >= 0x80)
    return "".join(sorted(out))


def test_the_heuristic_is_one_that_was_proved() -> None:
    assert heuristic() in PROVED, (
        f"ftfy {ftfy.__version__} has another badness heuristic. If the other tests of this file pass with its "
        f"fingerprint added to PROVED, add it; until then lines are put to ftfy's own heuristic, which is slower."
    )


def spelled(items: list, universe: str, at: int = 0) -> list[str]:
    """Every string over the universe that a sequence of the parsed pattern matches."""
    out = [""]
    for op, arg in items:
        if op is c.AT:
            choices = [""]
        elif op is c.LITERAL:
            choices = [chr(arg)]
        elif op is c.ANY:
            choices = list(OTHERS)
        elif op is c.NOT_LITERAL or op is c.IN:
            choices = members([(op, arg)] if op is c.NOT_LITERAL else arg, universe)
        elif op is c.MAX_REPEAT and arg[:2] == (0, 1):
            choices = ["", *spelled(list(arg[2]), universe)]
        elif op is c.SUBPATTERN:
            choices = spelled(list(arg[3]), universe)
        elif op is c.BRANCH:
            choices = [text for branch in arg[1] for text in spelled(list(branch), universe)]
        else:
            pytest.fail(f"the heuristic uses {op}, which this proof does not know")
        out = [left + right for left in out for right in choices]
        assert len(out) < 5_000_000
    return out


def members(items: list, universe: str) -> list[str]:
    source = re.compile
    single = []
    negated = False
    wide = False
    for op, arg in items:
        if op is c.NEGATE:
            negated = True
        elif op is c.LITERAL:
            single.append(re.escape(chr(arg)))
        elif op is c.NOT_LITERAL:
            negated = True
            single.append(re.escape(chr(arg)))
        elif op is c.RANGE:
            single.append(f"{re.escape(chr(arg[0]))}-{re.escape(chr(arg[1]))}")
        elif op is c.CATEGORY:
            wide = True
            single.append({c.CATEGORY_WORD: r"\w", c.CATEGORY_SPACE: r"\s"}[arg])
        else:
            pytest.fail(f"a class of the heuristic uses {op}, which this proof does not know")
    test = source(f"[{'^' if negated else ''}{''.join(single)}]")
    return [ch for ch in (OTHERS if wide or negated else universe) if test.match(ch) and ch != "\n"]


def alternatives() -> list[list]:
    parsed = list(parser.parse(BADNESS_RE.pattern, re.VERBOSE))
    assert len(parsed) == 1
    op, arg = parsed[0]
    assert op is c.BRANCH
    return [list(branch) for branch in arg[1]]


def test_every_string_the_heuristic_matches_wakes_its_line() -> None:
    universe = named()
    wake, piece = scan().wake.search, scan().piece.search
    checked = 0
    for branch in alternatives():
        texts = spelled(branch, universe)
        checked += len(texts)
        missed = [text for text in texts if not wake(text)]
        assert not missed, missed[:5]
        unseen = [text for text in texts if not any(map(piece, re.findall("[^\x00-\x7f]+", text)))]
        assert not unseen, unseen[:5]
        assert max(map(len, texts)) < REACH
        for text in texts[:: max(1, len(texts) // 500)]:
            assert is_bad("Ordinary words, ÉÈ. " * 40 + "é" + text)
            assert Look(f"Some words {text} and some more.").suspects, text
    assert checked > 100_000


def test_a_look_knows_what_nfc_leaves_alone() -> None:
    composed = {0x1161 + i for i in range(21)} | {0x11A8 + i for i in range(27)}
    for point in range(0x110000):
        pieces = unicodedata.decomposition(chr(point)).split()
        if len(pieces) == 2 and pieces[0][0] != "<":
            composed.add(int(pieces[1], 16))
    for point in (p for p in range(0x110000) if not 0xD800 <= p < 0xE000):
        if not unsure().match(chr(point)):
            assert not unicodedata.combining(chr(point))
            assert unicodedata.is_normalized("NFC", chr(point))
            assert point not in composed


def test_a_look_misses_no_character() -> None:
    for point in range(0x3100):
        odd = Look(f"some words {chr(point)} and more").odd
        if point == 10 or (32 <= point < 127 and chr(point) != "`"):
            assert odd == ""
        else:
            assert odd in (chr(point), "\0")


@pytest.mark.parametrize("text", ["&amp;", "&#38;", "&#x26;", "R&D, &c.; &lt;", f"&{'a' * 24};"])
def test_a_look_misses_no_entity(text: str) -> None:
    assert "&" in Look(text).odd
    assert not Look(text).is_plain


@pytest.mark.parametrize(
    "text", ["R&D and c&c.", "&;", "&#;", "&##38;", "& amp;", "&é;", f"&{'a' * 25};", "&amp\n;", "&amp"]
)
def test_any_other_ampersand_is_plain(text: str) -> None:
    assert "&" not in Look(text).odd
    assert Look(text).is_plain


def test_in_a_plain_text_repairs_close_up_spaces_and_do_no_more() -> None:
    for first in range(0, sys.maxunicode + 1, 1024):
        points = [p for p in range(first, first + 1024) if Look(f"a{chr(p)}b").is_plain]
        lines = [line for p in points for line in f"a{chr(p)}b {chr(p)} c\n{chr(p)}\n{chr(p)}e".split("\n")]
        assert fix_encoding(lines) is lines
        assert fix_whitespace(lines) == [" ".join(line.split()) for line in lines]


def test_nothing_but_what_the_scan_looks_for_changes_a_single_character() -> None:
    text = "\n".join(f"a{ch} {ch}b" for ch in map(chr, range(min(0x30000, sys.maxunicode))) if ch != "\n")
    assert "\n".join(fix_encoding(text.split("\n"))) == ftfy.fix_text(text, config(DEFAULT))


def test_ftfy_alters_no_bytes_that_are_utf8() -> None:
    pattern = chardata.ALTERED_UTF8_RE.pattern
    assert hashlib.sha256(pattern).hexdigest() in STRICT
    found = spelled(list(parser.parse(pattern)), "".join(map(chr, range(256))))
    assert len(found) > 10_000
    for text in found:
        with pytest.raises(UnicodeDecodeError) as error:
            text.encode("latin-1").decode()
        assert error.value.reason == "invalid continuation byte"


def test_lines_that_come_again_are_mended_alike() -> None:
    text = "\n".join(["cafÃ©", "a", "&amp;b", "&nothing;", "cafÃ©", "x\x85", "&amp;b", "x\x85", "&nothing;", "cafÃ©"])
    assert "\n".join(fix_encoding(text.split("\n"))) == ftfy.fix_text(text, config(DEFAULT))
    same = ["".join(["&noth", end]) for end in ("ing;", "ing;", "ing; ", "ing;")]
    assert fix_encoding(same) is same


def test_an_unknown_heuristic_is_asked_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.repair.skip.PROVED", frozenset())
    scan.cache_clear()
    try:
        text = "plain\ncafé\ncafÃ©\nœ\n“quoted”"
        assert "\n".join(fix_encoding(text.split("\n"))) == ftfy.fix_text(text, config(DEFAULT))
    finally:
        scan.cache_clear()
