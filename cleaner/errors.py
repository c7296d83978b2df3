"""The errors the library raises, and the warnings it gives. Nothing bare from below gets out."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class CleanerError(Exception):
    """Base of every error that this library raises."""


class SettingsError(CleanerError, ValueError):
    """A setting, preset, stage or rule id that does not exist, or a value that does not fit."""


class RuleError(CleanerError, ValueError):
    """A rule file that cannot be used; the message names the file, the rule and the key."""


class InputError(CleanerError, TypeError):
    """What was given to clean is not what the function takes (for example bytes for text)."""


class TooLargeError(InputError):
    """A page larger than the setting ``max_bytes`` allows."""


class ReplayError(CleanerError, ValueError):
    """Cuts that do not belong to the text they were replayed on."""


class MissingExtraError(CleanerError, ImportError):
    """A library is missing that an extra of the package brings; the message names the extra."""


class RunError(CleanerError):
    """A run over dumps that cannot begin or go on; the message says what to do.

    Args:
        message: what is wrong.
        refused: whether it cannot begin, and nothing was touched.
    """

    def __init__(self, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.refused = refused


class RuleTimeoutWarning(UserWarning):
    """A pattern took too long on a text and was set aside for the rest of that text."""


class QuarantineWarning(UserWarning):
    """Cells of a column could not be cleaned and were set aside, where the result has no place to say which."""


def shown(path: str) -> str:
    r"""A path that can be printed and stored: bytes of its name that are no UTF-8 as ``\xNN``."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name is meant, for the end of an error message.

    Args:
        name: what was written.
        known: the names that exist.

    Returns:
        ``"; did you mean 'x'?"`` or, with nothing near, ``"; known: a, b, c"`` (twelve at most). Of ``en-US`` the
        part before the hyphen is near enough, of ``deu`` the ``de``.
    """
    names = sorted(set(known))
    main = name.replace("_", "-").split("-")[0].lower()
    parts = [part for part in (main, main[:2] if len(main) == 3 else main) if part in names and part != name]
    close = parts or difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known: {', '.join(names[:12])}{', …' if len(names) > 12 else ''}"
