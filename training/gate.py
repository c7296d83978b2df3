"""The gate: whether a text has furniture worth looking for, learnt from what lines are like one by one.

It is trained after the network, whose own outputs are among the texts that it must know for clean.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cleaner.model.features import place
from cleaner.model.network import Network
from cleaner.model.own import SUM_COLUMNS, Floats, look, sum_up
from training.data import EXTRACTED, RAW, Page, Text
from training.views import crop, foreign, lower, paste, pick

WIDTH = 24
#: Measures are cut off at so many standard deviations.
FAR = 4.0
#: A page with this share of furniture is one to be cut; a text that something has cut already, with this.
FURNITURE = 0.12
FURNITURE_LEFT = 0.3
#: What a clean text that is cut counts for, beside a page that is not.
CLEAN = 1.5
EPOCHS = 30


def _furniture(text: Text) -> float:
    return 1 - float(text.found.sum()) / max(1.0, float(text.size.sum()))


def _kept(network: Network, text: Text, threshold: float) -> Text | None:
    """What the network would keep of a text."""
    keep = network.score(place(look(text.lines), text.gaps)) >= threshold
    return pick(text, keep) if 0 < keep.sum() < len(keep) else None


def examples(pages: list[Page], network: Network, rng: random.Random) -> Iterator[tuple[Floats, float, float]]:
    """Texts summed up, what the gate should say of each, and what each counts for."""
    for page in pages:
        if not page.reference:
            continue
        many = 3 if page.set.startswith("news") else 1
        for name, given in page.texts.items():
            for _ in range(many):
                for text, target, weight in _texts(name, given, pages, network, rng):
                    if text.lines and text.size.sum():
                        yield sum_up(look(text.lines)), target, weight


def _texts(
    name: str, given: Text, pages: list[Page], network: Network, rng: random.Random
) -> Iterator[tuple[Text, float, float]]:
    if not given.lines:
        return
    if name == "reference":
        for text in (given, crop(given, rng), _short(given, rng), _lists(given, rng), _lists(given, rng)):
            yield text, 0.0, CLEAN
            if rng.random() < 0.5:
                yield rng.choice((foreign, foreign, lower))(text, rng), 0.0, CLEAN
        return
    text = given if given.alive is None or rng.random() < 0.3 or not given.alive.any() else pick(given, given.alive)
    if name in EXTRACTED:
        yield text, float(_furniture(text) > FURNITURE_LEFT), CLEAN
        return
    if name not in RAW:
        return
    views = [text, foreign(text, rng) if rng.random() < 0.5 else crop(text, rng)]
    donor = rng.choice(pages).texts.get(name)
    if donor is not None and donor.lines and donor.reference:
        views.append(paste(donor, text))
        small = _small(donor, text, rng)
        views.append(foreign(small, rng) if rng.random() < 0.5 else small)
    for view in views:
        yield view, min(1.0, _furniture(view) / FURNITURE), 1.0
    for view in views[:2]:
        own = _kept(network, view, rng.uniform(0.25, 0.6))
        if own is not None:
            yield own, 0.0, CLEAN / 2


def _small(frame: Text, article: Text, rng: random.Random) -> Text:
    """A page of a few lines: the beginning of an article, a little furniture above and below it."""
    good = article.found > 0.5 * article.size
    good[good] = np.arange(good.sum()) < rng.randint(3, 14)
    article = pick(article, good) if good.any() else article
    bad = np.flatnonzero(frame.found < 0.5 * np.maximum(frame.size, 1))
    fine = np.flatnonzero(frame.found > 0.5 * frame.size)
    keep = np.zeros(len(frame.lines), bool)
    keep[fine] = True
    if len(bad) and len(fine):
        above, below = bad[bad < fine[0]], bad[bad > fine[-1]]
        for part in (above, below):
            size = min(len(part), rng.randint(2, 18))
            start = rng.randint(0, len(part) - size)
            keep[part[start : start + size]] = True
    return paste(pick(frame, keep) if keep.any() else frame, article)


def _lists(text: Text, rng: random.Random) -> Text:
    """Of a few stretches of a few lines the one with the shortest: where a text has lists, tables, verse, headings."""
    return min((_short(text, rng) for _ in range(4)), key=lambda t: sum(map(len, t.lines)) / max(1, len(t.lines)))


def _short(text: Text, rng: random.Random) -> Text:
    """A few lines in a row."""
    n = len(text.lines)
    size = min(n, rng.randint(5, 25))
    start = rng.randint(0, n - size)
    keep = np.zeros(n, bool)
    keep[start : start + size] = True
    return pick(text, keep)


def blank() -> dict[str, np.ndarray]:
    """The arrays of a gate that knows nothing."""
    n = len(SUM_COLUMNS)
    return {
        "own_low": np.zeros(n), "own_high": np.zeros(n), "gate_in": np.zeros((WIDTH, n)),
        "gate_in_bias": np.zeros(WIDTH), "gate": np.zeros((1, WIDTH)), "gate_bias": np.zeros(1),
    }  # fmt: skip


def fit(pages: list[Page], network: Network, seed: int) -> dict[str, np.ndarray]:
    """Train the gate.

    Args:
        pages: the pages to learn from.
        network: the lines' network.
        seed: of everything that is random.

    Returns:
        The gate's arrays, by name.
    """
    rng = random.Random(seed)
    torch.manual_seed(seed)
    x, y, w = zip(*examples(pages, network, rng), strict=True)
    data = np.stack(x)
    mean, std = data.mean(0), data.std(0) + 0.05
    low, high = mean - FAR * std, mean + FAR * std
    z = torch.from_numpy((np.clip(data, low, high) - mean) / std)
    target, weight = torch.tensor(y), torch.tensor(w)
    net = nn.Sequential(nn.Dropout(0.1), nn.Linear(len(mean), WIDTH), nn.ReLU(), nn.Dropout(0.1), nn.Linear(WIDTH, 1))
    steps = EPOCHS * (len(z) // 256 + 1)
    optimiser = torch.optim.AdamW(net.parameters(), lr=4e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps, pct_start=0.15)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(z)).split(256):
            loss = functional.binary_cross_entropy_with_logits(net(z[batch])[:, 0], target[batch], weight[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    first, last = net[1], net[4]
    weights = first.weight.detach().numpy() / std
    return {
        "own_low": low, "own_high": high, "gate_in": weights,
        "gate_in_bias": first.bias.detach().numpy() - weights @ mean,
        "gate": last.weight.detach().numpy(), "gate_bias": last.bias.detach().numpy(),
    }  # fmt: skip
