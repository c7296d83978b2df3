"""The pipeline, as a table to be read from top to bottom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    r"""One step of the pipeline.

    Attributes:
        name: what ``off`` and the cuts call it.
        run: a pure function of the page, the rules and the settings that proposes marks: for each line that it would
            have cut its index in ``page.lines``, the number of the rule to name, the text that stays or None, and None
            or what explains the cut.

    A stage of your own, with the rule that its cuts name:

    >>> from cleaner import STAGES, Cleaner, Stage
    >>> def loud(page, rules, settings):
    ...     rule = rules.number["mine.shout"]
    ...     return [(i, rule, None, None) for i, line in enumerate(page.lines) if page.kept[i] and line.isupper()]
    >>> mine = ("mine", '[shout]\nstage = "loud"\nwhy = "A line in capitals."')
    >>> Cleaner(rules=[mine], stages=(*STAGES, Stage("loud", loud))).clean("The ferry sailed.\n\nHURRAH")
    'The ferry sailed.'
    """

    name: str
    run: Callable[[Page, Ruleset, Settings], Sequence[Mark]]


#: Encoding and whitespace are repaired before a page has lines; these stages then mark lines, in this order.
#: ``company`` runs before ``tails``, so that weak words are not taken for links, and after ``repeats`` and ``score``
#: for words that came together. ``repeats`` runs again after ``score``: with furniture gone a page's head may reach
#: farther, and whole passages are compared.
STAGES: tuple[Stage, ...] = (
    Stage("place", place),
    Stage("phrases", phrases),
    Stage("company", company),
    Stage("tails", tails),
    Stage("repeats", repeats),
    Stage("company", company),
    Stage("score", score),
    Stage("company", company),
    Stage("repeats", again),
    Stage("tidy", tidy),
)
