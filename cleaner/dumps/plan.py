"""What a run is going to do, as data: kept in the output folder, so that only the same run can go on there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import orjson

from cleaner.api import Cleaner
from cleaner.dumps.inputs import Inputs
from cleaner.errors import shown

Plan = dict[str, Any]


def settings_hash(cleaner: Cleaner, version: str) -> str:
    """A short hash of everything that decides what a cleaner makes of a text."""
    return digest({"version": version, **described(cleaner)})


def described(cleaner: Cleaner) -> dict[str, Any]:
    """A cleaner's settings and stages, as JSON has them."""
    return {
        "settings": orjson.loads(orjson.dumps(asdict(cleaner.settings))),
        "stages": [f"{stage.name}: {stage.run.__module__}.{stage.run.__qualname__}" for stage in cleaner.stages],
    }


def digest(data: Any) -> str:
    """A short hash of data."""
    return hashlib.blake2b(orjson.dumps(data, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()


def make_plan(cleaner: Cleaner, inputs: Inputs, version: str, options: dict[str, Any]) -> Plan:
    """The plan of a run.

    Args:
        cleaner: what cleans.
        inputs: what is read.
        version: of this package.
        options: everything else that has a say in the output.

    Returns:
        The plan: JSON data.
    """
    files: dict[str, Any] = {}
    for stream in inputs.streams:
        for name, size, stamp in zip(stream.names, stream.sizes, stream.stamps, strict=True):
            files[shown(name)] = [size, stamp, stream.format, stream.compression]
    order = [shown(name) for stream in inputs.streams for name in stream.names]
    return {"version": version, **described(cleaner), "options": options, "inputs": files, "order": digest(order)}


def differences(was: Plan, now: Plan) -> list[str]:
    """What differs between two plans, in words: ten things at most."""
    found = list(_differences(was, now))
    return found if len(found) <= 10 else [*found[:9], f"and {len(found) - 9} more"]


def _differences(was: Plan, now: Plan) -> Iterator[str]:
    if was["version"] != now["version"]:
        yield f"cleaner was {was['version']}, is {now['version']}"
    for part in ("settings", "options"):
        for key in sorted({*was[part], *now[part]}):
            before, after = was[part].get(key), now[part].get(key)
            if before != after:
                yield f"{key} was {_brief(before)}, is {_brief(after)}"
    if was["stages"] != now["stages"]:
        yield f"the stages were {', '.join(was['stages'])}, are {', '.join(now['stages'])}"
    before, after = was["inputs"], now["inputs"]
    for name in before:
        if name not in after:
            yield f"{name} is no longer among the inputs"
        elif before[name] != after[name]:
            yield f"{name} {_changed(before[name], after[name])}"
    for name in after:
        if name not in before:
            yield f"{name} was not among the inputs"
    if before == after and was["order"] != now["order"]:
        yield "the inputs are in another order"


def _changed(before: list[Any], after: list[Any]) -> str:
    if before[0] != after[0]:
        return f"had {before[0]:,} bytes, has {after[0]:,}"
    if before[1] != after[1]:
        return "was changed since"
    return f"was read as {before[2]} {before[3]}".rstrip() + f", now as {after[2]} {after[3]}".rstrip()


def _brief(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:60]}… (hash {digest(value)})"
