"""All rules of a run made ready: one table for whole-line phrases, one automaton for keywords.

A phrase costs a dictionary look-up however many phrases there are. A pattern runs only on a line in which the
automaton has seen one of its keywords.
"""

from __future__ import annotations

import re
import warnings
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate

import regex
from ahocorasick_rs import AhoCorasick, MatchKind

from cleaner.errors import RuleTimeoutWarning
from cleaner.fold import fold, squash, without_digits
from cleaner.page import Page
from cleaner.rules.rule import Rule
from cleaner.rules.slots import has_pattern_slot, key, phrase_key, phrase_pattern

#: Seconds a pattern may spend on one line before it is set aside for that text.
PATTERN_TIMEOUT = 0.1
#: A line longer than this is text, not furniture: whole-line patterns are not tried on it.
LONGEST_LINE = 600
#: A row of phrases in one line has at most this many words.
LONGEST_ROW = 24
#: Known phrases must make up this share of a row's words.
ROW_SHARE = 0.6
#: Two phrases that are all of a line are a row if they have this many letters ("Media contact" is a heading).
LETTERS_OF_TWO = 20
#: Shorter phrases are not looked for in rows that run together.
SHORTEST_IN_ROW = 4
#: Start and end patterns see this many characters of the line.
WINDOW = 240

#: What stands between the phrases of a row, in folded text.
_SEPARATORS = re.compile(r"\s*[|*>/\u00b7\u25b8\u2605\u203b]+\s*|\s+-+\s+")
_BULLETS = " \t*-<>|\u00b7\u25e6\u25cb\u25a0\u25a1\u2713\u2714"
_BETWEEN = ",.:|&()<>*\""
#: How a pattern is set in its place. At the end of a line it must follow a mark, not the run of a sentence.
_FRAMES = {
    "line": r"(?:{})",
    "start": r"\W{{0,8}}(?:{})",
    "end": r"(?<=[^\w\s,;'’-]\s{{0,3}})\W{{0,8}}(?:{})\W{{0,8}}\Z",
    "anywhere": r"(?:{})",
}
_OPENERS = " \t([{|•·–—-»›→:,;/"


