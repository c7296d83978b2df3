"""``cleaner rules``: list, show and test rules."""

from __future__ import annotations

import argparse
import sys

from rich.table import Table

from cleaner.api import Cleaner
from cleaner.commands.files import PipeConsole, make_cleaner
from cleaner.errors import SettingsError, nearest
from cleaner.rules.compiled import readable
from cleaner.rules.examples import check
from cleaner.rules.loader import collect
from cleaner.rules.rule import Rule


def _written(args: argparse.Namespace) -> list[Rule]:
    """The rules that the settings options leave on, as written: with phrases and examples."""
    cleaner = make_cleaner(args)
    on = {rule.id for rule in cleaner.rules}
    return [rule for rule in collect(readable(), cleaner.settings.rules).rules if rule.id in on]


def listing(args: argparse.Namespace) -> int:
    """Print all rules that are on, a line each; with ``--lang``, the phrases of one language."""
    rules = _written(args)
    if args.lang:
        return _of_language(rules, args.lang)
    console = PipeConsole(highlight=False, markup=False)
    if not console.is_terminal:
        for rule in rules:
            print(f"{rule.id}\t{rule.stage}\t{rule.preset}\t{rule.why}")
        return 0
    table = Table("rule", "stage", "from preset", "phrases", "why", box=None, header_style="bold")
    for rule in rules:
        count = sum(len(words) for _, words in rule.phrases)
        table.add_row(rule.id, rule.stage, rule.preset, str(count or ""), rule.why)
    console.print(table)
    return 0


def _of_language(rules: list[Rule], language: str) -> int:
    codes = {code for rule in rules for code, _ in rule.phrases}
    if language not in codes:
        raise SettingsError(f"there are no phrases in {language!r}{nearest(language, codes)}")
    for rule in rules:
        bound = dict(rule.bound).get(language, ())
        phrases = dict(rule.phrases).get(language, ())
        if phrases:
            print(f"{rule.id}\t" + " | ".join(f"{p} *" if p in bound else p for p in phrases))
    return 0


def show(args: argparse.Namespace) -> int:
    """Print one rule, whole."""
    rules = {rule.id: rule for rule in _written(args)}
    aliases = {old: rule.id for rule in rules.values() for old in rule.was}
    rule = rules.get(aliases.get(args.id, args.id))
    if rule is None:
        raise SettingsError(f"there is no rule {args.id!r}{nearest(args.id, rules)}")
    print("\n".join(_describe(rule)))
    return 0


def _describe(rule: Rule) -> list[str]:
    lines = [
        rule.id,
        f"  why     {rule.why}",
        f"  stage   {rule.stage}, from preset {rule.preset}",
        f"  file    {rule.source}",
    ]
    if not rule.alone:
        lines.append("  counts  only on a page that shows other furniture")
    if rule.run > 1:
        lines.append(f"  counts  where {rule.run} lines of group {rule.group!r} stand together")
    for language, phrases in rule.phrases:
        lines.append(f"  phrases ({language}) " + " | ".join(phrases))
    if rule.pattern:
        lines += [f"  pattern {rule.pattern}", f"  tried on lines with: {' | '.join(rule.keywords) or 'anything'}"]
    for key in ("fire", "quiet", "lone"):
        lines += [f"  {key:7} {text!r}" for text in getattr(rule, key)]
    return lines


def test(args: argparse.Namespace) -> int:
    """Try the examples of rule files; returns 1 if any does not hold."""
    cleaner = Cleaner(preset="strict", rules=args.files)
    names = {name for name, _ in cleaner.settings.rules}
    rules = collect(readable(), cleaner.settings.rules).rules
    tried = [rule for rule in rules if rule.source in names] if args.files else list(rules)
    failures = list(check((rule for rule in tried if not rule.optional), cleaner.explain, cleaner.explain_html))
    for rule in tried:
        if rule.optional:
            strict = Cleaner(preset="strict", rules=args.files, on=[rule.id])
            failures += check([rule], strict.explain, strict.explain_html)
    for failure in failures:
        print(failure)
    examples = sum(len(rule.fire) + len(rule.quiet) + len(rule.lone) for rule in tried)
    bare = [rule.id for rule in tried if not rule.fire]
    if bare:
        print(f"without a fire example: {', '.join(bare)}", file=sys.stderr)
    print(f"{len(tried)} rules, {examples} examples, {len(failures)} do not hold")
    return int(bool(failures))
