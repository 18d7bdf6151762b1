"""A storage target of CSIP-AUS 1.3 on the test server, alone and under an export limit that it would break (STO-03)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from conformance.catalogue.instructions import Order
from conformance.judgement.check import Check
from conformance.judgement.plant import Span
from conformance.roles.event_watch import COMPLETED, RECEIVED, STARTED
from conformance.roles.limit_scene import LimitScene, active_power
from conformance.roles.observed_client import ObservedClient
from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.modes import ModeValue
from conformance.roles.utility.scenario import ALL_RESPONSES
from conformance.roles.utility.utility import Utility
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.limits import Limit, Limits


class StorageScene(LimitScene):
    """The scene of a storage target; shares are of the largest discharge rate."""

    def __init__(
        self,
        procedure: str,
        utility: Utility,
        client: ObservedClient,
        check: Check,
        limits: Limits,
        clock: Clock,
        instruct: Callable[[Order], Awaitable[object]],
    ) -> None:
        super().__init__("opModExpLimW", procedure, utility, client, check, limits, clock, instruct)

    async def aim(self, target: Limit, export: Limit | None) -> DERControl:
        """Publish a control with a target, and an export limit if one is given; see it read and received."""
        modes: dict[str, ModeValue] = {"opModStorageTargetW": active_power(self.watts(target))}
        if export is not None:
            modes["opModExpLimW"] = active_power(self.watts(export))
        control = self.program.add_control(
            modes,
            starts_in=self._limits.control_lead.duration,
            duration=self._limits.storage_control.duration,
            response_required=ALL_RESPONSES,
            description="target under a limit" if export else "target",
        )
        await self._watch.received(control, await self._watch.read_before_start(control, self.requirement))
        return control

    async def reaches_target(self, control: DERControl, target: Limit) -> None:
        """Judge a control with a target that nothing limits: Responses 2 and 3, and what the storage delivered."""
        watch, limits = self._watch, self._limits
        await watch.started(control)
        await watch.completed(control)
        watch.no_other(control, {RECEIVED, STARTED, COMPLETED})
        watch.effect(control)
        start = watch.here(control.start) + limits.limit_settling.duration + self._ramp
        span = Span(start, watch.here(control.end) - limits.response_early.duration, "the storage target")
        self._check.target_kept(self._client.plant, self.watts(target), span, limits.power_tolerance, self.requirement)
