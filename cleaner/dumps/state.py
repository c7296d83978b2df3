"""What a run has done so far, and when a part of it is whole."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cleaner.dumps.batches import checksum
from cleaner.dumps.folder import Folder
from cleaner.dumps.inputs import Inputs
from cleaner.dumps.items import Position
from cleaner.dumps.tally import Tally, add, add_host
from cleaner.dumps.work import Batch, Done

#: The first part closes after so many bytes of input, each one after it after twice as many, up to ``part_bytes``.
FIRST_PART = 1 << 17
#: Texts that a dry run shows.
SAMPLES = 5


@dataclass(frozen=True)
class Step:
    """How far a run has come, for those who show it.

    Attributes:
        read: bytes of the inputs read, as they lie on disk.
        begin: where this run went on, in the same terms.
        size: bytes of all inputs, as far as known.
        total: everything counted so far, by earlier runs into the folder as well.
        records: records done by this run.
    """

    read: int
    begin: int
    size: int
    total: Tally
    records: int


def count_records(total: Tally) -> int:
    """All records of a tally: each is cleaned, filtered or quarantined."""
    return int(sum(total.get(fate, 0) for fate in ("cleaned", "filtered", "quarantined")))


class State:
    """What a run has done so far."""

    def __init__(self, inputs: Inputs, folder: Folder | None, watch: Callable[[Step], None] | None) -> None:
        self._inputs = inputs
        self._folder = folder
        self._watch = watch
        self._size = inputs.size
        self._begin = -1
        self._resumed = folder is not None and folder.parts > 0
        self._bytes = 0
        self._part: Tally = {}
        self._after = Position()
        self._done = 0
        self._random = random.Random(0)
        self._shown = 0
        self.samples: list[tuple[str, str, str]] = []
        self.at = folder.at if folder else Position()
        self.check = folder.check if folder else 0
        self.finished = folder.finished if folder else False
        self._own: Tally = {}

    @property
    def total(self) -> Tally:
        """Everything counted in whole parts."""
        return self._folder.total if self._folder else self._own

    @property
    def parts(self) -> int:
        """Parts written."""
        return self._folder.parts if self._folder else 0

    def take(self, batch: Batch, done: Done, part_bytes: int) -> None:
        """Take in a batch's result, and close the part if it is full."""
        if self._folder:
            self._folder.write(done.packed)
        add(self._part, done.tally)
        self._done += count_records(done.tally)
        self._bytes += sum(item.size for item in batch.items)
        self._after = batch.after
        if batch.stream.name == "-":
            self.check = 0 if batch.items[0].number == 0 else self.check
            for item in batch.items:
                self.check = checksum(self.check, item)
        if done.sample:
            self._show(done.sample)
        if self._bytes >= min(part_bytes, FIRST_PART << min(self.parts, 20)):
            self._close()
        if self._begin < 0:
            self._begin = batch.read if self._resumed else 0
        if self._watch:
            total: Tally = {key: self.total.get(key, 0) + self._part.get(key, 0) for key in _WATCHED}
            self._watch(Step(batch.read, self._begin, self._size, total, self._done))

    def _show(self, sample: tuple[str, str, str]) -> None:
        """Keep some of the samples seen, each with the same chance (Vitter's algorithm R), the same each time."""
        self._shown += 1
        if len(self.samples) < SAMPLES:
            self.samples.append(sample)
        elif (place := self._random.randrange(self._shown)) < SAMPLES:
            self.samples[place] = sample

    def _close(self) -> None:
        if self._folder:
            self._folder.commit(self._after, self._part, self.check)
        else:
            hosts = self._part.pop("hosts", {})
            add(self._own, self._part)
            add_host(self._own.setdefault("hosts", {}), hosts)
        self._part, self._bytes = {}, 0

    def finish(self, stats: dict[str, Any]) -> None:
        """Write what is left to write."""
        if self._folder:
            self._folder.finish(stats)

    def flush(self) -> None:
        """Close the last part."""
        if self._part:
            self._close()


_WATCHED = ("cleaned", "filtered", "quarantined", "words_in", "words_out")
