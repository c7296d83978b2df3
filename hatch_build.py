"""Puts the compiled rules into a built package, whose folder may not be writable where it is installed."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledRules(BuildHookInterface):  # type: ignore[misc, type-arg]
    """Compiles the rules. An editable installation does so itself, whenever a rule file has changed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the rules into the wheel.

        Args:
            version: ``"standard"`` or ``"editable"``.
            build_data: takes the file.
        """
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        try:
            from cleaner.rules.compiled import SHIPPED, compile_rules
        finally:
            sys.path.remove(self.root)
        self.folder = tempfile.TemporaryDirectory()
        file = Path(self.folder.name, SHIPPED)
        file.write_bytes(compile_rules())
        file.chmod(0o644)
        build_data["force_include"][str(file)] = f"cleaner/rules/{SHIPPED}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take the file away again."""
        if version != "editable":
            self.folder.cleanup()
