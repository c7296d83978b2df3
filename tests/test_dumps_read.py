"""Reading dumps: every format, every compression, from any place on; and what is damaged."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import math
import os
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cleaner
from cleaner.dumps.fields import Record
from cleaner.dumps.inputs import find_inputs
from cleaner.dumps.items import END, Bad, Item
from cleaner.dumps.read import read
from cleaner.dumps.read.open import Opener, zstd
from tests import dumps
from tests.dumps import FORMATS, records

LIMIT = 1 << 20


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def texts(found: list[Record]) -> list[str]:
    return [str(r.text) if r.text is not None else str(r.html) for r in found]


def items_of(path: Path, number: int = 0, offset: int = 0, limit: int = LIMIT) -> list[Item]:
    (stream,) = find_inputs([path]).streams
    return list(read(Opener(), stream, number, offset, limit))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_its_records(name: str, tmp_path: Path) -> None:
    rows = records(30)
    found = list(cleaner.read_records(put(tmp_path, name, FORMATS[name](rows))))
    assert [r.error for r in found] == [""] * 30
    if "arc" in name:
        assert [r.html for r in found] == [dumps.html_of(row["text"]) for row in rows]
    elif "wet" in name:
        assert [r.text for r in found] == [row["text"] for row in rows]
    else:
        assert [r.text for r in found] == [row["text"] for row in rows]
        assert [r.fields | {"score": float(r.fields["score"])} for r in found] == rows
        assert [r.id for r in found] == [row["id"] for row in rows]
    assert [r.url for r in found] == [row["url"] for row in rows]


@pytest.mark.parametrize("name", FORMATS)
def test_content_tells_the_format_whatever_the_name(name: str, tmp_path: Path) -> None:
    if ".csv" in name or ".tsv" in name:
        path = put(tmp_path, "odd.dat", FORMATS[name](records(5)))
        found = list(cleaner.read_records(path, format="tsv" if ".tsv" in name else "csv"))
    else:
        found = list(cleaner.read_records(put(tmp_path, "odd.txt", FORMATS[name](records(5)))))
    assert len(found) == 5


@pytest.mark.parametrize("name", FORMATS)
def test_reading_goes_on_from_every_place(name: str, tmp_path: Path) -> None:
    path = put(tmp_path, name, FORMATS[name](records(12)))
    whole = items_of(path)
    for n, item in enumerate(whole):
        if item.after != END:
            assert items_of(path, item.number + 1, item.after) == whole[n + 1 :]


def test_pages_are_a_file_each(tmp_path: Path) -> None:
    put(tmp_path, "b/two.html", b"<p>Two</p>")
    put(tmp_path, "a.txt", "Grüße".encode("latin-1"))
    put(tmp_path, "b/.hidden", b"no")
    put(tmp_path, "b/three.html.gz", gzip.compress(b"<html><p>Three</p>"))
    put(tmp_path, "picture.png", b"\x89PNG\r\n\x1a\n\0\0")
    found = find_inputs([tmp_path])
    assert found.passed == (str(tmp_path / "picture.png"),)
    read_ = list(cleaner.read_records(tmp_path))
    assert [Path(r.file).name for r in read_] == ["a.txt", "three.html.gz", "two.html"]
    assert [r.text or r.html for r in read_] == ["Grüße", b"<html><p>Three</p>", b"<p>Two</p>"]
    assert [Path(r.file).name for r in cleaner.read_records(f"{tmp_path}/b/*.html")] == ["two.html"]
    assert len(list(cleaner.read_records(f"{tmp_path}/**/*.html*"))) == 2


def test_urls_are_read_through_fsspec(tmp_path: Path) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.pipe("/dump/a.jsonl.gz", gzip.compress(dumps.jsonl(records(3))))
    memory.pipe("/dump/b.warc.gz", dumps.gzipped(dumps.warc(records(2))))
    assert len(list(cleaner.read_records("memory://dump/*.gz"))) == 5
    assert len(list(cleaner.read_records("memory://dump"))) == 5
    path = put(tmp_path, "a.parquet", dumps.parquet(records(4)))
    assert len(list(cleaner.read_records(f"file://{path}"))) == 4
    with pytest.raises(cleaner.InputError, match="nothing there"):
        list(cleaner.read_records("memory://dump/none.jsonl"))
    with pytest.raises(cleaner.CleanerError, match="nosuch"):
        list(cleaner.read_records("nosuch://a"))


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.warc.gz", "a.json"])
def test_standard_input(name: str, packed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    data = FORMATS[name](records(5))
    raw = io.BytesIO(zstd.compress(data) if packed and not name.endswith(".gz") else data)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(raw)))
    found = list(cleaner.read_records("-", format="csv" if name == "a.csv" else None))
    assert len(found) == 5
    assert not any(r.error for r in found)


def test_lines_are_split_at_newlines_alone(tmp_path: Path) -> None:
    text = "one\u2028two\u2029three\x85four\x0bfive\x1csix"
    line = json.dumps({"text": text}, ensure_ascii=False).encode().replace(rb"\u000b", b"\\u000b")
    path = put(tmp_path, "a.jsonl", b"\xef\xbb\xbf" + line + b"\r\n\n  \n\r\n" + line)
    assert [r.text for r in cleaner.read_records(path)] == [text, text]


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("name", ["a.jsonl", "indented.json", "objects.json", "a.csv"])
def test_chunks_of_any_size_give_the_same(
    name: str, chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = records(4)
    rows[1]["text"] = 'a "quoted\\" word, [with] {brackets} \\\\ and\n"lines"'
    path = put(tmp_path, name, FORMATS[name](rows))
    whole = items_of(path)
    real = cleaner.dumps.read.lines.read_some  # type: ignore[attr-defined]
    monkeypatch.setattr("cleaner.dumps.read.lines.read_some", lambda file, size=0: real(file, chunk))
    assert items_of(path) == whole
    assert [r.text for r in cleaner.read_records(path)] == [row["text"] for row in rows]


@pytest.mark.parametrize(
    "name", ["a.jsonl", "a.json", "a.csv", "a.tsv", "a.warc.gz", "a.warc", "a.arc.gz", "a.jsonl.zst"]
)
def test_a_record_too_large_is_set_aside(name: str, tmp_path: Path) -> None:
    rows = records(5)
    rows[2]["text"] = "x" * 3_000_000 + "\n" + "y" * 3_000_000
    found = list(cleaner.read_records(put(tmp_path, name, FORMATS[name](rows)), max_record_bytes=100_000))
    assert [bool(r.error) for r in found] == [False, False, True, False, False]
    assert "more than the limit of 100,000" in found[2].error


def test_a_bad_line_costs_itself(tmp_path: Path) -> None:
    good = dumps.jsonl(records(2))
    path = put(
        tmp_path,
        "a.jsonl",
        good + b'{"text": nope}\n[1]\n"a"\n{"id": 1}\n{"text": null}\n{"text": 5}\n{"text": "\xff"}\n' + good,
    )
    found = list(cleaner.read_records(path))
    assert [r.error[:28] for r in found[2:9]] == [
        "not JSON: Expecting value: l",
        "a JSON array where an object",
        "a JSON string where an objec",
        "no field with text; its fiel",
        "'text' is null, not text",
        "'text' is number, not text",
        "not JSON: 'utf-8' codec can'",
    ]
    assert [bool(r.error) for r in found] == [False] * 2 + [True] * 7 + [False] * 2
    assert [r.offset for r in found[:3]] == [0, len(good) // 2, len(good)]


def test_a_bad_element_of_an_array_costs_itself(tmp_path: Path) -> None:
    path = put(tmp_path, "a.json", b'[{"text": "a"}, {"text": nope}, {"text": "b ] , ["}]\n')
    assert [r.text for r in cleaner.read_records(path)] == ["a", None, "b ] , ["]


def test_what_strict_json_cannot_hold_is_kept(tmp_path: Path) -> None:
    line = b'{"text": "a \\ud83d b", "n": 12345678901234567890123, "x": NaN, "deep": {"y": 1.5}}\n'
    (found,) = cleaner.read_records(put(tmp_path, "a.jsonl", line))
    assert found.fields["n"] == 12345678901234567890123
    assert math.isnan(found.fields["x"])
    assert found.text == "a \ud83d b"


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst", "a.jsonl.bz2", "a.jsonl.xz", "a.json.gz", "a.csv.gz"])
def test_a_file_cut_short_gives_what_is_there(name: str, tmp_path: Path) -> None:
    rows = records(400)
    for row in rows:  # so that several blocks are needed
        row["text"] += os.urandom(300).hex()
    data = FORMATS[name](rows)
    whole = len(items_of(put(tmp_path, "whole-" + name, data)))
    found = items_of(put(tmp_path, name, data[: len(data) * 2 // 3]))
    assert whole == 400
    assert 0 < len(found) - 1 < 400 or "bz2" in name
    assert isinstance(found[-1].data, Bad)
    assert "cannot be read from here on" in found[-1].data.reason
    assert not any(isinstance(item.data, Bad) for item in found[:-1])
    assert found[-1].offset == (found[-2].after if len(found) > 1 else 0)


@pytest.mark.parametrize(
    "name", ["a.warc.gz", "single.warc.gz", "a.warc.zst", "a.warc", "a.wet.gz", "a.wet", "a.arc.gz", "a.arc"]
)
def test_an_archive_cut_short_gives_what_is_there(name: str, tmp_path: Path) -> None:
    data = FORMATS[name](records(20))
    found = list(cleaner.read_records(put(tmp_path, name, data[: -len(data) // 20])))
    good = [r for r in found if not r.error]
    assert 15 <= len(good) < 20
    assert len(found) == len(good) + 1
    assert found[-1].error


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc.zst"])
def test_a_damaged_stretch_of_an_archive_is_passed(name: str, tmp_path: Path) -> None:
    rows = records(20)
    data = bytearray(FORMATS[name](rows))
    path = put(tmp_path, name, bytes(data))
    hit = [item for item in items_of(path) if not isinstance(item.data, cleaner.dumps.items.Skip)][8]  # type: ignore[attr-defined]
    data[hit.offset + 30 : hit.offset + 60] = bytes(30)
    path.write_bytes(bytes(data))
    found = list(cleaner.read_records(path))
    assert sum(not r.error for r in found) == 19
    (bad,) = [r for r in found if r.error]
    assert bad.error.startswith("damaged from byte")
    whole = items_of(path)
    for n, item in enumerate(whole):  # and reading can go on anywhere around it
        if item.after != END:
            assert items_of(path, item.number + 1, item.after) == whole[n + 1 :]


def test_a_corrupt_page_of_parquet_costs_its_row_group(tmp_path: Path) -> None:
    rows = records(60)
    for row in rows:
        row["text"] += os.urandom(200).hex()
    path = put(tmp_path, "a.parquet", dumps.parquet(rows, row_group_size=20, compression="snappy"))
    about = pq.ParquetFile(path).metadata.row_group(1)
    column = next(about.column(n) for n in range(about.num_columns) if about.column(n).path_in_schema == "text")
    data = bytearray(path.read_bytes())
    place = (column.dictionary_page_offset or column.data_page_offset) + column.total_compressed_size // 2
    data[place : place + 400] = b"\xff" * 400
    path.write_bytes(bytes(data))
    found = items_of(path)
    bad = [item for item in found if isinstance(item.data, Bad)]
    assert len(bad) == 1
    assert bad[0].data.records == 60 - (len(found) - 1)
    assert bad[0].data.reason.startswith("row group 1, rows ")
    assert [item.data["id"] for item in found if item.number >= 40] == [f"r{n}" for n in range(40, 60)]


def test_parquet_keeps_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "text": ["a", "b"],
            "when": pa.array([1_700_000_000_123_456_789, None], pa.timestamp("ns", "UTC")),
            "tags": [["x"], []],
        }
    )
    path = tmp_path / "a.parquet"
    pq.write_table(table, path)
    cleaner.run(path, tmp_path / "out", cleaner=dumps.Plain(), to="parquet", workers=1)
    found = pq.read_table(tmp_path / "out" / "part-00000.parquet")
    assert found.select(table.column_names).equals(table)
    stamped = [field.name for field in found["cleaner"].type]
    assert stamped == ["version", "settings_hash", "flags", "words_in", "words_out"]


def test_columns_of_one_name_lose_nothing(tmp_path: Path) -> None:
    data = b"id,text,text,text.1,text\n1,first,second,third,fourth\n2,first\n"
    found = list(cleaner.read_records(put(tmp_path, "a.csv", data)))
    assert found[0].fields == {"id": "1", "text": "first", "text.2": "second", "text.1": "third", "text.3": "fourth"}
    assert (found[0].text, found[1].text) == ("first", "first")


def test_cells_hold_newlines_and_rows_have_their_length(tmp_path: Path) -> None:
    data = b'id,text\n1,"a\nb, ""c"""\n2,plain\n3,too,many\n4\n"5","\xe4\xf6\xfc Gr\xfc\xdfe aus K\xf6ln"\n'
    found = list(cleaner.read_records(put(tmp_path, "a.csv", data)))
    assert [r.text for r in found] == ['a\nb, "c"', "plain", None, None, "äöü Grüße aus Köln"]
    assert [r.error for r in found] == [
        "",
        "",
        "the row has 3 cells, the first row names 2",
        "'text' is null, not text",
        "",
    ]


