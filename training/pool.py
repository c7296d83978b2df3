"""Views of all pages, made and measured once; training picks from them."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np

from cleaner.model.features import measure
from training.data import EXTRACTED, RAW, Page, Text
from training.recipe import FOLDS, Recipe
from training.views import foreign, jargon, lists, paste, pick, short, small, teasers, vary

#: Pages of these types do not consist of teasers.
ARTICLES = ("article", "documentation", "service")
#: Texts of more lines are not learnt from.
LONGEST = 3000


class View:
    """One text to learn from.

    Attributes:
        measures: what is known of it.
        size: words of each line.
        found: those of them that are content.
        sure: how sure that is.
        reference: words of the reference text; 0 if it is not known.
        gentle: whether lost lines count more.
        kind: ``raw``, ``other`` (another script), ``clean``, ``extracted`` or ``snippets``, ``small`` (a page of a few
            lines); for strictness alone also ``part`` (of a clean text).
        page: the page's place among all.
        weight: what it counts for.
    """

    def __init__(self, text: Text, kind: str, page: int, weight: float) -> None:
        clean = kind in ("clean", "part")
        self.measures = measure(text.lines, text.gaps)
        self.size = text.size.astype(np.float32)
        self.found = self.size if clean else text.found.astype(np.float32)
        self.sure = np.ones(len(self.size), np.float32) if clean else text.sure
        self.reference = float(self.size.sum()) if clean else float(text.reference)
        self.gentle = clean or kind == "extracted"
        self.kind = kind
        self.page = page
        self.weight = weight

    def __len__(self) -> int:
        return len(self.size)


def make(pages: list[Page], recipe: Recipe, *, parts: bool = True) -> list[View]:
    """Views of all pages. A page is mixed only with others of its fold, so that folds stay apart.

    Args:
        pages: the pages.
        recipe: how many of what, and the seed.
        parts: whether to make parts of clean texts too, which strictness alone is learnt from.

    Returns:
        The views.
    """
    rng = random.Random(recipe.seed)
    folds: list[list[Page]] = [[] for _ in range(FOLDS)]
    for page in pages:
        if page.reference:
            folds[page.fold(FOLDS)].append(page)
    out = []
    for n, page in enumerate(pages):
        for text, kind in _texts(page, folds[page.fold(FOLDS)], recipe, rng):
            if text.lines and text.size.sum() and (parts or kind != "part"):
                out.append(View(text, kind, n, recipe.weight(page.set, kind)))
    return out


def _texts(page: Page, mates: list[Page], recipe: Recipe, rng: random.Random) -> Iterator[tuple[Text, str]]:
    texts = {name: text for name, text in page.texts.items() if text.lines and len(text.lines) <= LONGEST}
    if not page.reference:
        if RAW[0] in texts:
            yield vary(texts[RAW[0]], rng), "snippets"
            yield vary(texts[RAW[0]], rng, other=True), "snippets"
        return
    raw = [name for name in RAW if name in texts]
    times = 3 if page.set.startswith("news") else 1
    for name in raw:
        for i in range(recipe.raw * times):
            yield vary(_mixed(page, name, mates, recipe, rng) if i else texts[name], rng), "raw"
        for _ in range(recipe.other * times):
            yield vary(_mixed(page, name, mates, recipe, rng), rng, other=True), "other"
    for name in raw:
        frame = rng.choice(mates).texts.get(name)
        if frame is not None and 0 < len(frame.lines) < LONGEST / 2:
            page_of_few = small(frame, texts[name], rng)
            yield page_of_few, "small"
            yield foreign(page_of_few, rng), "small"
    if "reference" in texts:
        clean = texts["reference"]
        for i in range(3):
            yield vary(clean, rng, clean=True, other=i == 2), "clean"
        others = [mate.texts[RAW[0]] for mate in rng.sample(mates, min(4, len(mates))) if RAW[0] in mate.texts]
        if rng.random() < recipe.jargon:
            yield vary(jargon(clean, others, rng), rng, clean=True), "clean"
        for part in (short(clean, rng), lists(clean, rng), foreign(lists(clean, rng), rng)):
            yield part, "part"
    for name in EXTRACTED:
        if name in texts:
            yield vary(texts[name], rng), "extracted"


def _is_article(page: Page) -> bool:
    return page.set.startswith("news") or page.kind in ARTICLES


def _mixed(page: Page, name: str, mates: list[Page], recipe: Recipe, rng: random.Random) -> Text:
    """A text with beginnings of other articles around its own, or its article in another page's furniture."""
    text = page.texts[name]
    if _is_article(page) and rng.random() < recipe.teasers:
        if text.alive is not None and text.alive.any():
            text = pick(text, text.alive)
        others = rng.sample(mates, min(len(mates), rng.randint(2, 9)))
        return teasers(text, [other.reference for other in others if _is_article(other)], rng)
    frame = rng.choice(mates).texts.get(name) if rng.random() < recipe.paste else None
    return paste(frame, text) if frame is not None and 0 < len(frame.lines) < LONGEST / 2 else text
