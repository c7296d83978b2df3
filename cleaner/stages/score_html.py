"""Stage ``score`` on HTML: which lines are the page's text, told by a network from their looks and their places."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.settings import Settings
from cleaner.stages.place import lines_of, takers

if TYPE_CHECKING:
    from cleaner.model.html_network import HtmlNetwork
    from cleaner.model.own import Bools, Floats, Ints

RULE = "score.outside"
#: A page of fewer lines is too short for a line to be judged by where it stands.
FEWEST = 4
#: A page of more is no page, and would take a gigabyte or more to score: rules alone judge it.
MOST = 200_000
#: Of comments that are asked for, lines of fewer words that end no sentence are their frame.
COMMENT_WORDS = 4


def score_html(page: Page, rules: Ruleset, settings: Settings, network: HtmlNetwork | None = None) -> list[Mark]:
    """Propose to cut lines that are not likely to be the page's text.

    Args:
        page: the page, after the stage ``place``.
        rules: tells whether this stage's rule is on, and which rules of ``place`` put a name to a cut.
        settings: the preset or threshold; whether comments stay.
        network: scores the lines; the package's own if None.

    Returns:
        Marks, each with an account of its score to be made when asked for.
    """
    number = rules.number.get(RULE)
    markup = page.markup
    if number is None or markup is None or not FEWEST <= page.kept.count(1) <= MOST:
        return []
    import numpy as np  # noqa: PLC0415

    from cleaner.markup.words import BIT  # noqa: PLC0415
    from cleaner.model.decide_html import SHARES, choose  # noqa: PLC0415
    from cleaner.model.html_network import html_network  # noqa: PLC0415
    from cleaner.model.places import measure_html  # noqa: PLC0415

    alive = np.frombuffer(bytes(page.kept), np.uint8).nonzero()[0]
    index = alive.tolist()
    lines = [page.lines[i] for i in index]
    rows = np.asarray(page.row, np.int64)
    gaps = np.ones(len(rows), bool)
    np.greater(rows[1:], rows[:-1] + 1, out=gaps[1:])
    where = lines_of(page)[alive]
    places = measure_html(lines, gaps[alive], markup, where)
    scores = (network or html_network()).score(places)
    keep = choose(scores, places, SHARES[settings.preset] if settings.threshold is None else settings.threshold)
    path = markup.path[markup.element[where]]
    code = path & BIT["pre"] > 0
    if code.any():
        keep = whole_blocks(keep, code, places.measures.words)
    if _is_furniture(keep, path):
        keep = np.zeros(len(keep), bool)
    if settings.comments:
        inside = path & BIT["w_comment"] > 0
        own = places.measures
        keep |= inside & ((own.words >= COMMENT_WORDS) & (markup.linked[where] * 2 < markup.size[where]))
    cut = (~keep).nonzero()[0]
    names = takers(page, rules, where[cut], number, where[keep])
    account = partial(_account, judged=alive, scores=scores, page=page)
    return [(i, name, None, account) for i, name in zip(alive[cut].tolist(), names, strict=True)]


def whole_blocks(keep: Bools, code: Bools, words: Floats) -> Bools:
    """Have lines of code that stand together stay or go together, as at least half of their words do.

    Args:
        keep: for each line whether it would stay.
        code: whether it is code.
        words: how many words it has.

    Returns:
        For each line whether it stays.
    """
    import numpy as np  # noqa: PLC0415

    edges = np.flatnonzero(np.diff(code, prepend=False, append=False))
    keep = keep.copy()
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        keep[start:stop] = 2 * words[start:stop][keep[start:stop]].sum() >= words[start:stop].sum()
    return keep


def _is_furniture(keep: Bools, path: Ints) -> bool:
    """Whether all that would stay stands in navigation and the footer: then the page has no text of its own."""
    from cleaner.markup.words import BIT  # noqa: PLC0415

    furniture, text = BIT["nav"] | BIT["footer"], BIT["main"] | BIT["article"] | BIT["quote"]
    first = int(path[keep.argmax()])
    if not first & furniture or first & text:
        return False  # which is so of nearly every page
    stay = path[keep]
    return bool(((stay & furniture > 0) & (stay & text == 0)).all())


def _account(i: int, *, judged: Ints, scores: Floats, page: Page) -> str:
    """The score of a line and where it stands, in words."""
    from cleaner.markup.words import NAMES, TAG_BITS  # noqa: PLC0415

    markup = page.markup
    if markup is None:
        return ""
    at = int(lines_of(page)[i])
    element = int(markup.element[at])
    facts = [f"<{markup.tags[element]}>"] if markup.tags[element] else []
    linked = int(markup.linked[at]) / max(1, int(markup.size[at]))
    if linked > 0.5:
        facts.append("a link")
    bits = int(markup.path[element])
    said = [name.removeprefix("w_") for n, name in enumerate(NAMES) if bits >> n & 1 and n >= len(TAG_BITS)]
    if said:
        facts.append("inside " + ", ".join(said[:4]))
    return f"{float(scores[judged.searchsorted(i)]):.2f}: {', '.join(facts)}"
