"""Three days of controls on the test server, as the national procedures of Australia publish them (ALL-25-EXT)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from conformance.judgement.aus import enough_readings
from conformance.judgement.check import Check
from conformance.judgement.readings import mirrored_series
from conformance.roles.aus_schedules import both_ways
from conformance.roles.event_watch import COMPLETED, RECEIVED, STARTED, EventWatch, shows
from conformance.roles.observed_client import ObservedClient
from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.der_program import DERProgram
from conformance.roles.utility.rates import Rates
from conformance.roles.utility.scenario import ALL_RESPONSES, one_program, registered_last
from conformance.roles.utility.utility import Utility
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.errors import NotChosen
from conformance.vocabulary.limits import Limit, Limits

RULE = "AUS.ALL-25-EXT"
DAYS, A_DAY = 3, 4
GRACE = 2
"""Readings that may be missing: 70 come in 72 hours."""
WHOLE = (RECEIVED, STARTED, COMPLETED)
MIRRORS = ("MirrorUsagePointList", "MirrorUsagePoint")
WATTS = (500, 1000, 2000, 3000, 4000, 5000, 6000, 7500)
"""The limits of the controls, one after the other: a tenth to one and a half of a usual rating."""


def only_if_chosen(clock: Clock, watch: Limit) -> None:
    """End the test case in real time, unless somebody set the limit that makes it so long.

    Raises:
        NotChosen: in real time with the limit as it comes.
    """
    if not (clock.virtual or watch.overridden):
        raise NotChosen(f"it takes {watch.value / 3600:.0f} h: set {watch.name} under limits in csip.toml to run it")


class LongSchedule:
    """Offers one program at slow rates, and four controls anew each day; its methods are the steps."""

    def __init__(self, utility: Utility, client: ObservedClient, check: Check, limits: Limits, clock: Clock) -> None:
        self._client, self._check, self._limits, self._clock = client, check, limits, clock
        self._watch, self._utility = EventWatch(utility, client, check, limits), utility
        utility.rates = Rates.every(limits.long_rate.count)
        registered_last(utility, client.lfdi, pin=client.pin, post_rate_s=limits.long_rate.count)
        self._program: DERProgram = one_program(utility, client.lfdi).program
        self._program.set_default(both_ways(0))
        self._length = limits.long_watch.duration / (DAYS * A_DAY)

    async def day(self, first: int) -> tuple[DERControl, ...]:
        """Publish the controls of a day, from a number on; return them once it is over and they have been read."""
        begun, lead = self._clock.now(), self._limits.long_lead.duration
        controls = tuple(self._control(first + place, lead + place * self._length) for place in range(A_DAY))
        for control in controls:
            start = self._watch.before(control)
            seen = await self._client.seen("GET", ("DERControlList", "DERControl"), start, shows(control))
            what = f"{control.description} is read before its start"
            self._check.that(seen is not None, RULE, what, "read" if seen else "not read", [seen] if seen else [])
        await self._clock.wait_until(begun + A_DAY * self._length)
        return controls

    async def followed(self, controls: Iterable[DERControl]) -> None:
        """Judge that each control was answered with 1, 2 and 3, and was in force at the plant."""
        for control in controls:
            late = self._watch.after(control) + self._limits.response_deadline.duration
            await self._client.response(control, COMPLETED, late)
            given = sorted(self._client.statuses(control))
            expected, seen = f"{control.description} answered with 1, 2 and 3", ", ".join(map(str, given)) or "nothing"
            self._check.that(given == sorted(WHOLE), RULE, expected, seen)
            self._watch.effect(control)

    def readings(self) -> None:
        """Judge how many readings of the site's power came."""
        posts = [it for kind in MIRRORS for it in self._client.exchanges(kind, "POST")]
        series = mirrored_series(sorted(posts, key=lambda it: it.number))
        hours = int(self._limits.long_watch.duration / self._limits.long_rate.duration)
        wanted = min(self._limits.long_readings.count, hours - GRACE)
        self._check.judged(RULE, enough_readings("site W", series, wanted))

    def _control(self, number: int, lead: timedelta) -> DERControl:
        return self._program.add_control(
            both_ways(WATTS[number % len(WATTS)]),
            starts_in=lead,
            duration=self._length,
            response_required=ALL_RESPONSES,
            description=f"control {number + 1}",
        )
