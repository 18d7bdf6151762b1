"""Ramps of storage that charges, under import limits of a default: the mirror image of those of an export limit.

Only the storage is judged, by the power of the DER. A charging station beside it is a load, which may be switched off
at once for all that the sources say: ``setGradW`` is a rate of what the DER puts out, and the public procedures leave
the ramps of loads to a witness.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from conformance.catalogue.instructions import Order
from conformance.judgement.check import Check
from conformance.judgement.plant import Span
from conformance.judgement.power import flow_now
from conformance.judgement.ramps import Ramp
from conformance.roles.observed_client import ObservedClient
from conformance.roles.ramp_scene import GENERATION, RampScene
from conformance.roles.utility.utility import Utility
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.errors import DoesNotApply
from conformance.vocabulary.limits import Limit, Limits

IMPORT = "opModImpLimW"
TOLD_APART = 2


class ChargingRampScene(RampScene):
    """The scene of a ramp of storage that charges; its methods are the steps."""

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
    ) -> None:
        super().__init__(rule, gradient, utility, client, check, limits, clock, instruct, IMPORT)
        self._charged_w = 0.0

    async def charges(self, share: Limit) -> None:
        """Have the plant draw power, and see that storage does.

        Raises:
            DoesNotApply: there is no storage that charges, so it has no ramp.
        """
        await self.run(share)
        self._charged_w = -(flow_now(self._client.plant, GENERATION, self._posts()) or 0.0)
        if self._charged_w <= self._limits.power_tolerance.value:
            raise DoesNotApply("no storage charges behind this client, and of loads no ramp is judged")

    async def eases(self, share: Limit, lasts: Limit) -> None:
        """Have a default limit the import to a share of the rating; judge the way there, and the level reached."""
        begun = await self.hold(share)
        end = await self._watched(begun, lasts)
        self._moved(self._charged_w, begun, end, f"the way to the default of {share.value:g} %")
        limits, ramp = self._limits, timedelta(seconds=self._charged_w / self.gradient_w_s)
        span = Span(begun + ramp + limits.limit_settling.duration, end, "the default, once it is reached")
        self._check.limit_held(
            self._client.plant, IMPORT, self.watts(share), span, limits.power_tolerance, self.requirement
        )

    async def resumes(self, lasts: Limit) -> None:
        """Have a default let everything through again, by another figure than the first one; judge the way there."""
        begun = await self.hold_at(self._limits.limit_wide.value / TOLD_APART)
        end = await self._watched(begun, lasts)
        self._moved(-self._charged_w, begun, end, "the way back to charging")

    async def _watched(self, begun: datetime, lasts: Limit) -> datetime:
        await self._clock.wait_until(begun + lasts.duration)
        return self._clock.now()

    def _moved(self, move_w: float, begun: datetime, end: datetime, label: str) -> None:
        """Judge by the plant that the storage moved no faster than its ramp; readings may hold loads as well."""
        limits = self._limits
        ramp = Ramp(self.gradient_w_s, move_w, limits.ramp_excess, limits.ramp_step, limits.power_tolerance)
        span = Span(begun - limits.response_early.duration, end, label)
        self._check.ramped(self._client.plant, ramp, span, self.requirement)
