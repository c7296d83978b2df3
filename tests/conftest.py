"""What all tests share: where the fixtures are, and a hypothesis that tries the same examples every time."""

from __future__ import annotations

import pytest
from hypothesis import settings

import cleaner
from cleaner.settings import PRESETS

settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def cleaners() -> dict[str, cleaner.Cleaner]:
    """A cleaner of each preset."""
    return {preset: cleaner.Cleaner(preset) for preset in PRESETS}