def test_keys_are_guessed_or_named(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"raw_content": "raw", "source_domain": "x"},
        {"content": "plain", "warc_headers": {"warc-target-uri": "https://a.example/1"}},
        {"content": "<!DOCTYPE html><p>a"},
        {"raw_html": "<p>b", "uri": "https://b.example"},
        {"text": "both", "html": "<p>c"},
    ]
    path = put(tmp_path, "a.jsonl", dumps.jsonl(rows))
    found = list(cleaner.read_records(path))
    assert [r.text for r in found] == ["raw", "plain", None, None, "both"]
    assert [r.html for r in found] == [None, None, "<!DOCTYPE html><p>a", "<p>b", None]
    assert [r.key for r in found] == ["raw_content", "content", "text", "text", "text"]
    assert [r.url for r in found] == ["", "https://a.example/1", "", "https://b.example", ""]
    named = list(cleaner.read_records(path, html_key="html"))
    assert [r.html for r in named] == [None, None, None, None, "<p>c"]
    assert "no field 'html'; its fields: 'raw_content'" in named[0].error


def test_names_that_stand_for_nothing_are_refused(tmp_path: Path) -> None:
    for name in ("none.jsonl", "*.none", "folder"):
        (tmp_path / "folder").mkdir(exist_ok=True)
        with pytest.raises(cleaner.InputError):
            list(cleaner.read_records(tmp_path / name))
    with pytest.raises(cleaner.SettingsError, match="did you mean 'jsonl'"):
        list(cleaner.read_records(tmp_path, format="jsonll"))


