"""The command where paths are odd, and where its standard streams are closed or take no more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import cleaner
from tests.fixtures import ROOT
from tests.test_cli import ENV, PAGE, PROSE, run


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_bytes(PAGE.encode())
    return path


def test_several_inputs_need_a_folder(page: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text(PROSE, encoding="utf-8")
    target = tmp_path / "one.txt"
    target.write_text("here before", encoding="utf-8")
    code, _, err = run("clean", page, other, "-o", target)
    assert code == 2
    assert err == f"cleaner: {target}: is a file; 2 inputs need a folder\n"
    assert target.read_text(encoding="utf-8") == "here before"


def test_an_input_that_is_gone_costs_no_other(page: Path, tmp_path: Path) -> None:
    folder = tmp_path / "clean"
    folder.mkdir()
    (folder / "gone.txt").write_text("of an earlier time")
    code, out, err = run("clean", tmp_path / "gone.txt", page, "-o", folder)
    assert (code, out) == (1, "")
    assert "gone.txt: cannot read: No such file" in err
    assert (folder / page.name).read_text(encoding="utf-8") == f"{PROSE}\n"


def test_a_path_that_no_file_can_have(page: Path) -> None:
    long = "x" * 300
    for args in (["clean", str(page), "-o", long], ["clean", long]):
        code, out, err = run(*args)
        assert (code, out) == (1, "")
        assert "File name too long" in err
        assert len(err.splitlines()) == 1
    assert run("clean", "")[2] == "cleaner: '': cannot read: No such file or directory\n"


COMMANDS = [["clean", "page.txt"], ["explain", "page.txt"], ["explain", "--json", "page.txt"], ["rules", "list"]]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_an_output_that_takes_no_more_is_said(command: list[str], page: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "cleaner", *command],
            stdout=full,
            stderr=subprocess.PIPE,
            env=ENV,
            cwd=page.parent,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, b"cleaner: standard output: cannot write: No space left on device\n")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_closed_streams(command: list[str], page: Path) -> None:
    line = " ".join(["exec", '"$0"', "-m", "cleaner", *command])
    for closed, said in ((">&-", b""), ("2>&-", b"")):
        done = subprocess.run(
            ["sh", "-c", f"{line} {closed}", sys.executable], capture_output=True, env=ENV, cwd=page.parent, check=False
        )
        assert (done.returncode, done.stderr) == (0, said)
    missing = ["sh", "-c", 'exec "$0" -m cleaner clean nowhere.txt page.txt 2>&-', sys.executable]
    assert (
        subprocess.run(missing, capture_output=True, env=ENV, cwd=page.parent, check=False).stdout
        == f"{PROSE}\n".encode()
    )


def test_standard_input_that_is_closed() -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" -m cleaner clean - <&-', sys.executable],
        capture_output=True,
        env=ENV,
        cwd=ROOT,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"cleaner: -: standard input is closed\n")


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
def test_what_is_printed_is_in_utf_8(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text("The “harbour” reopened in 日本.", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "cleaner", "clean", str(path)],
        capture_output=True,
        env=ENV | {"PYTHONIOENCODING": encoding},
        check=False,
    )
    assert (done.returncode, done.stdout.decode("utf-8")) == (0, path.read_text(encoding="utf-8") + "\n")


@pytest.mark.skipif(sys.platform != "linux", reason="file names that are bytes")
def test_a_name_that_is_no_utf_8(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    with open(name, "w", encoding="utf-8") as file:
        file.write(PAGE)
    strict = ENV | {"PYTHONIOENCODING": "utf-8:strict"}
    for args, said in (
        (["clean", name], PROSE),
        (["explain", name, name], "caf\\xe9.txt"),
        (["explain", "--json", name], "caf\\\\xe9.txt"),
        (["run", tmp_path, "-o", tmp_path / "out", "--workers", "0", "--to", "jsonl"], "1 cleaned"),
        (["run", tmp_path, "-o", tmp_path / "out", "--workers", "0", "--to", "jsonl"], "1 record done before"),
    ):
        done = subprocess.run([sys.executable, "-m", "cleaner", *args], capture_output=True, env=strict, check=False)
        assert done.returncode == 0, done.stderr
        assert said in done.stdout.decode("utf-8")
    (record,) = cleaner.read_records(tmp_path / "out" / "part-00000.jsonl")
    assert record.fields["id"] == f"{tmp_path}/caf\\xe9.txt"
