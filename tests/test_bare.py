"""What is left out before a page is parsed changes nothing that is read of it."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import Cleaner
from cleaner.native import kernels
from cleaner.page import Page
from cleaner.read import html
from cleaner.read.bare import bare
from tests.fixtures import html_cases
from tests.strategies import LINES

pytestmark = pytest.mark.skipif(kernels is None, reason="the extension is not there, or switched off")
REPAIRS = Cleaner()._repairs

#: Tags and pieces of them, whole and broken, in which a parser changes its mind about what follows.
PIECES = """\
<p>|</p>|<div class="a b">|</div>|<script>|</script>|var a="<p>hi</p>";|<style>a{}</style>|<style>|</style>|<!-- x -->|<!--|-->|<svg>
<svg viewBox="0 0 1 1"/>|</svg>|<path d="M0"/>|<g>|</g>|<title>|</title>|<textarea>|</textarea>|<iframe src=x>|</iframe>|<a href="u">
<a href=u class=k>|</a>|<b class="x" id=z>|<b id=q>|</b>|<font color=red>|<font color=blue>|</font>|<i x=1>|<i x=2>|</i>|<table>
<input type=hidden>|<input type="text">|<tr>|<td>|</td>|</table>|<select>|<option>|</select>|<math>|</math>|<mi>|<plaintext>
<noscript>|</noscript>|<template>|</template>|word |Some text here. |<br/>|<img alt="x" src=y>|<span hidden>|<h1 ID=top CLASS="Foo">
<span style="display:none" data-x="<p>">|</span>|</h1>|<li>|<ol start=4>|</ol>|<ul role=navigation>|</ul>|<pre>|</pre>|<x|="|'|">
<|/>|</|<!|<?php ?>|<![CDATA[ x ]]>|<html lang=en class=r>|<body class=home onload="x">|<head>|</head>|<foreignObject>|<desc>|</desc>
<p class=a/>|<p class="a"id="b"title=c>|<p hidden/>|<div aria-hidden="true"class=c data-a='>'>|<frameset>|<frame>|<noframes>|<xmp>
<script/>|<svg><style>a{}</style></svg>|<svg><text>drawn</text><g></svg>|<svg><script>x</script></svg>|</p></svg>|<nobr>|<caption>|<col>
<script><!-- <script> </script> --></script>|<script><!-- a --></script>|&lt;p&gt;|<main hidden>|</main>|<em title='a>b'>|</em>
<template><col>|<select><style>|<table><colgroup><script>|<caption><style>|<div class=x/>|<div class='a'/>|<a class=1 data-x href=y />|<p id = "x" title = y class = z>|<p class=">">|<svg></div></svg>
<li\x0b>|</li\x0b>|<p\x0bclass=a>|<div class\x0b=a>|<p class=a\x0bhidden>|<div\x0cclass=b>|<script\x0b>|</script\x0b>|<svg\x0b>"""
soups = st.lists(st.sampled_from([piece for line in PIECES.split("\n") for piece in line.split("|")]), max_size=40).map(
    "".join
)


def _read(page: bytes, *, marked: bool = False) -> Page:
    return html.read_html(page, REPAIRS, None, 1 << 30, marked=marked)


def _facts(page: Page) -> Iterator[tuple[str, object]]:
    yield from (("lines", page.lines), ("rows", list(page.row)), ("flags", page.flags))
    assert page.markup is not None
    for name in page.markup.__slots__:
        value = getattr(page.markup, name)
        yield name, value.tolist() if isinstance(value, np.ndarray) else value


def _same(page: bytes, *, marked: bool = False) -> bool:
    with patch("cleaner.read.bare.bare", lambda page, *, addresses: page):
        whole = dict(_facts(_read(page, marked=marked)))
    return whole == dict(_facts(_read(page, marked=marked)))


@pytest.mark.parametrize(
    "tag", ["<li\x0b>", "<div\x0bhidden>", "<p class\x0b=a>", "<p class=a\x0bhidden>", "<script\x0b>"]
)
def test_a_vertical_tab_is_no_space(tag: str) -> None:
    page = f"<div>{tag}The ferry sailed.</script></li></p></div>".encode()
    assert _same(page)
    with patch("cleaner.read.guard.kernels", None):
        assert _same(page)


@pytest.mark.parametrize("marked", [False, True])
def test_fixtures_are_read_alike(marked: bool) -> None:
    for page in html_cases():
        assert _same(page.html, marked=marked), page.name
        assert len(bare(page.html, addresses=marked)) < len(page.html)


@settings(max_examples=400)
@given(soups, st.booleans())
def test_soups_are_read_alike(soup: str, marked: bool) -> None:
    assert _same(soup.encode(), marked=marked)
    assert len(bare(soup.encode(), addresses=marked)) <= len(soup.encode())


@pytest.mark.parametrize(
    ("page", "left"),
    [
        ("<script src=a>if (a < b) c('<p>')</script>x", "<script></script>x"),
        ("<STYLE>p > a {}</STYLE >x", "<STYLE></STYLE >x"),
        ("<svg viewBox='0 0 1 1'><path d=M0 /></svg>x", "<svg></svg>x"),
        ('<p class="a" data-b="c>d" id=e>x', '<p class="a" id=e>x'),
        ('<p data-b="c"class="a"id="e">x', '<p class="a"id="e">x'),
        ("<a href=/u/>x</a><a class=b />y", "<a>x</a><a class=b />y"),
        ("<p HIDDEN title>x", "<p HIDDEN>x"),
        ("<input type=hidden value=1><font color=red>", "<input type=hidden value=1><font color=red>"),
        ("<p title=a>x<title>1 < 2</title><p title=b>", "<p>x<title>1 < 2</title><p title=b>"),
        ("<svg><path></svg><frameset title=a>", "<svg><path></svg><frameset title=a>"),
        ("<p title=a><svg></p><path title=b>", "<p><svg></p><path title=b>"),
        ("<template><col title=a><style></template>x", "<template><col title=a><style></template>x"),
        ('<p title=a>x<p title="', '<p>x<p title="'),
        ("<!-- <p title=a> --><p title=a>", "<!-- <p title=a> --><p>"),
        ("<script><!-- a --></script><script><!-- <script> --></script>", "<script></script><script><!-- <script> --></script>"),
    ],
)  # fmt: skip
def test_what_is_left_out(page: str, left: str) -> None:
    assert bare(page.encode(), addresses=False).decode() == left


def test_addresses_stay_where_they_are_read() -> None:
    assert bare(b"<a href=u rel=v>x</a>", addresses=True) == b"<a href=u>x</a>"


def test_articles_in_scripts_are_found_all_the_same() -> None:
    lines = [line for line in LINES if len(line) > 150][:8]
    text = "".join(f"<p>{line}</p>" for line in lines).replace('"', "'")
    found = Cleaner().clean_html(f'<body><div id=app></div><script>window.data = {{a: "{text}"}}</script>')
    assert all(line.replace('"', "'") in found for line in lines)
