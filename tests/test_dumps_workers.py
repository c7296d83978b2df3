"""Workers that die, stall, cannot start or are killed from outside, and what that costs."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner.dumps.pool import Pool, Split
from cleaner.errors import RunError
from tests import dumps
from tests.dumps import Plain, output, read_jsonl, records


def run(inputs: Any, out: Path, **options: Any) -> cleaner.Summary:
    return cleaner.run(inputs, out, **{"cleaner": Plain(), "workers": 0} | options)


BAD = {
    "KILL ME": "the worker was ended by SIGKILL",
    "EXIT": "the worker ended with exit code 7",
    "FOR EVER": "it took longer than 1 s (--record-timeout)",
    "FAIL": "cannot be cleaned: RuntimeError: no good",
}


@pytest.mark.parametrize("word", BAD)
def test_a_worker_that_dies_costs_the_record_that_did_it(word: str, tmp_path: Path) -> None:
    rows = records(200)
    bad = (0, 77, 199) if word != "FOR EVER" else (77,)
    for n in bad:
        rows[n]["text"] += word
    path = tmp_path / "a.jsonl"
    path.write_bytes(dumps.jsonl(rows))
    found = run(path, tmp_path / "out", workers=2, record_timeout=1)
    assert (found.cleaned, found.quarantined) == (200 - len(bad), len(bad))
    assert [row["id"] for row in output(tmp_path / "out")] == [f"r{n}" for n in range(200) if n not in bad]
    errors = read_jsonl(tmp_path / "out" / "errors.jsonl")
    assert [error["reason"] for error in errors] == [BAD[word]] * len(bad)
    assert [json.loads(error["record"])["id"] for error in errors] == [f"r{n}" for n in bad]


def test_a_worker_killed_from_outside_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(dumps.jsonl(records(1500)))
    killed: list[int] = []
    stop = threading.Event()

    def kill() -> None:
        while not stop.wait(1.2):
            workers = [p for p in multiprocessing.active_children() if p.name == "cleaner-worker"]
            if workers:
                os.kill(workers[len(killed) % len(workers)].pid or 0, signal.SIGKILL)
                killed.append(1)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        found = run(path, tmp_path / "out", workers=2, cleaner=dumps.Slow())
    finally:
        stop.set()
        thread.join()
    assert killed
    assert (found.cleaned, found.quarantined) == (1500, 0)
    run(path, tmp_path / "calm")
    assert [row["text"] for row in output(tmp_path / "out")] == [row["text"] for row in output(tmp_path / "calm")]


def test_workers_that_all_die_end_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.dumps.pool.DEATHS", 5)
    rows = [row | {"text": "EXIT"} for row in records(200)]
    path = tmp_path / "a.jsonl"
    path.write_bytes(dumps.jsonl(rows))
    with pytest.raises(RunError, match="5 workers ended one after another"):
        run(path, tmp_path / "out", workers=1)


class Unwilling(Plain):
    def __setstate__(self, state: dict[str, Any]) -> None:
        raise SystemExit(1)


def test_workers_that_cannot_start_end_the_run(tmp_path: Path) -> None:
    dump = tmp_path / "a.jsonl"
    dump.write_bytes(dumps.jsonl(records(3)))
    with pytest.raises(RunError, match="workers cannot be started"):
        run(dump, tmp_path / "out", cleaner=Unwilling(), workers=1)


def echo(made: str, piece: tuple[int, float]) -> tuple[str, int]:
    time.sleep(piece[1])
    return made, piece[0]


def test_the_pool_takes_no_more_than_it_can_hold() -> None:
    taken: list[int] = []

    def work() -> Any:
        for n in range(40):
            taken.append(n)
            yield n, 0.03 if n == 0 else 0.0

    with Pool(2, echo, "made", 0, Split(lambda piece: [piece], lambda piece, found: found[0])) as pool:
        for n, (piece, result) in enumerate(pool.ordered(work())):
            assert (piece[0], result) == (n, ("made", n))
            assert len(taken) <= n + 8
