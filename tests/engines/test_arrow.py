"""PyArrow, the common ground, and the cells it stands on."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import Any

import pytest

from cleaner import Cleaner, Settings, SettingsError
from cleaner.engines.cells import clean_cell, cleaner_of, make_job
from cleaner.errors import InputError, QuarantineWarning
from tests.engines.needs import needs

PAGE = "Skip to content\n\nThe harbour reopened on Monday after a week of storms.\n\nRead also:"
CLEAN = "The harbour reopened on Monday after a week of storms."


@pytest.mark.parametrize(
    ("value", "text", "kind"),
    [
        (None, None, None),
        (float("nan"), None, None),
        ("", "", None),
        (PAGE, CLEAN, None),
        (3, None, "not_text: int"),
        (3.5, None, "not_text: float"),
        (b"bytes", None, "not_text: bytes"),
        ([PAGE], None, "not_text: list"),
        ("x" * 5001, None, "oversize: over 5,000 bytes"),
        ("é" * 2501, None, "oversize: over 5,000 bytes"),
        ("é" * 2500, "é" * 2500, None),
        ("a\x00b\ud800 c", "ab\ufffd c", None),
    ],
)
def test_a_cell(value: Any, text: str | None, kind: str | None) -> None:
    cell = clean_cell(value, make_job(settings=Settings(max_bytes=5000)))
    assert (cell.text, cell.quarantine) == (text, kind)


def test_what_no_column_can_hold_is_set_aside() -> None:
    cell = clean_cell("a\ud800b", make_job(settings=Settings(off=("encoding", "whitespace"))))
    assert cell.text is None
    assert str(cell.quarantine).startswith("error: UnicodeEncodeError")


def test_an_error_below_ends_no_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Cleaner, text: str) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(Cleaner, "judge", broken)
    assert clean_cell("a", make_job()).quarantine == "error: RecursionError: too deep"


def test_settings_travel_as_data() -> None:
    settings = Settings("strict", rules=(("mine.toml", 'keep = ["Read also"]'),))
    job = make_job(settings=settings, cuts=True)
    sent = pickle.dumps(job)
    assert pickle.loads(sent) == job
    assert len(sent) < 1000
    assert cleaner_of(pickle.loads(sent).settings) is cleaner_of(settings), "made once in a process"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"text": "a", "html": "b"}, "not both"),
        ({"settings": Cleaner()}, "give cleaner.settings"),
        ({"settings": Settings(off=("phrasess",))}, "did you mean 'phrases'"),
    ],
)
def test_a_persons_error_is_raised_at_once(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        make_job(**wrong)


def test_nothing_of_an_engine_is_imported_by_the_package() -> None:
    code = "import sys, cleaner.cli; print([m for m in sys.modules if m.startswith('cleaner.engines')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@needs("pyarrow")
class TestArrow:
    """What needs PyArrow."""

    @pytest.mark.parametrize("kind", ["string", "large_string", "string_view", "dictionary", "null"])
    def test_every_kind_of_string(self, kind: str) -> None:
        import pyarrow as pa

        from cleaner.engines.arrow import clean_array

        cells = [None if kind == "null" else PAGE, None]
        array = pa.array(cells).dictionary_encode() if kind == "dictionary" else pa.array(cells, getattr(pa, kind)())
        done = clean_array(array)
        assert done.to_pylist() == [None if kind == "null" else CLEAN, None]
        assert done.type == (pa.large_string() if kind == "large_string" else pa.string())

    def test_other_columns_may_have_one_name(self) -> None:
        import pyarrow as pa

        from cleaner.engines.arrow import clean_batch

        table = pa.table([pa.array([1]), pa.array([PAGE]), pa.array([2])], names=["n", "text", "n"])
        done = clean_batch(table)
        assert done.column_names == ["n", "text", "n", "flags", "quarantine"]
        assert [column.to_pylist() for column in done.columns[:3]] == [[1], [CLEAN], [2]]

    def test_chunks_slices_and_nothing(self) -> None:
        import pyarrow as pa

        from cleaner.engines.arrow import clean_array, explain_array

        chunked = pa.chunked_array([[PAGE, None], [], [PAGE]])
        assert clean_array(chunked).to_pylist() == [CLEAN, None, CLEAN]
        assert clean_array(chunked.slice(1)).to_pylist() == [None, CLEAN]
        assert clean_array(pa.array([PAGE, None, PAGE]).slice(1, 1)).to_pylist() == [None]
        empty = pa.chunked_array([], type=pa.string())
        assert clean_array(empty).type == pa.string()
        assert explain_array(empty).to_pylist() == []

    def test_explained(self) -> None:
        import pyarrow as pa

        from cleaner.engines.arrow import explain_array

        done = explain_array(pa.array([PAGE, "", None, "x" * 100]), Settings(max_bytes=90), cuts=True).to_pylist()
        assert [row["text"] for row in done] == [CLEAN, "", None, None]
        assert [row["flags"] for row in done] == [[], ["empty"], [], []]
        assert [row["quarantine"] for row in done] == [None, None, None, "oversize: over 90 bytes"]
        assert [(cut["rule"], cut["line"], cut["kind"]) for cut in done[0]["cuts"]] == [
            ("skip.link", 1, "cut"),
            ("related.read_also", 5, "cut"),
        ]
        assert "cuts" not in explain_array(pa.array([PAGE])).to_pylist()[0]

    def test_a_batch_is_not_changed(self) -> None:
        import pyarrow as pa

        from cleaner.engines.arrow import clean_batch

        batch = pa.record_batch({"n": [1, 2], "text": [PAGE, None], "url": ["a", "b"]})
        before = batch.to_pylist()
        done = clean_batch(batch)
        assert batch.to_pylist() == before
        assert done.schema.names == ["n", "text", "url", "flags", "quarantine"]
        assert done["text"].to_pylist() == [CLEAN, None]
        both = clean_batch(batch, out="clean", cuts=True)
        assert both.schema.names == ["n", "text", "url", "clean", "flags", "quarantine", "cuts"]
        assert both["text"].to_pylist() == [PAGE, None]

    def test_a_table_keeps_its_schema_whatever_is_in_it(self) -> None:
        import pyarrow as pa

        from cleaner.engines.arrow import clean_batch

        table = pa.table({"text": pa.array([PAGE] * 25_000)}, metadata={"a": "b"})
        assert clean_batch(table.slice(0, 10)).schema == clean_batch(table.slice(0, 0)).schema
        assert clean_batch(table.slice(0, 10)).schema.metadata == {b"a": b"b"}

    def test_cells_that_are_not_utf8(self) -> None:
        import pyarrow as pa

        from cleaner.engines.arrow import clean_batch

        broken = pa.array([PAGE.encode(), b"\xff\xfe broken", None]).view(pa.string())
        done = clean_batch(pa.record_batch([broken], ["text"]))
        assert done["text"].to_pylist() == [CLEAN, None, None]
        assert done["quarantine"].to_pylist() == [None, "not_text: bytes", None]

    @pytest.mark.parametrize("column", [[1, None], [1.5, None], [b"b", None], [["a"], None], [{"a": 1}, None]])
    def test_columns_of_something_else(self, column: list[Any]) -> None:
        import pyarrow as pa

        from cleaner.engines.arrow import clean_array, clean_batch

        done = clean_batch(pa.record_batch({"text": column}))
        assert done["text"].to_pylist() == [None, None]
        assert str(done["quarantine"][0]).startswith("not_text: ")
        assert done["quarantine"][1].as_py() is None
        with pytest.raises(InputError, match="where text is expected"):
            clean_array(pa.array(column))

    def test_cells_set_aside_are_not_silent(self) -> None:
        import pyarrow as pa

        from cleaner.engines.arrow import clean_array

        with pytest.warns(QuarantineWarning, match="1 of 2 cells could not be cleaned and are null; the first: over"):
            assert clean_array(pa.array(["x" * 100, "y"]), Settings(max_bytes=10)).to_pylist() == [None, "y"]

    def test_columns_missing_or_taken(self) -> None:
        import pyarrow as pa

        from cleaner.engines.arrow import clean_batch

        batch = pa.record_batch({"text": [PAGE], "html": ["<p>"], "flags": ["mine"]})
        with pytest.raises(InputError, match=r"no column 'txet'; did you mean 'text'\?"):
            clean_batch(batch, text="txet")
        with pytest.raises(InputError, match="a column 'flags' already"):
            clean_batch(batch)
        with pytest.raises(InputError, match="name another with out="):
            clean_batch(batch, html="html")


def test_html_becomes_what_the_settings_say() -> None:
    page = "<article><h2>The quay</h2><p>" + "The harbour <b>reopened</b> on Monday after a week of storms. " * 5
    plain, marked = (
        clean_cell(page, make_job(html="html", settings=Settings(format=f))).text for f in ("text", "markdown")
    )
    assert marked == Cleaner(format="markdown").clean_html(page)
    assert plain == Cleaner().clean_html(page) != marked
