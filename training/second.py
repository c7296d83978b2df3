"""Learn the second look at pages of HTML (:mod:`cleaner.model.second`), from lines that the networks had not seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import lightgbm
import numpy as np

from cleaner.model.html_network import HtmlNetwork
from cleaner.model.second import DEPTH, facts
from training.html_pages import HtmlPage, View

#: Trees, how much each adds, and the fewest lines that a leaf is learnt from.
TREES, RATE, FEWEST_LINES = 60, 0.15, 200
#: What pages of news count for beside others; parts of pages beside whole ones.
NEWS, PART = 2.0, 0.5
Examples = tuple[np.ndarray, np.ndarray, np.ndarray]


def examples(pages: Iterable[HtmlPage], network: HtmlNetwork) -> Examples:
    """What there is to learn from some pages.

    Args:
        pages: pages of sites that the network has not seen.
        network: the networks.

    Returns:
        Of all lines the facts, the share of words that are content, the weight.
    """
    known, wanted, weight = [], [], []
    for page in pages:
        whole = () if page.whole is None else ((page.whole, 1.0),)
        for view, counts in (*whole, *((part, PART) for part in page.parts[0])):
            by = _weight(view) * counts * (NEWS if page.set.startswith("news") else 1.0)
            known.append(facts(network.first_look(view.places), view.places)[:, by > 0].T)
            wanted.append((view.found / np.maximum(view.size, 1))[by > 0])
            weight.append(by[by > 0])
    return np.concatenate(known), np.concatenate(wanted), np.concatenate(weight)


def _weight(view: View) -> np.ndarray:
    """A line counts for the root of its words, a page for the same whatever its length."""
    weight = view.sure * np.sqrt(view.size + 1)
    return weight / max(weight.sum(), 1e-6)


def fit(parts: Iterable[Examples], seed: int = 3) -> dict[str, np.ndarray]:
    """Learn the trees.

    Args:
        parts: examples.
        seed: of what is random.

    Returns:
        The arrays of :class:`cleaner.model.second.SecondLook`, by the names they have among the weights.
    """
    known, wanted, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    options = {
        "objective": "cross_entropy", "learning_rate": RATE, "max_depth": DEPTH, "num_leaves": 2**DEPTH,
        "min_data_in_leaf": FEWEST_LINES, "lambda_l2": 20, "feature_fraction": 0.6, "bagging_fraction": 0.7,
        "bagging_freq": 1, "max_bin": 63, "num_threads": 1, "seed": seed, "deterministic": True, "verbose": -1,
    }  # fmt: skip
    data = lightgbm.Dataset(known, wanted, weight=weight / weight.mean())
    trees = lightgbm.train(options, data, TREES).dump_model()["tree_info"]
    questions, ways = 2**DEPTH - 1, 2**DEPTH
    fact = np.zeros((len(trees), questions), np.uint8)
    limit = np.full((len(trees), questions), np.inf, np.float32)
    leaf = np.zeros((len(trees), ways), np.float32)
    for number, tree in enumerate(trees):
        _write(tree["tree_structure"], 0, (fact[number], limit[number], leaf[number]))
    return {"tree.fact": fact, "tree.limit": limit, "tree.leaf": leaf}


def _write(node: dict[str, Any], at: int, out: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    """Write a tree as one in which every way has the same number of questions, where "yes" is to the right."""
    fact, limit, leaf = out
    if "leaf_value" in node:
        while at < len(fact):  # past questions that are never answered with yes
            at = 2 * at + 1
        leaf[at - len(fact)] = node["leaf_value"]
        return
    fact[at] = node["split_feature"]
    # the trees ask for "at most" a number of double precision: the next lower one in single precision asks the same
    limit[at] = np.float32(node["threshold"])
    if limit[at] > node["threshold"]:
        limit[at] = np.nextafter(limit[at], np.float32(-np.inf))
    _write(node["left_child"], 2 * at + 1, out)
    _write(node["right_child"], 2 * at + 2, out)
