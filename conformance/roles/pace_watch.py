"""Watching how often a client polls and posts, and how its readings lie in time: cadence per endpoint and per device.

Every figure that a profile demands is judged by itself; what the test server states of its own is judged by the
requirement that a client keeps to it. An endpoint is an address: each list, each usage point, each DER counts alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from conformance.catalogue.demands import FLOORED
from conformance.catalogue.pack_values import Value
from conformance.catalogue.values_in_force import Values
from conformance.judgement import averages, intervals
from conformance.judgement.cadence import Leniency, Rate, in_cadence, never_faster
from conformance.judgement.check import Check, require
from conformance.judgement.finding import LimitUsed
from conformance.judgement.intervals import Interval
from conformance.judgement.judged import limit_used
from conformance.judgement.polling import Occurrence
from conformance.judgement.readings import MIRRORED, carries_readings, usage_point_of
from conformance.roles.observed_client import ObservedClient, arrival
from conformance.roles.utility.utility import Utility
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.limits import Limit, Limits
from conformance.wire.exchange import Exchange

POLLED: Mapping[str, str] = {
    "DeviceCapability": "device_capability_s",
    "Time": "time_s",
    "EndDeviceList": "end_device_list_s",
    "FunctionSetAssignmentsList": "function_set_assignments_list_s",
    "DERProgramList": "der_program_list_s",
    "DERList": "der_list_s",
    "MirrorUsagePointList": "mirror_usage_point_list_s",
}
"""Resources whose pollRate the test server may state, with the names of its rates."""
BELOW = ("DERControlList", "DefaultDERControl")
"""Resources below those, which have no rate of their own."""
PUT = ("DERStatus", "DERAvailability")
AVERAGED = (38, 63, 29, 33)
"""The uoms of quantities that are averaged: W, var, V, Hz."""
POST = "MirrorUsagePoint"
FIXED_RATES = {POST: "mirror_post_rate_s", **POLLED}


class PaceWatch:
    """Judges the cadence of one client; every method leaves findings through ``check``."""

    def __init__(
        self, utility: Utility, client: ObservedClient, check: Check, limits: Limits, clock: Clock, values: Values
    ) -> None:
        self._utility, self._client, self._check = utility, client, check
        self._limits, self._clock, self._values = limits, clock, values
        self._leniency = Leniency.of(limits)

    @property
    def sampling_s(self) -> int:
        """How often a meter must look at least, in whole seconds; as long as a short pulse if nothing is demanded."""
        demanded = self._values.find("MirrorMeterReading.sample_interval")
        known = demanded is not None and isinstance(demanded.figure, float)
        return int(demanded.number) if demanded is not None and known else self._limits.pulse_on.count

    def state(self, rate: Limit | None, *resources: str) -> None:
        """Have the test server state a rate for resources, all that have one if none is named, or state none."""
        names = [FIXED_RATES[resource] for resource in resources or FIXED_RATES]
        count = None if rate is None else rate.count
        self._utility.rates = replace(self._utility.rates, **dict.fromkeys(names, count))

    def polls_as_demanded(self, until: datetime) -> None:
        """Judge polls at the client's own pace, and that what has a floor is polled no more often than that."""
        for resource in (*POLLED, *BELOW):
            self.polled_as_demanded(resource, until)
        for resource in FLOORED:
            for seen in self._endpoints(resource, "GET"):
                settled = [it for it in seen if it.at > seen[0].at + self._limits.time_choice.duration]
                self._never_faster(f"{resource}.pollRate_floor", f"GET {resource}", settled)

    def polled_as_demanded(self, resource: str, until: datetime) -> None:
        """Judge the polls of one kind of resource at the client's own pace, at every address."""
        for seen in self._endpoints(resource, "GET"):
            self._cadence_demanded(f"{resource}.pollRate", f"GET {resource}", seen, until)

    def posts_as_demanded(self, until: datetime) -> None:
        """Judge posts of readings per usage point, and puts of the DER documents per DER, at the client's own pace."""
        for seen in self._usage_points():
            self._cadence_demanded(f"{POST}.postRate", "POST of readings", seen, until)
        for document in PUT:
            for seen in self._endpoints(document, "PUT"):
                self._cadence_demanded(f"{document}.post_interval", f"PUT {document}", seen, until)

    async def polls_follow(self, rate: Limit, resources: Iterable[str], watch: Limit, requirement: str) -> None:
        """Change the pollRate of resources, wait until each has been read again, and judge the polls from then on."""
        resources, before = tuple(resources), self._latest()
        self.state(rate, *resources)
        read = {resource: await self._reads_again((resource,), before, requirement) for resource in resources}
        learnt = {resource: at for resource, at in read.items() if at is not None}
        await self._clock.wait_until(max(learnt.values(), default=self._clock.now()) + watch.duration)
        until = self._clock.now()
        for resource, since in learnt.items():
            for seen in self._endpoints(resource, "GET"):
                after = [it for it in seen if it.at >= since]
                self._keeps(Rate(f"GET {resource}", rate.value, limit_used(rate)), after, until, requirement)

    async def posts_follow(self, rate: Limit, watch: Limit, requirement: str) -> None:
        """Change the postRate, wait until the client has read it and posted once, and judge its posts from then on.

        A profile may forbid posts faster than some rate: then that is the fastest one asked for.
        """
        before, floor = self._latest(), self._values.find(f"{POST}.postRate_floor")
        self.state(rate, POST)
        learnt = await self._reads_again(("MirrorUsagePointList", POST), before, requirement)
        posted = None if learnt is None else await self._posts_readings(requirement, learnt)
        if posted is None:
            return
        since = arrival(posted)
        await self._clock.wait_until(since + watch.duration)
        until = self._clock.now()
        least_s = floor.number if floor is not None and isinstance(floor.figure, float) else 0.0
        asked = Rate("POST of readings", max(rate.value, least_s), limit_used(rate))
        for seen in self._usage_points():
            after = [it for it in seen if it.at >= since]
            self._keeps(asked, after, until, requirement)
            self._never_faster(f"{POST}.postRate_floor", "POST of readings", after)

    async def readings_posted(self, requirement: str) -> None:
        """Wait for readings, by whichever POST they come; without any nothing can be watched."""
        require(await self._posts_readings(requirement), "the client posts no readings")

    async def _posts_readings(self, requirement: str, after: datetime | None = None) -> Exchange | None:
        def wanted(post: Exchange) -> bool:
            return carries_readings(post) and (after is None or arrival(post) > after)

        return await self._client.must_post(MIRRORED, self._limits.rate_pickup, requirement, wanted)

    def intervals_as_demanded(self, post_rate: Limit) -> None:
        """Judge how the intervals of averages lie in time, and how soon after them they are posted."""
        seen = intervals.whole_intervals([it for it in self._intervals() if it.uom in AVERAGED])
        check, ahead = self._check, self._utility.ahead
        check.demands(
            "Reading.timePeriod.alignment", lambda value: intervals.aligned(seen, value.words, post_rate.count)
        )
        check.demands(
            "Reading.timePeriod.multiple", lambda value: intervals.whole(seen, value.number, asked_s=post_rate.value)
        )
        check.demands("Reading.timePeriod.stamp", lambda value: intervals.stamped_at_the_end(seen))
        early_s = self._limits.post_early.value
        check.demands(
            "MirrorMeterReading.post_jitter",
            lambda value: intervals.posted_in_time(seen, ahead, _limit(value), check.uncertainty_s(), early_s),
        )

    def averages_as_demanded(self, name: str, since: datetime, swing: Limit) -> None:
        """Judge averages of the site's power, of intervals after an instant, by a demand on how they come about."""
        seen = averages.site_power(self._intervals(), since, self._utility.ahead)
        plant, error, ahead = self._client.plant, self._limits.average_error, self._utility.ahead
        self._check.demands(name, lambda value: averages.shows_the_mean(seen, plant, ahead, swing.value, error))

    def _intervals(self) -> tuple[Interval, ...]:
        return intervals.intervals(self._mirrored())

    def _mirrored(self) -> list[Exchange]:
        posts = (post for kind in MIRRORED for post in self._client.exchanges(kind, "POST"))
        return sorted(posts, key=lambda post: post.number)

    def _usage_points(self) -> list[list[Occurrence]]:
        """Return the successful posts of readings of each usage point; one empty list if there was none."""
        return _by_address((usage_point_of(it), it) for it in self._mirrored() if carries_readings(it))

    def _cadence_demanded(self, name: str, what: str, seen: list[Occurrence], until: datetime) -> None:
        uncertainty_s = self._check.uncertainty_s()
        self._check.demands(
            name, lambda value: in_cadence(_rate(what, value), seen, until, self._leniency, uncertainty_s)
        )

    def _keeps(self, rate: Rate, seen: list[Occurrence], until: datetime, requirement: str) -> None:
        judged = in_cadence(rate, seen, until, self._leniency, self._check.uncertainty_s())
        self._check.judged(requirement, judged)

    def _never_faster(self, name: str, what: str, seen: list[Occurrence]) -> None:
        slack = self._limits.poll_tolerance.value
        self._check.demands(name, lambda value: never_faster(_rate(what, value), seen, self._leniency, slack))

    async def _reads_again(self, resources: tuple[str, ...], after: int, requirement: str) -> datetime | None:
        """Wait for the first reading of a resource after a change, and return when it came."""
        limit = self._limits.rate_pickup
        read = await self._client.must_get(resources, limit, requirement, lambda it: it.number > after)
        return None if read is None else arrival(read)

    def _latest(self) -> int:
        return max((it.number for it in self._client.exchanges()), default=0)

    def _endpoints(self, resource: str, method: str) -> list[list[Occurrence]]:
        """Return the successful requests of each address of a kind of resource; one empty list if there was none."""
        return _by_address((it.path, it) for it in self._client.exchanges(resource, method))


REFUSED = 400
"""Statuses from here on refuse a request."""


def _by_address(asked: Iterable[tuple[str, Exchange]]) -> list[list[Occurrence]]:
    found: dict[str, list[Occurrence]] = {}
    for address, exchange in asked:
        if exchange.status is not None and exchange.status < REFUSED:
            found.setdefault(address, []).append(Occurrence(arrival(exchange), exchange.number))
    return list(found.values()) or [[]]


def _limit(value: Value) -> LimitUsed:
    limit = value.limit
    return LimitUsed(limit.name, limit.value, limit.unit, limit.source, limit.overridden)


def _rate(what: str, value: Value) -> Rate:
    return Rate(what, value.number, _limit(value))
