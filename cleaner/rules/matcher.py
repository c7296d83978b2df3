"""All rules of a run made ready: one table for whole-line phrases, one automaton for keywords.

A phrase costs a dictionary look-up however many phrases there are. A pattern runs only on a line in which the
automaton has seen one of its keywords.
"""

from __future__ import annotations

import re
import warnings
from array import array
from collections.abc import Iterable, Sequence

from cleaner.errors import RuleTimeoutWarning
from cleaner.fold import fold, squash, without_digits
from cleaner.page import Page
from cleaner.rules.lookup import Known, recall, with_noughts
from cleaner.rules.patterns import PATTERN_TIMEOUT, Pattern, SlotPattern
from cleaner.rules.phrasebook import ANY, OWN_LANGUAGE, Phrasebook
from cleaner.rules.rows import Rows
from cleaner.rules.rule import Rule
from cleaner.rules.slots import is_said, key
from cleaner.rules.waker import Waker

#: With what was found of so many lines kept it is all forgotten: the same few thousand are on most pages of the web.
MOST_NAMES = 8192
#: The number of a section of a section ("3.2.3"), and what a tree is drawn with.
_NUMBERED_OR_DRAWN = re.compile(r"\d{1,2}(?:\.\d{1,2}){2,}\.?\s|[\s\u2500-\u257f]*[\u251c\u2514]\u2500")


