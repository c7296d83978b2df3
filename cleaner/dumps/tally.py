"""Count what happened to records: per rule, per stage, per host. A tally is nested dicts of numbers, so it adds up."""

from __future__ import annotations

import re
from operator import ne
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from cleaner.native import kernels
from cleaner.page import Page
from cleaner.rules.matcher import Ruleset

Tally = dict[str, Any]

#: Hosts kept by name; beyond that the rarest are counted together, so that memory does not grow with the dump.
HOSTS = 20_000
#: What hosts that are not kept by name are called.
OTHERS = "(other hosts)"
#: Points in a host's history; when there are more, neighbours are put together.
POINTS = 8

#: Han and kana, which are written without spaces; each counts as a word.
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
#: Texts of fewer characters are split; numpy takes longer to begin, and is several times as fast once it has.
_SHORT = 1000
#: Whether a character is a space, up to the last that is (U+3000) and one more, which stands for all that follow.
_SPACE = np.array([chr(code).isspace() for code in range(0x3002)])


def words(text: str) -> int:
    """Words in a text: what stands between spaces; each Han character and kana counts as one more.

    >>> words("The harbour reopened."), words("港は月曜日に")
    (3, 7)
    """
    return words_in_python(text) if kernels is None else kernels.words(text)


def words_in_python(text: str) -> int:
    """What :func:`words` does, without the extension."""
    if len(text) < _SHORT:
        count = len(text.split())
        return count if text.isascii() else count + len(_CJK.findall(text))
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    space = _SPACE.take(codes, mode="clip")
    begun = np.count_nonzero(space[:-1] > space[1:]) + (not space[0])
    return int(begun) + (len(_CJK.findall(text)) if codes.max() >= 0x3040 else 0)


def add(into: Tally, more: Tally) -> None:
    """Add one tally to another.

    Args:
        into: the tally that grows.
        more: what is added, key by key; tallies within it too.
    """
    for key, value in more.items():
        if isinstance(value, dict):
            add(into.setdefault(key, {}), value)
        else:
            into[key] = into.get(key, 0) + value


def count(tally: Tally, *path: str, by: int = 1) -> None:
    """Add to one number of a tally.

    Args:
        tally: the tally.
        path: the keys that lead to the number; what is not there yet is made.
        by: what is added.
    """
    for key in path[:-1]:
        tally = tally.setdefault(key, {})
    tally[path[-1]] = tally.get(path[-1], 0) + by


def host_of(url: str) -> str:
    """The host of a URL without ``www.``; empty if there is none.

    >>> host_of("https://www.example.org:8080/a")
    'example.org'
    """
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def page_counts(page: Page, rules: Ruleset) -> Tally:
    """What the stages took from a page: by rule and by stage, lines, words and pages.

    Args:
        page: a page that has been run.
        rules: the rules it was run with.

    Returns:
        A tally with ``rules``, ``stages``, ``lines_in`` and ``lines_cut``.
    """
    tally: Tally = {"lines_in": len(page.lines), "lines_cut": page.kept.count(0)}
    lines, now = page.lines, dict(page.trimmed)
    by_rule: dict[str, list[int]] = {}
    by_stage: dict[str, list[int]] = {}
    for stage, marks in page.log:
        # Of each rule the lines it acted on and what it left of them, so that their words are counted all at once.
        acted: dict[int, tuple[list[str], list[str]]] = {}
        for i, number, after, _ in marks:
            if number not in acted:
                acted[number] = [], []
            before, left = acted[number]
            before.append(now[i] if i in now else lines[i])
            if after is not None:
                left.append(after)
                now[i] = after
        for number, (before, left) in acted.items():
            lost = words("\n".join(before)) - (words("\n".join(left)) if left else 0)
            for row in (by_rule.setdefault(rules.rules[number].id, [0, 0, 0]), by_stage.setdefault(stage, [0, 0, 0])):
                row[0] += len(before) - len(left)
                row[1] += len(left)
                row[2] += lost
    for name, taken in (("rules", by_rule), ("stages", by_stage)):
        tally[name] = {
            key: {"lines": lines, "trims": trims, "words": gone, "pages": 1}
            for key, (lines, trims, gone) in taken.items()
        }
    given: list[str] | None = None
    for stage, repaired in page.steps:
        given = page.raw if given is None else given
        if repaired is not given:
            mended = sum(map(ne, given, repaired))
            if mended:
                tally["stages"][stage] = {"repairs": mended, "pages": 1}
        given = repaired
    return tally


def add_host(hosts: Tally, more: Tally) -> None:
    """Add a part's counts by host to a run's, each as one more point of its host's history.

    Args:
        hosts: the run's counts by host. Of more than ``HOSTS`` the smallest go; a long history is halved.
        more: the part's.
    """
    for host, counts in more.items():
        known = hosts.setdefault(host, {})
        add(known, counts)
        history: list[list[int]] = known.setdefault("history", [])
        history.append([counts["pages"], counts["words_in"], counts["words_out"]])
        if len(history) > POINTS:
            known["history"] = [
                [a + b for a, b in zip(*history[n : n + 2], strict=True)] if n + 1 < len(history) else history[n]
                for n in range(0, len(history), 2)
            ]
    if len(hosts) > HOSTS:
        _prune(hosts)


def _prune(hosts: Tally) -> None:
    """Put the rarest hosts together, down to three quarters of the room, so that it need not be done each time."""
    order = sorted((host for host in hosts if host != OTHERS), key=lambda host: (-hosts[host]["pages"], host))
    others = hosts.setdefault(OTHERS, {})
    for host in order[HOSTS * 3 // 4 :]:
        gone = hosts.pop(host)
        gone.pop("history")
        add(others, gone)
