"""Broken and hostile HTML: an answer and a flag, never an exception, and no work that grows with the square."""

from __future__ import annotations

import json

import bs4
import pytest

import cleaner
from cleaner.read.guard import DEEPEST, shallow

PROSE = "<p>The harbour reopened on Monday after a week of storms, and the first ferry left at nine.</p>"

BODY = "".join(PROSE.replace("nine", f"{n} sharp") for n in range(8))


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200_000 + PROSE,
        "<ul><li>" * 50_000 + PROSE,
        "<b>" * 100_000 + PROSE,
        "".join(f"<p><font size={i}>x" for i in range(3_000)) + PROSE,
        "<div " + " ".join(f"a{i}=1" for i in range(100_000)) + ">" + PROSE,
        '<div class="' + "nav-" * 100_000 + '">' + PROSE,
        "<table><tr>" + "<td>x</td>" * 10_000 + "</table>" + PROSE,
        "<p>x" + "<br> " * 100_000 + PROSE,
        "<select>" + "<Option>x" * 100_000 + "</select>" + PROSE,
        "<select>" + "<option>x</option>" * 100_000 + "</select>" + PROSE,
        "<script>" + "x=1;" * 500_000 + "</script>" + PROSE,
        "<!--" + "-" * 1_000_000 + "-->" + PROSE,
        "<rt>x" * 50_000 + PROSE,
        PROSE + "<optgroup>x" * 50_000,
        "<p>" + "<ruby>x<rt>y</rt></ruby>" * 50_000 + PROSE,
        "<p>" + "a<span hidden>x</span>" * 50_000 + PROSE,
        "<noscript>" * 20_000 + PROSE,
        PROSE + "&amp;" * 100_000,
        PROSE + "<a\0b\0>" * 1_000,
        "<b><p></b></i></div></span>" * 2_000 + PROSE,
        "<div></span>" * 100_000 + PROSE,
        "<div></p>x" * 50_000 + PROSE,
        "<ul></a><li></div>" * 50_000 + PROSE,
    ],
    ids=[
        "divs",
        "lists",
        "bold",
        "fonts",
        "attributes",
        "class",
        "cells",
        "breaks",
        "options",
        "closed-options",
        "script",
        "comment",
        "readings",
        "groups",
        "ruby",
        "hidden-spans",
        "noscript",
        "entities",
        "nul",
        "misnested",
        "stray-ends",
        "stray-paragraphs",
        "stray-items",
    ],
)
def test_hostile_pages_are_read(html: str) -> None:
    assert "harbour reopened on Monday" in cleaner.Cleaner(off=["place", "score"]).clean_html(html)


def test_end_tags_that_close_nothing_do_not_count() -> None:
    stray = b"<div></section></x-abcdefghijklmnop>" * 5_000
    assert shallow(stray).count(b"<div>") == DEEPEST
    fine = b"<div><b>x</b></div></span></p>" * 5_000
    assert shallow(fine) == fine


def test_readings_without_end_tags_are_not_deep() -> None:
    page = ("<p>" + "<ruby>x<rt>y</ruby>" * 3_000 + "</p>").encode()
    assert shallow(page) == page


def test_depth_is_limited_and_all_else_stays() -> None:
    flat = PROSE.encode() * 2_000
    assert shallow(flat) == flat
    deep = b"<div>" * 5_000 + b"text" + b"</div>" * 5_000
    assert shallow(deep) == b"<div>" * DEEPEST + b"text" + b"</div>" * DEEPEST


