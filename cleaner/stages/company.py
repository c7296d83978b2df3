"""Stage ``company``: phrases too weak to stand alone, which count where several stand side by side.

A rule with ``run = 3`` names words (News, Sport, Facebook) that are furniture only where three of its group stand
together. Single short words that ``phrases`` left (Share, Tweet) count where two different ones do, menu links and
buttons where three do.
"""

from __future__ import annotations

from itertools import compress

from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.rules.slots import is_short, key
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
    kept, named = page.kept, page.named
    if "company" in page.cache or not int.from_bytes(kept, "little") & int.from_bytes(page.phrase, "little"):
        return []
    scraped = is_scraped(page, rules)
    marks: list[Mark] = []
    for run in _runs(page, rules):
        if len(run) < 2 or not any(map(kept.__getitem__, run)):
            continue
        words = {key(page.folded[i]) for i in run}
        for i in run:
            if not kept[i]:
                continue
            rule = rules.rules[named[i]]
            if rule.run > 1:
                gone = len(run) >= rule.run and (scraped or rule.alone)
            elif rule.alone:
                gone = len(words) > 1 and is_short(page.folded[i])
            else:
                gone = len(words) >= ENOUGH
            if gone:
                marks.append((i, named[i], None, None))
    if not marks:
        page.cache["company"] = ()  # nor will there be while nothing else goes
    return marks


def _between(page: Page) -> bytes:
    """Of each line whether it stays and is more than marks and a count in brackets."""
    solid: bytearray | None = page.facts.get("solid")
    squashed = page.squashed
    if solid is None:
        solid = page.facts["solid"] = bytearray(map(bool, squashed))
        for j in compress(range(len(squashed)), map(bytes.isdigit, squashed)):
            solid[j] = key(page.folded[j]) != ""
    for j in page.trimmed:
        solid[j] = squashed[j] != b"" and not (squashed[j].isdigit() and not key(page.folded[j]))
    size = len(solid)
    return (int.from_bytes(solid, "little") & int.from_bytes(page.kept, "little")).to_bytes(size, "little")


def _runs(page: Page, rules: Ruleset) -> list[list[int]]:
    """Lines of one group between which there are but phrases, marks, counts in brackets and lines that are gone.

    Phrase lines that are gone count as company.
    """
    named, groups = page.named, rules.groups
    between = _between(page)
    runs: list[list[int]] = []
    open_runs: dict[str, list[int]] = {}
    before = -1
    for i in compress(range(len(between)), page.phrase):
        if i - before > 1 and open_runs and between.find(1, before + 1, i) >= 0:
            open_runs = {}
        before = i
        group = groups[named[i]]
        run = open_runs.get(group)
        if run is None:
            open_runs[group] = run = []
            runs.append(run)
        run.append(i)
    return runs
