"""Hugging Face datasets: types that hold from batch to batch, and a fingerprint that is the same in every process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cleaner import Settings
from cleaner.errors import InputError
from tests.engines.needs import require

require("datasets")
pytestmark = pytest.mark.filterwarnings("default")

PAGE = "Skip to content\n\nThe harbour reopened on Monday after a week of storms.\n\nRead also:"
CLEAN = "The harbour reopened on Monday after a week of storms."

#: Cleans a dataset on disk in a process of its own; prints the fingerprint, the cache files and how often pages were cleaned.
RUN = """
import json, sys
from datasets import load_dataset, disable_progress_bars
from cleaner import Settings
from cleaner.engines.datasets import batch
import cleaner.engines.datasets as own
disable_progress_bars()
calls = []
real = own.clean_cells
own.clean_cells = lambda *args: calls.append(1) or real(*args)
path, cache, preset, workers = sys.argv[1:]
ds = load_dataset("json", data_files=path, split="train", cache_dir=cache)
settings = Settings(preset, rules=(("mine.toml", 'keep = ["Read on"]'),))
done = ds.map(batch(text="text", settings=settings), batched=True, num_proc=int(workers) or None)
print(json.dumps([done._fingerprint, sorted(f["filename"] for f in done.cache_files), len(calls), done["text"][0]]))
"""


def run(folder: Path, preset: str = "standard", workers: int = 0) -> list[Any]:
    path = folder / "pages.jsonl"
    path.write_text("".join(json.dumps({"text": PAGE, "n": n}) + "\n" for n in range(20)), encoding="utf-8")
    env = os.environ | {"PYTHONHASHSEED": "random", "HF_HUB_OFFLINE": "1", "HF_HOME": str(folder)}
    os.utime(path, (0, 0))
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(path), str(folder / "cache"), preset, str(workers)],
        capture_output=True, text=True, check=False, env=env,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_the_cache_hits_in_a_second_process(tmp_path: Path) -> None:
    first, second = run(tmp_path), run(tmp_path)
    assert first[2] > 0
    assert second[2] == 0, "nothing is cleaned again"
    assert second[:2] == first[:2]
    assert second[3] == first[3] == CLEAN
    other = run(tmp_path, "careful")
    assert other[2] > 0, "other settings are another result"
    assert other[0] != first[0]


def test_the_cache_hits_with_two_workers(tmp_path: Path) -> None:
    first, second = run(tmp_path, workers=2), run(tmp_path, workers=2)
    assert len(first[1]) == 2
    assert second[:2] == first[:2]
    files = {path: Path(path).stat().st_mtime_ns for path in first[1]}
    assert run(tmp_path, workers=2)[1] == list(files)
    assert {path: Path(path).stat().st_mtime_ns for path in first[1]} == files


def test_the_fingerprint_changes_with_the_version() -> None:
    from dataclasses import replace

    from datasets.fingerprint import Hasher

    from cleaner.engines.datasets import Batch, batch

    step = batch(text="text")
    assert Hasher.hash(step) == Hasher.hash(batch(text="text"))
    assert Hasher.hash(step) != Hasher.hash(batch(text="text", settings=Settings("strict")))
    assert Hasher.hash(step) != Hasher.hash(Batch(replace(step.job, version="0")))


def test_a_late_bad_cell_fails_nothing() -> None:
    """The first batches fix the types: nothing bad, no flag and no cut must be seen there for that to be right."""
    from datasets import Dataset, Value

    from cleaner.engines.datasets import batch

    cells = ["Clean.", None, *["Clean."] * 8, "x" * 200, "", PAGE]
    done = Dataset.from_dict({"html": cells}).map(
        batch(text="html", out="text", cuts=True, settings=Settings(max_bytes=150)),
        batched=True,
        batch_size=2,
        writer_batch_size=2,
    )
    assert done.features["quarantine"] == Value("string")
    assert done["quarantine"][:] == [None] * 10 + ["oversize: over 150 bytes", None, None]
    assert done["flags"][11] == ["empty"]
    assert [cut["rule"] for cut in done["cuts"][12]] == ["skip.link", "related.read_also"]
    assert done["html"][:] == cells
    empty = Dataset.from_dict({"html": [None] * 4 + [PAGE]})
    assert empty.map(batch(text="html", out="text"), batched=True, batch_size=2)["text"][4] == CLEAN


def test_streaming_and_dropping_the_source() -> None:
    from datasets import Dataset

    from cleaner.engines.datasets import batch

    ds = Dataset.from_dict({"body": [PAGE, None], "n": [1, 2]})
    step = batch(text="body", out="text")
    kept = ds.map(step, batched=True, remove_columns=["body"])
    assert sorted(kept.column_names) == ["flags", "n", "quarantine", "text"]
    rows = list(ds.to_iterable_dataset().map(step, batched=True, remove_columns=["body"]))
    assert [row["text"] for row in rows] == [CLEAN, None]


def test_a_column_that_is_not_there() -> None:
    from datasets import Dataset

    from cleaner.engines.datasets import batch

    with pytest.raises(InputError, match="no column 'txet'"):
        Dataset.from_dict({"text": [PAGE]}).map(batch(text="txet"), batched=True)


def test_rows_that_are_no_batch_are_refused() -> None:
    from datasets import Dataset

    from cleaner.engines.datasets import batch

    ds = Dataset.from_dict({"text": ["The harbour reopened.", None]})
    with pytest.raises(InputError, match="batched=True"):
        ds.map(batch(text="text"))
    with pytest.raises(InputError, match="got rows as DataFrame"):
        ds.with_format("pandas").map(batch(text="text"), batched=True)
