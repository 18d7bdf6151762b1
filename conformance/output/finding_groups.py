"""Findings alike are shown once, with how often they were made.

A client that polls for a day passes the same check hundreds of times; the report shows it as one row with a count.
Findings that did not pass are merged only when they say exactly the same; of those that passed, what was measured may
differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from conformance.judgement.finding import Finding, State
from conformance.output.run_view import CaseView

GROUPS = 120
QUIET = (State.PASS, State.NOTE)
_ORDER = (State.FAIL, State.INCONCLUSIVE, State.WARNING, State.PASS, State.NOTE)


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """One finding, or several alike.

    ``finding`` is the first, holding the evidence of all; ``observed`` tells what was seen, from the first to the last.
    """

    finding: Finding
    count: int
    observed: str


def grouped(findings: Iterable[Finding]) -> list[FindingGroup]:
    """Return the findings with those alike merged, in the order in which they were first made."""
    alike: dict[Finding, list[Finding]] = {}
    for finding in findings:
        alike.setdefault(_essence(finding), []).append(finding)
    return [FindingGroup(_merged(group), len(group), _observed(group)) for group in alike.values()]


def broken(cases: Iterable[CaseView]) -> list[tuple[str, tuple[CaseView, ...]]]:
    """Return the requirements that failed findings name, each with its test cases; that which most break comes first.

    A failed finding that names none is left out.
    """
    naming: dict[str, list[CaseView]] = {}
    for case in cases:
        for id in dict.fromkeys(finding.requirement for finding in case.findings_in(State.FAIL)):
            if id is not None:
                naming.setdefault(id, []).append(case)
    return sorted(((id, tuple(named)) for id, named in naming.items()), key=lambda item: -len(item[1]))


def _essence(finding: Finding) -> Finding:
    if finding.state in QUIET and (finding.timing is not None or finding.expected):
        return replace(finding, exchanges=(), connections=(), observed="", timing=None, detail=())
    return replace(finding, exchanges=(), connections=())


def _merged(group: list[Finding]) -> Finding:
    exchanges = dict.fromkeys(number for finding in group for number in finding.exchanges)
    connections = dict.fromkeys(number for finding in group for number in finding.connections)
    return replace(group[0], exchanges=tuple(exchanges), connections=tuple(connections))


def _observed(group: list[Finding]) -> str:
    first, last = group[0].observed, group[-1].observed
    return first if all(finding.observed == first for finding in group) else f"{first} … {last}"


def most_telling(groups: list[FindingGroup], bound: int = GROUPS) -> tuple[list[FindingGroup], int]:
    """Return at most so many groups, the worst states first kept, and how many are left out; order is unchanged."""
    if len(groups) <= bound:
        return groups, 0
    ranked = sorted(range(len(groups)), key=lambda place: _ORDER.index(groups[place].finding.state))
    kept = sorted(ranked[:bound])
    return [groups[place] for place in kept], len(groups) - len(kept)
