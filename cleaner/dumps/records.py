"""The parts of a run for those who want them apart: records out of dumps, and records into files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from cleaner.dumps.batches import BYTES, RECORDS
from cleaner.dumps.fields import Keys, NotAPageError, Record, open_item
from cleaner.dumps.inputs import find_inputs
from cleaner.dumps.items import Skip
from cleaner.dumps.journal import sync_folder
from cleaner.dumps.pack import OUTPUTS, Packer
from cleaner.dumps.parts import part_file, remove
from cleaner.dumps.read import read
from cleaner.dumps.read.open import Opener
from cleaner.errors import InputError, SettingsError, nearest

Names = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


def read_records(
    inputs: Names,
    *,
    format: str | None = None,  # noqa: A002
    text_key: str = "",
    html_key: str = "",
    id_key: str = "",
    url_key: str = "",
    max_record_bytes: int = 16 << 20,
) -> Iterator[Record]:
    """Read the records of dumps.

    What cannot be read comes as a record too, with ``error`` saying why; records of web archives that are no pages
    are passed over.

    Args:
        inputs: files, folders, globs, URLs that fsspec knows, or ``-`` for standard input.
        format: of the inputs; None to tell it from each one's content, then its name.
        text_key: the field with the text; guessed if empty.
        html_key: the field with HTML; guessed if empty.
        id_key: the field with the id; guessed if empty.
        url_key: the field with the address; guessed if empty.
        max_record_bytes: larger records come as errors.

    Yields:
        The records, in the order of the inputs.

    Raises:
        InputError: an input is not there.
        SettingsError: there is no such format.
    """
    found = find_inputs(inputs, format)
    keys = Keys(text_key, html_key, id_key, url_key)
    opener = Opener(found.stdin)
    for stream in found.streams:
        for item in read(opener, stream, 0, 0, max_record_bytes):
            if isinstance(item.data, Skip):
                continue
            try:
                yield open_item(stream, item, keys)
            except NotAPageError:
                continue


def write_records(records: Iterable[Record | dict[str, Any]], output: str | os.PathLike[str], *, to: str = "") -> int:
    """Write records to a file, or for ``txt`` to a folder. It gets its name when it is whole.

    Args:
        records: records, or dicts of their fields; one with an ``error`` is refused, since it would be lost.
        output: the file or folder.
        to: ``jsonl.zst``, ``jsonl.gz``, ``jsonl``, ``parquet`` or ``txt``; told from the file's name if empty.

    Returns:
        How many were written.

    Raises:
        InputError: a record has an error; the message says which and what.
        SettingsError: the format is not known.
        OSError: it cannot be written.
    """
    path = Path(output)
    to = to or next((known for known in OUTPUTS if path.name.endswith(f".{known}")), "")
    if to not in OUTPUTS:
        raise SettingsError(f"{path}: name the format with to={nearest(to, OUTPUTS)}")
    packer = Packer(to)
    count = 0
    aside = path.with_name(f".{path.name}.new")
    remove(aside)  # what a call left that was killed
    part = part_file(to, aside)
    source = iter(records)
    try:
        for first in source:
            rows, size = [], 0
            for record in chain([first], islice(source, RECORDS - 1)):
                rows.append(_row(record))
                size += len(str(rows[-1][0].get(rows[-1][2], "")))
                if size > BYTES:
                    break
            part.write(packer.pack(rows))
            count += len(rows)
        made = part.close()
    except BaseException:
        part.drop()
        remove(aside)
        raise
    made.replace(path)
    if aside.is_dir():
        aside.rmdir()
    sync_folder(path.parent)
    return count


def _row(record: Record | dict[str, Any]) -> tuple[dict[str, Any], str, str, bool]:
    if isinstance(record, dict):
        name = record.get("id") or record.get("url") or ""
        return record, str(name), "text", False
    if record.error:
        raise InputError(f"{record.file}, record {record.index}: {record.error}")
    fields = record.fields
    if record.text is not None and record.key not in fields:
        fields = fields | {record.key: record.text}
    return fields, record.id or record.url, record.key, record.odd
