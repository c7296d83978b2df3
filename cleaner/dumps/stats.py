"""What ``stats.json`` holds, and which hosts drift."""

from __future__ import annotations

from math import sqrt
from typing import Any, NamedTuple

from cleaner.dumps.tally import OTHERS, Tally

#: Hosts with fewer pages say too little.
ENOUGH = 20
#: A host drifts if its removed share is this many standard errors and this far from what it is measured by.
SIGMA, APART = 4.0, 0.15


class Drift(NamedTuple):
    """A host whose removed share is out of line.

    Attributes:
        host: its name.
        pages: its pages.
        share: the share of words removed there, lately or in all.
        other: the share it is measured by.
        against: ``past`` (its own earlier pages, in the order of the inputs), ``before`` (an earlier run) or ``rest``.
    """

    host: str
    pages: int
    share: float
    other: float
    against: str


def share(counts: Tally) -> float:
    """The share of words that went."""
    words = counts.get("words_in", 0)
    return 1 - counts.get("words_out", 0) / words if words else 0.0


def make_stats(total: Tally, version: str, settings_hash: str) -> dict[str, Any]:
    """The contents of ``stats.json``; nothing in it depends on the time or on how often a run was ended."""
    fates = {fate: total.get(fate, 0) for fate in ("cleaned", "filtered", "quarantined")}
    hosts = dict(sorted(total.get("hosts", {}).items(), key=lambda item: (-item[1]["pages"], item[0])))
    return {
        "version": version,
        "settings_hash": settings_hash,
        "records": sum(fates.values()),
        **fates,
        "skipped": _sorted(total.get("skipped", {})),
        "filters": _sorted(total.get("filters", {})),
        "reasons": _sorted(total.get("reasons", {})),
        "flags": _sorted(total.get("flags", {})),
        "emptied": total.get("emptied", 0),
        **{key: total.get(key, 0) for key in ("words_in", "words_out", "lines_in", "lines_cut")},
        "stages": _by_words(total.get("stages", {})),
        "rules": _by_words(total.get("rules", {})),
        "hosts": hosts,
        "drifting": [drift._asdict() for drift in drifting(hosts)],
    }


def _sorted(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _by_words(counts: dict[str, Tally]) -> dict[str, Tally]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1].get("words", 0), item[0])))


def drifting(hosts: dict[str, Tally], before: dict[str, Tally] | None = None) -> list[Drift]:
    """Hosts whose removed share is far from their own past or from the rest.

    A host is measured by its own past where there is enough of it: the pages of an earlier run, or the first half of
    its pages here; else by all other hosts. Pages of a host resemble one another, so the standard error is that of
    shares of pages, taken at the widest they can spread (p(1 - p) at the share they are measured by, at least 0.05).

    Args:
        hosts: ``hosts`` of ``stats.json``.
        before: the same of an earlier run over the same sites.

    Returns:
        The hosts, those furthest off first.
    """
    found: list[Drift] = []
    words_in = sum(h["words_in"] for h in hosts.values())
    words_out = sum(h["words_out"] for h in hosts.values())
    for host, counts in hosts.items():
        if host == OTHERS or counts["pages"] < ENOUGH:
            continue
        mine = share(counts)
        known = (before or {}).get(host)
        if known and known["pages"] >= ENOUGH and _far(mine, share(known), counts["pages"], known["pages"]):
            found.append(Drift(host, counts["pages"], mine, share(known), "before"))
            continue
        early, late = _halves(counts.get("history", []))
        if min(early["pages"], late["pages"]) >= ENOUGH // 2 and _far(
            share(late), share(early), late["pages"], early["pages"]
        ):
            found.append(Drift(host, counts["pages"], share(late), share(early), "past"))
            continue
        rest = {"words_in": words_in - counts["words_in"], "words_out": words_out - counts["words_out"]}
        if rest["words_in"] and _far(mine, share(rest), counts["pages"], 1 << 30):
            found.append(Drift(host, counts["pages"], mine, share(rest), "rest"))
    return sorted(found, key=lambda d: (-abs(d.share - d.other), d.host))


def _halves(history: list[list[int]]) -> tuple[Tally, Tally]:
    pages = sum(point[0] for point in history)
    halves: tuple[Tally, Tally] = tuple({"pages": 0, "words_in": 0, "words_out": 0} for _ in range(2))  # type: ignore[assignment]
    seen = 0
    for n, (count, words_in, words_out) in enumerate(history):
        half = halves[n > 0 and (seen + count / 2) * 2 > pages]
        half["pages"] += count
        half["words_in"] += words_in
        half["words_out"] += words_out
        seen += count
    return halves


def _far(a: float, b: float, n: int, m: int) -> bool:
    spread = sqrt(max(b * (1 - b), 0.05) * (1 / n + 1 / m))
    return abs(a - b) >= max(APART, SIGMA * spread)
