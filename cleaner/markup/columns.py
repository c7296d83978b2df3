"""The markup's facts as columns: of each line of the page's text, and of each block element that holds lines."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(slots=True)
class Markup:
    """What a reader of HTML knows beside the text. Nothing is an object; what belongs together is parallel.

    Attributes:
        line: of each row of the text its line; -1 for a blank row.
        element: of each line the innermost block element it stands in.
        linked: of each line how many of its characters are link text.
        links: of each line how many links stand in it.
        strong: of each line how many of its characters are bold.
        size: of each line how many characters it has.
        tags: of each element its tag's name.
        parent: of each element the one around it, which comes before it; 0 for the outermost, which is its own.
        depth: of each element how many are around it.
        own: of each element what its tag, class, id and role say (bits of ``markup.words.NAMES``).
        path: of each element the same of it and all around it.
        like: of each element a number, the same for elements that are written alike and stand in such.
        first: of each element the first line in it.
        end: of each element the line after its last.
        title: the page's title, empty if it has none.
        marked: of each row its text with links, emphasis and code marked, where that was asked for.
    """

    line: Ints
    element: Ints
    linked: Ints
    links: Ints
    strong: Ints
    size: Ints
    tags: list[str]
    parent: Ints
    depth: Ints
    own: Ints
    path: Ints
    like: Ints
    first: Ints
    end: Ints
    title: str = ""
    marked: list[str] = field(default_factory=list)
