"""Which lines of a page of HTML stay, given the chance of each to be content.

All numbers here were chosen by cross-validation over sites (``training/html.py --folds``).
"""

from __future__ import annotations

import numpy as np

from cleaner.model.overview import best_f1
from cleaner.model.own import Bools, Floats
from cleaner.model.places import HTML_COLUMNS, Places
from cleaner.native import kernels

#: A line goes if its chance is less than this share of the F1 that the page can be expected to reach.
SHARES = {"careful": 0.3, "standard": 0.47, "strict": 0.7}
#: Of a page that can be expected to reach no more than the first of these, this part of the share is enough; from the
#: second on it is the whole. Lines of such a page are many and alike, and those that go by mistake go together.
DOUBTFUL, CLEAR = 0.7, 0.9
GENTLE = 0.36 / 0.47
#: A page of fewer lines is judged more gently, the fewer the more: it says less about each.
SMALL_PAGE = 12
#: Between two lines that stay so many others stay too if they have so many words and so much chance, and are no links.
BETWEEN, SENTENCE, HALF_SURE = 2, 8, 0.2
#: A page's only ``<h1>``, or only ``<h2>`` where it has none, stays before the first sentence that stays (or line, if
#: none has so many words) if it stands in the container of the page's text; right above it, or above the first line,
#: it may stand one element further out (the measure counts elements by fours). A byline or date between the two, half
#: sure, stays with it.
BESIDE = 0.25
#: There a standfirst stays too if it has so much chance: a paragraph or heading that reads as running text. The network
#: is unsure of them, as references leave them out as often as not; they are the article's words.
STANDFIRST = 0.1
#: On a page of running text a line that is all link ("Read also", another article's headline) needs the first of these
#: chances to stay; a heading that is, or a line beside a picture, the second. They rise and fall with the share.
SURE, RATHER_SURE = 0.93, 0.75
#: A line is all link from this share of its characters on, and none up to the second.
ALL_LINK, NO_LINK = 0.9, 0.3
#: A page is running text if of what stays at least this part is in lines of so many words that are no links, and at
#: most the third number in lines that need a chance of their own: if those are many, they are the page's text.
RUNNING, PARAGRAPH, ASIDE = 0.5, 20, 0.2
#: On other pages lines that are written alike (prices, titles of cards, choices of a filter), so many or more, stay or
#: go together: all stay where at least the second of these stay by their own chances, none where less than the third.
ALIKE, HALF, QUARTER = 3, 0.5, 0.25
_HEADINGS = slice(HTML_COLUMNS.index("tag_h1"), HTML_COLUMNS.index("tag_h4") + 1)
_PARAGRAPH, _PROSE = HTML_COLUMNS.index("tag_p"), HTML_COLUMNS.index("prose")
_CAPTION, _W_CAPTION = HTML_COLUMNS.index("near_caption"), HTML_COLUMNS.index("near_w_caption")
_RANKS = (HTML_COLUMNS.index("tag_h1"), HTML_COLUMNS.index("tag_h2"))
_LINKED, _IN_WINNER, _LEFT_PATH = (HTML_COLUMNS.index(name) for name in ("linked", "in_winner", "left_path"))


def choose(scores: Floats, places: Places, share: float) -> Bools:
    """Choose the lines that stay.

    Args:
        scores: for each line the chance that it is content.
        places: what is known of the lines.
        share: one of ``SHARES``, or another from 0 to 1.

    Returns:
        For each line whether it stays.
    """
    return together(by_chance(scores, places, share), places)


def by_chance(scores: Floats, places: Places, share: float) -> Bools:
    """Choose lines as :func:`choose` does, but for those that stay or go with their like."""
    if kernels is None:
        return by_chance_in_python(scores, places, share)
    measures = places.measures
    known = [measures.lines[row] for row in (_LINKED, _IN_WINNER, _LEFT_PATH)]
    known.insert(1, _headlines(measures.lines))
    known += _asked(measures.lines, share)
    policy = (
        share, DOUBTFUL, CLEAR, GENTLE, SMALL_PAGE, BETWEEN, SENTENCE, HALF_SURE, BESIDE, PARAGRAPH, RUNNING, ASIDE,
        NO_LINK, STANDFIRST,
    )  # fmt: skip
    found = kernels.html_choose(np.ascontiguousarray(scores), measures.words, *known, policy)
    return np.frombuffer(found, bool)


