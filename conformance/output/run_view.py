"""A run in typed facts, as every output sees it. :mod:`conformance.output.record_reading` makes it from the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from conformance.catalogue.profile import Policy
from conformance.catalogue.requirement import Requirement
from conformance.judgement.finding import Finding, State
from conformance.vocabulary.limits import Limit
from conformance.vocabulary.verdict import RunResult, Verdict


@dataclass(frozen=True, slots=True)
class StepView:
    """A declared step. ``state`` is a finding's state, ``done`` (reached, judged nothing) or ``not_reached``."""

    number: int
    text: str
    state: str
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class OperatorView:
    """One thing that was asked of the operator, the way it was asked, what came of it and what was said about it."""

    at: datetime | None
    instruction: str
    way: str
    text: str
    outcome: str
    told: str
    duration_s: float | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """One row of the record: a planned test case and what became of it. ``key`` is ``server/COMM-002``."""

    key: str
    id: str
    title: str
    subject: str
    required: bool
    requirements: tuple[str, ...]
    why: str
    passes_when: str
    origin: str
    aliases: tuple[str, ...]
    expected_duration_s: float | None
    verdict: Verdict
    reason: str
    started_at: datetime | None
    duration_s: float | None
    lag_s: float | None
    steps: tuple[StepView, ...]
    findings: tuple[Finding, ...]
    operator: tuple[OperatorView, ...]
    exchanges: tuple[int, ...]
    connections: tuple[int, ...]

    def findings_in(self, *states: State) -> tuple[Finding, ...]:
        """Return the findings of these states, in order."""
        return tuple(finding for finding in self.findings if finding.state in states)

    @property
    def left_out(self) -> bool:
        """True when it was not carried out, by the plan or for want of something."""
        return self.verdict in (Verdict.NOT_RUN, Verdict.NOT_APPLICABLE)

    @property
    def never_began(self) -> bool:
        """True when it was left out before anything of it was done, so that its reason is all there is to tell."""
        return self.left_out and self.started_at is None and not self.findings

    @property
    def provisional(self) -> bool:
        """True when it failed only by values whose source wants confirming."""
        failed = self.findings_in(State.FAIL)
        return self.verdict is Verdict.FAIL and bool(failed) and all(finding.provisional for finding in failed)


@dataclass(frozen=True, slots=True)
class SubjectView:
    """What was tested, as declared. Empty texts were not declared; ``der`` names kinds, with commas."""

    kind: str = ""
    name: str = ""
    maker: str = ""
    model: str = ""
    version: str = ""
    address: str = ""
    lfdi: str = ""
    started_by: str = ""
    southbound: str = ""
    role: str = ""
    der: str = ""
    pen: str = ""
    phase: str = ""

    @property
    def declared(self) -> str:
        """What it was declared to be, in words: ``device with pv, storage; maker's number 32473``."""
        types = (
            f" with {self.der}" if self.der else ", any kind of DER" if self.role in ("device", "aggregator") else ""
        )
        number = f"; maker's number {self.pen}" if self.pen else ""
        phase = f"; phase: {self.phase}" if self.phase not in ("", "normal") else ""
        return f"{self.role}{types}{number}{phase}" if self.role else ""

    @property
    def product(self) -> str:
        """Maker, model and version in one line; empty when none was declared."""
        return " ".join(part for part in (self.maker, self.model, self.version) if part)


@dataclass(frozen=True, slots=True)
class ProfileView:
    """The profile pack the subject was held to. ``sources`` are names with notes."""

    id: str
    title: str
    version: str
    edition: str
    sources: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ValueView:
    """A value of the profile: its key, what it demands in words, what breaking it costs, and where it comes from.

    ``pack`` states it, ``grade`` says how well its source is known, ``requirement`` is the row it belongs to, if any.
    """

    key: str
    demand: str
    effect: str
    source: str
    grade: str
    pack: str
    requirement: str
    note: str


@dataclass(frozen=True, slots=True)
class RunView:
    """A run.

    ``versions`` names the harness and what it ran on, ``virtual`` says that waits were skipped, ``failure`` is the
    fault of the harness that ended the run, if one did.
    """

    run_id: str
    virtual: bool
    versions: tuple[tuple[str, str], ...]
    tool: str
    profile: ProfileView
    subject: SubjectView
    limits: tuple[Limit, ...]
    policies: tuple[Policy, ...]
    values: tuple[ValueView, ...]
    weakened_by: tuple[str, ...]
    requirements: Mapping[str, Requirement]
    cases: tuple[CaseView, ...]
    result: RunResult
    exit_code: int
    interrupted: bool
    failure: str
    started_at: datetime | None
    finished_at: datetime | None

    def cases_with(self, *verdicts: Verdict) -> tuple[CaseView, ...]:
        """Return the cases of these verdicts, in order."""
        return tuple(case for case in self.cases if case.verdict in verdicts)

    @property
    def provisional(self) -> bool:
        """True when test cases failed, each of them provisionally."""
        failed = self.cases_with(Verdict.FAIL)
        return bool(failed) and all(case.provisional for case in failed)

    def count(self, verdict: Verdict) -> int:
        """Return how many cases have a verdict."""
        return len(self.cases_with(verdict))
