"""A device that no server was told of: how it sees the EndDeviceList, and how it tries to register itself."""

from __future__ import annotations

from conformance.catalogue.pack_values import Value
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.roles.served_reading import Listing, Reading, location_of, target_of
from conformance.roles.test_client import TestClient
from conformance.vocabulary.clock import Clock
from conformance.wire.documents import end_device
from conformance.wire.payload import Node

IN_BAND, OUT_OF_BAND = "in_band", "out_of_band"
TAKEN = (200, 201, 204)


async def devices_seen(client: TestClient) -> Listing | None:
    """Return the EndDeviceList as a client sees it; ``None`` where that is refused."""
    href = await devices_address(client)
    if href is None:
        return None
    first = await client.page(href, "EndDeviceList", start=0, limit=1)
    return await client.whole_list(href, "EndDeviceList") if first.is_list else None


async def devices_address(client: TestClient) -> str | None:
    """Return the address of the EndDeviceList; ``None`` where DeviceCapability is refused or does not link to it."""
    reading = await client.entry()
    served = reading.exchange.status == 200 and reading.document is not None
    return reading.resource.link("EndDeviceListLink") if served else None


async def register(client: TestClient, clock: Clock, lfdi: str = "", sfdi: int = 0) -> Reading | None:
    """POST an EndDevice, the client's own if no other LFDI is given; ``None`` where there is no list to post to."""
    href = await devices_address(client)
    if href is None:
        return None
    return await client.post(href, end_device(lfdi or client.lfdi, sfdi or client.sfdi, clock.now()), "EndDeviceList")


def was_taken(posted: Reading | None) -> bool:
    """Say whether a POST was taken."""
    return posted is not None and posted.exchange.status in TAKEN


def way_of(value: Value, posted: Reading | None, *, admitted: bool) -> Judged:
    """Judge the way a server registers a device by the ways that a profile allows.

    A device that was turned away although its operator had admitted it is on a server that registers out of band only;
    without its being admitted a refusal tells nothing.
    """
    way, numbers = (IN_BAND if was_taken(posted) else OUT_OF_BAND), _numbers(posted)
    told = f"{posted.exchange.status}" if posted is not None else "it is shown no EndDeviceList"
    if way == OUT_OF_BAND and not admitted and way not in value.words:
        return Judged("registered", State.INCONCLUSIVE, value.sentence, f"{told}, but it was not admitted", numbers)
    return Judged("registered", passed_if(way in value.words), value.sentence, f"{way}: {told}", numbers)


def twice(value: Value, again: Reading, own: Node, count: int) -> Judged:
    """Judge the second POST of an EndDevice: refused, or answered with the place of the first; listed once."""
    place, here = location_of(again), target_of(own.href or "")
    same = place is not None and target_of(place) == here
    if was_taken(again):
        kind = "idempotent" if same and count == 1 else f"taken, Location {place or 'none'}, {count} listed"
    else:
        kind = "refused" if count == 1 else f"refused, {count} listed"
    observed = f"{again.exchange.status}: {kind}"
    return Judged("twice", passed_if(kind in value.words), value.sentence, observed, (again.exchange.number,))


async def programs_seen(client: TestClient, end_device: Node) -> tuple[Node, ...]:
    """Return the DERPrograms that a client is led to from its EndDevice; none where a link or a list is missing."""
    href = end_device.link("FunctionSetAssignmentsListLink")
    groups = await _entries(client, href, "FunctionSetAssignmentsList")
    lists = [await _entries(client, group.link("DERProgramListLink"), "DERProgramList") for group in groups]
    return tuple(program for entries in lists for program in entries)


async def _entries(client: TestClient, href: str | None, name: str) -> tuple[Node, ...]:
    if href is None:
        return ()
    first = await client.page(href, name, start=0, limit=1)
    return (await client.whole_list(href, name)).entries if first.is_list else ()


def _numbers(posted: Reading | None) -> tuple[int, ...]:
    return () if posted is None else (posted.exchange.number,)
