"""Read pages both ways: ``python -m tests.check_soup FOLDER [PARSER]`` tells where a soup gives other lines.

bs4 with html5lib builds the tree that the HTML standard asks for, as selectolax does. Known differences: lxml and
html.parser mend unclosed and misnested tags in ways of their own; html5lib reads ``<noscript>`` in the head as text. A page
that was sent in pieces is put together first, which clean_html does for text and bytes alone.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import bs4

from cleaner import Cleaner, decode
from cleaner.read.streamed import put_together


def main() -> int:
    """Compare every page of a folder; returns 1 if any differ."""
    folder, parser = Path(sys.argv[1]), (sys.argv[2:] or ["html5lib"])[0]
    cleaner = Cleaner(off=["place", "score"])
    pages = different = 0
    for path in sorted(folder.rglob("*.html*")):
        data = path.read_bytes()
        text = decode(gzip.decompress(data) if path.suffix == ".gz" else data).text
        fast, soup = (
            cleaner.clean_html(text),
            cleaner.clean_html(bs4.BeautifulSoup(put_together(text.encode()).decode(), parser)),
        )
        pages += 1
        if fast != soup:
            different += 1
            lines = sorted(set(fast.split("\n")) ^ set(soup.split("\n")))
            print(f"{path}: {len(lines)} lines differ: {lines[:2]!r}")
    print(f"{pages} pages, {different} differ")
    return int(different > 0)


if __name__ == "__main__":
    sys.exit(main())
