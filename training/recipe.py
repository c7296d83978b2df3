"""All numbers that training depends on, in one place. Chosen by cross-validation on two of five folds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """How to train.

    Attributes:
        epochs: passes over the pages; each sees other views of them.
        seed: of everything that is random.
        rate: highest learning rate.
        decay: weight decay of the words' vectors, which have the most weights; ``decay_rest`` of all others.
        drop: share of values dropped in training; ``drop_page`` of the page's own, of which there are few examples.
        wordless: share of pages that are learnt from without their words.
        f1: weight of the page's expected F1 beside the lines' cross-entropy.
        gentle: how much more a lost line of a clean or extracted text counts.
        clean: share of pages whose reference text is a view too; ``extracted``: of which one extractor's output is.
        paste: share of views with the article put into another page's furniture.
        news: how often each news page is seen, there being few; ``news_weight``: what it counts for.
        snippets: share of pages with snippets that are seen; ``snippets_weight``: what they count for.
    """

    epochs: int = 10
    seed: int = 1
    rate: float = 4e-3
    decay: float = 3e-2
    decay_rest: float = 1e-3
    drop: float = 0.1
    drop_page: float = 0.3
    wordless: float = 0.25
    f1: float = 0.1
    gentle: float = 3.0
    clean: float = 0.8
    extracted: float = 0.6
    paste: float = 0.25
    news: int = 2
    news_weight: float = 2.0
    snippets: float = 0.7
    snippets_weight: float = 0.6