def by_chance_in_python(scores: Floats, places: Places, share: float) -> Bools:
    """What :func:`by_chance` does, without the extension."""
    words = places.measures.words
    lines = places.measures.lines
    needed, may_lead = _asked(lines, share)
    expected = best_f1(scores, words)
    clear = min(1.0, max(0.0, (expected - DOUBTFUL) / (CLEAR - DOUBTFUL)))
    share *= min(1.0, len(scores) / SMALL_PAGE) * (GENTLE + (1 - GENTLE) * clear)
    keep: Bools = scores >= share * expected
    n = len(keep)
    order = np.arange(n)
    before = np.maximum.accumulate(np.where(keep, order, -1))
    after = np.minimum.accumulate(np.where(keep, order, n)[::-1])[::-1]
    text = lines[_LINKED] < 0.5
    inside = (before >= 0) & (after < n) & text
    keep |= inside & (after - before - 1 <= BETWEEN) & (words >= SENTENCE) & (scores >= HALF_SURE)
    if _is_running_text(words[keep], lines[_LINKED, keep], needed[keep]):
        keep &= scores >= needed
    headline = _headlines(lines).nonzero()[0]
    if len(headline) == 1 and keep.any():
        at, first = int(headline[0]), int(keep.argmax())
        sentence = int((keep & (words >= SENTENCE)).argmax()) or first
        beside = at + 1 in {first, sentence} and lines[_LEFT_PATH, at] <= BESIDE
        first = sentence
        if at < first:
            under = slice(at + 1, first)
            keep[under] |= (scores[under] >= STANDFIRST) & (may_lead[under] > 0)
        if at < first and (lines[_IN_WINNER, at] or beside):
            keep[at] = True
            keep[at:first] |= (scores[at:first] >= HALF_SURE) & text[at:first] & (lines[_IN_WINNER, at:first] > 0)
    return keep


def together(keep: Bools, places: Places) -> Bools:
    """Have lines that are written alike stay or go together, on a page that is not running text.

    Args:
        keep: for each line whether it would stay by its own chance.
        places: what is known of the lines.

    Returns:
        For each line whether it stays.
    """
    if _is_of_paragraphs(places.measures.words[keep], places.measures.lines[_LINKED, keep]):
        return keep
    count = np.bincount(places.group)
    stay = np.bincount(places.group, keep) / count
    many = count >= ALIKE
    return (keep | (many & (stay >= HALF))[places.group]) & ~(many & (stay < QUARTER))[places.group]


def _headlines(lines: Floats) -> Floats:
    """1 for each line in an ``<h1>``, or in an ``<h2>`` where the page has none."""
    found: Floats = lines[_RANKS[0] if lines[_RANKS[0]].any() else _RANKS[1]]
    return found


def _asked(lines: Floats, share: float) -> tuple[Floats, Floats]:
    """The chance that each line needs on a page of running text; 1 for each that may be a standfirst."""
    heading = lines[_HEADINGS].max(axis=0) > 0
    pictured = (lines[_CAPTION] + lines[_W_CAPTION] > 0) & ~heading
    linked = lines[_LINKED]
    all_link = linked >= ALL_LINK
    needed = np.zeros(len(linked), np.float32)
    needed[pictured | all_link] = RATHER_SURE * share / SHARES["standard"]
    needed[all_link & ~heading] = SURE * share / SHARES["standard"]
    lead = ((lines[_PARAGRAPH] > 0) | heading) & (lines[_PROSE] > 0) & (linked < 0.5) & ~pictured
    return needed, lead.astype(np.float32)


def _is_running_text(words: Floats, linked: Floats, needed: Floats) -> bool:
    """Whether what stays of a page is running text, and not what needs a chance of its own."""
    return _is_of_paragraphs(words, linked) and bool(words[needed > 0].sum() <= ASIDE * words.sum())


def _is_of_paragraphs(words: Floats, linked: Floats) -> bool:
    return bool(words[(words >= PARAGRAPH) & (linked < NO_LINK)].sum() >= RUNNING * words.sum())
