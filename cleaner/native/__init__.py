"""The loops that cost most, in C, where they could be built; everything works without them, only slower.

Modules that have a counterpart in C look at :data:`kernels` once, when they are imported. What stands in Python is the
definition; the extension must give the same, and ``tests/test_native.py`` holds it to that.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

#: What the modules of the package expect of the extension; one built of older files is not used.
API = 23
#: ``CLEANER_NATIVE=0`` in the environment does without.
SWITCH = "CLEANER_NATIVE"


def _load() -> ModuleType | None:
    if os.environ.get(SWITCH) == "0":
        return None
    try:
        from cleaner.native import _kernels  # noqa: PLC0415 - it may not be there
    except ImportError:
        return None
    return _kernels if _kernels.API == API else None


#: The extension; None if it is not there, was built of other files, or is not wanted.
kernels = _load()
