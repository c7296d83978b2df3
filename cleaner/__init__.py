r"""Strip the page's furniture from scraped text, and say of every line that went which rule took it and why.

>>> import cleaner
>>> cleaner.clean("Skip to content\n\nThe harbour reopened on Monday after a week of storms.\n\nRead also:")
'The harbour reopened on Monday after a week of storms.'
"""

from __future__ import annotations

from functools import lru_cache

from cleaner.api import Cleaner
from cleaner.errors import (
    CleanerError,
    InputError,
    ReplayError,
    RuleError,
    RuleTimeoutWarning,
    SettingsError,
)
from cleaner.page import Cut, Page, Result, replay
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
    "Page",
    "ReplayError",
    "Result",
    "RuleError",
    "RuleTimeoutWarning",
    "Settings",
    "SettingsError",
    "Stage",
    "clean",
    "decode",
    "explain",
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
