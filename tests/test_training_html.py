"""The training of the network for HTML, on the fixtures' own pages: it runs, and numpy scores as torch does."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from cleaner.model.html_network import HtmlNetwork
from tests.fixtures import html_cases

WHY = "training needs torch and rapidfuzz: pip install 'article-cleaner[train]'"
torch = pytest.importorskip("torch", reason=WHY)
pytest.importorskip("rapidfuzz", reason=WHY)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The fixtures as a set to learn from."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    rows = []
    for case in html_cases():
        (folder / f"{case.name}.gz").write_bytes(gzip.compress(case.html))
        rows.append(
            {"id": case.name, "url": f"https://{case.name}.test/", "html": f"{case.name}.gz", "text": case.expected}
        )
    (folder / "truth.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    return tmp_path


def test_a_network_is_trained_saved_and_read(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from training import html
    from training.html_pages import read_pages

    monkeypatch.setattr(html, "EPOCHS", 2)
    pages = list(read_pages(data))
    views = [page.whole for page in pages if page.whole is not None]
    assert len(views) == len(pages) >= 8
    assert all(view.found.sum() > 0.9 * view.reference for view in views)
    nets = [html.train(pages, seed=seed) for seed in (1, 2)]
    html.save(nets, tmp_path / "html.npz")
    with np.load(tmp_path / "html.npz") as arrays:
        network = HtmlNetwork({name: arrays[name] for name in arrays.files})
    for view in views:
        with torch.no_grad():
            logits = torch.stack([net(html.pack([view]))[0] for net in nets])
            by_torch = torch.sigmoid(logits.mean(0))[: len(view.size)].numpy()
        assert np.abs(network.score(view.places) - by_torch).max() < 0.01
