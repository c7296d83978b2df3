"""Worker processes that can die at any moment without costing more than the record that killed them.

Each worker has a pipe of its own, so a worker killed in the middle of a message breaks its own pipe and nothing else.
It reads its next batch while it works on the present one, and ends when the pipe to the run's own process is closed.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import queue
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, NamedTuple, TypeVar

from cleaner.errors import RunError

T = TypeVar("T")

#: Batches that a worker has at a time: one it works on, and the next.
AHEAD = 2
#: Workers that die one after another, nothing done between, before a run gives up.
DEATHS = 100
#: Workers that are killed one after another before they get to work, before a run gives up.
STILLBORN = 10
#: Seconds beyond a record's time-out after which a worker that does not stop itself is stopped.
GRACE = 5.0

#: What tells numpy's libraries how many threads to use.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

#: What is called in a worker: (what it was made with, piece of work) -> result.
Function = Callable[[Any, Any], Any]


class Died(NamedTuple):
    """A piece of work on which a worker died.

    Attributes:
        reason: how, in words.
    """

    reason: str


class Split(NamedTuple, Generic[T]):
    """How a piece of work on which a worker died is done again.

    Attributes:
        apart: gives the bits it is made of, each of which is then tried by itself.
        join: puts their results together: (piece, results, with a `Died` for each bit on which a worker died again).
    """

    apart: Callable[[T], list[T]]
    join: Callable[[T, list[Any]], Any]


class _Worker:
    """A process, its pipe, and the work it has."""

    def __init__(self, process: Any, pipe: Connection) -> None:
        self.process = process
        self.pipe = pipe
        self.has: deque[tuple[tuple[int, int], Any]] = deque()
        self.since = time.monotonic()
        self.ready = False


class Pool(Generic[T]):
    """Runs a function over pieces of work in processes, and gives the results in the order of the work.

    Args:
        workers: how many processes.
        function: what is called in them, with ``made`` and a piece of work; it says when it begins a record by calling
            :func:`alarm`.
        made: what the function gets first; travels to each worker once.
        timeout: seconds that a worker may be silent over one record; 0 for any time.
        split: what is done with a piece on which a worker died.
    """

    def __init__(self, workers: int, function: Function, made: Any, timeout: float, split: Split[T]) -> None:
        self._context: Any = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
        if sys.platform != "win32":
            self._context.set_forkserver_preload([function.__module__])
        self._function = function
        self._made = pickle.dumps(made)
        self._timeout = timeout
        self._split = split
        self._waiting: deque[tuple[tuple[int, int], T]] = deque()
        self._pieces: dict[int, T] = {}
        self._bits: dict[int, list[Any]] = {}
        self._again: set[tuple[int, int]] = set()  # bits on which a worker died once
        self._results: dict[int, Any] = {}
        self._deaths = 0
        self._stillborn = 0
        self._workers = [self._start() for _ in range(workers)]

    def __enter__(self) -> Pool[T]:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.pipe.close()
            worker.process.kill()
        for worker in self._workers:
            worker.process.join()

    @property
    def pids(self) -> list[int]:
        """The workers' process ids."""
        return [worker.process.pid or 0 for worker in self._workers]

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        arguments = (theirs, self._function, self._made)
        process = self._context.Process(target=_work, args=arguments, name="cleaner-worker", daemon=True)
        with _one_thread():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def ordered(self, work: Iterable[T]) -> Iterator[tuple[T, Any]]:
        """Do pieces of work.

        Args:
            work: taken as workers have room, never more than a few pieces ahead of the results given.

        Yields:
            (piece, result), in the order of the work.

        Raises:
            RunError: workers cannot be started, or die without end.
        """
        source = enumerate(work)
        window = AHEAD * len(self._workers) + 2
        given, more = 0, True
        while True:
            while more and len(self._pieces) < window and any(len(w.has) < AHEAD for w in self._workers):
                found = next(source, None)
                if found is None:
                    more = False
                    break
                number, piece = found
                self._pieces[number] = piece
                self._waiting.append(((number, -1), piece))
                self._hand_out()
                self._collect(0)
            while given in self._results:
                yield self._pieces.pop(given), self._results.pop(given)
                given += 1
            if not more and not self._pieces:
                return
            self._hand_out()
            if not (more and len(self._pieces) < window and any(len(w.has) < AHEAD for w in self._workers)):
                self._collect(1.0)

    def _hand_out(self) -> None:
        for depth in range(AHEAD):
            for worker in self._workers:
                if self._waiting and len(worker.has) <= depth:
                    piece = self._waiting.popleft()
                    if not worker.has:
                        worker.since = time.monotonic()
                    worker.has.append(piece)
                    with suppress(OSError):  # it is dead; what it had is given back when its end is noticed
                        worker.pipe.send(piece)

    def _collect(self, patience: float) -> None:
        """Take in what workers have to say, and see to those that ended."""
        for pipe in wait([worker.pipe for worker in self._workers], patience):
            n = next(n for n, worker in enumerate(self._workers) if worker.pipe is pipe)
            worker = self._workers[n]
            try:
                key, result = worker.pipe.recv()
            except (EOFError, OSError, pickle.UnpicklingError):
                self._bury(n)
                continue
            worker.ready, worker.since = True, time.monotonic()
            if key is not None:
                worker.has.popleft()
                self._deaths = self._stillborn = 0
                self._enter(key, result)
        for n, worker in enumerate(self._workers):
            if self._timeout and worker.ready and worker.has:
                allowed = self._timeout * len(self._split.apart(worker.has[0][1])) + GRACE
                if time.monotonic() - worker.since > allowed:
                    worker.process.kill()
                    self._bury(n, f"it took longer than {self._timeout:g} s (--record-timeout)")

    def _enter(self, key: tuple[int, int], result: Any) -> None:
        """Note a result, of a piece or of one of the bits it was split into."""
        number, bit = key
        if bit < 0:
            self._results[number] = result
            return
        found = self._bits[number]
        found[bit] = result
        if None not in found:
            self._results[number] = self._split.join(self._pieces[number], self._bits.pop(number))

    def _bury(self, n: int, why: str = "") -> None:
        """Replace a worker that ended, and see to the work it had."""
        worker = self._workers[n]
        worker.pipe.close()
        worker.process.kill()
        worker.process.join()
        timed_out = -(worker.process.exitcode or 0) == getattr(signal, "SIGALRM", None)
        how = why or _how(worker.process.exitcode, self._timeout)
        if not worker.ready:
            self._stillborn += 1
            if self._stillborn > STILLBORN or (worker.process.exitcode or 0) >= 0:
                hint = (
                    ""
                    if timed_out or (worker.process.exitcode or 0) < 0
                    else "; a script needs if __name__ == '__main__':"
                )
                raise RunError(f"workers cannot be started: {how}{hint}")
        elif worker.has:
            self._deaths += 1
            if self._deaths > DEATHS:
                raise RunError(f"{DEATHS} workers ended one after another, the last one so: {how}; nothing gets done")
            (number, bit), piece = worker.has.popleft()
            self._waiting.extendleft(reversed(worker.has))
            worker.has.clear()
            if bit < 0:
                bits = self._split.apart(piece)
                self._bits[number] = [None] * len(bits)
                self._waiting.extendleft(((number, n), bits[n]) for n in reversed(range(len(bits))))
            elif why or timed_out or (number, bit) in self._again:
                self._enter((number, bit), Died(how))
            else:  # it may have been killed from outside, for no fault of the record
                self._again.add((number, bit))
                self._waiting.appendleft(((number, bit), piece))
        self._waiting.extendleft(reversed(worker.has))
        self._workers[n] = self._start()


