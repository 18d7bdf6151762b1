"""Timing a control on its way: from its publication over the client to the plant, by the starts and stops of a profile.

The test server knows when a control was created and exposed, and when the client was notified of it or first read it;
the plant behind the client, or else its Response 2, tells when it arrived.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from conformance.catalogue.pack_values import Value
from conformance.catalogue.values_in_force import Values
from conformance.judgement.check import Check, require
from conformance.judgement.delivery import Instant, delivered, stop_of
from conformance.judgement.finding import LimitUsed
from conformance.judgement.judged import Judged
from conformance.judgement.plant import became
from conformance.roles.event_watch import STARTED, shows
from conformance.roles.observed_client import ObservedClient, arrival
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
        told = "notified" in {rung.clock_start for rung in self._rungs("DERControl.delivery")}
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
        """Publish a control that starts after some time, or at once."""
        return program.add_control(
            modes,
            starts_in=lead.duration if lead else timedelta(0),
            duration=lasts.duration,
            response_required=ALL_RESPONSES,
            description="the control",
        )

    async def is_timed(self, control: DERControl, name: str, what: str) -> None:
        """Wait until a control is carried out, or should long have been, and judge the demand of that name."""
        read = await self._client.seen("GET", READ, self._here(control.end), shows(control))
        starts = self._starts(control, None if read is None else arrival(read))
        begun = max(starts.values())
        longest = timedelta(seconds=self._longest_s(name) * TELL_LATENESS) + self._limits.plant_settling.duration
        until = min(self._here(control.end), begun + longest)
        posted = await self._client.response(control, STARTED, until)
        await self._clock.wait(self._limits.plant_settling.duration)
        if self._at_the_plant(control) is None:
            await self._clock.wait_until(until)
        said = Instant(what, arrival(posted) if posted else None, posted.number if posted else None)
        seen = Instant(what, self._at_the_plant(control), grade=Grade.WIRE_AND_SIMULATOR)
        stop = stop_of([seen, said] if self._sees(control) else [said])
        self._check.demands(name, lambda value: self._judge(value, starts, stop))

    def _judge(self, value: Value, starts: Mapping[str, datetime], stop: Instant) -> Judged:
        limit = value.limit
        used = LimitUsed(limit.name, limit.value, limit.unit, limit.source, limit.overridden)
        plant = self._client.plant
        uncertainty_s = self._check.uncertainty_s(*starts.values(), *([stop.at] if stop.at else []))
        uncertainty_s += plant.uncertainty_s if plant is not None and stop.grade is not Grade.WIRE else 0.0
        return delivered(starts, value.clock_start, stop, used, uncertainty_s)

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
