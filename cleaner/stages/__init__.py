"""The pipeline, as a table to be read from top to bottom."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.settings import Settings
from cleaner.stages.company import company
from cleaner.stages.passages import again
from cleaner.stages.phrases import phrases
from cleaner.stages.place import place
from cleaner.stages.repeats import repeats
from cleaner.stages.score import score
from cleaner.stages.tails import tails
from cleaner.stages.tidy import tidy


class Stage(NamedTuple):
    """One step of the pipeline.

    Attributes:
        name: what ``off`` and the cuts call it.
        run: a pure function of the page, the rules and the settings that proposes marks.
    """

    name: str
    run: Callable[[Page, Ruleset, Settings], list[Mark]]


#: Encoding and whitespace are repaired before a page has lines; these stages then mark lines, in this order.
#: ``company`` runs before ``tails``, so that weak words are not taken for links, and after ``repeats`` for words that
#: came together. ``repeats`` runs again after ``score``: with furniture gone a page's head may reach farther, and whole
#: passages are compared.
STAGES: tuple[Stage, ...] = (
    Stage("place", place),
    Stage("phrases", phrases),
    Stage("company", company),
    Stage("tails", tails),
    Stage("repeats", repeats),
    Stage("company", company),
    Stage("score", score),
    Stage("repeats", again),
    Stage("tidy", tidy),
)
