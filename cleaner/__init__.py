r"""Strip the page's furniture from scraped text, and say of every line that went which rule took it and why.

>>> import cleaner
>>> cleaner.clean("Skip to content\n\nThe harbour reopened on Monday after a week of storms.\n\nRead also:")
'The harbour reopened on Monday after a week of storms.'
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from cleaner.api import Cleaner
from cleaner.errors import (
    CleanerError,
    InputError,
    ReplayError,
    RuleError,
    RuleTimeoutWarning,
    SettingsError,
    TooLargeError,
)
from cleaner.page import Cut, Line, Page, Result, replay
from cleaner.read.encoding import Decoded, decode
from cleaner.settings import Settings
from cleaner.stages import STAGES, Stage
from cleaner.version import __version__



__all__ = [
    "STAGES",
    "Cleaner",
    "CleanerError",
    "Cut",
    "Decoded",
    "InputError",
    "Line",
    "Page",
    "ReplayError",
    "Result",
    "RuleError",
    "RuleTimeoutWarning",
    "Settings",
    "SettingsError",
    "Stage",
    "TooLargeError",
    "clean",
    "clean_html",
    "decode",
    "explain",
    "explain_html",
    "replay",
]


@lru_cache(maxsize=1)
def _default() -> Cleaner:
    return Cleaner()


def clean(text: str) -> str:
    """Clean a text with the default settings; see :meth:`Cleaner.clean`."""
    return _default().clean(text)


def explain(text: str) -> Result:
    """Clean a text and account for every change; see :meth:`Cleaner.explain`."""
    return _default().explain(text)


def clean_html(page: Any) -> str:
    """Take the article's text out of HTML with the default settings; see :meth:`Cleaner.clean_html`."""
    return _default().clean_html(page)


def explain_html(page: Any) -> Result:
    """Take the article's text out of HTML and account for every cut; see :meth:`Cleaner.explain_html`."""
    return _default().explain_html(page)
