"""Train the networks for HTML: ``python -m training.html DATA --out cleaner/model/html.npz``; an hour on one core.

They are trained without each fold as well: the second look is learnt from pages whose sites they have not seen.

With ``--folds 5`` it is cross-validated by site instead: each page is scored by a network that has not seen
its site, and word F1 (snippet F1) of what stays is printed for every set and page type.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cleaner.model.decide_html import SHARES, choose
from cleaner.model.html_network import FAR, FAR_PAGE, STEPS, HtmlNetwork
from cleaner.model.own import BUCKETS
from cleaner.model.places import FIRST_BIT, HTML_COLUMNS
from cleaner.model.seen import NEAR, TIMES
from training.data import fold_of
from training.evaluate import prf
from training.html_pages import DRAWS, LONGEST, HtmlPage, View, read_pages
from training.recipe import FOLDS
from training.second import Examples, examples, fit

#: Numbers that stand for a line, for what others see of it, for a word; blank rows between pages.
WIDTH, SEEN, WORD, BETWEEN = 48, 24, 12, 16
EPOCHS, RATE, DROP, DROP_PAGE, DROP_COLUMN = 8, 4e-3, 0.2, 0.3, 0.12
#: Types of pages, and the weight of telling them. A page of news is an article.
KINDS = ("article", "collection", "documentation", "forum", "listing", "product", "service")
KIND = 0.2
#: Share of pages learnt from without tags and names; without words; in a script of their own, where there is one.
NAMELESS, WORDLESS, STRANGE = 0.25, 0.25, 0.35
#: What pages count for, how often news are seen, and the weight of a page's expected F1 beside the lines' entropy.
WEIGHTS = {"news": 2.0, "snippets": 3.0}
NEWS, F1 = 3, 0.5
Batch = dict[str, torch.Tensor]


class Net(nn.Module):
    """The network; :mod:`cleaner.model.html_network` is the same thing in numpy."""

    def __init__(self) -> None:
        super().__init__()
        columns = len(HTML_COLUMNS)
        for name, value in (("mean", 0.0), ("std", 1.0), ("pmean", 0.0), ("pstd", 1.0)):
            self.register_buffer(name, torch.full((columns,), value))
        self.drop, self.drop_page = nn.Dropout(DROP), nn.Dropout(DROP_PAGE)
        self.word = nn.EmbeddingBag(BUCKETS, WORD, mode="sum")
        nn.init.normal_(self.word.weight, std=0.02)
        self.enter, self.page = nn.Linear(columns + WORD, WIDTH), nn.Linear(columns, WIDTH)
        self.pool = nn.Linear(2 * WIDTH, WIDTH)
        self.kind, self.kind_in = nn.Linear(2 * WIDTH, len(KINDS)), nn.Linear(len(KINDS), WIDTH)
        self.down, self.down2 = nn.Linear(WIDTH, SEEN), nn.Linear(WIDTH, SEEN)
        self.around, self.around2 = nn.Linear(TIMES * SEEN, WIDTH), nn.Linear(TIMES * SEEN, WIDTH)
        self.steps = nn.ModuleList([nn.Linear(3 * WIDTH, WIDTH) for _ in STEPS])
        self.leave = nn.Linear(2 * WIDTH, 1)

    def forward(self, b: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Score lines and pages: a number for each row of a batch, and for each page one for each of ``KINDS``."""
        which, pages = b["which"], len(b["page"])
        x = ((b["x"] - self.mean) / self.std).clamp(-FAR, FAR)
        words = self.word(b["words"], b["first"]) / (b["runs"] + 1).sqrt()
        if self.training:
            x = x * (torch.rand(1, x.shape[1]) > DROP_COLUMN) / (1 - DROP_COLUMN)
            named = (torch.rand(pages, 1) > NAMELESS).float()[which]
            x = torch.cat([x[:, :FIRST_BIT], x[:, FIRST_BIT:] * named], 1)
            words = words * (torch.rand(pages, 1) > WORDLESS).float()[which]
        about = self.page(self.drop_page(((b["page"] - self.pmean) / self.pstd).clamp(-FAR_PAGE, FAR_PAGE)))
        h = functional.relu(self.enter(torch.cat([x, self.drop(words)], 1)) + about[which]) * b["alive"]

        def mean(weight: torch.Tensor) -> torch.Tensor:
            total = torch.zeros(pages, 1).index_add(0, which, weight)
            return torch.zeros(pages, WIDTH).index_add(0, which, h * weight) / total

        pooled = torch.cat([mean(b["alive"]), mean(b["weight"])], 1)
        first = h
        view = functional.relu(self.pool(self.drop(pooled)) + about)
        kind: torch.Tensor = self.kind(torch.cat([self.drop(view), about], 1))
        h = (h + (view + self.kind_in(functional.softmax(kind, 1)))[which]) * b["alive"]

        def seen(down: nn.Linear, around: nn.Linear) -> torch.Tensor:
            return functional.relu(around(self.drop(_seen(functional.relu(down(h)) * b["alive"], b))))

        h = (h + seen(self.down, self.around)) * b["alive"]
        for step, linear in zip(STEPS, self.steps, strict=True):
            blank = torch.zeros(step, WIDTH)
            near = torch.cat([torch.cat([blank, h[:-step]]), h, torch.cat([h[step:], blank])], 1)
            h = (h + functional.relu(linear(self.drop(near)))) * b["alive"]
        h = (h + seen(self.down2, self.around2)) * b["alive"]
        score: torch.Tensor = self.leave(self.drop(torch.cat([h, first], 1)))[:, 0]
        return score, kind


