"""Repairs: characters mended before a text is cut into lines. No line's words are ever taken away here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from cleaner.repair.encoding import fix_encoding
from cleaner.repair.names import name_repair
from cleaner.repair.options import RepairOptions, options
from cleaner.repair.unwrap import unwrap
from cleaner.repair.whitespace import fix_whitespace, spare_vt

__all__ = [
    "REPAIRS",
    "Repair",
    "RepairOptions",
    "fix_encoding",
    "fix_whitespace",
    "name_repair",
    "options",
    "repairs",
    "unwrap",
]

#: A repair takes the lines of a text, or a look at it, and ``options=``. It gives as many lines, or the same object if
#: none changed; a line that it breaks up holds a ``"\n"``.
Repair = Callable[..., Any]

#: Stage name -> function; they run in this order, before the stages of ``cleaner.stages.STAGES``.
REPAIRS: dict[str, Repair] = {"encoding": fix_encoding, "whitespace": fix_whitespace, "unwrap": unwrap}


def repairs(chosen: RepairOptions) -> tuple[tuple[str, Repair], ...]:
    """The repairs that are on, each bound to its options.

    Args:
        chosen: which are on.

    Returns:
        (stage name, function of lines or a look at them), in order.
    """
    found = tuple((name, partial(run, options=chosen)) for name, run in REPAIRS.items() if getattr(chosen, name))
    return (("whitespace", partial(spare_vt, options=chosen)), *found) if chosen.whitespace and chosen.breaks else found
