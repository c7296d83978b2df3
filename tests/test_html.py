"""HTML in: the text that a page shows, and what is known of its lines."""

from __future__ import annotations

import bs4
import numpy as np
import pytest

import cleaner
from cleaner.markup.words import hides_by_name
from cleaner.read.streamed import put_together
from cleaner.stages.score_html import whole_blocks

PAGE = """<!doctype html><title>Harbour Reopens | Harbour Post</title><body>
<nav><ul><li><a href="/">Tides</a><li><a href="/boats">Boats</a></ul></nav>
<article><h1>Harbour Reopens</h1><p>The harbour <b>reopened</b> on Monday<br>after a week of storms.</p>
<p>The first ferry left at nine. It was <em>full</em>, the harbour master said.</p></article>
<footer>Harbour Post, 4 Quay Street</footer>"""


def shown(html: str) -> str:
    """The text of a page before any cut."""
    return cleaner.Cleaner(off=[stage.name for stage in cleaner.STAGES]).clean_html(html)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One <b>two</b>, <i>three</i>.</p>", "One two, three."),
        ("<p>One<br>two</p>", "One\ntwo"),
        ("<p>One<br><br>two</p>", "One\n\ntwo"),
        ("<p>One</p><p>two</p>", "One\n\ntwo"),
        ("<div>One</div><div>two</div>", "One\ntwo"),
        ("<h2>Tides</h2>High at nine.", "Tides\n\nHigh at nine."),
        ("<ul><li>ebb<li>flow<ul><li>spring</ul></ul>", "- ebb\n- flow\n- spring"),
        ("<ol start=3><li>ebb<li>flow</ol>", "3. ebb\n4. flow"),
        ("<ol><li><p>ebb</p><li><p>flow</p></ol>", "1. ebb\n\n2. flow"),
        ("<table><tr><th>Day<th>High<tr><td>Monday<td>9:00</table>", "Day | High\nMonday | 9:00"),
        ("<pre>\ndef tide():\n    return 9\n\n\ntide()</pre>", "def tide():\n    return 9\n\ntide()"),
        ("<p>Look:</p><pre>a  b</pre><p>Done  so</p>", "Look:\n\na  b\n\nDone so"),
        ("<blockquote>Ebb</blockquote><figure><img alt=boat><figcaption>A boat</figcaption></figure>", "Ebb\n\nA boat"),
        ("<p>H<sub>2</sub>O, m<sup>2</sup></p>", "H2O, m2"),
        ("<ruby>港<rp>(</rp><rt>みなと</rt><rp>)</rp></ruby>", "港(みなと)"),
        ("<p>One<script>two()</script><style>a{}</style><!-- no --> three</p><template>four</template>", "One three"),
        ("<p>One&nbsp;&amp;&lt;two&gt;</p>", "One &<two>"),
        ("<p>One</p> <b>two</b> <i>three</i>", "One\n\ntwo three"),
        ("<a href=x><div>One</div><div>two</div></a>", "One\ntwo"),
        ("", ""),
        ("plain text", "plain text"),
    ],
)  # fmt: skip
def test_text_comes_out_as_a_person_would_copy_it(html: str, text: str) -> None:
    assert shown(html) == text


def test_furniture_by_its_place_goes_and_is_accounted_for() -> None:
    result = cleaner.explain_html(PAGE)
    assert "harbour reopened on Monday" in result.text
    assert "Tides" not in result.text
    assert "4 Quay Street" not in result.text
    assert {cut.rule for cut in result.cuts} >= {"place.nav", "place.footer"}
    assert cleaner.replay(result.original, result.cuts) == result.text == cleaner.clean_html(PAGE)


def test_what_is_hidden_inside_a_line_goes_by_a_rule() -> None:
    html = (
        "<ul><li>One <span hidden>two</span><b style='display: none'>2</b><i class='sr-only'>3</i>four</ul><p>Five</p>"
    )
    result = cleaner.explain_html(html)
    assert result.text == "- One four\n\nFive"
    assert [(cut.before, cut.rule) for cut in result.cuts] == [(text, "place.unseen") for text in ("two", "2", "3")]
    assert cleaner.replay(result.original, result.cuts) == result.text
    assert "two" in cleaner.Cleaner(off=["place.unseen"]).clean_html(html)


@pytest.mark.parametrize(("names", "shown"), [("paywall", True), ("caption", False)])
def test_a_paragraph_that_script_takes_from_those_who_have_not_paid_is_read(names: str, shown: bool) -> None:
    free = "<p>The harbour reopened on Monday after a week of storms, and the ferry sails again.</p>"
    page = f"<article>{free}<p class={names} aria-hidden=true>Repairs of the pier will take until autumn.</p></article>"
    for given in (page, bs4.BeautifulSoup(page, "html.parser")):
        assert ("until autumn" in cleaner.clean_html(given)) is shown


