"""Draw the README's picture: an explained article, as SVG."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

import cleaner
from cleaner.report.terminal import show

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Write ``docs/explained.svg``."""
    text = (ROOT / "fixtures/articles/ferry-strike/input.txt").read_text(encoding="utf-8")
    lines = [line if len(line) < 90 else line[:88] + "…" for line in text.split("\n")]
    console = Console(record=True, width=118, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    show(cleaner.explain("\n".join(lines)), console)
    console.save_svg(str(ROOT / "docs/explained.svg"), title="cleaner explain")


if __name__ == "__main__":
    main()