def _seen(h: torch.Tensor, b: Batch) -> torch.Tensor:
    """What :class:`cleaner.model.seen.Seen` shows each line."""
    sums = torch.cat([torch.zeros(1, h.shape[1]), h.cumsum(0)])
    start, end, row = b["pstart"], b["pend"], torch.arange(len(h))
    here, behind = torch.minimum(row, end), torch.minimum(row + 1, end)
    spans = (
        *zip(b["start"], b["end"], strict=True), (start, here), (behind, end), (torch.maximum(row - NEAR, start), here),
        (behind, torch.minimum(behind + NEAR, end)),
    )  # fmt: skip
    out = [(sums[b] - sums[a]) / (b - a).clamp(min=1)[:, None] for a, b in spans]
    group = b["group"]
    count = int(group.max()) + 1
    means = torch.zeros(count, h.shape[1]).index_add(0, group, h)
    means = means / torch.bincount(group, minlength=count).clamp(min=1)[:, None]
    return torch.cat([*out, means[group]], 1)


def pack(views: list[View]) -> Batch:
    """Put views one below the other, blank rows between them."""
    columns: dict[str, list[np.ndarray]] = defaultdict(list)
    rows = words = groups = 0
    for k, view in enumerate(views):
        p, m = view.places, view.places.measures
        n = len(m.weight)
        parts = {
            "x": (m.lines.T, 0), "which": (np.full(n, k), k), "alive": (np.ones((n, 1)), 0),
            "weight": (m.weight[:, None], 0), "first": (m.first + words, words + len(m.bag)),
            "runs": (m.runs[:, None], 0), "start": ((p.first + rows).T, 0), "end": ((p.end + rows).T, 0),
            "group": (p.group + groups, groups + int(p.group.max()) + 1), "size": (view.size, 0),
            "found": (view.found, 0), "sure": (view.sure, 0), "pstart": (np.full(n, rows), rows),
            "pend": (np.full(n, rows + n), rows + n),
        }  # fmt: skip
        for name, (value, blank) in parts.items():
            columns[name] += [value, np.full((BETWEEN, *value.shape[1:]), blank)]
        columns["words"].append(m.bag)
        columns["page"].append(((m.weight / m.weight.sum()) @ m.lines.T)[None])
        columns["reference"].append(np.array([view.reference]))
        columns["counts"].append(np.array([view.weight]))
        columns["kind"].append(np.array([KINDS.index(view.kind) if view.kind in KINDS else -1]))
        rows, words, groups = rows + n + BETWEEN, words + len(m.bag), groups + int(p.group.max()) + 2
    whole = ("which", "first", "start", "end", "group", "words", "pstart", "pend", "kind")
    out = {
        k: torch.from_numpy(np.concatenate(v).astype(np.int64 if k in whole else np.float32))
        for k, v in columns.items()
    }
    return out | {"start": out["start"].T, "end": out["end"].T}


