"""The golden files of the fixtures: which rule takes which line.

``python -m tests.golden`` writes ``cuts.txt`` next to every article's ``input.txt`` and every ``input.html`` that is no known
failure; look at the difference before you
commit it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import cleaner
from tests.fixtures import Case, HtmlCase, cases, html_cases


def golden(case: Case | HtmlCase) -> str:
    """One line for each cut that is no repair: ``LINE KIND RULE``, in the order of the lines."""
    result = cleaner.explain(case.text) if isinstance(case, Case) else cleaner.explain_html(case.html)
    found = [cut for cut in result.cuts if cut.kind != "repair"]
    found.sort(key=lambda cut: (cut.line, cut.part))
    return "".join(f"{cut.line} {cut.kind} {cut.rule}\n" for cut in found)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description="Write the golden files anew.")
    parser.add_argument(
        "names", nargs="*", metavar="ARTICLE", help="folders of fixtures/articles and html (default: all)"
    )
    names = parser.parse_args(argv).names
    articles: dict[str, Case | HtmlCase] = {case.name: case for case in cases("articles")}
    articles |= {case.name: case for case in html_cases() if not case.why}
    unknown = [name for name in names if name not in articles]
    if unknown:
        print(f"no such article: {', '.join(unknown)}", file=sys.stderr)
        return 2
    for name in names or articles:
        path = articles[name].folder / "cuts.txt"
        new = golden(articles[name])
        old = path.read_bytes().decode("utf-8") if path.exists() else None
        if new != old:
            path.write_bytes(new.encode("utf-8"))
            print(path.relative_to(path.parents[3]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
