"""A page with the judgement on it, not yet put into words: what ``clean`` and ``explain`` are made of."""

from __future__ import annotations

from dataclasses import dataclass

from cleaner import engine
from cleaner.page import Page
from cleaner.read.markdown import markdown
from cleaner.result import Cut
from cleaner.rules.matcher import Ruleset


@dataclass(frozen=True, slots=True)
class Judged:
    """A page that has been through the stages.

    Attributes:
        page: the page; ``page.flags`` and ``page.log`` can be counted at no cost.
        rules: the rules it was run with.
        format: what HTML becomes, as in the settings.
    """

    page: Page
    rules: Ruleset
    format: str = "text"

    def text(self) -> str:
        """The clean text, in the format of the settings."""
        return markdown(self.page) if self.format == "markdown" else self.page.text()

    def cuts(self) -> tuple[Cut, ...]:
        """The account of every change: words are found for each, which takes longer than the rest."""
        return engine.cuts(self.page, self.rules)