@pytest.mark.parametrize(
    ("page", "flag"),
    [
        (b"%PDF-1.7 \xff\xfe" + b"\0" * 100, "not_html"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "not_html"),
        ("Just a text about the harbour.", "not_html"),
        ('<?xml version="1.0"?><rss><item><title>Tides</title></item></rss>', "not_html"),
        (f"<!doctype html><html><body>{PROSE}<p>The ferry <a href='ti", "truncated"),
        (f"<!doctype html><html><body>{PROSE}<script>var tide = [1, 2", "truncated"),
        ("<!doctype html><html><body></body></html>", "no_content"),
        ("<html><body><script>x()</script></body></html>", "no_content"),
        ("<html><frameset><frame src=a.html></frameset></html>", "no_content"),
        ("<html><body><div id='root'></div><script src='app.js'></script></body></html>", "js_required"),
        ("<html><body><app-root></app-root><script src='app.js'></script></body></html>", "js_required"),
        ("<html><body><noscript>Please enable JavaScript to see the tides.</noscript></body></html>", "js_required"),
        ("<html><body><h1>Are you a robot?</h1><div class='g-recaptcha'></div></body></html>", "captcha"),
        ("<html><head><link rel=modulepreload href=/app.js></head><body><main></main></body></html>", "js_required"),
        ("<html><body><gg-app></gg-app><script src=/app.js></script></body></html>", "js_required"),
        (f'<script type="application/ld+json">{{"isAccessibleForFree": false}}</script>{PROSE}', "paywall"),
        (f'{PROSE}<div class="paywall">Subscribe to read on.</div>', "paywall"),
        (b"BM\x36\x84\x03\0\0\0\0\0\x36\0\0\0(\0\0\0" + b"\xc0\x20" * 100, "not_html"),
        (b"\r\n%PDF-1.4\n1 0 obj", "not_html"),
    ],
)
def test_the_state_of_a_page_is_flagged(page: str | bytes, flag: str) -> None:
    assert flag in cleaner.explain_html(page).flags


def test_a_sound_page_has_no_flags() -> None:
    assert cleaner.explain_html(f"<!doctype html><html><body>{PROSE}</body></html>").flags == ()


@pytest.mark.parametrize(
    "page",
    [
        f"<body>{PROSE * 30}<div class='paywall'></div></body>",  # the text is all there
        f"<body>{PROSE}<script>{{'isAccessibleForFree': true}}</script><div class='below-paywall'></div></body>",
        f"BMW builds ferries now. {PROSE}".encode(),
    ],
)
def test_a_page_with_its_text_is_not_flagged(page: str | bytes) -> None:
    result = cleaner.explain_html(page)
    assert "harbour reopened" in result.text
    assert result.flags == ()


def test_parts_that_react_puts_in_place_are_the_page() -> None:
    late = f'<div hidden id="S:0"><article>{BODY}</article></div><script>$RC("B:0","S:0")</script>'
    page = f'<html><body><nav>Tides</nav><main><!--$?--><template id="B:0"></template><!--/$--></main>{late}'
    for given in (page, bs4.BeautifulSoup(page, "html.parser")):
        assert cleaner.clean_html(given).count("harbour reopened") == 8
    assert not cleaner.clean_html(f"<body><article>{BODY}</article><div hidden id=S>Not shown.</div>").count("Not")


def test_an_open_frame_in_noscript_does_not_hold_the_page() -> None:
    frame = '<noscript><iframe src="https://tags.example/ns.html" height="0" /></noscript>'
    assert cleaner.clean_html(f"<body>{frame}<article>{BODY}</article>").count("harbour reopened") == 8


def test_what_script_would_show_is_found_elsewhere() -> None:
    body = "The harbour reopened on Monday after a week of storms, and the first ferry left at nine. " * 6
    shell = "<html><body><div id=app></div>{}</body></html>"
    noscript = shell.format(f"<noscript><article><p>{body}</p></article></noscript>")
    data = shell.format(f'<script type="application/ld+json">{{"@type":"NewsArticle","articleBody":"{body}"}}</script>')
    for page in (noscript, data):
        assert "first ferry left at nine" in cleaner.clean_html(page)
    shown = f"<html><body><article>{BODY}</article><noscript>Read on in the print edition.</noscript></body></html>"
    assert "print edition" not in cleaner.clean_html(shown)


@pytest.mark.parametrize(
    "page",
    [
        "<ul>{menu}</ul><main><div style='display:none'>{text}</div></main><p>Access denied</p>",
        "<ul>{menu}</ul><div class='hidden'><main>{text}</main></div><footer>Harbour Post</footer>",
    ],
)
def test_a_page_s_own_text_is_read_though_it_waits_to_be_shown(page: str) -> None:
    menu = "".join(f"<li><a href='/{n}'>Boats of harbour {n}</a></li>" for n in range(50))
    html = page.format(text=f"<h1>Harbour reopens</h1>{BODY}", menu=menu)
    for given in (html, bs4.BeautifulSoup(html, "html.parser")):
        assert cleaner.clean_html(given).count("harbour reopened") == 8


