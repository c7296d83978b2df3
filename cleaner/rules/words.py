"""A rule's phrases made ready for look-up: keys for whole lines, patterns for phrases with slots."""

from __future__ import annotations

from cleaner.fold import fold, squash, without_digits
from cleaner.rules.rule import Rule, Words
from cleaner.rules.slots import has_pattern_slot, phrase_key, phrase_pattern

#: The language of phrases that a rule gives without one.
ANY = "any"


def make_words(rule: Rule) -> Words:
    """Make a rule's phrases ready.

    Args:
        rule: the rule.

    Returns:
        Its words.
    """
    exact: list[tuple[str, tuple[str, ...]]] = []
    bound: list[tuple[str, tuple[str, ...]]] = []
    squashed: dict[bytes, None] = {}
    slots: dict[tuple[str, str], None] = {}
    tied = dict(rule.bound)
    for language, phrases in rule.phrases:
        free: dict[str, None] = {}
        kept: dict[str, None] = {}
        for phrase in phrases:
            folded = fold(phrase)
            if rule.at == "line" and not has_pattern_slot(phrase):
                key = phrase_key(folded)
                (kept if phrase in tied.get(language, ()) else free)[key] = None
                squashed.update(dict.fromkeys(_squashed_forms(key)))
            else:
                slots[phrase_pattern(folded)] = None
        exact.append((language, tuple(free)))
        if kept:
            bound.append((language, tuple(kept)))
    return Words(tuple(exact), tuple(bound), tuple(squashed), tuple(slots))


def _squashed_forms(phrase: str) -> tuple[bytes, ...]:
    """What lines with this phrase squash to; a number may carry a K, M or B, which squashing leaves behind."""
    if "#" not in phrase:
        return (without_digits(squash(phrase)),)
    return tuple(without_digits(squash(phrase.replace("#", unit))) for unit in ("", "k", "m", "b"))
