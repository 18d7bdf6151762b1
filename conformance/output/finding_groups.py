"""Findings that say the same are shown once, with how often they were made.

A client that polls for a day passes the same check hundreds of times; the report shows it as one row with a count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from conformance.judgement.finding import Finding, State

GROUPS = 120
_ORDER = (State.FAIL, State.INCONCLUSIVE, State.WARNING, State.PASS, State.NOTE)


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """One finding, or several alike: ``finding`` is the first, holding the evidence of all."""

    finding: Finding
    count: int


def grouped(findings: Iterable[Finding]) -> list[FindingGroup]:
    """Return the findings with equal ones merged, in the order in which they were first made."""
    alike: dict[Finding, list[Finding]] = {}
    for finding in findings:
        alike.setdefault(replace(finding, exchanges=(), connections=()), []).append(finding)
    return [FindingGroup(_merged(group), len(group)) for group in alike.values()]


def _merged(group: list[Finding]) -> Finding:
    exchanges = dict.fromkeys(number for finding in group for number in finding.exchanges)
    connections = dict.fromkeys(number for finding in group for number in finding.connections)
    return replace(group[0], exchanges=tuple(exchanges), connections=tuple(connections))


def most_telling(groups: list[FindingGroup], bound: int = GROUPS) -> tuple[list[FindingGroup], int]:
    """Return at most so many groups, the worst states first kept, and how many are left out; order is unchanged."""
    if len(groups) <= bound:
        return groups, 0
    ranked = sorted(range(len(groups)), key=lambda place: _ORDER.index(groups[place].finding.state))
    kept = sorted(ranked[:bound])
    return [groups[place] for place in kept], len(groups) - len(kept)
