"""A Response that has a date is dated between the creation of its control and its own arrival."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from conformance.roles.event_watch import EventWatch
from conformance.roles.utility import Utility
from conformance.roles.utility.schedules import TEN_PROGRAMS, schedule
from conformance.vocabulary.clock import VirtualClock, VirtualTimeLoop
from conformance.vocabulary.limits import Limit
from conformance.wire.exchange import Exchange, Moment, Side

START = datetime(2030, 1, 1, tzinfo=UTC)
LFDI = "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334"
ERROR = Limit("response_date_error", 300, "s", "ours")
CAME_S = 120
AHEAD_S = 3600


def judged(created: str) -> list[bool]:
    """Return what is judged of a date, by a server whose clock is an hour ahead."""
    loop = VirtualTimeLoop()
    utility = Utility(VirtualClock(START, loop))
    loop.close()
    utility.ahead = timedelta(seconds=AHEAD_S)
    offered = schedule(utility, utility.assign(utility.register(LFDI)), TEN_PROGRAMS)
    control = offered.publish(timedelta(minutes=1))[0]
    came = Moment(START + timedelta(seconds=CAME_S), 0.0)
    body = f'<DERControlResponse xmlns="urn:ieee:std:2030.5:ns">{created}</DERControlResponse>'.encode()
    posted = Exchange(1, "c", 1, Side.SERVER, "POST", "/rsp", b"", (), body, came, came, status=201)
    seen: list[bool] = []
    check = SimpleNamespace(
        schema_valid=lambda *_: True,
        has_value=lambda *_, **__: True,
        that=lambda good, rule, *_: seen.append(good) if rule == "RESPONSE.DATED" else None,
    )
    watch = EventWatch(utility, SimpleNamespace(lfdi=LFDI), check, SimpleNamespace(response_date_error=ERROR))  # type: ignore[arg-type]
    watch.is_sound(control, posted)
    return seen


@pytest.mark.parametrize(
    ("after_creation_s", "good"), [(0, True), (-300, True), (-301, False), (CAME_S, True), (420, True), (421, False)]
)
def test_a_date_lies_between_creation_and_arrival(after_creation_s: int, good: bool) -> None:
    created = int(START.timestamp()) + AHEAD_S + after_creation_s
    assert judged(f"<createdDateTime>{created}</createdDateTime>") == [good]


@pytest.mark.parametrize("created", ["0", "120", str(1893456000000), "9" * 19, "-1"])
def test_a_date_by_another_clock_fails(created: str) -> None:
    assert judged(f"<createdDateTime>{created}</createdDateTime>") == [False]


def test_a_response_may_go_without_a_date() -> None:
    assert judged("") == []