@pytest.mark.parametrize(
    "page",
    [
        "<main><article>{text}</article><div hidden>{secret}</div></main>",  # the page has its text
        "<main><ul>{short}</ul></main><div hidden>{secret}</div>",  # what is hidden is not its main part
        "<main><ul>{short}</ul><div hidden>{secret}</div></main>",  # <main> shows a good part of its text
    ],
)
def test_what_is_hidden_beside_a_page_s_text_stays_hidden(page: str) -> None:
    secret = "<p>Choose which partners may read your tide tables, and for how long they may keep them.</p>" * 5
    short = "".join(f"<li>High water at pier {n}: noon</li>" for n in range(20))
    assert "partners" not in cleaner.clean_html(page.format(text=BODY, secret=secret, short=short))


def test_a_footer_and_navigation_alone_are_no_text() -> None:
    menu = "<footer><h2>{}</h2><ul><li>Tides</li><li>Ferries</li><li>Piers</li></ul><h2>Harbour sites</h2></footer>"
    shell = f"<body><nav><a href=/>Boats</a></nav><div id=app></div>{menu.format('Questions?')}</body>"
    found = cleaner.explain_html(shell)
    assert found.text == ""
    assert "no_content" in found.flags
    assert all(cut.rule for cut in found.cuts)
    inside = f"<body><div id=app></div><main>{menu.format('Ask the harbour master')}</main></body>"
    assert "harbour master" in cleaner.clean_html(inside)


def test_an_article_in_a_script_s_string_is_found() -> None:
    article = "<div>" + BODY + "</div>"
    inner = json.dumps({"page": {"html": article}}).replace("<", "\\u003c")
    pushed = f"self.__next_f.push([1,{json.dumps(article)}])"
    for script in (f"window.state = {inner};", pushed, f"self.push([1,{json.dumps(inner)}])"):
        page = f"<html><body><div id=app></div><script>var a = 'x';</script><script>{script}</script></body></html>"
        assert cleaner.clean_html(page).count("harbour reopened") == 8
    small = f"<body><article>{BODY}</article><script>var a = {json.dumps(article.replace('harbour', 'quay'))}</script>"
    assert "quay" not in cleaner.clean_html(small)


@pytest.mark.parametrize("script", ['"' + '\\"' * 500_000 + "\\", '"<p> <p>' * 200_000, '"\\u003cp ' * 200_000])
def test_strings_of_scripts_are_looked_for_in_linear_time(script: str) -> None:
    assert cleaner.clean_html(f"<body><script><p> <p> {script}</script>{PROSE}") != ""


def test_xhtml_and_cdata() -> None:
    page = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>One &amp; two</p></body></html>'
    assert cleaner.clean_html(page) == "One & two"


def test_drawings_and_scripts_are_not_deep() -> None:
    drawing = b"<svg><title>x</title><g><path d='M0'/>" + b'<path d="a>b" />' * 40 + b"</g></svg>"
    fine = (b"<div>" + drawing + b"<script>if (a<b) '<div><div>'</script></div>") * 100
    assert shallow(fine) == fine


@pytest.mark.parametrize(
    "odd",
    [
        b"<!-- <svg> -->%s<!-- </svg> -->",
        b"<a title='<svg>'></a>%s",
        b"<svg><foreignObject>%s</foreignObject></svg>",
        b"<svg><div>%s</svg>",
        b"<svg><script>%s</script></svg>",
        b"<svg><![CDATA[</svg>]]><script>%s</script>",
        b"<script><!-- <script></script> -->%s</script>",
        b"<select><iframe></select>%s</iframe>",
        b"<a b=c=\"><b d='\"><svg>'>%s",
        b"<math><script>%s</script></math>",
    ],
)
def test_no_tag_is_hidden_by_a_drawing_or_a_script(odd: bytes) -> None:
    for tag in (b"<div>", b"<path/>", b"<g>"):
        assert shallow(odd % (tag * 20_000)).count(tag) <= 2 * DEEPEST
