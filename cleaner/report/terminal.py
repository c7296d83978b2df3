"""An explained text on the terminal: in colour where there is one, plain in a pipe."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.text import Text

from cleaner.report.view import Row, rows
from cleaner.result import Result

_STYLES = {"-": "red strike", "~": "default", "*": "default", " ": "default"}


def show(result: Result, console: Console, *, title: str = "") -> None:
    """Print every line, kept or struck, with the rule that struck it, and a summary.

    Args:
        result: what ``explain`` gave.
        console: where to; its colour setting decides between colour and plain text.
        title: a heading, such as the file's name.
    """
    if title:
        console.print(Text(title, "bold"), soft_wrap=True)
    gap = False
    for row in rows(result):
        if not row.text:
            gap = True
            continue
        if gap:
            console.print()
            gap = False
        console.print(_line(row), soft_wrap=True)
    console.print()
    console.print(Text(summary(result), "dim"), soft_wrap=True)


def _line(row: Row) -> Text:
    line = Text(f"{row.line:>4} {row.mark} ", "dim")
    if row.after is None or not row.cuts:
        line.append(row.text, _STYLES[row.mark])
    else:
        start = row.text.find(row.after)
        line.append(row.text[:start], "red strike")
        line.append(row.after)
        line.append(row.text[start + len(row.after) :], "red strike")
    for cut in row.cuts:
        line.append(f"  ← {cut.rule}", "yellow")
        line.append(f": {cut.why}", "dim")
    for cut in row.repairs:
        if cut.stage == "encoding":
            line.append(f"  ← {cut.rule}", "cyan")
            line.append(f": {cut.why}", "dim")
    return line


def summary(result: Result) -> str:
    """What was done in one line: lines cut, trimmed and repaired, the rules that cut most, flags.

    Args:
        result: what ``explain`` gave.

    Returns:
        The line.
    """
    kinds = Counter(cut.kind for cut in result.cuts)
    lines = {kind: len({(c.line, c.part) for c in result.cuts if c.kind == kind}) for kind in kinds}
    parts = [
        f"{lines.get('cut', 0)} line{'' if lines.get('cut') == 1 else 's'} cut",
        f"{lines.get('trim', 0)} trimmed",
        f"{lines.get('repair', 0)} repaired",
    ]
    top = Counter(cut.rule for cut in result.cuts if cut.kind != "repair").most_common(5)
    if top:
        parts.append("rules: " + ", ".join(f"{rule} {n}" for rule, n in top))
    if result.flags:
        parts.append("flags: " + ", ".join(result.flags))
    return "; ".join(parts)
