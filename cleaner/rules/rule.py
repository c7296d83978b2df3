"""One rule, as data."""

from __future__ import annotations

from dataclasses import dataclass

#: Where in a line a rule's words stand. ``anywhere`` is for protect rules only.
PLACES = ("line", "start", "end", "anywhere")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule read from a TOML table.

    Attributes:
        id: file name and table name, ``"share.buttons"``; never reused.
        stage: the stage that carries it out.
        why: the reason shown to people for every cut it makes.
        preset: the gentlest preset in which it works.
        at: where its words stand: the whole ``"line"``, its ``"start"``, its ``"end"``, or ``"anywhere"``.
        phrases: language -> its phrases; ``{n}`` stands for a number, ``{date}``, ``{name}`` and ``{any}`` for
            a short run of such words.
        bound: language -> those of its phrases that count only in a text of that language.
        pattern: a regular expression (the ``regex`` package), letter case ignored.
        keywords: the pattern is tried only on a line that holds one of these.
        join: its phrases may fill a line together ("Facebook Twitter Email").
        run: how many different lines of one group must stand together before this one goes.
        group: the company it keeps for ``run``; the file's name if not given.
        alone: false if it counts only on a page that shows other furniture beyond doubt.
        html: whether it counts alone in HTML, where other furniture has gone by its place.
        marks: for the stage ``place``: it takes lines in elements that say one of these (``markup.words.NAMES``).
        unless: but not in elements that say one of these.
        optional: works only where the settings turn it on.
        fire: texts on which the rule must act.
        quiet: texts on which it must not.
        lone: texts that stay on a page that shows no other furniture, though they may go from one that does.
        was: ids it had before.
        source: the file it came from, for error messages.
        builtin: whether it is one of the package's own.
    """

    id: str
    stage: str
    why: str
    preset: str = "careful"
    at: str = "line"
    phrases: tuple[tuple[str, tuple[str, ...]], ...] = ()
    bound: tuple[tuple[str, tuple[str, ...]], ...] = ()
    pattern: str | None = None
    keywords: tuple[str, ...] = ()
    join: bool = False
    run: int = 1
    group: str = ""
    alone: bool = True
    html: bool = False
    marks: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    optional: bool = False
    fire: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()
    lone: tuple[str, ...] = ()
    was: tuple[str, ...] = ()
    source: str = ""
    builtin: bool = False

    def __post_init__(self) -> None:
        if not self.group:
            object.__setattr__(self, "group", self.file)

    @property
    def file(self) -> str:
        """The rule file's name without its ending: the first part of the id."""
        return self.id.partition(".")[0]
