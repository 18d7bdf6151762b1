"""A client under test that is notified: the test server offers subscriptions, and asks for polls as rare as it can.

What a client need not do it is not blamed for: one that makes no subscription, though nothing demands any, is not
tested by these cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from conformance.catalogue.pack_values import Value
from conformance.judgement.check import Check, require
from conformance.judgement.demanded import unseen
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, limit_used, passed_if
from conformance.judgement.timing import Window
from conformance.roles.notifier import Notifier
from conformance.roles.observed_client import ObservedClient, arrival
from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.modes import Modes
from conformance.roles.utility.notification import NotificationStatus, notification
from conformance.roles.utility.rates import Rates
from conformance.roles.utility.scenario import ALL_RESPONSES, registered_last
from conformance.roles.utility.subscriptions import Subscription
from conformance.roles.utility.utility import Utility
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.errors import DoesNotApply
from conformance.vocabulary.event import ResponseStatus
from conformance.vocabulary.limits import Limit, Limits
from conformance.wire.exchange import Exchange
from conformance.wire.parser import Malformed
from conformance.wire.payload import read, write


@dataclass(frozen=True, slots=True)
class Notified:
    """A control, the notification that told of it, and when it was published."""

    control: DERControl
    sent: Exchange
    since: datetime


A_MOMENT = timedelta(seconds=1)
"""A client may obey in the very instant of the change: the plant is looked at from just before it."""

CSIP_KINDS = (
    "EndDeviceList",
    "FunctionSetAssignmentsList",
    "DERProgramList",
    "DERControlList",
    "DefaultDERControl",
)
"""What CSIP has a client subscribe to (P39), with one of each on offer."""


class SubscriptionScene:
    """The client as ``device`` with one ``program``, both of which a case may change.

    ``poll_rate`` is asked for everywhere, so that only a notification can be fast.
    """

    def __init__(
        self,
        utility: Utility,
        client: ObservedClient,
        notifier: Notifier,
        check: Check,
        limits: Limits,
        clock: Clock,
        poll_rate: Limit,
    ) -> None:
        self._utility, self._client, self._notifier = utility, client, notifier
        self._check, self._limits, self._clock = check, limits, clock
        utility.subscriptions.offered = True
        utility.rates = Rates.every(poll_rate.count)
        self.device = registered_last(utility, client.lfdi, pin=client.pin)
        self.assignment = utility.assign(self.device, description="Notified")
        self.program = utility.add_program(self.assignment, primacy=1, description="Notified")

    async def start(self, *kinds: str) -> None:
        """Start the client and wait until it has subscribed to these kinds of resource, or has had the time to."""
        await self._client.start(within=self._limits.first_contact)
        until = self._clock.now() + self._limits.subscribing.duration
        while self._missing(kinds) and self._clock.now() < until:
            await self._clock.wait(self._limits.pause_between_time_readings.duration)
        for exchange in self._client.exchanges("SubscriptionList", "POST"):
            if exchange.status != 201:
                self._check.note(f"a Subscription was refused with {exchange.status}: {REFUSED}", exchange)

    async def open(self, *kinds: str) -> None:
        """Start the client and wait for its subscriptions; one that makes none of these is not tested."""
        await self.start(*kinds)
        missing = self._missing(kinds)
        if len(missing) == len(kinds):
            raise DoesNotApply(
                f"the client did not subscribe to {' or '.join(missing)} within {self._limits.subscribing.value:g} s"
            )

    def subscribed(self, value: Value) -> Judged:
        """Judge that the client subscribed to all five kinds of resource, as far as a value demands subscriptions."""
        missing = self._missing(CSIP_KINDS)
        expected = f"a subscription to each of {', '.join(CSIP_KINDS)}"
        seen = f"none to {', '.join(missing)}" if missing else "one to each"
        binding = value.figure == "required"
        state = passed_if(not missing) if binding else State.NOTE
        return Judged("subscribed", state, expected, seen, limit=limit_used(self._limits.subscribing))

    def subscriptions(self, kind: str) -> tuple[Subscription, ...]:
        """Return the client's subscriptions to a kind of resource."""
        return self._utility.subscriptions.of(kind)

    async def told(self, kind: str, since: datetime) -> Exchange | None:
        """Wait for the notification of a change made at an instant to a kind of resource, and judge its answer.

        ``None`` if the client is not subscribed to it. What could not be delivered at all is not judged.
        """
        mine = self.subscriptions(kind)
        if not mine:
            self._check.note(f"the client is not subscribed to {kind}")
            return None
        until = since + self._limits.notification_deadline.duration
        paths = {one.path for one in mine}

        def of_it(exchange: Exchange) -> bool:
            return arrival(exchange) >= since and _place(exchange) in paths

        sent = await self._client.seen("POST", ("Notification",), until, of_it)
        self._judge_answer(kind, sent)
        return sent

    def _judge_answer(self, kind: str, sent: Exchange | None) -> None:
        expected = f"a notification of {kind} answered with success"
        if sent is None or sent.status is None:
            why = "it could not be delivered" if sent is None else f"no answer: {sent.error}"
            self._check.undecided("NOTIFY.ANSWER", expected, why)
            return
        good = 200 <= sent.status < 300
        self._check.that(good, "NOTIFY.ANSWER", expected, f"{sent.status}", [sent], policy="notification_answer")

    async def publish(self, modes: Modes, lasts: Limit, *, starts_in: Limit | None = None) -> Notified | None:
        """Publish a control and wait for its notification; ``None`` if that did not arrive."""
        since = self._clock.now()
        control = self.program.add_control(
            modes,
            starts_in=starts_in.duration if starts_in else timedelta(0),
            duration=lasts.duration,
            response_required=ALL_RESPONSES,
            description=f"the control {', '.join(modes)}",
        )
        sent = await self.told("DERControlList", since)
        return None if sent is None or sent.status is None else Notified(control, sent, since)

    async def obeyed(self, notified: Notified) -> None:
        """Judge that a control that was notified of is received, and in force at the plant where that is observed."""
        control, limit = notified.control, self._limits.notification_pickup
        await self.heeded(control, notified.sent, ResponseStatus.RECEIVED)
        begins = max(notified.sent.request_last.wall, control.start - self._utility.ahead)
        await self._clock.wait_until(begins + limit.duration)
        self.effect(control.modes, begins, notified.since)

    def effect(self, modes: Modes, begins: datetime, after: datetime) -> None:
        """Judge that modes came into force at the plant soon after an instant, if the plant is observed."""
        limit = self._limits.notification_pickup
        window = Window(begins, "it was known and due", None, limit.value)
        self._check.took_effect(self._client.plant, modes, window, limit, "NOTIFY.HEED", after=after - A_MOMENT)

    async def switched(self, mode: str, step: Callable[[int], AbstractContextManager[object]]) -> None:
        """Run the three steps of ALL-15 and ALL-16: off by notification, and on again by another."""
        with step(1):
            await self.open("DERControlList")
        with step(2):
            off = require(await self.publish({mode: False}, self._limits.switch_control), "nothing was notified of")
            await self.obeyed(off)
        with step(3):
            await self._clock.wait_until(off.control.end - self._utility.ahead)
            on = require(await self.publish({mode: True}, self._limits.switch_control), "nothing was notified of")
            await self.heeded(on.control, on.sent, ResponseStatus.RECEIVED)

    async def heeded(self, control: DERControl, sent: Exchange, status: ResponseStatus) -> Exchange | None:
        """Judge that a client answers what it was notified of with a Response, long before it would have polled."""
        limit, at = self._limits.notification_pickup, sent.request_last.wall
        posted = await self._client.response(control, status, until=at + limit.duration)
        what, window = f"Response {status} to {control.description}", Window(at, "its notification", None, limit.value)
        when = arrival(posted) if posted else None
        self._check.happened(what, when, window, limit, "NOTIFY.HEED", posted)
        return posted

    async def wrong(self, kind: str) -> Exchange:
        """Send a notification that names the subscription of a kind but holds an EndDevice, and judge the answer.

        A subscription whose notifications are refused ends, as it would on a server.
        """
        one = require(next(iter(self.subscriptions(kind)), None), "the client holds no subscription any more")
        body = write(notification(one.named, one.path, NotificationStatus.CURRENT, self.device.write()))
        sent = await self._notifier.send(one, body)
        expected = f"400 to a notification of {kind} that holds an EndDevice"
        if sent.status is None:
            self._check.undecided("NOTIFY.WRONG", expected, f"no answer: {sent.error}")
            return sent
        self._check.that(sent.status == 400, "NOTIFY.WRONG", expected, f"{sent.status}", [sent])
        self._utility.subscriptions.drop(one)
        return sent

    def renewed(self, value: Value) -> Judged:
        """Judge that each subscription was renewed as often as a value demands, and stood until now."""
        now, most_s = self._clock.now(), value.number + self._limits.poll_tolerance.value
        gaps = {one.named: (now - one.renewed_at).total_seconds() for one in self._utility.subscriptions.live}
        late = [f"{name} {gap_s:.0f} s ago" for name, gap_s in gaps.items() if gap_s > most_s]
        expected = f"every subscription made or renewed within {value.number:g} s"
        return Judged("renewed", passed_if(bool(gaps) and not late), expected, ", ".join(late) or "each in time")

    def not_too_often(self, value: Value) -> Judged:
        """Judge that subscriptions were renewed no more often than a value allows.

        What comes soon after a subscription was made or renewed belongs to that: some clients say it twice.
        """
        settled_s, least_s = self._limits.subscribing.value, value.number - self._limits.poll_tolerance.value
        gaps = [gap for asked in self._asked().values() for gap in _gaps(asked, settled_s)]
        soon = [f"{one} {gap_s:.0f} s after the last time" for one, gap_s in gaps if gap_s < least_s]
        expected = f"no subscription renewed within {value.number:g} s of the last time"
        if not gaps:
            return unseen(value, "no subscription was renewed")
        return Judged("not_too_often", passed_if(not soon), expected, ", ".join(soon) or "none sooner")

    def _asked(self) -> dict[str, list[Exchange]]:
        """Return the subscriptions that were taken, by what they are to."""
        asked: dict[str, list[Exchange]] = {}
        for exchange in self._client.exchanges("SubscriptionList", "POST"):
            resource = read(exchange.request_body).text("subscribedResource")
            if resource is not None and exchange.status is not None and exchange.status < REDIRECTED:
                asked.setdefault(resource, []).append(exchange)
        return asked

    def _missing(self, kinds: Sequence[str]) -> list[str]:
        return [kind for kind in kinds if not self.subscriptions(kind)]


def limiting(utility: Utility, plain: Modes) -> Modes:
    """Return a limit in the words of the edition: the percentage given, or where CSIP-AUS is spoken export in watts."""
    if not utility.extension:
        return plain
    return {"opModExpLimW": {"multiplier": 0, "value": next(int(str(value)) for value in plain.values())}}


REDIRECTED = 300
"""Statuses below this one are successes."""


def _gaps(asked: Sequence[Exchange], settled_s: float) -> Iterator[tuple[str, float]]:
    """Yield each renewal, as its exchange, with the seconds since the time before."""
    last = arrival(asked[0])
    for exchange in asked:
        if (gap_s := (arrival(exchange) - last).total_seconds()) > settled_s:
            yield f"exchange {exchange.number}", gap_s
            last = arrival(exchange)


REFUSED = "the resource must be subscribable, the encoding XML, and the notificationURI one of https"


def _place(exchange: Exchange) -> str | None:
    try:
        return read(exchange.request_body).text("subscriptionURI")
    except Malformed:
        return None
