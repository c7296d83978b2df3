"""The command: what it prints, what it writes, and how it fails."""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

import cleaner
from cleaner.cli import main
from tests.fixtures import ROOT, cases

PROSE = "The harbour reopened on Monday after a week of storms."
PAGE = f"Skip to content\n\n{PROSE}\n\nShare this article\n"
ARTICLE = cases("articles")[0]
ENV = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "NO_COLOR": ""}


def run(*args: str | Path, stdin: bytes = b"", cwd: Path = ROOT) -> tuple[int, str, str]:
    """Run the command as a process: exit code, what it printed, what it said on stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "cleaner", *map(str, args)],
        input=stdin,
        capture_output=True,
        env=ENV,
        cwd=cwd,
        check=False,
    )
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_bytes(PAGE.encode())
    return path


def test_clean_prints_a_file() -> None:
    path = ARTICLE.folder / "input.txt"
    assert run("clean", path) == (0, ARTICLE.expected + "\n", "")


def test_clean_reads_standard_input() -> None:
    assert run("clean", "-", stdin="caf\xe9\n\nSkip to content".encode()) == (0, "café\n", "")
    assert run("clean", "-", stdin="Straßenfest in Köln\n\nBack to top".encode("utf-16"))[1] == "Straßenfest in Köln\n"


def test_clean_prints_several_files_apart(page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.txt"
    other.write_text("Back to top\nThe ferry sailed at nine as planned.", encoding="utf-8")
    assert main(["clean", str(page), str(other)]) == 0
    assert capsys.readouterr().out == f"{PROSE}\n\nThe ferry sailed at nine as planned.\n"


def test_settings_reach_the_cleaner(page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('keep = ["skip to"]', encoding="utf-8")
    for args, expected in (
        (["--keep", "Skip to"], f"Skip to content\n\n{PROSE}\n"),
        (["--rules", str(mine)], f"Skip to content\n\n{PROSE}\n"),
        (["--off", "share", "--off", "skip"], f"Skip to content\n\n{PROSE}\n\nShare this article\n"),
        (["--preset", "careful", "--on", "unwrap"], f"{PROSE}\n"),
    ):
        assert main(["clean", str(page), *args]) == 0
        assert capsys.readouterr().out == expected
    for args in (["--budget", "5"], ["--threshold", "-1"]):
        assert main(["clean", str(page), *args]) == 2
        assert f"{args[0][2:]} is a " in capsys.readouterr().err


def test_every_setting_has_an_option() -> None:
    from dataclasses import fields

    from cleaner.cli import settings_options

    options = {action.dest for action in settings_options()._actions}
    names = {field.name for field in fields(cleaner.Settings)} - {"max_bytes"}
    assert {"markdown" if name == "format" else name for name in names} == options


def test_output_to_a_file(page: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "clean.txt"
    assert run("clean", page, "-o", target) == (0, "", "")
    assert target.read_bytes() == f"{PROSE}\n".encode()


def test_output_to_a_folder(page: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("The ferry sailed at nine as planned.", encoding="utf-8")
    folder = tmp_path / "out"
    assert run("clean", page, other, "-", "-o", folder, stdin=PAGE.encode()) == (0, "", "")
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == {
        "page.txt": f"{PROSE}\n",
        "other.txt": "The ferry sailed at nine as planned.\n",
        "stdin.txt": f"{PROSE}\n",
    }
    alone = tmp_path / "alone"
    assert run("clean", page, "-o", f"{alone}/")[0] == 0
    assert (alone / "page.txt").read_text(encoding="utf-8") == f"{PROSE}\n"


def test_the_input_is_not_overwritten(page: Path) -> None:
    for target in (page, page.parent):
        code, out, err = run("clean", page, "-o", target)
        assert (code, out) == (2, "")
        assert "would overwrite the input" in err
        assert page.read_bytes() == PAGE.encode()


def test_two_inputs_do_not_go_to_one_output(page: Path, tmp_path: Path) -> None:
    same = tmp_path / "sub" / "page.txt"
    same.parent.mkdir()
    same.write_bytes(page.read_bytes())
    code, _, err = run("clean", page, same, "-o", tmp_path / "out")
    assert code == 2
    assert "would both be written to" in err
    assert not (tmp_path / "out").exists()


def test_an_output_that_cannot_be_written(page: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be", encoding="utf-8")
    code, _, err = run("clean", page, "-o", blocked / "clean.txt")
    assert code == 1
    assert "cannot write" in err
    assert "Traceback" not in err


def bad_input(kind: str, folder: Path) -> Path:
    path = folder / "bad.txt"
    if kind == "folder":
        path.mkdir()
    elif kind == "png":
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    elif kind == "gzip":
        path.write_bytes(b"\x1f\x8b\x08\x00" + bytes(range(256)))
    elif kind == "bytes":
        path.write_bytes(bytes(range(32)) * 200)
    elif kind == "random":
        path.write_bytes(random.Random(1).randbytes(3000).replace(b"\0", b""))
    elif kind == "large":
        path.write_bytes(b"<html><body><p>" + b"The harbour reopened. " * 4_600_000)
    elif kind == "unreadable":
        if os.geteuid() == 0:
            pytest.skip("running as root, who can read every file")
        path.touch(mode=0)
    return path


BAD = {
    "missing": "No such file",
    "folder": "is a folder",
    "png": "a PNG image",
    "gzip": "gzip data",
    "bytes": "not a text file",
    "random": "not a text file",
    "large": "more than max_bytes",
    "unreadable": "Permission denied",
}


@pytest.mark.parametrize(
    ("command", "kind"),
    [*((["clean"], kind) for kind in BAD), (["explain"], "folder"), (["explain", "--json"], "png")],
    ids=str,
)
def test_a_bad_input_is_named_and_the_others_are_cleaned(
    command: list[str], kind: str, page: Path, tmp_path: Path
) -> None:
    bad = bad_input(kind, tmp_path)
    code, out, err = run(*command, page, bad, page)
    assert code == 1
    assert str(bad) in err
    assert BAD[kind] in err
    assert len(err.splitlines()) == 1
    assert out.count(PROSE) >= 2


def test_what_is_empty_is_said(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.write_bytes(b"")
    code, out, err = run("clean", path)
    assert (code, out) == (0, "")
    assert err == f"cleaner: {path}: the text is empty\n"
    path.write_text("Skip to content", encoding="utf-8")
    code, out, err = run("clean", path)
    assert (code, out) == (0, "")
    assert "nothing but furniture" in err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--preset", "standart"], "did you mean 'standard'"),
        (["--off", "shar"], "did you mean 'share'"),
        (["--on", "unwrapp"], "did you mean 'unwrap'"),
        (["--rules", "nowhere.toml"], "nowhere.toml: cannot read this rule file"),
        (["--keep", ""], "empty string"),
    ],
)
def test_a_wrong_setting_ends_it(args: list[str], said: str, page: Path) -> None:
    for command in ("clean", "explain"):
        code, out, err = run(command, page, *args)
        assert (code, out) == (2, "")
        assert said in err
        assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    "args", [[], ["cleen"], ["clean"], ["rules"], ["rules", "show"], ["clean", "--presett", "x", "-"]]
)
def test_a_wrong_command_is_explained(args: list[str]) -> None:
    code, out, err = run(*args)
    assert (code, out) == (2, "")
    assert err.startswith("usage: cleaner")


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("files", [1, 3])
@pytest.mark.parametrize("command", [["clean"], ["explain", "--json"], ["explain"]], ids=" ".join)
def test_a_reader_that_goes_away_is_no_error(command: list[str], files: int, unbuffered: str, tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("".join(f"Line {n} of a long text about the harbour.\n" for n in range(8_000)), encoding="utf-8")
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "cleaner", *command, *[str(path)] * files],
        stdout=writing,
        stderr=subprocess.PIPE,
        env=ENV | {"PYTHONUNBUFFERED": unbuffered},
        cwd=ROOT,
    )
    os.close(writing)
    os.read(reading, 10)
    os.close(reading)
    assert process.communicate()[1] == b""
    assert process.returncode == 141


def test_explain_is_plain_in_a_pipe(page: Path) -> None:
    code, out, err = run("explain", page)
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    lines = out.splitlines()
    assert lines[0].startswith("   1 - Skip to content  ← skip.")
    assert lines[2].rstrip() == f"   3   {PROSE}"
    assert lines[4].startswith("   5 - Share this article  ← share.buttons: ")
    assert lines[-1].startswith("2 lines cut; 0 trimmed; 0 repaired; rules: ")


def test_explain_shows_trims_and_repairs() -> None:
    text = f"{PROSE} Read more »\n[b]cafÃ©[/b] on the quay, said the master of the port in the morning."
    code, out, _ = run("explain", "-", stdin=text.encode())
    assert code == 0
    assert f"   1 ~ {PROSE} Read more »  ← more.end" in out
    assert "   2 * [b]café[/b] on the quay" in out
    assert "← encoding.mojibake" in out


def test_explain_names_files_when_there_are_several(page: Path) -> None:
    _, out, _ = run("explain", page, page)
    assert out.count(str(page)) == 2


def test_explain_as_json(page: Path) -> None:
    code, out, err = run("explain", "--json", page, ARTICLE.folder / "input.txt")
    assert (code, err) == (0, "")
    data = [json.loads(line) for line in out.splitlines()]
    assert [set(item) for item in data] == [{"file", "text", "flags", "cuts", "lines"}] * 2
    assert data[0]["file"] == str(page)
    assert data[1]["text"] == ARTICLE.expected
    assert set(data[0]["cuts"][0]) == {"rule", "stage", "line", "before", "after", "why", "part", "kind"}
    assert set(data[0]["lines"][0]) == {"line", "part", "text", "after", "rules"}
    assert [line["text"] for line in data[1]["lines"] if line["after"] is None]
    cuts = [cleaner.Cut(**{key: value for key, value in cut.items() if key != "kind"}) for cut in data[1]["cuts"]]
    assert cleaner.replay(ARTICLE.text, cuts) == ARTICLE.expected


def test_rules_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "list"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [row[0] for row in rows] == [rule.id for rule in cleaner.Cleaner().rules]
    assert all(len(row) == 4 for row in rows)
    assert main(["rules", "list", "--off", "share", "--preset", "careful"]) == 0
    fewer = [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()]
    assert fewer == [rule.id for rule in cleaner.Cleaner("careful", off=["share"]).rules]


def test_rules_show(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "show", "share.buttons"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("share.buttons\n  why     A share button.\n")
    assert "share this article" in out
    assert "Share prices fell on Monday." in out
    assert main(["rules", "show", "share.button"]) == 2
    assert "did you mean 'share.buttons'" in capsys.readouterr().err


def test_rules_test(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "mine.toml"
    rule = '[quiz]\nstage = "phrases"\nwhy = "A quiz."\nphrases = ["Quiz of the week"]\n'
    mine.write_text(
        rule + 'fire = ["Quiz of the week »"]\nquiet = ["The quiz of the week was won by a goat."]', encoding="utf-8"
    )
    assert main(["rules", "test", str(mine)]) == 0
    assert capsys.readouterr().out == "1 rules, 2 examples, 0 do not hold\n"
    mine.write_text(rule + 'fire = ["Song of the week"]\nquiet = ["Quiz of the week!"]', encoding="utf-8")
    assert main(["rules", "test", str(mine)]) == 1
    out = capsys.readouterr().out
    assert "mine.toml: mine.quiz: fire example did not act: 'Song of the week'" in out
    assert "mine.toml: mine.quiz: quiet example must stay" in out
    mine.write_text(rule + "optional = true\n", encoding="utf-8")
    assert main(["rules", "test", str(mine)]) == 0
    assert "without a fire example: mine.quiz" in capsys.readouterr().err
    mine.write_text("[quiz]", encoding="utf-8")
    assert main(["rules", "test", str(mine)]) == 2
    assert "mine.toml: [quiz]: stage is missing" in capsys.readouterr().err


def test_rules_test_tries_the_packages_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "test"]) == 0
    assert capsys.readouterr().out.endswith(" 0 do not hold\n")


@pytest.mark.parametrize(("kernels", "said"), [(object(), "with"), (None, "without")])
def test_version(
    kernels: object, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cleaner.cli.kernels", kernels)
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--version"])
    assert capsys.readouterr().out == f"cleaner {cleaner.__version__} ({said} the part in C)\n"


def test_main_takes_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PAGE.encode())))
    assert main(["clean", "-"]) == 0
    assert capsys.readouterr().out == f"{PROSE}\n"
