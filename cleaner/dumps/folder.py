"""The output folder: locked, in parts that are whole or not there, and never of two minds about what is done."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import filelock
import orjson

from cleaner.dumps.items import Position
from cleaner.dumps.journal import add_entry, cut_journal, read_journal, sync_folder
from cleaner.dumps.pack import Packed
from cleaner.dumps.parts import PartFile, part_file, remove
from cleaner.dumps.plan import Plan, differences
from cleaner.dumps.tally import Tally, add, add_host
from cleaner.errors import RunError

#: Where the run keeps its own papers.
PAPERS = ".cleaner"


class Folder:
    """The output folder of a run, open and locked.

    Args:
        path: the folder; made if it is not there.
        plan: what the run is going to do.
        to: the output's format.
        side: the ending of side files.
        restart: whether to take away what an earlier run left.

    Raises:
        RunError: another run has it, it holds something else, or an earlier run with another plan.
    """

    def __init__(self, path: Path, plan: Plan, to: str, side: str, *, restart: bool = False) -> None:
        self.path = path
        self.to = to
        self.parts = 0
        self.at = Position()
        self.check = 0
        self.total: Tally = {}
        self.finished = False
        self._papers = path / PAPERS
        self._names = {"errors": "errors.jsonl", "filtered": f"filtered.{side}", "removed": f"removed.{side}"}
        self._sides: dict[str, IO[bytes]] = {}
        self._part: PartFile | None = None
        self._rows = 0
        if path.exists() and not path.is_dir():
            raise RunError(f"{path}: is a file; -o takes a folder", refused=True)
        if path.is_dir() and not self._papers.is_dir() and any(path.iterdir()):
            raise RunError(
                f"{path}: holds files that are not from a run; name a folder that is new or empty", refused=True
            )
        self._papers.mkdir(parents=True, exist_ok=True)
        self._lock = filelock.FileLock(self._papers / "lock", timeout=0)
        try:
            self._lock.acquire()
        except filelock.Timeout:
            raise RunError(
                f"{path}: another run is writing there; wait for it or name another folder", refused=True
            ) from None
        try:
            self._begin(plan, restart)
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self) -> Folder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._drop_part()
        for file in self._sides.values():
            with suppress(OSError):
                file.close()
        self._lock.release()

    def _begin(self, plan: Plan, restart: bool) -> None:
        if restart:
            self._sweep()
        kept = self._papers / "plan.json"
        if kept.exists():
            was = orjson.loads(kept.read_bytes())
            if was != plan:
                different = "; ".join(differences(was, plan))
                raise RunError(
                    f"{self.path}: an earlier run there was another one: {different}."
                    " Run as before to go on with it, name another folder, or start over with --restart",
                    refused=True,
                )
        else:
            new = self._papers / "plan.new"
            with new.open("wb") as file:
                file.write(orjson.dumps(plan, option=orjson.OPT_INDENT_2))
                file.flush()
                os.fsync(file.fileno())
            new.replace(kept)
            sync_folder(self._papers)
            sync_folder(self.path)
        self._go_on()

    def _sweep(self) -> None:
        """Take away what an earlier run made: its plan last, so that a sweep that is killed can be done again."""
        journal = self._papers / "journal"
        made = {name for entry, _ in read_journal(journal) for name in entry.get("files", ())}
        for path in self.path.iterdir():
            ours = path.name in made or path.name in {*self._names.values(), "stats.json"}
            if ours or path.name.startswith(("part-", "errors.jsonl", "filtered.jsonl", "removed.jsonl")):
                remove(path)
        for name in ("part", "stats.new", "journal", "plan.json"):
            remove(self._papers / name)

    def _go_on(self) -> None:
        """Take up what the journal says is done, and take away what is in the folder beyond that."""
        journal = self._papers / "journal"
        end = 0
        lengths = dict.fromkeys(self._names, 0)
        for entry, end in read_journal(journal):  # noqa: B007
            if "end" in entry:
                self.finished = True
                continue
            for name, size in entry["files"].items():
                self._see(name, size)
            self.parts, self.at, self.check = entry["part"] + 1, Position(*entry["after"]), entry["check"]
            lengths |= entry["sides"]
            self._add(entry["tally"])
        cut_journal(journal, end)
        remove(self._papers / "part")
        for name, length in lengths.items():
            path = self.path / self._names[name]
            there = path.stat().st_size if path.exists() else 0
            if there < length:
                raise RunError(
                    f"{path}: has {there:,} bytes, had {length:,}; put it back, or start over with --restart"
                )
            if there > length:
                os.truncate(path, length)
            if path.exists() and not length:
                path.unlink()

    def _see(self, name: str, size: int) -> None:
        path = self.path / name
        if not path.exists() or (size >= 0 and path.stat().st_size != size):
            raise RunError(f"{path}: is not there as it was written; put it back, or start over with --restart")

    def _add(self, tally: Tally) -> None:
        hosts = tally.pop("hosts", {})
        add(self.total, tally)
        add_host(self.total.setdefault("hosts", {}), hosts)

    def write(self, packed: Packed) -> None:
        """Write a batch's output to the part in the making, and to the side files.

        Raises:
            RunError: it cannot be written, for example because the disk is full.
        """
        try:
            if packed.rows:
                if self._part is None:
                    remove(self._papers / "part")
                    self._part = part_file(self.to, self._papers / "part")
                self._part.write(packed)
                self._rows += packed.rows
            for name in self._names:
                data = getattr(packed, name)
                if data:
                    if name not in self._sides:
                        self._sides[name] = (self.path / self._names[name]).open("ab")
                    self._sides[name].write(data)
        except OSError as e:
            raise self._full(e) from e

    def commit(self, after: Position, tally: Tally, check: int = 0) -> None:
        """Make the part whole: name it, and note where reading goes on.

        The order matters. Everything is on disk before its name is, and its name before the journal's entry; what
        the journal does not know is made again, the same, by the next run.

        Args:
            after: where the next part begins.
            tally: what was counted in this one.
            check: for standard input, the checksum of what was read.

        Raises:
            RunError: it cannot be written, for example because the disk is full.
        """
        try:
            files: dict[str, int] = {}
            if self._part is not None:
                made = self._part.close()
                name = f"part-{self.parts:05d}{self._part.ending}"
                target = self.path / name
                if target.is_dir():
                    shutil.rmtree(target)
                made.replace(target)
                sync_folder(self.path)
                files[name] = target.stat().st_size if target.is_file() else -1
                self._part = None
            sides = {}
            for side, file in self._sides.items():
                file.flush()
                os.fsync(file.fileno())
                sides[side] = file.tell()
            entry = {"part": self.parts, "files": files, "after": list(after), "sides": sides, "check": check}
            add_entry(self._papers / "journal", entry | {"tally": tally})
        except OSError as e:
            raise self._full(e) from e
        self.parts += 1
        self.at = after
        self._rows = 0
        self._add(tally)

    def finish(self, stats: dict[str, Any]) -> None:
        """Write ``stats.json``, and note that the run is done."""
        try:
            new = self._papers / "stats.new"
            with new.open("wb") as file:
                file.write(orjson.dumps(stats, option=orjson.OPT_INDENT_2) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.path / "stats.json")
            sync_folder(self.path)
            if not self.finished:
                add_entry(self._papers / "journal", {"end": True})
                self.finished = True
        except OSError as e:
            raise self._full(e) from e

    def _drop_part(self) -> None:
        if self._part is not None:
            self._part.drop()
            self._part = None

    def _full(self, error: OSError) -> RunError:
        return RunError(
            f"{self.path}: cannot be written: {error.strerror or error}. What is done is kept:"
            " make room and run the same command again to go on"
        )
