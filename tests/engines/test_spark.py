"""Spark on executors that are processes of their own, to which the package is sent as a person would send it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner import Cleaner, Settings
from cleaner.engines.cells import make_job
from cleaner.errors import InputError, SettingsError
from tests.engines.needs import require
from tests.engines.test_archives import archives
from tests.engines.warcs import page, texts

require("pyspark", "pyarrow", "pandas")
pytestmark = pytest.mark.filterwarnings("default")

PAGE = "Skip to content\n\nThe harbour reopened on Monday after a week of storms.\n\nRead also:"
CLEAN = "The harbour reopened on Monday after a week of storms."


@pytest.fixture(scope="module")
def frame(spark: Any) -> Any:
    rows = [(n, text) for n, text in enumerate([*texts(40), None, "", PAGE, "x" * 60_000])]
    return spark.createDataFrame(rows, "n int, text string").repartition(4).cache()


SETTINGS = Settings(max_bytes=50_000, rules=(("mine.toml", 'keep = ["Read also"]'),))


def test_the_package_came_by_being_sent(spark: Any) -> None:
    def where(batches: Any) -> Any:
        import pyarrow as pa

        import cleaner as sent

        for batch in batches:
            yield pa.record_batch({"path": [sent.__file__] * batch.num_rows, "pid": [os.getpid()] * batch.num_rows})

    rows = spark.range(0, 40, 1, 4).mapInArrow(where, "path string, pid long").collect()
    assert all(".zip" in row.path for row in rows)
    assert os.getpid() not in {row.pid for row in rows}


def test_the_same_as_the_cleaner_whatever_the_partitions(frame: Any) -> None:
    from cleaner.engines.spark import clean_dataframe

    plain = Cleaner(settings=SETTINGS)
    given = {row.n: row.text for row in frame.collect()}
    expected = {n: None if text is None or n == 43 else plain.clean(text) for n, text in given.items()}
    for parts in (4, 1):
        rows = clean_dataframe(frame.coalesce(parts), settings=SETTINGS).collect()
        assert {row.n: row.text for row in rows} == expected
        assert {row.n: row.quarantine for row in rows if row.quarantine} == {43: "oversize: over 50,000 bytes"}


def test_counts_are_observed_on_the_way(frame: Any) -> None:
    from pyspark.sql import Observation

    from cleaner.engines.spark import clean_dataframe, counts

    seen = Observation()
    rows = clean_dataframe(frame, settings=SETTINGS, cuts=True).observe(seen, *counts()).collect()
    assert seen.get["records"] == 44
    assert seen.get["nulls"] == 1
    assert seen.get["quarantined"] == 1
    assert seen.get["emptied"] == 1
    assert seen.get["characters"] == sum(len(row.text or "") for row in rows)
    [cuts] = [row.cuts for row in rows if row.n == 42]
    assert [(cut.rule, cut.line, cut.after) for cut in cuts] == [("skip.link", 1, None)]


def test_html_beside_its_source(spark: Any) -> None:
    from cleaner.engines.spark import clean_dataframe

    pages = [(n, bytearray(page(text))) for n, text in enumerate(texts(5))]
    done = clean_dataframe(spark.createDataFrame(pages, "n int, html binary"), html="html")
    assert done.columns == ["n", "html", "text", "flags", "quarantine"]
    plain = Cleaner()
    assert {row.n: row.text for row in done.collect()} == {n: plain.clean_html(bytes(body)) for n, body in pages}


def test_a_persons_error_is_raised_before_anything_runs(spark: Any) -> None:
    from cleaner.engines.spark import clean_dataframe

    df = spark.createDataFrame([(1, "a")], "n int, text string")
    with pytest.raises(InputError, match="no column 'body'"):
        clean_dataframe(df, "body")
    with pytest.raises(InputError, match="'n' is int where text"):
        clean_dataframe(df, "n")
    with pytest.raises(SettingsError, match="did you mean 'phrases'"):
        clean_dataframe(df, settings=Settings(off=("phrase",)))
    with pytest.raises(InputError, match="'flags' already"):
        clean_dataframe(clean_dataframe(df))


def rows_of(spark: Any, path: Path) -> list[Any]:
    rows: list[Any] = spark.read.parquet(str(path)).collect()
    return rows


def test_the_job_on_json_lines(spark: Any, tmp_path: Path) -> None:
    from cleaner.engines.spark.job import main

    lines = [json.dumps({"id": n, "body": text, "more": {"a": [n]}}) for n, text in enumerate(texts(6))]
    lines += [
        "{broken",
        json.dumps({"id": 7, "body": None}),
        json.dumps({"id": 8, "body": "a\u2028b"}, ensure_ascii=False),
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [str(tmp_path / "a.jsonl"), str(tmp_path / "out"), "--text-key", "body", "--keep", "Read also"]
    assert main(command) == 3
    rows = rows_of(spark, tmp_path / "out")
    plain = Cleaner(keep=["Read also"])
    assert len(rows) == 9
    assert {row.id: row.body for row in rows if row.id is not None and row.id < 6} == dict(
        enumerate(map(plain.clean, texts(6)))
    )
    assert [row["_corrupt_record"] for row in rows if row.quarantine == "not_json"] == ["{broken"]
    assert {row.id: row.more.a for row in rows if row.id == 3} == {3: [3]}
    counted = [
        json.loads(line)
        for path in (tmp_path / "out/_metrics").glob("*.json")
        for line in path.read_text().splitlines()
    ]
    assert counted == [counted[0] | {"records": 9, "nulls": 1, "quarantined": 1, "emptied": 0}]
    assert main(command) == 2, "what is there is not overwritten"
    assert main([*command, "--restart"]) == 3


def fates(spark: Any, out: Path) -> dict[str, list[Any]]:
    """The rows of a filtered table by their folder, and a look at the counts."""
    rows = rows_of(spark, out)
    [counted] = [json.loads(line) for path in (out / "_metrics").glob("*.json") for line in path.open()]
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.fate, []).append(row)
    named = {"filtered": "filtered", "quarantined": "quarantined", "null": "nulls"}
    assert {fate: len(found.get(fate, [])) for fate in named} == {fate: counted[name] for fate, name in named.items()}
    assert counted["records"] == len(rows)
    return found


def ran(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted(folder.glob(name)) for line in path.read_text("utf-8").splitlines()]


def test_filters_as_those_of_cleaner_run(spark: Any, tmp_path: Path) -> None:
    from cleaner.engines.spark.job import main

    given = [*texts(6), "港は月曜日に再び開いた。" * 3, "Skip to content", "", "Two words", None]
    given.append("\n\n".join(["Skip to content", "The harbour reopened on Monday.", *["Read also:"] * 40]))
    source = tmp_path / "a.jsonl"
    source.write_text("".join(json.dumps({"id": n, "raw_content": text}) + "\n" for n, text in enumerate(given)))
    for n, options in enumerate((["--min-words", "12"], ["--drop-flagged"], ["--min-words", "3", "--drop-flagged"])):
        assert main([str(source), str(tmp_path / f"out{n}"), *options]) == 0
        found = fates(spark, tmp_path / f"out{n}")
        low = int(options[1]) if options[0] == "--min-words" else 0
        done = cleaner.run(
            source, tmp_path / f"run{n}", to="jsonl", workers=0, min_words=low, drop_flagged="--drop-flagged" in options
        )
        kept, dropped = ran(tmp_path / f"run{n}", "part-*.jsonl"), ran(tmp_path / f"run{n}", "filtered.jsonl")
        assert done.filtered == len(dropped) > 0
        assert {row.id: row.raw_content for row in found["cleaned"]} == {row["id"]: row["raw_content"] for row in kept}
        assert {row.id: (row.filtered, row.raw_content, row.original) for row in found["filtered"]} == {
            row["record"]["id"]: (row["reason"], row["record"]["raw_content"], row["record"]["raw_content_before"])
            for row in dropped
        }
        assert [row.id for row in found["null"]] == [10]
        assert spark.read.parquet(f"{tmp_path}/out{n}/fate=cleaned").count() == len(kept)
        assert all(row.original is None for row in found["cleaned"])


def test_filters_on_web_archives(spark: Any, tmp_path: Path) -> None:
    from cleaner.engines.spark.job import main

    paths = archives(tmp_path)
    assert main([*paths, str(tmp_path / "out"), "--min-words", "40", "--to", "parquet"]) == 3
    found = fates(spark, tmp_path / "out")
    done = cleaner.run(paths, tmp_path / "run", to="jsonl", workers=0, min_words=40)
    kept, dropped = ran(tmp_path / "run", "part-*.jsonl"), ran(tmp_path / "run", "filtered.jsonl")
    assert (len(kept), len(dropped)) == (done.cleaned, done.filtered)
    assert min(len(kept), len(dropped)) > 0
    assert sorted((row.id, row.text) for row in found["cleaned"]) == sorted((row["id"], row["text"]) for row in kept)
    assert sorted((row.id, row.filtered, row.text, row.original) for row in found["filtered"]) == sorted(
        (row["id"], row["reason"], row["record"]["text"], row["record"].get("text_before")) for row in dropped
    )
    assert len(found["quarantined"]) == done.quarantined == 1


def test_filters_overwrite_no_column(spark: Any, tmp_path: Path) -> None:
    from cleaner.engines.spark.job import main

    spark.createDataFrame([(PAGE, "x")], "raw_html string, fate string").write.parquet(str(tmp_path / "in.parquet"))
    assert main([str(tmp_path / "in.parquet"), str(tmp_path / "out"), "--min-words", "1"]) == 2
    assert main([str(tmp_path / "in.parquet"), str(tmp_path / "out")]) == 0
    assert rows_of(spark, tmp_path / "out")[0].text, "the column was told by its name"
    assert main([str(tmp_path / "in.parquet"), str(tmp_path / "more"), "--min-words", "-1"]) == 2


def test_the_job_keeps_what_it_sets_aside(spark: Any, tmp_path: Path) -> None:
    from cleaner.engines.spark.job import run

    large = "x" * 2000
    spark.createDataFrame([(1, PAGE), (2, large)], "n int, text string").write.parquet(str(tmp_path / "in.parquet"))
    job = make_job(settings=Settings(max_bytes=1000), cuts=True)
    done = run(spark, [str(tmp_path / "in.parquet")], "parquet", str(tmp_path / "out"), job)
    assert (done["records"], done["quarantined"]) == (2, 1)
    one, two = sorted(rows_of(spark, tmp_path / "out"), key=lambda row: row.n)
    assert (one.text, one.original, one.quarantine) == (CLEAN, None, None)
    assert (two.text, two.original, two.quarantine) == (None, large, "oversize: over 1,000 bytes")


def test_web_archives_as_cleaner_run_reads_them(spark: Any, tmp_path: Path) -> None:
    from cleaner.engines.spark.job import main

    paths = archives(tmp_path)
    (tmp_path / "paths").write_text("".join(f"{Path(path).name}\n" for path in paths))
    command = ["--paths", str(tmp_path / "paths"), "--base", f"{tmp_path}/", "--removed", str(tmp_path / "out")]
    assert main(command) == 3
    rows = rows_of(spark, tmp_path / "out")
    done = cleaner.run(paths, tmp_path / "run", workers=1, to="jsonl")
    parts = sorted((tmp_path / "run").glob("part-*.jsonl"))
    ran = [json.loads(line) for path in parts for line in path.read_text().splitlines()]
    good = [row for row in rows if row.quarantine is None]
    fields = ("id", "url", "date", "text")
    assert sorted([row[name] for name in fields] for row in good) == sorted(
        [row[name] for name in fields] for row in ran
    )
    assert (len(good), len(rows) - len(good)) == (done.cleaned, done.quarantined)
    assert {row.file for row in rows} == set(paths)


def test_a_task_for_each_file(spark: Any, tmp_path: Path) -> None:
    from cleaner.engines.spark.job import clean_paths

    df = clean_paths(spark, [str(tmp_path / f"{n}.warc.gz") for n in range(5)], make_job())
    assert df.rdd.getNumPartitions() == 5
    assert [row.quarantine.partition(":")[0] for row in df.collect()] == ["error"] * 5
    archives(tmp_path)
    for several in (f"{tmp_path}/*.warc.gz", f"{tmp_path}/"):
        wanted = 3 if "*" in several else 4
        assert clean_paths(spark, [several], make_job()).rdd.getNumPartitions() == wanted


def test_formats_are_told_from_names() -> None:
    from cleaner.engines.spark.job import format_of

    assert format_of(["s3://a/b.warc.gz", "c.warc.wet.gz"]) == "warc"
    assert format_of(["a.jsonl.zst", "b.json"]) == "jsonl"
    assert format_of(["table.parquet/"]) == "parquet"
    for unclear in (["a.txt"], ["a.warc.gz", "b.parquet"], []):
        with pytest.raises(InputError, match=r"--format parquet\|jsonl\|warc"):
            format_of(unclear)


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    from cleaner.engines.spark.job import main

    assert main(["a.jsonl", "out", "--preset", "carefull"]) == 2
    assert main(["a.jsonl", "b.parquet", "out"]) == 2
    assert main(["--paths", str(tmp_path / "none"), "out"]) == 2
