"""The phrases of rules made ready for look-up: whole lines by what they squash to, phrases with slots as patterns.

To make tens of thousands of phrases ready takes a second, so those of the package are kept that way (see
:mod:`cleaner.rules.compiled`). Even to read as many strings takes long: a phrase of a kept book becomes one only when a
line squashes to the same, and until then all stand in one piece of text.
"""

from __future__ import annotations

import copy
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from cleaner.fold import fold, squash, without_digits
from cleaner.rules.rule import Rule
from cleaner.rules.slots import START, has_pattern_slot, phrase_key, phrase_pattern

#: The language of phrases that a rule gives without one.
ANY = "any"
#: The language of the rule files themselves.
OWN_LANGUAGE = "en"
#: Of a phrase that is looked for anywhere in a line so many bytes are: more would find hardly fewer lines, and the
#: automaton for all would take much longer to make.
KEYWORD = 16


class Phrase(NamedTuple):
    """A phrase as it is looked up.

    Attributes:
        owner: its rule, by its place in a book.
        language: the language it was given for.
        bound: whether it counts only in texts of that language.
        text: the key of a whole line; of a phrase with slots its keyword.
        pattern: of a phrase with slots the pattern; otherwise empty.
    """

    owner: int
    language: str
    bound: bool
    text: str
    pattern: str = ""


class Phrasebook:
    """Phrases and patterns of rules. Patterns are numbered in the order in which they are tried.

    Attributes:
        owners: id of each rule, and whether it is one of the package's own.
        languages: codes of the languages that there are phrases in.
        forms: what lines squash to that may be a phrase.
        pattern_owners: the rule of each pattern.
        sources: each pattern; of a phrase that is a start and a slot just the slot.
        starts: how the line starts on which a pattern acts; empty where that is not fixed. One that
            begins with a letter wakes its pattern.
        bound: pattern -> the language that it is bound to.
        wakes: keyword -> patterns to try on lines that hold it.
        always: patterns to try on every line.
    """

    def __init__(self) -> None:
        self.owners: list[tuple[str, bool]] = []
        self.languages: frozenset[str] = frozenset()
        self.forms: frozenset[bytes] = frozenset()
        self.pattern_owners = array("H")
        self.sources: list[str] = []
        self.starts: list[str] = []
        self.bound: dict[int, str] = {}
        self.wakes: dict[str, tuple[int, ...]] = {}
        self.always: list[int] = []
        #: Language -> owner -> keys of phrases that may stand in rows, a line each.
        self._joined: dict[str, dict[int, str]] = {}
        #: Form -> its phrases. Those of a kept book stand in a piece of text, each form's up to a zero byte; where they
        #: start is told by the place of the form among the sorted ones.
        self._added: dict[bytes, list[tuple[int, str, str]]] = {}
        self._kept = b""
        self._kept_forms: list[bytes] = []
        self._kept_starts = array("I")

    def with_rules(self, rules: Iterable[Rule]) -> Phrasebook:
        """A copy of the book with more rules in it."""
        book = Phrasebook()
        for name, value in vars(self).items():
            setattr(book, name, copy.copy(value))
        book._joined = {language: found.copy() for language, found in self._joined.items()}
        book._added = {form: found.copy() for form, found in self._added.items()}
        book.add(rules)
        return book

    def add(self, rules: Iterable[Rule], *, untangled: bool = False) -> None:
        """Add the phrases and patterns of rules.

        Args:
            rules: the rules. Those that protect lines have their patterns tried last, so that they have the last word.
            untangled: bind to their languages the phrases on which languages differ: one phrase of two rules.
        """
        first = len(self.owners)
        every = list(rules)
        self.owners += [(rule.id, rule.builtin) for rule in every]
        self.languages |= {language for rule in every for language, _ in rule.phrases}
        phrases = [list(_phrases(rule, first + n)) for n, rule in enumerate(every)]
        if untangled:
            phrases = _untangled(phrases)
        for n, rule in sorted(enumerate(every), key=lambda numbered: numbered[1].stage == "protect"):
            self._add_phrases(rule, first + n, phrases[n])
            if rule.pattern is not None:
                number = self._add_pattern(first + n, rule.pattern, "")
                for keyword in dict.fromkeys(map(fold, rule.keywords)):
                    self.wakes[keyword] = (*self.wakes.get(keyword, ()), number)
                if not rule.keywords:
                    self.always.append(number)
        self.forms |= self._added.keys()

    def _add_phrases(self, rule: Rule, owner: int, phrases: list[Phrase]) -> None:
        free = {(phrase.text, phrase.pattern) for phrase in phrases if not phrase.bound}
        for language, text, pattern in dict.fromkeys(
            ("" if (p.text, p.pattern) in free else p.language, p.text, p.pattern) for p in phrases
        ):
            if pattern:
                self._add_slots(owner, language, text, pattern)
                continue
            for form in _squashed_forms(text):
                self._added.setdefault(form, []).append((owner, language, text))
        if rule.join:
            for language, text in dict.fromkeys((p.language, p.text) for p in phrases if not p.pattern):
                keys = self._joined.setdefault(language, {})
                keys[owner] = f"{keys.get(owner, '')}{text}\n"

    def _add_slots(self, owner: int, language: str, keyword: str, pattern: str) -> None:
        start = keyword[1:] if keyword[0] == "\n" and len(keyword) > START else ""
        n = self._add_pattern(owner, pattern, start)
        if language:
            self.bound[n] = language
        if not start[:1].isalpha():
            keyword = (start or keyword).encode("utf-8")[:KEYWORD].decode("utf-8", "ignore")
            self.wakes[keyword] = (*self.wakes.get(keyword, ()), n)

    def _add_pattern(self, owner: int, source: str, start: str) -> int:
        self.pattern_owners.append(owner)
        self.sources.append(source)
        self.starts.append(start)
        return len(self.sources) - 1

    def phrases(self, form: bytes) -> list[tuple[int, str, str]]:
        """The phrases that squash to a form.

        Args:
            form: one of ``forms``.

        Returns:
            Of each its owner, the language it is bound to or nothing, and its key.
        """
        found = self._added.get(form, [])
        place = bisect_left(self._kept_forms, form)
        if self._kept_forms[place : place + 1] != [form]:
            return found
        start = self._kept_starts[place]
        lines = self._kept[start : self._kept.index(b"\0", start)].decode("utf-8").split("\n")
        return [(int(owner), language, key) for owner, language, key in (ln.split("\t", 2) for ln in lines)] + found

    def joined(self, language: str) -> dict[str, int]:
        """The phrases of a language that may stand in rows, and the owner of each."""
        found: dict[str, int] = {}
        for owner, keys in self._joined.get(language, {}).items():
            found.update(dict.fromkeys(keys.split("\n")[:-1], owner))
        return found

    def packed(self) -> dict[str, Any]:
        """The book as plain data that is quickly read back by :func:`unpacked`."""
        forms = sorted(self.forms)
        kept = bytearray()
        starts = array("I")
        for form in forms:
            starts.append(len(kept))
            lines = [f"{owner}\t{language}\t{key}" for owner, language, key in self.phrases(form)]
            kept += "\n".join(lines).encode("utf-8") + b"\0"
        own: dict[str, Any] = {
            "forms": b"\n".join(forms),
            "_added": {},
            "_kept": bytes(kept),
            "_kept_forms": [],
            "_kept_starts": starts,
        }
        for name in ("sources", "starts"):
            own[name] = "\0".join(getattr(self, name))
        return vars(self) | own