class Ruleset:
    """Rules made ready to run.

    Attributes:
        rules: the rules, whose index is the number used in marks.
        number: rule id -> number.
        stages: number -> the rule's stage.
        groups: number -> a number for the rule's group.
    """

    def __init__(self, rules: Iterable[Rule], keep: Iterable[str] = (), book: Phrasebook | None = None) -> None:
        self.rules = tuple(rules)
        self.number = {rule.id: n for n, rule in enumerate(self.rules)}
        self.stages = tuple(rule.stage for rule in self.rules)
        self._is_phrase = bytes(stage == "phrases" for stage in self.stages)
        groups = {rule.group: 0 for rule in self.rules}
        groups = dict(zip(groups, range(len(groups)), strict=True))
        self.groups = array("H", [groups[rule.group] for rule in self.rules])
        self._of_stage: dict[str, list[int]] = {}
        for n, stage in enumerate(self.stages):
            self._of_stage.setdefault(stage, []).append(n)
        if book is None:
            book = Phrasebook()
            book.add(self.rules)
        self._book = book
        on = {(rule.id, rule.builtin): n for n, rule in enumerate(self.rules)}
        #: Number of each rule of the book, and of the rule of each pattern; -1 if it is off.
        self._owners = [on.get(owner, -1) for owner in book.owners]
        self._pattern_rules = [self._owners[owner] for owner in book.pattern_owners]
        self._forms = Known(book.forms)
        #: Phrases found so far: forms looked up, key -> rule, key -> language -> rule.
        self._looked_up: set[bytes] = set()
        self._exact: dict[str, int] = {}
        self._bound: dict[str, dict[str, int]] = {}
        #: Language -> line, with noughts for numbers -> what :meth:`name` said of it on a page of that language.
        self._said: dict[str, dict[str, int | None]] = {}
        self._patterns: dict[int, Pattern | SlotPattern] = {}
        self._rows: dict[str, Rows] = {}
        self._keep = tuple(fold(text) for text in keep)
        stages = (*self.stages, "")  # -1 is off
        of_patterns = [stages[number] for number in self._pattern_rules]
        self._waker = Waker(of_patterns, book.wakes, book.starts, book.bound, book.always)
        self.has_protect = bool(self._keep) or any(rule.stage == "protect" for rule in self.rules)

    def _made(self, n: int) -> Pattern | SlotPattern:
        """Pattern ``n``, made when first needed: most are for other languages than a text's."""
        book, number = self._book, self._pattern_rules[n]
        made: Pattern | SlotPattern
        if book.starts[n] and book.sources[n][0] == "{":
            made = SlotPattern(number, book.starts[n], book.sources[n])
        else:
            rule = self.rules[number]
            made = Pattern(number, book.sources[n], rule.at, timed=not rule.builtin)
        self._patterns[n] = made
        return made

    def why(self, rule_id: str) -> str:
        """The reason a rule gives; empty for a rule that is not loaded."""
        number = self.number.get(rule_id)
        return self.rules[number].why if number is not None else ""

    def of_stage(self, stage: str) -> Sequence[int]:
        """The numbers of a stage's rules."""
        return self._of_stage.get(stage, ())

    def match(self, page: Page) -> None:
        """Look all rules up on a page: fills ``page.named``, ``page.phrase`` and ``page.woken``."""
        page.named = self._named(page)
        page.phrase = phrase = bytearray(len(page.lines))
        for i, number in page.named.items():
            phrase[i] = self._is_phrase[number]
        page.woken = self._waker.woken(page.forms.folded, page.language) if page.lines else {}

    def rename(self, page: Page, i: int) -> None:
        """Look up again a line that a stage has shortened."""
        number = self.name(page, page.folded[i])
        if number is None:
            page.named.pop(i, None)
        else:
            page.named[i] = number
        page.phrase[i] = number is not None and self._is_phrase[number]

    def _named(self, page: Page) -> dict[int, int]:
        """Lines that as a whole are a known phrase: one look at the squashed line tells that most are none."""
        if sum(map(len, self._said.values())) >= MOST_NAMES:
            self._said.clear()
        folded, known = page.folded, self._said.setdefault(page.language or "", {})
        found, others = recall(known, folded, self._forms.lines(page.forms.wordy))
        for i in others:
            line = with_noughts(folded[i])
            if line not in known:  # a line of this page may have been alike
                known[line] = self.name(page, line)
            number = known[line]
            if number is not None:
                found[i] = number
            else:
                del found[i]
        return found

    def name(self, page: Page, folded: str) -> int | None:
        """The rule whose phrase a folded line is; None if there is none.

        A phrase bound to its language counts only on a page of that language; which numbers stand in a line does not.

        Args:
            page: the page, for its language.
            folded: the line, folded.
        """
        form = without_digits(squash(folded))
        if form not in self._looked_up:
            if form not in self._forms:
                return None
            self._look_up(form)
        number = self._exact.get(folded)
        if number is None:
            core = key(folded)
            number = self._exact.get(core)
            if number is None and core in self._bound:
                number = self._bound[core].get(page.language or "")
        return None if number is not None and self._is_of_text(number, folded) else number

    def _is_of_text(self, number: int, folded: str) -> bool:
        """Whether a line that a rule of the package would name is a piece of a sentence, of speech or of a program.

        So are what a document's source writes with two colons, the title of a section by number, and what stands in a
        drawn tree.
        """
        rule = self.rules[number]
        if not rule.builtin or rule.stage == "protect":
            return False
        if folded[-1] == "," or "()" in folded or folded.endswith("::") or is_said(folded):
            return True
        return _NUMBERED_OR_DRAWN.match(folded) is not None

    def _look_up(self, form: bytes) -> None:
        """Take the phrases that squash to a form from the book.

        Of two rules with one phrase the later stands, which may be the user's; what protects it stands in any case.
        """
        found = [(self._owners[owner], language, text) for owner, language, text in self._book.phrases(form)]
        for number, language, text in sorted(found, key=lambda item: (self.stages[item[0]] == "protect", item[0])):
            if number >= 0:
                if language:
                    self._bound.setdefault(text, {})[language] = number
                else:
                    self._exact[text] = number
        self._looked_up.add(form)

    def rows(self, page: Page) -> Rows:
        """What finds rows of phrases on a page: of English ones and those of the page's language."""
        language = page.language or OWN_LANGUAGE
        rows = self._rows.get(language)
        if rows is None:
            phrases: dict[str, int] = {}
            for code in dict.fromkeys((OWN_LANGUAGE, language, ANY)):
                found = self._book.joined(code)
                phrases |= {text: number for text, owner in found.items() if (number := self._owners[owner]) >= 0}
            rows = Rows(phrases, self.rules, self.number.get("menu.row"))
            self._rows[language] = rows
        return rows

    def try_pattern(self, page: Page, n: int, line: str) -> tuple[int, str | None]:
        """Try a pattern that ``page.woken`` names on a line.

        Args:
            page: takes the flag if the pattern is too slow; from then on it is set aside for this page.
            n: the pattern.
            line: the line's text.

        Returns:
            (rule number, what stays of the line); None stays for a line on which it does not act.
        """
        pattern = self._patterns.get(n) or self._made(n)
        if page.flags and f"timeout:{self.rules[pattern.number].id}" in page.flags:
            return pattern.number, None
        try:
            return pattern.number, pattern.rest(line)
        except TimeoutError:
            rule = self.rules[pattern.number]
            page.flag(f"timeout:{rule.id}")
            warnings.warn(
                f"rule {rule.id} ({rule.source}): its pattern took over {PATTERN_TIMEOUT} s on one line "
                f"({len(line)} characters) and was set aside for the rest of this text",
                RuleTimeoutWarning,
                stacklevel=2,
            )
            return pattern.number, None

    def protected(self, page: Page) -> frozenset[int]:
        """Lines that no stage may cut."""
        if not self.has_protect:
            return frozenset()
        keep = {i for i, line in enumerate(page.folded) if any(text in line for text in self._keep)}
        keep.update(i for i in page.shown if any(text in fold(page.written(i)) for text in self._keep))
        keep.update(i for i, number in page.named.items() if self.stages[number] == "protect")
        for i, n in page.woken.get("protect", ()):
            if i not in keep and self.try_pattern(page, n, page.lines[i])[1] is not None:
                keep.add(i)
        return frozenset(keep)
