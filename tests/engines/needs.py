"""Engine tests run where the engine is installed; the slow ones only when asked for (``make test-engines``)."""

from __future__ import annotations

import importlib.util
import os
import shutil

import pytest

#: What takes long to start; ``CLEANER_ENGINES=1`` runs their tests.
SLOW = frozenset(("pyspark", "ray"))


def missing(*names: str) -> str:
    """Why tests of these modules cannot run here; empty if they can."""
    for name in names:
        if importlib.util.find_spec(name) is None:
            return f"{name} is not installed; make test-engines installs it"
    if "pyspark" in names and not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        return "Spark needs Java 17 or later, and there is none"
    return ""


def why_not(*names: str) -> str:
    """Why tests of these modules are not run here now; empty if they are."""
    reason = missing(*names)
    slow = SLOW & set(names)
    if not reason and slow and not os.environ.get("CLEANER_ENGINES"):
        reason = f"starts a cluster of {', '.join(sorted(slow))}; make test-engines runs it"
    return reason


def needs(*names: str) -> pytest.MarkDecorator:
    """A mark that skips what is not to run here, and says why."""
    reason = why_not(*names)
    return pytest.mark.skipif(bool(reason), reason=reason or "-")


def require(*names: str) -> None:
    """Skip the whole file, with one line that says why."""
    reason = why_not(*names)
    if reason:
        pytest.skip(reason, allow_module_level=True)
