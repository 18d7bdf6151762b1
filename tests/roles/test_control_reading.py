"""What a client read before it acted, what it refused, and many Responses at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from conformance.catalogue import shipped
from conformance.catalogue.profile import load_profile
from conformance.catalogue.requirement import load_register
from conformance.judgement.check import Check, Court
from conformance.judgement.finding import Finding, State
from conformance.roles.control_reading import (
    all_read,
    all_received,
    cancellation_answered,
    is_able,
    never_ran,
    status_is_fresh,
)
from conformance.roles.observed_client import Matcher
from conformance.wire.exchange import Exchange, Moment, Side
from conformance.wire.schema import Edition, Validator

START = datetime(2030, 1, 1, tzinfo=UTC)
PROFILE = load_profile("csip-2.1")
LIMITS = PROFILE.limits
CURVES = ("DERCurveList", "DERCurve")


@dataclass(frozen=True)
class Control:
    mrid: str = "00AB"
    description: str = "the control"
    start: datetime = START


@dataclass
class Client:
    """What the harness saw of a client: what was shown to it and which Responses came."""

    shown: list[Exchange] = field(default_factory=list)
    said: dict[str, set[int]] = field(default_factory=dict)

    def shows(self, kind: str, mrid: str, after_s: float) -> None:
        now = Moment(START + timedelta(seconds=after_s), after_s)
        body = f"<mRID>{mrid.lower()}</mRID>".encode()
        number = len(self.shown) + 1
        self.shown.append(
            Exchange(
                number, "c", 1, Side.SERVER, "GET", "/x", b"", (), b"", now, now,
                status=200, response_body=body, resource=kind,
            )
        )  # fmt: skip

    def exchanges(self, kind: str, method: str) -> list[Exchange]:
        return [it for it in self.shown if (it.resource, it.method) == (kind, method)]

    def statuses(self, control: Control) -> set[int]:
        return self.said.get(control.mrid, set())

    async def seen(self, method: str, kinds: tuple[str, ...], until: datetime, matching: Matcher) -> Exchange | None:
        return next((it for it in self.shown if it.resource in kinds and matching(it)), None)

    async def response(self, control: Control, status: int, until: datetime) -> None: ...


@pytest.fixture
def findings() -> list[Finding]:
    return []


@pytest.fixture
def check(findings: list[Finding]) -> Check:
    register = load_register(shipped.profiles_folder() / "requirements")
    validator = Validator(Edition("2030.5-2018"))
    return Check(Court(register, PROFILE, validator, lambda *moments: 0.0, lambda: 1, findings.append))


def run(work: Coroutine[None, None, bool]) -> bool:
    return asyncio.run(work)


@pytest.mark.parametrize(
    ("reads_s", "state"),
    [
        ([-100, -2], State.PASS),
        ([-100, 1], State.PASS),
        ([-100], State.WARNING),
        ([-100, 9], State.WARNING),
        ([], State.WARNING),
    ],
)
def test_a_status_is_fresh_if_read_within_a_poll_period_and_before_acting(
    check: Check, findings: list[Finding], reads_s: list[float], state: State
) -> None:
    client, acted = Client(), Client()
    for after_s in reads_s:
        client.shows("DERControlList", "00ab", after_s)
    acted.shows("ResponseList", "", 3)
    status_is_fresh(check, client, Control(), acted.shown[0], LIMITS)  # type: ignore[arg-type]
    assert [finding.state for finding in findings] == [state]


@pytest.mark.parametrize(("statuses", "state"), [({1, 2}, State.PASS), ({1, 252}, State.FAIL), ({253}, State.FAIL)])
def test_a_client_that_answers_not_applicable_or_invalid_is_not_able(
    check: Check, findings: list[Finding], statuses: set[int], state: State
) -> None:
    client = Client(said={"00AB": statuses})
    is_able(check, client, Control(), "CTP.BASIC-006")  # type: ignore[arg-type]
    assert [(finding.state, finding.policy) for finding in findings] == [(state, "unsupported_mode")]


Judge = Callable[[Check, Client, list[Control]], bool]
TWO = [Control("01"), Control("02")]


def received(check: Check, client: Client, controls: list[Control]) -> bool:
    limit = LIMITS.many_responses_deadline
    return run(all_received(check, client, controls, START, limit))  # type: ignore[arg-type]


def answered(check: Check, client: Client, controls: list[Control]) -> bool:
    return cancellation_answered(check, client, controls, policy="cancelled_response")  # type: ignore[arg-type]


def idle(check: Check, client: Client, controls: list[Control]) -> bool:
    return never_ran(check, client, "EVENT.027", controls)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("judge", "one", "other", "state"),
    [
        (received, {1}, {1, 2}, State.PASS),
        (received, {1}, set(), State.FAIL),
        (answered, {1, 6}, {6}, State.PASS),
        (answered, {1, 6}, {1}, State.WARNING),
        (idle, {1}, {1, 6}, State.PASS),
        (idle, {1}, {2}, State.FAIL),
        (idle, {3}, {1}, State.FAIL),
    ],
)
def test_many_controls_make_one_finding(
    check: Check, findings: list[Finding], judge: Judge, one: set[int], other: set[int], state: State
) -> None:
    assert judge(check, Client(said={"01": one, "02": other}), TWO) is (state is State.PASS)
    assert [finding.state for finding in findings] == [state]


def test_things_may_be_read_in_lists_or_one_by_one(check: Check, findings: list[Finding]) -> None:
    client = Client()
    client.shows("DERCurveList", "01", 1)
    assert not run(all_read(check, client, CURVES, TWO, START, "DER.CURVE"))  # type: ignore[arg-type]
    client.shows("DERCurve", "02", 2)
    assert run(all_read(check, client, CURVES, TWO, START, "DER.CURVE"))  # type: ignore[arg-type]
    assert [finding.observed for finding in findings] == ["1 of them never", "all of them"]
    assert findings[1].exchanges == (1, 2)
