"""How hard to cut a text, learnt from how its scores are spread and from what cutting it so hard would bring.

It learns from pages that the lines' network has not seen, whose scores are as unsure as those of pages to come. It is
learnt twice: for any text, and for one that is known to be all of a page, where there are no clean texts to spare.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from cleaner.model.features import COLUMNS, Measures, place
from cleaner.model.network import STRICTNESS, Network
from cleaner.model.overview import OVERVIEW, best_f1, overview
from cleaner.model.own import OWN, Floats, Lines
from training.pool import View

WIDTH = 12
#: Measures are cut off at so many standard deviations.
FAR = 4.0
#: The share of the expected F1 that a strictness of one asks of a line.
THRESHOLD = 0.5
#: What a text counts for in which there is nothing to cut; an extracted one; one of the news, of which there are few.
CLEAN, EXTRACTED, NEWS = 30.0, 2.0, 3.0
#: Of a page with furniture, how often the outcome of cutting it is learnt from as a clean text.
AGAIN = 0.3
#: Shortest text that is scored.
FEWEST = 5
STEPS, RATE, DECAY = 400, 1e-2, 1e-2
#: What strictness must gain to be worth it, for each step of one: a text on which it makes no odds is not to be cut.
PRICE = 0.005
#: Of texts that are all of a page: what recall counts for beside F1, and a page of the news beside another.
RECALL, PAGE_NEWS = 0.3, 6.0
#: A gain of this much is worth one nat of spread over strictnesses.
SPREAD = 1 / 600


class Example(NamedTuple):
    """A text's scores summed up, what each strictness gains on it over none, and what it counts for.

    ``page`` is whether it is of those that are all of a page.
    """

    seen: Floats
    gains: np.ndarray
    weight: float
    page: bool = False


def examples(views: Iterable[View], network: Network, rng: random.Random) -> Iterator[Example]:
    """What there is to learn from views that a network has not seen.

    Args:
        views: the views.
        network: scores them.
        rng: what is random.

    Yields:
        Examples.
    """
    for view in views:
        if view.kind == "snippets" or len(view) < FEWEST or not view.reference:
            continue
        scores = network.score(view.measures)
        best = best_f1(scores, view.measures.words)
        keep = scores >= THRESHOLD * best * STRICTNESS[:, None]
        size, found = keep @ view.size, keep @ view.found
        if view.kind in ("clean", "part"):
            gains, weight = size / max(1.0, float(view.size.sum())), CLEAN
        else:
            gains, weight = 2 * found / (size + view.reference), EXTRACTED if view.gentle else 1.0
        weight *= NEWS if view.weight > 1 else 1.0
        seen = overview(scores, view.measures.words, best)
        yield Example(seen, gains - gains[0], weight)
        if view.kind == "raw":
            gains = gains + RECALL * found / view.reference
            yield Example(seen, gains - gains[0], PAGE_NEWS if view.weight > 1 else 1.0, page=True)
        if view.gentle or rng.random() > AGAIN:
            continue
        stay = rng.choice(keep[3:]).nonzero()[0]
        if FEWEST <= len(stay) < len(view):
            rest = _only(view.measures, stay)
            scores = network.score(rest)
            best = best_f1(scores, rest.words)
            left = (scores >= THRESHOLD * best * STRICTNESS[:, None]) @ rest.words
            yield Example(overview(scores, rest.words, best), left / left[0] - 1, 1.0)


def _only(m: Measures, stay: np.ndarray) -> Measures:
    own = Lines(m.lines[: len(OWN)], m.weight, m.words, m.lines[OWN.index("prose")] > 0, m.bag, m.first, m.runs)
    blanks = (m.lines[COLUMNS.index("gap_before")] > 0).cumsum()[stay]
    return place(own.only(stay), np.diff(blanks, prepend=blanks[0]) > 0)


def blank() -> dict[str, np.ndarray]:
    """The arrays of one that cuts every text with strictness one."""
    one = np.where(STRICTNESS == 1, 0.0, -1e4)
    weights = {
        "strict_low": np.zeros(OVERVIEW), "strict_high": np.zeros(OVERVIEW), "strict_in": np.zeros((1, OVERVIEW)),
        "strict_in_bias": np.zeros(1), "strict": np.zeros((len(STRICTNESS), 1)), "strict_bias": one,
    }  # fmt: skip
    return weights | {f"page_{name}": array for name, array in weights.items()}


def fit(found: list[Example], seed: int) -> dict[str, np.ndarray]:
    """Learn how hard to cut, any text and one that is known to be all of a page.

    Args:
        found: the examples.
        seed: of everything that is random.

    Returns:
        The arrays, by name.
    """
    page = _fit([example for example in found if example.page], seed)
    return _fit([example for example in found if not example.page], seed) | {f"page_{k}": v for k, v in page.items()}


def _fit(found: list[Example], seed: int) -> dict[str, np.ndarray]:
    torch.manual_seed(seed)
    seen = np.stack([e.seen for e in found])
    mean, std = seen.mean(0), seen.std(0) + 0.05
    low, high = mean - FAR * std, mean + FAR * std
    x = torch.from_numpy((np.clip(seen, low, high) - mean) / std).float()
    gains = torch.from_numpy(np.stack([e.gains for e in found]) - PRICE * STRICTNESS).float()
    weight = torch.tensor([e.weight for e in found])
    net = nn.Sequential(
        nn.Dropout(0.1), nn.Linear(OVERVIEW, WIDTH), nn.ReLU(), nn.Dropout(0.1), nn.Linear(WIDTH, len(STRICTNESS))
    )
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=STEPS + 1, pct_start=0.15)
    for _ in range(STEPS):
        chance = torch.softmax(net(x), 1)
        spread = -(chance * torch.log(chance + 1e-9)).sum(1).mean()
        loss = -((chance * gains).sum(1) * weight).sum() / weight.sum() / SPREAD - spread
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    first, last = net[1], net[4]
    enter = first.weight.detach().numpy() / std
    return {
        "strict_low": low, "strict_high": high, "strict_in": enter,
        "strict_in_bias": first.bias.detach().numpy() - enter @ mean,
        "strict": last.weight.detach().numpy(), "strict_bias": last.bias.detach().numpy(),
    }  # fmt: skip
