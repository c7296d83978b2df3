"""``cleaner rules``: list, show and test rules."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.table import Table

from cleaner.api import Cleaner
from cleaner.commands.files import make_cleaner
from cleaner.errors import SettingsError, nearest
from cleaner.rules.examples import check
from cleaner.rules.loader import builtin
from cleaner.rules.rule import Rule


def listing(args: argparse.Namespace) -> int:
    """Print all rules that are on, a line each."""
    rules = make_cleaner(args).rules
    console = Console(highlight=False, markup=False)
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


def show(args: argparse.Namespace) -> int:
    """Print one rule, whole."""
    rules = {rule.id: rule for rule in make_cleaner(args).rules}
    aliases = {old: rule.id for rule in rules.values() for old in rule.was}
    rule = rules.get(aliases.get(args.id, args.id))
    if rule is None:
        raise SettingsError(f"there is no rule {args.id!r}{nearest(args.id, rules)}")
    print("\n".join(_describe(rule)))
    return 0


def _describe(rule: Rule) -> list[str]:
    lines = [rule.id, f"  why     {rule.why}", f"  stage   {rule.stage}, from preset {rule.preset}", f"  file    {rule.source}"]
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
    tried = [rule for rule in cleaner.rules if rule.source in names] if args.files else list(builtin())
    failures = list(check((rule for rule in tried if not rule.optional), cleaner.explain))
    for rule in tried:
        if rule.optional:
            failures += check([rule], Cleaner(preset="strict", rules=args.files, on=[rule.id]).explain)
    for failure in failures:
        print(failure)
    examples = sum(len(rule.fire) + len(rule.quiet) + len(rule.lone) for rule in tried)
    bare = [rule.id for rule in tried if not rule.fire]
    if bare:
        print(f"without a fire example: {', '.join(bare)}", file=sys.stderr)
    print(f"{len(tried)} rules, {examples} examples, {len(failures)} do not hold")
    return int(bool(failures))
