"""How a line of Markdown, or of a text browser, reads: without the marks of links, pictures, headings and emphasis.

Lines are judged as they read, and come out as they are written. What a line reads as depends on that line alone, but
for an address that was broken above it: a clean text that is given in again is judged alike.
"""

from __future__ import annotations

import re

from cleaner.native import kernels

#: Where a link goes to, one pair of parentheses in it at most, and its title; or an address where the line breaks off.
_TARGET = r"""\]\((?:(?:[^()\s]|\([^()\s]*+\))*+(?:\s++(?:"[^"]*+"|'[^']*+'))?\s*+\)|https?://[^\s\]]*+$)"""
_PICTURE = re.compile(rf"!\[[^\[\]]*+{_TARGET}")
#: A link, or one that says by a number where it goes: "[text][12]". Not so notes that stand side by side.
_LINK = re.compile(rf"{_TARGET}|(?<=[^\d\[])\]\[\d{{1,4}}\]")
_WHOLE = re.compile(rf"\[[^\[\]]*+{_TARGET}")
#: Text browsers number links so: "[12]Home".
_NUMBER = re.compile(r"(?<![^\s(\[])\[\d{1,4}\](?=[^\W\d_])")
#: What begins with a small letter is more likely to be a remark in a program.
_HEADING = re.compile(r"#{1,6}\s++(?![a-z])")
#: An address at a line's end that may go on in the next line; the rest of one.
_BROKEN = re.compile(r"\]\(https?://[^\s()]*+$")
_REST = re.compile(r"""[^\s()]*+(?:$|\)|(?:\s++"[^"]*+")?\))""")
#: Marks, by a character that few texts have. Each pattern begins with it: one character is found faster than two.
_ANYWHERE = {
    "]": re.compile(r"\](?:\(|\[\d|(?<=\d\])[^\W\d_])"),
    "*": re.compile(r"\*(?=\*)"),
    "#": re.compile(r"#(?:(?<=\n#)|(?<=\A#))"),
}
#: What a line reads as in which there is nothing but a picture.
NOTHING = "-"


def marks(lines: list[str]) -> tuple[list[int], bool]:
    """The numbers of the lines that may have such marks, and whether one has beyond doubt. No line is blank."""
    if kernels is not None:
        found: tuple[list[int], bool] = kernels.marks(lines)
        return found
    return marks_in_python(lines)


def marks_in_python(lines: list[str]) -> tuple[list[int], bool]:
    """What :func:`marks` does, without the extension."""
    text = "\n".join(lines)
    sure = any(mark in text and anywhere.search(text) for mark, anywhere in _ANYWHERE.items())
    return [i for i, line in enumerate(lines) if "]" in line or "**" in line or line[0] in "[#"], sure


def shown(lines: list[str], may: list[int] | None = None) -> dict[int, str]:
    """Those of a text's lines that read otherwise than they are written.

    Args:
        lines: the lines, none blank.
        may: the numbers of those that may have marks, if they are known.

    Returns:
        Line -> what it reads as.
    """
    found: dict[int, str] = {}
    done = 0
    for i in marks(lines)[0] if may is None else may:
        done = max(done, i)
        broken = False  # whether the line above ends in an address that may go on
        while done == i or (broken and done < len(lines)):
            line = lines[done]
            if line[0] != " ":  # only code begins so
                rest = _REST.match(line) if broken else None
                reads = _reads(line[rest.end() :].strip() if rest else line) or NOTHING
                broken = _BROKEN.search(line) is not None or (rest is not None and rest[0][-1] != ")")
                if reads != line:
                    found[done] = reads
            done += 1
    return found


def is_link(line: str) -> bool:
    """Whether a line is nothing but links and pictures, as menus are and boxes of other articles. A heading is none."""
    if "](" not in line or line[0] == "#":
        return False
    rest, links = _WHOLE.subn("", _PICTURE.sub("", line))
    return links > 0 and not any(map(str.isalpha, rest))


def _reads(line: str) -> str:
    reads, links = line, 0
    if "](" in line or "][" in line:
        reads, links = _LINK.subn("", _PICTURE.sub("", line))
    if links:
        reads = reads.replace("[", "")
    elif "[" in reads:
        reads = _NUMBER.sub("", reads)
        if reads.startswith("[") and "]" not in reads:
            reads = reads[1:]
    reads = _HEADING.sub("", reads.replace("**", ""), count=1) if reads[:1] == "#" else reads.replace("**", "")
    return line if reads == line else reads.strip()
