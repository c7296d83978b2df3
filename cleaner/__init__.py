r"""Strip the page's furniture from scraped text, and say of every line that went which rule took it and why.

>>> import cleaner
>>> cleaner.clean("Skip to content\n\nThe harbour reopened on Monday after a week of storms.\n\nRead also:")
'The harbour reopened on Monday after a week of storms.'
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cleaner.api import Cleaner
from cleaner.errors import (
    CleanerError,
    InputError,
    MissingExtraError,
    ReplayError,
    RuleError,
    RuleTimeoutWarning,
    RunError,
    SettingsError,
    TooLargeError,
)
from cleaner.page import Page
from cleaner.read.encoding import Decoded, decode
from cleaner.result import Cut, Line, Result, replay
from cleaner.settings import Settings
from cleaner.stages import STAGES, Stage
from cleaner.version import __version__

if TYPE_CHECKING:
    from cleaner.dumps.records import read_records, write_records
    from cleaner.dumps.run import Summary, run

__all__ = [
    "STAGES",
    "Cleaner",
    "CleanerError",
    "Cut",
    "Decoded",
    "InputError",
    "Line",
    "MissingExtraError",
    "Page",
    "ReplayError",
    "Result",
    "RuleError",
    "RuleTimeoutWarning",
    "RunError",
    "Settings",
    "SettingsError",
    "Stage",
    "Summary",
    "TooLargeError",
    "__version__",
    "clean",
    "clean_html",
    "decode",
    "explain",
    "explain_html",
    "read_records",
    "replay",
    "run",
    "write_records",
]


def __getattr__(name: str) -> Any:
    """What needs the extra ``dumps`` is imported when first asked for."""
    if name not in ("Summary", "read_records", "run", "write_records"):
        raise AttributeError(f"module 'cleaner' has no attribute {name!r}")
    try:
        from cleaner.dumps import records, run
    except ModuleNotFoundError as e:
        raise MissingExtraError(f"cleaner.{name} needs {e.name}: pip install 'article-cleaner[dumps]'") from e
    return getattr(records if name.endswith("records") else run, name)


@lru_cache(maxsize=1)
def _default() -> Cleaner:
    return Cleaner()


def clean(text: str) -> str:
    """Clean a text with the default settings; see :meth:`Cleaner.clean`."""
    return _default().clean(text)


def explain(text: str) -> Result:
    """Clean a text and account for every change; see :meth:`Cleaner.explain`."""
    return _default().explain(text)


def clean_html(page: Any, *, encoding: str | None = None) -> str:
    """Take the article's text out of HTML with the default settings; see :meth:`Cleaner.clean_html`."""
    return _default().clean_html(page, encoding=encoding)


def explain_html(page: Any, *, encoding: str | None = None) -> Result:
    """Take the article's text out of HTML and account for every cut; see :meth:`Cleaner.explain_html`."""
    return _default().explain_html(page, encoding=encoding)
