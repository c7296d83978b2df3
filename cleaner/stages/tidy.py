"""Stage ``tidy``: close up what the cuts left behind."""

from __future__ import annotations

from cleaner.native import kernels
from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.rules.slots import key
from cleaner.settings import Settings

#: A line of as many characters holds more than marks.
_LONG = 4
#: A line that ends so closes a block of a program; there is none among bullets and separators.
_CODE = "{};)]"


def tidy(page: Page, rules: Ruleset, settings: Settings) -> list[Mark]:
    """Propose to cut lines of nothing but marks next to a line that was cut.

    Args:
        page: the page, after all stages that cut.
        rules: the rules.
        settings: not read here.

    Returns:
        Marks.
    """
    number = rules.number.get("tidy.marks")
    kept = page.kept
    if number is None or 0 not in kept:
        return []
    last = len(page.lines) - 1
    folded = page.folded
    return [
        (i, number, None, None)
        for i in _short(page)
        if kept[i]
        and not (kept[i - 1 if i else 0] and kept[i + 1 if i < last else last])
        and not key(line := folded[i])
        and line[-1] not in _CODE
    ]


def _short(page: Page) -> list[int]:
    """The lines of a few characters, which are asked for before ``score`` as well."""
    known: list[int] | None = None if page.trimmed else page.facts.get("short")
    if known is None:
        lines = page.folded
        known = kernels.shorter(lines, _LONG) if kernels is not None else shorter_in_python(lines, _LONG)
        page.facts["short"] = known
    return known


def shorter_in_python(lines: list[str], size: int) -> list[int]:
    """The lines of fewer characters."""
    return [i for i, line in enumerate(lines) if len(line) < size]
