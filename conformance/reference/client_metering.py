"""The client mirrors its meters: usage points with reading types once, readings at the post rate (MUP, G23 to G25)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from lxml import etree

from conformance.reference.aus_conduct import PLAIN, AusConduct
from conformance.reference.client_manner import Manner
from conformance.reference.client_session import NotServed, Session
from conformance.reference.client_time import ServerTime
from conformance.reference.simulator import Site
from conformance.reference.telemetry import Averages, Counters, average
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.mrid import MRID_DIGITS, PEN_DIGITS, pen_tail
from conformance.wire.payload import element

DEFAULT_POST_RATE_S = 300
WATT, VAR, VOLT, HERTZ, WATT_HOUR = 38, 63, 29, 33, 72
INSTANTANEOUS, ELECTRICITY, MEAN, FORWARD, POWER, ENERGY = 12, 1, 2, 1, 37, 12
NOT_APPLICABLE = 0
ROLES = {"der": "0049", "site": "0003", "evse": "0045"}
"""isMirror, with isDER and isSubmeter, with isPremisesAggregationPoint, with isPEV and isSubmeter."""
PHASES = {"A": 128, "B": 64, "C": 32}


@dataclass(frozen=True, slots=True)
class Quantity:
    """One value to mirror: its unit, its power of ten, where it comes from, and its phase (0: all)."""

    name: str
    uom: int
    multiplier: int
    source: str
    phase: int = 0

    def value(self, means: Averages) -> int:
        """Return the mean as the whole number that is sent."""
        return round(float(getattr(means, self.source)) / 10.0**self.multiplier)


def quantities(meter: str, phases: int = 1) -> tuple[Quantity, ...]:
    """Return what CSIP wants mirrored (G23) of a meter; an EVSE on three phases shows the voltage of each."""
    voltages: tuple[Quantity, ...] = (Quantity("V", VOLT, -1, "voltage_v"),)
    if meter == "evse" and phases == len(PHASES):
        voltages = tuple(Quantity(f"V {name}", VOLT, -1, "voltage_v", code) for name, code in PHASES.items())
    return (
        Quantity("W", WATT, 0, f"{meter}_w"),
        Quantity("var", VAR, 0, f"{meter}_var"),
        *voltages,
        Quantity("Hz", HERTZ, -2, "frequency_hz"),
    )


STORED = Quantity("Wh", WATT_HOUR, 0, "stored_wh")
"""The energy in the battery, at an instant; CSIP-AUS wants it of storage."""


def mirrored_quantities(meter: str, site: Site, aus: AusConduct) -> tuple[Quantity, ...]:
    """Return what is mirrored of a meter: what the profile names of it, or else what CSIP wants (G23)."""
    shown = quantities(meter, site.evse.phases if site.evse else 1)
    if aus.readings is None or meter not in aus.meters:
        return shown
    stored = (STORED,) if meter == "der" and site.battery else ()
    return tuple(it for it in (*shown, *stored) if {it.name, f"{meter}.{it.name}"} & aus.readings)


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
        aus: AusConduct = PLAIN,
    ) -> None:
        self.meter = meter
        self._session, self._clock, self._time, self._site = session, clock, time, site
        self._manner, self._flaws, self._lfdi, self._pen = manner, flaws, lfdi, pen
        self._aus = aus
        silent = {VOLT} if "no_voltage_reading" in flaws else set()
        silent |= {WATT_HOUR} if "no_stored_energy" in flaws else set()
        shown = mirrored_quantities(meter, site, aus)
        self._quantities = tuple(quantity for quantity in shown if quantity.uom not in silent)
        self._target: str | None = None
        self._rate_s: int | None = None
        self.device_rate_s: int | None = None
        self.mrid = self._mrid("usage point")

    @property
    def rate_s(self) -> int:
        """Seconds between two posts: the usage point's postRate, else the device's, else five minutes."""
        rate = next((rate for rate in (self._rate_s, self.device_rate_s) if rate), DEFAULT_POST_RATE_S)
        return rate * 4 if "ignores_post_rate" in self._flaws else rate

    async def define(self, list_target: str) -> None:
        """Post the usage point with its reading types and learn its postRate. Raises ``NotServed``."""
        self._target = await self._session.post(list_target, self._definition(), "MirrorUsagePointList")
        if self._target is not None:
            fetched = await self._session.get(self._target, "MirrorUsagePoint")
            self.found(self._target, fetched.root.integer("postRate"))

    def found(self, target: str, post_rate_s: int | None) -> None:
        """Use a usage point that the server has, and the rate it wants."""
        self._target, self._rate_s = target, post_rate_s

    def lost(self) -> None:
        """Stop posting until the usage point has been defined again."""
        self._target = None

    async def run(self) -> None:
        """Post readings until cancelled."""
        before = self._read_meters()
        while True:
            await self._clock.wait(timedelta(seconds=self._until_post()))
            after = self._read_meters()
            means = average(before, after)
            if means is not None and self._whole(means):
                await self._post(means)
                if "readings_once" in self._flaws:
                    return
            before = after

    def _read_meters(self) -> Counters:
        self._site.advance(self._clock.now())
        return self._site.counters

    def _until_post(self) -> float:
        if not self._grid_s:
            return self.rate_s
        now_s, grid_s = self._time.now_s(), self._grid_s
        due_s = (now_s + self.rate_s) // grid_s * grid_s
        return due_s - now_s if due_s > now_s else due_s + grid_s - now_s

    @property
    def _grid_s(self) -> int:
        """Seconds on whose multiples intervals begin and end; 0 if anywhere."""
        if "readings_off_the_minute" in self._flaws:
            return 0
        align_s = self._aus.align_s
        aligned = self._manner.aligned_readings or align_s is not None
        return (align_s or self.rate_s) if aligned else 0

    def _whole(self, means: Averages) -> bool:
        """Say whether an interval may be posted; aligned ones must begin on the grid."""
        start_s = means.start.timestamp() + self._time.offset_s
        return not self._grid_s or (start_s + 0.5) % self._grid_s < 1

    async def _post(self, means: Averages) -> None:
        if self._target is None:
            return
        readings = [self._reading(quantity, means) for quantity in self._quantities]
        whole = element("MirrorMeterReadingList", *readings, all=len(readings), results=len(readings))
        try:
            for document in readings if self._manner.separate_readings else [whole]:
                await self._session.post(self._target, document, "MirrorUsagePoint")
        except NotServed as failure:
            # The list of usage points tells at its next poll whether the point is gone; other errors pass.
            if failure.status == 404:
                self.lost()

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
        end_s = round(means.end.timestamp() + self._time.offset_s)
        length_s = max(1, round((means.end - means.start).total_seconds()))
        if quantity.uom == WATT_HOUR:
            length_s = 0
        period = element("timePeriod", element("duration", length_s), element("start", end_s - length_s))
        return element(
            "MirrorMeterReading",
            element("mRID", self._mrid(quantity.name)),
            element("lastUpdateTime", end_s) if timed else None,
            element("nextUpdateTime", end_s + self.rate_s) if timed else None,
            element(
                "Reading",
                element("qualityFlags", "0001"),
                period if timed else None,
                element("value", self._value(quantity, means)),
            ),
        )

    def _value(self, quantity: Quantity, means: Averages) -> int:
        battery = self._site.battery
        if quantity.uom != WATT_HOUR or battery is None:
            return quantity.value(means)
        return round((self._site.telemetry().state_of_charge_pct or 0.0) / 100.0 * battery.capacity_wh)

    def _mrid(self, name: str) -> str:
        digest = hashlib.sha256(f"{self._lfdi} {self.meter} {name}".encode()).hexdigest()
        tail = "FFFFFFFF" if "mrid_without_pen" in self._flaws else pen_tail(self._pen, self._aus.pen)
        return self._manner.hexadecimal(digest[: MRID_DIGITS - PEN_DIGITS] + tail)


def _reading_type(quantity: Quantity) -> etree._Element:
    return element(
        "ReadingType",
        element("accumulationBehaviour", INSTANTANEOUS),
        element("commodity", ELECTRICITY),
        element("dataQualifier", MEAN if quantity.uom != WATT_HOUR else NOT_APPLICABLE),
        element("flowDirection", FORWARD),
        element("kind", POWER if quantity.uom != WATT_HOUR else ENERGY),
        element("phase", quantity.phase),
        element("powerOfTenMultiplier", quantity.multiplier),
        element("uom", quantity.uom),
    )
