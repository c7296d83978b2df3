"""Read rule files. Every mistake in one is an error that names the file, the rule, the key and what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cleaner.errors import RuleError, nearest
from cleaner.markup.words import BIT
from cleaner.rules.rule import PLACES, Rule
from cleaner.settings import PRESETS

#: Stages a rule file may name; the stage table's names, and ``protect``.
RULE_STAGES = (
    "encoding", "whitespace", "unwrap", "place", "phrases", "tails", "repeats", "company", "score", "tidy", "protect"
)  # fmt: skip
#: Those whose rules act by phrases and patterns; the others' rules stand for code.
READING_STAGES = ("phrases", "tails", "protect")

_KEYS = frozenset(
    [
        "stage",
        "why",
        "preset",
        "at",
        "phrases",
        "pattern",
        "keywords",
        "join",
        "run",
        "group",
        "alone",
        "html",
        "marks",
        "unless",
        "optional",
        "fire",
        "quiet",
        "lone",
        "was",
    ]
)
_TOP = frozenset(("off", "keep"))
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_CODE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]+)*\Z")
_SLOT = re.compile(r"\{([^}]*)\}")
SLOTS = ("n", "date", "name", "any")


@dataclass(frozen=True, slots=True)
class RuleFile:
    """What files hold: rules, names switched off, strings protected, and which file said off."""

    rules: tuple[Rule, ...] = ()
    off: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    off_in: tuple[tuple[str, tuple[str, ...]], ...] = ()


def parse(name: str, source: str, *, known: Iterable[str] = (), stages: Iterable[str] = ()) -> RuleFile:
    """Read one rule file.

    Args:
        name: the file's name, for ids and messages.
        source: its text, TOML.
        known: ids of rules that exist already; a table whose quoted name is one of them replaces that rule.
        stages: names of the user's own stages, which may read phrases and patterns.

    Returns:
        The file's rules in the order written, its ``off`` and its ``keep``.

    Raises:
        RuleError: with the file, the rule and the key, and the nearest right name.
    """
    import tomllib  # noqa: PLC0415

    try:
        data = tomllib.loads(source.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as e:
        raise RuleError(f"{name}: not valid TOML: {e}") from None
    if not _NAME.match(_stem(name)):
        raise RuleError(f"{name}: the file's name gives its rules their ids, so it must be a word of a-z, 0-9 and _")
    ids = frozenset(known)
    own = tuple(name for name in dict.fromkeys(stages) if name not in RULE_STAGES)
    rules = []
    lists: dict[str, tuple[str, ...]] = {"off": (), "keep": ()}
    for key, value in data.items():
        if key in _TOP:
            lists[key] = _strings(f"{name}: {key}", value)
        elif isinstance(value, dict):
            rules.append(_rule(name, key, value, ids, own))
        else:
            raise RuleError(f"{name}: unknown key {key!r}{nearest(key, _TOP)} (a rule is a table: [name])")
    return RuleFile(tuple(rules), lists["off"], lists["keep"])


def _stem(name: str) -> str:
    return Path(name).stem.replace("-", "_").lower()


def _rule(name: str, key: str, table: dict[str, Any], known: frozenset[str], own: tuple[str, ...]) -> Rule:
    where = f"{name}: [{key}]"
    if "." in key:
        if key not in known:
            raise RuleError(f"{where}: there is no rule {key!r} to replace{nearest(key, known)}")
        rule_id = key
    elif _NAME.match(key):
        rule_id = f"{_stem(name)}.{key}"
        if rule_id in known:
            raise RuleError(f'{where}: there is a rule {rule_id!r} already; write ["{rule_id}"] to replace it')
    else:
        raise RuleError(f"{where}: a rule's name is a word of a-z, 0-9 and _")
    for k in table:
        if k not in _KEYS:
            raise RuleError(f"{where}: unknown key {k!r}{nearest(k, _KEYS)}")
    for k in ("stage", "why"):
        if not isinstance(table.get(k), str) or not table[k]:
            raise RuleError(f"{where}: {k} is missing (a string)")
    stage, preset, at = table["stage"], table.get("preset", "careful"), table.get("at", "line")
    for k, value, choices in (("stage", stage, RULE_STAGES + own), ("preset", preset, PRESETS), ("at", at, PLACES)):
        if not isinstance(value, str) or value not in choices:
            raise RuleError(f"{where}: unknown {k} {value!r}{nearest(str(value), choices)}")
    if at == "anywhere" and stage != "protect":
        raise RuleError(f"{where}: at = 'anywhere' is for protect rules")
    if stage not in READING_STAGES + own and (table.get("phrases") or table.get("pattern")):
        raise RuleError(
            f"{where}: phrases and pattern are for the stages {', '.join(READING_STAGES + own)}; {stage} reads none"
        )
    if not isinstance(table.get("group", ""), str):
        raise RuleError(f"{where}: group is a string")
    for k in ("join", "optional", "alone", "html"):
        if not isinstance(table.get(k, False), bool):
            raise RuleError(f"{where}: {k} is true or false")
    run = table.get("run", 1)
    if not isinstance(run, int) or isinstance(run, bool) or run < 1:
        raise RuleError(f"{where}: run is a whole number from 1")
    rule = Rule(
        id=rule_id,
        stage=stage,
        why=table["why"],
        preset=preset,
        at=at,
        phrases=_phrases(where, table.get("phrases", {})),
        pattern=_pattern(where, table.get("pattern")),
        keywords=_strings(f"{where}: keywords", table.get("keywords", [])),
        join=table.get("join", False),
        run=run,
        group=table.get("group", ""),
        alone=table.get("alone", True),
        html=table.get("html", False),
        marks=_marks(f"{where}: marks", table.get("marks", [])),
        unless=_marks(f"{where}: unless", table.get("unless", [])),
        optional=table.get("optional", False),
        fire=_strings(f"{where}: fire", table.get("fire", [])),
        quiet=_strings(f"{where}: quiet", table.get("quiet", [])),
        lone=_strings(f"{where}: lone", table.get("lone", [])),
        was=_strings(f"{where}: was", table.get("was", [])),
        source=name,
    )
    if rule.keywords and rule.pattern is None:
        raise RuleError(f"{where}: keywords are for a pattern; there is none")
    if (rule.marks or rule.unless) and stage != "place":
        raise RuleError(f"{where}: marks and unless are for the stage place; {stage} does not look at elements")
    return rule


def _strings(where: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
        raise RuleError(f"{where} is a list of strings, none of them empty")
    return tuple(value)


def _marks(where: str, value: object) -> tuple[str, ...]:
    for mark in _strings(where, value):
        if mark not in BIT:
            raise RuleError(f"{where}: unknown mark {mark!r}{nearest(mark, BIT)}")
    return tuple(value) if isinstance(value, list) else ()


def _phrases(where: str, value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if isinstance(value, list):
        value = {"any": value}
    if not isinstance(value, dict):
        raise RuleError(f"{where}: phrases is a list, or a table of lists by language")
    out = []
    for lang, words in value.items():
        if not _CODE.match(lang):
            raise RuleError(f"{where}: phrases.{lang}: a language's code is written like 'de' or 'zh-hant'")
        for phrase in _strings(f"{where}: phrases.{lang}", words):
            for slot in _SLOT.findall(phrase):
                if slot not in SLOTS:
                    raise RuleError(f"{where}: unknown slot {{{slot}}} in {phrase!r}{nearest(slot, SLOTS)}")
            if any(c in phrase for c in "\n\r\0"):
                raise RuleError(f"{where}: phrase {phrase!r} holds a line break or zero byte; a phrase is one line")
            if not any(c.isalnum() for c in _SLOT.sub(_number, phrase)):
                raise RuleError(f"{where}: phrase {phrase!r} holds no word, so it would match nothing or everything")
        out.append((lang, tuple(words)))
    return tuple(out)


def _number(slot: re.Match[str]) -> str:
    return "1" if slot[1] == "n" else ""


def _pattern(where: str, value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise RuleError(f"{where}: pattern is a string")
    import regex  # noqa: PLC0415

    try:
        for source in (value, f"(?:{value})"):
            regex.compile(source, regex.IGNORECASE)
    except (regex.error, RecursionError, OverflowError) as e:
        raise RuleError(f"{where}: pattern does not compile: {e}") from None
    return value


def sources() -> Iterator[tuple[str, str]]:
    """The package's own rule files: (name, TOML source), by name."""
    from importlib import resources  # noqa: PLC0415

    for entry in sorted(resources.files("cleaner.rules").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            yield entry.name, entry.read_text(encoding="utf-8")


def collect(base: Iterable[Rule], files: Iterable[tuple[str, str]], stages: Iterable[str] = ()) -> RuleFile:
    """Put a user's rule files upon the package's own.

    A new rule must be able to act: it has words to look for, or a stage of the user's own knows it.

    Args:
        base: the package's rules.
        files: (name, TOML source); a later file outranks an earlier one.
        stages: names of the user's own stages.

    Returns:
        All rules, replaced ones in their old place, with all that the files switch off and protect.

    Raises:
        RuleError: as :func:`parse`.
    """
    rules = {rule.id: rule for rule in base}
    off: list[str] = []
    off_in: list[tuple[str, tuple[str, ...]]] = []
    keep: list[str] = []
    stages = tuple(stages)
    for name, source in files:
        found = parse(name, source, known=rules, stages=stages)
        for rule in found.rules:
            old = rules.get(rule.id)
            if old is None and not _acts(rule, stages):
                needs = "marks" if rule.stage == "place" else "phrases or a pattern"
                raise RuleError(f"{name}: [{rule.id}]: without {needs} it would never act")
            rules[rule.id] = replace(rule, was=old.was) if old and not rule.was else rule
        off += found.off
        off_in.append((name, found.off))
        keep += found.keep
    return RuleFile(tuple(rules.values()), tuple(off), tuple(keep), tuple(off_in))


def _acts(rule: Rule, stages: tuple[str, ...]) -> bool:
    """Whether a rule says what it acts on; those of a user's own stages need not."""
    return bool(rule.phrases or rule.pattern or rule.marks) or (rule.stage in stages and rule.stage not in RULE_STAGES)
