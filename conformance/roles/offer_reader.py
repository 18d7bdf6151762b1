"""The harness as a reader of what an operator arranged on a server under test: groups, programs, defaults, curves.

Things are found by description or mRID. Everything read must be answered 200 with a valid body; that is judged here, as
the test case's own requirement. What a test case arranged and the server does not offer ends it as inconclusive: the
wire does not tell whether server or operator left it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from conformance.catalogue.inverter_functions import Curve, Modes
from conformance.catalogue.offers import DefaultOffer, GroupOffer, Named, ProgramOffer
from conformance.judgement.check import Check, require
from conformance.judgement.offered import curve_shown, modes_shown
from conformance.roles.served_reading import Listing, Reading
from conformance.roles.test_client import TestClient
from conformance.vocabulary.identity import is_hex
from conformance.vocabulary.limits import Limits
from conformance.wire.payload import Node


@dataclass(frozen=True, slots=True)
class ServedProgram:
    """A program as it is served, and what was asked for."""

    offer: ProgramOffer
    node: Node


class OfferReader:
    """Reads as a device does. ``requirement`` is the row that everything it reads is judged by."""

    def __init__(self, server: TestClient, check: Check, limits: Limits, requirement: str) -> None:
        self._server = server
        self._check = check
        self._limits = limits
        self._requirement = requirement

    # --- reading ---

    async def read(self, href: str, name: str) -> Reading:
        """GET a resource that must be there and be valid; without it the test case ends."""
        return self._good(await self._server.get(href, name))

    async def read_link(self, node: Node, link: str) -> Reading:
        """GET what a link leads to; without the link the test case ends."""
        return await self.read(require(node.link(link), f"{node.name} has no {link}"), link.removesuffix("Link"))

    async def read_list(self, node: Node, link: str) -> Listing:
        """GET a whole list that a link leads to."""
        href = require(node.link(link), f"{node.name} has no {link}")
        name, size = link.removesuffix("Link"), self._limits["page_size"].count
        first = self._good(await self._server.page(href, name, start=0, limit=size))
        if len(first.resource.children()) >= (first.resource.integer_attribute("all") or 0):
            return Listing(name, (first,))
        return await self._server.whole_list(href, name)

    def _good(self, reading: Reading) -> Reading:
        exchange = reading.exchange
        served = self._check.answered(exchange, 200, requirement=self._requirement)
        require(served, f"{exchange.resource} is not served")
        self._check.media_type(exchange, requirement="CTP.GENERAL.2")
        self._check.schema_valid(exchange)
        return reading

    # --- finding what was arranged ---

    async def own(self) -> Node:
        """Return the device's EndDevice."""
        _, own = await self._server.own_end_device()
        return require(own, "the device is not registered on the server")

    async def groups(self, *groups: GroupOffer, of: Node | None = None) -> tuple[Node, ...]:
        """Return the FunctionSetAssignments of arranged groups, in the order given, by polling the list."""
        listing = await self.read_list(of or await self.own(), "FunctionSetAssignmentsListLink")
        return self._all_shown(listing, groups)

    async def programs(self, group: Node, *programs: ProgramOffer) -> tuple[ServedProgram, ...]:
        """Return arranged programs of a group, in the order given."""
        listing = await self.read_list(group, "DERProgramListLink")
        nodes = self._all_shown(listing, programs)
        for offer, node in zip(programs, nodes, strict=True):
            exchange = listing.pages[-1].exchange
            primacy = node.integer("primacy")
            self._check.has_value(exchange, f"{offer.name} primacy", primacy, offer.primacy, self._requirement)
        return tuple(ServedProgram(offer, node) for offer, node in zip(programs, nodes, strict=True))

    async def programs_of(self, group: GroupOffer) -> tuple[ServedProgram, ...]:
        """Return all programs of an arranged group."""
        (node,) = await self.groups(group)
        return await self.programs(node, *(group.programs or ()))

    async def lists_none_of(self, group: Node, *gone: ProgramOffer, requirement: str) -> None:
        """Poll a group's DERProgramList and judge that programs which were removed are gone from it."""
        listing = await self.read_list(group, "DERProgramListLink")
        left = [program.description for program in gone if shown_as(listing.entries, program)]
        exchanges, told = [page.exchange for page in listing.pages], ", ".join(left)
        self._check.that(not left, requirement, "removed programs gone", told or "all gone", exchanges)

    async def leads_to_none_of(self, device: Node, *groups: GroupOffer) -> None:
        """Read all programs of all groups of a device, and judge that none is of groups that it does not belong to."""
        listing = await self.read_list(device, "FunctionSetAssignmentsListLink")
        leading = [group for group in listing.entries if group.link("DERProgramListLink")]
        lists = [await self.read_list(group, "DERProgramListLink") for group in leading]
        shown = [node for programs in lists for node in programs.entries]
        foreign = [one.description for group in groups for one in group.programs or () if shown_as(shown, one)]
        exchanges = [page.exchange for programs in lists for page in programs.pages]
        told = f"also {', '.join(foreign)}" if foreign else "none"
        self._check.that(not foreign, self._requirement, "no program of a group it is not in", told, exchanges)

    async def lists_by_primacy(self, group: Node) -> None:
        """Read a DERProgramList and judge that its programs come by rising primacy, and of one primacy by mRID."""
        listing = await self.read_list(group, "DERProgramListLink")
        keys = [
            (primacy, _falling_mrid(node))
            for node in listing.entries
            if (primacy := node.integer("primacy")) is not None
        ]
        self._sorted(listing, keys, "programs by rising primacy", "programs of one primacy by falling mRID")

    async def lists_groups_in_order(self) -> None:
        """Read the own FunctionSetAssignmentsList and judge that its entries come by falling mRID."""
        listing = await self.read_list(await self.own(), "FunctionSetAssignmentsListLink")
        mrids = [int(shown, 16) for entry in listing.entries if is_hex(shown := entry.hexadecimal("mRID") or "")]
        told = "as wanted" if mrids == sorted(mrids, reverse=True) else "otherwise"
        exchanges = [page.exchange for page in listing.pages]
        self._check.that(told == "as wanted", "LIST.GROUPS", "groups by falling mRID", told, exchanges)

    async def lists_by_start(self, program: Node) -> None:
        """Read a DERControlList and judge that its events come by their starts, and of one start the newest first."""
        listing = await self.read_list(program, "DERControlListLink")
        keys = [(start, _newest_first(node)) for node in listing.entries if (start := _start(node)) is not None]
        self._sorted(listing, keys, "events by rising start", "events of one start by falling creationTime and mRID")

    def _sorted(self, listing: Listing, keys: Sequence[tuple[int, Further]], wanted: str, of_ties: str) -> None:
        """Judge the order of a list by its first key, and where that leaves it open by the further ones."""
        exchanges, firsts = [page.exchange for page in listing.pages], [first for first, _ in keys]
        in_order = firsts == sorted(firsts)
        self._check.that(in_order, "GEN.026", wanted, f"{firsts}", exchanges)
        if in_order and len(set(firsts)) < len(firsts):
            off = next((before[0] for before, after in pairwise(keys) if before > after), None)
            told = "as wanted" if off is None else f"otherwise at {off}"
            self._check.that(off is None, "LIST.TIES", of_ties, told, exchanges)

    def _all_shown(self, listing: Listing, wanted: Sequence[Named]) -> tuple[Node, ...]:
        found = [shown_as(listing.entries, one) for one in wanted]
        names = ", ".join(one.description for one, node in zip(wanted, found, strict=True) if node is None)
        require(any(found) or not wanted, f"what was arranged is not in {listing.name}: {names}")
        exchanges = [page.exchange for page in listing.pages]
        every, observed = f"all {len(wanted)} that were arranged in {listing.name}", f"without {names}"
        complete = None not in found
        self._check.that(complete, self._requirement, every, "all there" if complete else observed, exchanges)
        require(complete, f"not in {listing.name}: {names}")
        return tuple(node for node in found if node is not None)

    # --- defaults, controls, curves ---

    async def default(self, program: ServedProgram, offer: DefaultOffer) -> Reading:
        """Read a program's default and judge that it is what was arranged, curves included."""
        reading = await self.read_link(program.node, "DefaultDERControlLink")
        self._check.judged("DER.005", modes_shown(reading.exchange, reading.resource, offer.modes, offer.settings))
        await self._curves(reading.resource, offer.modes)
        return reading

    async def lists_nothing(self, program: ServedProgram) -> None:
        """Read a program's DERControlList and judge that it is empty."""
        listing = await self.read_list(program.node, "DERControlListLink")
        exchange, shown = listing.pages[-1].exchange, len(listing.entries)
        self._check.that(not shown, self._requirement, "no DERControl", f"{shown} listed", [exchange])

    async def _curves(self, node: Node, modes: Modes) -> None:
        base = node.child("DERControlBase")
        for name, value in modes.items():
            if isinstance(value, Curve) and base is not None and (href := base.link(name)):
                reading = await self.read(href, "DERCurve")
                self._check.judged("DER.CURVE", curve_shown(reading.exchange, reading.resource, value))


def _start(event: Node) -> int | None:
    interval = event.child("interval")
    return None if interval is None else interval.integer("start")


def _falling_mrid(node: Node) -> Further:
    shown = node.hexadecimal("mRID") or ""
    return (-int(shown, 16),) if is_hex(shown) else (0,)


def _newest_first(event: Node) -> Further:
    return (-(event.integer("creationTime") or 0), *_falling_mrid(event))


Further = tuple[int, ...]
"""The further keys of a list's order, so that they rise from entry to entry."""


def shown_as(entries: Iterable[Node], wanted: Named) -> Node | None:
    """Return the entry of a list that is the thing wanted."""
    return next((node for node in entries if wanted.is_shown_as(node.text("mRID"), node.text("description"))), None)
