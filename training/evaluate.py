"""Cross-validated figures: ``python -m training.evaluate DATA --weights FOLDER``.

FOLDER holds ``fold0.npz`` ... as ``training.train --keep`` writes them; each page is cleaned by the whole pipeline
with the weights that have not seen its site. Metrics as in the sets' own scorer: word precision, recall and F1, a mean
over pages; for snippets, counts over all pages; for reference texts, the share of words lost.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import numpy as np

from cleaner import STAGES, Cleaner, Stage
from cleaner.model.network import Network
from cleaner.stages.passages import again
from cleaner.stages.score import score
from training.data import EXTRACTED, fold_of, read_raw, site_of, words
from training.recipe import FOLDS

Clean = Callable[[str], str]
Prf = tuple[float, float, float]


def prf(got: str, want: str) -> Prf:
    """Word precision, recall and F1."""
    g, w = Counter(words(got)), Counter(words(want))
    if not w or not g:
        return (1.0, 1.0, 1.0) if not w and not g else (0.0, 0.0, 0.0)
    both = (g & w).total()
    p, r = both / g.total(), both / w.total()
    return p, r, 2 * p * r / (p + r) if both else 0.0


class Figures:
    """Adds up the figures of a set, page by page."""

    def __init__(self) -> None:
        self.scores: dict[str, list[Prf]] = defaultdict(list)
        self.given: dict[str, list[Prf]] = defaultdict(list)
        self.kinds: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        self.harm: list[tuple[int, int]] = []
        self.snippets = np.zeros(3)
        self.again: dict[str, list[bool]] = defaultdict(list)

    def add(self, row: dict, texts: dict[str, str], clean: Clean, *, again: bool) -> None:
        """Score a page.

        Args:
            row: what is known of it.
            texts: its texts.
            clean: the cleaner.
            again: also clean what came out, and count where that changes anything.
        """
        want = row.get("text")
        for name, text in {**texts, **({"reference": want} if want else {})}.items():
            out = clean(text)
            if again:
                self.again[name].append(clean(out) != out)
            if name == "reference":
                have = Counter(words(text))
                self.harm.append(((have - Counter(words(out))).total(), have.total()))
            elif want is None:
                hits = sum(s in out for s in row["with"])
                self.snippets += (hits, sum(s in out for s in row["without"]), len(row["with"]) - hits)
            else:
                self.scores[name].append(prf(out, want))
                self.kinds[name][row.get("type") or "-"].append(self.scores[name][-1][2])
                if name in EXTRACTED:
                    self.given[name].append(prf(text, want))

    def report(self, least: int) -> Iterable[str]:
        """The figures, a line for each kind of text.

        Args:
            least: page types of fewer pages are left out.
        """
        for name, rows in sorted(self.scores.items()):
            p, r, f = np.mean(rows, axis=0)
            line = f"{name:19s} {len(rows):4d} pages  F1 {f:.4f}  P {p:.4f}  R {r:.4f}"
            if name in EXTRACTED:
                _, r0, f0 = np.mean(self.given[name], axis=0)
                line += f"  as given F1 {f0:.4f} ({f - f0:+.4f}), R {r0:.4f} ({r - r0:+.4f})"
            else:
                kinds = sorted(self.kinds[name].items())
                line += "  " + " ".join(f"{k} {np.mean(v):.3f}" for k, v in kinds if len(v) >= least)
            yield line
        if self.harm:
            lost, size = np.array(self.harm).T
            over = (lost > 0.02 * size).mean()
            share = lost.sum() / size.sum()
            yield f"{'reference':19s} {len(lost):4d} pages  words lost {share:.2%}  over 2 %: {over:.1%}"
        if self.snippets.any():
            hits, left, missed = self.snippets
            p, r = hits / (hits + left), hits / (hits + missed)
            yield f"{'snippets':19s} F1 {2 * p * r / (p + r):.4f}  P {p:.4f}  R {r:.4f}"
        for name, changed in sorted(self.again.items()):
            yield f"{name:19s} changed by cleaning again: {sum(changed)} of {len(changed)}"


def cleaners(weights: Path, preset: str) -> dict[int, Cleaner]:
    """A cleaner for each fold of which there are weights, with those that have not seen it."""
    out = {}
    for fold in range(FOLDS):
        path = weights / f"fold{fold}.npz"
        if path.exists():
            with np.load(path) as arrays:
                network = Network({name: arrays[name] for name in arrays.files})
            theirs = {run: partial(run, network=network) for run in (score, again)}
            out[fold] = Cleaner(preset, stages=tuple(Stage(s.name, theirs.get(s.run, s.run)) for s in STAGES))
    return out


def main() -> None:
    """Read the arguments, print the figures."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("data", type=Path, help="a folder of sets")
    a.add_argument("--weights", type=Path, required=True)
    a.add_argument("--sets", nargs="*", help="only these")
    a.add_argument("--texts", nargs="*", help="only texts taken off the page in these ways")
    a.add_argument("--preset", default="standard")
    a.add_argument("--again", action="store_true", help="clean what came out once more")
    o = a.parse_args()
    found = cleaners(o.weights, o.preset)
    print(f"folds {', '.join(map(str, found))} of {FOLDS}; pages of the others are left out")
    for path in sorted(o.data.glob("*/set.json")):
        name = json.loads(path.read_text())["name"]
        if o.sets and name not in o.sets:
            continue
        rows, texts = read_raw(path.parent)
        figures = Figures()
        for row in rows:
            fold = fold_of(site_of(row, path.parent.name), FOLDS)
            if fold not in found:
                continue
            clean = found[fold].clean
            of_page = {k: v[row["id"]] for k, v in texts.items() if not o.texts or k in o.texts}
            figures.add(row, of_page, clean, again=o.again)
        print(f"{name}\n" + "\n".join(f"  {line}" for line in figures.report(3)), flush=True)


if __name__ == "__main__":
    main()
