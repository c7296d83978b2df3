"""A rule's own examples are its test: texts on which it must act, and texts it must leave alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cleaner.result import REPAIR_STAGES, Result
from cleaner.rules.rule import Rule

#: Lines put before an example to make its page a scraped one, for rules that count only there.
SCRAPED = "Skip to main content\nSkip to navigation\n\n"


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that does not hold.

    Attributes:
        rule: the rule's id.
        source: the rule's file.
        key: ``"fire"``, ``"quiet"`` or ``"lone"``.
        example: the text.
        found: ids of the rules that acted on it.
    """

    rule: str
    source: str
    key: str
    example: str
    found: tuple[str, ...]

    def __str__(self) -> str:
        acted = ", ".join(self.found) or "none"
        wanted = "did not act" if self.key == "fire" else "must stay"
        return f"{self.source}: {self.rule}: {self.key} example {wanted}: {self.example!r} (rules that acted: {acted})"


def check(
    rules: Iterable[Rule], explain: Callable[[str], Result], explain_html: Callable[[str], Result]
) -> Iterator[Failure]:
    """Try the examples of rules.

    A repair's examples speak of that repair alone. Otherwise a ``fire`` example must have a cut by its rule, on its
    own or, for what counts only in company, on a page that shows
    other furniture. A ``quiet`` example must come back whole from such a page and on its own, a ``lone`` one on its
    own. Examples that begin with a tag are HTML: of ``fire`` the rule must cut a line, of ``quiet`` none.

    Args:
        rules: the rules whose examples are tried.
        explain: cleans a text with all rules on.
        explain_html: cleans HTML with all rules on.

    Yields:
        What does not hold.
    """
    for rule in rules:
        if rule.stage in ("place", "score") and all(example[0] == "<" for example in rule.fire):
            for key, examples in (("fire", rule.fire), ("quiet", rule.quiet)):
                for html in examples:
                    found = tuple(cut.rule for cut in explain_html(html).cuts)
                    if (rule.id in found) != (key == "fire"):
                        yield Failure(rule.id, rule.source, key, html, found)
            continue
        for text in rule.fire:
            found = _acted(explain, text)
            if rule.id not in found and rule.id not in (found := _acted(explain, SCRAPED + text)):
                yield Failure(rule.id, rule.source, "fire", text, found)
        for text in rule.quiet:
            if rule.stage in REPAIR_STAGES:
                found = tuple(cut.rule for cut in explain(text).cuts if cut.rule == rule.id)
            else:
                found = _acted(explain, text) or _acted(explain, SCRAPED + text, skip=2)
            if found:
                yield Failure(rule.id, rule.source, "quiet", text, found)
        for text in rule.lone:
            if found := _acted(explain, text):
                yield Failure(rule.id, rule.source, "lone", text, found)


def _acted(explain: Callable[[str], Result], text: str, skip: int = 0) -> tuple[str, ...]:
    return tuple(cut.rule for cut in explain(text).cuts if cut.line > skip)
