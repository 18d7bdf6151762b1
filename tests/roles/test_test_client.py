"""The harness as a device: links, lists, the walk, and what a strange server makes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from conformance.roles import test_client as module
from conformance.roles.served_reading import Reading, location_of
from conformance.roles.test_client import TestClient
from conformance.vocabulary.errors import PreconditionNotMet
from conformance.wire.exchange import Connection, Exchange, Moment, Side
from conformance.wire.messages import Headers

NS = 'xmlns="urn:ieee:std:2030.5:ns"'
LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
NOW = Moment(datetime(2030, 1, 1, tzinfo=UTC), 0.0)
Result = TypeVar("Result")
Serve = Callable[[str], tuple[int | None, str]]


class Scripted:
    """A carrier that answers from a function of the target."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self.asked: list[tuple[str, str, Headers, bytes]] = []
        self.closed = False

    async def exchange(
        self,
        method: str,
        target: str,
        headers: Headers = (),
        body: bytes = b"",
        resource: str | None = None,
        *,
        deadline: timedelta,
    ) -> Exchange:
        self.asked.append((method, target, headers, body))
        status, answer = self._serve(target)
        number = len(self.asked)
        error = None if status else "connection refused"
        location = (("Location", "/made/1"),)
        return Exchange(
            number, "T", 1, Side.CLIENT, method, target, b"", tuple(headers), body, NOW, NOW, status=status,
            response_body=answer.encode(), response_headers=location, resource=resource, error=error,
        )  # fmt: skip

    async def handshake_only(self, *, deadline: timedelta) -> Connection:
        return Connection(1, "T", Side.CLIENT, "x", NOW)

    async def raw(self, data: bytes, *, deadline: timedelta) -> Exchange:
        raise NotImplementedError

    async def aclose(self) -> None:
        self.closed = True

    @property
    def targets(self) -> list[str]:
        return [target for _, target, _, _ in self.asked]


def client(serve: Serve, page_size: int = 2) -> tuple[TestClient, Scripted]:
    carrier = Scripted(serve)
    made = TestClient(
        carrier,
        entry="/dcap",
        lfdi=LFDI,
        sfdi=1,
        deadline=timedelta(seconds=1),
        page_size=page_size,
        make_carrier=lambda name: Scripted(serve),
    )
    return made, carrier


def from_pages(**pages: str) -> Serve:
    """Serve documents by path without its first slash, whatever the query."""

    def serve(target: str) -> tuple[int | None, str]:
        path = target.partition("?")[0].strip("/").replace("/", "_")
        return (200, pages[path]) if path in pages else (404, "")

    return serve


def listing(name: str, all: int, *entries: str) -> str:
    return f'<{name} {NS} all="{all}" results="{len(entries)}">{"".join(entries)}</{name}>'


def endless(target: str) -> tuple[int | None, str]:
    return 200, listing("EndDeviceList", 10**9, f"<EndDevice><sFDI>{len(target)}</sFDI></EndDevice>")


def dcap(inner: str = "") -> str:
    return f"<DeviceCapability {NS}>{inner}</DeviceCapability>"


def test_a_get_says_what_it_accepts_and_a_put_what_it_sends() -> None:
    tester, carrier = client(from_pages(dcap=dcap()))

    async def run() -> None:
        await tester.entry()
        await tester.put("/der", b"<x/>")
        await tester.post("/rsp", b"<x/>")

    asyncio.run(run())
    accept = ("Accept", "application/sep+xml")
    content = ("Content-Type", "application/sep+xml")
    assert [(method, tuple(headers)) for method, _, headers, _ in carrier.asked] == [
        ("GET", (accept,)), ("PUT", (accept, content)), ("POST", (accept, content)),
    ]  # fmt: skip


def test_links_are_followed_by_name_from_the_entry() -> None:
    tester, carrier = client(from_pages(dcap=dcap('<TimeLink href="/tm"/>'), tm=f"<Time {NS}/>"))
    reading = asyncio.run(tester.follow("TimeLink"))
    assert reading.resource.name == "Time"
    assert reading.exchange.resource == "Time"
    assert carrier.targets == ["/dcap", "/tm"]


def test_a_link_that_is_not_there_ends_the_test_case() -> None:
    tester, _ = client(from_pages(dcap=dcap()))
    with pytest.raises(PreconditionNotMet, match="DeviceCapability has no TimeLink"):
        asyncio.run(tester.follow("TimeLink"))


@pytest.mark.parametrize(
    ("serve", "seen"),
    [
        (lambda target: (None, ""), "connection refused"),
        (lambda target: (404, dcap()), "404"),
        (lambda target: (200, "garbage"), "200"),
        (lambda target: (200, ""), "200"),
    ],
)
def test_building_upon_what_is_no_document_ends_the_test_case(serve: Serve, seen: str) -> None:
    tester, _ = client(serve)
    with pytest.raises(PreconditionNotMet, match=rf"GET /dcap brought no document \({seen}\); exchange 1"):
        asyncio.run(tester.follow("TimeLink"))


