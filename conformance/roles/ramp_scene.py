"""Ramps of the DER on the test server: those of a default's ``setGradW``, and those of a control's ``rampTms``.

The plant is let run first, and then held at an export of nothing, so that level and limit are the same when a ramp
begins: from there on it does not matter whether a device moves its limit or its power. ``setGradW`` is a share of
``setMaxW``; limits are shares of the rating that counts for exports, as in every scene of a limit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from fractions import Fraction

from conformance.catalogue.instructions import Order
from conformance.judgement.check import Check, require
from conformance.judgement.plant import Span
from conformance.judgement.power import flow_now
from conformance.judgement.ramps import Ramp
from conformance.roles.event_watch import COMPLETED, RECEIVED, STARTED
from conformance.roles.limit_scene import FASTEST, LimitScene, active_power, shows_share
from conformance.roles.observed_client import ObservedClient, arrival, response_in
from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.modes import ModeValue
from conformance.roles.utility.scenario import ALL_RESPONSES
from conformance.roles.utility.utility import Utility
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.limits import Limit, Limits
from conformance.wire.payload import quantity

EXPORT, GENERATION = "opModExpLimW", "opModGenLimW"
HUNDREDTHS = 100


class RampScene(LimitScene):
    """The scene of a ramp; its methods are the steps. ``gradient`` is the ``setGradW`` of its defaults."""

    def __init__(
        self,
        rule: str,
        gradient: Limit,
        utility: Utility,
        client: ObservedClient,
        check: Check,
        limits: Limits,
        clock: Clock,
        instruct: Callable[[Order], Awaitable[object]],
        mode: str = EXPORT,
    ) -> None:
        super().__init__(mode, rule, utility, client, check, limits, clock, instruct)
        self._gradient = gradient
        self._level_w = 0.0

    async def hold(self, share: Limit | None) -> datetime:
        """Limit the flow by a default, to nothing without a share; return when the client has read it."""
        self._level_w = self.watts(share) if share else 0.0
        return await self.hold_at(self._level_w)

    async def hold_at(self, limit_w: float) -> datetime:
        """Limit the flow by a default to a power; return when the client has read it."""
        default = self.program.set_default({self.mode: active_power(limit_w)}, setGradW=self._gradient.count)
        read = await self._client.must_get(
            "DefaultDERControl", self._limits.default_pickup, self.requirement, shows_share(default, self.mode)
        )
        return arrival(require(read, "the client does not read the new default"))

    async def falls(self, lasts: Limit) -> None:
        """Have a default limit the export to nothing; judge the way there, and the level reached."""
        from_w = self._flow()
        begun = await self.hold(None)
        await self._clock.wait_until(begun + lasts.duration)
        await self._let_readings_come()
        self.moved(-from_w, self.gradient_w_s, begun, self._clock.now(), "the way to the default of 0 W")
        self.reached(begun, from_w)

    async def rises(self, share: Limit, lasts: Limit) -> None:
        """Have a default let a share of the rating through; judge the way there."""
        begun = await self.hold(share)
        await self._clock.wait_until(begun + lasts.duration)
        await self._let_readings_come()
        label = f"the way to the default of {share.value:g} %"
        self.moved(self._level_w, self.gradient_w_s, begun, self._clock.now(), label)

    async def two_controls(self, first: Limit, ramp: Limit, second: Limit, lasts: Limit) -> tuple[DERControl, ...]:
        """Publish a control with ``rampTms`` and one without that follows it; see both read."""
        lead, controls = self._limits.control_lead.duration, []
        for number, share in enumerate((first, second)):
            modes: dict[str, ModeValue] = {EXPORT: active_power(self.watts(share))}
            if share is first:
                modes["rampTms"] = ramp.count * HUNDREDTHS
            control = self.program.add_control(
                modes,
                starts_in=lead + number * lasts.duration,
                duration=lasts.duration,
                response_required=ALL_RESPONSES,
                description=f"{share.value:g} % {'with' if share is first else 'without'} rampTms",
            )
            controls.append(control)
        for control in controls:
            await self._watch.received(control, await self._watch.read_before_start(control, self.requirement))
        return tuple(controls)

    async def done(self, control: DERControl) -> None:
        """Judge the Responses to a control."""
        await self._watch.started(control)
        await self._watch.completed(control)
        self._watch.no_other(control, {RECEIVED, STARTED, COMPLETED})

    async def ramps(self, controls: tuple[DERControl, ...], shares: tuple[Limit, Limit], ramp: Limit) -> None:
        """Judge the way to each of two controls, and the level of each."""
        first_w, second_w = (self.watts(share) for share in shares)
        moves = ((first_w, first_w / ramp.value), (second_w - first_w, self.gradient_w_s))
        agreed, check, limits = self._limits.response_early.duration, self._check, self._limits
        await self._let_readings_come()
        for control, (move_w, rate_w_s), share in zip(controls, moves, shares, strict=True):
            start, end = self._watch.here(control.start), self._watch.here(control.end)
            self.moved(move_w, rate_w_s, start - agreed, end - agreed, control.description or "the control")
            span = Span(start + limits.limit_settling.duration, end - agreed, control.description or "the control")
            check.limit_held(
                self._client.plant, EXPORT, self.watts(share), span, limits.power_tolerance, self.requirement
            )

    async def returns(self, last: DERControl, share: Limit, lasts: Limit) -> None:
        """Judge the way back to the default once a control is over, and the level reached."""
        over, from_w = self._watch.here(last.end), self.watts(share)
        await self._clock.wait_until(over + lasts.duration)
        await self._let_readings_come()
        agreed = self._limits.response_early.duration
        self.moved(-from_w, self.gradient_w_s, over - agreed, self._clock.now(), "the return to the default")
        self.reached(over, from_w)

    def moved(self, move_w: float, rate_w_s: float, start: datetime, end: datetime, label: str) -> None:
        """Judge that the DER moved no faster than a rate, by the plant and by the client's readings."""
        limits, client, check = self._limits, self._client, self._check
        ramp = Ramp(rate_w_s, move_w, limits.ramp_excess, limits.ramp_step, limits.power_tolerance)
        check.ramped(client.plant, ramp, Span(start, end, label), self.requirement)
        around = Span(start - 2 * limits.post_rate.duration, end, label)
        check.told_ramped(self._posts(), ramp, around, self._utility.ahead, self.requirement)

    def reached(self, since: datetime, from_w: float) -> None:
        """Judge that nothing is exported once the ramp from a level, and the time to settle, are over."""
        limits, end = self._limits, self._clock.now()
        ramp = timedelta(seconds=max(from_w, 0.0) / self.gradient_w_s)
        span = Span(since + ramp + limits.limit_settling.duration, end, "the default of 0 W, once it is reached")
        check, tolerance = self._check, limits.power_tolerance
        check.limit_held(self._client.plant, EXPORT, 0.0, span, tolerance, self.requirement)
        check.limit_told(self._posts(), EXPORT, 0.0, span, self._utility.ahead, tolerance, self.requirement)

    @property
    def gradient_w_s(self) -> float:
        """The ramp of the defaults in watts per second, by the largest power that the client has told."""
        return float(self._largest_w()) * self._gradient.value / FASTEST

    def _largest_w(self) -> Fraction:
        told = [response_in(put) for put in self._client.exchanges("DERSettings", "PUT")]
        powers = [power for node in told if node is not None and (power := quantity(node.child("setMaxW")))]
        return max(require(powers, "the client's DERSettings tell no setMaxW"))

    def _flow(self) -> float:
        seen = flow_now(self._client.plant, EXPORT, self._posts())
        return float(self._largest_w()) if seen is None else seen
