"""Show how far a run has come: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

from cleaner.dumps.state import Step
from cleaner.dumps.stats import share

#: Seconds between two lines where there is no terminal; the first comes sooner.
EVERY, FIRST = 10.0, 2.0


class Follow:
    """Shows the steps of a run.

    Args:
        console: where to.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()
        self._next = self._began + FIRST
        self._bar: Progress | None = None
        self._task: Any = None
        if console.is_terminal:
            self._bar = Progress(
                SpinnerColumn(),
                BarColumn(),
                TaskProgressColumn(),
                TextColumn("{task.fields[said]}"),
                TimeRemainingColumn(elapsed_when_finished=True),
                console=console,
            )
            self._task = self._bar.add_task("", total=None, said="starting")
            self._bar.start()

    def __call__(self, step: Step) -> None:
        """Take in a step."""
        now = time.monotonic()
        if self._bar:
            self._bar.update(self._task, total=step.size or None, completed=step.read, said=self.said(step, now))
        elif now >= self._next:
            done = f"{100 * step.read / step.size:.0f} %, " if step.size else ""
            self._console.print(f"cleaner: {done}{self.said(step, now)}{self._eta(step, now)}", soft_wrap=True)
            self._next = now + EVERY

    def said(self, step: Step, now: float) -> str:
        """A step in words."""
        seconds = max(now - self._began, 1e-3)
        total = step.total
        records = total["cleaned"] + total["filtered"] + total["quarantined"]
        rate = (step.read - step.begin) / seconds / 1e6
        return (
            f"{records:,} records, {step.records / seconds:,.0f}/s, {rate:.1f} MB/s, "
            f"{100 * share(total):.0f} % removed, {total['quarantined']:,} errors"
        )

    def _eta(self, step: Step, now: float) -> str:
        if not step.size or step.read <= step.begin:
            return ""
        left = (now - self._began) * max(step.size - step.read, 0) / (step.read - step.begin)
        return f", {left / 60:.0f} min left" if left > 90 else f", {left:.0f} s left"

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._bar:
            self._bar.stop()
