"""How a client takes what happens to it: a server that is lost and comes back, an alarm, a site without a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from conformance.catalogue.pack_values import Phase, Value
from conformance.catalogue.values_in_force import Values
from conformance.judgement.check import Check
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, limit_used
from conformance.judgement.plant import Default, Span, in_force
from conformance.judgement.power import held
from conformance.judgement.timing import Window, happened_within
from conformance.roles.observed_client import ObservedClient, arrival, response_in
from conformance.roles.utility.der_control import DERControl
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.limits import Limits
from conformance.wire.exchange import Exchange

FINISH_THEN_DEFAULT = "finish_then_default"
EXPORT = "opModExpLimW"


class ReactionWatch:
    """Judges the demands on one client's reactions."""

    def __init__(self, client: ObservedClient, check: Check, limits: Limits, clock: Clock, values: Values) -> None:
        self._client, self._check, self._limits = client, check, limits
        self._clock, self._values = clock, values

    def finished_then_default(self, control: DERControl, default: Default) -> None:
        """Judge, by the plant, what a client cut off during a control did: finish it, then the default until now."""
        plant, settling = self._client.plant, self._limits.plant_settling
        uncertainty_s = self._check.uncertainty_s() + (plant.uncertainty_s if plant else 0.0)
        during = Span(control.start, control.end, "the control, cut off")
        after = Span(control.end, self._clock.now(), "the time after the control, still cut off")
        judged = (
            in_force(plant, control.modes, during, settling, uncertainty_s),
            in_force(plant, default.modes, after, settling, uncertainty_s),
        )
        for part in judged:
            self._check.demands("DERControl.comms_loss", partial(_if_known, part))

    async def recovers(self, since: datetime, last: int) -> None:
        """Wait for the first request that is served again, and judge how long it took from an instant on."""
        longest = max(self._limits.recovery.duration, TELL_LATENESS * self._longest("DERControl.comms_loss_recovery"))
        back = await self._client.seen(
            "GET", None, since + longest, lambda it: it.number > last and it.status == SERVED
        )
        self._happened("DERControl.comms_loss_recovery", "the first poll", since, "the end of the outage", back)

    async def shows_alarm(self, raised: datetime, after: int, *, on: bool) -> None:
        """Wait for the DERStatus that shows an alarm, or its end, and judge how long it took."""
        name, what = "DERStatus.alarm_latency", "DERStatus with the alarm" if on else "DERStatus without it"
        until = raised + TELL_LATENESS * self._longest(name)
        put = await self._client.seen("PUT", ("DERStatus",), until, lambda it: it.number > after and _alarmed(it) is on)
        self._happened(name, what, raised, "the alarm" if on else "the end of the alarm", put)

    def exports_little(self, since: datetime) -> None:
        """Judge, by the plant, the export of a site that has not been told of any program yet."""
        span = Span(since, self._clock.now(), "the time before any program is known")
        plant, tolerance = self._client.plant, self._limits.power_tolerance
        uncertainty_s = self._check.uncertainty_s()
        self._check.demands(
            "EndDevice.static_export",
            lambda value: held(plant, EXPORT, value.number, span, tolerance, uncertainty_s),
            Phase.REGISTRATION,
        )

    def _happened(self, name: str, what: str, since: datetime, label: str, seen: Exchange | None) -> None:
        """Judge an instant by a demand; what came before the clock was started took no time."""
        at = None if seen is None else max(since, arrival(seen))
        uncertainty_s = self._check.uncertainty_s(since, at or since)
        evidence = {} if seen is None else {"exchange": seen.number}

        def judge(value: Value) -> Judged:
            window = Window(since, label, None, value.number)
            judged = happened_within(what, at, window, uncertainty_s, None, **evidence)
            return replace(judged, limit=limit_used(value.limit))

        self._check.demands(name, judge)

    def _longest(self, name: str) -> timedelta:
        held: Sequence[Value] = [rung for value in self._values.holding(name) for rung in self._values.ladder(value)]
        return timedelta(seconds=max((it.number for it in held if isinstance(it.figure, float)), default=0.0))


TELL_LATENESS = 2
"""What is late is waited for as long again, so that its lateness can be told."""
SERVED = 200


def _if_known(judged: Judged, value: Value) -> Judged:
    if value.figure == FINISH_THEN_DEFAULT:
        return judged
    observed = f"the harness has no check for {value.figure}"
    return Judged(judged.kind, State.NOTE, value.sentence, observed)


def _alarmed(put: Exchange) -> bool | None:
    """Say whether a DERStatus shows an alarm; ``None`` if it says nothing of alarms."""
    status = response_in(put)
    bits = None if status is None else status.hexadecimal("alarmStatus")
    try:
        return None if bits is None else int(bits, 16) > 0
    except ValueError:
        return None
