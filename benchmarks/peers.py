"""The tools that are compared, each as a function from text to text.

All of them get the same lines. C4's and RefinedWeb's are the line rules only: what these corpora do to whole documents
(drop them) is no answer for someone who wants one text cleaned. jusText, boilerpy3 and trafilatura read HTML; here they
get lines without tags, so their rules on links and tag names have nothing to see.
"""

from __future__ import annotations

import html
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import Any, Protocol, TypeVar

from cleaner import Cleaner
from cleaner.settings import PRESETS

Clean = Callable[[str], str]


@dataclass(frozen=True)
class Tool:
    """One tool.

    Attributes:
        name: what the tables call it.
        what: what it does, in a line.
        package: the distribution it comes from; empty if it is written here.
        imports: the module whose import is timed; empty if it is written here.
        load: imports what it needs and gives the function.
    """

    name: str
    what: str
    package: str
    imports: str
    load: Callable[[], Clean]

    @property
    def version(self) -> str:
        """The installed version; empty if it is written here."""
        return metadata.version(self.package) if self.package else ""

    @property
    def ours(self) -> bool:
        """Whether it is this project's."""
        return self.imports == "cleaner"


def nothing(text: str) -> str:
    """Give the text back."""
    return text


def _ftfy() -> Clean:
    from ftfy import fix_text

    return fix_text


def _clean_text() -> Clean:
    from cleantext import clean

    def run(text: str) -> str:
        return str(clean(text, to_ascii=False, lower=False, keep_two_line_breaks=True))

    return run


C4_ENDS = (".", "?", "!", '"', "'", "”")
C4_POLICY = (
    "javascript",
    "terms of use",
    "privacy policy",
    "cookie policy",
    "uses cookies",
    "use of cookies",
    "use cookies",
)


def c4(text: str) -> str:
    """C4's line rules (Raffel et al. 2020, "Exploring the limits of transfer learning", section 2.2).

    A line stays if it ends in punctuation but not in an ellipsis, has three words or more, none of them longer than
    1,000 characters, and neither mentions JavaScript nor a policy on privacy or cookies.
    """
    return "\n".join(line for line in map(str.strip, text.splitlines()) if _c4_keeps(line))


def _c4_keeps(line: str) -> bool:
    if not line.endswith(C4_ENDS) or line.endswith("..."):
        return False
    words = line.split()
    if len(words) < 3 or max(map(len, words)) > 1000:
        return False
    lower = line.lower()
    return not any(phrase in lower for phrase in C4_POLICY)


COUNTER = re.compile(
    r"\W*\d[\d.,]*\s*[KMB]?\s+(?:likes|shares|comments|retweets|reposts|quotes|bookmarks|upvotes|downvotes|downloads"
    r"|views|followers)\W*",
    re.IGNORECASE,
)
CART = re.compile(r"items in cart", re.IGNORECASE)
READ_MORE = re.compile(r"\s*read more\.\.\.\s*$", re.IGNORECASE)
SIGN_IN = re.compile(r"^\s*sign-in\b\s*", re.IGNORECASE)


def refinedweb(text: str) -> str:
    """RefinedWeb's line rules (Penedo et al. 2023, appendix G.2), as DCLM's repository implements them again.

    What stands between spaces is a word, so a line of Chinese, Japanese or Thai is a single word and goes, as there.
    A line goes if more than half of its characters are upper case, if it is a number, a counter ("3 likes") or a
    single word; from a line of ten words or fewer "items in cart", a final "Read more..." and a leading "Sign-in" go.
    """
    out = []
    for line in text.splitlines():
        kept = _refinedweb_line(line)
        if kept is not None:
            out.append(kept)
    return "\n".join(out)


def _refinedweb_line(line: str) -> str | None:
    words = line.split()
    if not words:
        return line
    bare = line.strip()
    if len(words) < 2 or sum(map(str.isupper, bare)) > 0.5 * len(bare):
        return None
    if bare.isdigit() or COUNTER.fullmatch(bare):
        return None
    if len(words) <= 10:
        line = SIGN_IN.sub("", READ_MORE.sub("", CART.sub("", line)))
        return line if line.strip() else None
    return line


