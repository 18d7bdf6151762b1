"""Timing a control on its way: from its publication over the client to the plant, by the starts and stops of a profile.

The test server knows when a control was created and exposed, and when the client was notified of it or first read it.
When it arrived is told by that reading, by a Response, by the set-point of the plant or by its meter, as the profile
names it; where it names none, by the plant, or else by Response 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from conformance.catalogue.pack_values import Value
from conformance.catalogue.values_in_force import Values
from conformance.judgement.check import Check, require
from conformance.judgement.delivery import STOPS, Instant, delivered, stop_of
from conformance.judgement.finding import LimitUsed
from conformance.judgement.judged import Judged
from conformance.judgement.metered import obeyed
from conformance.judgement.plant import became
from conformance.roles.event_watch import RECEIVED, STARTED, shows
from conformance.roles.observed_client import ObservedClient, answers, arrival
from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.der_program import DERProgram
from conformance.roles.utility.modes import Modes
from conformance.roles.utility.scenario import ALL_RESPONSES, one_program, registered_last
from conformance.roles.utility.utility import Utility
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.limits import Limit, Limits
from conformance.vocabulary.verdict import Grade

READ = ("DERControlList", "DERControl")
TELL_LATENESS = 2
"""What is late is waited for as long again, so that its lateness can be told."""
DELIVERY, ACTUATION = "DERControl.delivery", "DERControl.actuation"
STORAGE_TARGET: Modes = {"opModStorageTargetW": {"multiplier": 0, "value": 2000}}
EXPORT_LIMIT: Modes = {"opModExpLimW": {"multiplier": 0, "value": 1500}}
FIXED_POWER: Modes = {"opModFixedW": 2000}


class DeliveryWatch:
    """Offers one program to a client, publishes a control, and judges how long it takes on its way."""

    def __init__(
        self, utility: Utility, client: ObservedClient, check: Check, limits: Limits, clock: Clock, values: Values
    ) -> None:
        self._utility, self._client, self._check = utility, client, check
        self._limits, self._clock, self._values = limits, clock, values

    async def open(self) -> DERProgram:
        """Offer a program, start the client, and wait until it has read the program's controls.

        Where a notification starts the clock, subscriptions are on offer, and the client is given the time to make one.
        """
        client, limits = self._client, self._limits
        told = "notified" in {rung.clock_start for name in (DELIVERY, ACTUATION) for rung in self._rungs(name)}
        self._utility.subscriptions.offered |= told
        registered_last(self._utility, client.lfdi, pin=client.pin)
        program = one_program(self._utility, client.lfdi).program
        await client.start(within=limits.first_contact)
        read = await client.must_get("DERControlList", limits.discovery, "G18")
        require(read, "the client reads no DERControlList")
        until = self._clock.now() + limits.subscribing.duration
        while told and not self._utility.subscriptions.of("DERControlList") and self._clock.now() < until:
            await self._clock.wait(limits.pause_between_time_readings.duration)
        return program

    def storage_modes(self) -> Modes:
        """Return what a battery is asked for in the edition that is spoken: a target, an export limit, or a power."""
        known = self._utility.extension.ordered({**STORAGE_TARGET, **EXPORT_LIMIT}, "DERControlBase")
        if "opModStorageTargetW" in known:
            return STORAGE_TARGET
        return EXPORT_LIMIT if known else FIXED_POWER

    def publish(self, program: DERProgram, modes: Modes, lasts: Limit, lead: Limit | None = None) -> DERControl:
        """Publish a control that starts at once, or after some time beside that in which it may be on its way."""
        on_its_way = timedelta(seconds=self._longest_s(DELIVERY))
        return program.add_control(
            modes,
            starts_in=lead.duration + on_its_way if lead else timedelta(0),
            duration=lasts.duration,
            response_required=ALL_RESPONSES,
            description="the control",
        )

    async def is_timed(self, control: DERControl, name: str, what: str) -> None:
        """Wait until a control is carried out, or should long have been, and judge the demand of that name.

        Nobody follows a control before its start, so the clock of an actuation does not start before it either.
        """
        read = await self._client.seen("GET", READ, self._here(control.end), shows(control))
        starts = self._starts(control, None if read is None else arrival(read))
        if name == ACTUATION:
            starts = {start: max(at, starts["event_start"]) for start, at in starts.items()}
        begun = max(starts.values())
        longest = timedelta(seconds=self._longest_s(name) * TELL_LATENESS) + self._limits.plant_settling.duration
        until = min(self._here(control.end), begun + longest)
        await self._client.response(control, STARTED, until)
        await self._clock.wait(self._limits.plant_settling.duration)
        stops = self._stops(control, starts, what)
        if any(stops[value.clock_stop].at is None for value in self._rungs(name)):
            await self._clock.wait_until(until)
        stops = self._stops(control, starts, what)
        self._check.demands(name, lambda value: self._judge(value, starts, stops[value.clock_stop]))

    def _stops(self, control: DERControl, starts: Mapping[str, datetime], what: str) -> dict[str, Instant]:
        """Return the instants that can stop the clock, by name; the empty name is for a value that names none."""
        plant, tolerance = self._client.plant, self._limits.power_tolerance
        seen = Instant(STOPS["setpoint"], self._at_the_plant(control), grade=Grade.WIRE_AND_SIMULATOR)
        if not self._sees(control):
            seen = replace(seen, unseen="no simulator and no register shows what the plant was asked for")
        said = self._said(control, STARTED, "response_2")
        since = max(control.published_at, self._here(control.start))
        return {
            "": replace(said if seen.unseen else stop_of([seen, said]), what=what),
            "received": Instant(STOPS["received"], starts.get("received")),
            "response_1": self._said(control, RECEIVED, "response_1"),
            "response_2": said,
            "setpoint": seen,
            "meter": obeyed(STOPS["meter"], plant, control.modes, since, tolerance.value),
        }

    def _said(self, control: DERControl, status: int, stop: str) -> Instant:
        """Return when the client first answered with a status."""
        posts = (it for it in self._client.exchanges("ResponseList", "POST") if it.error is None)
        posted = next((it for it in posts if answers(it, control, status)), None)
        return Instant(STOPS[stop], arrival(posted) if posted else None, posted.number if posted else None)

    def _judge(self, value: Value, starts: Mapping[str, datetime], stop: Instant) -> Judged:
        limit = value.limit
        used = LimitUsed(limit.name, limit.value, limit.unit, limit.source, limit.overridden)
        plant, named = self._client.plant, bool(value.clock_stop)
        uncertainty_s = self._check.uncertainty_s(*starts.values(), *([stop.at] if stop.at else []))
        uncertainty_s += plant.uncertainty_s if plant is not None and stop.grade is not Grade.WIRE else 0.0
        return delivered(starts, value.clock_start, stop, used, uncertainty_s, named=named)

    def _starts(self, control: DERControl, read: datetime | None) -> dict[str, datetime]:
        """Return the instants that can start the clock, as far as they were observed."""
        start = self._here(control.start)
        known = {"created": control.published_at, "exposed": control.published_at, "event_start": start}
        told = self._utility.delivery_start(control).notified
        if told is not None:
            known["notified"] = told
        heard = min(filter(None, (read, known.get("notified"))), default=None)
        if heard is not None:
            known |= {"received": heard, "effective_start": max(start, heard)}
        return known

    def _longest_s(self, name: str) -> float:
        return max((rung.number for rung in self._rungs(name) if isinstance(rung.figure, float)), default=0.0)

    def _rungs(self, name: str) -> list[Value]:
        return [rung for value in self._values.holding(name) for rung in self._values.ladder(value)]

    def _sees(self, control: DERControl) -> bool:
        plant = self._client.plant
        return plant is not None and all(plant.shows(mode.rpartition("}")[2]) for mode in control.modes)

    def _at_the_plant(self, control: DERControl) -> datetime | None:
        plant = self._client.plant
        return became(plant, control.modes, control.published_at) if plant is not None else None

    def _here(self, moment: datetime) -> datetime:
        return moment - self._utility.ahead
