"""Stage ``company``: phrases too weak to stand alone, which count where several stand side by side.

A rule with ``run = 3`` names words (News, Sport, Facebook) that are furniture only where three different ones of its
group stand together. Single short words that ``phrases`` left (Share, Tweet) count where two different ones do, menu
links and buttons where three do.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

from cleaner.fold import squash
from cleaner.keys import both
from cleaner.native import kernels
from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.rules.slots import is_short, key, may_be_bracketed
from cleaner.settings import Settings
from cleaner.stages.phrases import is_scraped

#: As many different lines side by side are company enough for a rule that does not count alone.
ENOUGH = 3


def company(page: Page, rules: Ruleset, settings: Settings) -> list[Mark]:
    """Propose to cut weak phrases that stand in company.

    Args:
        page: the page, after the stages that cut on a line's own words.
        rules: the rules.
        settings: not read here.

    Returns:
        Marks.
    """
    kept, named, folded = page.kept, page.named, page.folded
    if "company" in page.cache or 1 not in both(kept, page.phrase):
        return []
    scraped = is_scraped(page, rules)
    marks: list[Mark] = []
    find = kernels.runs if kernels is not None else runs_in_python
    for run in find(page.phrase, kept, _between(page), named, rules.groups):
        words = 0  # not counted yet
        for i in compress(run, map(kept.__getitem__, run)):
            rule = rules.rules[named[i]]
            if len(run) < rule.run:
                continue
            words = words or len({key(folded[k]) for k in run})
            if rule.run > 1:
                gone = words >= rule.run and (scraped or rule.alone)
            else:
                gone = words > 1 and is_short(folded[i]) if rule.alone else words >= ENOUGH
            if gone:
                marks.append((i, named[i], None, None))
    if not marks:
        page.cache["company"] = ()  # nor will there be while nothing else goes
    return marks


def _between(page: Page) -> bytes:
    """Of each line whether it stays and is more than marks and a count in brackets."""
    solid: bytearray | None = page.facts.get("solid")
    if solid is None:
        solid, digits = kernels.solid(page.keys.c) if kernels is not None else solid_in_python(page.squashed)
        page.facts["solid"] = solid
        for j in digits:
            if may_be_bracketed(page.folded[j]):
                solid[j] = key(page.folded[j]) != ""
    for j in page.trimmed:
        squashed = squash(page.folded[j])
        solid[j] = squashed != b"" and not (squashed.isdigit() and not key(page.folded[j]))
    return both(solid, page.kept)


def solid_in_python(keys: list[bytes]) -> tuple[bytearray, list[int]]:
    """Which keys are not empty, and the numbers of those that are digits and nothing else."""
    return bytearray(map(bool, keys)), list(compress(range(len(keys)), map(bytes.isdigit, keys)))


def runs_in_python(
    phrase: bytes | bytearray, kept: bytes | bytearray, between: bytes, named: dict[int, int], groups: Sequence[int]
) -> list[list[int]]:
    """Lines of one group between which there are but phrases, marks, counts in brackets and lines that are gone.

    Phrase lines that are gone count as company.

    Args:
        phrase: which lines are phrases.
        kept: which stay.
        between: which stay and are more than marks and a count in brackets.
        named: the rule of each phrase.
        groups: the group of each rule.

    Returns:
        Those runs of two lines and more of which one stays, in order.
    """
    runs: list[list[int]] = []
    open_runs: dict[int, list[int]] = {}
    before = -1
    for i in compress(range(len(phrase)), phrase):
        if i - before > 1 and open_runs and between.find(1, before + 1, i) >= 0:
            open_runs = {}
        before = i
        group = groups[named[i]]
        if group not in open_runs:
            open_runs[group] = []
            runs.append(open_runs[group])
        open_runs[group].append(i)
    return [run for run in runs if len(run) > 1 and any(map(kept.__getitem__, run))]
