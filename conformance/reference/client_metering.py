"""The client mirrors its meters: usage points with reading types once, readings at the post rate (MUP, G23 to G25)."""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from statistics import fmean

from lxml import etree

from conformance.reference.client_manner import Manner
from conformance.reference.client_session import NotServed, Session
from conformance.reference.client_time import ServerTime
from conformance.reference.mirrored_quantities import (
    NOW,
    VOLT,
    WATT,
    WATT_HOUR,
    Quantity,
    mirrored_quantities,
    more_quantities,
    swapped,
)
from conformance.reference.pace import CSIP_PACE, ClientPace
from conformance.reference.reporting_conduct import CSIP_REPORTING, ReportingConduct
from conformance.reference.simulator import Site
from conformance.reference.telemetry import Averages, Counters, Telemetry, average
from conformance.vocabulary.clock import TICK_S, Clock
from conformance.vocabulary.mrid import MRID_DIGITS, PEN_DIGITS, pen_tail
from conformance.wire.payload import element

INSTANTANEOUS, ELECTRICITY, FORWARD, POWER, ENERGY = 12, 1, 1, 37, 12
ROLES = {"der": "0049", "site": "0003", "evse": "0045"}
"""isMirror, with isDER and isSubmeter, with isPremisesAggregationPoint, with isPEV and isSubmeter."""
POINT = "usage point"
STATION_PHASES = 3
"""By how much ``total_of_one_phase`` falls short."""
UNBALANCED = 3
"""How much more than all phases together one of them carries, when another one feeds back."""
SAMPLE_SLACK_S = 0.01
"""How much of a sampling interval may be lacking at its end."""


