"""The package's rules made ready once and kept, as Python keeps byte code: reading all the TOML takes a second or two.

The file is made at the first use after a change and kept beside the byte code; its name tells which state of the rule
files it was made from. A built package brings one, which is taken as it is. Where it can be neither found nor written,
the rules are compiled for this process alone: slower, and the same.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import pkgutil
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from cleaner.rules.languages import language_sources, read_language, with_languages
from cleaner.rules.loader import parse, sources
from cleaner.rules.phrasebook import Phrasebook, unpacked
from cleaner.rules.rule import Rule

#: The file's name in a package that brings it.
SHIPPED = "compiled.pickle"
#: What is left out of it: needed only by those who read rules, not by those who run them.
_LEFT_OUT = ("phrases", "bound", "fire", "quiet", "lone")
#: A pickle of this version can be read by every Python that the package runs on.
_PROTOCOL = 4


class Compiled(NamedTuple):
    """The package's own rules, ready to run.

    Attributes:
        rules: the rules, without phrases and examples.
        book: their phrases and patterns.
    """

    rules: tuple[Rule, ...]
    book: Phrasebook


@lru_cache(maxsize=1)
def builtin() -> Compiled:
    """The package's own rules, ready to run."""
    found = _read(_shipped())
    if found is None:
        kept = _kept()
        try:
            found = _read(kept.read_bytes() if kept else None)
        except OSError:
            found = None
        if found is None:
            data = compile_rules()
            if kept:
                _keep(kept, data)
            found = _read(data)
    assert found is not None
    return found


@lru_cache(maxsize=1)
def readable() -> tuple[Rule, ...]:
    """The package's own rules as written, with the phrases of all languages and the examples of the rule files."""
    rules = [replace(rule, builtin=True) for name, source in sources() for rule in parse(name, source).rules]
    languages = [read_language(name, source, rules) for name, source in language_sources()]
    return tuple(with_languages(rules, languages))


def compile_rules() -> bytes:
    """Make the content of the compiled file.

    Returns:
        A pickle of plain data only: strings, numbers, lists, tables.
    """
    written = readable()
    book = Phrasebook()
    book.add(written, untangled=True)
    kept = [field.name for field in fields(Rule) if field.name not in _LEFT_OUT]
    rules = [{name: getattr(rule, name) for name in kept} for rule in written]
    return pickle.dumps({"rules": rules, "book": book.packed()}, _PROTOCOL)


def _shipped() -> bytes | None:
    try:
        return pkgutil.get_data("cleaner.rules", SHIPPED)
    except OSError:
        return None


def _read(data: bytes | None) -> Compiled | None:
    """What a compiled file holds; None if there is none, or it is broken."""
    if data is None:
        return None
    try:
        found: dict[str, Any] = pickle.loads(data)
        return Compiled(tuple(Rule(**rule) for rule in found["rules"]), unpacked(found["book"]))
    except (pickle.UnpicklingError, ArithmeticError, AttributeError, EOFError, LookupError, TypeError, ValueError):
        return None


def _kept() -> Path | None:
    """Where the compiled file is kept; None in a zip.

    As with byte code, the time and size of the files tell whether they have changed, which is far quicker than reading
    them.
    """
    try:
        state = hashlib.sha256(repr(sorted(_files())).encode()).hexdigest()
    except OSError:
        return None
    return Path(__file__).parent / "__pycache__" / f"rules-{state[:16]}.pickle"


def _files() -> Iterator[tuple[str, int, int]]:
    here = os.path.dirname(__file__)
    yield from _facts(os.path.join(here, os.pardir), "fold.py")
    yield from _facts(here, ".py", ".toml")
    yield from _facts(os.path.join(here, "lang"), ".toml")


def _facts(folder: str, *endings: str) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(endings):
                facts = entry.stat()
                yield entry.name, facts.st_mtime_ns, facts.st_size


def _keep(path: Path, data: bytes) -> None:
    """Write the compiled file whole or not at all; not being able to is no error."""
    written = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(exist_ok=True)
        with open(written, "xb") as file:
            file.write(data)
        os.replace(written, path)
        for old in path.parent.glob("rules-*"):
            if old != path:
                old.unlink(missing_ok=True)
    except OSError:
        with suppress(OSError):
            written.unlink()
