"""All rules of a run made ready: one table for whole-line phrases, one automaton for keywords.

A phrase costs a dictionary look-up however many phrases there are. A pattern runs only on a line in which the
automaton has seen one of its keywords.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterable
from itertools import compress

from ahocorasick_rs import BytesAhoCorasick, Implementation

from cleaner.errors import RuleTimeoutWarning
from cleaner.fold import fold
from cleaner.page import Page
from cleaner.rules.patterns import PATTERN_TIMEOUT, Pattern, SlotPattern
from cleaner.rules.rows import Rows
from cleaner.rules.rule import Rule
from cleaner.rules.slots import EDGES, START, head, key
from cleaner.rules.words import ANY, make_words


class Ruleset:
    """Rules made ready to run.

    Attributes:
        rules: the rules, whose index is the number used in marks.
        number: rule id -> number.
        stages: number -> the rule's stage.
    """

    def __init__(self, rules: Iterable[Rule], keep: Iterable[str] = ()) -> None:
        self.rules = tuple(rules)
        self.number = {rule.id: n for n, rule in enumerate(self.rules)}
        self.stages = tuple(rule.stage for rule in self.rules)
        self._exact: dict[str, int] = {}
        self._bound: dict[str, dict[str, int]] = {}
        self._joined: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        self._squashed: set[bytes] = set()
        starts: dict[str, list[tuple[str, int]]] = defaultdict(list)
        #: Of each pattern its rule, its source and its place; of a start with a slot the slot and the start.
        self._sources: list[tuple[int, str, str]] = []
        self._patterns: dict[int, Pattern | SlotPattern] = {}
        self._always: list[int] = []
        self._rows: dict[str, Rows] = {}
        self._keep = tuple(fold(text) for text in keep)
        wakes: dict[str, list[int]] = defaultdict(list)
        for number, rule in sorted(enumerate(self.rules), key=_rank):
            self._add(number, rule, wakes, starts)
        #: Head -> (how the lines start, pattern of each).
        self._starts = {
            start: (tuple(text for text, _ in found), tuple(n for _, n in found)) for start, found in starts.items()
        }
        self._wakes = [tuple(found) for found in wakes.values()]
        keywords = [keyword.encode("utf-8") for keyword in wakes]
        self._automaton = BytesAhoCorasick(keywords, implementation=Implementation.DFA) if wakes else None
        self.has_protect = bool(self._keep) or any(rule.stage == "protect" for rule in self.rules)

    def _add(
        self, number: int, rule: Rule, wakes: dict[str, list[int]], starts: dict[str, list[tuple[str, int]]]
    ) -> None:
        words = rule.words or make_words(rule)
        self._squashed.update(words.squashed)
        for language, keys in words.exact:
            self._exact.update(dict.fromkeys(keys, number))
            if rule.join:
                self._joined[language].append((keys, number))
        for language, keys in words.bound:
            self._bound.setdefault(language, {}).update(dict.fromkeys(keys, number))
            if rule.join:
                self._joined[language].append((keys, number))
        for keyword, source in words.slots:
            if keyword[0] == "\n" and len(keyword) > START:
                n = self._pattern(number, source, keyword[1:] if source[0] == "{" else rule.at)
                if keyword[1].isalpha():
                    starts[keyword[1 : START + 1]].append((keyword[1:], n))
                else:
                    wakes[keyword[1:]].append(n)
            else:
                wakes[keyword].append(self._pattern(number, source, rule.at))
        if rule.pattern is not None:
            n = self._pattern(number, rule.pattern, rule.at)
            for keyword in rule.keywords:
                wakes[fold(keyword)].append(n)
            if not rule.keywords:
                self._always.append(n)

    def _pattern(self, number: int, source: str, at: str) -> int:
        self._sources.append((number, source, at))
        return len(self._sources) - 1

    def _made(self, n: int) -> Pattern | SlotPattern:
        """Pattern ``n``, made when first needed: most are for languages that a text is not in."""
        found = self._patterns.get(n)
        if found is None:
            number, source, at = self._sources[n]
            if source[0] == "{":
                found = SlotPattern(number, at, source)
            else:
                found = Pattern(number, source, at, timed=not self.rules[number].builtin)
            self._patterns[n] = found
        return found

    def why(self, rule_id: str) -> str:
        """The reason a rule gives; empty for a rule that is not loaded."""
        number = self.number.get(rule_id)
        return self.rules[number].why if number is not None else ""

    def match(self, page: Page) -> None:
        """Look all rules up on a page: fills ``page.heads``, ``page.named`` and ``page.woken``."""
        page.heads = [line[:START] if line[0].isalpha() else head(line) for line in page.folded]
        page.named = self._named(page)
        page.woken = self._woken(page)

    def rename(self, page: Page, i: int) -> None:
        """Look up again a line that a stage has shortened."""
        page.heads[i] = head(page.folded[i])
        number = self.name(page, page.folded[i])
        if number is None:
            page.named.pop(i, None)
        else:
            page.named[i] = number

    def _named(self, page: Page) -> dict[int, int]:
        """Lines that as a whole are a known phrase: one look at the squashed line tells that most are none."""
        wordy = page.forms.wordy.split(b"\n")
        found: dict[int, int] = {}
        for i in compress(range(len(page.lines)), map(self._squashed.__contains__, wordy)):
            number = self.name(page, page.folded[i])
            if number is not None:
                found[i] = number
        return found

    def name(self, page: Page, folded: str) -> int | None:
        """The rule whose phrase a folded line is; None if there is none.

        A phrase bound to its language counts only on a page of that language.
        """
        number = self._exact.get(folded)
        if number is None:
            core = key(folded)
            number = self._exact.get(core)
            if number is None and self._bound and page.language is not None:
                number = self._bound.get(page.language, _NOTHING).get(core)
        return number

    def rows(self, page: Page) -> Rows:
        """What finds rows of phrases on a page: of English ones and those of the page's language."""
        language = page.language if page.language in self._joined else "en"
        rows = self._rows.get(language)
        if rows is None:
            phrases: dict[str, int] = {}
            for code in ("en", language, ANY):
                for keys, number in self._joined.get(code, ()):
                    phrases.update(dict.fromkeys(keys, number))
            rows = Rows(((text, n, self.rules[n]) for text, n in phrases.items()), self.number.get("menu.row"))
            self._rows[language] = rows
        return rows

    def _woken(self, page: Page) -> dict[str, list[tuple[int, int]]]:
        pairs = self._started(page)
        if self._automaton is not None:
            text = b"\n" + page.forms.folded
            i, upto = -1, 0
            for keyword, start, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
                if start >= upto:
                    i += text.count(b"\n", upto, start + 1)
                    upto = start + 1
                pairs.update([(i, n) for n in self._wakes[keyword]])
        for n in self._always:
            pairs.update((i, n) for i in range(len(page.lines)))
        out: dict[str, list[tuple[int, int]]] = {}
        for i, n in sorted(pairs):
            out.setdefault(self.stages[self._sources[n][0]], []).append((i, n))
        return out

    def _started(self, page: Page) -> set[tuple[int, int]]:
        """Patterns woken by how a line starts: (line, pattern)."""
        starts = self._starts
        found: set[tuple[int, int]] = set()
        for i in compress(range(len(page.lines)), map(starts.__contains__, page.heads)):
            texts, numbers = starts[page.heads[i]]
            line = page.folded[i]
            if line.startswith(texts) or (not line[0].isalnum() and (line := line.lstrip(EDGES)).startswith(texts)):
                found.update([(i, n) for text, n in zip(texts, numbers, strict=True) if line.startswith(text)])
        return found

    def try_pattern(self, page: Page, n: int, line: str) -> tuple[int, str | None]:
        """Try a pattern that ``page.woken`` names on a line.

        Args:
            page: takes the flag if the pattern is too slow; from then on it is set aside for this page.
            n: the pattern.
            line: the line's text.

        Returns:
            (rule number, what stays of the line); None stays for a line on which it does not act.
        """
        pattern = self._made(n)
        rule = self.rules[pattern.number]
        flag = f"timeout:{rule.id}"
        if flag in page.flags:
            return pattern.number, None
        try:
            return pattern.number, pattern.rest(line)
        except TimeoutError:
            page.flag(flag)
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
        keep.update(i for i, number in page.named.items() if self.stages[number] == "protect")
        for i, n in page.woken.get("protect", ()):
            if i not in keep and self.try_pattern(page, n, page.lines[i])[1] is not None:
                keep.add(i)
        return frozenset(keep)


def _rank(numbered: tuple[int, Rule]) -> bool:
    """Of two rules with one phrase the later stands, which may be the user's; what protects it stands in any case."""
    return numbered[1].stage == "protect"


_NOTHING: dict[str, int] = {}
