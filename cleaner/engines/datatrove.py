r"""datatrove: steps for a pipeline. They are plain data and pickle, so every executor (local, Slurm, Ray) takes them.

>>> from datatrove.data import Document
>>> from cleaner.engines.datatrove import CleanerFormatter
>>> [page] = CleanerFormatter()([Document("Skip to content\n\nThe harbour reopened on Monday.", "1")])
>>> page.text
'The harbour reopened on Monday.'

What a step found out goes into a document's metadata, as strings that are always there, so that a writer that takes
its columns from the first document (Parquet) is right about the others: ``flags`` (names with spaces between),
``quarantine`` (why a document was set aside, or nothing) and, if asked for, ``cuts`` (JSON).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.extractors.base import BaseExtractor
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.formatters.base import BaseFormatter
from datatrove.pipeline.writers.disk_base import DiskWriter
from datatrove.utils.typeshelper import StatHints

from cleaner import Settings
from cleaner.engines.cells import CUTS, FLAGS, QUARANTINE, Cell, Job, clean_cell, cut_row, make_job
from cleaner.errors import InputError


class CleanerFormatter(BaseFormatter):
    """Cleans the text of every document; drops none.

    A document that has to be set aside (too large) keeps its text and says why in its metadata; :class:`CleanerFilter`
    takes it, and those of which nothing was left, out of the stream (which a Parquet writer needs: it leaves out
    empty fields).

    Args:
        settings: the cleaner's settings.
        cuts: whether each document gets the account of its cuts.

    Raises:
        SettingsError: settings that cannot be used.
    """

    name = "🧹 cleaner"

    def __init__(self, settings: Settings | None = None, *, cuts: bool = False) -> None:
        super().__init__()
        self.job = make_job(settings=settings, cuts=cuts)

    def format(self, text: str) -> str:
        """The clean text; the text itself if it has to be set aside."""
        cell = clean_cell(text, self.job)
        return text if cell.text is None else cell.text

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """Clean documents as they come.

        Args:
            data: the documents.
            rank: which of the tasks this is; it makes no difference.
            world_size: how many tasks there are; it makes no difference.

        Yields:
            The same documents with clean texts, ``flags`` and ``quarantine``.
        """
        for document in data:
            self.stat_update(StatHints.total)
            with self.track_time():
                cell = clean_cell(document.text, self.job)
            _note(self, document, cell, self.job)
            if cell.text is not None:
                document.text = cell.text
            self.stat_update(StatHints.forwarded)
            self.update_doc_stats(document)
            yield document


class CleanerExtractor(BaseExtractor):
    """Makes clean text of documents that hold HTML pages, in place of an extractor such as trafilatura's.

    Pages of which nothing is left are dropped, as extractors do, and so are those that have to be set aside; the
    reasons are counted, and ``exclusion_writer`` gets the pages as they were. It works in the task's own process.

    Args:
        settings: the cleaner's settings.
        cuts: whether each document gets the account of its cuts.
        exclusion_writer: where dropped pages go.

    Raises:
        SettingsError: settings that cannot be used.
    """

    name = "🧹 cleaner"

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        cuts: bool = False,
        exclusion_writer: DiskWriter | None = None,
    ) -> None:
        super().__init__()
        self.job = make_job(html="text", settings=settings, cuts=cuts)
        self.exclusion_writer = exclusion_writer

    def extract(self, text: str) -> str:
        """The clean text of a page; empty if it has to be set aside."""
        return clean_cell(text, self.job).text or ""

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """Make text of pages as they come.

        Args:
            data: the documents.
            rank: which of the tasks this is, for the names of the excluded files.
            world_size: how many tasks there are; it makes no difference.

        Yields:
            The documents of which text was left, with ``flags`` and ``quarantine``.
        """
        with self.exclusion_writer or nullcontext() as writer:
            for document in data:
                self.stat_update(StatHints.total)
                with self.track_time():
                    cell = clean_cell(document.text, self.job)
                _note(self, document, cell, self.job)
                if cell.text:
                    document.text = cell.text
                    self.stat_update(StatHints.forwarded)
                    self.update_doc_stats(document)
                    yield document
                    continue
                reason = _reason(document, tuple(cell.flags)) or "empty"
                self.stat_update(StatHints.dropped, f"dropped_{reason}")
                if writer is not None:
                    document.metadata["filter_reason"] = reason
                    writer.write(document, rank)


class CleanerFilter(BaseFilter):
    """Drops documents by what a cleaner's step before it noted, and says why.

    Args:
        flags: the flags that drop a document; those of an empty result if not given.
        exclusion_writer: where dropped documents go, with ``filter_reason``.
    """

    name = "🧹 cleaner"

    def __init__(
        self, flags: Iterable[str] = ("empty", "all_furniture"), *, exclusion_writer: DiskWriter | None = None
    ) -> None:
        super().__init__(exclusion_writer)
        self.flags = tuple(flags)

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Judge a document.

        Args:
            doc: a document that a cleaner's step has seen.

        Returns:
            True to keep it, or False with the reason: one of the flags, or the kind of ``quarantine``.

        Raises:
            InputError: no cleaner's step has seen it.
        """
        if QUARANTINE not in doc.metadata:
            raise InputError("CleanerFilter reads what CleanerFormatter or CleanerExtractor noted; put one before it")
        reason = _reason(doc, self.flags)
        return (False, reason) if reason else True


def _reason(document: Document, flags: tuple[str, ...]) -> str:
    """Why a document should go: the kind of its quarantine, or the first of these flags that it carries."""
    if document.metadata[QUARANTINE]:
        return str(document.metadata[QUARANTINE]).partition(":")[0]
    return next((flag for flag in document.metadata[FLAGS].split() if flag in flags), "")


def _note(step: Any, document: Document, cell: Cell, job: Job) -> None:
    document.metadata[FLAGS] = " ".join(cell.flags)
    document.metadata[QUARANTINE] = cell.quarantine or ""
    step.stat_update(*(f"flag_{flag}" for flag in cell.flags))
    if cell.quarantine:
        step.stat_update(f"quarantined_{cell.quarantine.partition(':')[0]}")
    if job.cuts:
        document.metadata[CUTS] = json.dumps([cut_row(cut) for cut in cell.cuts], ensure_ascii=False)
        for cut in cell.cuts:
            step.stat_update(f"cut_{cut.rule}")
