"""What encoding labels mean: to browsers (the WHATWG Encoding Standard), and to Python."""

from __future__ import annotations

import codecs
import encodings
import pkgutil
from encodings.aliases import aliases
from functools import lru_cache

#: WHATWG encodings whose Python codec has another name; each is the superset that browsers use.
_CODECS = {
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "big5": "big5hkscs",
    "windows-874": "cp874",
    "iso-8859-8-i": "iso-8859-8",
    "x-mac-cyrillic": "mac-cyrillic",
    "macintosh": "mac-roman",
}
_PYTHONS = {
    "mac-roman": "macintosh",
    "mac-cyrillic": "x-mac-cyrillic",
    "utf-16-le": "utf-16le",
    "utf-16-be": "utf-16be",
    "cp932": "shift_jis",
    "cp949": "euc-kr",
    "euc_jp": "euc-jp",
    "euc_kr": "euc-kr",
    "iso2022_jp": "iso-2022-jp",
    "big5hkscs": "big5",
    "tis-620": "windows-874",
}
#: Encodings outside the WHATWG standard that are followed if declared.
_PYTHON_ONLY = frozenset(
    {"cp437", "cp850", "cp852", "cp855", "cp1006", "hz", "johab", "utf-32", "utf-32-le", "utf-32-be"}
)
#: Codecs that write one character in several bytes.
MULTIBYTE = frozenset({"gb18030", "cp932", "cp949", "big5hkscs", "euc-jp", "iso-2022-jp"})


@lru_cache(maxsize=1)
def _python_names() -> frozenset[str]:
    """All that Python may know a codec by. It is asked for no other: it would keep each such name for good."""
    return frozenset(aliases) | {module.name for module in pkgutil.iter_modules(encodings.__path__)}


def codec_of(name: str) -> str:
    """Python's codec for an encoding of that name: the superset that browsers use."""
    return _CODECS.get(name, name)


def whatwg_name(label: str) -> str | None:
    """The WHATWG name of an encoding label, also of one that only Python knows; None for others."""
    import webencodings

    try:
        found = webencodings.lookup(label.strip(" \t\n\f\r\"'"))
    except UnicodeEncodeError:  # halves of pairs, as a header has them whose bytes were read loosely
        return None
    if found is None:
        python = encodings.normalize_encoding(label.strip()).lower()
        if _python_names().isdisjoint((python, python.replace(".", "_"))):
            return None
        try:
            name = codecs.lookup(label.strip()).name
        except (LookupError, ValueError):
            return None
        found = webencodings.lookup(_PYTHONS.get(name, name.replace("iso8859", "iso-8859")))
        if found is None:
            return name if name in _PYTHON_ONLY else None
    return None if found.name in ("replacement", "x-user-defined") else str(found.name)
