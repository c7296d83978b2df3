"""From the trained network to the arrays that :mod:`cleaner.model.network` reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cleaner.model.network import STEPS
from training.net import Net


def arrays(net: Net) -> dict[str, np.ndarray]:
    """The weights, with the scaling of the measures folded in.

    The numpy network takes twice the positive part of a number, not the positive part, so weights that read one are
    halved here.
    """
    state = {name: value.detach().numpy() for name, value in net.state_dict().items()}
    mean, std = state["line_mean"], state["line_std"]
    enter = state["enter.weight"] / std
    out = {
        "line_mean": mean, "enter": enter, "enter_bias": state["enter.bias"] - enter @ mean,
        "bag": state["bag.weight"], "enter_bag": state["enter_bag.weight"],
    }  # fmt: skip
    steps = {f"step{step}": f"steps.{i}" for i, step in enumerate(STEPS)}
    for name, layer in {"pool": "pool", "around": "around", "leave": "leave", **steps}.items():
        out |= {name: state[f"{layer}.weight"] / 2, f"{name}_bias": state[f"{layer}.bias"]}
    return out


def save(weights: dict[str, np.ndarray], path: Path) -> None:
    """Write the weights."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **{k: v.astype(np.float16 if k == "bag" else np.float32) for k, v in weights.items()})
