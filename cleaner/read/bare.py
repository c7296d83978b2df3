"""A page without what nothing is read of: what scripts, styles and drawings hold, and most attributes.

That is more than half of a page's bytes, which the parser would read, keep and write down again.
"""

from __future__ import annotations

from cleaner.native import kernels
from cleaner.read.guard import DEEPEST, DRAWN_FOR_C, TEXT_FOR_C

#: What is read of elements; of links, for markdown, their address too.
_KEPT = b" aria-hidden class hidden id role start style "
_ADDRESS = b"href "
#: The parser asks these elements for their attributes: it opens some anew if they are like none that is open.
_WHOLE = b" b big code em font i input nobr s small strike strong template tt u "


def bare(html: bytes, *, addresses: bool) -> bytes:
    """Leave out what is not read of a page; what is read of it stays the same.

    Where tags stand is told as the standard's tokenizer tells it. From a place on where a parser may see others than
    that (an element of plain text with tags in it, an odd drawing, formulas) the page is left as it is; without the
    extension all of it is.

    Args:
        html: a page in UTF-8.
        addresses: whether the addresses of links are read.

    Returns:
        The page.
    """
    if kernels is None:
        return html
    kept = _KEPT + _ADDRESS if addresses else _KEPT
    left: bytes = kernels.bare(html, DEEPEST, TEXT_FOR_C, DRAWN_FOR_C, _WHOLE, kept)
    return left