@pytest.mark.parametrize(
    ("note", "stays"),
    [("class='footnote brackets' role=note", True), ("role=doc-footnote", True), ("class=teaser-box", False)],
)
def test_a_footnote_in_an_aside_is_the_articles(note: str, stays: bool) -> None:
    free = "<p>The harbour reopened on Monday after a week of storms, and the ferry sails again at nine, said the office.</p>"
    aside = f"<aside {note}><span>[1]</span><p>The office counts from the last spring tide.</p></aside>"
    page = f"<main><article><h1>The harbour reopens</h1>{free * 3}{aside}</article></main>"
    for given in (page, bs4.BeautifulSoup(page, "html.parser")):
        result = cleaner.Cleaner(off=["score"]).explain_html(given)
        assert ("aside" not in {line.tag for line in result.lines}) is stays


def test_code_is_kept_whole_and_not_read_for_phrases() -> None:
    body = "".join(
        f"<p>The first ferry left pier {n} at nine on Monday. It was full, and the crew waved.</p>" for n in range(6)
    )
    code = "<head>\n<title>Tides</title>\n</head>\nSkip to content\nShare\nLog in\nRead more\nreturn tide(9)".replace(
        "<", "&lt;"
    )
    page = f"<nav><a href=/>Log in</a></nav><article><h1>Tides by script</h1>{body}<pre>{code}</pre>{body}</article>"
    result = cleaner.explain_html(page)
    assert (
        "<head>\n<title>Tides</title>\n</head>\nSkip to content\nShare\nLog in\nRead more\nreturn tide(9)"
        in result.text
    )
    assert result.text.count("Log in") == 1


@pytest.mark.parametrize(
    ("keep", "stays"),
    [([1, 1, 0, 1, 0], [1, 1, 1, 1, 0]), ([1, 0, 0, 1, 1], [1, 0, 0, 0, 1]), ([0, 1, 1, 1, 0], [0, 1, 1, 1, 0])],
)
def test_lines_of_code_stay_or_go_together(keep: list[int], stays: list[int]) -> None:
    code, words = np.array([0, 1, 1, 1, 0], bool), np.array([9, 2, 2, 2, 9], np.float32)
    assert whole_blocks(np.array(keep, bool), code, words).tolist() == [bool(k) for k in stays]


def test_a_headline_right_above_the_text_stays() -> None:
    body = "<p>The first ferry left at nine on Monday. It was full, and the harbour master of Lower Quay waved.</p>" * 6
    page = "<title>Harbour reopens after storms</title><div><a href=/>Home</a></div>{}<div>Tides<h1>{}</h1>{}</div>"
    headline = "Harbour reopens after storms"
    assert cleaner.clean_html(page.format("", headline, body)).startswith(headline)
    assert "Quay fish prices" not in cleaner.clean_html(page.format("<h1>Quay fish prices</h1>", "x", body))


@pytest.mark.parametrize(
    "names",
    [
        "sr-only",
        "govuk-visually-hidden",
        "!hidden",
        "VisuallyHidden_root__x1",
        "wt-screen-reader-only",
        "u-srOnly",
        "is-vishidden",
        "bose-screenReaderText",
        "assistive-text",
        "hidden",
        "d-none",
        "aok-hidden",
        "visually-hidden-focusable",
    ],
)
def test_names_that_hide(names: str) -> None:
    assert hides_by_name(f"x {names} y")


@pytest.mark.parametrize(
    "names",
    [
        "field--label-visually_hidden",
        "large-screen-only",
        "max-sm:sr-only",
        "not-sr-only",
        "sr-only-mobile",
        "touchscreen",
        "hide-and-seek",
        "overflow-hidden",
        "hidden md:block",
        "flex empty:hidden",
        "print:hidden",
        "group-open:!hidden",
        "site-offscreen-wrapper",
        "hidden-gems",
        "a-offscreen",
    ],
)
def test_names_that_do_not_hide(names: str) -> None:
    assert not hides_by_name(names)


# As React's server sends a page: gaps, what stands in them meanwhile, and late pieces that scripts put there.
STREAMED = """<main><p>The harbour reopened on Monday.</p><!--$?--><template id="B:0"></template><p>Loading<!--$-->...<!--/$-->
</p><!--/$--><p>Ferries sail again on Friday.</p></main>
<div hidden id="S:0"><p>The first boat left at nine.</p><div><template id="P:1"></template></div></div>
<script>x("<div>")</script><div hidden id="S:1"><p>It was full.</p></div><script>$RS=function(){};$RS("S:1","P:1")</script>
<script>$RC("B:0","S:0")</script>"""


def test_a_page_sent_in_pieces_is_put_together() -> None:
    lines = [
        "The harbour reopened on Monday.",
        "The first boat left at nine.",
        "It was full.",
        "Ferries sail again on Friday.",
    ]
    assert [line for line in shown(STREAMED).split("\n") if line] == lines


def test_a_piece_that_has_no_gap_is_not_lost() -> None:
    late = '<p>One.</p><div hidden id="S:0"><p>Two.</p></div><script>$RC("B:0","S:0")</script>'
    assert shown(late) == "One.\n\nTwo."
    for broken in (late.replace("</div>", ""), late.replace("$RC", "$RX"), late.replace("script>", "")):
        assert shown(broken).startswith("One.")
    ring = '<p>One.</p><div hidden id="S:0"><p>Two.</p><template id="B:0"></template></div><script>$RC("B:0","S:0")</script>'
    assert shown(ring) == "One.\n\nTwo."


