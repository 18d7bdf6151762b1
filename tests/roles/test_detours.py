"""Resources that have moved, and a server that is too busy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from conformance.roles.utility import Utility
from conformance.roles.utility.detours import make_busy, move, resettle, restate
from conformance.vocabulary.clock import VirtualClock, VirtualTimeLoop
from conformance.wire.messages import Answer, Request, header

LFDI = "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334"


@pytest.fixture
def utility() -> Iterator[Utility]:
    loop = VirtualTimeLoop()
    yield Utility(VirtualClock(datetime(2030, 1, 1, tzinfo=UTC), loop))
    loop.close()


def ask(utility: Utility, target: str, host: str | None = "server:1") -> Answer:
    return utility.handle(Request("GET", target, (("Host", host),) if host else ()))


def test_a_moved_resource_is_redirected_with_its_query_and_served_at_its_new_place(utility: Utility) -> None:
    moved = move(utility, "/dcap", 301, "DeviceCapability")
    there = ask(utility, "/dcap?l=1")
    assert there.status == 301
    assert header(there.headers, "Location") == f"https://server:1{moved.new}?l=1"
    assert there.resource == "DeviceCapability"
    assert ask(utility, moved.new).status == 200


def test_without_a_host_the_location_is_a_path(utility: Utility) -> None:
    moved = move(utility, "/dcap", 302, "DeviceCapability")
    assert header(ask(utility, "/dcap", host=None).headers, "Location") == moved.new


def test_a_busy_server_says_when_to_come_back_and_serves_everything_else(utility: Utility) -> None:
    busy = make_busy(utility, "Time", 503, 60)
    time_path = utility.entrance.time_path
    answer = ask(utility, time_path)
    assert (answer.status, header(answer.headers, "Retry-After")) == (503, "60")
    assert ask(utility, "/dcap").status == 200
    busy.active = False
    assert ask(utility, time_path).status == 200


def test_a_resource_that_is_gone_is_linked_at_its_new_place_once_it_was_missed(utility: Utility) -> None:
    entry = utility.entry_path
    old = next(part for part in ask(utility, entry).body.decode().split('"') if part.startswith("/") and part != entry)
    gone = resettle(utility, old, "Time")
    assert f'"{old}"' in ask(utility, entry).body.decode()
    assert ask(utility, old).status == 404
    assert f'"{gone.new}"' in ask(utility, entry).body.decode()
    assert ask(utility, gone.new).status != 404


def test_a_status_stands_in_for_200_until_it_is_no_longer_active(utility: Utility) -> None:
    strange = restate(utility, "DeviceCapability", 299)
    answer = ask(utility, utility.entry_path)
    assert (answer.status, bool(answer.body)) == (299, True)
    strange.status = 599
    answer = ask(utility, utility.entry_path)
    assert (answer.status, answer.body) == (599, b"")
    strange.active = False
    assert ask(utility, utility.entry_path).status == 200
