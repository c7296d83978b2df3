"""Train the weights: ``python -m training.train DATA --out cleaner/model/text.npz``; about half an hour on one core.

How hard to cut is learnt from pages that the network has not seen, so it is trained once without each fold as well.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from cleaner.model.network import Network
from training.data import Page
from training.export import arrays, save
from training.net import BETWEEN, WIDTH, Net, pack
from training.pool import View, make
from training.prepare import load
from training.recipe import FOLDS, Recipe
from training.strictness import Example, blank, examples, fit

#: Pages and lines of one step.
BATCH_PAGES = 16
BATCH_LINES = 9000


def pick(views: dict[int, list[View]], pages: list[Page], recipe: Recipe, rng: random.Random) -> list[View]:
    """Views for one epoch, in random order."""
    out: list[View] = []

    def add(found: list[View], *kinds: str) -> None:
        able = [v for v in found if v.kind in kinds]
        if able:
            out.append(rng.choice(able))

    for n, found in views.items():
        page = pages[n]
        if not page.reference:
            if rng.random() < recipe.snippets:
                add(found, "snippets")
            continue
        for _ in range(recipe.news if page.set.startswith("news") else 1):
            add(found, "other" if rng.random() < recipe.others else "raw")
        if rng.random() < recipe.small:
            add(found, "small")
        if rng.random() < recipe.clean:
            add(found, "clean")
        if rng.random() < recipe.extracted:
            add(found, "extracted")
    rng.shuffle(out)
    return out


def loss_of(views: list[View], logit: torch.Tensor, which: torch.Tensor, recipe: Recipe) -> torch.Tensor:
    """Cross-entropy of the lines, and what the pages lack in expected F1."""
    between = np.zeros(BETWEEN, np.float32)

    def lines(name: str) -> torch.Tensor:
        return torch.from_numpy(np.concatenate([part for v in views for part in (getattr(v, name), between)]))

    def pages(name: str) -> torch.Tensor:
        return torch.tensor([float(getattr(v, name)) for v in views])

    def per_page(value: torch.Tensor) -> torch.Tensor:
        return torch.zeros(len(views)).index_add(0, which, value)

    size, found, sure = lines("size"), lines("found"), lines("sure")
    target = found / size.clamp(min=1)
    loss = functional.binary_cross_entropy_with_logits(logit, target, reduction="none")
    loss = loss * (1 + (recipe.gentle - 1) * pages("gentle")[which] * (target > 0.5))
    # A line counts for the root of its words; a page for the same whatever its length.
    weight = sure * (size + 1).sqrt()
    line_loss = per_page(loss * weight) / per_page(weight).clamp(min=1e-6)
    chance = torch.sigmoid(logit)
    reference = pages("reference")
    known = (reference > 0).float()
    f1 = 2 * per_page(chance * found) / (per_page(chance * size) + reference).clamp(min=1)
    total = line_loss + recipe.f1 * (1 - f1) * known
    by = pages("weight")
    return (total * by).sum() / by.sum()


def batches(views: list[View], rng: random.Random) -> list[list[View]]:
    """Views put together by length, roughly, in random order."""
    out: list[list[View]] = [[]]
    for view in sorted(views, key=lambda v: len(v) // 400 + rng.random() * 8):
        if len(out[-1]) >= BATCH_PAGES or sum(map(len, out[-1])) > BATCH_LINES:
            out.append([])
        out[-1].append(view)
    rng.shuffle(out)
    return out


def train(pages: list[Page], pool: list[View], recipe: Recipe, width: int = WIDTH) -> Net:
    """Train on all the views given.

    Args:
        pages: all pages.
        pool: views of those to learn from.
        recipe: how.
        width: numbers that stand for a line.

    Returns:
        The network, its weights averaged over the last steps.
    """
    rng = random.Random(recipe.seed)
    torch.manual_seed(recipe.seed)
    views: dict[int, list[View]] = defaultdict(list)
    for view in pool:
        views[view.page].append(view)
    net = Net(recipe.drop, recipe.drop_page, width, len(pool[0].measures.lines))
    net.scale([v.measures for v in pick(views, pages, recipe, rng)[:800]])
    groups = [
        {"params": [p for name, p in net.named_parameters() if (name == "bag.weight") == words], "weight_decay": d}
        for words, d in ((False, recipe.decay_rest), (True, recipe.decay))
    ]
    optimiser = torch.optim.AdamW(groups, lr=recipe.rate)
    steps = int(recipe.epochs * len(views) * 2.3 / BATCH_PAGES)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.rate, total_steps=steps, pct_start=0.15)
    mean = {name: p.detach().clone() for name, p in net.named_parameters()}
    done, start = 0, time.time()
    for epoch in range(recipe.epochs):
        total = 0.0
        found = batches(pick(views, pages, recipe, rng), rng)
        for batch in found:
            b = pack([v.measures for v in batch])
            logit = net(b, (torch.rand(len(batch), 1) > recipe.wordless).float())
            loss = loss_of(batch, logit, b.which, recipe)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
            optimiser.step()
            done += 1
            if done < steps:
                schedule.step()
            with torch.no_grad():
                for name, p in net.named_parameters():
                    mean[name].lerp_(p, max(0.005, 1 / (done + 1)))
            total += loss.item()
        took = time.time() - start
        print(f"epoch {epoch}: loss {total / len(found):.4f}, {len(found)} steps, {took:.0f} s", flush=True)
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.copy_(mean[name])
    net.eval()
    return net


def without(fold: int, pages: list[Page], pool: list[View], recipe: Recipe, keep: Path | None) -> dict[str, np.ndarray]:
    """The lines' network, trained without the sites of a fold; read from the folder if it is there."""
    path = keep / f"lines{fold}.npz" if keep else None
    if path is not None and path.exists():
        with np.load(path) as found:
            return dict(found)
    weights = arrays(train(pages, [v for v in pool if pages[v.page].fold(FOLDS) != fold], recipe))
    if path is not None:
        save(weights, path)
    return weights


