"""All numbers that training depends on, in one place. Chosen by cross-validation."""

from __future__ import annotations

from dataclasses import dataclass

#: Sites are divided into so many folds.
FOLDS = 5


@dataclass(frozen=True)
class Recipe:
    """How to train.

    Attributes:
        epochs: passes over the pages; each sees other views of them.
        seed: of everything that is random.
        draws: how many times what is random in the views is drawn.
        rate: highest learning rate.
        decay: weight decay of the numbers for beginnings and ends of lines; ``decay_rest`` of all others.
        drop: share of values dropped in training; ``drop_page`` of the page's own, of which there are few examples.
        wordless: share of views that are learnt from without the words at their lines' edges.
        f1: weight of the page's expected F1 beside the lines' cross-entropy.
        gentle: how much more a lost line of a clean or extracted text counts.
        raw: how many views there are of each page, for each way it was taken off the page; ``other``: in other scripts.
        clean: share of pages whose reference text is learnt from in an epoch; ``extracted``: of which one extractor's
            output is; ``others``: of which a view in another script takes the place of one as it is; ``small``: of
            which a page of a few lines is.
        jargon: share of pages of which one view of the reference text speaks of the web.
        paste: share of views with the article put into another page's furniture.
        teasers: share of views with beginnings of other articles around the article.
        news: how often each news page is seen, there being few; ``news_weight``: what it counts for.
        snippets: share of pages with snippets that are seen; ``snippets_weight``: what they count for.
    """

    epochs: int = 18
    seed: int = 1
    draws: int = 3
    rate: float = 4e-3
    decay: float = 3e-2
    decay_rest: float = 1e-3
    drop: float = 0.2
    drop_page: float = 0.3
    wordless: float = 0.25
    f1: float = 0.5
    gentle: float = 3.0
    raw: int = 2
    other: int = 1
    others: float = 0.35
    small: float = 0.25
    clean: float = 0.8
    extracted: float = 0.6
    jargon: float = 0.4
    paste: float = 0.5
    teasers: float = 0.3
    news: int = 2
    news_weight: float = 2.0
    snippets: float = 0.7
    snippets_weight: float = 0.6

    def weight(self, name: str, kind: str) -> float:
        """What a view counts for.

        Args:
            name: the set it is from.
            kind: the kind of view.
        """
        if kind == "snippets":
            return self.snippets_weight
        return self.news_weight if name.startswith("news") else 1.0
