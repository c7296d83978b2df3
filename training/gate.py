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

from cleaner.model.network import Network
from cleaner.model.own import OWN, SUM_COLUMNS, Floats, Lines, sum_up
from training.pool import View

WIDTH = 24
#: Measures are cut off at so many standard deviations.
FAR = 4.0
#: A page with this share of furniture is one to be cut; a text that something has cut already, with this.
FURNITURE = 0.12
FURNITURE_LEFT = 0.3
#: What a clean text that is cut counts for, beside a page that is not.
CLEAN = 1.5
EPOCHS = 20


def _furniture(view: View) -> float:
    return 1 - float(view.found.sum()) / max(1.0, float(view.size.sum()))


def _sum_up(view: View, stay: np.ndarray | None = None) -> Floats:
    m = view.measures
    return sum_up(Lines(m.lines[: len(OWN)], m.weight, m.words, m.words > 0, m.bag, m.first, m.runs), stay)


def examples(pool: list[View], network: Network, rng: random.Random) -> Iterator[tuple[Floats, float, float]]:
    """Texts summed up, what the gate should say of each, and what each counts for."""
    for view in pool:
        if view.kind == "snippets":
            continue
        if view.gentle:
            target = 0.0 if view.kind != "extracted" else float(_furniture(view) > FURNITURE_LEFT)
            yield _sum_up(view), target, CLEAN
            continue
        yield _sum_up(view), min(1.0, _furniture(view) / FURNITURE), 1.0
        if rng.random() < 0.5:
            continue
        stay = (network.score(view.measures) >= rng.uniform(0.25, 0.6)).nonzero()[0]
        if 0 < len(stay) < len(view):
            yield _sum_up(view, stay), 0.0, CLEAN


def blank() -> dict[str, np.ndarray]:
    """The arrays of a gate that knows nothing."""
    n = len(SUM_COLUMNS)
    return {
        "own_low": np.zeros(n), "own_high": np.zeros(n), "gate_in": np.zeros((WIDTH, n)),
        "gate_in_bias": np.zeros(WIDTH), "gate": np.zeros((1, WIDTH)), "gate_bias": np.zeros(1),
    }  # fmt: skip


def fit(pool: list[View], network: Network, seed: int) -> dict[str, np.ndarray]:
    """Train the gate.

    Args:
        pool: the views to learn from.
        network: the lines' network.
        seed: of everything that is random.

    Returns:
        The gate's arrays, by name.
    """
    rng = random.Random(seed)
    torch.manual_seed(seed)
    x, y, w = zip(*examples(pool, network, rng), strict=True)
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