def stop_lists() -> Callable[[str], frozenset[str]]:
    """How jusText is told the language: the stop list that knows most of a sample of a text's words.

    This is kind to it where a set has many languages, and costs little.
    """
    from justext.utils import get_stoplist, get_stoplists

    lists: dict[str, frozenset[str]] = {name: get_stoplist(name) for name in sorted(get_stoplists())}
    known: dict[str, list[str]] = {}
    for name, words in lists.items():
        for word in words:
            known.setdefault(word, []).append(name)

    def stoplist(text: str) -> frozenset[str]:
        words = text.split()
        votes: Counter[str] = Counter()
        for word in words[:: len(words) // 200 + 1]:
            votes.update(known.get(word.lower(), ()))
        return lists[votes.most_common(1)[0][0]] if votes else lists["English"]

    return stoplist


def _justext() -> Clean:
    """JusText's classifier (Pomikálek 2011) with its defaults; every line is a paragraph without links."""
    from justext.core import PathInfo, classify_paragraphs, revise_paragraph_classification
    from justext.paragraph import Paragraph

    path = PathInfo().append("html").append("body").append("p")
    stoplist = stop_lists()

    def run(text: str) -> str:
        paragraphs = []
        for line in filter(str.strip, text.splitlines()):
            paragraph = Paragraph(path)
            paragraph.append_text(line)
            paragraphs.append(paragraph)
        classify_paragraphs(paragraphs, stoplist(text))
        revise_paragraph_classification(paragraphs)
        return "\n".join(p.text for p in paragraphs if not p.is_boilerplate)

    return run


def _boilerpy3() -> Clean:
    """Boilerpipe's ArticleExtractor rules (Kohlschütter et al. 2010) as in boilerpy3; every line is a text block.

    Words and wrapped lines of a block are counted as its HTML parser counts them: lines of 80 characters.
    """
    from boilerpy3.document import TextBlock, TextDocument
    from boilerpy3.extractors import ArticleExtractor

    rules = ArticleExtractor().filter

    def block(line: str, number: int) -> Any:
        words = re.findall(r"\w\S*", line)
        wrapped, width, last = 0, -1, 0
        for word in words:
            last += 1
            width += len(word) + 1
            if width > 80:
                wrapped, width, last = wrapped + 1, len(word), 1
        inside = len(words) - last if wrapped else len(words)
        made = TextBlock(line, None, len(words), 0, inside, wrapped or 1, number)
        made.tag_level = 2
        return made

    def run(text: str) -> str:
        lines = filter(None, map(str.strip, text.splitlines()))
        document = TextDocument([block(line, n) for n, line in enumerate(lines)])
        rules.process(document)
        return str(document.content)

    return run


def _trafilatura() -> Clean:
    """Trafilatura (Barbaresi 2021) without comments; every line is a paragraph of an otherwise bare page."""
    from trafilatura import extract

    def run(text: str) -> str:
        lines = filter(str.strip, text.splitlines())
        body = "\n".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines)
        return extract(f"<html><body>{body}</body></html>", include_comments=False) or ""

    return run


def _cleaner(preset: str, off: tuple[str, ...] = ()) -> Callable[[], Clean]:
    return lambda: Cleaner(preset, off=off).clean


PEERS: tuple[Tool, ...] = (
    Tool("nothing", "the text as it is", "", "", lambda: nothing),
    Tool("ftfy", "ftfy.fix_text", "ftfy", "ftfy", _ftfy),
    Tool("clean-text", "cleantext.clean, no ASCII folding, no lower case", "clean-text", "cleantext", _clean_text),
    Tool("C4", "C4's line rules", "", "", lambda: c4),
    Tool("RefinedWeb", "RefinedWeb's line rules", "", "", lambda: refinedweb),
    Tool("jusText", "jusText's classifier over lines", "jusText", "justext", _justext),
    Tool("boilerpy3", "boilerpy3's ArticleExtractor over lines", "boilerpy3", "boilerpy3.extractors", _boilerpy3),
    Tool("trafilatura", "trafilatura over lines as paragraphs", "trafilatura", "trafilatura", _trafilatura),
)

OURS: dict[str, Tool] = {
    preset: Tool(preset, f"cleaner, preset {preset}", "article-cleaner", "cleaner", _cleaner(preset))
    for preset in PRESETS
}
#: Without what was learnt from the evaluation sets.
OURS["no score"] = Tool(
    "no score", "cleaner, standard, score off", "article-cleaner", "cleaner", _cleaner("standard", ("score",))
)


@cache
def function(name: str) -> Clean:
    """The function of a tool by its name, loaded once in a process."""
    logging.disable(logging.ERROR)  # peers warn of optional packages and of short texts
    return next(tool for tool in (*PEERS, *OURS.values()) if tool.name == name).load()


class Named(Protocol):
    """A tool of either table."""

    @property
    def name(self) -> str:
        """What the tables call it."""

    @property
    def package(self) -> str:
        """The distribution it comes from."""


T = TypeVar("T", bound=Named)


def usable(tools: Iterable[T], load: Callable[[str], object]) -> list[T]:
    """The tools that can run here; a line with the reason is printed for each that cannot.

    Args:
        tools: the tools.
        load: loads one by its name.
    """
    out = []
    for tool in tools:
        try:
            load(tool.name)
        except ImportError as e:
            print(f"left out: {tool.name} (pip install {tool.package}): {str(e).splitlines()[0]}")
        else:
            out.append(tool)
    return out


def available(presets: Iterable[str] = ("standard",), only: Iterable[str] = ()) -> list[Tool]:
    """The tools that can run here; a line is printed for each that cannot.

    Args:
        presets: the cleaner's presets to take.
        only: names of peers; all of them if empty.
    """
    wanted = set(only)
    return usable([*(p for p in PEERS if not wanted or p.name in wanted), *(OURS[name] for name in presets)], function)
