"""Running one test case: give it its nouns, let it judge, and make a verdict of what it found.

A subject's misbehaviour ends as a finding; an exception that is not ours to expect is an error of the harness, with its
traceback in the reason.
"""

from __future__ import annotations

import asyncio
import inspect
import traceback
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from conformance.catalogue.errata import errata_of
from conformance.catalogue.instructions import Order
from conformance.catalogue.profile import Profile
from conformance.catalogue.requirement import Register
from conformance.catalogue.test_case import TestCase
from conformance.judgement.check import Check, Court
from conformance.judgement.finding import VERDICT_OF_STATE, Finding
from conformance.roles.operator import Done, Operator, Outcome
from conformance.running.journal import Journal
from conformance.running.lag import LagMonitor, LagWindow
from conformance.running.run_record import INTERRUPTED
from conformance.running.step import Steps
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.errors import (
    DoesNotApply,
    HarnessError,
    NotChosen,
    PreconditionNotMet,
    SubjectUnreachable,
    UsageError,
)
from conformance.vocabulary.limits import Limits
from conformance.vocabulary.verdict import Verdict, roll_up
from conformance.wire.exchange_log import CaseLog, RunLog
from conformance.wire.schema import Validator


@dataclass(frozen=True, slots=True)
class Bench:
    """What all test cases of a run share."""

    profile: Profile
    limits: Limits
    register: Register
    validator: Validator
    clock: Clock
    journal: Journal
    log: RunLog
    lag: LagMonitor
    operator: Operator


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one test case ended. ``stop`` is a wrong configuration that came to light, which ends the whole run."""

    case: TestCase
    verdict: Verdict
    reason: str
    findings: tuple[Finding, ...]
    duration: timedelta
    stop: UsageError | None = None


class Arrangement(Protocol):
    """How test cases of one kind get their subject: opened anew for each case.

    ``lanes`` is how many cases may run side by side on it, ``stagger_s`` how far apart the first of them start.
    """

    lanes: int
    stagger_s: float

    def running(self, folder: Path) -> AbstractAsyncContextManager[None]:
        """Keep up what all cases share, such as the process of a server under test, during the whole run."""

    def open(self, desk: Desk) -> AbstractAsyncContextManager[Mapping[str, object]]:
        """Bring the subject about and yield the nouns for the test case: ``server``, or ``utility`` and ``client``."""


class Desk:
    """What belongs to one test case while it runs: its log, checks, steps and operator.

    An arrangement that carries out instructions itself puts its own ``operator`` in place of the run's.
    """

    def __init__(self, case: TestCase, bench: Bench, lag: LagWindow) -> None:
        self.case = case
        self.bench = bench
        self.operator: Operator = bench.operator
        self.lag = lag
        self.findings: list[Finding] = []
        self.profile = bench.profile.put_to(case.subject)
        self.log: CaseLog = bench.log.for_case(case.key)
        self.step = Steps(case.steps, lambda number: self.tell("step_started", step=number))
        self.check = Check(
            Court(
                register=bench.register,
                profile=self.profile,
                validator=bench.validator,
                uncertainty_s=lag.uncertainty_s,
                step=lambda: self.step.current,
                sink=self._found,
            )
        )

    def tell(self, event: str, **facts: object) -> None:
        """Write an event of this test case into the journal."""
        self.bench.journal.write(event, self.bench.clock.now(), case=self.case.key, **facts)

    async def instruct(self, order: Order) -> None:
        """Have the operator carry out an instruction; if it is not done the test case cannot go on."""
        outcome = await self._perform(order)
        if outcome.done is not Done.DONE:
            verdict = Verdict.PENDING if outcome.done is Done.NOBODY_THERE else Verdict.NOT_RUN
            raise NotArranged(f"not arranged: {order.recorded} ({outcome.done}: {outcome.told})", verdict)

    async def attempt(self, order: Order) -> bool:
        """Have the operator carry out an instruction that the test case can do without; say whether it is done."""
        return (await self._perform(order)).done is Done.DONE

    async def _perform(self, order: Order) -> Outcome:
        operator, clock = self.operator, self.bench.clock
        deadline = self.bench.limits["operator_deadline"].duration
        began = clock.monotonic()
        self.tell("waiting", for_what=order.recorded, until=clock.now() + deadline)
        outcome = await operator.perform(order, deadline)
        self.tell(
            "operator",
            instruction=order.instruction.name,
            way=operator.way,
            text=order.recorded,
            outcome=outcome,
            duration_s=clock.monotonic() - began,
        )
        return outcome

    def nouns(self) -> dict[str, object]:
        """Return what every test case may ask for by parameter name."""
        bench = self.bench
        return {
            "step": self.step,
            "check": self.check,
            "limits": bench.limits,
            "policies": self.profile.policies,
            "errata": errata_of(self.profile.policies),
            "values": self.profile.values,
            "clock": bench.clock,
            "instruct": self.instruct,
        }

    def _found(self, finding: Finding) -> None:
        self.findings.append(finding)
        self.tell("finding", finding=finding)


class NotArranged(PreconditionNotMet):
    """What a test case needs could not be arranged; ``verdict`` is pending when only a person was missing."""

    def __init__(self, why: str, verdict: Verdict) -> None:
        super().__init__(why)
        self.verdict = verdict


async def run_case(case: TestCase, arrangement: Arrangement, bench: Bench) -> CaseResult:
    """Run one test case to its verdict and write it into the journal."""
    began = bench.clock.monotonic()
    with bench.lag.window() as lag:
        desk = Desk(case, bench, lag)
        desk.tell("case_started")
        ended_as, reason, stop = _settled(desk, await _outcome(desk, arrangement))
        verdicts = [VERDICT_OF_STATE[finding.state] for finding in desk.findings if finding.state in VERDICT_OF_STATE]
        verdict = _verdict(verdicts, ended_as)
        reason = reason or _why(verdict)
        duration = timedelta(seconds=bench.clock.monotonic() - began)
        desk.tell(
            "case_finished",
            verdict=verdict,
            reason=reason,
            duration_s=duration,
            exchanges=desk.log.exchange_numbers(),
            connections=desk.log.connection_numbers(),
            lag_s=lag.worst_s,
        )
    return CaseResult(case, verdict, reason, tuple(desk.findings), duration, stop)


UNDECIDED = (Verdict.PENDING, Verdict.NOT_RUN, Verdict.NOT_APPLICABLE)


def _verdict(verdicts: list[Verdict], ended_as: Verdict | None) -> Verdict:
    """Combine the findings with how the case ended; not arranged and nothing found stays as it ended."""
    if ended_as in UNDECIDED and Verdict.FAIL not in verdicts:
        return ended_as
    ending = [] if ended_as in (None, Verdict.NOT_RUN, Verdict.NOT_APPLICABLE) else [ended_as]
    return roll_up([*verdicts, *ending])


def _why(verdict: Verdict) -> str:
    return "no check was decided" if verdict is Verdict.INCONCLUSIVE else ""


async def _outcome(desk: Desk, arrangement: Arrangement) -> tuple[Verdict | None, str, UsageError | None]:
    """Run the body; return how it ended when it did not run to its end, why, and what must stop the run."""
    try:
        async with arrangement.open(desk) as nouns:
            await _call(desk, nouns)
    except NotArranged as missing:
        return missing.verdict, str(missing), None
    except (DoesNotApply, NotChosen) as left_out:
        return Verdict.NOT_APPLICABLE if isinstance(left_out, DoesNotApply) else Verdict.NOT_RUN, str(left_out), None
    except UsageError as wrong:
        return Verdict.NOT_RUN, str(wrong), wrong
    except (PreconditionNotMet, SubjectUnreachable) as missing:
        return Verdict.INCONCLUSIVE, str(missing), None
    except asyncio.CancelledError:
        return Verdict.INCONCLUSIVE, INTERRUPTED, None
    except Exception:  # a fault of ours must not take the run down; it is told in full and exits 4
        return Verdict.ERROR, traceback.format_exc(), None
    return None, "", None


def _settled(
    desk: Desk, outcome: tuple[Verdict | None, str, UsageError | None]
) -> tuple[Verdict | None, str, UsageError | None]:
    """Have judged what a test case left to its end, however it ended."""
    try:
        desk.check.settle()
    except Exception:  # as above
        return Verdict.ERROR, traceback.format_exc(), None
    return outcome


async def _call(desk: Desk, nouns: Mapping[str, object]) -> None:
    for policy in desk.profile.policies.values():
        if {desk.case.id, desk.case.key} & set(policy.cases):
            desk.check.rests_on(policy)
    known = desk.nouns() | dict(nouns)
    wanted = inspect.signature(desk.case.function).parameters
    if unknown := [name for name in wanted if name not in known]:
        raise HarnessError(f"{desk.case.key} asks for {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    await desk.case.function(**{name: known[name] for name in wanted})