def loss_of(b: Batch, logit: torch.Tensor, kind: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of the lines, of the page's type where it is known, and what the pages lack in expected F1."""
    per = lambda value: torch.zeros(len(b["page"])).index_add(0, b["which"], value)  # noqa: E731
    target = b["found"] / b["size"].clamp(min=1)
    weight = b["sure"] * (b["size"] + 1).sqrt()
    entropy = functional.binary_cross_entropy_with_logits(logit, target, reduction="none")
    lines = per(entropy * weight) / per(weight).clamp(min=1e-6)
    chance = torch.sigmoid(logit)
    f1 = 2 * per(chance * b["found"]) / (per(chance * b["size"]) + b["reference"]).clamp(min=1)
    total = lines + F1 * (1 - f1) * (b["reference"] > 0)
    total += KIND * functional.cross_entropy(kind, b["kind"].clamp(min=0), reduction="none") * (b["kind"] >= 0)
    return (total * b["counts"]).sum() / b["counts"].sum()


def batches(views: list[View], rng: random.Random) -> list[list[View]]:
    """Views put together by length, roughly, in random order."""
    out: list[list[View]] = [[]]
    for view in sorted(views, key=lambda v: len(v.size) // 300 + rng.random() * 8):
        if len(out[-1]) >= 12 or sum(len(v.size) for v in out[-1]) > 7000:
            out.append([])
        out[-1].append(view)
    rng.shuffle(out)
    return out


def _epoch(pages: list[HtmlPage], rng: random.Random) -> list[View]:
    out: list[View] = []
    for page in pages:
        if page.whole is None or len(page.lines) > LONGEST:
            continue
        weight = WEIGHTS.get(page.set.split("-")[0], 1.0)
        draw = rng.randrange(DRAWS)
        foreign = page.foreign[draw]
        whole = foreign if foreign is not None and rng.random() < STRANGE else page.whole
        whole.weight = weight
        out += [whole] * (NEWS if page.set.startswith("news") else 1)
        for part in page.parts[draw]:
            part.weight = weight / 2
            out.append(part)
    return out


def train(pages: list[HtmlPage], seed: int, epochs: int = EPOCHS) -> Net:
    """Train a network on pages; its weights are averaged over the last steps."""
    rng = random.Random(seed)
    torch.manual_seed(seed)
    net = Net()
    some = [page.whole for page in pages if page.whole is not None and len(page.lines) <= LONGEST]
    lines = np.concatenate([v.places.measures.lines.T for v in some[::2]])
    page_means = torch.cat([pack([v])["page"] for v in some])
    net.mean.copy_(torch.from_numpy(lines.mean(0)))
    net.std.copy_(torch.from_numpy(lines.std(0) + 0.05))
    net.pmean.copy_(page_means.mean(0))
    net.pstd.copy_(page_means.std(0) + 0.05)
    rest = [p for name, p in net.named_parameters() if name != "word.weight"]
    groups = [{"params": [net.word.weight], "weight_decay": 3e-2}, {"params": rest, "weight_decay": 3e-3}]
    optimiser = torch.optim.AdamW(groups, lr=RATE)
    plan = [batches(_epoch(pages, rng), rng) for _ in range(epochs)]
    steps = sum(map(len, plan)) + 1
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps, pct_start=0.15)
    mean = {name: p.detach().clone() for name, p in net.named_parameters()}
    done = 0
    for epoch, found in enumerate(plan):
        total = 0.0
        for batch in found:
            b = pack(batch)
            loss = loss_of(b, *net(b))
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
            optimiser.step()
            schedule.step()
            done += 1
            total += loss.item()
            with torch.no_grad():
                for name, p in net.named_parameters():
                    mean[name].lerp_(p, max(0.004, 1 / (done + 1)))
        print(f"epoch {epoch}: loss {total / len(found):.4f}", flush=True)
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.copy_(mean[name])
    return net.eval()


def arrays(nets: list[Net]) -> dict[str, np.ndarray]:
    """The weights of networks, as numpy reads them."""
    exact = ("mean", "std", "pmean", "pstd")
    states = [net.state_dict() for net in nets]
    return {
        n: np.stack([s[n].numpy() for s in states]).astype(np.float32 if n in exact else np.float16) for n in states[0]
    }


def by_fold(
    pages: list[HtmlPage], folds: int, seeds: list[int], epochs: int = EPOCHS
) -> Iterator[tuple[dict[str, np.ndarray], list[HtmlPage], Examples]]:
    """For each fold networks that have not seen its sites, its pages, and what the second look learns from them."""
    for fold in range(folds):
        others = [page for page in pages if fold_of(page.site, folds) != fold]
        weights = arrays([train(others, seed, epochs) for seed in seeds])
        held = [page for page in pages if fold_of(page.site, folds) == fold]
        yield weights, held, examples(held, HtmlNetwork(weights))


def cross_validate(pages: list[HtmlPage], folds: int, seeds: list[int], epochs: int = EPOCHS) -> None:
    """Print word F1 by set and page type, snippet F1 where there are only snippets."""
    found: dict[str, list[float]] = defaultdict(list)
    right = kept = wanted = 0
    parts = list(by_fold(pages, folds, seeds, epochs))
    for fold, (weights, held, _) in enumerate(parts):
        network = HtmlNetwork(weights | fit([known for n, (*_, known) in enumerate(parts) if n != fold]))
        for page in held:
            text = ""
            if page.whole is not None:
                keep = choose(network.score(page.whole.places), page.whole.places, SHARES["standard"])
                text = "\n".join(line for line, stays in zip(page.lines, keep, strict=True) if stays)
            if page.snippets[0] or page.snippets[1]:
                hits = sum(s in text for s in page.snippets[0])
                right, wanted = right + hits, wanted + len(page.snippets[0])
                kept += hits + sum(s in text for s in page.snippets[1])
            else:
                for name in (page.set, f"{page.set} {page.kind}"):
                    found[name].append(prf(text, page.text)[2])
    for name, values in sorted(found.items()):
        print(f"{name}: {np.mean(values):.3f} ({len(values)} pages)")
    if wanted:
        p, r = right / max(1, kept), right / wanted
        print(f"snippets: {2 * p * r / max(1e-9, p + r):.3f} (P {p:.3f}, R {r:.3f})")


def main() -> None:
    """Read the arguments, train, write or print."""
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument("data", type=Path, help="a folder of sets")
    a.add_argument("--out", type=Path, default=Path("cleaner/model/html.npz"))
    a.add_argument("--seeds", type=int, nargs="*", default=[1, 2])
    a.add_argument("--folds", type=int, default=0, help="cross-validate instead")
    a.add_argument("--epochs", type=int, default=EPOCHS)
    o = a.parse_args()
    torch.set_num_threads(1)
    pages = list(read_pages(o.data))
    if o.folds:
        cross_validate(pages, o.folds, o.seeds, o.epochs)
    else:
        trees = fit([known for *_, known in by_fold(pages, FOLDS, o.seeds, o.epochs)])
        np.savez_compressed(o.out, **arrays([train(pages, seed, o.epochs) for seed in o.seeds]), **trees)


if __name__ == "__main__":
    main()
