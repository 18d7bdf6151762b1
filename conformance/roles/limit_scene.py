"""One limit of CSIP-AUS on the test server, tried on a plant that would break it.

A limit that holds nothing back shows nothing, so a default far above every rating comes first, and the operator has the
plant run. Limits are shares of the rating that counts for them: the largest charge or discharge rate if the client
tells one, its largest power otherwise.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from fractions import Fraction

from conformance.catalogue.instructions import Order, order
from conformance.judgement.check import Check, require
from conformance.judgement.plant import Span
from conformance.judgement.power import INJECTED, flow_now
from conformance.roles.event_watch import COMPLETED, RECEIVED, STARTED, EventWatch
from conformance.roles.observed_client import ObservedClient, arrival, names, response_in
from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.der_program import Default, DERProgram
from conformance.roles.utility.modes import Modes
from conformance.roles.utility.scenario import ALL_RESPONSES, one_program, registered_last
from conformance.roles.utility.utility import Utility
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.limits import Limit, Limits
from conformance.wire.csipaus import DOE_BITS
from conformance.wire.exchange import Exchange
from conformance.wire.payload import quantity

LARGEST_INT16 = 32767
FASTEST = 10_000
"""``setGradW`` of 100 % of the rating in one second."""


class LimitScene:
    """The scene of one limit; its methods are the steps. ``procedure`` names the requirement that it is judged by."""

    def __init__(
        self,
        mode: str,
        procedure: str,
        utility: Utility,
        client: ObservedClient,
        check: Check,
        limits: Limits,
        clock: Clock,
        instruct: Callable[[Order], Awaitable[object]],
    ) -> None:
        self.mode, self.requirement = mode, f"AUS.{procedure}"
        self._utility, self._client, self._check = utility, client, check
        self._limits, self._clock, self._instruct = limits, clock, instruct
        self._watch = EventWatch(utility, client, check, limits)
        registered_last(utility, client.lfdi, pin=client.pin)
        self.program: DERProgram = one_program(utility, client.lfdi).program
        wide = active_power(limits.limit_wide.value)
        self.program.set_default(dict.fromkeys(DOE_BITS, wide), setGradW=limits.limit_ramp.count)
        self._rating = 0.0

    async def open(self) -> None:
        """Start the client and wait until it has told its ratings and read the default that lets everything through."""
        client, limits = self._client, self._limits
        await client.start(within=limits.first_contact)
        settings = await client.must_put("DERSettings", limits.discovery, self.requirement)
        settings = require(settings, "the client tells no DERSettings, so a share of its rating means nothing")
        self._rating = float(require(_rating(settings, self.mode), "the client's DERSettings tell no power"))
        default = await client.must_get("DefaultDERControl", limits.discovery, self.requirement)
        require(default, "the client reads no default")

    async def run(self, *shares: Limit) -> None:
        """Have the plant run, and see to it that it would break the limits that come."""
        name = "run_generating" if self.mode in INJECTED else "run_consuming"
        await self._instruct(order(name, lfdi=self._client.lfdi))
        await self._clock.wait(self._limits.plant_running.duration)
        seen = flow_now(self._client.plant, self.mode, self._posts())
        needed = max(self.watts(share) for share in shares) + self._limits.power_tolerance.value
        require(seen is not None and seen > needed, f"the plant runs at {seen} W, so a limit would hold nothing back")

    def watts(self, share: Limit) -> float:
        """Return a share of the rating in watts."""
        return round(self._rating * share.value / 100)

    async def control(self, share: Limit, lasts: Limit, then: Limit) -> DERControl:
        """Publish a control with the limit, and a default with another that holds afterwards; see it read."""
        self._default(then)
        control = self.program.add_control(
            self._modes(share),
            starts_in=self._limits.control_lead.duration,
            duration=lasts.duration,
            response_required=ALL_RESPONSES,
            description=f"{self.mode.removeprefix('opMod')} control",
        )
        held = await self._watch.read_before_start(control, self.requirement)
        await self._watch.received(control, held)
        return control

    async def carried_out(self, control: DERControl, share: Limit) -> None:
        """Judge a control from start to end: Responses 2 and 3, what the plant was asked for, and what flowed."""
        await self._watch.started(control)
        await self._watch.completed(control)
        self._watch.no_other(control, {RECEIVED, STARTED, COMPLETED})
        await self._let_readings_come()
        self._watch.effect(control)
        self._held(share, self._watch.here(control.start), self._watch.here(control.end), "the control")

    async def default(self, share: Limit) -> None:
        """Replace the default, wait until the client has read it, and judge it for a while."""
        default = self._default(share)
        read = await self._client.must_get(
            "DefaultDERControl", self._limits.default_pickup, self.requirement, shows_share(default, self.mode)
        )
        begun = arrival(require(read, "the client does not read the new default"))
        await self.rules(default, share, begun)

    async def rules(self, default: Default, share: Limit, begun: datetime) -> None:
        """Judge that the default holds from an instant on, for a while."""
        await self._clock.wait_until(begun + self._limits.default_limit_watch.duration)
        end = self._clock.now()
        await self._let_readings_come()
        self._watch.idle(default, begun, end, f"the default of {share.value:g} %")
        self._held(share, begun, end, f"the default of {share.value:g} %")

    async def afterwards(self, control: DERControl, share: Limit) -> None:
        """Judge that the default holds again once a control is over."""
        default = require(self.program.default, "there is no default")
        await self.rules(default, share, self._watch.after(control))

    def _held(self, share: Limit, start: datetime, end: datetime, label: str) -> None:
        limits, limit_w = self._limits, self.watts(share)
        settled, agreed = limits.limit_settling.duration + self._ramp, limits.response_early.duration
        span = Span(start + settled, end - agreed, label)
        check, tolerance = self._check, limits.power_tolerance
        check.limit_held(self._client.plant, self.mode, limit_w, span, tolerance, self.requirement)
        ahead = self._utility.ahead
        check.limit_told(self._posts(), self.mode, limit_w, span, ahead, tolerance, self.requirement)

    @property
    def _ramp(self) -> timedelta:
        """The time that the ramp of the default allows for the whole rating."""
        return timedelta(seconds=FASTEST / self._limits.limit_ramp.value)

    def _default(self, share: Limit) -> Default:
        return self.program.set_default(self._modes(share), setGradW=self._limits.limit_ramp.count)

    def _modes(self, share: Limit) -> Modes:
        return {self.mode: active_power(self.watts(share))}

    async def _let_readings_come(self) -> None:
        await self._clock.wait(self._limits.post_rate.duration)

    def _posts(self) -> list[Exchange]:
        client = self._client
        posts = (*client.exchanges("MirrorUsagePointList", "POST"), *client.exchanges("MirrorUsagePoint", "POST"))
        return sorted(posts, key=lambda it: it.number)


def active_power(watts: float) -> dict[str, int]:
    """Return a power as ``ActivePower``, with the smallest power of ten that lets it fit 16 bits."""
    multiplier = 0
    while abs(watts) / 10**multiplier > LARGEST_INT16:
        multiplier += 1
    return {"multiplier": multiplier, "value": round(watts / 10**multiplier)}


def shows_share(default: Default, mode: str) -> Callable[[Exchange], bool]:
    """Match an answer that shows a default with the figure of a mode it has now."""
    wanted = next(value for name, value in default.modes.items() if name.endswith(mode))
    assert isinstance(wanted, dict)
    figure = f">{wanted['value']}<"
    shown = names(default)
    return lambda exchange: shown(exchange) and figure in exchange.response_body.decode(errors="replace")


def _rating(settings: Exchange, mode: str) -> Fraction | None:
    """Return what the shares of a limit are of, in watts."""
    told = response_in(settings)
    if told is None:
        return None
    rate = "setMaxDischargeRateW" if mode in INJECTED else "setMaxChargeRateW"
    return quantity(told.child(rate)) or quantity(told.child("setMaxW"))
