import json
import random
import unicodedata
from pathlib import Path

import ftfy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cleaner
from cleaner.repair import fix_encoding, fix_whitespace, options
from cleaner.repair.options import DEFAULT
from cleaner.repair.segment import config, fix_line, nfc
from cleaner.rules.compiled import readable
from tests.checks import seconds

CASES = json.loads((Path(__file__).parent / "data" / "ftfy_cases.json").read_text(encoding="utf-8"))["original"]
TEXTS = [
    "The café’s “new” menu — 5 € — Ève & Zoë, œuvre d’art.\nNaïve façade, déjà vu; Ærø, Łódź, Škoda, São Tomé.",
    "Гавань снова открыта. «Россия» и «Греция» № 5.\nΤο λιμάνι άνοιξε ξανά. «Ελλάδα»",
    "港は月曜日に再開した。「はい」　と言った。\n항구가 월요일에 다시 열렸다.\nท่าเรือเปิดอีกครั้งในวันจันทร์",
    "أُعيد فتح الميناء يوم الاثنين.\nבנמל נפתח מחדש ביום שני\nबंदरगाह सोमवार को फिर खुला क़\nதுறைமுகம் கொண்டு",
]
#: (encoded as, read as): the ways in which text is most often misread.
MISREAD = [("utf-8", e) for e in ("cp1252", "latin-1", "mac_roman", "cp1251", "cp437", "cp1250", "cp1253", "cp1254")]

pieces = st.one_of(
    st.text(max_size=6),
    st.text(alphabet="ÃÂâ€™œ\x80\x9d\xa0é…“”ØÙÐÑВГРЂ ‚вΒΞβ²×°Ä¤√≈\ufffdàa b\u0301", max_size=8),
    st.sampled_from(["&amp;", "&am\u200bp;", "&#10;", "&#13;", "&nbsp;", "&shy;", "&#x200b;", "&#x200e;", "\x1b[31m"]),
    st.sampled_from(["e\u200b\u0301", "Ã\u200b©", "â\u00ad€™", "שלום", "}", "Â ", "if x {", "    return x;", "  "]),
    st.sampled_from(["\r\n", "\r", "\n", "\u2028", "\x85", "\x0c", "\x0b", "\t"]),
    st.sampled_from("\ud83d\ude00\ufeff\u200b\u200f\u200c&œ"),
)
texts = st.lists(pieces, max_size=12).map("".join)


def by_ftfy(text: str) -> str:
    return ftfy.fix_text(text, config(DEFAULT))


def encoding(text: str) -> str:
    return "\n".join(fix_encoding(text.split("\n")))


def repair(text: str) -> str:
    return "\n".join(fix_whitespace(fix_encoding(text.split("\n"))))


def misread(text: str, written: str, read: str) -> str:
    return text.encode(written, "replace").decode(read, "replace")


@pytest.mark.parametrize("case", CASES)
def test_ftfys_own_cases(case: str) -> None:
    for text in (case, f"{case}\n{case}", f"before\n{case}\nafter", case * 30):
        assert encoding(text) == by_ftfy(text)
        assert repair(repair(text)) == repair(text)


@pytest.mark.parametrize(("written", "read"), MISREAD)
def test_misread_texts(written: str, read: str) -> None:
    rng = random.Random(3)
    for text in (*TEXTS, "\n".join(TEXTS)):
        once = misread(text, written, read)
        mixed = "\n".join(misread(x, written, read) if rng.random() < 0.5 else x for x in text.split("\n"))
        for damaged in (text, once, misread(once, written, read), mixed, once.replace("\xa0", " ")):
            assert encoding(damaged) == by_ftfy(damaged)
            assert repair(repair(damaged)) == repair(damaged)


@given(texts)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_as_ftfy_and_settled(text: str) -> None:
    assert encoding(text) == by_ftfy(text)
    once = repair(text)
    assert repair(once) == once


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_as_ftfy_on_any_text(text: str) -> None:
    assert encoding(text) == by_ftfy(text)
    once = repair(text)
    assert repair(once) == once


