"""The noun ``subscriber``: the harness subscribes to resources of a server under test and waits to be notified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

from conformance.catalogue.offers import DefaultOffer
from conformance.catalogue.pack_values import Value
from conformance.judgement.check import Check, require
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, limit_used, passed_if
from conformance.judgement.offered import modes_shown, rewritten_in
from conformance.judgement.timing import Window
from conformance.roles.notification_inbox import NotificationInbox
from conformance.roles.observed_client import arrival
from conformance.roles.offer_reader import ServedProgram
from conformance.roles.served_reading import Listing, Reading, location_of, target_of
from conformance.roles.test_client import TestClient
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.errors import DoesNotApply
from conformance.vocabulary.limits import Limits
from conformance.wire.documents import subscription
from conformance.wire.exchange import Exchange
from conformance.wire.parser import Malformed
from conformance.wire.payload import Node, read, write

SUBSCRIBABLE = (1, 3)
MOST_ENTRIES = 10
LOOKS_S = 1.0
ASSIGNMENTS, PROGRAMS = "FunctionSetAssignmentsListLink", "DERProgramListLink"
BELOW = ("DERControlListLink", "DefaultDERControlLink")


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription that the server took: to which resource, of which kind, where it stands and is notified."""

    kind: str
    href: str
    place: str
    uri: str
    limit: int
    made_at: datetime

    @property
    def path(self) -> str:
        """The path of the ``notificationURI``."""
        return urlsplit(self.uri).path


@dataclass(frozen=True, slots=True)
class Told:
    """A notification that came: the exchange, and its document."""

    exchange: Exchange
    node: Node = field(repr=False)

    @property
    def resource(self) -> Node | None:
        """The resource inside."""
        return self.node.child("Resource")


