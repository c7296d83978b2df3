"""The settings, in one frozen object, and what each preset stands for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass
from typing import Any, NamedTuple

from cleaner.errors import SettingsError, nearest


class Preset(NamedTuple):
    """What a preset allows.

    Attributes:
        rank: 0 for the gentlest; a rule works in the preset it names and in every higher one.
        budget: the largest share of the characters left by the next gentler preset that this one may take away.
        threshold: where the preset has lines scored, a line goes if its chance to be content is less than this share of
            the F1 that the page can be expected to reach; one half is best where precision and recall count alike.
    """

    rank: int
    budget: float
    threshold: float


#: ``careful`` has no budget: it cuts only what is named, and under it there is nothing to fall back to.
PRESETS: dict[str, Preset] = {
    "careful": Preset(0, 1.0, 0.0),
    "standard": Preset(1, 0.95, 0.5),
    "strict": Preset(2, 0.97, 0.7),
}

#: Preset -> the next gentler one; None for the gentlest.
GENTLER = dict(zip(PRESETS, (None, *PRESETS), strict=False))

#: Cuts beyond the next gentler preset that are smaller than this many characters never count as over-removal.
SMALL_CHANGE = 400

#: What HTML can become.
FORMATS = ("text", "markdown")

#: HTML may be this large.
MAX_BYTES = 100_000_000


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
        threshold: how likely content a line must be to stay, as in :class:`Preset`; None takes the preset's.
        lang: the language of the texts; None tells it from each text.
        format: what HTML becomes, ``"text"`` or ``"markdown"``.
        comments: of HTML, whether readers' comments under an article stay.
        max_bytes: HTML larger than this raises :class:`~cleaner.errors.TooLargeError`.
    """

    preset: str = "standard"
    off: tuple[str, ...] = ()
    on: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()
    budget: float | None = None
    threshold: float | None = None
    lang: str | None = None
    format: str = "text"
    comments: bool = False
    max_bytes: int = MAX_BYTES

    def __post_init__(self) -> None:
        if not isinstance(self.preset, str) or self.preset not in PRESETS:
            raise SettingsError(f"unknown preset {self.preset!r}{nearest(str(self.preset), PRESETS)}")
        for name in ("off", "on", "keep"):
            value = getattr(self, name)
            if not isinstance(value, Collection) or not all(isinstance(item, str) for item in value):
                raise SettingsError(f"{name} takes a list of strings, not {value!r}")
            if isinstance(value, str):
                raise SettingsError(f"{name} takes a list, not the single string {value!r}; write [{value!r}]")
            if not all(value):
                raise SettingsError(f"{name} holds an empty string, which would match everything")
            object.__setattr__(self, name, in_order(value))
        if isinstance(self.rules, str) or not isinstance(self.rules, Collection) or not all(map(_is_file, self.rules)):
            raise SettingsError(f"rules takes a list of pairs (name, TOML source), not {self.rules!r}")
        object.__setattr__(self, "rules", tuple(map(tuple, self.rules)))
        if self.budget is not None and not _is_share(self.budget):
            raise SettingsError(f"budget is a share between 0 and 1, not {self.budget!r}")
        if self.lang is not None and not isinstance(self.lang, str):
            raise SettingsError(f"lang is the code of a language, such as 'de', not {self.lang!r}")
        if self.format not in FORMATS:
            raise SettingsError(f"unknown format {self.format!r}{nearest(str(self.format), FORMATS)}")
        if not isinstance(self.comments, bool):
            raise SettingsError(f"comments is True or False, not {self.comments!r}")
        if not isinstance(self.max_bytes, int) or isinstance(self.max_bytes, bool) or self.max_bytes < 1:
            raise SettingsError(f"max_bytes is a number of bytes, not {self.max_bytes!r}")
        if self.threshold is not None and not _is_share(self.threshold):
            raise SettingsError(f"threshold is a chance between 0 and 1, not {self.threshold!r}")

    @property
    def line_threshold(self) -> float:
        """The threshold in force."""
        return PRESETS[self.preset].threshold if self.threshold is None else self.threshold


def in_order(items: Iterable[Any]) -> tuple[Any, ...]:
    """Items as a tuple; those of a set sorted, so that it is the same in every process."""
    return tuple(sorted(items, key=repr) if isinstance(items, Set) else items)


def _is_file(item: Any) -> bool:
    return isinstance(item, list | tuple) and len(item) == 2 and all(isinstance(part, str) for part in item)


def _is_share(item: Any) -> bool:
    return isinstance(item, int | float) and not isinstance(item, bool) and 0 <= item <= 1
