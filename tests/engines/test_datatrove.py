"""datatrove: the steps in pipelines that its local executor runs, a failed task and its resume among them."""

from __future__ import annotations

import gzip
import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from cleaner import Cleaner, Settings
from cleaner.errors import InputError
from tests.engines.needs import require
from tests.engines.warcs import page, texts, write_warc, write_wet

require("datatrove", "warcio")
from datatrove.pipeline.base import PipelineStep  # noqa: E402

pytestmark = pytest.mark.filterwarnings("default")


class Trip(PipelineStep):  # type: ignore[misc]
    """Fails at one document, until a file is there."""

    name = "trip"
    type = "test"

    def __init__(self, at: str, mended: Path) -> None:
        super().__init__()
        self.at = at
        self.mended = mended

    def run(self, data: Any, rank: int = 0, world_size: int = 1) -> Any:
        for document in data:
            if document.id == self.at and not self.mended.exists():
                raise RuntimeError("tripped")
            yield document


def read(folder: Path) -> dict[str, dict[str, Any]]:
    rows = [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl.gz"))
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]
    assert len({row["id"] for row in rows}) == len(rows), "a document twice"
    return {row["id"]: row for row in rows}


def test_steps_pickle() -> None:
    from cleaner.engines.datatrove import CleanerExtractor, CleanerFilter, CleanerFormatter

    for step in (CleanerFormatter(Settings("strict")), CleanerExtractor(cuts=True), CleanerFilter()):
        sent = pickle.dumps(step)
        assert len(sent) < 3000
        again = pickle.loads(sent)
        assert getattr(again, "job", None) == getattr(step, "job", None)


def test_formatter_and_filter_count_and_say_why() -> None:
    from datatrove.data import Document

    from cleaner.engines.datatrove import CleanerFilter, CleanerFormatter

    cells = [texts(1)[0], "Skip to content", "", "x" * 20_001]
    formatter = CleanerFormatter(cuts=True, settings=Settings(max_bytes=20_000))
    done = list(formatter([Document(text, str(n)) for n, text in enumerate(cells)]))
    assert [document.text for document in done] == [Cleaner().clean(cells[0]), "", "", cells[3]]
    assert [document.metadata["flags"] for document in done] == ["", "all_furniture", "empty", ""]
    assert done[3].metadata["quarantine"] == "oversize: over 20,000 bytes"
    assert {cut["rule"] for cut in json.loads(done[1].metadata["cuts"])} == {"skip.link"}
    assert formatter.stats["total"].total == 4
    assert formatter.stats["flag_empty"].total == 1
    assert formatter.stats["quarantined_oversize"].total == 1
    assert formatter.stats["cut_skip.link"].total >= 1
    assert formatter.stats.time_stats.total > 0
    kept = CleanerFilter()
    assert [document.id for document in kept(done)] == ["0"]
    for reason in ("empty", "all_furniture", "oversize"):
        assert kept.stats[f"dropped_{reason}"].total == 1
    assert kept.stats["forwarded"].total == 1


def test_a_filter_without_a_cleaner_before_it_says_so() -> None:
    from datatrove.data import Document

    from cleaner.engines.datatrove import CleanerFilter

    with pytest.raises(InputError, match="put one before it"):
        list(CleanerFilter()([Document("a", "1")]))


def test_parquet_takes_its_columns_from_the_first_document(tmp_path: Path) -> None:
    import pyarrow.parquet as pq
    from datatrove.data import Document
    from datatrove.pipeline.writers import ParquetWriter

    from cleaner.engines.datatrove import CleanerFilter, CleanerFormatter

    documents = [Document(text, str(n)) for n, text in enumerate(["Clean.", texts(1)[0], "x" * 9000])]
    step = CleanerFormatter(cuts=True, settings=Settings(max_bytes=8000))
    with ParquetWriter(str(tmp_path), batch_size=1) as writer:
        for document in CleanerFilter()(step(documents)):
            writer.write(document)
    rows = pq.read_table(tmp_path).to_pylist()
    assert [row["metadata"]["flags"] for row in rows] == ["", ""]
    assert len(json.loads(rows[1]["metadata"]["cuts"])) > 1


def test_pages_of_a_warc_are_extracted(tmp_path: Path) -> None:
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import WarcReader
    from datatrove.pipeline.writers import JsonlWriter

    from cleaner.engines.datatrove import CleanerExtractor

    pages = [page(text) for text in texts(6)]
    (tmp_path / "in").mkdir()
    write_warc(tmp_path / "in/a.warc.gz", [*pages, b"<html><body><script>x = 1</script></body></html>"])
    done = LocalPipelineExecutor(
        [
            WarcReader(str(tmp_path / "in")),
            CleanerExtractor(exclusion_writer=JsonlWriter(str(tmp_path / "dropped"))),
            JsonlWriter(str(tmp_path / "out")),
        ],
        logging_dir=str(tmp_path / "log"),
    ).run()
    rows = read(tmp_path / "out")
    cleaner = Cleaner()
    assert {id_: row["text"] for id_, row in rows.items()} == {
        f"<urn:uuid:page-{n}>": cleaner.clean_html(body.decode()) for n, body in enumerate(pages)
    }
    assert rows["<urn:uuid:page-2>"]["metadata"]["url"] == "https://example.org/2"
    [dropped] = read(tmp_path / "dropped").values()
    assert dropped["id"] == "<urn:uuid:page-6>"
    assert dropped["text"].startswith("<html>"), "as it was"
    assert dropped["metadata"]["filter_reason"]
    assert done.stats[1]["forwarded"].total == 6


def test_a_failed_task_is_resumed(tmp_path: Path) -> None:
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import WarcReader
    from datatrove.pipeline.writers import JsonlWriter

    from cleaner.engines.datatrove import CleanerFilter, CleanerFormatter

    given = texts(12)
    (tmp_path / "in").mkdir()
    for n in range(3):
        write_wet(tmp_path / f"in/{n}.warc.wet.gz", given[4 * n : 4 * n + 4], start=4 * n)
    mended = tmp_path / "mended"

    def run() -> Any:
        return LocalPipelineExecutor(
            [
                WarcReader(str(tmp_path / "in")),
                CleanerFormatter(),
                Trip("<urn:uuid:text-6>", mended),
                CleanerFilter(exclusion_writer=JsonlWriter(str(tmp_path / "dropped"))),
                JsonlWriter(str(tmp_path / "out")),
            ],
            tasks=3,
            workers=2,
            logging_dir=str(tmp_path / "log"),
        ).run()

    with pytest.raises(Exception, match="tripped"):
        run()
    finished = {path.name for path in (tmp_path / "log").glob("completions/*")}
    assert "00001" not in finished
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.name[:5] in finished}
    mended.touch()
    run()
    assert len(list((tmp_path / "log/completions").iterdir())) == 3
    for name, data in before.items():
        assert (tmp_path / "out" / name).read_bytes() == data, "a finished task is left alone"
    cleaner = Cleaner()
    assert {id_: row["text"] for id_, row in read(tmp_path / "out").items()} == {
        f"<urn:uuid:text-{n}>": cleaner.clean(text) for n, text in enumerate(given)
    }
