"""Align all sets once and keep the result: ``python -m training.prepare DATA CACHE``."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import numpy as np

from cleaner import STAGES, Cleaner
from training.data import Page, Text, read


def _read(folder: Path) -> list[Page]:
    cleaner = Cleaner(stages=STAGES[: [stage.name for stage in STAGES].index("score")], budget=1.0)
    pages = list(read(folder))
    for page in pages:
        for text in page.texts.values():
            text.alive = _alive(cleaner, text)
    return pages


def _alive(cleaner: Cleaner, text: Text) -> np.ndarray:
    """Which lines outlive the stages before ``score``."""
    given = "".join("\n" * int(gap) + line + "\n" for gap, line in zip(text.gaps, text.lines, strict=True))
    page = cleaner.judge(given).page
    alive = np.ones(len(text.lines), bool)
    if len(page.kept) == len(alive):
        alive[:] = np.frombuffer(bytes(page.kept), np.uint8) > 0
    return alive


def load(data: Path, cache: Path | None = None) -> list[Page]:
    """The pages of all sets of a folder; aligned once, then read from the cache."""
    if cache is not None and cache.exists():
        return pickle.loads(cache.read_bytes())  # written below
    folders = sorted(p.parent for p in data.glob("*/truth.jsonl.gz"))
    pages = [page for found in map(_read, folders) for page in found]
    if cache is not None:
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_bytes(pickle.dumps(pages))
    return pages


if __name__ == "__main__":
    print(len(load(Path(sys.argv[1]), Path(sys.argv[2]))))
