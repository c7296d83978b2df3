"""Ray Data: ``clean_dataset(ds)``, or by hand ``ds.map_batches(CleanBatch, batch_format="pyarrow", ...)``."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from ray.data import ActorPoolStrategy, Dataset

from cleaner import Settings
from cleaner.engines import arrow
from cleaner.engines.cells import cleaner_of, make_job


class CleanBatch:
    """A callable class, for actors: the cleaner is made once for each, of the settings alone.

    Args:
        text: the column of texts; ``"text"`` if neither is given.
        html: the column of HTML pages, in place of ``text``.
        out: the column for the clean text; the column of texts itself, or ``"text"`` for HTML, if not given.
        settings: the cleaner's settings.
        cuts: whether each row gets the account of its cuts.

    Raises:
        SettingsError: settings that cannot be used.
    """

    def __init__(
        self,
        text: str | None = None,
        html: str | None = None,
        *,
        out: str | None = None,
        settings: Settings | None = None,
        cuts: bool = False,
    ) -> None:
        self.job = make_job(text=text, html=html, out=out, settings=settings, cuts=cuts)
        cleaner_of(self.job.settings)

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Clean a batch. It lies in shared memory, is read from there and is never changed.

        Args:
            batch: an Arrow table.

        Returns:
            A new table with the clean text, ``flags``, ``quarantine`` (why a cell was set aside, its text then being
            null; null for all others) and, if asked for, ``cuts``.

        Raises:
            InputError: a column is missing, or would be overwritten.
        """
        return arrow.run(batch, self.job)


def clean_dataset(
    ds: Dataset,
    text: str | None = None,
    html: str | None = None,
    *,
    out: str | None = None,
    settings: Settings | None = None,
    cuts: bool = False,
    workers: int | tuple[int, int] = 2,
    **options: Any,
) -> Dataset:
    """Clean one column of a dataset by actors that Ray restarts when they die.

    Args:
        ds: the dataset.
        text: the column of texts; ``"text"`` if neither is given.
        html: the column of HTML pages, in place of ``text``.
        out: the column for the clean text; the column of texts itself, or ``"text"`` for HTML, if not given.
        settings: the cleaner's settings.
        cuts: whether each row gets the account of its cuts.
        workers: how many actors, or the least and the most of them. Each takes a CPU (``num_cpus=``), and what reads
            the data needs one beside them: on a cluster of 16, 15 at most.
        options: more for ``Dataset.map_batches``: ``batch_size``, ``num_cpus``, ...

    Returns:
        The dataset, lazy, as :class:`CleanBatch` makes it.

    Raises:
        SettingsError: settings that cannot be used.
    """
    given: dict[str, Any] = {"text": text, "html": html, "out": out, "settings": settings, "cuts": cuts}
    CleanBatch(**given)  # a person's error shows here, not in an actor
    least, most = workers if isinstance(workers, tuple) else (workers, workers)
    return ds.map_batches(
        CleanBatch,
        fn_constructor_kwargs=given,
        batch_format="pyarrow",
        zero_copy_batch=True,
        compute=ActorPoolStrategy(min_size=least, max_size=most),
        **options,
    )
