"""Every adapter gives the same text for the same record, whatever the batches, the order or the workers."""

from __future__ import annotations

import random

import pytest

from cleaner import Cleaner, Settings
from tests.engines.adapters import ADAPTERS, Adapter
from tests.engines.needs import needs
from tests.fixtures import cases, negatives

pytestmark = pytest.mark.filterwarnings("default")

TEXTS = [*(case.text for case in cases("articles")), *list(negatives().values())[:10]]
CELLS = [None, "", " \n", *TEXTS, None]
SETTINGS = {
    "standard": Settings(),
    "own rules": Settings(
        "careful",
        off=("share",),
        keep=("Read also",),
        rules=(("mine.toml", '[shop]\nstage = "phrases"\nwhy = "Ours."\nphrases = ["the"]\n'),),
    ),
}


def expected(cells: list[str | None], settings: Settings) -> list[str | None]:
    cleaner = Cleaner(settings=settings)
    return [None if cell is None else cleaner.clean(cell) for cell in cells]


EVERY = [pytest.param(adapter, id=name, marks=needs(*adapter.needs)) for name, adapter in ADAPTERS.items()]


@pytest.fixture(autouse=True)
def _cluster(request: pytest.FixtureRequest, adapter: Adapter) -> None:
    if adapter.cluster:
        request.getfixturevalue(adapter.cluster)


def given(adapter: Adapter) -> list[str | None]:
    return CELLS if adapter.nulls else [cell for cell in CELLS if cell is not None]


@pytest.mark.parametrize("adapter", EVERY)
def test_the_same_text_as_the_cleaner(adapter: Adapter) -> None:
    cells = given(adapter)
    assert adapter.run(cells, Settings(), 1000) == expected(cells, Settings())


@pytest.mark.parametrize("adapter", EVERY)
def test_whatever_the_batches_and_the_order(adapter: Adapter) -> None:
    cells = given(adapter)[:24] * 2
    random.Random(8).shuffle(cells)
    settings = SETTINGS["own rules"]
    assert adapter.run(cells, settings, 7) == expected(cells, settings)


@pytest.mark.parametrize("adapter", EVERY)
def test_one_row(adapter: Adapter) -> None:
    assert adapter.run([TEXTS[0]], Settings(), 1) == expected([TEXTS[0]], Settings())