@given(texts, st.sampled_from([900, 1100]))
@settings(max_examples=100, deadline=None)
def test_long_lines_go_through_the_same_fixes(text: str, size: int) -> None:
    line = text.replace("\n", " ")
    long = (line * (size // max(1, len(line)) + 1))[:size] + "é"
    assert encoding(long + "\nx") == by_ftfy(long + "\nx")


def test_blocks_of_a_million_are_cut_where_ftfy_cuts_them() -> None:
    for text in (
        "é" * 1_000_003 + "\r\nb",
        "x" * 999_999 + "\r\nb",
        "x" * 999_998 + "Ã©" * 3 + "&amp;",
        "a" * 10 + "\r\n",
    ):
        assert encoding(text) == by_ftfy(text)


def test_unchanged_is_the_same_object() -> None:
    lines = ["plain", "café “x”", "", "港"]
    assert fix_encoding(lines) is lines
    assert fix_whitespace(lines) is lines
    mixed = ["cafÃ© au lait", "café “x”", " two  spaces"]
    fixed = fix_whitespace(fix_encoding(mixed))
    assert fixed == ["café au lait", "café “x”", "two spaces"]
    assert fixed[1] is mixed[1]
    code = ["if (x) {", "  go();", "}"]
    assert fix_whitespace(code) is code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\u00a0b\u2009c\u202fd\u3000e\tf", "a b c d e f"),
        ("  a  \n\u3000\u3000漢字", "a\n漢字"),
        ("a\r\nb\rc\x0cd\u2028e\u2029f", "a\nb\nc\nd\ne\nf"),
        ("har\u00adbour\u200b \ufeffopen\u2060s", "harbour opens"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("\u200c \u200c\u00a0\u200c", ""),
        ("\u202bשלום (abc)\u202c", "\u202bשלום (abc)\u202c"),
        ("שלום\u200f\u200f!", "שלום\u200f!"),
        ("price\u200e 5\u202c", "price 5"),
        ("ᠴᠢᠨ\u180eᠠ a\u180eb", "ᠴᠢᠨ\u180eᠠ ab"),
        ("&am\u200bp; e\u200b\u0301", "& é"),
        ("ﬁne ｆｕｌｌ “curly” … ½ ²", "ﬁne ｆｕｌｌ “curly” … ½ ²"),
        ("Ã\u00ad\u200bx", "íx"),
    ],
)
def test_spaces_and_the_invisible(text: str, expected: str) -> None:
    assert repair(text) == expected


def test_code_and_verse_keep_their_indentation() -> None:
    code = "def area(r):\n\tif r < 0:\n\t\treturn None\n\treturn 3.14 * r"
    assert repair(code) == code.replace("\t", "    ")
    nested = "\n".join("      " + line.expandtabs(4) for line in code.split("\n"))
    assert repair(nested) == code.replace("\t", "    ")
    verse = (
        "Much have I travelled in the realms of gold,\n  And many goodly states and kingdoms seen;\n"
        "  Round many western islands have I been\nWhich bards in fealty to Apollo hold."
    )
    assert repair(verse) == verse
    menu = "  * Home\n      * News\n      * Sport\n  Login\n    Order now"
    assert repair(menu) == "* Home\n* News\n* Sport\nLogin\nOrder now"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```python\nif x:\n\ty = 1\n\n\tz = 2\n```", "```python\nif x:\n    y = 1\n\n    z = 2\n```"),
        ("  ```\n    a\n      b\n  ```", "```\n  a\n    b\n```"),
        ("````\n```\n  a\n```\n````\n  b", "````\n```\n  a\n```\n````\nb"),
        ("```\n  a\n  b", "```\na\nb"),
        ("```\n  a\n``` sh\n  b", "```\na\n``` sh\nb"),
        ("Say ```\n  a\n```\n  b", "Say ```\na\n```\nb"),
        ("~~~\n  a\n~~~", "~~~\na\n~~~"),
    ],
)
def test_what_stands_between_fences_keeps_its_indentation(text: str, expected: str) -> None:
    assert repair(text) == expected
    assert repair(expected) == expected


def test_no_stage_cuts_what_stands_between_fences() -> None:
    code = "```\nShare\n\n  Read more\nAll rights reserved.\n\n***\n```"
    page = f"Skip to content\n\nThe harbour reopened on Monday after a week of storms.\n\n{code}\n\nRead also:\nA storm\n\nTweet"
    clean = cleaner.clean(page)
    assert code in clean
    assert "Skip" not in clean
    assert cleaner.clean(clean) == clean


@pytest.mark.parametrize(
    "rule", [r for r in readable() if r.stage in ("encoding", "whitespace", "unwrap")], ids=lambda r: r.id
)
def test_rule_examples(rule: object) -> None:
    on = ["unwrap"] if rule.stage == "unwrap" else []
    for text in rule.fire:
        result = cleaner.Cleaner(on=on).explain(text)
        assert rule.id in {cut.rule for cut in result.cuts}, text
        assert {cut.kind for cut in result.cuts if cut.rule == rule.id} == {"repair"}
        assert cleaner.replay(text, result.cuts) == result.text
    for text in rule.quiet:
        assert rule.id not in {cut.rule for cut in cleaner.Cleaner(on=on).explain(text).cuts}, text


@pytest.mark.parametrize(
    ("off", "text"),
    [
        ("encoding.entities", "Fish &amp; chips"),
        ("encoding.mojibake", "cafÃ©"),
        ("encoding.controls", "a\x07b"),
        ("encoding.normal", "cafe\u0301"),
        ("whitespace.spaces", "a  b"),
        ("whitespace.invisible", "har\u00adbour"),
        ("whitespace.breaks", "a\x0cb"),
        ("whitespace.indent", "a"),
        ("encoding", "cafÃ© &amp;"),
        ("whitespace", "a \u00adb"),
    ],
)
def test_a_repair_can_be_switched_off(off: str, text: str) -> None:
    chosen = cleaner.Cleaner(off=[off])
    if off == "whitespace.breaks":
        assert "\n" not in chosen.clean(text)
    else:
        assert chosen.clean(text) == text