class Mirror:
    """One usage point mirrored at the server."""

    def __init__(
        self,
        meter: str,
        session: Session,
        clock: Clock,
        time: ServerTime,
        site: Site,
        manner: Manner,
        flaws: frozenset[str],
        *,
        lfdi: str,
        pen: int,
        reports: ReportingConduct = CSIP_REPORTING,
        pace: ClientPace = CSIP_PACE,
    ) -> None:
        self.meter = meter
        self._session, self._clock, self._time, self._site = session, clock, time, site
        self._manner, self._flaws, self._lfdi, self._pen = manner, flaws, lfdi, pen
        self._reports, self._pace = reports, pace
        silent = {VOLT} if "no_voltage_reading" in flaws else set()
        silent |= {WATT_HOUR} if "no_stored_energy" in flaws else set()
        shown = mirrored_quantities(meter, site, reports)
        more = more_quantities(meter) if manner.reads_more else ()
        self._quantities = tuple(quantity for quantity in (*shown, *more) if quantity.uom not in silent)
        self._posted = False
        self._first_end_s: int | None = None
        self._first: dict[str, int] = {}
        self._target: str | None = None
        self._list_target: str | None = None
        self._rate_s: int | None = None
        self.device_rate_s: int | None = None
        self.mrid = self._mrid(POINT)

    @property
    def rate_s(self) -> int:
        """Seconds between two posts: the usage point's postRate, else the device's, else the client's own."""
        rate = int(self._pace.interval_s(self._asked_s))
        return rate * 4 if "ignores_post_rate" in self._flaws else rate

    @property
    def _asked_s(self) -> float:
        return next((rate for rate in (self._rate_s, self.device_rate_s) if rate), self._pace.post_rate_s)

    async def define(self, list_target: str) -> None:
        """Post the usage point with its reading types and learn its postRate. Raises ``NotServed``."""
        self._list_target = list_target
        self._target = await self._session.post(list_target, self._definition(), "MirrorUsagePointList")
        if self._target is not None:
            fetched = await self._session.get(self._target, "MirrorUsagePoint")
            self.found(self._target, fetched.root.integer("postRate"))

    def found(self, target: str, post_rate_s: int | None) -> None:
        """Use a usage point that the server has, and the rate it wants."""
        keeps = "keeps_first_post_rate" in self._flaws and self._rate_s is not None
        self._target, self._rate_s = target, self._rate_s if keeps else post_rate_s

    def lost(self) -> None:
        """Stop posting until the usage point has been defined again."""
        self._target = None

    async def run(self) -> None:
        """Post readings until cancelled; while they are on their way the next interval is measured."""
        async with asyncio.TaskGroup() as posts:
            start_s = self._first_start()
            before = await self._meters_at(start_s)
            while True:
                end_s = start_s + self.rate_s
                samples = await self._measure_until(end_s)
                after = self._read_meters()
                means = average(before, after)
                if means is not None:
                    posts.create_task(self._post_later(_sampled(means, samples) if samples else means))
                    if "readings_once" in self._flaws:
                        return
                start_s = self._start_after(end_s)
                before = after if start_s == end_s else await self._meters_at(start_s)

    async def _post_later(self, means: Averages) -> None:
        await self._clock.wait(timedelta(seconds=min(self._pace.post_delay_s, self.rate_s / 4)))
        await self._post(means)

    def _first_start(self) -> float:
        """Return when the first interval begins; of several boundaries not one that a slower grid has as well."""
        start_s = self._start_after(self._time.now_s())
        on_both = 0 < self._grid_s < self.rate_s and start_s % self.rate_s == 0
        return start_s + self._grid_s if on_both else start_s

    async def _meters_at(self, moment_s: float) -> Counters:
        await self._clock.wait(timedelta(seconds=max(0.0, moment_s - self._time.now_s())))
        return self._read_meters()

    def _start_after(self, end_s: float) -> float:
        """Return when the interval begins after one that ended then, by the server's time: at once, or on the grid."""
        grid_s, now_s = self._grid_s, self._time.now_s()
        if not grid_s:
            return end_s
        start_s = math.ceil(end_s / grid_s) * grid_s
        while end_s < start_s < now_s:
            start_s += grid_s
        return start_s

    async def _measure_until(self, due_s: float) -> list[Telemetry]:
        """Wait for the end of the interval; return what was sampled meanwhile, nothing if all is integrated."""
        every_s = self._pace.samples_every_s
        samples: list[Telemetry] = []
        while (left_s := due_s - self._time.now_s()) >= TICK_S:
            await self._clock.wait(timedelta(seconds=left_s if every_s is None else min(every_s, left_s)))
            if every_s is not None and left_s >= every_s - SAMPLE_SLACK_S:
                self._read_meters()
                samples.append(self._site.telemetry())
        return samples

    def _read_meters(self) -> Counters:
        self._site.advance(self._clock.now())
        return self._site.counters

    @property
    def _grid_s(self) -> float:
        """Seconds on whose multiples intervals begin and end; 0 if anywhere."""
        return self.rate_s if self._manner.aligned_readings else self._pace.grid_s(self._asked_s) or 0

    async def _post(self, means: Averages) -> None:
        if self._target is None:
            return
        sensed = [quantity for quantity in self._quantities if self._reported(quantity)]
        if "power_alone_goes_on" in self._flaws and self._posted:
            sensed = [quantity for quantity in sensed if quantity.uom == WATT]
        self._posted = True
        readings = [self._reading(quantity, means) for quantity in sensed]
        whole = element("MirrorMeterReadingList", *readings, all=len(readings), results=len(readings))
        try:
            if self._manner.whole_usage_points and self._list_target is not None:
                await self._session.post(self._list_target, self._usage_point(readings), "MirrorUsagePointList")
                return
            for document in readings if self._manner.separate_readings else [whole]:
                await self._session.post(self._target, document, "MirrorUsagePoint")
        except NotServed as failure:
            # The list of usage points tells at its next poll whether the point is gone; other errors pass.
            if failure.status == 404:
                self.lost()

    def _reported(self, quantity: Quantity) -> bool:
        """Say whether a quantity is reported: what cannot be measured is left out (G27)."""
        return quantity.sense not in self._site.blind or self._zero_unmeasured

    @property
    def _zero_unmeasured(self) -> bool:
        return self._reports.zero_unmeasured or "zero_for_unmeasured" in self._flaws

    def _definition(self) -> etree._Element:
        mirrors = (
            element(
                "MirrorMeterReading",
                element("mRID", self._mrid(quantity.name)),
                element("description", f"{self.meter} {quantity.name}"),
                _reading_type(quantity),
            )
            for quantity in self._quantities
        )
        return self._usage_point(mirrors)

    def _usage_point(self, mirrors: Iterable[etree._Element]) -> etree._Element:
        return element(
            "MirrorUsagePoint",
            element("mRID", self.mrid),
            element("description", f"{self.meter} meter"),
            element("roleFlags", self._roles),
            element("serviceCategoryKind", 0),
            element("status", 1),
            element("deviceLFDI", self._manner.hexadecimal(self._lfdi)),
            *mirrors,
        )

    @property
    def _roles(self) -> str:
        swapped = {"der": "site", "site": "der"} if "swaps_role_flags" in self._flaws else {}
        return ROLES[swapped.get(self.meter, self.meter)]

    def _reading(self, quantity: Quantity, means: Averages) -> etree._Element:
        timed = "readings_without_time" not in self._flaws
        end_s = self._told_end(quantity, round(means.end.timestamp() + self._time.offset_s))
        length_s = max(1, round((means.end - means.start).total_seconds()))
        if quantity.uom == WATT_HOUR or quantity.name.endswith(NOW):
            length_s = 0
        period = element("timePeriod", element("duration", length_s), element("start", end_s - length_s))
        in_set = self._manner.reading_sets and timed and length_s > 0
        reading = element(
            "Reading",
            element("qualityFlags", "0001"),
            period if timed and not in_set else None,
            element("value", self._told(quantity, means)),
        )
        set_mrid = element("mRID", self._mrid(f"{quantity.name} {end_s}"))
        return element(
            "MirrorMeterReading",
            element("mRID", self._mrid(quantity.name)),
            element("lastUpdateTime", end_s if self._pace.stamps_end else end_s - length_s) if timed else None,
            element("MirrorReadingSet", set_mrid, period, reading) if in_set else None,
            element("nextUpdateTime", end_s + self.rate_s) if timed else None,
            None if in_set else reading,
            _reading_type(quantity) if in_set else None,
        )

    def _told_end(self, quantity: Quantity, end_s: int) -> int:
        """Return what is told as the end of an interval."""
        self._first_end_s = self._first_end_s or end_s
        stuck = "readings_of_one_time" in self._flaws and quantity.uom != WATT
        return self._first_end_s if stuck else end_s

    def _metered(self, quantity: Quantity, means: Averages) -> int:
        """Return what is shown of a mean; the total power of site and DER with the error of their meters."""
        if quantity.uom != WATT or quantity.phase or self.meter == "evse":
            return quantity.value(means)
        return round(self._reports.shown_w(quantity.value(means), self._site.rated_w))

    def _told(self, quantity: Quantity, means: Averages) -> int:
        """Return the value that is told: a frozen one is the first there was."""
        shown = swapped(quantity) if "swaps_units" in self._flaws else quantity
        value = self._value(shown, means)
        return self._first.setdefault(quantity.name, value) if "freezes_readings" in self._flaws else value

    def _value(self, quantity: Quantity, means: Averages) -> int:
        if quantity.sense in self._site.blind:
            return 0
        battery = self._site.battery
        if quantity.uom != WATT_HOUR or battery is None:
            shown = self._metered(quantity, means) * (UNBALANCED if quantity.uom == WATT and quantity.phase else 1)
            return shown // STATION_PHASES if self._one_phase_only(quantity) else shown
        return round((self._site.telemetry().state_of_charge_pct or 0.0) / 100.0 * battery.capacity_wh)

    def _one_phase_only(self, quantity: Quantity) -> bool:
        return self.meter == "evse" and quantity.name == "W" and "total_of_one_phase" in self._flaws

    def _mrid(self, name: str) -> str:
        meter = self.meter if self._reports.unique == "EndDevice" or name == POINT else ""
        digest = hashlib.sha256(f"{self._lfdi} {meter} {name}".encode()).hexdigest()
        tail = pen_tail(self._pen, self._reports.pen_form)
        if name == POINT and self._reports.role_flags_in_mrid:
            digest = f"{self._lfdi[:22]}{ROLES[self.meter][-2:]}"
        return self._manner.hexadecimal(digest[: MRID_DIGITS - PEN_DIGITS] + tail)


def _sampled(means: Averages, samples: list[Telemetry]) -> Averages:
    """Return means with those of the samples for active power: what a meter shows that does not integrate."""
    return replace(
        means,
        site_w=fmean(sample.site_w for sample in samples),
        der_w=fmean(sample.der_w for sample in samples),
        evse_w=fmean(sample.evse_w for sample in samples),
    )


def _reading_type(quantity: Quantity) -> etree._Element:
    return element(
        "ReadingType",
        element("accumulationBehaviour", INSTANTANEOUS),
        element("commodity", ELECTRICITY),
        element("dataQualifier", quantity.qualifier),
        element("flowDirection", FORWARD),
        element("kind", POWER if quantity.uom != WATT_HOUR else ENERGY),
        element("phase", quantity.phase),
        element("powerOfTenMultiplier", quantity.multiplier),
        element("uom", quantity.uom),
    )
