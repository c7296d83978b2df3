"""The package's rules made ready once and kept, as Python keeps byte code: reading all the TOML takes a second or two.

The compiled file names the digest of the rule files it was made from. It is made at the first use after a change and
kept beside the byte code. One laid down as ``compiled.json`` in this folder is taken as it is. Where it can be neither
found nor written, the rules are compiled for this process alone: slower, and the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections import defaultdict
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from cleaner.rules.languages import language_sources, read_language, with_languages
from cleaner.rules.loader import parse, sources
from cleaner.rules.rule import Rule, Words
from cleaner.rules.words import make_words

#: A compiled file that an installation may bring.
SHIPPED = Path(__file__).parent / "compiled.json"
#: The language of the rule files themselves.
OWN_LANGUAGE = "en"
#: What is left out of it: needed only by those who read rules, not by those who run them.
_LEFT_OUT = ("phrases", "bound", "fire", "quiet", "lone", "words")


@lru_cache(maxsize=1)
def builtin() -> tuple[Rule, ...]:
    """The package's own rules, ready to run: with ``words``, without phrases and examples."""
    rules = _load(SHIPPED, None)
    if rules is not None:
        return rules
    digest = _digest()
    rules = _load(_kept(digest), digest)
    if rules is not None:
        return rules
    data = compile_rules()
    _keep(_kept(digest), data)
    return tuple(map(_rule, data["rules"]))


@lru_cache(maxsize=1)
def readable() -> tuple[Rule, ...]:
    """The package's own rules as written, with the phrases of all languages and the examples of the rule files."""
    rules = [replace(rule, builtin=True) for name, source in sources() for rule in parse(name, source).rules]
    languages = [read_language(name, source, rules) for name, source in language_sources()]
    return tuple(with_languages(rules, languages))


def compile_rules() -> dict[str, Any]:
    """Make the content of the compiled file.

    Returns:
        ``digest`` and ``rules``, each a table of a rule's fields with its words as joined strings.
    """
    rules = []
    written = readable()
    for rule, words in zip(written, _untangled([make_words(rule) for rule in written]), strict=True):
        fields = {key: value for key, value in asdict(rule).items() if key not in _LEFT_OUT}
        fields["exact"] = {language: "\n".join(keys) for language, keys in words.exact}
        fields["bound"] = {language: "\n".join(keys) for language, keys in words.bound}
        fields["squashed"] = b"\n".join(words.squashed).decode("utf-8")
        fields["slots"] = words.slots
        rules.append(fields)
    return {"digest": _digest(), "rules": rules}


def _untangled(every: list[Words]) -> list[Words]:
    """Bind to their languages the phrases on which languages differ: one key under two rules."""
    owners: dict[str, set[int]] = defaultdict(set)
    english: dict[str, int] = {}
    for n, words in enumerate(every):
        for language, keys in words.exact:
            for key in keys:
                owners[key].add(n)
                if language == OWN_LANGUAGE:
                    english.setdefault(key, n)
    untangled: list[Words] = []
    for n, words in enumerate(every):
        bound = {language: list(keys) for language, keys in words.bound}
        exact: list[tuple[str, tuple[str, ...]]] = []
        for language, keys in words.exact:
            disputed = [k for k in keys if language != OWN_LANGUAGE and (len(owners[k]) > 1 or english.get(k, n) != n)]
            exact.append((language, tuple(k for k in keys if k not in disputed)))
            bound.setdefault(language, []).extend(disputed)
        untangled.append(replace(words, exact=tuple(exact), bound=tuple((c, tuple(k)) for c, k in bound.items() if k)))
    return untangled


def _digest() -> str:
    found = hashlib.sha256()
    for name, source in (*sources(), *language_sources()):
        found.update(f"{name}\n{source}\n".encode())
    for module in ("slots.py", "words.py", "../fold.py"):
        found.update((Path(__file__).parent / module).read_bytes())
    return found.hexdigest()


def _kept(digest: str) -> Path:
    return Path(__file__).parent / "__pycache__" / f"rules-{digest[:16]}.json"


def _load(path: Path, digest: str | None) -> tuple[Rule, ...] | None:
    """The rules of a compiled file; None if there is none, or it is broken, or of other rule files."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return tuple(map(_rule, data["rules"])) if digest in (None, data["digest"]) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _rule(fields: dict[str, Any]) -> Rule:
    fields = dict(fields)
    squashed = fields.pop("squashed")
    words = Words(
        exact=tuple((language, tuple(keys.split("\n"))) for language, keys in fields.pop("exact").items() if keys),
        bound=tuple((language, tuple(keys.split("\n"))) for language, keys in fields.pop("bound").items()),
        squashed=tuple(squashed.encode("utf-8").split(b"\n")) if squashed else (),
        slots=tuple((keyword, pattern) for keyword, pattern in fields.pop("slots")),
    )
    for key in ("keywords", "was"):
        fields[key] = tuple(fields[key])
    return Rule(**fields, words=words)


def _keep(path: Path, data: dict[str, Any]) -> None:
    """Write the compiled file whole or not at all; not being able to is no error."""
    try:
        path.parent.mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            json.dump(data, file, ensure_ascii=False)
        os.replace(file.name, path)
    except OSError:
        return
    for old in path.parent.glob("rules-*.json"):
        if old != path:
            old.unlink(missing_ok=True)
