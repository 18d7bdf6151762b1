"""Which exchanges and connections a report carries, out of a log that may hold very many.

A report carries what findings cite, and a bounded number besides for each test case. Everything else stays in
``exchanges.jsonl``, and the report says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from conformance.judgement.finding import Finding, State
from conformance.output.run_view import CaseView, RunView
from conformance.wire.exchange import Connection, Exchange

OPEN_STATES = (State.FAIL, State.INCONCLUSIVE, State.WARNING)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a report carries.

    ``per_open_finding`` exchanges for a finding that did not pass, ``per_passed_finding`` for one that did (half of
    each from the start of the citations, half from their end), ``passed_per_case`` of the latter in a test case,
    ``failed_connections_per_case`` broken handshakes, and ``body_bytes`` of a body. A test case with fewer than
    ``exchanges_per_case`` of these is filled up with the first ones that no finding cites.
    """

    per_open_finding: int = 24
    per_passed_finding: int = 4
    passed_per_case: int = 24
    exchanges_per_case: int = 4
    failed_connections_per_case: int = 8
    body_bytes: int = 12_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Numbers chosen from the record alone: exchanges, those among them that weigh, and connections."""

    exchanges: frozenset[int]
    weighty: frozenset[int]
    connections: frozenset[int]


@dataclass(slots=True)
class Evidence:
    """What was picked from the log. ``recorded`` counts the exchanges of each test case in the log."""

    exchanges: dict[int, Exchange] = field(default_factory=dict)
    connections: dict[int, Connection] = field(default_factory=dict)
    recorded: Counter[str] = field(default_factory=Counter)

    def exchanges_of(self, case: str) -> list[Exchange]:
        """Return the picked exchanges of a test case, by number."""
        return [exchange for _, exchange in sorted(self.exchanges.items()) if exchange.case == case]

    def connections_of(self, case: str) -> list[Connection]:
        """Return the picked connections of a test case, by number."""
        return [connection for _, connection in sorted(self.connections.items()) if connection.case == case]


def select(run: RunView, bounds: Bounds) -> Selection:
    """Choose from the record which exchanges and connections the report shall carry."""
    weighty = {number for case in run.cases for number in _cited(case, OPEN_STATES, bounds.per_open_finding)}
    wanted = set(weighty)
    for case in run.cases:
        passed = _cited(case, (State.PASS, State.NOTE), bounds.per_passed_finding)
        wanted.update(both_ends(passed, bounds.passed_per_case))
        uncited = [number for number in case.exchanges if number not in wanted]
        wanted.update(uncited[: max(0, bounds.exchanges_per_case - len(case.exchanges) + len(uncited))])
    connections = {
        number for case in run.cases for finding in case.findings for number in both_ends(finding.connections, 8)
    }
    return Selection(frozenset(wanted), frozenset(weighty), frozenset(connections))


def _cited(case: CaseView, states: Sequence[State], bound: int) -> list[int]:
    findings: Iterable[Finding] = case.findings_in(*states)
    return list(dict.fromkeys(number for finding in findings for number in both_ends(finding.exchanges, bound)))


def both_ends(numbers: Sequence[int], bound: int) -> Sequence[int]:
    """Return at most so many numbers, half of them the first, half the last."""
    if len(numbers) <= bound:
        return numbers
    return [*numbers[: bound - bound // 2], *numbers[len(numbers) - bound // 2 :]]


def collect(run: RunView, log: Iterable[Connection | Exchange], selection: Selection, bounds: Bounds) -> Evidence:
    """Read the log once and keep what was chosen.

    A test case that did not end has no list of exchanges in the record, so its first ones are kept.
    """
    evidence = Evidence()
    unlisted = {case.key for case in run.cases if not case.exchanges}
    connections: dict[int, Connection] = {}
    chains: dict[tuple[bytes, ...], tuple[bytes, ...]] = {}
    for fact in log:
        if isinstance(fact, Connection):
            connections[fact.number] = replace(fact, chain=chains.setdefault(fact.chain, fact.chain))
            continue
        evidence.recorded[fact.case] += 1
        early = fact.case in unlisted and evidence.recorded[fact.case] <= bounds.exchanges_per_case
        if fact.number in selection.exchanges or early:
            evidence.exchanges[fact.number] = fact
    evidence.connections = _needed(connections, selection, evidence.exchanges, bounds)
    return evidence


def _needed(
    connections: Mapping[int, Connection], selection: Selection, exchanges: Mapping[int, Exchange], bounds: Bounds
) -> dict[int, Connection]:
    wanted = selection.connections | {exchange.connection for exchange in exchanges.values()}
    failed: Counter[str] = Counter()
    needed = {}
    for number, connection in connections.items():
        failed[connection.case] += not connection.handshake_completed
        broken = not connection.handshake_completed and failed[connection.case] <= bounds.failed_connections_per_case
        if number in wanted or broken:
            needed[number] = connection
    return needed
