"""A run that is killed, at any moment and any number of times, and run again: the output is that of a run left alone."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner.dumps import batches, folder, journal
from tests import dumps
from tests.dumps import FORMATS, everything, records
from tests.fixtures import ROOT

#: Settings under which small dumps have many parts, and every side file is written.
OPTIONS: dict[str, Any] = {"workers": 2, "part_bytes": 6000, "removed": True, "min_words": 22, "max_record_bytes": 5000}


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Dumps of several formats with a record of each fate in them."""
    root = tmp_path_factory.mktemp("dump")
    names = []
    for name in ("a.jsonl", "b.jsonl.zst", "c.warc.gz", "single.warc.gz", "d.csv", "e.json", "f.parquet", "g.arc.gz"):
        rows = records(40)
        rows[7]["text"] = "Short."
        rows[11]["text"] = "long " * 2000
        data = FORMATS["a" + name[1:] if name[1] == "." else name](rows)
        if name == "a.jsonl":
            data += b"bad\n"
        if name == "c.warc.gz":  # damage in the middle
            data = data[: len(data) // 2] + bytes(40) + data[len(data) // 2 + 40 :]
        if name == "b.jsonl.zst":
            data = data[:-20]
        (root / name).write_bytes(data)
        names.append(str(root / name))
    pages = root / "pages"
    pages.mkdir()
    for n in range(30):
        (pages / f"{n:03d}.txt").write_text(dumps.text_of(n))
    return [*names, str(pages)]


def go(inputs: list[str], out: str, options: dict[str, Any], made: str = "Plain") -> None:
    """A run in small batches, in a process that can be killed."""
    batches.RECORDS = 8
    batches.PASSED = 8
    cleaner.run(inputs, out, cleaner=getattr(dumps, made)(), **options)


def go_and_die(step: int, inputs: list[str], out: str, options: dict[str, Any]) -> None:
    """A run that dies at the n-th step of those that matter: before or after a write, a rename, a sync."""
    left = [step]

    def dying(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            result = function(*args, **kwargs)
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return wrapped

    os.fsync = dying(os.fsync)
    Path.replace = dying(Path.replace)  # type: ignore[method-assign]
    journal.sync_folder = folder.sync_folder = dying(journal.sync_folder)
    folder.add_entry = dying(folder.add_entry)
    os.truncate = dying(os.truncate)
    go(inputs, out, options)


def child(target: Callable[..., None], *args: Any) -> Any:
    """A process that runs the target; forked, since importing everything anew would take most of the time."""
    process = multiprocessing.get_context("fork").Process(target=target, args=args)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which the libraries started and do not use
        process.start()
    return process


@pytest.fixture(scope="module")
def calm(dump: list[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The output of a run that is left alone."""
    out = tmp_path_factory.mktemp("calm") / "out"
    process = child(go, dump, str(out), OPTIONS | {"workers": 0})
    process.join()
    assert process.exitcode == 0
    found = everything(out)
    assert len(found) > 12, "too few parts to be killed among"
    assert {"errors.jsonl", "filtered.jsonl.zst", "removed.jsonl.zst", "stats.json"} < set(found)
    return found


def test_twenty_kills_change_nothing(dump: list[str], calm: dict[str, bytes], tmp_path: Path) -> None:
    rng = random.Random(7)
    out = tmp_path / "out"
    killed = 0
    parts: set[int] = set()
    for _ in range(200):
        process = child(go, dump, str(out), OPTIONS | {"workers": 0}, "Slow")
        process.join(rng.uniform(0.05, 0.5))
        if process.is_alive():
            process.kill()
            killed += 1
        process.join()
        parts.add(len(list(out.glob("part-*"))))
        if process.exitcode == 0:
            assert everything(out) == calm
            if killed >= 20:
                break
            cleaner_papers = out / folder.PAPERS
            assert cleaner_papers.is_dir()
            out = tmp_path / f"out{killed}"
    assert killed >= 20
    assert len(parts) > 3, "the kills fell all in one place"


@pytest.mark.parametrize("to", ["jsonl.zst", "txt", "parquet"])
def test_death_at_every_step_changes_nothing(to: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = records(40)
    rows[3]["text"] = "Short."
    path.write_bytes(dumps.jsonl(rows) + b"bad\n")
    options = OPTIONS | {"to": to, "part_bytes": 8000, "workers": 0}
    alone = child(go, [str(path)], str(tmp_path / "calm"), options)
    alone.join()
    expected = everything(tmp_path / "calm")
    steps = range(1, 300, 2 if to == "jsonl.zst" else 9)
    for step in steps:
        out = tmp_path / str(step)
        process = child(go_and_die, step, [str(path)], str(out), options)
        process.join()
        if process.exitcode == 0:
            assert step > 20
            break
        assert process.exitcode == -signal.SIGKILL
        again = child(go, [str(path)], str(out), options)
        again.join()
        assert again.exitcode == 0
        assert everything(out) == expected, f"killed at step {step}"
    else:
        pytest.fail("the run never got to its end")


def test_torn_writes_are_cut_off(dump: list[str], calm: dict[str, bytes], tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = child(go, dump, str(out), OPTIONS | {"workers": 0}, "Slow")
    while process.is_alive() and len(list(out.glob("part-*"))) < 3:
        time.sleep(0.01)
    process.kill()
    process.join()
    with (out / ".cleaner" / "journal").open("ab") as file:
        file.write(b'12345678 {"part": 99, "files"')
    for name in ("errors.jsonl", "removed.jsonl.zst"):
        with (out / name).open("ab") as file:
            file.write(b"\0" * 5000)
    (out / "part-00090.jsonl.zst").write_bytes(b"")
    (out / ".cleaner" / "part").write_bytes(b"half a part")
    process = child(go, dump, str(out), OPTIONS | {"workers": 0})
    process.join()
    found = everything(out)
    found.pop("part-00090.jsonl.zst")
    assert found == calm


def test_workers_do_not_outlive_the_run(dump: list[str], calm: dict[str, bytes], tmp_path: Path) -> None:
    """Killed with the run's process: its workers end, though nobody tells them to."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tests import test_dumps_kill as t; t.go({dump!r}, {str(tmp_path / 'out')!r}, t.OPTIONS, 'Slow')"
    process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    while process.poll() is None and not list((tmp_path / "out").glob("part-*")):
        time.sleep(0.02)
    process.kill()
    process.wait()
    for _ in range(200):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.05)
    else:
        os.killpg(process.pid, signal.SIGKILL)
        pytest.fail("something of the run is still there")
    assert "stats.json" not in everything(tmp_path / "out")
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert everything(tmp_path / "out") == calm


def test_standard_input_goes_on_if_it_is_the_same(tmp_path: Path) -> None:
    data = dumps.jsonl(records(200))
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tests import test_dumps_kill as t; t.go(['-'], sys.argv[1], t.OPTIONS | {{'workers': 0}}, sys.argv[2])"

    def run(out: str, made: str, given: bytes, parts: int = 0) -> tuple[int, str]:
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / out), made], stdin=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdin
        assert process.stderr
        process.stdin.write(given)
        if not parts:
            process.stdin.close()
        while parts and len(list((tmp_path / out).glob("part-*"))) < parts:
            time.sleep(0.01)
        if parts:
            process.kill()
            process.stdin.close()
        said = process.stderr.read().decode()
        process.stderr.close()
        return process.wait(), said

    assert run("calm", "Plain", data)[0] == 0
    run("out", "Slow", data, parts=3)
    code_, said = run("out", "Plain", data.replace(b"r3", b"x3"))
    assert code_ == 1
    assert "standard input is not what it was" in said
    assert run("out", "Plain", data)[0] == 0
    assert everything(tmp_path / "out") == everything(tmp_path / "calm")
