"""What is done to the bytes of a page before it is parsed, in C as in Python."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.native import kernels
from cleaner.read import encoding, guard, streamed
from cleaner.read.encoding import as_utf8, decode
from cleaner.read.guard import shallow

pytestmark = pytest.mark.skipif(kernels is None, reason="the extension is not there, or switched off")

BYTES = "ä|日本|🌊|abc |<p>|<meta charset=iso-8859-1>|<meta charset=utf-8>|<meta charset=shift_jis>|<meta charset=iso-2022-jp>|paywall"
pieces = st.lists(st.sampled_from(BYTES.split("|")).map(str.encode), max_size=8)
odd_pieces = st.sampled_from(
    [b"\xe4", b"\xed\xa0\x80", b"\xc0\x80", b"\xe2\x82", b"\xf4\x90\x80\x80", b"\0", b"\x1b$B", b"\xff", b"\\"]
)


@given(
    pieces, st.lists(odd_pieces, max_size=1), pieces, st.sampled_from([None, "utf-8", "latin1", "utf-16", "gbk", "cp1251", "hz", "x"])
)  # fmt: skip
def test_bytes_that_need_no_decoding_are_those_that_decoding_gives(
    before: list[bytes], odd: list[bytes], after: list[bytes], declared: str | None
) -> None:
    data = b"".join([*before, *odd, *after])
    found = as_utf8(data, declared)
    assert found is None or found.decode() == decode(data, declared).text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "kernels", None)
        assert as_utf8(data, declared) == found


@given(st.binary(max_size=200), st.lists(st.sampled_from([b"p", b"a", b"pa", b"ap"]), min_size=2).map(b"".join))
def test_words_are_found_in_bytes(data: bytes, word: bytes) -> None:
    assert kernels is not None
    for text in (data, data + word, word + data, data + word[:-1], data + word + data, (data + b"x") * 5 + word[1:]):
        words = (word, b"ab", word[::-1], word * 3)
        assert kernels.holds(text, words) == sum((word in text) << i for i, word in enumerate(words))


LISTS = (guard._LIGHT_FOR_C, guard.DRAWN_FOR_C, guard._FORMATTING_FOR_C, guard.TEXT_FOR_C)
NESTED = "<p>|</p>|<|</|<<|x|<div a=1>|>|<!-- -->|<b><b><b>|<br>|<a x='1"


@given(st.lists(st.sampled_from(NESTED.split("|")), max_size=60))
def test_nesting_is_guarded_alike(parts: list[str]) -> None:
    assert kernels is not None
    html = "".join(part * 9 for part in parts).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guard, "FEW", 40)
        patch.setattr(guard, "DEEPEST", 30)
        found = shallow(html)
        assert bool(kernels.guard(html, 40, 4000, 2000) & 2) == guard._may_be_deep(html)
        patch.setattr(guard, "kernels", None)
        assert shallow(html) == found


TAGS = "<b>|</b>|</B x>|<i>|</i/|<rt>|</rt>|<rp a|<optgroup>|<abcdefghijklmnop>|<abcdefghijklmnopq>|</abcdefghijklmnop|<|</|<1>|<a\0b>"


@given(st.lists(st.tuples(st.sampled_from(TAGS.split("|")), st.integers(1, 12)), max_size=40), st.integers(0, 20))
def test_stray_tags_are_counted_alike(parts: list[tuple[str, int]], behind: int) -> None:
    html = "".join(part * count for part, count in parts).encode() + b"." * behind
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guard, "FEW", 20)
        patch.setattr(guard, "MOST_LOOSE", 15)
        found = guard._has_strays(html)
        patch.setattr(guard, "kernels", None)
        assert guard._has_strays(html) == found


def test_stray_tags_of_many_names_are_counted_alike() -> None:
    html = b"".join(b"<x%d></y%d>" % (i % 700, i % 900) for i in range(4000)) + b" " * 20
    with pytest.MonkeyPatch.context() as patch:
        assert guard._has_strays(html)
        patch.setattr(guard, "kernels", None)
        assert guard._has_strays(html)


@pytest.mark.parametrize("end", ["", ">", '">', " x>y<p>z"])
@pytest.mark.parametrize("count", [900, 1001, 1999, 2001])
def test_attributes_by_the_thousand_are_guarded_alike(count: int, end: str) -> None:
    html = b"<p>x</p><a " + b"a=1 " * count + end.encode() + b"<p>" + b"a=1 " * count
    with pytest.MonkeyPatch.context() as patch:
        found = shallow(html + b"</p>")
        patch.setattr(guard, "kernels", None)
        assert shallow(html + b"</p>") == found


NAMES = "div p b font svg g path/ title desc style script textarea math plaintext xmp iframe x:y br linearGradient a-name-too-long-for-any-list"
PARTS = st.one_of(
    st.sampled_from(NAMES.split(" ")).flatmap(lambda name: st.sampled_from([f"<{name}>", f"</{name}>", f"<{name} a='>'>", f"<{name.upper()}/>"])),
    st.sampled_from(["<!--", "-->", "--!>", "<!-->", "<!>", "<?x>", "</", "</ >", "<", "<<", "a", '<a href="x', '"', "'", ">", "/>", "<![CDATA["]),
    st.sampled_from(["<script><!--", "</script >", "<div a = \"x\" / b='>' =c>", "<div a= >", '<div a="', "</xmp", "<div\x0b>", "<a\0b>"]),
)  # fmt: skip


@given(st.lists(PARTS, max_size=60), st.sampled_from([(4, 2), (6, 3), (8, 64), (16, 4)]))
def test_depth_is_counted_alike(parts: list[str], limits: tuple[int, int]) -> None:
    assert kernels is not None
    html = "".join(parts).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guard, "kernels", None)
        patch.setattr(guard, "_may_have_long_tag", lambda html: False)
        patch.setattr(guard, "_may_be_deep", lambda html: True)
        patch.setattr(guard, "DEEPEST", limits[0])
        patch.setattr(guard, "MOST_FORMATTING", limits[1])
        assert kernels.deep(html, *limits, *LISTS) == (shallow(html) != html)


DIVS = "<div|</div|<div>|</div>|<script>|</script>|<divide|</div_|<divé|<|</|a|字|🌊|<DIV>|>| "


@given(st.lists(st.sampled_from(DIVS.split("|"))))
def test_the_end_of_a_div_is_found_alike(parts: list[str]) -> None:
    assert kernels is not None
    html = "".join(parts).encode()
    for at in range(0, len(html) + 1, 3):
        assert kernels.div_end(html, at) == streamed._div_end(html, at)
