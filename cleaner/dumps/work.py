"""What a worker does: open the records of a batch, clean them, and make their output ready to be written."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from cleaner.api import Cleaner
from cleaner.dumps.fields import Keys, NotAPageError, Record, open_item
from cleaner.dumps.filters import Filters
from cleaner.dumps.items import HEAD, Bad, Item, Position, Skip, Stream
from cleaner.dumps.pack import Packed, Packer
from cleaner.dumps.pool import alarm
from cleaner.dumps.tally import Tally, add, count, host_of, page_counts, words
from cleaner.errors import shown
from cleaner.judged import Judged

#: A record of more bytes than this is not repeated in ``errors.jsonl``; its beginning is.
KEEP = 1 << 20
_NUMBER = re.compile(r"\d[\d,]*")
#: How much of a text a dry run shows.
SHOWN = 1500


@dataclass(frozen=True)
class Task:
    """What is done to every record.

    Attributes:
        keys: the fields to take.
        packer: makes the output.
        version: of this package, for the output.
        settings_hash: of the cleaner's settings, for the output.
        filters: which clean records are filtered.
        removed: whether the cuts are wanted.
        samples: whether a text before and after is wanted.
        timeout: seconds that one record may take; 0 for any time.
    """

    keys: Keys = field(default_factory=Keys)
    packer: Packer = field(default_factory=Packer)
    version: str = ""
    settings_hash: str = ""
    filters: Filters = field(default_factory=Filters)
    removed: bool = False
    samples: bool = False
    timeout: float = 60.0


class Batch(NamedTuple):
    """Records that are cleaned in one go.

    Attributes:
        stream: where they come from; of a run of pages only the names of those in it.
        items: the records.
        after: where reading goes on after it.
        read: bytes of all inputs that were read by then.
        alone: whether it is a single record, tried apart from its neighbours.
    """

    stream: Stream
    items: tuple[Item, ...]
    after: Position = Position()
    read: int = 0
    alone: bool = False


class Outcome(NamedTuple):
    """What became of one record.

    Attributes:
        fate: ``cleaned``, ``filtered``, ``quarantined`` or ``skipped``.
        fields: the record as it is to be written, for its own file.
        name: what a file of its own would be called.
        key: the field with its text.
        odd: whether it holds what strict JSON cannot.
        removed: its cuts, for the side file.
        tally: its counts.
        sample: its text before and after.
    """

    fate: str
    fields: dict[str, Any] | None
    name: str
    key: str
    odd: bool
    removed: dict[str, Any] | None
    tally: Tally
    sample: tuple[str, str, str] | None


class Done(NamedTuple):
    """What became of a batch.

    Attributes:
        packed: the output, ready to be written.
        tally: the counts.
        sample: a text before and after: (name, before, after).
    """

    packed: Packed
    tally: Tally
    sample: tuple[str, str, str] | None


def serve(made: tuple[Cleaner, Task], batch: Batch) -> Done | Outcome:
    """Clean a batch.

    Args:
        made: what a worker was given at its start: how to clean, and what is wanted.
        batch: the records.

    Returns:
        The batch's result; of a single record that is tried alone, what became of it.
    """
    found = outcomes(made, batch)
    return found[0] if batch.alone else finish(made[1], batch.stream, found)


def outcomes(made: tuple[Cleaner, Task], batch: Batch) -> list[Outcome]:
    """Clean each record of a batch.

    Args:
        made: as for :func:`serve`.
        batch: the records.

    Returns:
        What became of each, in their order; one that failed is set aside with its reason.
    """
    cleaner, task = made
    found = []
    for item in batch.items:
        alarm(task.timeout)
        found.append(outcome(cleaner, task, batch.stream, item))
    alarm(0)
    return found


def finish(task: Task, stream: Stream, found: list[Outcome]) -> Done:
    """Put the outcomes of a batch's records together.

    Args:
        task: what is wanted.
        stream: where the records came from.
        found: what became of each.

    Returns:
        What is to be written, what is counted, and a sample if one was wanted.
    """
    tally: Tally = {}
    for one in found:
        add(tally, one.tally)
    packed = task.packer.pack(
        [(o.fields, o.name, o.key, o.odd) for o in found if o.fate == "cleaned" and o.fields is not None],
        filtered=[(o.fields, o.odd) for o in found if o.fate == "filtered" and o.fields is not None],
        removed=[(o.removed, o.odd) for o in found if o.removed],
        errors=[(o.fields, o.odd) for o in found if o.fate == "quarantined" and o.fields is not None],
        schema=stream.schema,
    )
    return Done(packed, tally, next((o.sample for o in found if o.sample), None))


def outcome(cleaner: Cleaner, task: Task, stream: Stream, item: Item) -> Outcome:
    """Clean one record; whatever goes wrong with it is its own affair."""
    if isinstance(item.data, Skip):
        return _skipped(item.data.kind)
    try:
        record = open_item(stream, item, task.keys)
    except NotAPageError as e:
        return _skipped(f"not a page: {e}")
    except BaseException as e:  # a parser that fails in its own way must not cost the others anything
        _ours(e)
        return quarantined(stream, item, f"cannot be opened: {type(e).__name__}: {e}")
    if record.error:
        return quarantined(stream, item, record.error, record)
    try:
        return _clean(cleaner, task, record)
    except BaseException as e:
        _ours(e)
        return quarantined(stream, item, f"cannot be cleaned: {type(e).__name__}: {e}", record)


def _ours(error: BaseException) -> None:
    """Pass on what is meant for the process rather than the record; panics of Rust code are no `Exception` either."""
    if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
        raise error


def _skipped(kind: str) -> Outcome:
    return Outcome("skipped", None, "", "", False, None, {"skipped": {kind: 1}}, None)


def quarantined(stream: Stream, item: Item, reason: str, record: Record | None = None) -> Outcome:
    """A record that is set aside, for ``errors.jsonl``.

    Args:
        stream: where it comes from.
        item: the record as it lies there.
        reason: why.
        record: the record opened, as far as that went.

    Returns:
        The outcome.
    """
    bad = item.data if isinstance(item.data, Bad) else None
    fields: dict[str, Any] = {
        "file": shown(stream.name_of(item.number)),
        "offset": item.offset,
        "index": item.number,
        "id": record.id if record else "",
        "reason": reason,
    }
    number = bad.records if bad else 1
    if number != 1:
        fields["records"] = number
    fields |= _kept(bad.record if bad else item.data, bad is None or bad.whole)
    tally: Tally = {"quarantined": 1 if number is None else number, "reasons": {_short(reason): 1}}
    return Outcome("quarantined", fields, "", "", True, None, tally, None)


def _short(reason: str) -> str:
    """A reason without what differs from record to record."""
    return _NUMBER.sub("N", reason.partition(":")[0])[:80]


def _kept(data: Any, whole: bool = True) -> dict[str, Any]:
    """The record itself, if it is small enough; else its beginning."""
    if isinstance(data, tuple):  # of a web archive: (kind, headers, block)
        return {"headers": data[1], **_kept(data[2])}
    if isinstance(data, dict):
        return {"record": data}
    if not data:
        return {}
    where = "record" if whole and len(data) <= KEEP else "record_start"
    data = data if len(data) <= KEEP else data[:HEAD]
    try:
        return {where: data.decode("utf-8")}
    except UnicodeDecodeError:
        return {where: data.decode("utf-8", "backslashreplace"), "record_encoding": "utf-8, other bytes as \\xNN"}


def judged(cleaner: Cleaner, record: Record) -> Judged:
    """Clean a record's text or HTML."""
    if record.html is not None:
        return cleaner.judge_html(record.html, encoding=record.charset)
    return cleaner.judge(record.text or "")


