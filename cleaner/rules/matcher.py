"""All rules of a run made ready: one table for whole-line phrases, one automaton for keywords.

A phrase costs a dictionary look-up however many phrases there are. A pattern runs only on a line in which the
automaton has seen one of its keywords.
"""

from __future__ import annotations

import re
import warnings
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from itertools import accumulate
from typing import Any

import regex
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from cleaner.errors import RuleTimeoutWarning
from cleaner.fold import fold, squash, without_digits
from cleaner.page import Page
from cleaner.rules.rule import Rule
from cleaner.rules.slots import has_pattern_slot, is_short, key, phrase_key, phrase_pattern

#: Seconds a pattern may spend on one line before it is set aside for that text.
PATTERN_TIMEOUT = 0.1
#: A line longer than this is text, not furniture: whole-line patterns are not tried on it.
LONGEST_LINE = 600
#: Known phrases must make up this share of a row's words.
ROW_SHARE = 0.6
#: Two phrases that are all of a line are a row if they have this many letters ("Media contact" is a heading).
LETTERS_OF_TWO = 20
#: Shorter phrases are not looked for in rows that run together.
SHORTEST_IN_ROW = 4
#: Start and end patterns see this many characters of the line.
WINDOW = 240

#: How a pattern is set in its place. At the end of a line it must follow a mark, not the run of a sentence.
_FRAMES = {
    "line": r"(?:{})",
    "start": r"\W{{0,8}}(?:{})",
    "end": r"(?<=[^\w\s,;'’-]\s{{0,3}})\W{{0,8}}(?:{})\W{{0,8}}\Z",
    "anywhere": r"(?:{})",
}
_METHODS = {"line": "fullmatch", "start": "match", "end": "search", "anywhere": "search"}
_OPENERS = " \t([{|•·–—-»›→:,;/"


class Pattern:
    """One pattern of a rule, compiled when first needed.

    The package's own patterns are tested to be linear and run without a clock, by the faster ``re`` where it knows their
    syntax. A user's run by ``regex``, which can be stopped.
    """

    __slots__ = ("_find", "at", "number", "source", "timed")

    def __init__(self, number: int, source: str, at: str, timed: bool) -> None:
        self.number = number
        self.source = source
        self.at = at
        self.timed = timed
        self._find: Callable[[str, int, int], Any] | None = None

    def _compile(self) -> Callable[[str, int, int], Any]:
        source = _FRAMES[self.at].format(self.source)
        method = _METHODS[self.at]
        if not self.timed:
            try:
                return getattr(re.compile(source, re.IGNORECASE), method)
            except re.error:
                return getattr(regex.compile(source, regex.IGNORECASE), method)
        return partial(getattr(regex.compile(source, regex.IGNORECASE), method), timeout=PATTERN_TIMEOUT)

    def rest(self, line: str) -> str | None:
        """What stays of the line if the pattern acts on it: None if it does not, empty if all goes."""
        if self._find is None:
            self._find = self._compile()
        size = len(line)
        if self.at == "line":
            return "" if size <= LONGEST_LINE and self._find(line, 0, size) else None
        if self.at == "start":
            found = self._find(line, 0, min(WINDOW, size))
            return line[found.end() :].lstrip() if found else None
        if self.at == "end":
            found = self._find(line, max(0, size - WINDOW), size)
            return line[: found.start()].rstrip(_OPENERS) if found else None
        return "" if self._find(line, 0, size) else None


