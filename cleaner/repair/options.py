"""Which repairs are on, as plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class RepairOptions:
    r"""The repairs, each a rule that ``off`` may name; all on but ``unwrap``.

    Attributes:
        encoding: the whole stage ``encoding``.
        whitespace: the whole stage ``whitespace``.
        unwrap: the optional stage ``unwrap``.
        mojibake: text read in the wrong encoding is read again in the right one.
        entities: ``&amp;`` becomes ``&``.
        controls: control characters and terminal colours go.
        surrogates: surrogate pairs become the character they stand for, lone ones U+FFFD.
        line_breaks: CR, CRLF, NEL, U+2028 and U+2029 become ``"\\n"`` in the encoding stage, as ftfy does it.
        normal: characters are brought to NFC.
        spaces: every kind of space becomes one, runs and line ends are closed up.
        invisible: characters that show nothing and do nothing go.
        breaks: newline characters that are left become ``"\\n"`` in the whitespace stage.
        indent: the indentation of code and verse stays; off, all indentation goes.
    """

    encoding: bool = True
    whitespace: bool = True
    unwrap: bool = False
    mojibake: bool = True
    entities: bool = True
    controls: bool = True
    surrogates: bool = True
    line_breaks: bool = True
    normal: bool = True
    spaces: bool = True
    invisible: bool = True
    breaks: bool = True
    indent: bool = True


#: Option -> the rule that stands for it in the rule files.
RULES = {
    "mojibake": "encoding.mojibake",
    "entities": "encoding.entities",
    "controls": "encoding.controls",
    "surrogates": "encoding.surrogates",
    "line_breaks": "encoding.breaks",
    "normal": "encoding.normal",
    "spaces": "whitespace.spaces",
    "invisible": "whitespace.invisible",
    "breaks": "whitespace.breaks",
    "indent": "whitespace.indent",
}

DEFAULT = RepairOptions()


def options(off: Iterable[str] = (), on: Iterable[str] = ()) -> RepairOptions:
    """Turn the names of a cleaner's settings into options.

    Args:
        off: names of stages and rules that are not to run; others than repairs are passed over.
        on: names of optional stages that are to run.

    Returns:
        The options.
    """
    gone = set(off)
    values = {f.name: RULES.get(f.name, f.name) not in gone for f in fields(RepairOptions)}
    values["unwrap"] = bool({"unwrap", "unwrap.lines"} & set(on)) and not {"unwrap", "unwrap.lines"} & gone
    return RepairOptions(**values)
