"""Run over dumps: read, clean in worker processes, write in parts, and be able to go on after any end."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from cleaner.api import Cleaner
from cleaner.dumps.batches import batches
from cleaner.dumps.fields import Keys
from cleaner.dumps.filters import Filters, flag_names
from cleaner.dumps.folder import Folder
from cleaner.dumps.inputs import find_inputs
from cleaner.dumps.pack import OUTPUTS, Packer
from cleaner.dumps.plan import make_plan, settings_hash
from cleaner.dumps.pool import Died, Pool, Split
from cleaner.dumps.read.open import is_url
from cleaner.dumps.state import State, Step, count_records
from cleaner.dumps.stats import make_stats
from cleaner.dumps.work import Batch, Done, Outcome, Task, finish, outcomes, quarantined, serve
from cleaner.errors import SettingsError, nearest
from cleaner.version import __version__

#: No record is given more seconds; clocks of the system take hardly more.
LONGEST = 10_000_000

Names: TypeAlias = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


@dataclass(frozen=True)
class Summary:
    """What a run did.

    Attributes:
        output: the folder; empty for a dry run.
        cleaned: records written.
        filtered: records that a filter sent to the side file.
        quarantined: records in ``errors.jsonl``.
        skipped: records of web archives that are no pages, by kind.
        words_in: words read in the records cleaned or filtered.
        words_out: words that stayed in them.
        parts: parts written.
        seconds: how long this took, without what earlier runs did.
        done_before: records that earlier runs into the folder had done.
        passed: files in the folders named that are in no format known, and were not read.
        samples: of a dry run: (name, text before, text after).
        stats: what is in ``stats.json``.
    """

    output: str
    cleaned: int
    filtered: int
    quarantined: int
    skipped: dict[str, int]
    words_in: int
    words_out: int
    parts: int
    seconds: float
    done_before: int
    passed: tuple[str, ...]
    samples: tuple[tuple[str, str, str], ...] = ()
    stats: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def records(self) -> int:
        """All records: each is cleaned, filtered or quarantined."""
        return self.cleaned + self.filtered + self.quarantined


def run(
    inputs: Names,
    output: str | os.PathLike[str] | None,
    *,
    cleaner: Cleaner | None = None,
    to: str = "jsonl.zst",
    workers: int | None = None,
    format: str | None = None,  # noqa: A002
    text_key: str = "",
    html_key: str = "",
    id_key: str = "",
    url_key: str = "",
    out_key: str = "",
    min_words: int = 0,
    drop_flagged: bool | Iterable[str] = False,
    removed: bool = False,
    sample: int | None = None,
    dry_run: bool = False,
    restart: bool = False,
    record_timeout: float = 60.0,
    max_record_bytes: int = 16 << 20,
    part_bytes: int = 64 << 20,
    watch: Callable[[Step], None] | None = None,
) -> Summary:
    """Clean the records of dumps into a folder; a run that was ended goes on where it was.

    A script that calls this needs the usual ``if __name__ == "__main__":``, since workers are processes of their own.

    Args:
        inputs: files, folders, globs, URLs that fsspec knows, or ``-`` for standard input.
        output: the folder to write to; None for a dry run.
        cleaner: what cleans; None for the default settings.
        to: ``jsonl.zst``, ``jsonl.gz``, ``jsonl``, ``parquet``, or ``txt`` (a file for each record).
        workers: processes that clean; None for one each core. With 0 the calling process does it all, without
            ``record_timeout``, and a record that kills it ends the run.
        format: of the inputs; None to tell it from each one's content, then its name.
        text_key: the field with the text; guessed if empty.
        html_key: the field with HTML; guessed if empty.
        id_key: the field with the id; guessed if empty.
        url_key: the field with the address; guessed if empty.
        out_key: the field for the clean text; if empty the one it came from, and ``text`` for HTML.
        min_words: records that keep fewer words go to the side file ``filtered``.
        drop_flagged: records with a flag (or one of these flags) go to the side file ``filtered``.
        removed: whether to write a side file of all cuts.
        sample: take so many records only, spread evenly over the input files, from the front of each.
        dry_run: write nothing; count, and keep five texts before and after.
        restart: take away what an earlier run into the folder made, and begin again.
        record_timeout: seconds that one record may take; 0 for any time.
        max_record_bytes: larger records are quarantined.
        part_bytes: about how many bytes of input go into a part of the output.
        watch: called after every batch.

    Returns:
        What was done.

    Raises:
        InputError: an input is not there.
        SettingsError: an option that does not exist or fit.
        RunError: the run cannot begin or go on; the message says what to do.
    """
    began = time.monotonic()
    if to not in OUTPUTS:
        raise SettingsError(f"unknown output format {to!r}{nearest(to, OUTPUTS)}")
    if output is None and not dry_run:
        raise SettingsError("name a folder for the output, or make it a dry run")
    if output is not None and is_url(os.fspath(output)):
        raise SettingsError(f"{os.fspath(output)}: the output is a folder on this machine; copy it from there")
    _check(sample=sample, max_record_bytes=max_record_bytes, part_bytes=part_bytes)
    if html_key and text_key:
        raise SettingsError("text_key and html_key: a record is cleaned as text or as HTML; give one of them")
    if min(min_words, workers or 0) < 0:
        raise SettingsError("workers and min_words are not negative")
    if not 0 <= record_timeout <= LONGEST:
        raise SettingsError(f"record_timeout is a number of seconds up to {LONGEST:,}, 0 for any time")
    cleaner = cleaner or Cleaner()
    version = __version__
    flags = flag_names(drop_flagged)
    task = Task(
        Keys(text_key, html_key, id_key, url_key, out_key),
        Packer(to),
        version,
        settings_hash(cleaner, version),
        Filters(min_words, flags),
        removed,
        dry_run,
        record_timeout,
    )
    found = find_inputs(inputs, format, apart="" if output is None else os.fspath(output))
    options = {
        "to": to,
        "text_key": text_key,
        "html_key": html_key,
        "id_key": id_key,
        "url_key": url_key,
        "out_key": out_key,
        "min_words": min_words,
        "drop_flagged": list(flags),
        "removed": removed,
        "sample": sample,
        "record_timeout": record_timeout,
        "max_record_bytes": max_record_bytes,
        "part_bytes": part_bytes,
    }
    with ExitStack() as stack:
        folder = None
        if output is not None and not dry_run:
            plan = make_plan(cleaner, found, version, options)
            folder = stack.enter_context(Folder(Path(output), plan, to, task.packer.side, restart=restart))
        state = State(found, folder, watch)
        before = count_records(state.total)
        if not state.finished:
            work = batches(found, state.at, max_record_bytes, sample, state.check)
            with _results(work, cleaner, task, _cores() if workers is None else workers) as results:
                for batch, done in results:
                    state.take(batch, done, part_bytes)
            state.flush()
        stats = make_stats(state.total, version, task.settings_hash)
        state.finish(stats)
    return Summary(
        output="" if output is None or dry_run else os.fspath(output),
        cleaned=state.total.get("cleaned", 0),
        filtered=state.total.get("filtered", 0),
        quarantined=state.total.get("quarantined", 0),
        skipped=state.total.get("skipped", {}),
        words_in=state.total.get("words_in", 0),
        words_out=state.total.get("words_out", 0),
        parts=state.parts,
        seconds=time.monotonic() - began,
        done_before=before,
        passed=found.passed,
        samples=tuple(state.samples),
        stats=stats,
    )


def _check(**numbers: int | None) -> None:
    for name, number in numbers.items():
        if number is not None and number < 1:
            raise SettingsError(f"{name} is at least 1, not {number}")


def _cores() -> int:
    """Cores that this process may use, where the system says; a container or a batch system may give it few."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _results(
    work: Iterator[Batch], cleaner: Cleaner, task: Task, workers: int
) -> Iterator[Iterator[tuple[Batch, Done]]]:
    """What becomes of the batches, in order."""
    if workers:
        split = Split(_singles, partial(_join, task))
        with Pool[Batch](workers, serve, (cleaner, task), task.timeout, split) as pool:
            yield pool.ordered(work)
    else:
        made = (cleaner, replace(task, timeout=0.0))
        yield ((batch, finish(task, batch.stream, outcomes(made, batch))) for batch in work)


def _join(task: Task, batch: Batch, results: list[Outcome | Died]) -> Done:
    """The result of a batch of which each record was tried alone."""
    found = [
        quarantined(batch.stream, item, result.reason) if isinstance(result, Died) else result
        for item, result in zip(batch.items, results, strict=True)
    ]
    return finish(task, batch.stream, found)


def _singles(batch: Batch) -> list[Batch]:
    return [batch._replace(items=(item,), alone=True) for item in batch.items]