class Pattern:
    """One pattern of a rule, compiled when first needed."""

    __slots__ = ("_compiled", "at", "number", "source")

    def __init__(self, number: int, source: str, at: str) -> None:
        self.number = number
        self.source = source
        self.at = at
        self._compiled: regex.Pattern[str] | None = None

    def rest(self, line: str) -> str | None:
        """What stays of the line if the pattern acts on it: None if it does not, empty if all goes."""
        if self._compiled is None:
            self._compiled = regex.compile(_FRAMES[self.at].format(self.source), regex.IGNORECASE)
        find = self._compiled
        if self.at == "line":
            return "" if len(line) <= LONGEST_LINE and find.fullmatch(line, timeout=PATTERN_TIMEOUT) else None
        if self.at == "start":
            found = find.match(line, 0, WINDOW, timeout=PATTERN_TIMEOUT)
            return line[found.end() :].lstrip() if found else None
        if self.at == "end":
            found = find.search(line, max(0, len(line) - WINDOW), timeout=PATTERN_TIMEOUT)
            return line[: found.start()].rstrip(_OPENERS) if found else None
        return "" if find.search(line, timeout=PATTERN_TIMEOUT) else None


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
        self._heads: dict[str, int] = {}
        self._lasts: set[str] = set()
        self._patterns: list[Pattern] = []
        self._always: list[int] = []
        self._row = self.number.get("menu.row")
        self._keep = tuple(fold(text) for text in keep)
        wakes: dict[str, list[int]] = defaultdict(list)
        for number, rule in sorted(enumerate(self.rules), key=_rank):
            self._add(number, rule, wakes)
        for text in self._joined:
            words = text.split()
            head = words[0].strip(_BETWEEN)
            self._heads[head] = max(len(words), self._heads.get(head, 0))
            self._lasts.add(words[-1].strip(_BETWEEN))
        self._squashed = frozenset(line for text in self._exact for line in _squashed_forms(text))
        rows = [text for text in self._joined if len(text) >= SHORTEST_IN_ROW and "#" not in text]
        self._row_phrases = [
            (len(squash(text).decode("utf-8")), int(self.rules[self._joined[text]].run == 1), len(text.split()))
            for text in rows
        ]
        self._row_automaton = AhoCorasick(rows, matchkind=MatchKind.LeftmostLongest) if rows else None
        self._longest = max(map(len, self._exact), default=0) + 24
        self._wakes = [tuple(found) for found in wakes.values()]
        self._automaton = AhoCorasick(list(wakes)) if wakes else None
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
        self._patterns.append(Pattern(number, source, at))
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
        """Lines that are a known phrase or a row of them.

        A look at the squashed line tells in one dictionary look-up that most lines are no phrase; a look at the first
        word, that they are no row of phrases.
        """
        found: dict[int, int] = {}
        known, heads, lasts, longest, exact = self._squashed, self._heads, self._lasts, self._longest, self._exact.get
        squashed = without_digits(page.squashed).split(b"\n")
        for i, line in enumerate(page.folded):
            if len(line) > longest:
                continue
            number = exact(line)
            if number is None:
                if squashed[i] not in known:
                    if line.rpartition(" ")[2].strip(_BETWEEN) not in lasts:
                        continue
                    first = line.lstrip(_BULLETS).partition(" ")[0].strip(_BETWEEN)
                    if first not in heads and first[:1].isalpha():
                        continue
                number = self.name(line)
            if number is not None:
                found[i] = number
        return found

    def name(self, folded: str) -> int | None:
        """The rule whose phrase this folded line is, or which it is made of; None if there is none."""
        core = key(folded)
        if not core:
            return None
        number = self._exact.get(core)
        if number is None:
            number = self._composite(core)
        return number

    def _composite(self, core: str) -> int | None:
        """The rule of a line that is nothing but joinable phrases, side by side or with marks between them."""
        numbers = self._chain(core) if core.rpartition(" ")[2].strip(_BETWEEN) in self._lasts else None
        if numbers is not None and len(numbers) < 3 and not any(self.rules[n].alone for n in numbers):
            numbers = None
        if numbers is None and len(pieces := _SEPARATORS.split(core)) > 1:
            numbers = []
            for piece in filter(None, map(key, pieces)):
                number = self._joined.get(piece)
                if number is None and piece != "#":
                    return None
                if number is not None:
                    numbers.append(number)
        if not numbers or len(numbers) < 2:
            return None
        rules = self.rules
        strong = next((n for n in numbers if rules[n].run == 1), None)
        if strong is not None:
            return strong
        return self._row if len(numbers) >= rules[numbers[0]].run else numbers[0]

    def _chain(self, core: str) -> list[int] | None:
        """The rules of joinable phrases that follow one another, the longest taken first; None if others intrude."""
        words = core.split()
        if len(words) > LONGEST_ROW:
            return None
        numbers: list[int] = []
        at = 0
        while at < len(words):
            number, at = self._longest_phrase(words, at)
            if number is None:
                return None
            numbers.append(number)
        return numbers

    def _longest_phrase(self, words: list[str], at: int) -> tuple[int | None, int]:
        """The longest joinable phrase that starts at a word: (its rule or None, the word after it)."""
        longest = self._heads.get(words[at].strip(_BETWEEN), 0)
        for end in range(min(len(words), at + longest), at, -1):
            number = self._joined.get(" ".join(words[at:end]).strip(_BETWEEN))
            if number is not None:
                return number, end
        return None, at + 1

    def rows(self, lines: list[str]) -> dict[int, int]:
        """Lines that are mostly menu phrases, with marks, spaces or nothing at all between them.

        Args:
            lines: folded lines.

        Returns:
            Line -> the row rule, for lines in which at least three known phrases (two if nothing else is there) make up
            most of the letters. One word of a row must stand free; a longer phrase may be grown together with others.
        """
        found: dict[int, int] = {}
        if self._row is None or self._row_automaton is None:
            return found
        text = "\n".join(lines)
        hits = self._row_automaton.find_matches_as_indexes(_encodable(text))
        covered: dict[int, list[int]] = {}
        end_of_last = line_end = i = -1
        for k, (n, start, end) in enumerate(hits):
            while start > line_end:
                i += 1
                line_end += len(lines[i]) + 1
            size, strong, words = self._row_phrases[n]
            if words == 1 and start != end_of_last and text[start - 1 : start].isalpha():
                continue
            if words == 1 and text[end : end + 1].isalpha() and (k + 1 == len(hits) or hits[k + 1][1] != end):
                continue
            end_of_last = end
            count = covered.setdefault(i, [0, 0, 0])
            count[0] += 1
            count[1] += size
            count[2] |= strong
        for i, (phrases, size, strong) in covered.items():
            if phrases > 1 and strong:
                letters = len(squash(lines[i]).decode("utf-8", "surrogatepass"))
                if size >= ROW_SHARE * letters and (phrases > 2 or size == letters >= LETTERS_OF_TWO):
                    found[i] = self._row
        return found

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