@contextmanager
def _one_thread() -> Iterator[None]:
    """Have processes that are started now do their sums in one thread each: there are as many workers as cores."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update({name: value or "1" for name, value in before.items()})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)


def _how(code: int | None, timeout: float) -> str:
    if code is not None and code < 0:
        if -code == getattr(signal, "SIGALRM", 0):
            return f"it took longer than {timeout:g} s (--record-timeout)"
        names = {int(s): s.name for s in signal.Signals}
        return f"the worker was ended by {names.get(-code, f'signal {-code}')}"
    return f"the worker ended with exit code {code}"


def alarm(seconds: float) -> None:
    """Have the system end this process if it does not call again in time; 0 calls the alarm off.

    The signal is left to its default action, which needs no Python code to run and so ends even a loop in C.
    """
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _work(pipe: Connection, function: Function, made: bytes) -> None:
    """The life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run's own process, which then ends the workers
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    inbox: queue.Queue[tuple[int, Any]] = queue.Queue()
    threading.Thread(target=_receive, args=(pipe, inbox), daemon=True).start()
    with_it = pickle.loads(made)
    pipe.send((None, None))
    while True:
        number, piece = inbox.get()
        result = function(with_it, piece)
        alarm(0)
        try:
            pipe.send((number, result))
        except OSError:
            os._exit(0)  # the run's own process is gone


def _receive(pipe: Connection, inbox: queue.Queue[tuple[int, Any]]) -> None:
    try:
        while True:
            inbox.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(0)  # the run's own process is gone
