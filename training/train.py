"""Train the weights: ``python -m training.train DATA --out cleaner/model/text.npz``; about six minutes on one core."""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from cleaner.model.features import measure
from cleaner.model.network import Network
from training.data import EXTRACTED, RAW, Page, Text
from training.export import arrays, save
from training.gate import blank, fit
from training.net import BETWEEN, Net, pack
from training.prepare import load
from training.recipe import Recipe
from training.views import paste, vary

#: Texts of more lines are not learnt from.
LONGEST = 6000
#: Pages and lines of one step.
BATCH_PAGES = 12
BATCH_LINES = 9000


class View:
    """One text to learn from.

    Attributes:
        measures: what is known of it.
        size: words of each line.
        found: those of them that are content.
        sure: how sure that is.
        reference: words of the reference text; 0 if it is not known.
        gentle: whether lost lines count more.
        weight: what the view counts for.
    """

    def __init__(self, text: Text, *, clean: bool = False, extracted: bool = False, weight: float = 1.0) -> None:
        self.measures = measure(text.lines, text.gaps)
        self.size = text.size.astype(np.float32)
        self.found = self.size if clean else text.found.astype(np.float32)
        self.sure = np.ones(len(self.size), np.float32) if clean else text.sure
        self.reference = float(self.size.sum()) if clean else float(text.reference)
        self.gentle = clean or extracted
        self.weight = weight

    def __len__(self) -> int:
        return len(self.size)


class Views:
    """Makes an epoch's views of pages.

    Args:
        pages: the pages.
        recipe: how often to make what.
        rng: what is random.
    """

    def __init__(self, pages: list[Page], recipe: Recipe, rng: random.Random) -> None:
        self.pages, self.recipe, self.rng = pages, recipe, rng

    def make(self) -> list[View]:
        """Views for one epoch, in random order."""
        out: list[View] = []
        recipe, rng = self.recipe, self.rng
        for page in self.pages:
            if not page.reference:
                if rng.random() < recipe.snippets:
                    self._add(out, page, "resiliparse_all", weight=recipe.snippets_weight)
                continue
            news = page.set.startswith("news")
            for _ in range(recipe.news if news else 1):
                name = rng.choices(RAW, (0.45, 0.3, 0.25))[0]
                name = name if name in page.texts else RAW[0]
                self._add(out, page, name, weight=recipe.news_weight if news else 1.0)
            if rng.random() < recipe.clean:
                self._add(out, page, "reference")
            if rng.random() < recipe.extracted:
                self._add(out, page, rng.choice(EXTRACTED))
        rng.shuffle(out)
        return out

    def _add(self, out: list[View], page: Page, name: str, weight: float = 1.0) -> None:
        text = page.texts.get(name)
        if text is None or not text.lines or len(text.lines) > LONGEST:
            return
        recipe, rng = self.recipe, self.rng
        clean, extracted = name == "reference", name in EXTRACTED
        if name in RAW and page.reference and rng.random() < recipe.paste:
            donor = rng.choice(self.pages)
            frame = donor.texts.get(name) if donor.reference else None
            if frame is not None and len(frame.lines) < LONGEST / 2:
                text = paste(frame, text)
        text = vary(text, rng, clean=clean, english=page.set.startswith("wcxb"))
        if text.lines and text.size.sum():
            out.append(View(text, clean=clean, extracted=extracted, weight=weight))


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


def train(pages: list[Page], recipe: Recipe) -> Net:
    """Train on all the pages given.

    Args:
        pages: the pages.
        recipe: how.

    Returns:
        The network, its weights averaged over the last steps.
    """
    rng = random.Random(recipe.seed)
    torch.manual_seed(recipe.seed)
    maker = Views(pages, recipe, rng)
    net = Net(recipe.drop, recipe.drop_page)
    net.scale([v.measures for v in maker.make()[:800]])
    is_word = {name: name.split(".")[0] in ("word", "first", "last") for name, _ in net.named_parameters()}
    groups = [
        {"params": [p for name, p in net.named_parameters() if is_word[name] == words], "weight_decay": decay}
        for words, decay in ((False, recipe.decay_rest), (True, recipe.decay))
    ]
    optimiser = torch.optim.AdamW(groups, lr=recipe.rate)
    steps = recipe.epochs * (len(pages) * 2 // BATCH_PAGES)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.rate, total_steps=steps, pct_start=0.15)
    mean = {name: p.detach().clone() for name, p in net.named_parameters()}
    done, start = 0, time.time()
    for epoch in range(recipe.epochs):
        total = 0.0
        found = batches(maker.make(), rng)
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


def main() -> None:
    """Read the arguments, train, write the weights."""
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument("data", type=Path, help="a folder of sets")
    a.add_argument("--out", type=Path, default=Path("cleaner/model/text.npz"))
    a.add_argument("--cache", type=Path, help="keeps the aligned pages from one run to the next")
    a.add_argument("--seed", type=int, default=Recipe.seed)
    a.add_argument("--epochs", type=int, default=Recipe.epochs)
    a.add_argument("--folds", type=int, default=5)
    a.add_argument("--without", type=int, help="leave out this fold, for cross-validation")
    o = a.parse_args()
    torch.set_num_threads(1)
    pages = [page for page in load(o.data, o.cache) if o.without is None or page.fold(o.folds) != o.without]
    weights = arrays(train(pages, Recipe(seed=o.seed, epochs=o.epochs)))
    weights |= fit(pages, Network(weights | blank()), o.seed)
    save(weights, o.out)


if __name__ == "__main__":
    main()
