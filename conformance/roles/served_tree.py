"""What can be read off the tree that a server under test served: rates, controls, defaults, links that lead away.

Pure functions over the readings of :meth:`~conformance.roles.test_client.TestClient.walk`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from conformance.roles.served_reading import Reading, links_in, target_of
from conformance.wire.exchange import Exchange
from conformance.wire.messages import header
from conformance.wire.payload import Node

DEFAULT_RATE_S = 900
"""A ``pollRate`` that is left out (schema of IEEE 2030.5-2018)."""
POLLED_WITH_PROGRAMS = ("DERControlList", "DefaultDERControl")
"""What has no ``pollRate`` of its own and is polled at that of its DERProgramList."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An element of the tree, and the exchange that brought it."""

    node: Node
    exchange: Exchange


def poll_rates(tree: Iterable[Reading], resource: str) -> tuple[tuple[int, Exchange], ...]:
    """Return the seconds between polls that the server asks for of a kind of resource, each with its exchange."""
    kind = "DERProgramList" if resource in POLLED_WITH_PROGRAMS else resource
    return tuple((_rate(shown.node), shown.exchange) for shown in _documents(tree, kind))


def _rate(node: Node) -> int:
    given = node.integer_attribute("pollRate")
    return DEFAULT_RATE_S if given is None else given


def controls(tree: Iterable[Reading]) -> tuple[Shown, ...]:
    """Return every DERControl that was served, each once, by the lists that hold them."""
    lists = _documents(tree, "DERControlList")
    found = [Shown(entry, shown.exchange) for shown in lists for entry in shown.node.children("DERControl")]
    return tuple({shown.node.hexadecimal("mRID") or str(at): shown for at, shown in enumerate(found)}.values())


def defaults(tree: Iterable[Reading]) -> tuple[Shown, ...]:
    """Return every DefaultDERControl that was served."""
    return tuple(_documents(tree, "DefaultDERControl"))


def in_sequence(shown: Sequence[Shown], mode: str) -> tuple[Shown, ...]:
    """Return the controls with a mode of which another one begins where they end, or that begin where another ends."""
    having = [each for each in shown if mode_of(each.node, mode) is not None]
    starts, ends = {_start(each.node) for each in having}, {_end(each.node) for each in having}
    return tuple(each for each in having if _end(each.node) in starts or _start(each.node) in ends)


def duration_s(shown: Shown) -> int | None:
    """Return the length of a control in seconds."""
    interval = shown.node.child("interval")
    return None if interval is None else interval.integer("duration")


def rewritten(before: Iterable[Shown], after: Iterable[Shown]) -> tuple[Shown, ...]:
    """Return the controls that changed under a known mRID in anything but their EventStatus."""
    known = {shown.node.hexadecimal("mRID"): _lasting(shown.node) for shown in before}
    return tuple(
        each for each in after if known.get(each.node.hexadecimal("mRID"), _lasting(each.node)) != _lasting(each.node)
    )


def _lasting(node: Node) -> tuple[bytes, ...]:
    kept = (child.xml for child in node.children() if child.name not in ("EventStatus", "version"))
    return tuple(etree.tostring(child, method="c14n") for child in kept)


def randomized_s(shown: Shown) -> tuple[int, ...]:
    """Return over how many seconds the start and the length of a control are spread, without their signs."""
    spread = (shown.node.integer(name) for name in ("randomizeStart", "randomizeDuration"))
    return tuple(abs(number) for number in spread if number is not None)


def mode_of(node: Node, mode: str) -> Node | None:
    """Return the element of a mode in a control or default, in whichever namespace."""
    base = node.child("DERControlBase")
    return None if base is None else base.child(mode)


@dataclass(frozen=True, slots=True)
class LinkCount:
    """What ``all`` of a link says of a list, what the list itself says, and where both were read."""

    name: str
    told: int
    held: int
    source: Reading
    listed: Reading


def miscounted(tree: Iterable[Reading]) -> tuple[LinkCount, ...]:
    """Return the links whose ``all`` is not that of the list they lead to."""
    known = tuple(tree)
    lists = {reading.address: reading for reading in known if reading.is_list}
    counts = (count for reading in known for count in _link_counts(reading, lists))
    return tuple(count for count in counts if count.told != count.held)


def _link_counts(reading: Reading, lists: Mapping[str, Reading]) -> Iterator[LinkCount]:
    served = reading.document if reading.exchange.status == 200 else None
    for xml in served.xml.iter("{*}*") if served is not None else ():
        link = Node(xml)
        listed = lists.get(target_of(link.href)) if link.name.endswith("ListLink") and link.href else None
        told = link.integer_attribute("all")
        held = listed.resource.integer_attribute("all") if listed is not None else None
        if listed is not None and told is not None and held is not None:
            yield LinkCount(link.name, told, held, reading, listed)


OWN_ADDRESSES = frozenset({"FunctionSetAssignments", "DERProgram", "DERControl", "DER", "DERCurve", "LogEvent"})
"""Entries of lists of which each can be had by itself, whoever sees the list."""


def entries_with_addresses(tree: Iterable[Reading]) -> tuple[Node, ...]:
    """Return the last entry of each list of :data:`OWN_ADDRESSES`, once per address: the one that stays longest."""
    lists = [reading.resource for reading in tree if reading.is_list]
    last = [entries[-1] for shown in lists if (entries := shown.children())]
    return tuple({node.href: node for node in last if node.href and node.name in OWN_ADDRESSES}.values())


def leading_away(tree: Iterable[Reading]) -> tuple[str, ...]:
    """Return the links that lead to another scheme or host than the one the harness asked."""
    found = []
    for reading in tree:
        asked = urlsplit(f"//{header(reading.exchange.request_headers, 'Host') or ''}").hostname
        for _, href in links_in(reading.document) if reading.document is not None else ():
            parts = urlsplit(href)
            if parts.scheme.lower() not in ("", "https") or parts.hostname not in (None, asked):
                found.append(href)
    return tuple(found)


def _documents(tree: Iterable[Reading], kind: str) -> Iterator[Shown]:
    for reading in tree:
        if reading.exchange.status == 200 and reading.document is not None and reading.document.name == kind:
            yield Shown(reading.document, reading.exchange)


def _start(node: Node) -> int | None:
    interval = node.child("interval")
    return None if interval is None else interval.integer("start")


def _end(node: Node) -> int | None:
    interval = node.child("interval")
    start, lasts = (None, None) if interval is None else (interval.integer("start"), interval.integer("duration"))
    return None if start is None or lasts is None else start + lasts