def _clean(cleaner: Cleaner, task: Task, record: Record) -> Outcome:
    found = judged(cleaner, record)
    page, text = found.page, found.text()
    before = words("\n".join(page.rows) if record.text is None else record.text)
    after = words(text)
    tally = page_counts(page, found.rules)
    tally |= {"words_in": before, "words_out": after, "flags": dict.fromkeys(page.flags, 1)}
    emptied = int(not text and before > 0)
    if emptied:
        tally["emptied"] = 1
    host = host_of(record.url)
    if host:
        tally["hosts"] = {
            host: {
                "pages": 1,
                "words_in": before,
                "words_out": after,
                "lines_cut": tally["lines_cut"],
                "emptied": emptied,
                "flagged": int(bool(page.flags)),
            }
        }
    stamp = {
        "version": task.version,
        "settings_hash": task.settings_hash,
        "flags": list(page.flags),
        "words_in": before,
        "words_out": after,
    }
    fields = record.fields | {record.key: text, "cleaner": stamp}
    why = task.filters.why(after, page.flags)
    where = {"file": record.file, "offset": record.offset, "index": record.index, "id": record.id, "url": record.url}
    removed = None
    if task.removed:
        removed = where | {"cuts": [asdict(cut) | {"kind": cut.kind} for cut in found.cuts()]}
    sample = None
    if task.samples and (before != after or page.log):
        original = record.text if record.text is not None else "\n".join(page.rows)
        sample = (record.id or f"{record.file}, record {record.index}", original[:SHOWN], text[:SHOWN])
    if why:
        # what is dropped is kept whole: its text as it came, and what would have been written
        fields = {**where, "reason": why, "record": fields | _original(record)}
        count(tally, "filtered")
        count(tally, "filters", why)
        return Outcome("filtered", fields, "", "", record.odd, removed, tally, sample)
    count(tally, "cleaned")
    return Outcome("cleaned", fields, record.id or record.url, record.key, record.odd, removed, tally, sample)


def _original(record: Record) -> dict[str, Any]:
    return {f"{record.key}_before": record.text} if record.text is not None else {}