@pytest.mark.parametrize("to", ["jsonl", "jsonl.gz", "jsonl.zst", "parquet"])
def test_records_are_written(to: str, tmp_path: Path) -> None:
    path = tmp_path / f"out.{to}"
    assert cleaner.write_records(records(300), path) == 300
    assert [r.fields for r in cleaner.read_records(path)] == records(300)
    assert os.listdir(tmp_path) == [path.name]


def test_records_are_written_as_files(tmp_path: Path) -> None:
    assert cleaner.write_records(records(3), tmp_path / "out", to="txt") == 3
    assert sorted(os.listdir(tmp_path / "out")) == ["000000-r0.txt", "000001-r1.txt", "000002-r2.txt", "index.jsonl"]
    with pytest.raises(cleaner.SettingsError, match="name the format"):
        cleaner.write_records(records(3), tmp_path / "out.xyz")
    with pytest.raises(cleaner.InputError, match="not good"):
        cleaner.write_records([Record(error="not good")], tmp_path / "bad.jsonl")


def test_bzip_of_several_streams(tmp_path: Path) -> None:
    parts = [bz2.compress(dumps.jsonl(records(3))), bz2.compress(dumps.jsonl(records(3, 3)))]
    assert len(list(cleaner.read_records(put(tmp_path, "a.jsonl.bz2", b"".join(parts))))) == 6
