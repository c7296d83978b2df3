"""``cleaner run`` and ``cleaner stats`` as commands: exit codes, what they print, and how they are stopped."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner.cli import main
from cleaner.dumps.progress import FIRST
from cleaner.dumps.stats import drifting
from tests import dumps
from tests.dumps import everything, output, read_jsonl, records
from tests.fixtures import ROOT

ENV = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "NO_COLOR": ""}


def start(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "cleaner", *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENV,
        cwd=ROOT,
        **options,
    )


def test_run_and_stats(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = records(90)
    path = tmp_path / "a.jsonl"
    path.write_bytes(dumps.jsonl(rows))
    out = tmp_path / "out"
    assert main(["run", str(path), "-o", str(out), "--workers", "0", "--quiet"]) == 0
    said, errors = capsys.readouterr()
    assert said.startswith(
        "90 records: 90 cleaned, 0 filtered, 0 quarantined\n2,610 words in, 2,070 out: 20.7 % removed\n"
    )
    assert f"1 part in {out}" in said
    assert errors == ""
    assert [row["text"] for row in output(out)] == list(cleaner.Cleaner().clean_many(row["text"] for row in rows))
    assert main(["stats", str(out)]) == 0
    said, _ = capsys.readouterr()
    for part in (
        "90 records: 90 cleaned",
        "words removed by stage",
        "words removed by rule",
        "by host",
        "host1.example",
        "█",
    ):
        assert part in said
    assert main(["stats", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((out / "stats.json").read_text())
    assert main(["stats", str(tmp_path)]) == 2
    assert "is not there; a run writes it" in capsys.readouterr().err


def test_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(dumps.jsonl(records(3)) + b"bad\n")
    command = ["run", str(path), "-o", str(tmp_path / "out"), "--workers", "0"]
    assert main(command) == 3
    assert "quarantined records are in" in capsys.readouterr().out
    assert main(command) == 3  # done before, and says the same
    assert main([*command, "--preset", "strict"]) == 2
    assert "preset was 'standard', is 'strict'" in capsys.readouterr().err
    assert main([*command, "--preset", "strict", "--restart"]) == 3
    for wrong in (["run", str(path)], ["run", "none.jsonl", "-o", str(tmp_path / "b")], [*command, "--to", "docx"]):
        assert main(wrong) == 2
        assert capsys.readouterr().err.startswith("cleaner: ")
    with pytest.raises(SystemExit):
        main(["run", "a", "-o", "b", "--part-bytes", "lots"])


def test_a_dry_run_shows_samples(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(dumps.jsonl(records(700)))
    assert main(["run", str(path), "--dry-run", "--workers", "0"]) == 0
    said = capsys.readouterr().out
    assert said.count(": before\nSkip to content") == said.count("── after\nReport") == 5
    assert "a dry run: nothing was written" in said
    assert list(tmp_path.iterdir()) == [path]


def slow_dump(tmp_path: Path, count: int = 3000) -> Path:
    path = tmp_path / "a.jsonl"
    rows = records(count)
    for row in rows:
        row["text"] = "\n\n".join(
            [row["text"], *(f"Line {n} of {row['id']} tells of the harbour." for n in range(200))]
        )
    path.write_bytes(dumps.jsonl(rows))
    return path


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_says_how_to_go_on(how: signal.Signals, tmp_path: Path) -> None:
    out = tmp_path / "out"
    path = slow_dump(tmp_path, 9000)  # seconds of work, so that a busy machine sends the signal in time too
    process = start("run", path, "-o", out, "--workers", 1, "--part-bytes", "200K", start_new_session=True)
    while process.poll() is None and not list(out.glob("part-*")):
        time.sleep(0.02)
    if how == signal.SIGINT:
        os.killpg(process.pid, how)  # as a terminal does it: to the workers as well
    else:
        process.send_signal(how)
    _, errors = process.communicate()
    assert process.returncode == 130
    said = errors.decode().splitlines()
    assert said[-1] == f"cleaner: stopped; the parts in {out} are whole. The same command again goes on where it was"
    assert not [line for line in said if "Traceback" in line]
    assert list(out.glob("part-*"))
    assert not (out / "stats.json").exists()


def test_progress_in_a_pipe_is_plain_lines(tmp_path: Path) -> None:
    process = start("run", "-", "-o", tmp_path / "out", "--workers", 1, stdin=subprocess.PIPE)
    assert process.stdin
    half = slow_dump(tmp_path, 300).read_bytes()
    process.stdin.write(half)
    process.stdin.flush()
    time.sleep(FIRST + 3)  # until the first line is due, whatever the speed of the machine and of starting
    _, errors = process.communicate(half)
    said = errors.decode().splitlines()
    assert process.returncode == 0
    assert said
    for line in said:
        assert line.startswith("cleaner: ")
        assert "\x1b" not in line
        assert all(word in line for word in (" records, ", "/s, ", " MB/s, ", " % removed, ", " errors"))


def limit_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))


def test_a_full_disk_stops_the_run_and_costs_nothing(tmp_path: Path) -> None:
    """The limit on the size of files stands in for the disk's: writing fails at some byte."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(dumps.jsonl(records(3000)))
    command = ["run", path, "-o", tmp_path / "out", "--workers", 0, "--to", "jsonl", "--quiet", "--part-bytes", "20K"]
    process = start(*command, "--removed", preexec_fn=limit_files)
    _, errors = process.communicate()
    assert process.returncode == 1
    assert b"cannot be written: File too large. What is done is kept: make room and run the same command" in errors
    assert b"Traceback" not in errors
    assert main([*map(str, command), "--removed"]) == 0
    calm = [*map(str, command), "--removed"]
    calm[3] = str(tmp_path / "calm")
    assert main(calm) == 0
    assert everything(tmp_path / "out") == everything(tmp_path / "calm")


