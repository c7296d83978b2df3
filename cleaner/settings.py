"""The settings, in one frozen object, and what each preset stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from cleaner.errors import SettingsError, nearest


class Preset(NamedTuple):
    """What a preset allows.

    Attributes:
        rank: 0 for the gentlest; a rule works in the preset it names and in every higher one.
        budget: the largest share of the characters left by the next gentler preset that this one may take away.
    """

    rank: int
    budget: float


#: ``careful`` has no budget: it cuts only what is named, and under it there is nothing to fall back to.
PRESETS: dict[str, Preset] = {
    "careful": Preset(0, 1.0),
    "standard": Preset(1, 0.8),
    "strict": Preset(2, 0.9),
}

#: Cuts beyond the next gentler preset that are smaller than this many characters never count as over-removal.
SMALL_CHANGE = 400


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that decides what comes out, as plain data: it can be compared, hashed, pickled and sent.

    Attributes:
        preset: ``"careful"``, ``"standard"`` or ``"strict"``.
        off: stages, rule files or rule ids that do not run (``"tails"``, ``"share"``, ``"share.buttons"``).
        on: optional stages or rules that run though the preset leaves them out (``"unwrap"``).
        keep: a line that holds one of these strings, whatever its case, is never cut.
        rules: rule files of the user's: (name, TOML source).
        budget: the largest share of text that may go; None takes the preset's.
    """

    preset: str = "standard"
    off: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()
    budget: float | None = None

    def __post_init__(self) -> None:
        if self.preset not in PRESETS:
            raise SettingsError(f"unknown preset {self.preset!r}{nearest(self.preset, PRESETS)}")
        for name in ("off", "on", "keep"):
            value = getattr(self, name)
            if isinstance(value, str) or not all(isinstance(item, str) for item in value):
                raise SettingsError(f"{name} takes a list of strings, not {value!r}")
            if not all(value):
                raise SettingsError(f"{name} holds an empty string, which would match everything")
            object.__setattr__(self, name, tuple(value))
        if self.budget is not None and not 0 <= self.budget <= 1:
            raise SettingsError(f"budget is a share between 0 and 1, not {self.budget!r}")