def test_a_page_of_many_pieces_takes_no_longer_for_each() -> None:
    slow = 20_000
    gaps = b"".join(b'<!--$?--><template id="B:%x"></template>' % i for i in range(slow))
    late = b"".join(b'<div hidden id="S:%x"><p>1</p></div><script>$RC("B:%x","S:%x")' % (i, i, i) for i in range(slow))
    assert put_together(gaps + late).count(b"<p>") == slow
    assert put_together(gaps).count(b"template") == 2 * slow
    assert put_together(b'<div hidden id="S:0"><script' * slow + b'$RC("B:0","S:0")')


COMMENTED = (
    "<title>Harbour reopens</title><article>"
    + "<p>The first ferry left at nine on Monday. It was full, and the harbour master of Lower Quay waved.</p>" * 8
    + "</article><section id=comments class=comments><h3>2 comments</h3>"
    "<div class=comment><a href=/u/ann>Ann</a><p>I was on that ferry and it was a fine crossing for once.</p></div>"
    "<div class=comment><a href=/u/bo>Bo</a><p>They should have opened the harbour two days earlier, I think.</p></div>"
    "</section>"
)


def test_readers_comments_go_unless_asked_for() -> None:
    without, asked = cleaner.clean_html(COMMENTED), cleaner.Cleaner(comments=True).clean_html(COMMENTED)
    for text in (without, asked):
        assert text.startswith("The first ferry left at nine on Monday.")
        assert "2 comments" not in text
    for comment in ("I was on that ferry", "two days earlier"):
        assert comment not in without
        assert comment in asked


def test_other_furniture_is_not_asked_for_where_the_page_has_lost_it() -> None:
    paragraph = (
        "<p>The ferry to the islands sails again on Monday, said the harbour office, after a week of storms.</p>"
    )
    more = "Read also: Storm closes harbour for a week"
    page = f"<nav><a href=/>Home</a></nav><article>{paragraph * 2}<p>{more}</p>{paragraph.replace('ferry', 'boat') * 2}</article>"
    result = cleaner.explain_html(page)
    assert [cut.rule for cut in result.cuts if cut.before == more] == ["related.inline"]
    assert more in cleaner.clean(result.original), "a text may be clean"


def test_title_and_tags() -> None:
    result = cleaner.explain_html(PAGE)
    assert result.title == "Harbour Reopens | Harbour Post"
    assert {line.text: line.tag for line in result.lines}["after a week of storms."] == "p"
    assert "\n".join(line.text for line in result.lines) == result.text.replace("\n\n", "\n")
    assert all(result.original.split("\n")[line.number - 1] == line.text for line in result.lines)


def test_keep_outranks_places() -> None:
    assert "Tides" in cleaner.Cleaner(keep=["Tides"]).clean_html(PAGE)


def test_markdown() -> None:
    html = """<h2>Tides <em>today</em></h2><p>High at <b>nine</b>, see <a href="/tides">the table</a> and <code>t_max</code>.</p>
<ul><li>ebb<li>flow<ul><li>spring_tide</ul></ul><blockquote>Mind the quay.</blockquote>
<table><tr><th>Day<th>High<tr><td>Monday<td>9:00</table><pre>def tide():
    return 9</pre><p>Done *so*.</p>"""
    marked = cleaner.Cleaner(format="markdown", off=["score"]).clean_html(html)
    assert (
        marked
        == """## Tides *today*

High at **nine**, see [the table](/tides) and `t_max`.

- ebb
- flow
  - spring\\_tide

> Mind the quay.

| Day | High |
| --- | --- |
| Monday | 9:00 |

```
def tide():
    return 9
```

Done \\*so\\*."""
    )


def test_markdown_of_tables_and_code_with_marks_of_its_own() -> None:
    table = "<table><tr><th>Day<th>High<tr><td>Mon|Tue<td>9:00</table>"
    marked = cleaner.Cleaner(format="markdown", off=["score"]).clean_html(f"{table}{table}<pre>a\n```\nb</pre>")
    rows = "| Day | High |\n| --- | --- |\n| Mon\\|Tue | 9:00 |\n\n"
    assert marked == f"{rows}{rows}````\na\n```\nb\n````"


def test_cuts_of_markdown_are_those_of_the_plain_text() -> None:
    plain, marked = (cleaner.Cleaner(format=form).explain_html(PAGE) for form in ("text", "markdown"))
    assert (marked.cuts, marked.original) == (plain.cuts, plain.original)
    assert cleaner.replay(marked.original, marked.cuts) == plain.text
    assert "**reopened**" in marked.text


def test_an_unknown_format_is_an_error() -> None:
    with pytest.raises(cleaner.SettingsError, match="unknown format 'markdwon'; did you mean 'markdown'"):
        cleaner.Cleaner(format="markdwon")