def test_stdin_to_the_command(tmp_path: Path) -> None:
    process = start("run", "-", "-o", tmp_path / "out", "--workers", 0, stdin=subprocess.PIPE)
    process.communicate(dumps.gzipped(dumps.wet(records(5))))
    assert process.returncode == 0
    assert len(output(tmp_path / "out")) == 5


def test_the_extra_is_named_where_it_is_missing() -> None:
    code = (
        "import sys; sys.modules['orjson'] = None; import cleaner; from cleaner.cli import main\n"
        "code = main(['run', 'a', '-o', 'b'])\n"
        "try: cleaner.run\n"
        "except cleaner.MissingExtraError as e: print(code, e)\n"
        "try: cleaner.nothing\n"
        "except AttributeError as e: print(e)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=ENV, check=False)
    assert done.stdout.decode().splitlines() == [
        "2 cleaner.run needs orjson: pip install 'article-cleaner[dumps]'",
        "module 'cleaner' has no attribute 'nothing'",
    ]
    assert done.stderr.decode() == "cleaner: this needs orjson: pip install 'article-cleaner[dumps]'\n"


def host(pages: int, share: float, history: list[float] | None = None) -> dict[str, Any]:
    each = pages // len(history) if history else pages
    points = [[each, each * 100, round(each * 100 * (1 - s))] for s in (history or [share])]
    return {
        "pages": pages,
        "words_in": sum(p[1] for p in points),
        "words_out": sum(p[2] for p in points),
        "history": points,
    }


def test_hosts_that_drift_are_named() -> None:
    hosts = {f"h{n}": host(100, 0.2 + n / 1000) for n in range(30)}
    assert drifting(hosts) == []
    hosts["far"] = host(100, 0.9)
    hosts["few"] = host(3, 0.9)
    hosts["changed"] = host(400, 0.0, [0.1, 0.1, 0.6, 0.6])
    found = {drift.host: drift for drift in drifting(hosts)}
    assert {name: drift.against for name, drift in found.items()} == {"far": "rest", "changed": "past"}
    assert found["changed"].share == pytest.approx(0.6)
    assert found["changed"].other == pytest.approx(0.1)
    before = {name: host(100, 0.2) for name in hosts} | {"h3": host(100, 0.7)}
    assert {d.host for d in drifting(hosts, before) if d.against == "before"} == {"h3", "far", "changed"} - {
        "changed"
    } | {d.host for d in drifting(hosts, before) if d.host == "changed" and d.against == "before"}


def test_errors_keep_the_record(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = records(2)
    del rows[1]["text"]
    path.write_bytes(dumps.jsonl(rows) + b'"\xff"\n{"text": "' + b"a" * 100_000 + b'"}\n')
    main(["run", str(path), "-o", str(tmp_path / "out"), "--workers", "0", "--quiet", "--max-record-bytes", "50K"])
    errors = read_jsonl(tmp_path / "out" / "errors.jsonl")
    assert json.loads(errors[0]["record"]) == rows[1]
    assert errors[1]["record"] == '"\\xff"'
    assert errors[2]["record_start"].startswith('{"text": "aaa')
    assert "record" not in errors[2]


def test_markdown_out_of_html(tmp_path: Path) -> None:
    page = f"<html><body><article><h1>News of the Harbour</h1><p>{dumps.PROSE}</p><p>{dumps.PROSE} Twice.</p></article></body></html>"
    (tmp_path / "a.html").write_text(page)
    assert main(["run", str(tmp_path / "a.html"), "-o", str(tmp_path / "out"), "--workers", "0", "--markdown"]) == 0
    (row,) = output(tmp_path / "out")
    assert row["text"] == cleaner.Cleaner(format="markdown").clean_html(page)
    assert row["text"] != cleaner.clean_html(page)


@pytest.mark.parametrize("size", ["infK", "many", "1e999M"])
def test_no_number_of_bytes(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["run", "dump.jsonl", "-o", "out", "--part-bytes", size])
    assert f"{size!r} is no number of bytes" in capsys.readouterr().err
