"""Web archives in a task: the records that ``cleaner run`` reads, and the same text of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cleaner
from cleaner.engines.cells import make_job
from tests.engines.needs import require
from tests.engines.warcs import page, texts, write_warc, write_wet

require("pyspark", "pandas", "pyarrow", "warcio", "fastwarc")
pytestmark = pytest.mark.filterwarnings("default")


def archives(folder: Path) -> list[str]:
    """Two WARCs, a WET file, and a WARC that breaks off."""
    given = texts(12)
    write_warc(folder / "a.warc.gz", [page(text) for text in given[:4]])
    greeting = "<p>Grüße aus dem Hafen, wo am Montag nach langer Pause die erste Fähre wieder fuhr.</p>"
    write_warc(folder / "b.warc.gz", [greeting.encode("latin-1")], start=50, charset="iso-8859-1")
    write_wet(folder / "c.warc.wet.gz", given[4:])
    data = (folder / "a.warc.gz").read_bytes()
    (folder / "d.warc.gz").write_bytes(data[: len(data) * 2 // 3])
    return [str(folder / name) for name in ("a.warc.gz", "b.warc.gz", "c.warc.wet.gz", "d.warc.gz")]


FIELDS = ("id", "url", "date", "text")


def test_the_same_as_cleaner_run(tmp_path: Path) -> None:
    from cleaner.engines.spark.archives import archive_schema, clean_archives

    paths = archives(tmp_path)
    job = make_job(cuts=True)
    batches = list(clean_archives(paths, job))
    assert {batch.schema for batch in batches} == {archive_schema(job)}
    rows = [row for batch in batches for row in batch.to_pylist()]
    done = cleaner.run(paths, tmp_path / "run", workers=1, to="jsonl", removed=True)
    ran = [
        json.loads(line)
        for path in sorted((tmp_path / "run").glob("part-*.jsonl"))
        for line in path.read_text().splitlines()
    ]
    assert done.cleaned == len(ran) >= 13
    good = [row for row in rows if row["quarantine"] is None]
    assert [[row[name] for name in FIELDS] for row in good] == [[row[name] for name in FIELDS] for row in ran]
    assert [row["flags"] for row in good] == [row["cleaner"]["flags"] for row in ran]
    assert any("Grüße" in row["text"] for row in good), "the header's encoding is followed"
    assert sum(len(row["cuts"]) for row in good) > 0
    aside = [row for row in rows if row["quarantine"]]
    assert len(aside) == done.quarantined == 1
    assert aside[0]["file"] == paths[3]


def test_a_path_that_is_not_there_is_a_row(tmp_path: Path) -> None:
    from cleaner.engines.spark.archives import clean_archives

    paths = [str(tmp_path / "none.warc.gz"), *archives(tmp_path)[:1]]
    [batch] = clean_archives(paths, make_job())
    rows = batch.to_pylist()
    assert [row["file"] for row in rows if row["quarantine"]] == paths[:1]
    assert sum(row["quarantine"] is None for row in rows) == 4
