"""Runs over dumps: each record ends in one place, in order, whatever goes wrong."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import cleaner
from cleaner.dumps import fields, folder, tally
from cleaner.errors import RunError
from tests import dumps
from tests.dumps import FORMATS, PROSE, Plain, everything, output, read_jsonl, records


def clean_of(n: int) -> str:
    return f"Report {n}\n\n{PROSE} That was day {n}."


def run(inputs: Any, out: Path, **options: Any) -> cleaner.Summary:
    return cleaner.run(inputs, out, **{"cleaner": Plain(), "workers": 0} | options)


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """300 records, of which the 150th cannot be read."""
    path = tmp_path / "dump.jsonl"
    path.write_bytes(dumps.jsonl(records(150)) + b"not json\n" + dumps.jsonl(records(150, 150)))
    return path


def test_records_come_out_clean_and_in_order(dump: Path, tmp_path: Path) -> None:
    found = run(dump, tmp_path / "out", workers=2, part_bytes=5000)
    rows = output(tmp_path / "out")
    stamp = {"version": cleaner.__version__, "flags": [], "words_in": 29, "words_out": 23}
    assert (found.cleaned, found.filtered, found.quarantined, found.records) == (300, 0, 1, 301)
    assert len(found.stats["settings_hash"]) == 16
    for n, row in enumerate(rows):
        assert row.pop("cleaner") == stamp | {"settings_hash": found.stats["settings_hash"]}
        assert row == records(1, n)[0] | {"text": clean_of(n)}
    assert len(rows) == 300
    (error,) = read_jsonl(tmp_path / "out" / "errors.jsonl")
    assert (error["file"], error["index"], error["record"]) == (str(dump), 150, "not json")
    assert error["offset"] == len(dumps.jsonl(records(150)))
    assert found.parts == len(list((tmp_path / "out").glob("part-*"))) > 1


def test_the_number_of_workers_changes_nothing(dump: Path, tmp_path: Path) -> None:
    for workers in (0, 1, 4):
        run(dump, tmp_path / str(workers), workers=workers, part_bytes=20_000, removed=True, min_words=25)
    assert everything(tmp_path / "0") == everything(tmp_path / "1") == everything(tmp_path / "4")


@pytest.mark.parametrize("to", ["jsonl", "jsonl.gz", "jsonl.zst", "parquet", "txt"])
def test_every_output(to: str, dump: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(dump, out, to=to)
    if to == "parquet":
        rows = pq.read_table(sorted(out.glob("part-*.parquet"))[0]).to_pylist()
    elif to == "txt":
        (part,) = out.glob("part-*")
        rows = [
            row | {"text": (part / row.pop("file")).read_text().rstrip("\n")}
            for row in read_jsonl(part / "index.jsonl")
        ]
        assert (part / "000007-r7.txt").read_text() == clean_of(7) + "\n"
    else:
        rows = output(out)
        assert {path.name for path in out.glob("part-*")} == {f"part-00000.{to}"}
    assert [row["text"] for row in rows] == [clean_of(n) for n in range(300)]
    assert [row["score"] for row in rows] == [n / 2 for n in range(300)]
    assert rows[0]["cleaner"]["words_in"] == 29


@pytest.mark.parametrize("name", ["a.warc.gz", "a.parquet", "a.csv", "a.json", "a.wet.gz"])
def test_formats_run_through(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(FORMATS[name](records(20)))
    found = run([path, path], tmp_path / "out")
    rows = output(tmp_path / "out")
    assert [row["text"] for row in rows] == [clean_of(n) for n in range(20)] * 2
    if "warc" in name or "wet" in name:
        assert set(rows[3]) == {"id", "url", "date", "text", "cleaner"}
        assert rows[3]["id"] == "<urn:uuid:3>"
        assert rows[3]["date"] == "2026-01-04T00:00:00Z"
    if "warc" in name:
        assert found.skipped == {"WARC request": 40, "not a page: image/png": 10, "WARC warcinfo": 2}


def test_columns_that_do_not_go_together_are_json(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"text": "a", "x": 1, "deep": {}}, {"text": "b", "x": "y"}, {"text": "c", "z": [1]}]
    rows += [{"text": "d", "x": None}] * 300 + [{"text": "e", "x": 2, "z": "now text"}]
    path = tmp_path / "a.jsonl"
    path.write_bytes(dumps.jsonl(rows))
    run(path, tmp_path / "out", to="parquet")
    found = pq.read_table(tmp_path / "out" / "part-00000.parquet").to_pylist()
    assert [found[n]["x"] for n in (0, 1, 2, 3, -1)] == ["1", "y", None, None, "2"]
    assert [found[n]["z"] for n in (0, 2, -1)] == [None, "[1]", "now text"]
    assert found[0]["deep"] == "{}"


def test_filters_send_records_to_a_side_file(tmp_path: Path) -> None:
    rows = records(4)
    rows[1]["text"] = "Skip to content"
    rows[2]["text"] = "Short."
    path = tmp_path / "a.jsonl"
    path.write_bytes(dumps.jsonl(rows))
    found = run(path, tmp_path / "out", min_words=2, drop_flagged=True, to="jsonl")
    assert (found.cleaned, found.filtered) == (2, 2)
    filtered = read_jsonl(tmp_path / "out" / "filtered.jsonl")
    assert [row["reason"] for row in filtered] == ["fewer than 2 words", "fewer than 2 words"]
    assert [row["record"]["text_before"] for row in filtered] == ["Skip to content", "Short."]
    assert filtered[0]["record"]["score"] == 0.5
    found = run(path, tmp_path / "flags", drop_flagged=["all_furniture"])
    assert found.stats["filters"] == {"flagged all_furniture": 1}
    assert found.stats["flags"] == {"all_furniture": 1}
    assert found.stats["emptied"] == 1


def test_cuts_go_to_a_side_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(dumps.jsonl(records(3)))
    found = cleaner.run(path, tmp_path / "out", removed=True, workers=1, out_key="clean")
    removed = read_jsonl(tmp_path / "out" / "removed.jsonl.zst")
    for row, written in zip(removed, output(tmp_path / "out"), strict=True):
        cuts = [cleaner.Cut(**{key: value for key, value in cut.items() if key != "kind"}) for cut in row["cuts"]]
        assert cuts
        assert cleaner.replay(written["text"], cuts) == written["clean"] == cleaner.clean(written["text"])
    assert (
        found.stats["rules"]["skip.links"]["lines"] == 3
        if "skip.links" in found.stats["rules"]
        else found.stats["rules"]
    )
    assert sum(rule["lines"] for rule in found.stats["rules"].values()) == found.stats["lines_cut"] == 6
    assert found.stats["stages"]["phrases"]["words"] == found.words_in - found.words_out == 18
    assert found.stats["hosts"]["host1.example"]["pages"] == 1


def test_html_is_cleaned_as_html(tmp_path: Path) -> None:
    page = f"<html><head><title>T</title></head><body><nav><a href=/>Home</a></nav><article><h1>News</h1><p>{PROSE}</p><p>{PROSE[::-1]}.</p></article></body></html>"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text(page)
    cleaner.run(tmp_path / "in", tmp_path / "out", workers=1)
    (row,) = output(tmp_path / "out")
    assert row["text"] == cleaner.clean_html(page)
    assert PROSE in row["text"]
    assert row["id"].endswith("a.html")


def test_an_unreadable_file_costs_itself(dump: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone.jsonl"
    gone.symlink_to(tmp_path / "nowhere")
    if os.geteuid() != 0:  # root can read everything
        (tmp_path / "closed.jsonl").touch(mode=0)
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "a.txt").write_text(dumps.text_of(1))
    (pages / "b.txt").symlink_to(tmp_path / "nowhere")
    (pages / "c.txt").write_text(dumps.text_of(2))
    (pages / "d.txt").write_bytes(b"PK\0\1\2\3text")
    found = run([gone, pages, dump], tmp_path / "out")
    errors = read_jsonl(tmp_path / "out" / "errors.jsonl")
    assert [Path(error["file"]).name for error in errors] == ["gone.jsonl", "b.txt", "d.txt", "dump.jsonl"]
    assert [error["reason"] for error in errors[:3]] == [
        "cannot be read from here on: No such file or directory",
        "cannot be read: No such file or directory",
        "no text: it holds NUL bytes",
    ]
    assert (found.cleaned, found.quarantined) == (302, 4)


def test_a_run_that_is_done_is_done(dump: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = run(dump, out)
    before = everything(out)
    again = run(dump, out)
    assert everything(out) == before
    assert (again.records, again.stats) == (first.records, first.stats)
    assert again.done_before == again.records


def test_another_run_in_the_folder_is_refused(dump: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(dump, out)
    before = everything(out)
    for options, said in (
        ({"cleaner": Plain(preset="strict")}, "preset was 'standard', is 'strict'"),
        ({"min_words": 5}, "min_words was 0, is 5"),
        ({"to": "jsonl"}, "to was 'jsonl.zst', is 'jsonl'"),
    ):
        with pytest.raises(RunError, match=said) as caught:
            run(dump, out, **options)
        assert caught.value.refused
    (tmp_path / "other.jsonl").write_bytes(dumps.jsonl(records(1)))
    with pytest.raises(RunError, match=r"other\.jsonl was not among the inputs"):
        run([dump, tmp_path / "other.jsonl"], out)
    dump.write_bytes(dump.read_bytes() + dumps.jsonl(records(1)))
    with pytest.raises(RunError, match=r"dump.jsonl had [\d,]+ bytes, has [\d,]+"):
        run(dump, out)
    assert everything(out) == before
    again = run(dump, out, restart=True, to="jsonl")
    assert again.cleaned == 301
    assert [path.name for path in sorted(out.iterdir())] == [
        ".cleaner",
        "errors.jsonl",
        "part-00000.jsonl",
        "stats.json",
    ]


def test_a_folder_of_others_is_not_touched(dump: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    out.mkdir()
    (out / "diary.txt").write_text("dear diary")
    for restart in (False, True):
        with pytest.raises(RunError, match="holds files that are not from a run"):
            run(dump, out, restart=restart)
    assert [path.name for path in out.iterdir()] == ["diary.txt"]
    with pytest.raises(RunError, match="is a file"):
        run(dump, out / "diary.txt")


def test_a_part_that_is_missing_is_said(dump: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(dump, out)
    (out / "part-00000.jsonl.zst").write_bytes(b"")
    with pytest.raises(RunError, match="is not there as it was written"):
        run(dump, out)
    (out / "part-00000.jsonl.zst").unlink()
    with pytest.raises(RunError, match=r"part-00000\.jsonl\.zst: is not there"):
        run(dump, out)


def test_the_second_of_two_runs_is_refused(dump: Path, tmp_path: Path) -> None:
    refused: list[RunError] = []

    def second(_: Any) -> None:
        if not refused:
            with pytest.raises(RunError, match="another run is writing there") as caught:
                run(dump, tmp_path / "out")
            refused.append(caught.value)

    assert run(dump, tmp_path / "out", watch=second).cleaned == 300
    assert refused[0].refused


def test_a_dry_run_writes_nothing(dump: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    found = run(dump, out, dry_run=True)
    assert not out.exists()
    assert (found.cleaned, found.quarantined, found.output) == (300, 1, "")
    assert 1 <= len(found.samples) <= 5
    name, before, after = found.samples[0]
    assert before == dumps.text_of(int(name[1:]))
    assert after == clean_of(int(name[1:]))
    assert run(dump, None, dry_run=True).samples == found.samples


def test_a_sample_is_spread_over_the_files(tmp_path: Path) -> None:
    paths = []
    for k in range(3):
        paths.append(tmp_path / f"{k}.jsonl")
        paths[-1].write_bytes(dumps.jsonl(records(2 if k == 1 else 50, 100 * k)))
    assert run(paths, tmp_path / "out", sample=12).records == 12
    assert [row["id"] for row in output(tmp_path / "out")] == [
        f"r{n}" for n in (0, 1, 2, 3, 100, 101, *range(200, 206))
    ]


def test_wrong_options_are_said(dump: Path, tmp_path: Path) -> None:
    for options, said in (
        ({"to": "jsnl"}, "did you mean 'jsonl'"),
        ({"workers": -1}, "not negative"),
        ({"record_timeout": -1.0}, "up to 10,000,000, 0 for any time"),
        ({"record_timeout": float("inf")}, "0 for any time"),
        ({"record_timeout": float("nan")}, "0 for any time"),
        ({"text_key": "a", "html_key": "b"}, "give one of them"),
        ({"format": "wrc"}, "did you mean 'warc'"),
    ):
        with pytest.raises(cleaner.SettingsError, match=said):
            run(dump, tmp_path / "out", **options)
    with pytest.raises(cleaner.SettingsError, match="name a folder"):
        cleaner.run(dump, None)
    with pytest.raises(cleaner.SettingsError, match="on this machine"):
        cleaner.run(dump, "s3://bucket/out")
    assert not (tmp_path / "out").exists()


def test_hosts_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "HOSTS", 100)
    hosts: dict[str, Any] = {}
    for n in range(1000):
        for host in (f"h{n}", "often"):
            tally.add_host(hosts, {host: {"pages": 1, "words_in": 10, "words_out": 9}})
    assert len(hosts) <= 102
    assert hosts["often"]["pages"] == 1000
    assert len(hosts["often"]["history"]) <= tally.POINTS
    assert sum(point[0] for point in hosts["often"]["history"]) == 1000
    assert sum(host["pages"] for host in hosts.values()) == 2000


def test_a_bomb_is_set_aside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import gzip

    monkeypatch.setattr(fields, "UNPACKED", 10_000)
    body = gzip.compress(b"<p>" + b"a" * 1_000_000)
    member = dumps.warc_record(0, body, headers="Content-Type: text/html\r\nContent-Encoding: gzip")
    (tmp_path / "a.warc.gz").write_bytes(dumps.gzipped([member]))
    (found,) = cleaner.read_records(tmp_path / "a.warc.gz")
    assert found.error == "the page unpacks to more than 10,000 bytes"


def test_papers_are_kept_apart(dump: Path, tmp_path: Path) -> None:
    run(dump, tmp_path / "out")
    assert {path.name for path in (tmp_path / "out" / folder.PAPERS).iterdir()} <= {"plan.json", "journal", "lock"}