class Ruleset:
    """Rules made ready to run.

    Attributes:
        rules: the rules, whose index is the number used in marks.
        number: rule id -> number.
    """

    def __init__(self, rules: Iterable[Rule], keep: Iterable[str] = ()) -> None:
        self.rules = tuple(rules)
        self.number = {rule.id: n for n, rule in enumerate(self.rules)}
        self._exact: dict[str, int] = {}
        self._joined: dict[str, int] = {}
        self._patterns: list[Pattern] = []
        self._always: list[int] = []
        self._row = self.number.get("menu.row")
        self._keep = tuple(fold(text) for text in keep)
        wakes: dict[str, list[int]] = defaultdict(list)
        for number, rule in sorted(enumerate(self.rules), key=_rank):
            self._add(number, rule, wakes)
        self._squashed = frozenset(line for text in self._exact for line in _squashed_forms(text))
        self._wakes = [tuple(found) for found in wakes.values()]
        self._automaton = AhoCorasick(list(wakes), implementation=Implementation.DFA) if wakes else None
        self._row_automaton: AhoCorasick | None = None
        self._row_phrases: list[tuple[int, int, int, int]] = []
        self.has_protect = bool(self._keep) or any(rule.stage == "protect" for rule in self.rules)

    def _add(self, number: int, rule: Rule, wakes: dict[str, list[int]]) -> None:
        for _, phrases in rule.phrases:
            for phrase in phrases:
                folded = fold(phrase)
                if rule.at == "line" and not has_pattern_slot(phrase):
                    self._exact[phrase_key(folded)] = number
                    if rule.join:
                        self._joined[phrase_key(folded)] = number
                else:
                    keyword, source = phrase_pattern(folded)
                    wakes[keyword].append(self._pattern(number, source, rule.at))
        if rule.pattern is not None:
            n = self._pattern(number, rule.pattern, rule.at)
            for keyword in rule.keywords:
                wakes[fold(keyword)].append(n)
            if not rule.keywords:
                self._always.append(n)

    def _pattern(self, number: int, source: str, at: str) -> int:
        self._patterns.append(Pattern(number, source, at, timed=not self.rules[number].builtin))
        return len(self._patterns) - 1

    def stage(self, number: int) -> str:
        """The stage of a rule."""
        return self.rules[number].stage

    def why(self, rule_id: str) -> str:
        """The reason a rule gives; empty for a rule that is not loaded."""
        number = self.number.get(rule_id)
        return self.rules[number].why if number is not None else ""

    def match(self, page: Page) -> None:
        """Look all rules up on a page: fills ``page.named`` and ``page.woken``."""
        page.named = self._named(page)
        page.woken = self._woken(page)

    def rename(self, page: Page, i: int) -> None:
        """Look up again a line that a stage has shortened."""
        number = self.name(page.folded[i])
        if number is None:
            page.named.pop(i, None)
        else:
            page.named[i] = number

    def _named(self, page: Page) -> dict[int, int]:
        """Lines that as a whole are a known phrase: one look at the squashed line tells that most are none."""
        folded, known = page.folded, self._squashed
        squashed = without_digits(page.squashed).split(b"\n")
        found: dict[int, int] = {}
        for i in [i for i, line in enumerate(squashed) if line in known]:
            number = self.name(folded[i])
            if number is not None:
                found[i] = number
        return found

    def name(self, folded: str) -> int | None:
        """The rule whose phrase this folded line is; None if there is none."""
        number = self._exact.get(folded)
        return self._exact.get(key(folded)) if number is None else number

    def rows(self, lines: list[str]) -> dict[int, tuple[int, bool]]:
        """Lines in which several phrases stand, with marks, spaces or nothing at all between them.

        Args:
            lines: folded lines.

        Returns:
            Line -> (rule, whether it is furniture beyond doubt). Beyond doubt is a line of two or more phrases and
            nothing else, one of them of a rule that counts alone. The others are mostly menu phrases, at least three.
            A single word of a row must stand free; a longer phrase may be grown together with others.
        """
        found: dict[int, tuple[int, bool]] = {}
        if self._row is None:
            return found
        if self._row_automaton is None:
            self._prepare_rows()
        assert self._row_automaton is not None
        text = "\n".join(lines)
        hits = self._row_automaton.find_matches_as_indexes(_encodable(text))
        rows: dict[int, list[int]] = {}
        end_of_last = line_end = i = -1
        for k, (n, start, end) in enumerate(hits):
            while start > line_end:
                i += 1
                line_end += len(lines[i]) + 1
            size, words, link, sure = self._row_phrases[n]
            if words == 1:
                if start != end_of_last and text[start - 1 : start].isalpha():
                    continue
                if text[end : end + 1].isalpha() and (k + 1 == len(hits) or hits[k + 1][1] != end):
                    continue
            end_of_last = end
            row = rows.get(i)
            if row is None:
                rows[i] = [1, size, link, sure]
            else:
                row[0] += 1
                row[1] += size
                row[2] = max(link, row[2])
                row[3] = max(sure, row[3])
        for i, (count, size, link, sure) in rows.items():
            if count > 1:
                letters = len(without_digits(squash(lines[i])).decode("utf-8", "surrogatepass"))
                if size == letters and sure >= 0:
                    found[i] = (sure, True)
                elif count > 2 and (size == letters or (link and size >= ROW_SHARE * letters)):
                    found[i] = (self._row, False)
                elif link and size == letters >= LETTERS_OF_TWO:
                    found[i] = (self._row, False)
        return found

    def _prepare_rows(self) -> None:
        """Phrases that may stand in a row: (letters, words, whether a menu link, the rule if it counts alone or -1)."""
        phrases: list[str] = []
        for text, number in self._joined.items():
            bare = text.replace("#", "").strip()
            if len(bare) >= SHORTEST_IN_ROW:
                rule = self.rules[number]
                sure = number if rule.alone and rule.run == 1 and not is_short(text) else -1
                phrases.append(bare)
                letters = len(without_digits(squash(bare)).decode("utf-8"))
                self._row_phrases.append((letters, len(bare.split()), int(rule.run == 1), sure))
        self._row_automaton = AhoCorasick(phrases, matchkind=MatchKind.LeftmostLongest)

    def _woken(self, page: Page) -> dict[str, list[tuple[int, int]]]:
        pairs: set[tuple[int, int]] = set()
        if self._automaton is not None and page.lines:
            folded = page.folded
            text = "\n" + "\n".join(folded)
            hits = self._automaton.find_matches_as_indexes(_encodable(text), overlapping=True)
            if hits:
                starts = list(accumulate((len(line) + 1 for line in folded), initial=1))
                wakes = self._wakes
                for keyword, start, _ in hits:
                    i = max(0, bisect_right(starts, start if text[start] != "\n" else start + 1) - 1)
                    for n in wakes[keyword]:
                        pairs.add((i, n))
        for n in self._always:
            pairs.update((i, n) for i in range(len(page.lines)))
        out: dict[str, list[tuple[int, int]]] = {}
        for i, n in sorted(pairs):
            out.setdefault(self.rules[self._patterns[n].number].stage, []).append((i, n))
        return out

    def try_pattern(self, page: Page, n: int, line: str) -> tuple[int, str | None]:
        """Try a pattern that ``page.woken`` names on a line.

        Args:
            page: takes the flag if the pattern is too slow; from then on it is set aside for this page.
            n: the pattern.
            line: the line's text.

        Returns:
            (rule number, what stays of the line); None stays for a line on which it does not act.
        """
        pattern = self._patterns[n]
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
        keep.update(i for i, number in page.named.items() if self.stage(number) == "protect")
        for i, n in page.woken.get("protect", ()):
            if i not in keep and self.try_pattern(page, n, page.lines[i])[1] is not None:
                keep.add(i)
        return frozenset(keep)


def _rank(numbered: tuple[int, Rule]) -> bool:
    """Of two rules with one phrase the later stands, which may be the user's; what protects it stands in any case."""
    return numbered[1].stage == "protect"


def _encodable(text: str) -> str:
    """The text with lone surrogates (the encoding stage is off) replaced, at the same length."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _squashed_forms(phrase: str) -> tuple[bytes, ...]:
    """What lines with this phrase squash to; a number may carry a K, M or B, which squashing leaves behind."""
    if "#" not in phrase:
        return (without_digits(squash(phrase)),)
    return tuple(without_digits(squash(phrase.replace("#", unit))) for unit in ("", "k", "m", "b"))