class TestSubscriber:
    """Subscribes as a client does. Whatever it subscribed to is deleted at the end, as far as the server lets it."""

    __test__ = False

    def __init__(
        self, server: TestClient, inbox: NotificationInbox, check: Check, clock: Clock, limits: Limits
    ) -> None:
        self._server, self._inbox, self._check = server, inbox, check
        self._clock, self._limits = clock, limits
        self._list: str | None = None
        self._mine: list[Subscribed] = []

    @property
    def inbox(self) -> NotificationInbox:
        """Where the notifications come."""
        return self._inbox

    async def find_list(self) -> str | None:
        """Return the address of the SubscriptionList of the harness's EndDevice, if the server shows one."""
        _, own = await self._server.own_end_device()
        self._list = require(own, "the device is not registered on the server").link("SubscriptionListLink")
        return self._list

    async def of_csip(self, program: ServedProgram) -> list[Reading]:
        """Read the five kinds of resource that CSIP has clients subscribe to, with a program's controls and default."""
        server = self._server
        listing, own = await server.own_end_device()
        assigned = await server.follow_from(require(own, "the device is not registered"), ASSIGNMENTS)
        groups = assigned.resource.children("FunctionSetAssignments")
        programs = [await server.follow_from(group, PROGRAMS) for group in groups[:1] if group.link(PROGRAMS)]
        below = [await server.follow_from(program.node, link) for link in BELOW if program.node.link(link)]
        return [listing.pages[0], assigned, *programs, *below]

    def may_be_subscribed(self, readings: Sequence[Reading]) -> list[Reading]:
        """Return those that say they may be subscribed to."""
        return [it for it in readings if it.resource.integer_attribute("subscribable") in SUBSCRIBABLE]

    def offered(self, value: Value, place: str | None, readings: Sequence[Reading]) -> Judged:
        """Judge that the server shows a SubscriptionList and something to subscribe to, if a value demands it."""
        kinds = [reading.resource.name for reading in self.may_be_subscribed(readings)]
        state = State.PASS if place and kinds else State.FAIL if value.figure == "required" else State.NOTE
        seen = f"{'a' if place else 'no'} SubscriptionListLink, and subscribable: {', '.join(kinds) or 'none'}"
        numbers = tuple(reading.exchange.number for reading in readings)
        return Judged("offered", state, "a SubscriptionListLink, and something to subscribe to", seen, numbers)

    async def subscribe(self, reading: Reading, limit: int = MOST_ENTRIES) -> Subscribed | None:
        """Subscribe to a resource that was read, and judge the answer; ``None`` if it was refused.

        A server that offers no subscriptions, or none to this resource, is not tested by what rests on them.
        """
        place = self._list or await self.find_list()
        node = reading.resource
        if place is None or node.integer_attribute("subscribable") not in SUBSCRIBABLE:
            raise DoesNotApply(f"the server offers no subscription to {node.name}")
        href, uri = target_of(node.href or reading.exchange.path), await self._inbox.address()
        made_at = self._clock.now()
        posted = await self._server.post(place, write(subscription(href, uri, limit)), "SubscriptionList")
        taken = self._check.answered(posted.exchange, 201, requirement="SUB.CREATE")
        located = taken and self._check.has_location(posted.exchange, requirement="SUB.CREATE")
        where = location_of(posted)
        if not located or where is None:
            return None
        self._mine.append(Subscribed(node.name, href, target_of(where), uri, limit, made_at))
        return self._mine[-1]

    async def repeat(self, one: Subscribed) -> Reading:
        """Post the same subscription again and judge that it is accepted, be it as one of its own."""
        place = require(self._list, "the list is not known")
        body = write(subscription(one.href, one.uri, one.limit))
        posted = await self._server.post(place, body, "SubscriptionList")
        self._check.answered(posted.exchange, 200, 201, 204, requirement="SUB.AGAIN")
        where = location_of(posted)
        if where is not None and target_of(where) != one.place:
            self._mine.append(replace(one, place=target_of(where)))
        return posted

    async def delete(self, one: Subscribed) -> None:
        """Delete a subscription, at every place that the server gave it, and judge the answers."""
        for kept in [kept for kept in self._mine if kept.uri == one.uri]:
            gone = await self._server.ask("DELETE", kept.place, "Subscription")
            self._check.answered(gone.exchange, 200, 204, requirement="SUB.DELETE")
            self._mine.remove(kept)

    async def listed(self, *wanted: Subscribed) -> None:
        """Judge that subscriptions stand in their list, and that each can be read at its place."""
        listing = await self._server.whole_list(require(self._list, "the list is not known"), "SubscriptionList")
        uris = [entry.text("notificationURI") for entry in listing.entries]
        pages = [page.exchange for page in listing.pages]
        for page in pages:
            self._check.schema_valid(page)
        missing = [one.kind for one in wanted if one.uri not in uris]
        seen = f"none to {', '.join(missing)}" if missing else "each"
        self._check.that(not missing, "SUB.LISTED", f"{len(wanted)} subscriptions in their list", seen, pages)
        for one in wanted:
            read_back = await self._server.get(one.place, "Subscription")
            if self._check.answered(read_back.exchange, 200, requirement="SUB.LISTED"):
                shown = read_back.resource.text("notificationURI")
                self._check.has_value(read_back.exchange, "notificationURI", shown, one.uri, "SUB.LISTED")

    async def notified(self, one: Subscribed, since: datetime, text: str = "") -> Told | None:
        """Wait for a notification of a change made at an instant that holds a text, and judge when it came, and what.

        Notifications that came of other changes are passed over.
        """
        limit = self._limits.notification_deadline
        told = await self.wait(one, since, timedelta(seconds=limit.value + LOOKS_S), text)
        window = Window(since, "the change", None, limit.value)
        when, exchange = (arrival(told.exchange), told.exchange) if told else (None, None)
        self._check.happened(f"a notification of {one.kind}", when, window, limit, "NOTIFY.CHANGE", exchange)
        if told is not None:
            self._judge(one, told)
        return told

    async def wait(self, one: Subscribed, since: datetime, within: timedelta, text: str = "") -> Told | None:
        """Wait for a notification that holds a text, judging nothing."""
        until = self._clock.now() + within
        while True:
            for told in self.told(one, since):
                if text.upper() in told.exchange.request_body.decode(errors="replace").upper():
                    return told
            if self._clock.now() >= until:
                return None
            await self._clock.wait(timedelta(seconds=LOOKS_S))

    def told(self, one: Subscribed, since: datetime) -> Sequence[Told]:
        """Return the notifications of a subscription since an instant."""
        came = (it for it in self._inbox.received(one.path) if arrival(it) >= since and it.method == "POST")
        return [Told(exchange, node) for exchange in came if (node := _document(exchange)) is not None]

    def holds(self, one: Subscribed, since: datetime, offer: DefaultOffer) -> None:
        """Judge that the last notification since an instant holds a default as it was arranged, if it holds any."""
        held = [(told.exchange, told.resource) for told in self.told(one, since)]
        for exchange, resource in held[-1:]:
            if resource is not None:
                shown = modes_shown(exchange, resource, offer.modes, offer.settings)
                self._check.judged("NOTIFY.CONTENT", shown)

    def agrees(self, told: Told, listing: Listing) -> None:
        """Judge that the controls in a notification are those of their list, as they read now."""
        served = {entry.hexadecimal("mRID"): entry for entry in listing.entries}
        wrong = []
        for entry in () if told.resource is None else told.resource.children("DERControl"):
            found = served.get(entry.hexadecimal("mRID"))
            wrong.append("a control that is not in the list" if found is None else rewritten_in(found, entry))
        seen = "; ".join(filter(None, wrong))
        exchanges = [told.exchange, *(page.exchange for page in listing.pages)]
        self._check.that(not seen, "NOTIFY.CONTENT", "controls as the list has them", seen or "the same", exchanges)

    def spaced(self, value: Value, one: Subscribed) -> Judged:
        """Judge that the notifications of a subscription came no closer together than a value allows."""
        came = [arrival(told.exchange) for told in self.told(one, one.made_at)]
        gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(came)]
        least = value.number - self._limits.post_early.value
        state = passed_if(all(gap >= least for gap in gaps)) if gaps else State.INCONCLUSIVE
        expected = f"at least {value.number:g} s between two notifications of one resource"
        seen = f"{min(gaps):.1f} s" if gaps else "fewer than two notifications"
        numbers = tuple(told.exchange.number for told in self.told(one, one.made_at))
        return Judged("spaced", state, expected, seen, numbers, limit=limit_used(value.limit))

    async def close(self) -> None:
        """Delete what still stands, judging nothing, and stop listening."""
        for one in self._mine:
            await self._server.ask("DELETE", one.place, "Subscription")
        await self._inbox.close()

    def _judge(self, one: Subscribed, told: Told) -> None:
        check, exchange, node = self._check, told.exchange, told.node
        check.has_value(exchange, "status", node.integer("status"), 0, "NOTIFY.CHANGE")
        shown = target_of(node.text("subscribedResource") or "")
        check.has_value(exchange, "subscribedResource", shown, one.href, "NOTIFY.CHANGE")
        place = target_of(node.text("subscriptionURI") or "")
        check.has_value(exchange, "subscriptionURI", place, one.place, "NOTIFY.CHANGE")
        if told.resource is not None:
            check.has_value(exchange, "xsi:type", told.resource.xsi_type(), one.kind, "NOTIFY.CONTENT")
            entries = len([child for child in told.resource.children() if child.href is not None])
            if one.kind.endswith("List"):
                few = entries <= one.limit
                check.that(few, "NOTIFY.CONTENT", f"at most {one.limit} entries", f"{entries}", [exchange])


def _document(exchange: Exchange) -> Node | None:
    try:
        node = read(exchange.request_body)
    except Malformed:
        return None
    return node if node.name == "Notification" else None
