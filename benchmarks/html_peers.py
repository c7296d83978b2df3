"""The tools that read HTML, each as a function from a page's bytes to its article as plain text, with their defaults.

Those that want text get what :func:`cleaner.decode` makes of the bytes: none is judged by its guess of encodings.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata

from benchmarks.peers import stop_lists, usable
from cleaner import Cleaner, decode

Extract = Callable[[bytes], str]
#: Elements after which a line ends, where a tool gives HTML and no text.
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)


@dataclass(frozen=True)
class Reader:
    """One tool.

    Attributes:
        name: what the tables call it.
        package: the distribution it comes from.
        load: imports what it needs and gives the function.
    """

    name: str
    package: str
    load: Callable[[], Extract]


def _text(page: bytes) -> str:
    return decode(page).text


def _cleaner(off: tuple[str, ...] = ()) -> Extract:
    return Cleaner(off=off).clean_html


def _resiliparse() -> Extract:
    """Resiliparse (Bevendorff et al. 2018), main content only."""
    from resiliparse.extract.html2text import extract_plain_text

    return lambda page: str(extract_plain_text(_text(page), main_content=True))


def _trafilatura() -> Extract:
    """Trafilatura (Barbaresi 2021) without comments."""
    from trafilatura import extract

    return lambda page: extract(page, include_comments=False) or ""


def _readability() -> Extract:
    """readability-lxml, whose HTML is made text with a line for each block."""
    from lxml.html import fromstring
    from readability import Document

    def run(page: bytes) -> str:
        summary = Document(_text(page)).summary()
        if not summary.strip():
            return ""
        tree = fromstring(summary)
        for element in tree.iter(*BLOCKS):
            element.tail = "\n" + (element.tail or "")
        return str(tree.text_content())

    return run


def _justext() -> Extract:
    """JusText (Pomikálek 2011) with its defaults and the stop list that knows most of the page's words."""
    from justext.core import (
        ParagraphMaker,
        classify_paragraphs,
        html_to_dom,
        preprocessor,
        revise_paragraph_classification,
    )

    choose = stop_lists()

    def run(page: bytes) -> str:
        paragraphs = ParagraphMaker.make_paragraphs(preprocessor(html_to_dom(_text(page))))
        classify_paragraphs(paragraphs, choose(" ".join(p.text for p in paragraphs)))
        revise_paragraph_classification(paragraphs)
        return "\n".join(p.text for p in paragraphs if not p.is_boilerplate)

    return run


def _boilerpy3() -> Extract:
    """boilerpy3's ArticleExtractor (Kohlschütter et al. 2010)."""
    from boilerpy3.extractors import ArticleExtractor

    extractor = ArticleExtractor(raise_on_failure=False)
    return lambda page: str(extractor.get_content(_text(page)))


def _newspaper() -> Extract:
    """newspaper4k, given the page instead of an address."""
    from newspaper import Article

    def run(page: bytes) -> str:
        article = Article("https://host.example/page", fetch_images=False)
        article.download(input_html=_text(page))
        article.parse()
        return str(article.text)

    return run


READERS: tuple[Reader, ...] = (
    Reader("cleaner", "article-cleaner", _cleaner),
    Reader("no score", "article-cleaner", lambda: _cleaner(("score",))),
    Reader("resiliparse", "resiliparse", _resiliparse),
    Reader("trafilatura", "trafilatura", _trafilatura),
    Reader("readability", "readability-lxml", _readability),
    Reader("jusText", "jusText", _justext),
    Reader("boilerpy3", "boilerpy3", _boilerpy3),
    Reader("newspaper4k", "newspaper4k", _newspaper),
)


@cache
def reader(name: str) -> Extract:
    """The function of a tool by its name, loaded once in a process."""
    logging.disable(logging.ERROR)  # peers warn of broken pages
    return next(tool for tool in READERS if tool.name == name).load()


def readers() -> list[Reader]:
    """The tools that can run here; a line with the reason is printed for each that cannot."""
    return usable(READERS, reader)


def versions(tools: Sequence[Reader]) -> str:
    """The peers with their versions."""
    peers = [tool for tool in tools if tool.package != "article-cleaner"]
    return ", ".join(f"{tool.name} {metadata.version(tool.package)}" for tool in peers)
