"""What tags and class names say of an element, as bits of one number.

Sites name the same things alike: ``nav``, ``footer``, ``share``, ``related``, ``comment``. The words here are those
that extraction tools have long looked for (readability.js and trafilatura among them), grouped by meaning.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

#: Bits that tags and roles give.
TAG_BITS = (
    "nav", "footer", "header", "aside", "main", "article", "section", "form", "list", "item", "table", "terms",
    "quote", "pre", "figure", "caption", "heading", "paragraph", "button", "hidden", "dialog", "details",
)  # fmt: skip
#: Bits that words in class and id give. A stem is looked for at the beginning of a word; ``*stem`` anywhere in it; with
#: ``$`` behind it the word ends there.
WORDS = {
    "w_nav": "*nav$ *navbar *navig *menu sitemap offcanvas drawer skip jump",
    "w_foot": "*footer foot$ bottom colophon",
    "w_head": "*header head$ masthead banner topbar",
    "w_side": "*sidebar side$ aside rail secondary tertiary",
    "w_comment": "*comment disqus respond response reply replies discuss coral livefyre",
    "w_share": "*share sharing *social follow addthis a2a$ facebook twitter whatsapp linkedin pinterest",
    "w_related": "*relate recommend recirc similar also$ trend popular most$ mostread latest recent readmore outbrain"
    " taboola upnext crosspromo xsell crosssell upsell youmay further",
    "w_ad": "ad$ ads$ advert *sponsor *promo dfp gpt$ commercial partner affiliate outstream adslot",
    "w_consent": "cookie consent gdpr ccpa onetrust privacy disclaim",
    "w_meta": "*byline *author meta date time$ publish posted updated dateline contributor avatar bio$ profile",
    "w_tags": "tag$ tags$ tagged *categor topics keyword label badge kicker eyebrow",
    "w_caption": "*caption credit figcap legend photo image$ images img media video slide carousel *gallery thumb",
    "w_subscribe": "*newsletter *subscri signup optin mailing paywall premium donat membership cta$ calltoaction",
    "w_login": "login account user$ register auth$ *modal *popup overlay lightbox toast$ alert notice tooltip",
    "w_crumb": "*breadcrumb crumb pathway",
    "w_pager": "pager paginat *pagination prev older newer loadmore next$",
    "w_content": "*content$ *body$ *text$ copy$ prose rich$ richtext wysiwyg markdown rte$",
    "w_article": "*article *story entry post$ posts$ blog news$ hentry editorial",
    "w_main": "*main$ primary page$ *wrap container center column col$ row$ inner",
    "w_title": "*title *headline *heading",
    "w_product": "*product prod$ item sku pdp variant",
    "w_detail": "*descri *detail summary spec$ specs specif feature overview excerpt abstract about info ingredient",
    "w_price": "*price cart buy$ shop order checkout wishlist stock quantity qty basket delivery shipping size$",
    "w_review": "*review rating star$ stars testimonial feedback",
    "w_forum": "forum thread message msg topic$ question answer viewtopic vbulletin postbody bbp bbcode cooked"
    " usertext signature discourse",
    "w_card": "*card$ *cards$ teaser tile *grid *list$ listing feed archive result collection loop masonry",
    "w_filter": "*filter facet sort *search refine select dropdown option input field form$",
    "w_widget": "*widget module block$ plugin addon component embed iframe",
    "w_fold": "faq accordion collaps expand toggle tab$ tabs panel pane$",
    "w_lead": "hero intro lead$ deck$ dek$ standfirst subtitle subhead tagline jumbotron",
    "w_toc": "toc$ contents index glossary outline onthispage",
    "w_tools": "toolbar tool$ tools action button btn control print icon logo brand lang$ locale switch",
    "w_legal": "copyright legal rights terms imprint license",
    "w_doc": "doc$ docs$ document manual guide section sect$ chapter api$ refer example code$ highlight sphinx",
    "w_service": "service solution team step process industry pricing plan$ client portfolio value stat$ stats counter",
}
#: Of an attribute so many characters are looked at.
LONGEST_NAME = 300

NAMES = (*TAG_BITS, *WORDS)
#: The last of these is what stands inside a line and does not show. It has no bearing on the lines around it.
BIT = {name: 1 << i for i, name in enumerate((*NAMES, "unseen"))}
UNSEEN = BIT["unseen"]
#: What says of an ``<aside>`` that it is a note of the text, not something that stands beside it. Generators of
#: documents write footnotes so.
NOTE = UNSEEN << 2
ASIDE = BIT["aside"]


def stems() -> list[tuple[str, int, bool, bool]]:
    """Stems, each with its bit, and whether a word must begin before it, end behind it."""
    found = [(stem, BIT[name]) for name, words in WORDS.items() for stem in words.split()]
    told = [(stem.strip("*$"), bit, stem[0] != "*", stem[-1] == "$") for stem, bit in found]
    return [*told, ("footnote", NOTE, True, False), ("endnote", NOTE, True, False)]


@lru_cache(maxsize=1)
def _finder() -> tuple[AhoCorasick, list[tuple[str, int, bool, bool]]]:
    """What finds stems, and the stems."""
    table = stems()
    return AhoCorasick([stem for stem, *_ in table]), table


#: Class names with which sites hide what only screen readers should find, or what script shows later; those of the
#: first two lines as they are, the others also as frameworks and build tools write them (``govuk-visually-hidden``,
#: ``VisuallyHidden_root__x1``, ``wt-screen-reader-only``). A field whose label is hidden is not hidden. Names that
#: stand beside text with ``aria-hidden`` (Amazon's ``a-offscreen``, eBay's ``clipped``) are not here: one has to stay.
#: What hides in some state alone (``empty:hidden``, ``print:hidden``) is shown.
_HIDDEN = re.compile(
    r"(?<![\w:-])(?<!:!)(?:(?:u-|is-|js-|visually-?|element-|assistive-|wp-|sr-|aok-)?(?:hidden|invisible)"
    r"|d-none|display-none|hide|is-hide|clip-text|off-?screen|slds-hide|element-invisible)(?![\w-])"
    r"|(?<![A-Za-z0-9:])(?<!not[-_])(?<!label[-_])"
    r"(?:[Vv]isually[-_]?[Hh]idden|hid(?:e|den)-visually|vishidden|sr-?only|[sS]rOnly|show-for-sr|a11y-hidden"
    r"|[Ss]creen-?[Rr]eaders?(?:-?(?:[Oo]nly|[Tt]ext))?|assistive-text)(?![A-Za-z0-9]|-mobile|-desktop)"
)
#: One of these is in each of them, in small letters.
MAY_HIDE = ("hid", "sr", "none", "screen", "invis", "clip", "assist")
#: With these beside it, it is hidden on some screens alone.
_SHOWN = re.compile(r"(?:^|\s)\S*(?:(?:sm|md|lg|xl|desktop|tablet|large|medium)[-:@]?\S*|d-\w\w-\S+)")
_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

HIDDEN = BIT["hidden"]
#: A paragraph with a name for what is sold is shown all the same: sites that send their text mark so what script takes
#: away from those who have not paid.
SOLD = BIT["paragraph"] | BIT["w_subscribe"]
ROLES = {
    "navigation": BIT["nav"], "menu": BIT["nav"], "menubar": BIT["nav"], "banner": BIT["header"],
    "contentinfo": BIT["footer"], "complementary": BIT["aside"], "search": BIT["form"], "dialog": BIT["dialog"],
    "alertdialog": BIT["dialog"], "main": BIT["main"], "article": BIT["article"], "button": BIT["button"],
    "heading": BIT["heading"], "list": BIT["list"], "listitem": BIT["item"], "note": NOTE, "doc-footnote": NOTE,
    "doc-endnotes": NOTE, "doc-tip": NOTE, "doc-notice": NOTE,
}  # fmt: skip


def name_bits(name: str) -> int:
    """What an element's class or id names say: the bits of ``NAMES``. Sites, and their builders, say it alike."""
    return _name_bits(name) if len(name) <= LONGEST_NAME else _name_bits.__wrapped__(name)


@lru_cache(maxsize=20_000)
def _name_bits(name: str) -> int:
    text = name[:LONGEST_NAME] + "\n"
    low = text.lower()
    if len(low) != len(text):  # a letter whose small form is two
        text = low
    finder, table = _finder()
    bits = HIDDEN if hides_by_name(name) else 0
    for stem, start, stop in finder.find_matches_as_indexes(low, overlapping=True):
        _, bit, begins, ends = table[stem]
        if begins and start and low[start - 1].isalpha() and not text[start].isupper():
            continue
        if ends and low[stop].isalpha() and not text[stop].isupper():
            continue
        bits |= bit
    return bits


def hides_by_name(names: str) -> bool:
    """Whether an element's class names hide it."""
    low = names.lower()
    if not any(part in low for part in MAY_HIDE):
        return False
    return _HIDDEN.search(names) is not None and _SHOWN.search(names) is None


def hides(style: str) -> bool:
    """Whether a ``style`` attribute hides its element."""
    return _STYLE.search(style) is not None
