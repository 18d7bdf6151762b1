"""What the report page shows of a run: anchors, links, groups and left-out counts, ready for the templates.

Everything the templates print comes from here as plain values; they decide only how it looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from conformance.catalogue.requirement import Requirement
from conformance.judgement.finding import Finding, State
from conformance.output.course import course
from conformance.output.evidence import Bounds, Evidence, Selection
from conformance.output.finding_groups import FindingGroup, grouped, most_telling
from conformance.output.payload_markup import BodyMarkup, body_markup
from conformance.output.run_view import CaseView, RunView
from conformance.output.timeline import Timeline, timeline
from conformance.wire.exchange import Connection, Exchange, Moment

WORTH_FOLDING = 200
"""From so many bytes on, a body that was shown already in a test case is not shown again."""


@dataclass(frozen=True, slots=True)
class ExchangePage:
    """An exchange as shown.

    Offsets are seconds after the start of its test case; ``weighty`` means that a finding not passed cites it.
    ``request_repeats`` and ``response_repeats`` are the number of an exchange shown before it that has the same body.
    """

    exchange: Exchange
    sent_s: float | None
    answered_s: float | None
    took_s: float | None
    request_body: BodyMarkup
    response_body: BodyMarkup
    weighty: bool
    request_repeats: int | None = None
    response_repeats: int | None = None


@dataclass(frozen=True, slots=True)
class CasePage:
    """A test case as shown. ``open_groups`` are findings that did not pass, ``passed_groups`` the others."""

    case: CaseView
    anchor: str
    open_groups: tuple[FindingGroup, ...]
    passed_groups: tuple[FindingGroup, ...]
    findings_left_out: int
    timeline: Timeline
    course: Markup
    exchanges: tuple[ExchangePage, ...]
    exchanges_left_out: int
    connections: tuple[Connection, ...]

    @property
    def failed_groups(self) -> tuple[FindingGroup, ...]:
        """The groups of failed findings."""
        return tuple(group for group in self.open_groups if group.finding.state is State.FAIL)


@dataclass(frozen=True, slots=True)
class RequirementPage:
    """A requirement, the test cases that name it, and what their findings came to: no state when none judged it."""

    requirement: Requirement | None
    id: str
    cases: tuple[CasePage, ...]
    state: str | None


def case_pages(run: RunView, evidence: Evidence, selection: Selection, bounds: Bounds) -> tuple[CasePage, ...]:
    """Return all test cases in the order of the record."""
    anchors = _anchors([case.key for case in run.cases])
    return tuple(
        _case_page(case, anchor, evidence, selection, bounds) for case, anchor in zip(run.cases, anchors, strict=True)
    )


def _case_page(case: CaseView, anchor: str, evidence: Evidence, selection: Selection, bounds: Bounds) -> CasePage:
    groups, left_out = most_telling(grouped(case.findings))
    shown = evidence.exchanges_of(case.key)
    recorded = max(evidence.recorded[case.key], len(shown))
    quiet = (State.PASS, State.NOTE)
    timed = timeline(case.findings)
    return CasePage(
        case=case,
        anchor=anchor,
        open_groups=tuple(group for group in groups if group.finding.state not in quiet),
        passed_groups=tuple(group for group in groups if group.finding.state in quiet),
        findings_left_out=left_out,
        timeline=timed,
        course=course(case, timed.rows, [exchange.request_first.wall for exchange in shown]),
        exchanges=_folded([_exchange_page(exchange, case.started_at, selection, bounds) for exchange in shown]),
        exchanges_left_out=recorded - len(shown),
        connections=tuple(evidence.connections_of(case.key)),
    )


def _exchange_page(exchange: Exchange, start: datetime | None, selection: Selection, bounds: Bounds) -> ExchangePage:
    answered = exchange.response_last
    return ExchangePage(
        exchange=exchange,
        sent_s=_after(start, exchange.request_first),
        answered_s=None if answered is None else _after(start, answered),
        took_s=None if answered is None else answered.mono - exchange.request_first.mono,
        request_body=body_markup(exchange.request_body, bounds.body_bytes),
        response_body=body_markup(exchange.response_body, bounds.body_bytes),
        weighty=exchange.number in selection.weighty,
    )


def _folded(pages: Iterable[ExchangePage]) -> tuple[ExchangePage, ...]:
    """Show a long body once in a test case; what a finding not passed rests on is shown in full each time."""
    first: dict[bytes, int] = {}

    def earlier(page: ExchangePage, body: bytes) -> int | None:
        return None if page.weighty or len(body) < WORTH_FOLDING else first.get(body)

    folded = []
    for page in pages:
        request, response = page.exchange.request_body, page.exchange.response_body
        folded.append(replace(page, request_repeats=earlier(page, request), response_repeats=earlier(page, response)))
        for body in (request, response):
            first.setdefault(body, page.exchange.number)
    return tuple(folded)


def _after(start: datetime | None, moment: Moment) -> float | None:
    return None if start is None else (moment.wall - start).total_seconds()


def _anchors(keys: Sequence[str]) -> list[str]:
    """Return an anchor for each key: letters, digits and hyphens only, each once."""
    taken: set[str] = set()
    anchors = []
    for key in keys:
        plain = re.sub(r"[^A-Za-z0-9]+", "-", key).strip("-") or "case"
        anchor = next(name for name in _numbered(plain) if name not in taken)
        taken.add(anchor)
        anchors.append(anchor)
    return anchors


def _numbered(plain: str) -> Iterable[str]:
    yield f"case-{plain}"
    count = 1
    while True:
        count += 1
        yield f"case-{plain}-{count}"


def requirement_pages(run: RunView, cases: Iterable[CasePage]) -> tuple[RequirementPage, ...]:
    """Return every requirement that the plan or a finding names, in the record's order, then the unknown ones by id."""
    naming: dict[str, list[CasePage]] = {id: [] for id in run.requirements}
    findings: dict[str, list[Finding]] = {}
    for page in cases:
        judged = [finding for finding in page.case.findings if finding.requirement is not None]
        for finding in judged:
            findings.setdefault(str(finding.requirement), []).append(finding)
        for id in dict.fromkeys([*page.case.requirements, *(str(finding.requirement) for finding in judged)]):
            naming.setdefault(id, []).append(page)
    return tuple(
        RequirementPage(run.requirements.get(id), id, tuple(pages), requirement_state(findings.get(id, ())))
        for id, pages in naming.items()
    )


def requirement_state(findings: Sequence[Finding]) -> str | None:
    """Return what the findings on one requirement came to: the worst state, a warning before a pass."""
    states = {finding.state for finding in findings}
    order = (State.FAIL, State.INCONCLUSIVE, State.WARNING, State.PASS)
    return next((str(state) for state in order if state in states), None)
