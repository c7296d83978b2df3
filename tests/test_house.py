"""The house is built one way up: what may import what, and a few habits that the code keeps."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures import ROOT

#: From the ground up. A module imports from floors below its own, and from its own room; never from above.
HOUSE = (
    ("version", "what this is called everywhere"),
    ("native", "loops in C, where they could be built; knows characters and numbers only"),
    ("errors", "what goes wrong has a name before anything can"),
    ("fold", "the forms in which lines are compared; knows nothing of pages"),
    ("keys", "what lines are told by when copies of them are looked for"),
    ("language", "tells a text's language from its letters and words alone"),
    ("markup", "what tags and class names say of lines; columns of it"),
    ("shown", "what a line of Markdown reads as"),
    ("settings", "plain data, checked when made"),
    ("result", "what comes out: the text, every change, and the way back"),
    ("page", "the columns that flow through, and the log of what was done to them"),
    ("repair", "text to text, before there are pages"),
    ("model", "tells furniture by its looks; knows lines and numbers only"),
    ("rules", "rules as data, and their look-up on a page"),
    ("stages", "pure functions of page, rules and settings"),
    ("read", "makes pages of what came in; the only place that knows a parser"),
    ("engine", "runs stages, applies what they propose, stamps the rule's id"),
    ("judged", "a page with the judgement on it, before words are found for it"),
    ("api", "settings made ready to clean; everything above calls this"),
    ("report", "views of a result; no part of cleaning"),
    ("dumps", "runs over dumps: reads, cleans in workers, writes what a kill cannot spoil"),
    ("", "the package itself: the public names"),
    ("commands", "what each command does"),
    ("cli", "arguments and exit codes"),
    ("__main__", "python -m cleaner"),
    ("engines", "the cleaner inside other tools; nothing imports it"),
)
FLOOR = {room: floor for floor, (room, _) in enumerate(HOUSE)}

#: Decorators that do nothing but wrap what they stand on; any other might register it somewhere.
DECORATORS = {
    "dataclass",
    "lru_cache",
    "property",
    "setter",
    "contextmanager",
    "staticmethod",
    "classmethod",
    "overload",
}
MUTATORS = {"append", "extend", "insert", "add", "update", "setdefault", "pop", "popitem", "clear", "remove", "discard"}

PACKAGE = ROOT / "cleaner"
FILES = sorted(PACKAGE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def name_of(path: Path) -> str:
    """The dotted name of a file's module."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): path for path in FILES}


def room_of(module: str) -> str:
    return module.removeprefix("cleaner").removeprefix(".").partition(".")[0]


def imported(tree: ast.AST) -> set[str]:
    """Modules of the package that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names if alias.name.split(".")[0] == "cleaner")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "cleaner":
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found.update(name if name in MODULES else str(node.module) for name in names)
    return found


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_room_has_its_floor() -> None:
    assert {room_of(module) for module in MODULES} == set(FLOOR)
    assert all(why for _, why in HOUSE)


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_imports_go_down(path: Path) -> None:
    room = room_of(name_of(path))
    for module in imported(TREES[path]):
        other = room_of(module)
        assert other == room or FLOOR[other] < FLOOR[room], f"{name_of(path)} imports {module} from above"


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_imports_are_absolute(path: Path) -> None:
    assert not [node for node in ast.walk(TREES[path]) if isinstance(node, ast.ImportFrom) and node.level]


def test_there_are_no_circles() -> None:
    waiting = {module: imported(TREES[path]) & set(MODULES) - {module} for module, path in MODULES.items()}
    while waiting:
        free = {module for module, needs in waiting.items() if not needs & set(waiting)}
        assert free, f"these import one another in a circle: {sorted(waiting)}"
        waiting = {module: needs for module, needs in waiting.items() if module not in free}


@pytest.mark.parametrize("path", [*FILES, *sorted((ROOT / "tests").glob("*.py"))], ids=ids)
def test_files_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 350


def habits_broken(tree: ast.Module, may_print: bool) -> Iterator[str]:
    """What a file does that the house does not."""
    shared = set()
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            value = statement.value
            made = isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
            if isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp) or (
                made and value.func.id in {"dict", "list", "set", "defaultdict", "Counter", "deque"}  # type: ignore[union-attr]
            ):
                shared.update(target.id for target in targets if isinstance(target, ast.Name))
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield f"line {node.lineno}: global"
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                function = decorator.func if isinstance(decorator, ast.Call) else decorator
                name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "?")
                if name not in DECORATORS:
                    yield f"line {node.lineno}: decorator {name}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print" and not may_print:
            yield f"line {node.lineno}: print"
        if isinstance(node, ast.Import) and any(alias.name == "logging" for alias in node.names):
            yield f"line {node.lineno}: logging"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
            target: ast.expr = node.func.value
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            target = node.value
        else:
            continue
        if isinstance(target, ast.Name) and target.id in shared and not _is_local(tree, target.id):
            yield f"line {node.lineno}: {target.id} is shared and changed"


def _is_local(tree: ast.Module, name: str) -> bool:
    """Whether some function has a variable of its own with that name."""
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
    )


@pytest.mark.parametrize("path", FILES, ids=ids)
def test_habits(path: Path) -> None:
    may_print = room_of(name_of(path)) in {"commands", "cli"}
    assert list(habits_broken(TREES[path], may_print)) == []


@pytest.mark.parametrize(
    ("source", "broken"),
    [
        ("x = 0\ndef f():\n    global x\n    x = 1", "global"),
        ("def f():\n    print('x')", "print"),
        ("import logging", "logging"),
        ("RULES = {}\ndef f(name):\n    RULES[name] = 1", "RULES is shared"),
        ("RULES: list[str] = []\ndef f(name):\n    RULES.append(name)", "RULES is shared"),
        ("@stage\ndef f():\n    pass", "decorator stage"),
        ("@registry.register('x')\nclass A:\n    pass", "decorator register"),
    ],
)
def test_a_broken_habit_is_seen(source: str, broken: str) -> None:
    assert any(broken in found for found in habits_broken(ast.parse(source), may_print=False))


#: What a room may import beyond what the package always has: the extra of its name brings it.
EXTRAS = {
    "dumps": {"backports", "compression", "fastwarc", "filelock", "fsspec", "orjson", "pyarrow", "warcio"},
    "engines": {"datasets", "datatrove", "duckdb", "numpy", "pandas", "polars", "pyarrow", "pyspark", "ray", "sklearn"},
}


def test_nothing_imports_what_it_need_not_have() -> None:
    """Extras and peers are for benchmarks; the package imports what it declares."""
    declared = {
        "ahocorasick_rs",
        "bs4",
        "charset_normalizer",
        "ftfy",
        "numpy",
        "regex",
        "rich",
        "selectolax",
        "webencodings",
    }
    for path, tree in TREES.items():
        allowed = declared | {"cleaner"} | EXTRAS.get(room_of(name_of(path)), set())
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for name in names:
                top = name.partition(".")[0]
                assert top in allowed or top in sys.stdlib_module_names, f"{path}: {name}"