def unpacked(data: dict[str, Any]) -> Phrasebook:
    """The book that :meth:`Phrasebook.packed` made plain data of."""
    book = Phrasebook()
    vars(book).update(data)
    book._kept_forms = data["forms"].split(b"\n")
    book.forms = frozenset(book._kept_forms)
    book.sources, book.starts = data["sources"].split("\0"), data["starts"].split("\0")
    return book


def _phrases(rule: Rule, owner: int) -> Iterator[Phrase]:
    bound = dict(rule.bound)
    for language, phrases in rule.phrases:
        for phrase in phrases:
            tied = phrase in bound.get(language, ())
            if rule.at == "line" and not has_pattern_slot(phrase):
                yield Phrase(owner, language, tied, phrase_key(fold(phrase)))
            else:
                yield Phrase(owner, language, tied, *phrase_pattern(fold(phrase), rule.at))


def _untangled(every: list[list[Phrase]]) -> list[list[Phrase]]:
    owners: dict[tuple[str, str], set[int]] = defaultdict(set)
    for phrases in every:
        for phrase in phrases:
            if not phrase.bound:
                owners[phrase.text, phrase.pattern].add(phrase.owner)
    return [
        [
            p._replace(bound=True)
            if len(owners[p.text, p.pattern]) > 1 and p.language not in (OWN_LANGUAGE, ANY)
            else p
            for p in phrases
        ]
        for phrases in every
    ]


def _squashed_forms(phrase: str) -> tuple[bytes, ...]:
    """What lines with this phrase squash to; a number may carry a K, M or B, which squashing leaves behind."""
    if "#" not in phrase:
        return (without_digits(squash(phrase)),)
    return tuple(without_digits(squash(phrase.replace("#", unit))) for unit in ("", "k", "m", "b"))
