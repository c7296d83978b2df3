"""The training of the network for HTML, on the fixtures' own pages: it runs, and numpy scores as torch does."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from cleaner.model.html_network import HtmlNetwork
from tests.fixtures import html_cases

WHY = "training needs torch, rapidfuzz and lightgbm: pip install 'article-cleaner[train]'"
torch = pytest.importorskip("torch", reason=WHY)
pytest.importorskip("rapidfuzz", reason=WHY)
pytest.importorskip("lightgbm", reason=WHY)


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


def test_networks_are_trained_and_read(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from training import html
    from training.html_pages import read_pages

    monkeypatch.setattr(html, "EPOCHS", 2)
    pages = list(read_pages(data))
    views = [page.whole for page in pages if page.whole is not None]
    assert len(views) == len(pages) >= 8
    assert all(view.found.sum() > 0.9 * view.reference for view in views)
    nets = [html.train(pages, seed=seed) for seed in (1, 2)]
    network = HtmlNetwork(html.arrays(nets))
    for view in views:
        with torch.no_grad():
            logits = torch.stack([net(html.pack([view]))[0] for net in nets])
            by_torch = torch.sigmoid(logits.mean(0))[: len(view.size)].numpy()
        assert np.abs(network.score(view.places) - by_torch).max() < 0.01


def test_weights_for_pages_not_seen_hold_trees(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from training import html, second

    monkeypatch.setattr(html, "EPOCHS", 1)
    monkeypatch.setattr(second, "FEWEST_LINES", 5)
    monkeypatch.setattr("sys.argv", ["html", str(data), "--out", str(tmp_path / "html.npz"), "--seeds", "1"])
    html.main()
    with np.load(tmp_path / "html.npz") as arrays:
        weights = {name: arrays[name] for name in arrays.files}
    assert weights["tree.leaf"].shape == (second.TREES, 16)
    network = HtmlNetwork(weights)
    page = next(page.whole for page in html.read_pages(data) if page.whole is not None)
    assert np.abs(network.score(page.places) - network.first_look(page.places)).max() > 0.01


def test_trees_are_written_as_they_were_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    import lightgbm

    from cleaner.model.second import FACTS, SecondLook
    from training import second

    learnt = []
    train = lightgbm.train
    monkeypatch.setattr(lightgbm, "train", lambda *a: learnt.append(train(*a)) or learnt[0])
    rng = np.random.default_rng(1)
    known = rng.random((4000, FACTS)).astype(np.float32).round(2)
    wanted = (known[:, 0] + known[:, 9] * known[:, 20] > 0.7).astype(float)
    weights = second.fit([(known, wanted, np.ones(4000))])
    look = SecondLook(*weights.values())
    assert look.logits(known.T) == pytest.approx(learnt[0].predict(known, raw_score=True), abs=1e-5)
