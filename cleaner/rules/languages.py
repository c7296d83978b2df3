"""Language files: the phrases of one language for the rules that the other files define."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cleaner.errors import RuleError, nearest
from cleaner.rules.rule import Rule

_TOP = frozenset(("language", "name", "native", "reviewed", "sources"))
_KEYS = frozenset(("phrases", "bound", "fire", "quiet"))


@dataclass(frozen=True, slots=True)
class Entry:
    """What one language has for one rule: phrases, those of them bound to the language, and examples."""

    phrases: tuple[str, ...]
    bound: tuple[str, ...] = ()
    fire: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """A language file.

    Attributes:
        code: the language's code, which is the file's name.
        name: its English name.
        native: its own name for itself.
        reviewed: who or what it was checked against.
        sources: where the phrases come from.
        entries: rule id -> what the language has for it.
    """

    code: str
    name: str
    native: str
    reviewed: str
    sources: tuple[str, ...]
    entries: Mapping[str, Entry]


def read_language(name: str, source: str, rules: Iterable[Rule]) -> Language:
    """Read one language file.

    Args:
        name: the file's name.
        source: its text, TOML.
        rules: the rules it may speak of.

    Returns:
        The language.

    Raises:
        RuleError: with the file, the rule and the key, and the nearest right name.
    """
    import tomllib  # noqa: PLC0415

    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as e:
        raise RuleError(f"{name}: not valid TOML: {e}") from None
    known = {rule.id: rule.id for rule in rules}
    known |= {old: rule.id for rule in rules for old in rule.was if old not in known}
    entries: dict[str, Entry] = {}
    for key, value in data.items():
        if key in _TOP:
            continue
        if not isinstance(value, dict) or key not in known:
            raise RuleError(f"{name}: there is no rule {key!r}{nearest(key, known)}")
        entry = _entry(f"{name}: [{key}]", value)
        old = entries.get(known[key])
        if old:
            entry = Entry(*(before + after for before, after in zip(_parts(old), _parts(entry), strict=True)))
        entries[known[key]] = entry
    code = data.get("language")
    if code != Path(name).stem:
        raise RuleError(f"{name}: language is {code!r}, but the file is called {name!r}")
    name_, native, reviewed = (str(data.get(key, "")) for key in ("name", "native", "reviewed"))
    return Language(code, name_, native, reviewed, tuple(data.get("sources", ())), entries)


def _entry(where: str, table: dict[str, Any]) -> Entry:
    lists: dict[str, tuple[str, ...]] = {}
    for key, value in table.items():
        if key not in _KEYS:
            raise RuleError(f"{where}: unknown key {key!r}{nearest(key, _KEYS)}")
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise RuleError(f"{where}: {key} is a list of strings, none of them empty")
        lists[key] = tuple(value)
    entry = Entry(lists.get("phrases", ()), lists.get("bound", ()), lists.get("fire", ()), lists.get("quiet", ()))
    stray = set(entry.bound) - set(entry.phrases)
    if stray:
        raise RuleError(f"{where}: bound holds {sorted(stray)[0]!r}, which is not one of its phrases")
    return entry


def _parts(entry: Entry) -> tuple[tuple[str, ...], ...]:
    return entry.phrases, entry.bound, entry.fire, entry.quiet


def language_sources() -> Iterator[tuple[str, str]]:
    """The package's language files, one for each language, named by its code: (name, TOML source), by name."""
    from importlib import resources  # noqa: PLC0415

    folder = resources.files("cleaner.rules") / "lang"
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            yield entry.name, entry.read_text(encoding="utf-8")


def with_languages(rules: Iterable[Rule], languages: Iterable[Language]) -> Iterator[Rule]:
    """Add the languages' phrases to the rules.

    Args:
        rules: the rules.
        languages: the languages.

    Yields:
        The rules, in their order.
    """
    every = list(languages)
    for rule in rules:
        entries = [(language.code, language.entries[rule.id]) for language in every if rule.id in language.entries]
        yield replace(
            rule,
            phrases=rule.phrases + tuple((code, entry.phrases) for code, entry in entries),
            bound=rule.bound + tuple((code, entry.bound) for code, entry in entries if entry.bound),
        )
