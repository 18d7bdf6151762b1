"""Waiting for what a client under test should do, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conformance.catalogue.profile import load_profile
from conformance.catalogue.requirement import Requirement
from conformance.judgement.check import Check, Court
from conformance.judgement.finding import Finding, State
from conformance.roles.observed_client import ObservedClient, answers, arrival
from conformance.vocabulary.clock import VirtualClock, VirtualTimeLoop
from conformance.vocabulary.contact import Contact
from conformance.vocabulary.errors import PreconditionNotMet
from conformance.vocabulary.limits import Limit
from conformance.vocabulary.verdict import Level
from conformance.wire.exchange import Connection, Exchange, Moment, Side
from conformance.wire.exchange_log import RunLog
from conformance.wire.schema import Edition, Validator

START = datetime(2030, 1, 1, tzinfo=UTC)
NS = 'xmlns="urn:ieee:std:2030.5:ns"'
MINUTE = Limit("first_contact", 60, "s", "ours")


@dataclass(frozen=True)
class Control:
    mrid: str = "00AB"


@dataclass
class Bench:
    """A client under test that does what a test scripts, seen by the harness."""

    clock: VirtualClock
    folder: Path
    findings: list[Finding] = field(default_factory=list)
    life: asyncio.Future[str] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def __post_init__(self) -> None:
        self.run_log = RunLog(self.folder / "exchanges.jsonl")
        self.log = self.run_log.for_case("client/T-1")
        register = {"R.1": Requirement("R.1", "words", Level.MUST, "client", "a document")}
        validator = Validator(Edition("2030.5-2018"))
        profile = load_profile("csip-2.1")
        check = Check(Court(register, profile, validator, lambda: 0.0, lambda: 1, self.findings.append))

        async def begin(contact: Contact) -> asyncio.Future[str]:
            return self.life

        self.client = ObservedClient(self.log, self.clock, check, begin, lfdi="AB", sfdi=1, pin=2)

    def connects(self, error: str | None = None) -> None:
        number = self.log.next_connection()
        now = Moment.now(self.clock)
        up = None if error else now
        self.log.connection(Connection(number, self.log.case, Side.SERVER, "x", now, established=up, error=error))

    def asks(self, resource: str | None, method: str = "GET", body: str = "", **more: object) -> Exchange:
        now = Moment.now(self.clock)
        exchange = Exchange(
            self.log.next_exchange(), self.log.case, 1, Side.SERVER, method, "/q", b"", (), body.encode(), now, now,
            status=200, resource=resource,
        )  # fmt: skip
        exchange = replace(exchange, **more)  # type: ignore[arg-type]
        self.log.exchange(exchange)
        return exchange

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        asyncio.get_running_loop().call_later(seconds, act)


Test = Callable[[Bench], Coroutine[None, None, None]]


@pytest.fixture
def play(tmp_path: Path) -> Callable[[Test], Bench]:
    """Run a test in virtual time and return its bench."""

    def run(test: Test) -> Bench:
        async def whole() -> Bench:
            loop = asyncio.get_running_loop()
            bench = Bench(VirtualClock(START, loop), tmp_path)
            try:
                await test(bench)
            finally:
                bench.client.forget()
                bench.run_log.close()
            return bench

        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            return runner.run(whole())

    return run


Play = Callable[[Test], Bench]


def test_a_client_has_started_when_it_first_connects(play: Play) -> None:
    async def test(bench: Bench) -> None:
        bench.later(30, bench.connects)
        await bench.client.start(MINUTE)
        assert bench.clock.monotonic() == pytest.approx(30)

    play(test)


def test_a_client_that_never_connects_ends_the_test_case_after_the_limit(play: Play) -> None:
    async def test(bench: Bench) -> None:
        with pytest.raises(PreconditionNotMet, match="no TLS connection from the client within 60 s"):
            await bench.client.start(MINUTE)
        assert bench.clock.monotonic() == pytest.approx(60)

    play(test)


def test_a_client_that_dies_ends_the_test_case_at_once_and_says_how(play: Play) -> None:
    async def test(bench: Bench) -> None:
        bench.later(5, lambda: bench.life.set_result("the client's process ended with exit status 3"))
        with pytest.raises(PreconditionNotMet, match="exit status 3"):
            await bench.client.start(MINUTE)
        assert bench.clock.monotonic() == pytest.approx(5)

    play(test)


def test_a_request_that_came_before_counts(play: Play) -> None:
    async def test(bench: Bench) -> None:
        seen = bench.asks("DeviceCapability")
        assert await bench.client.must_get("DeviceCapability", MINUTE, "R.1") == seen

    assert play(test).findings[0].state is State.PASS


def test_a_request_is_awaited_among_other_legal_traffic(play: Play) -> None:
    async def test(bench: Bench) -> None:
        bench.later(1, lambda: bench.asks("Time"))
        bench.later(2, lambda: bench.asks("DERSettings", "GET"))
        bench.later(3, lambda: bench.asks("DERSettings", "PUT"))
        found = await bench.client.must_put(("DERCapability", "DERSettings"), MINUTE, "R.1")
        assert found is not None
        assert found.number == 3

    assert play(test).findings[0].exchanges == (3,)


def test_a_request_that_never_comes_from_a_live_client_fails_and_tells_what_came_instead(play: Play) -> None:
    async def test(bench: Bench) -> None:
        bench.asks("Time")
        bench.asks("Time")
        bench.later(1, lambda: bench.asks("DERList"))
        assert await bench.client.must_post("ResponseList", MINUTE, "R.1") is None
        assert await bench.client.must_post("ResponseList", MINUTE, "R.1") is None

    found, again = play(test).findings
    assert (found.state, found.expected) == (State.FAIL, "POST ResponseList within 60 s")
    assert found.observed == "never; instead 1 x GET DERList 200"
    assert again.observed == "never; nothing at all in this time, before it 2 x GET Time 200, 1 x GET DERList 200"
    assert found.limit is not None


def test_absence_proves_nothing_of_a_client_that_was_never_alive(play: Play) -> None:
    async def test(bench: Bench) -> None:
        await bench.client.must_get("Time", MINUTE, "R.1")

    found = play(test).findings[0]
    assert (found.state, found.observed) == (State.INCONCLUSIVE, "never; no request at all")


def test_a_request_that_broke_off_does_not_count(play: Play) -> None:
    async def test(bench: Bench) -> None:
        bench.asks("Time", error="the connection was reset")
        assert await bench.client.must_get("Time", MINUTE, "R.1") is None

    assert play(test).findings[0].state is State.FAIL


def test_a_linked_resource_is_any_known_one_but_the_entry(play: Play) -> None:
    async def test(bench: Bench) -> None:
        bench.asks("DeviceCapability")
        bench.asks(None, status=404)
        assert await bench.client.must_get_linked(MINUTE, "R.1") is None
        linked = bench.asks("Time")
        assert await bench.client.must_get_linked(MINUTE, "R.1") == linked

    assert [finding.state for finding in play(test).findings] == [State.FAIL, State.PASS]


def test_the_first_handshake_is_awaited_also_when_it_fails(play: Play) -> None:
    async def test(bench: Bench) -> None:
        bench.later(2, lambda: bench.connects(error="the peer offered no cipher suite"))
        assert (await bench.client.first_handshake(MINUTE)).error == "the peer offered no cipher suite"

    play(test)


def test_no_handshake_at_all_ends_the_test_case(play: Play) -> None:
    async def test(bench: Bench) -> None:
        with pytest.raises(PreconditionNotMet, match="no TLS handshake ended within 60 s"):
            await bench.client.first_handshake(MINUTE)

    play(test)


def response(status: int, subject: str = "00ab") -> str:
    return f"<DERControlResponse {NS}><status>{status}</status><subject>{subject}</subject></DERControlResponse>"


def test_a_response_is_told_by_its_event_and_status(play: Play) -> None:
    async def test(bench: Bench) -> None:
        bench.asks("ResponseList", "POST", "garbage")
        bench.asks("ResponseList", "POST", response(1, "00CD"))
        bench.asks("ResponseList", "POST", response(2))
        wanted = bench.asks("ResponseList", "POST", response(1))
        until = bench.clock.now() + timedelta(seconds=10)
        assert await bench.client.response(Control(), 1, until) == wanted
        assert await bench.client.response(Control(), 3, until) is None
        assert bench.clock.now() == until
        assert bench.client.statuses(Control()) == {1, 2}

    play(test)


def test_a_body_that_is_no_document_answers_nothing(play: Play) -> None:
    async def test(bench: Bench) -> None:
        assert not answers(bench.asks("ResponseList", "POST", "garbage"), Control(), 1)

    play(test)


def test_only_what_was_served_is_an_occurrence(play: Play) -> None:
    async def test(bench: Bench) -> None:
        bench.asks("Time")
        bench.asks("Time", status=404)
        bench.asks("Time", status=None)
        bench.asks("Time", "HEAD")
        assert [item.exchange for item in bench.client.occurrences("Time")] == [1]

    play(test)


def test_the_kernels_stamp_is_when_a_request_arrived(play: Play) -> None:
    async def test(bench: Bench) -> None:
        stamped = replace(Moment.now(bench.clock), kernel=START + timedelta(seconds=7))
        assert arrival(bench.asks("Time", request_first=stamped)) == START + timedelta(seconds=7)
        assert arrival(bench.asks("Time")) == bench.clock.now()

    play(test)