def test_a_list_is_read_page_by_page_to_its_declared_end() -> None:
    things = [f"<Thing>{number}</Thing>" for number in range(5)]

    def serve(target: str) -> tuple[int | None, str]:
        start, length = (int(part.partition("=")[2]) for part in target.partition("?")[2].split("&"))
        return 200, listing("ThingList", 5, *things[start : start + length])

    tester, carrier = client(serve)
    read_out = asyncio.run(tester.whole_list("/things", "ThingList"))
    assert carrier.targets == ["/things?s=0&l=2", "/things?s=2&l=2", "/things?s=4&l=2"]
    assert [entry.content for entry in read_out.entries] == ["0", "1", "2", "3", "4"]
    assert (read_out.counted.declared, read_out.counted.count, read_out.counted.exchanges) == (5, 5, (1, 2, 3))


def test_a_list_that_brings_an_empty_page_has_ended_whatever_it_declared() -> None:
    tester, carrier = client(lambda target: (200, listing("ThingList", 9)))
    assert asyncio.run(tester.whole_list("/things", "ThingList")).entries == ()
    assert len(carrier.asked) == 1


def test_an_endless_list_ends_the_test_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PAGES", 20)
    tester, carrier = client(endless)
    with pytest.raises(PreconditionNotMet, match="EndDeviceList did not end after 20 pages"):
        asyncio.run(tester.whole_list("/edev", "EndDeviceList"))
    assert len(carrier.asked) == 21


def test_the_own_device_is_found_by_its_lfdi_in_any_casing() -> None:
    devices = listing(
        "EndDeviceList", 2, f"<EndDevice><lFDI>{'0' * 40}</lFDI></EndDevice>",
        f"<EndDevice href='/edev/1'><lFDI>{LFDI.lower()}</lFDI></EndDevice>",
    )  # fmt: skip
    tester, _ = client(from_pages(dcap=dcap('<EndDeviceListLink href="/edev" all="2"/>'), edev=devices))
    _, own = asyncio.run(tester.own_end_device())
    assert own is not None
    assert own.href == "/edev/1"


def test_a_device_that_is_not_registered_is_none() -> None:
    pages = {"dcap": dcap('<EndDeviceListLink href="/edev" all="0"/>'), "edev": listing("EndDeviceList", 0)}
    assert asyncio.run(client(from_pages(**pages))[0].own_end_device())[1] is None


def test_the_walk_gets_every_resource_once_and_lists_by_a_page() -> None:
    inner = '<TimeLink href="/tm"/><EndDeviceListLink href="/edev" all="1"/><SelfDeviceLink href="/dcap"/>'
    devices = listing("EndDeviceList", 1, '<EndDevice href="/edev/1"><TimeLink href="/tm"/></EndDevice>')
    tester, carrier = client(from_pages(dcap=dcap(inner), tm=f"<Time {NS}/>", edev=devices))
    readings = asyncio.run(tester.walk())
    assert carrier.targets == ["/dcap", "/tm", "/edev?s=0&l=2"]
    assert [reading.exchange.resource for reading in readings] == ["DeviceCapability", "Time", "EndDeviceList"]
    assert [reading.is_list for reading in readings] == [False, False, True]


def test_the_walk_resolves_relative_links_against_their_document() -> None:
    tester, carrier = client(from_pages(dcap=dcap('<TimeLink href="sep/tm"/>'), sep_tm=f"<Time {NS}/>"))
    asyncio.run(tester.walk())
    assert carrier.targets == ["/dcap", "/sep/tm"]


def test_a_walk_without_end_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_RESOURCES", 10)
    tester, carrier = client(lambda target: (200, dcap(f'<TimeLink href="{target}x"/>')))
    assert len(asyncio.run(tester.walk())) == len(carrier.asked) == 10


def test_another_identity_has_a_carrier_of_its_own() -> None:
    tester, carrier = client(from_pages(dcap=dcap()))

    async def run() -> TestClient:
        stranger = tester.with_identity("none")
        await stranger.entry()
        await stranger.aclose()
        return stranger

    assert asyncio.run(run()).lfdi == ""
    assert (carrier.asked, carrier.closed) == ([], False)


def test_the_location_of_an_answer_can_be_read() -> None:
    tester, _ = client(lambda target: (201, ""))
    reading = asyncio.run(tester.post("/mup", b"<x/>"))
    assert isinstance(reading, Reading)
    assert location_of(reading) == "/made/1"
    assert reading.received_at == NOW.wall