def test_surrogates() -> None:
    result = cleaner.explain("a \ud83d\ude00 b \ud83d c")
    assert result.text == "a 😀 b \ufffd c"
    assert result.cuts[0].rule == "encoding.surrogates"


def test_explain_names_what_was_repaired() -> None:
    cut = cleaner.explain("It&#8217;s a cafÃ© on Monday\u0007").cuts[0]
    assert cut.rule == "encoding.mojibake"
    assert "HTML entities" in cut.why
    assert "control characters" in cut.why


def test_unwrap_joins_lines_and_mends_words() -> None:
    text = (
        "The harbour reopened on Monday after a week of\nstorms, and the first boats left the quay before\n"
        "the sun was up, as they have for as long as any-\none here remembers. The well-known master of\n"
        "the port said so himself; he is a rather well-\nknown man.\n\nBoats\nQuays\nFerries"
    )
    chosen = cleaner.Cleaner(on=["unwrap"])
    result = chosen.explain(text)
    assert "long as anyone here" in result.text
    assert "rather well-known man." in result.text
    assert result.text.endswith("Boats\nQuays\nFerries")
    assert cleaner.replay(text, result.cuts) == result.text
    assert chosen.clean(result.text) == result.text
    assert cleaner.clean(text) == text


@given(
    st.lists(st.sampled_from(["word", "a longer word-", "\n", "\n\n", "stands here, ", "and. ", "The "]), max_size=60)
)
@settings(max_examples=200, deadline=None)
def test_unwrap_is_settled_and_replays(parts: list[str]) -> None:
    chosen = cleaner.Cleaner(on=["unwrap"], off=["phrases", "tails", "repeats", "tidy"])
    text = " ".join(parts)
    result = chosen.explain(text)
    assert cleaner.replay(text, result.cuts) == result.text
    assert chosen.clean(result.text) == result.text


HOSTILE = {
    "one mark": lambda n: "\u0301" * n,
    "marks on one letter": lambda n: "a" + "\u0301\u0316" * (n // 2),
    "nested entities": lambda n: "&" + "amp;" * (n // 4),
    "entities in entities": lambda n: "&#3" * (n // 6) + "8;" * (n // 6),
    "spaces": lambda n: " " * n + "x",
    "lone surrogates": lambda n: "\ud83d" * n,
    "CR": lambda n: "a\r" * (n // 2),
    "soft hyphens": lambda n: "\u00ad" * n,
    "bidi": lambda n: "\u202b" * (n // 2) + "\u202c" * (n // 2) + "א",
    "short lines": lambda n: "a:\n" * (n // 3),
    "code": lambda n: "  x = {\n" * (n // 8),
    "hyphens": lambda n: "well-\n" * (n // 6),
    "entities": lambda n: "&nbsp;" * (n // 6),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_take_linear_time(name: str) -> None:
    chosen = cleaner.Cleaner(on=["unwrap"], off={stage.name for stage in cleaner.STAGES})

    made = HOSTILE[name]
    seconds(chosen.clean, made(1_000))
    assert seconds(chosen.clean, made(80_000)) < 20 * max(seconds(chosen.clean, made(8_000)), 0.01)


def test_nfc_is_pythons() -> None:
    rng = random.Random(5)
    marks = [ch for ch in map(chr, range(0x300, 0x2000)) if unicodedata.combining(ch)] + ["\u0344", "\u0f73", "\u0f75"]
    for _ in range(50):
        text = "a" + "".join(rng.choices(marks, k=200)) + "b" + "".join(rng.choices(marks, k=30))
        assert nfc(text) == unicodedata.normalize("NFC", text)


def test_deeply_nested_entities_end_as_in_ftfy() -> None:
    for text in ("&" + "amp;" * 90 + "lt;b", "&#3" * 40 + "8;" * 40, "&nbsp;" * 80 + "é", "&am&#112;" * 40 + ";" * 40):
        assert fix_line(text, DEFAULT, True) == by_ftfy(text)


def test_options_pass_over_other_names() -> None:
    chosen = options(off=["tails", "encoding.entities"], on=["unwrap"])
    assert chosen.unwrap
    assert not chosen.entities
    assert chosen.encoding


@pytest.mark.parametrize(
    ("text", "clean"),
    [("six\x0bseven", "six\nseven"), ("six\x0b\x0bseven \x0b", "six\n\nseven"), ("a\x0bb\x0cc", "a\nb\nc")],
)
def test_vertical_tabs_part_words(text: str, clean: str) -> None:
    result = cleaner.explain(text)
    assert result.text == clean == cleaner.Cleaner(off=["encoding"]).clean(text)
    assert cleaner.replay(text, result.cuts) == clean
    assert cleaner.Cleaner(off=["whitespace.breaks"]).clean("six\x0bseven") == "sixseven"


def test_a_function_of_four_short_lines_keeps_its_indentation() -> None:
    text = "The ferry left at nine, they said.\n\ndef at(x):\n    if x:\n        return 1\n    return 2"
    assert cleaner.clean(text) == text
