"""``Cleaner``: settings made ready to clean. Everything else calls this."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cleaner import engine
from cleaner.errors import CleanerError, InputError, RuleError, SettingsError, nearest
from cleaner.fold import characters
from cleaner.judged import Judged
from cleaner.page import Page
from cleaner.read.html import read_html, tagged
from cleaner.read.text import read_text
from cleaner.repair import REPAIRS, options, repairs
from cleaner.result import Result
from cleaner.rules.compiled import builtin
from cleaner.rules.loader import collect
from cleaner.rules.matcher import Ruleset
from cleaner.rules.rule import Rule
from cleaner.settings import GENTLER, MAX_BYTES, PRESETS, Settings, in_order
from cleaner.stages import STAGES, Stage

#: What ``preset``, ``budget``, ``threshold``, ``lang``, ``format`` and ``max_bytes`` are where none is given.
_UNSET = ("standard", None, None, None, "text", MAX_BYTES)


class Cleaner:
    """Cleans texts, one at a time or many, always in the same way.

    A cleaner holds no state that a text changes: results do not depend on what was cleaned before. It can be pickled
    (only its settings travel) and used from several threads.

    Args:
        preset: ``"careful"``, ``"standard"`` or ``"strict"``.
        rules: rule files of your own: paths, or ``(name, TOML source)`` pairs.
        off: stages, rule files or rule ids that are not to run.
        on: optional rules that are to run.
        keep: lines that hold one of these strings, whatever its case, are never cut.
        budget: the largest share of the text that cuts may take; None for the preset's.
        threshold: how likely content a scored line must be to stay, from 0 to 1, as a share of what its page promises;
                None for the preset's.
        lang: the language of the texts (``"de"``, ``"zh-hant"``); None to tell it from each text.
        format: what HTML becomes, ``"text"`` or ``"markdown"``.
        comments: of HTML, whether readers' comments under an article stay.
        max_bytes: HTML larger than this is refused.
        settings: all of the above in one object, in place of them.
        stages: the stages to run, in order; ``cleaner.STAGES`` with your own among them, which rule files may name.

    Raises:
        SettingsError: an unknown preset, stage, rule file or rule id.
        RuleError: a rule file that cannot be read or used.
    """

    def __init__(
        self,
        preset: str = "standard",
        *,
        rules: Iterable[str | os.PathLike[str] | tuple[str, str]] = (),
        off: Iterable[str] = (),
        on: Iterable[str] = (),
        keep: Iterable[str] = (),
        budget: float | None = None,
        threshold: float | None = None,
        lang: str | None = None,
        format: str = "text",  # noqa: A002 - what users of other tools look for
        comments: bool = False,
        max_bytes: int = MAX_BYTES,
        settings: Settings | None = None,
        stages: tuple[Stage, ...] = STAGES,
    ) -> None:
        if settings is not None and not isinstance(settings, Settings):
            raise SettingsError(f"settings takes a cleaner.Settings, not {settings!r}")
        others = (preset, budget, threshold, lang, format, max_bytes)
        if settings is not None and (others != _UNSET or rules or off or on or keep or comments):
            raise SettingsError("settings stands in place of preset, rules, off and all others; give one or the other")
        self.settings = settings or Settings(
            preset=preset,
            off=_names("off", off),
            on=_names("on", on),
            keep=_names("keep", keep),
            rules=tuple(_rule_file(item) for item in _names("rules", rules)),
            budget=budget,
            threshold=threshold,
            lang=lang,
            format=format,
            comments=comments,
            max_bytes=max_bytes,
        )
        self.stages = _names("stages", stages)
        for stage in self.stages:
            if not isinstance(stage, Stage):
                raise SettingsError(f"stages takes cleaner.Stage(name, function), not {stage!r}")
        self._prepare()

    def _prepare(self) -> None:
        settings = self.settings
        package = builtin()
        found = collect(package.rules, settings.rules, [stage.name for stage in self.stages])
        own = [rule for rule in found.rules if not rule.builtin]
        self._book = package.book.with_rules(own) if own else package.book
        keep = (*settings.keep, *found.keep)
        names = {*REPAIRS, *(stage.name for stage in self.stages)}
        ids = {rule.id for rule in found.rules}
        aliases = {old: rule.id for rule in found.rules for old in rule.was if old not in ids}
        known = {*names, *aliases, *ids, *(r.file for r in found.rules)}
        _check("off", settings.off, known, SettingsError)
        _check("on", settings.on, known, SettingsError)
        for file, switched in found.off_in:
            _check(f"{file}: off", switched, known, RuleError)
        if settings.lang is not None:
            spoken = self._book.languages
            if settings.lang not in spoken:
                raise SettingsError(f"lang: there are no rules for {settings.lang!r}{nearest(settings.lang, spoken)}")
        off = {aliases.get(name, name) for name in (*settings.off, *found.off)}
        on = {aliases.get(name, name) for name in settings.on}
        self._repairs = repairs(options(off, on))
        self._stages = tuple(stage for stage in self.stages if stage.name not in off)
        self._rulesets: dict[str, Ruleset] = {}
        self._active = tuple(
            rule
            for rule in found.rules
            if not off & {rule.id, rule.file, rule.stage} and (not rule.optional or on & {rule.id, rule.file})
        )
        self._keep = keep

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of this cleaner's preset that are on, in their order."""
        return self._ruleset(self.settings.preset).rules

    def _ruleset(self, preset: str) -> Ruleset:
        """The rules of a preset, compiled when first needed."""
        ruleset = self._rulesets.get(preset)
        if ruleset is None:
            rank = PRESETS[preset].rank
            rules = (rule for rule in self._active if PRESETS[rule.preset].rank <= rank)
            ruleset = Ruleset(rules, self._keep, self._book)
            self._rulesets[preset] = ruleset
        return ruleset

    def __getstate__(self) -> dict[str, Any]:
        return {"settings": self.settings, "stages": self.stages}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.settings = state["settings"]
        self.stages = state["stages"]
        self._prepare()

    def __repr__(self) -> str:
        return f"Cleaner(settings={self.settings!r})"

    def clean(self, text: str) -> str:
        """Clean a text.

        Args:
            text: text as scraped.

        Returns:
            The article's text; empty if there was nothing but furniture.

        Raises:
            InputError: it is not a str.
        """
        return self.judge(text).text()

    def explain(self, text: str) -> Result:
        """Clean a text and account for every change.

        Args:
            text: text as scraped.

        Returns:
            The same text as :meth:`clean` gives, with its cuts and flags.

        Raises:
            InputError: it is not a str.
        """
        found = self.judge(text)
        return Result(found.text(), found.cuts(), tuple(found.page.flags), text)

    def clean_html(self, page: Any, *, encoding: str | None = None) -> str:
        """Take the article's text out of HTML.

        Args:
            page: a page as it came: ``bytes``, ``str``, or a ``BeautifulSoup`` or ``Tag``.
            encoding: for bytes, the encoding that a ``Content-Type`` header declared.

        Returns:
            The text; empty if there is none.

        Raises:
            InputError: it is none of these; TooLargeError: it is larger than ``max_bytes``.
        """
        return self.judge_html(page, encoding=encoding).text()

    def explain_html(self, page: Any, *, encoding: str | None = None) -> Result:
        """Take the article's text out of HTML and account for every line that went.

        Args:
            page: as for :meth:`clean_html`.
            encoding: as for :meth:`clean_html`.

        Returns:
            The same text as :meth:`clean_html` gives, with its cuts and flags, its title, and the tag of each line.
            ``original`` is the text of the page; the cuts are made on that, so that replaying them gives the text
            without Markdown's marks.

        Raises:
            InputError: as :meth:`clean_html`.
        """
        found = self.judge_html(page, encoding=encoding)
        seen = found.page
        title = seen.markup.title if seen.markup else ""
        return Result(found.text(), found.cuts(), tuple(seen.flags), "\n".join(seen.raw), title, tagged(seen))

    def clean_many(self, texts: Iterable[str]) -> Iterator[str]:
        """Clean texts one after another, as they come.

        Args:
            texts: any iterable of texts.

        Yields:
            The clean texts, in the same order.

        Raises:
            InputError: one of them is not a str; the message says which. Or all are a single str.
        """
        if isinstance(texts, str):
            raise InputError("got one text (str) where several are expected; use clean, or write [text]")
        for n, text in enumerate(texts):
            try:
                yield self.clean(text)
            except InputError as e:
                raise InputError(f"text {n}: {e}") from None

    def judge(self, text: str) -> Judged:
        """Judge a text: for adapters, which want flags and counts but seldom words for every cut.

        Args:
            text: text as scraped.

        Returns:
            The page with its cuts recorded.

        Raises:
            InputError: it is not a str.
        """
        if not isinstance(text, str):
            raise InputError(_not_text(text))
        page = read_text(text, self._repairs)
        page.language = self.settings.lang or ""
        page, rules, kept = self._within_budget(page, self.settings.preset)
        if not page.lines:
            page.flag("empty")
        elif not kept:
            page.flag("all_furniture")
        return Judged(page, rules)

    def judge_html(self, page: Any, *, encoding: str | None = None) -> Judged:
        """Judge a page of HTML, as :meth:`judge` does a text.

        There is no budget: what is outside the article is most of a page, as a rule.

        Args:
            page: as for :meth:`clean_html`.
            encoding: as for :meth:`clean_html`.

        Returns:
            The page with its cuts recorded.

        Raises:
            InputError: as :meth:`clean_html`.
        """
        form = self.settings.format
        found = read_html(page, self._repairs, encoding, self.settings.max_bytes, marked=form == "markdown")
        found.language = self.settings.lang or ""
        rules = self._ruleset(self.settings.preset)
        if not engine.size(engine.run(found, rules, self._stages, self.settings)):
            found.flag("no_content")
        return Judged(found, rules, form)

    def _within_budget(self, page: Page, preset: str) -> tuple[Page, Ruleset, int]:
        """A preset's result and its size; that of the next gentler one if this took too much of it."""
        rules = self._ruleset(preset)
        engine.run(page, rules, self._stages, self.settings)
        kept = engine.size(page)
        gentler = GENTLER[preset]
        budget = PRESETS[preset].budget if self.settings.budget is None else self.settings.budget
        if gentler is None or not engine.over_budget(kept, characters(page.rows), budget):
            return page, rules, kept
        gentle = self._within_budget(page.fresh(), gentler)
        if not engine.over_budget(kept, gentle[2], budget):
            return page, rules, kept
        for flag in (*page.flags, "over_removal"):
            gentle[0].flag(flag)
        return gentle


def _check(where: str, names: Iterable[str], known: set[str], error: type[CleanerError]) -> None:
    for name in names:
        if name not in known:
            raise error(f"{where}: there is no stage, rule file or rule {name!r}{nearest(name, known)}")


def _names(name: str, items: Iterable[Any]) -> tuple[Any, ...]:
    if isinstance(items, str | bytes | os.PathLike):
        raise SettingsError(f"{name} takes a list, not the single item {items!r}; write [{items!r}]")
    try:
        return in_order(items)
    except TypeError:
        raise SettingsError(f"{name} takes a list, not {items!r}") from None


def _rule_file(item: str | os.PathLike[str] | tuple[str, str]) -> tuple[str, str]:
    if isinstance(item, tuple):
        return item
    if not isinstance(item, str | os.PathLike):
        raise SettingsError(f"rules takes paths and pairs (name, TOML source), not {item!r}")
    path = Path(item)
    try:
        return path.name, path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        reason = e.strerror if isinstance(e, OSError) else "it is not UTF-8 text"
        raise RuleError(f"{path}: cannot read this rule file: {reason}") from None


def _not_text(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return "got bytes where text is expected; decode them first with cleaner.decode(data)"
    return f"got {type(value).__name__} where text (str) is expected"
