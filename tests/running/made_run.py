"""Test cases and runs made by hand, for the tests of the running layer."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from conformance.catalogue.instructions import Order
from conformance.catalogue.profile import Profile, load_profile
from conformance.catalogue.requirement import Requirement
from conformance.catalogue.test_case import TestCase
from conformance.roles.operator import Done, Operator, Outcome
from conformance.running.case_run import Arrangement, Desk
from conformance.running.plan import Plan, Planned
from conformance.running.session import RunSettings
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.limits import Limits
from conformance.vocabulary.verdict import Level
from conformance.wire.schema import Edition, Validator

REGISTER = {
    "R.MUST": Requirement("R.MUST", "words", Level.MUST, "server", "a document"),
    "R.SHOULD": Requirement("R.SHOULD", "words", Level.SHOULD, "server", "a document"),
}
VALIDATOR = Validator(Edition("2030.5-2018"))


def profile(**changes: object) -> Profile:
    return replace(load_profile("csip-2.1"), **changes)  # type: ignore[arg-type]


async def passes(check: object) -> None:
    check.that(True, "R.MUST", "good", "good")  # type: ignore[attr-defined]


def case(
    id: str = "X-1",
    body: Callable[..., Awaitable[None]] = passes,
    subject: str = "server",
    *,
    steps: Sequence[str] = ("Act.",),
    needs: Sequence[str] = (),
    aliases: Sequence[str] = (),
    serial: bool = False,
    duration: Sequence[str] = (),
) -> TestCase:
    return TestCase(
        id=id,
        title=f"title of {id}",
        subject=subject,  # type: ignore[arg-type]
        requirements=("R.MUST",),
        flaws=(),
        function=body,
        needs=tuple(needs),
        origin="ours",
        aliases=tuple(aliases),
        serial=serial,
        duration=tuple(duration),
        instructions=(),
        why="why",
        steps=tuple(steps),
        passes_when="well",
    )


@dataclass
class Stage:
    """An arrangement without a subject: counts what is open, raises what it is told to."""

    lanes: int = 4
    stagger_s: float = 0.0
    nouns: Mapping[str, object] = field(default_factory=dict)
    on_open: BaseException | None = None
    on_running: BaseException | None = None
    open_now: int = 0
    open_most: int = 0
    order: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    ended: bool = False

    @contextlib.asynccontextmanager
    async def running(self, folder: Path) -> AsyncIterator[None]:
        if self.on_running is not None:
            raise self.on_running
        yield
        self.ended = True

    @contextlib.asynccontextmanager
    async def open(self, desk: Desk) -> AsyncIterator[Mapping[str, object]]:
        if self.on_open is not None:
            raise self.on_open
        self.open_now += 1
        self.open_most = max(self.open_most, self.open_now)
        self.order.append(desk.case.id)
        try:
            yield self.nouns
        finally:
            self.open_now -= 1
            self.closed.append(desk.case.id)


@dataclass
class ScriptedOperator:
    """Does nothing and says what it was told to say."""

    outcome: Outcome = field(default_factory=lambda: Outcome(Done.DONE, "done"))
    way: str = "script"
    orders: list[Order] = field(default_factory=list)

    async def perform(self, order: Order, deadline: timedelta) -> Outcome:
        self.orders.append(order)
        return self.outcome


def settings(
    folder: Path,
    cases: Sequence[TestCase],
    stage: Stage | None = None,
    *,
    virtual: bool = True,
    jobs: int = 8,
    operator: Operator | None = None,
    arrange: Callable[[Clock], Mapping[str, Arrangement]] | None = None,
    required: bool = True,
    rows: Sequence[Planned] = (),
) -> RunSettings:
    planned = tuple(Planned(it.subject, it.id, required, it, None, 1.0) for it in cases)
    shared = stage or Stage()
    chosen = profile()
    return RunSettings(
        folder=folder,
        profile=chosen,
        limits=Limits(chosen.limits),
        register=REGISTER,
        validator=VALIDATOR,
        plan=Plan((*planned, *rows)),
        arrange=arrange or (lambda clock: dict.fromkeys({it.subject for it in cases}, shared)),
        operator=operator or ScriptedOperator(),
        virtual=virtual,
        jobs=jobs,
        facts={"run_id": "r", "subject": {"kind": "server"}, "limits": []},
    )
