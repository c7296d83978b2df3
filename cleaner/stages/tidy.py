"""Stage ``tidy``: close up what the cuts left behind."""

from __future__ import annotations

from cleaner.page import Mark, Page
from cleaner.rules.matcher import Ruleset
from cleaner.rules.slots import key
from cleaner.settings import Settings


def tidy(page: Page, rules: Ruleset, settings: Settings) -> list[Mark]:
    """Propose to cut runs of weak phrases, and marks that stand where something was cut.

    Args:
        page: the page, after all stages that cut.
        rules: the rules.
        settings: not read here.

    Returns:
        Marks.
    """
    return _runs(page, rules) + _leftovers(page, rules)


def _runs(page: Page, rules: Ruleset) -> list[Mark]:
    """Phrases that count only in company: enough lines of one rule file side by side, cut ones included."""
    table = rules.rules
    weak = {
        i: number
        for i, number in page.named.items()
        if page.kept[i] and table[number].stage == "phrases" and table[number].run > 1
    }
    if not weak:
        return []
    marks: list[Mark] = []
    run: list[int] = []
    size = 0
    file: str | None = None

    def close() -> None:
        marks.extend((i, weak[i], None, None) for i in run if size >= table[weak[i]].run)

    for i in range(len(page.lines)):
        number = page.named.get(i)
        if number is not None and table[number].stage == "phrases":
            if table[number].file != file:
                close()
                run, size, file = [], 0, table[number].file
            if page.kept[i]:
                size += 1
                if i in weak:
                    run.append(i)
        elif page.kept[i]:
            close()
            run, size, file = [], 0, None
    close()
    return marks


def _leftovers(page: Page, rules: Ruleset) -> list[Mark]:
    """Lines of nothing but marks next to a line that was cut."""
    number = rules.number.get("tidy.marks")
    if number is None or 0 not in page.kept:
        return []
    last = len(page.lines) - 1
    return [
        (i, number, None, None)
        for i, line in enumerate(page.folded)
        if len(line) < 4
        and page.kept[i]
        and not key(line)
        and ((i and not page.kept[i - 1]) or (i < last and not page.kept[i + 1]))
    ]
