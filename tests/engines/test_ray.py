"""Ray Data on two nodes, one of whose workers is killed on the way."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path
from typing import Any

import pytest

from cleaner import Cleaner, Settings, SettingsError
from tests.engines.needs import require
from tests.engines.warcs import page, texts

require("ray", "pyarrow")
pytestmark = pytest.mark.filterwarnings("default")


def test_a_batch_is_read_and_never_changed() -> None:
    import pyarrow as pa

    from cleaner.engines.ray import CleanBatch

    buffer = pa.py_buffer(b"".join(text.encode() for text in texts(3)))
    offsets = [0]
    for text in texts(3):
        offsets.append(offsets[-1] + len(text.encode()))
    array = pa.StringArray.from_buffers(3, pa.array(offsets, pa.int32()).buffers()[1], buffer)
    before = bytes(buffer)
    table = pa.table({"text": array})
    done = CleanBatch(settings=Settings("strict"))(table)
    assert bytes(buffer) == before
    assert table["text"].to_pylist() == texts(3)
    assert done["text"].to_pylist() == [Cleaner("strict").clean(text) for text in texts(3)]


def test_a_persons_error_is_raised_here() -> None:
    from cleaner.engines.ray import clean_dataset

    with pytest.raises(SettingsError, match="did you mean 'phrases'"):
        clean_dataset(None, settings=Settings(off=("phrase",)))


def test_the_same_whatever_the_batches_and_a_killed_worker(nodes: Any, tmp_path: Path) -> None:
    from cleaner.engines.ray import CleanBatch

    mark = tmp_path / "killed"

    class Killed(CleanBatch):
        """Dies once, as if the machine had run out of memory, at a batch in the middle."""

        def __call__(self, batch: Any) -> Any:
            if 100 in batch["n"].to_pylist() and not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return super().__call__(batch)

    cells = [*texts(40), None, "", "x" * 60_000] * 5
    random.Random(8).shuffle(cells)
    settings = Settings(max_bytes=50_000, keep=("Read also",))
    ds = nodes.data.from_items([{"n": n, "text": text} for n, text in enumerate(cells)], override_num_blocks=8)
    done = ds.map_batches(
        Killed,
        fn_constructor_kwargs={"settings": settings},
        batch_format="pyarrow",
        zero_copy_batch=True,
        batch_size=16,
        compute=nodes.data.ActorPoolStrategy(size=2),
    )
    rows = {row["n"]: row for row in done.take_all()}
    assert mark.exists(), "no worker was killed"
    plain = Cleaner(settings=settings)
    assert len(rows) == len(cells)
    for n, text in enumerate(cells):
        if text is None or len(text) == 60_000:
            assert rows[n]["text"] is None
            assert rows[n]["quarantine"] == (None if text is None else "oversize: over 50,000 bytes")
        else:
            assert rows[n]["text"] == plain.clean(text)
            assert rows[n]["quarantine"] is None


def test_pages_beside_their_source(nodes: Any) -> None:
    from cleaner.engines.ray import clean_dataset

    pages = [page(text) for text in texts(6)]
    assert len(nodes.nodes()) == 2
    ds = nodes.data.from_items([{"n": n, "html": body} for n, body in enumerate(pages)])
    rows = clean_dataset(ds, html="html", workers=(1, 2), batch_size=2, cuts=True).take_all()
    plain = Cleaner()
    assert {row["n"]: row["text"] for row in rows} == {n: plain.clean_html(body) for n, body in enumerate(pages)}
    assert {row["n"]: row["html"] for row in rows} == dict(enumerate(pages))
    assert any(row["cuts"] for row in rows)
