"""Run the stages over a page: stages propose, the engine applies, stamps and records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cleaner.fold import characters
from cleaner.page import Page
from cleaner.repair import name_repair
from cleaner.result import Cut
from cleaner.rules.matcher import Ruleset
from cleaner.settings import SMALL_CHANGE, Settings
from cleaner.stages import Stage
from cleaner.stages.code import code_lines

#: Stages that judge a line of HTML by where it stands. They come first: words are looked up in what they leave.
PLACE_STAGES = ("place", "score")


def run(page: Page, rules: Ruleset, stages: Iterable[Stage], settings: Settings) -> Page:
    """Run the stages, each on what the ones before it left.

    Args:
        page: a page as a reader makes it.
        rules: the rules of the preset.
        stages: the stages, in order.
        settings: handed to every stage.

    Returns:
        The same page, with its cuts applied and recorded.
    """
    if not page.lines:
        return page
    if page.markup is not None:
        _run_html(page, rules, list(stages), settings)
        return page
    rules.match(page)
    protected = rules.protected(page) | code_lines(page)
    for stage in stages:
        if marks := stage.run(page, rules, settings):
            for i in page.apply(stage.name, marks, protected):
                rules.rename(page, i)
    return page


def _run_html(page: Page, rules: Ruleset, stages: list[Stage], settings: Settings) -> None:
    protected = frozenset[int]()
    if rules.has_protect:
        rules.match(page)
        protected = rules.protected(page)
    for stage in stages:
        if stage.name in PLACE_STAGES:
            page.apply(stage.name, stage.run(page, rules, settings), protected)
    rest, index = page.narrowed()
    if not rest.lines:
        return
    rules.match(rest)
    protected = rules.protected(rest) | code_lines(rest)
    for stage in stages:
        if stage.name not in PLACE_STAGES:
            for i in rest.apply(stage.name, stage.run(rest, rules, settings), protected):
                rules.rename(rest, i)
    page.take_over(rest, index)


def over_budget(kept: int, gentler: int, budget: float) -> bool:
    """Whether a preset took more than its share of what the next gentler one had left.

    Measured that way the answer is the same for a text and for its clean version, which keeps cleaning idempotent.

    Args:
        kept: characters this preset keeps.
        gentler: characters the next gentler preset keeps.
        budget: the share this preset may take.

    Returns:
        True if the gentler preset's result should stand.
    """
    return gentler - kept > max(SMALL_CHANGE, budget * gentler)


def size(page: Page) -> int:
    """Characters in the lines that stay: the measure of the removal budget, fair to scripts without spaces."""
    return characters(page.lines, page.kept)


def cuts(page: Page, rules: Ruleset) -> tuple[Cut, ...]:
    """Turn a page's record into words.

    Args:
        page: a page that has been run.
        rules: the rules it was run with.

    Returns:
        Repairs first, then every cut in the order made.
    """
    out = _repairs(page, rules)
    now = dict(page.trimmed)
    for stage, marks in page.log:
        for i, number, after, detail in marks:
            rule = rules.rules[number]
            line, part = page.place(i)
            why = rule.why
            if isinstance(detail, int):
                why = f"{why} (line {page.place(detail)[0]}: {_short(page.trimmed.get(detail, page.lines[detail]))})"
            elif callable(detail):
                why = f"{why} ({detail(i)})"
            elif detail:
                why = f"{why} ({detail})"
            out.append(Cut(rule.id, stage, line, now.get(i, page.written(i)), after, why, part))
            if after is not None:
                now[i] = after
    return tuple(out)


def _repairs(page: Page, rules: Ruleset) -> list[Cut]:
    out: list[Cut] = []
    before: Sequence[str] = page.raw
    for stage, lines in page.steps:
        if lines is not before:
            for i, (old, new) in enumerate(zip(before, lines, strict=True)):
                if old is not new and old != new:
                    rule, detail = name_repair(stage, old, new)
                    out.append(Cut(rule, stage, i + 1, old, new, f"{rules.why(rule)} ({detail})"))
        before = lines
    return out


def _short(line: str, limit: int = 60) -> str:
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
