"""What a client under test wrote of itself and its DER, as the test server holds it (CSIP 4.9, P43 to P45)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit

from conformance.judgement.elements import Written
from conformance.roles.observed_client import ObservedClient, response_in
from conformance.roles.utility.der import DER
from conformance.roles.utility.utility import Utility
from conformance.vocabulary.der_modes import claimed
from conformance.vocabulary.limits import Limit
from conformance.wire.csipaus import DOE_BITS, VPP_BITS
from conformance.wire.exchange import Exchange
from conformance.wire.payload import Node

DISCOVERED = ("DERList", "FunctionSetAssignmentsList")
REPORTS = {
    "MirrorUsagePointList": "POST",
    "MirrorUsagePoint": "POST",
    "ResponseList": "POST",
    "EndDeviceList": "POST",
    "LogEventList": "POST",
}
"""Where a client sends what has identifiers, and how."""


async def found_its_device(client: ObservedClient, utility: Utility, within: Limit) -> Exchange | None:
    """Wait until a client follows the links of its EndDevice; nothing is judged.

    A client may look at the lists of other devices as well, which shows nothing.
    """
    return await client.seen("GET", DISCOVERED, utility.now() + within.duration, of_its_device(client, utility))


def of_its_device(client: ObservedClient, utility: Utility) -> Callable[[Exchange], bool]:
    """Return what tells whether a client asked for a list of its own EndDevice, not of another one."""

    def is_its_own(exchange: Exchange) -> bool:
        device = utility.device(client.lfdi)
        return device is not None and exchange.path in (device.ders_path, device.assignments_path)

    return is_its_own


def to_its_own(client: ObservedClient, utility: Utility) -> Callable[[Exchange], bool]:
    """Return what tells whether a client wrote to its own EndDevice: to a document of its DER, or to its log."""

    def is_its_own(exchange: Exchange) -> bool:
        device = utility.device(client.lfdi)
        documents = [it.path for der in device.ders for it in der.documents] if device else []
        return device is not None and _place(exchange) in (*documents, device.log.path)

    return is_its_own


async def has_put(client: ObservedClient, utility: Utility, kinds: Iterable[str], within: Limit) -> None:
    """Wait until a client has put each kind of document, or the time is over; nothing is judged."""
    until = utility.now() + within.duration
    for kind in kinds:
        await client.seen("PUT", (kind,), until)


def put_of_der(client: ObservedClient, utility: Utility, resource: str) -> tuple[Written, ...]:
    """Return what a client put last of each of its DER, of one kind of document."""
    device = utility.device(client.lfdi)
    found = (_of_der(client, der, resource) for der in (device.ders if device else ()))
    return tuple(it for it in found if it is not None)


def sent(client: ObservedClient, resource: str, method: str = "POST") -> tuple[Written, ...]:
    """Return each document that a client sent to a kind of resource."""
    posts = client.exchanges(resource, method)
    return tuple(Written(node, it.number) for it in posts if (node := response_in(it)) is not None)


def reports(client: ObservedClient) -> tuple[Exchange, ...]:
    """Return all that a client sent that has identifiers in it, in the order it came."""
    found = (it for resource, method in REPORTS.items() for it in client.exchanges(resource, method))
    return tuple(sorted(found, key=lambda it: it.number))


def maker_of(client: ObservedClient) -> int | None:
    """Return the private enterprise number of a client's maker as its log events tell it, if they do."""
    told = {it.node.integer("logEventPEN") for it in sent(client, "LogEventList")} - {None, 0}
    return told.pop() if len(told) == 1 else None


def _of_der(client: ObservedClient, der: DER, resource: str) -> Written | None:
    capability = _last(client, der.capability.path, "DERCapability")
    put = _last(client, _path(der, resource), resource)
    if put is None:
        return None
    node, number = put
    return Written(node, number, _type(capability), _modes(capability))


def _path(der: DER, resource: str) -> str:
    return next(document.path for document in der.documents if document.kind == resource)


def _place(exchange: Exchange) -> str:
    return urlsplit(exchange.target).path


def _last(client: ObservedClient, path: str, resource: str) -> tuple[Node, int] | None:
    puts: Sequence[Exchange] = [it for it in client.exchanges(resource, "PUT") if _place(it) == path]
    node = response_in(puts[-1]) if puts else None
    return None if node is None else (node, puts[-1].number)


def _type(capability: tuple[Node, int] | None) -> int | None:
    return capability[0].integer("type") if capability else None


def _modes(capability: tuple[Node, int] | None) -> frozenset[str]:
    if capability is None:
        return frozenset()
    node = capability[0]
    doe, vpp = tuple(sorted(DOE_BITS, key=DOE_BITS.__getitem__)), tuple(VPP_BITS)
    return (
        claimed(node.text("modesSupported"))
        | claimed(node.text("doeModesSupported"), doe)
        | claimed(node.text("vppModesSupported"), vpp)
    )