def main() -> None:
    """Read the arguments, train, write the weights."""
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument("data", type=Path, help="a folder of sets")
    a.add_argument("--out", type=Path, default=Path("cleaner/model/text.npz"))
    a.add_argument("--cache", type=Path, help="keeps the aligned pages from one run to the next")
    a.add_argument("--keep", type=Path, help="keeps the weights of each fold, for figures on pages not seen")
    a.add_argument("--folds", type=int, nargs="+", default=[*range(FOLDS)], help="for a quick look at figures, fewer")
    a.add_argument("--only-folds", action="store_true", help="train no weights on all pages")
    a.add_argument("--seed", type=int, default=Recipe.seed)
    a.add_argument("--epochs", type=int, default=Recipe.epochs)
    o = a.parse_args()
    torch.set_num_threads(1)
    recipe = Recipe(seed=o.seed, epochs=o.epochs)
    pages = load(o.data, o.cache)
    pool = make(pages, recipe)
    # what is random in the views is drawn again for the lines' network, for it to see the same less often
    again = [make(pages, replace(recipe, seed=recipe.seed + n), parts=False) for n in range(1, recipe.draws)]
    views = [v for drawn in (pool, *again) for v in drawn]
    found: dict[int, list[Example]] = {}
    lines: dict[int, dict[str, np.ndarray]] = {}
    for fold in o.folds:
        lines[fold] = without(fold, pages, views, recipe, o.keep)
        unseen = [v for v in pool if pages[v.page].fold(FOLDS) == fold]
        found[fold] = list(examples(unseen, Network(lines[fold] | blank()), random.Random(o.seed)))
    if o.keep:
        for fold in o.folds:
            others = [e for other, part in found.items() if other != fold for e in part]
            save(lines[fold] | fit(others, o.seed), o.keep / f"fold{fold}.npz")
    if not o.only_folds:
        weights = arrays(train(pages, views, recipe))
        save(weights | fit([e for part in found.values() for e in part], o.seed), o.out)


if __name__ == "__main__":
    main()
