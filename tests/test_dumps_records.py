"""Records written, and pages by the ten thousand."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner.dumps import inputs
from cleaner.dumps.batches import _of_stream
from cleaner.dumps.fields import Record
from cleaner.dumps.inputs import find_inputs
from cleaner.dumps.items import Item
from cleaner.dumps.parts import part_file
from cleaner.dumps.read.open import Opener
from tests import dumps
from tests.dumps import records


@pytest.mark.parametrize("to", ["jsonl", "parquet", "txt"])
def test_writing_that_failed_can_be_done_again(to: str, tmp_path: Path) -> None:
    path = tmp_path / f"out.{to}"
    with pytest.raises(cleaner.InputError, match="not good"):
        cleaner.write_records([Record(error="not good")], path)
    assert os.listdir(tmp_path) == []
    part_file(to, tmp_path / f".out.{to}.new").drop()  # as of a process that was killed
    assert cleaner.write_records(records(3), path) == 3
    assert os.listdir(tmp_path) == [path.name]


def test_a_folder_of_many_pages_takes_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def spent(pages: int) -> float:
        files = [inputs._File(f"pages/{n}.html", 1000, "", True) for n in range(pages)]
        monkeypatch.setattr(inputs, "_files", lambda names, apart: iter(files))
        start = time.process_time()
        (stream,) = find_inputs("pages").streams
        items = (Item(n, 0, n + 1, b"", 1000) for n in range(pages))
        *_, last = _of_stream(Opener(), stream, items, 0, None)
        found = time.process_time() - start
        assert (len(stream.names), last.read) == (pages, 1000 * (pages - 1))
        return found

    assert spent(60_000) < 25 * max(spent(6_000), 0.02)


def test_a_name_with_colons_is_a_path(tmp_path: Path) -> None:
    path = tmp_path / "std::vector.txt"
    path.write_text("The harbour reopened on Monday.")
    assert [record.text for record in cleaner.read_records(path)] == ["The harbour reopened on Monday."]


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system does not say which cores are ours")
def test_there_is_a_worker_for_each_core_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import cleaner.dumps.run

    made: list[int] = []
    results = cleaner.dumps.run._results

    def watched(work: Any, own: Any, task: Any, workers: int) -> Any:
        made.append(workers)
        return results(work, own, task, 0)

    monkeypatch.setattr(cleaner.dumps.run, "_results", watched)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {1, 5, 9})
    (tmp_path / "a.jsonl").write_bytes(dumps.jsonl(records(1)))
    cleaner.run(tmp_path / "a.jsonl", tmp_path / "out")
    assert made == [3]
