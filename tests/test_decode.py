import gzip
import json
import random
from encodings import _cache  # type: ignore[attr-defined]
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cleaner
from cleaner import InputError, decode

ARTICLES = json.loads((Path(__file__).parent / "data" / "articles.json").read_text(encoding="utf-8"))
del ARTICLES["source"]
CJK = ("cp932", "euc_jp", "iso2022_jp", "cp949", "euc_kr", "gb18030", "gbk", "gb2312", "big5")
UNICODE = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


def written() -> list[tuple[str, str, str]]:
    """(language, encoding, text) for every pair that can be written."""
    out = []
    for language, (encodings, text) in ARTICLES.items():
        for encoding in (*encodings.split(), *UNICODE):
            try:
                text.encode(encoding)
            except UnicodeEncodeError:
                continue
            out.append((language, encoding, text))
    return out


WRITTEN = written()


def test_there_is_enough_to_test_on() -> None:
    assert len({language for language, _, _ in WRITTEN}) >= 25
    assert len({encoding for _, encoding, _ in WRITTEN}) >= 30


@pytest.mark.parametrize(("language", "encoding", "text"), WRITTEN)
def test_declared(language: str, encoding: str, text: str) -> None:
    data = text.encode(encoding)
    assert decode(data, encoding).text == text
    if not encoding.startswith(("utf-16", "utf-32")):
        page = f'<html><head><meta charset="{encoding}"></head><body>{text}'
        assert decode(page.encode(encoding)).text == page
        header = f'<?xml version="1.0" encoding="{encoding}"?><p>{text}</p>'
        assert decode(header.encode(encoding)).text == header


def test_undeclared_single_sentences_of_every_language() -> None:
    right = [decode(text.encode(encoding)).text == text for _, encoding, text in WRITTEN]
    assert sum(right) >= 0.97 * len(right)
    unicode = [decode(text.encode(encoding)).text == text for _, encoding, text in WRITTEN if encoding in UNICODE]
    assert all(unicode)


@pytest.mark.parametrize(
    ("language", "encoding", "text"), [w for w in WRITTEN if w[1] not in (*UNICODE, "ascii", "utf-16")]
)
def test_wrongly_declared_utf8_is_not_followed(language: str, encoding: str, text: str) -> None:
    data = text.encode(encoding)
    if data.isascii():
        return
    found = decode(data, "utf-8")
    assert found.how in ("detected", "fallback")
    assert "wrong_declaration" in found.flags


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1251", "koi8-r", "windows-1250"])
def test_utf8_declared_as_a_single_byte_encoding_is_utf8(label: str) -> None:
    for _, text in ARTICLES.values():
        found = decode(text.encode(), label)
        assert found.text == text
        assert text.isascii() or (found.how == "utf-8" and "wrong_declaration" in found.flags)


@pytest.mark.parametrize("label", ["gbk", "shift_jis", "big5", "euc-kr"])
def test_utf8_declared_as_a_cjk_encoding_is_utf8(label: str) -> None:
    for _, text in ARTICLES.values():
        if sum(not c.isascii() for c in text) > 3:
            assert decode(text.encode(), label).text == text


@pytest.mark.parametrize(
    ("label", "data", "text"),
    [
        ("iso-8859-1", b"\x93caf\xe9\x94 \x80 5", "“café” € 5"),
        ("ASCII", b"\x93caf\xe9\x94", "“café”"),
        ("iso-8859-9", "ğış".encode("cp1254"), "ğış"),
        ("gb2312", "朱镕基".encode("gbk"), "朱镕基"),
        ("shift_jis", "①髙".encode("cp932"), "①髙"),
        ("ks_c_5601-1987", "똠방각하".encode("cp949"), "똠방각하"),
        ("windows-1252", b"a\x81b", "a\x81b"),
        (" UTF8 ", "é".encode(), "é"),
        ("latin-1", b"caf\xe9", "café"),
    ],
)
def test_labels_mean_what_browsers_take_them_for(label: str, data: bytes, text: str) -> None:
    found = decode(data, label)
    assert (found.text, found.how) == (text, "declared")


def test_byte_order_marks_outrank_a_declaration() -> None:
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        found = decode("Grüße".encode(encoding), "windows-1251")
        assert (found.text, found.how) == ("Grüße", "bom")


def test_unknown_labels_are_flagged() -> None:
    found = decode("Grüße".encode(), "martian")
    assert (found.text, found.how, found.flags) == ("Grüße", "utf-8", ("unknown_label",))
    assert decode("Grüße".encode(), "utf\udce98").flags == ("unknown_label",)


def test_unknown_labels_are_not_kept() -> None:
    decode(b"caf\xe9", "martian")
    before = len(_cache)
    for n in range(100):
        assert decode(b"<meta charset=martian-%d>" % n).flags == ("unknown_label",)
    assert len(_cache) == before


@pytest.mark.parametrize(("language", "encoding", "text"), [w for w in WRITTEN if w[1] in ("utf-8", *CJK)])
def test_a_truncated_end_is_replaced_and_counted(language: str, encoding: str, text: str) -> None:
    cut = (text + "é" if encoding == "utf-8" else text).encode(encoding)[:-1]
    found = decode(cut, encoding)
    assert found.text[:-3] == text[: len(found.text) - 3]
    assert found.replaced == found.text.count("\ufffd")
    assert not found.replaced or f"replaced:{found.replaced}" in found.flags


def test_cut_short_utf8_is_utf8_without_a_declaration() -> None:
    for _, text in ARTICLES.values():
        found = decode(text.encode() + "é".encode()[:1])
        assert found.text == text + "\ufffd"
        assert found.flags == ("truncated", "replaced:1")


def test_surrogates_in_utf8() -> None:
    found = decode(b"ok \xed\xa0\xbd\xed\xb8\x80 and \xed\xa0\xbd half")
    assert (found.text, found.replaced) == ("ok 😀 and \ufffd half", 1)


def test_damage_in_utf8_does_not_lose_the_rest() -> None:
    text = " ".join(text for _, text in ARTICLES.values())
    data = bytearray(text.encode())
    data[0:0] = b"\xff"
    found = decode(bytes(data))
    assert (found.encoding, found.replaced) == ("utf-8", 1)
    assert found.text.replace("\ufffd", "") == text


def test_a_replacement_character_of_the_page_is_not_counted() -> None:
    assert decode("a \ufffd b é".encode()).replaced == 0


@pytest.mark.parametrize("value", [gzip.compress(b"text", mtime=0), "text", None, 5])
def test_what_is_not_text_in_bytes_is_an_input_error(value: object) -> None:
    with pytest.raises(InputError):
        decode(value)


LABELS = ["utf-8", "gbk", "big5", "utf-16", "hz", "replacement", "x", "\0"]


@given(st.binary(), st.one_of(st.none(), st.sampled_from(LABELS)))
@settings(max_examples=300, deadline=None)
def test_never_fails(data: bytes, label: str | None) -> None:
    if data[:3] == b"\x1f\x8b\x08":
        return
    found = decode(data, label)
    assert found.how in ("bom", "declared", "utf-8", "detected", "fallback")
    assert (found.replaced > 0) == any(flag.startswith("replaced:") for flag in found.flags)
    cleaner.clean(found.text)


def test_random_bytes() -> None:
    rng = random.Random(2)
    for size in (10, 1_000, 100_000):
        decode(rng.randbytes(size))
