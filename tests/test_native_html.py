"""Pages of HTML read in C give what the walk in Python gives: the same lines, and the same said of each."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from cleaner.markup.columns import Markup
from cleaner.markup.words import WORDS
from cleaner.model.decide_html import by_chance, by_chance_in_python
from cleaner.model.features import Measures
from cleaner.model.places import HTML_COLUMNS, Places, measure_html, measure_in_python
from cleaner.native import kernels
from cleaner.read.guard import shallow
from cleaner.read.lines import lines_of
from cleaner.read.outline import outline
from cleaner.read.quick import quick_lines
from cleaner.read.tags import TAGS
from tests.fixtures import html_cases

pytestmark = pytest.mark.skipif(kernels is None, reason="the extension is not there, or switched off")

STEMS = sorted(["footnote", *(stem.strip("*$") for words in WORDS.values() for stem in words.split())])
COMMON = ("p", "div", "span", "b", "a", "ul", "ol", "li", "table", "tr", "td", "pre", "br", "h1")
OTHERS = """svg math style script title textarea select option template noscript iframe foreignObject mi desc font x:y a<b
    annotation-xml noembed embed param keygen frame frameset head html body img input link nobr object"""
RARE = (*(tag for tag in TAGS if tag and tag[0] != "-" and tag not in {"rt", "xmp", "plaintext"}), *OTHERS.split())
VALUES = {
    "class": st.one_of(
        st.lists(st.sampled_from(STEMS), max_size=3).flatmap(lambda words: st.sampled_from("- _").map(lambda by: by.join(words))),
        st.sampled_from(["mainNav", "aSide", "NAV", "öffnav", "sr-only", "hidden md:flex", "a&amp;nav", "ad", "x" * 310 + " nav"]),
    ),
    "style": st.sampled_from(["display:none", "VISIBILITY : Hidden", "color: red", "dısplay:none", ""]),
    "role": st.sampled_from(["navigation", "main", "complementary", "note", "navigations", ""]),
    "start": st.sampled_from(["3", "0", "999999", "1234567", "-1", "x", "٣", "²", ""]),
    "hidden": st.sampled_from(["", "until-found", "hidden"]),
    "aria-hidden": st.sampled_from(["true", "false", ""]),
    "=q": st.sampled_from(["", "<b>", "&quot;", "a>b"]),
    "data-an-attribute-of-no-meaning": st.sampled_from(["class=", ""]),
}  # fmt: skip
attribute = st.sampled_from([*VALUES, "class", "id"]).flatmap(
    lambda name: VALUES["class" if name == "id" else name].map(lambda value: f' {name}="{value}"')
)
TEXTS = (
    "word|two  words|.| |\n|\t|  \n |\r\n|\0|\x0b|\x1c|ö|字|🌊|\u2003|\xad|&nbsp;|&nbsp;x&nbsp;|&amp;|&lt;b&gt;|&quot;|&|&#x80;|"
    "<!-- a -->|<!--a--!>|<!---->|<!-->|<!-|<?pi x?>|</|<|>|-->|<![CDATA[x<y]]>|<!doctype html>|a line of more words than one"
)
text = st.sampled_from(TEXTS.split("|"))


def tags(names: tuple[str, ...]) -> st.SearchStrategy[str]:
    name = st.sampled_from(names)
    start = st.tuples(name, st.lists(attribute, max_size=2)).map(lambda tag: f"<{tag[0]}{''.join(tag[1])}>")
    return st.one_of(text, text, start, start, name.map("</{}>".format))


pages = st.sampled_from([COMMON, COMMON, RARE]).flatmap(lambda names: st.lists(tags(names), max_size=60)).map("".join)


def columns(found: tuple[list[str], Markup]) -> dict[str, Any]:
    rows, markup = found
    known = {name: getattr(markup, name) for name in Markup.__slots__}
    return {"rows": rows} | {name: x.tolist() if isinstance(x, np.ndarray) else x for name, x in known.items()}


def both(html: str, *, noscript: bool = False) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    root = LexborHTMLParser(shallow(html.encode("utf-8", "replace"))).root
    assert root is not None
    found = quick_lines(root, noscript=noscript)
    return columns(found) if found else None, columns(lines_of(outline(root, noscript=noscript)))


@given(pages, st.booleans())
def test_any_markup_is_read_as_the_walk_reads_it(html: str, noscript: bool) -> None:
    found, walked = both(html, noscript=noscript)
    assert found is None or found == walked


@pytest.mark.parametrize("case", html_cases(), ids=lambda case: case.name)
def test_the_pages_of_the_fixtures_are_read_as_the_walk_reads_them(case: Any) -> None:
    found, walked = both(case.html if isinstance(case.html, str) else case.html.decode("utf-8", "replace"))
    assert found == walked


@pytest.mark.parametrize(
    "html",
    [
        "<pre>\n\n a\tb\n\n  <b>c</b>\td \n</pre><listing>\nx</listing>x<textarea>\n\nb</textarea>y",
        "<pre> <span hidden>x\n</span>\ny</pre>z<pre>\t</pre>",
        "<p>a <span class='sr-only'>b <i style='display:none'>c</i></span> d<em hidden> </em></p>",
        "<ol start=7><li>a<ul><li>b</ul><li><p>c</ol><ol start=x><li><li>d</ol>",
        "<table><tr><td>a<td>b<tr><td><p>c<td>d " + "<td>cell" * 100 + "</table>",
        "<script><!--<script></script>--></script>a<script><!--></script>b<script><!-- </script>c",
        "<svg><style>a</style><title>b&lt;</title></svg>c<math><mi>d</mi><style>e</style></math>f",
        "<svg><link></link><desc><p>a<input></desc><script>b</script></svg><template><p>c</template>d",
        '<a<b>x</a<b><p =a==b x\'="y">z<o:p>w',
        "<frameset><frame></frameset>",
        "<html class=nav id=main><head><title>a</title></head> <!-- b --> <body role=main>c</html><!-- d -->",
        "a&nbsp;<b>&nbsp;b</b>&nbsp; \n<i> c</i>&nbsp;",
        "<p>字&lt;🌊 " + "x" * 5000 + "<a href=q>y z</a><p>ö<a><b>m",
    ],
)
def test_odd_pages_are_read(html: str) -> None:
    found, walked = both(html)
    assert found == walked


@pytest.mark.parametrize(
    "html",
    [
        "<svg><style>a&lt;/style>&lt;/svg>&lt;p>b&lt;svg>&lt;style></style></svg>c",
        "<math><style>&lt;p></style></math>a",
        "<xmp><b>a</xmp>b",
        "a<plaintext></plaintext>b",
        "<ruby>a<rt>b</rt></ruby>",
    ],
)
def test_what_cannot_be_told_from_the_markup_is_left_to_the_walk(html: str) -> None:
    assert both(html)[0] is None


@pytest.mark.parametrize(
    "piece",
    [
        "<b>x</b>", "<p>", "<td>x", "<br>", "&amp;", "&nbsp;", "<li>x", "<i hidden>x</i>", "<pre>\n</pre>", "a\tb ", "字 ", "\n ",
        "<script><!--<script>", "<script><!-- x --></script>", "<!---->", "<svg><style></style></svg>", "<p class='nav hid'>x",
    ],
)  # fmt: skip
def test_time_and_room_grow_with_the_page(piece: str) -> None:
    times = []
    for count in (20_000, 160_000):
        root = LexborHTMLParser(f"<pre>x</pre>{piece * count}".encode()).root
        assert root is not None
        start = perf_counter()
        quick_lines(root)
        times.append(perf_counter() - start)
    assert times[1] < 80 * times[0] + 0.5, "eight times the page should take about eight times as long"


def test_what_is_no_markup_is_refused() -> None:
    from cleaner.read.quick import _reader

    assert kernels is not None
    for markup in (
        "<",
        "<p",
        "<p>",
        "</p>",
        "<p></b>",
        "<p a>",
        "<p a=b></p>",
        '<p a="></p>',
        "&",
        "&amp",
        "<!",
        "<!--",
        "<?",
        "<script>",
    ):
        assert kernels.html_lines(_reader(kernels, False), markup, 0) is None, markup
    with pytest.raises(ValueError, match="tags"):
        kernels.make_reader(
            {},
            ("p",),
            bytes(3),
            np.zeros(1, np.int64),
            (0, 0, 0, 0, 0, 0, 0, 1),
            (1, 2, 4, 8, 16, 32),
            [],
            {},
            len,
            len,
        )
    for wrong in ((None, "<p></p>", 0), (_reader(kernels, False), b"<p></p>", 0)):
        with pytest.raises((TypeError, ValueError)):
            kernels.html_lines(*wrong)


@given(pages, st.text(max_size=20), st.data())
def test_places_are_measured_alike(html: str, title: str, data: st.DataObject) -> None:
    rows, markup = both_rows(f"<div>{html}</div><p class=nav>Some words that read as text, and a few more.</p>")
    markup.title = " ".join(title.split())
    lines = [row for row in rows if row.strip()]
    where = [int(line) for line in markup.line if line >= 0]
    stay = data.draw(st.lists(st.integers(0, len(lines) - 1), min_size=1, unique=True).map(sorted))
    gaps = np.array([i % 3 == 0 for i in stay])
    found, expected = (
        measure([lines[i] for i in stay], gaps, markup, np.array([where[i] for i in stay]))
        for measure in (measure_html, measure_in_python)
    )
    assert np.abs(found.measures.lines - expected.measures.lines).max() < 1e-5
    assert all(
        np.array_equal(getattr(found.measures, name), getattr(expected.measures, name))
        for name in ("bag", "first", "runs")
    )
    assert np.array_equal(found.first, expected.first)
    assert np.array_equal(found.end, expected.end)
    pairs = set(zip(found.group.tolist(), expected.group.tolist(), strict=True))
    assert len(pairs) == len(set(found.group.tolist())) == len(set(expected.group.tolist()))


def test_groups_of_lines_are_told_apart_by_all_of_what_elements_are() -> None:
    rows, markup = both_rows("<p>x</p>" * 40_000)
    lines = [row for row in rows if row]
    many, count = np.arange(len(lines)), len(markup.parent)
    markup = replace(markup, like=np.arange(count) // 3 << 31, element=np.arange(count - len(lines), count))
    found = measure_html(lines, many >= 0, markup, many).group
    assert np.array_equal(found, (markup.like[markup.element] >> 31) - (markup.like[markup.element[0]] >> 31))


def both_rows(html: str) -> tuple[list[str], Markup]:
    root = LexborHTMLParser(html.encode("utf-8", "replace")).root
    assert root is not None
    return lines_of(outline(root))


def test_places_that_do_not_fit_are_refused() -> None:
    assert kernels is not None
    rows, markup = both_rows("<div><p>One line of text.</p><p>Another one.</p></div>")
    lines, gaps, where = [row for row in rows if row], np.ones(2, bool), np.arange(2)
    measure_html(lines, gaps, markup, where)
    ends = markup.end
    for name, wrong in {
        "element": np.array([0, 99]), "parent": np.array([0, 3, 1, 2]), "first": ends + 1, "end": -ends, "size": ends[:1],
        "tags": ["p"], "path": np.zeros(1, np.int32),
    }.items():  # fmt: skip
        odd = replace(markup, **{name: wrong})
        with pytest.raises(ValueError, match=r"."):
            measure_html(lines, gaps, odd, where)
    for wrong in (where[::-1], where + 5, where[:1]):
        with pytest.raises(ValueError, match=r"."):
            measure_html(lines, gaps, markup, np.ascontiguousarray(wrong))
    with pytest.raises((TypeError, ValueError)):
        measure_html([1, 2], gaps, markup, where)  # type: ignore[list-item]
    with pytest.raises(ValueError, match=r"."):
        measure_html([], gaps[:0], markup, where[:0])


@given(
    st.lists(st.tuples(*[st.sampled_from([0.0, 0.1, 0.2, 0.25, 0.4, 0.5, 0.9, 1.0])] * 10), min_size=1, max_size=40),
    st.floats(0, 1),
)
def test_lines_are_chosen_alike(lines: list[tuple[float, ...]], share: float) -> None:
    scores, linked, headline, winner, path, words, second, picture, tag, prose = np.array(lines, np.float32).T
    bits = {
        "tag_h1": headline > 0.8,
        "tag_h2": second > 0.8,
        "near_caption": picture > 0.8,
        "tag_p": tag > 0.4,
        "prose": prose > 0.4,
        "in_winner": winner > 0.4,
    }
    x = np.zeros((len(HTML_COLUMNS), len(lines)), np.float32)
    for name, row in (bits | {"linked": linked, "left_path": path}).items():
        x[HTML_COLUMNS.index(name)] = row
    none = np.zeros(0, np.int64)
    places = Places(Measures(x, words, (words * 40).round(), none, none, none), none, none, none)
    assert by_chance(scores, places, share).tolist() == by_chance_in_python(scores, places, share).tolist()
