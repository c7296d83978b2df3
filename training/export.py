"""From the trained network to the arrays that :mod:`cleaner.model.network` reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cleaner.model.network import STEPS
from training.net import FAR, FAR_PAGE, Net


def arrays(net: Net) -> dict[str, np.ndarray]:
    """The weights, with the scaling of the measures folded in."""
    state = {name: value.numpy() for name, value in net.state_dict().items()}

    def unscaled(layer: str, name: str, far: float) -> dict[str, np.ndarray]:
        """A layer's weights for measures as they are, and where measures are cut off."""
        mean, std = state[f"{name}_mean"], state[f"{name}_std"]
        weight = state[f"{layer}.weight"].copy()
        bias = state[f"{layer}.bias"] - weight[:, : len(mean)] @ (mean / std)
        weight[:, : len(mean)] /= std
        return {
            layer: weight, f"{layer}_bias": bias, f"{name}_low": mean - far * std, f"{name}_high": mean + far * std
        }  # fmt: skip

    out = unscaled("enter", "line", FAR) | unscaled("page", "page", FAR_PAGE)
    for layer in ("pool", "leave"):
        out |= {layer: state[f"{layer}.weight"], f"{layer}_bias": state[f"{layer}.bias"]}
    for i, step in enumerate(STEPS):
        out |= {f"step{step}": state[f"steps.{i}.weight"], f"step{step}_bias": state[f"steps.{i}.bias"]}
    out |= {name: state[f"{name}.weight"] for name in ("word", "first", "last")}
    return out


def save(weights: dict[str, np.ndarray], path: Path) -> None:
    """Write the weights."""
    path.parent.mkdir(parents=True, exist_ok=True)
    small = ("word", "first", "last")
    np.savez(path, **{k: v.astype(np.float16 if k in small else np.float32) for k, v in weights.items()})
