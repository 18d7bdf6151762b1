"""The subscriptions of the reference client (IEEE 2030.5-2018, 8.7): it subscribes, renews, and judges what it is sent.

It subscribes to the five kinds of resource that CSIP names (P39), where one says that it is ``subscribable``; polling
goes on beside, so a notification that is lost costs no more than a poll.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from conformance.reference.client_manner import Manner
from conformance.reference.client_session import Fetched, NotServed, Session, resolve
from conformance.reference.conduct import ClientConduct
from conformance.vocabulary.clock import Clock
from conformance.wire.documents import subscription
from conformance.wire.messages import Answer, Request
from conformance.wire.parser import Malformed
from conformance.wire.payload import Node, read

ENTRIES = {
    "EndDeviceList": "EndDevice",
    "FunctionSetAssignmentsList": "FunctionSetAssignments",
    "DERProgramList": "DERProgram",
    "DERControlList": "DERControl",
}
"""The lists that CSIP has clients subscribe to, with the kind of their entries."""
SUBSCRIBED = (*ENTRIES, "DefaultDERControl")
FURTHER = ("EndDevice", "DERProgram")
"""What a client with wide interests subscribes to as well."""
SUBSCRIBABLE = (1, 3)
MOST_ENTRIES = 50
"""``limit``: a longer list is read again instead."""

Take = Callable[[str, str, Fetched | None], None]
"""Takes a resource that was notified of: its kind, its target, and what it is now, unless that must be read."""


@dataclass(slots=True)
class _Held:
    resource: str
    due: float = 0.0
    subscribed: bool = False


class Subscriber:
    """Keeps a client's subscriptions.

    ``uri`` is where it listens; without one it does not subscribe.
    """

    def __init__(
        self, session: Session, clock: Clock, manner: Manner, flaws: frozenset[str], conduct: ClientConduct, take: Take
    ) -> None:
        self._session, self._clock, self._manner, self._flaws = session, clock, manner, flaws
        self._conduct, self._take = conduct, take
        self._held: dict[str, _Held] = {}
        self._woken = asyncio.Event()
        self.uri: str | None = None
        self._list_target: str | None = None

    def read(self, resource: str, fetched: Fetched) -> None:
        """Note that a resource was read: if it may be subscribed to, it will be."""
        wanted = (*SUBSCRIBED, *FURTHER) if self._manner.subscribes_widely else SUBSCRIBED
        if fetched.root.integer_attribute("subscribable") not in SUBSCRIBABLE or resource not in wanted:
            return
        if fetched.target not in self._held:
            self._held[fetched.target] = _Held(resource)
            self._woken.set()

    async def run(self) -> None:
        """Subscribe and renew until cancelled."""
        while True:
            self._woken.clear()
            place, uri = self._list_target, self.uri if self._conduct.subscribes else None
            if place is not None and uri is not None:
                await self._subscribe_to_all(place, uri)
            await self._sleep(able=place is not None and uri is not None)

    def found(self, list_target: str | None) -> None:
        """Take the SubscriptionList of the client's EndDevice; ``None`` if it has none."""
        self._list_target = list_target
        self._woken.set()

    async def _subscribe_to_all(self, list_target: str, uri: str) -> None:
        now = self._clock.monotonic()
        for target, held in sorted(self._held.items(), reverse=self._manner.limit_first):
            if held.due > now:
                continue
            times = 2 if self._manner.subscribes_twice else 1
            for _ in range(times):
                await self._subscribe(target, held, list_target, uri)

    async def _subscribe(self, target: str, held: _Held, list_target: str, uri: str) -> None:
        never_again = held.subscribed and "never_renews_subscriptions" in self._flaws
        held.due = float("inf") if never_again else self._clock.monotonic() + self._pause_s(held)
        if never_again:
            return
        try:
            await self._session.post(list_target, subscription(target, uri, MOST_ENTRIES), "SubscriptionList")
            held.subscribed = True
        except NotServed as failure:
            if not failure.final:
                held.due = self._clock.monotonic() + SOON_S

    def _pause_s(self, held: _Held) -> float:
        """Return how long after this time a resource is subscribed to again."""
        first_s = self._conduct.first_renewal_s
        return self._conduct.renewal_s if held.subscribed or first_s is None else first_s

    async def _sleep(self, able: bool) -> None:
        """Wait for the next renewal, or until there is more to subscribe to; without a place to do so, for that."""
        due = min((held.due for held in self._held.values() if able), default=float("inf"))
        left_s = min(due - self._clock.monotonic(), LONGEST_S)
        woken = asyncio.ensure_future(self._woken.wait())
        timer = asyncio.ensure_future(self._clock.wait(timedelta(seconds=left_s)))
        try:
            await asyncio.wait({woken, timer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()
            timer.cancel()

    def answer(self, request: Request) -> Answer:
        """Answer a request to the listener: 400 for a notification that makes no sense (SunSpec CTP 1.3 ERR-002)."""
        if request.method != "POST":
            return Answer(405, (("Allow", "POST"),))
        if "refuses_notifications" in self._flaws:
            return Answer(400)
        good = Answer(self._manner.notification_status)
        try:
            told = read(request.body)
        except Malformed:
            return good if "accepts_bad_notifications" in self._flaws else Answer(400)
        if not self._makes_sense(told):
            return good if "accepts_bad_notifications" in self._flaws else Answer(400)
        if "ignores_notifications" not in self._flaws:
            self._heed(told)
        return good

    def _makes_sense(self, told: Node) -> bool:
        held = self._held.get(self._target(told))
        if told.name != "Notification" or held is None or told.integer("status") is None:
            return False
        resource = told.child("Resource")
        return resource is None or resource.xsi_type() == held.resource

    def _heed(self, told: Node) -> None:
        target = self._target(told)
        held, resource = self._held[target], told.child("Resource")
        if told.integer("status") != 0:
            held.due = self._clock.monotonic() + self._conduct.renewal_s  # cancelled: not asked for again at once
            self._take(held.resource, target, None)
            return
        whole = resource is not None and _whole(resource, held.resource)
        entries = resource.children(ENTRIES[held.resource]) if resource and held.resource in ENTRIES else ()
        now_s = self._clock.now().timestamp()
        fetched = Fetched(target, resource, entries, now_s, now_s) if resource is not None and whole else None
        self._take(held.resource, target, fetched)

    def _target(self, told: Node) -> str:
        return resolve("/", told.text("subscribedResource") or "")


SOON_S = 60.0
LONGEST_S = 86400.0


def _whole(resource: Node, kind: str) -> bool:
    """Say whether a notification carries all there is to know of a resource."""
    if kind not in ENTRIES:
        return True
    return len(resource.children(ENTRIES[kind])) >= (resource.integer_attribute("all") or 0)
