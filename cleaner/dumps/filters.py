"""Which clean records are kept out of the output, and why: one rule for ``cleaner run`` and for Spark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cleaner.errors import SettingsError


@dataclass(frozen=True)
class Filters:
    """What a clean record must be, to be kept in the output.

    Attributes:
        min_words: pages that keep fewer words are filtered.
        drop_flagged: pages with one of these flags are filtered; ``"*"`` is any.

    Raises:
        SettingsError: ``min_words`` is negative.
    """

    min_words: int = 0
    drop_flagged: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.min_words < 0:
            raise SettingsError("min_words is not negative")

    def __bool__(self) -> bool:
        """Whether anything can be filtered."""
        return bool(self.min_words or self.drop_flagged)

    def why(self, words: int, flags: Iterable[str]) -> str:
        """Why a record is filtered.

        Args:
            words: those of its clean text, as :func:`cleaner.dumps.tally.words` counts them.
            flags: its page's flags.

        Returns:
            The reason; empty if the record is kept.

        >>> Filters(min_words=5).why(4, [])
        'fewer than 5 words'
        """
        if words < self.min_words:
            return f"fewer than {self.min_words} words"
        hit = [flag for flag in flags if flag in self.drop_flagged or "*" in self.drop_flagged]
        return f"flagged {', '.join(hit)}" if hit else ""


#: Filters that keep every record.
KEEP_ALL = Filters()


def flag_names(drop_flagged: bool | Iterable[str]) -> tuple[str, ...]:
    """Flags to filter by, as people give them: True for any, or their names."""
    return ("*",) if drop_flagged is True else tuple(drop_flagged or ())
