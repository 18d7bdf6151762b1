"""A limit of CSIP-AUS on a site with loads beside its DER: where it holds shows in what flows at either place."""

from __future__ import annotations

from conformance.judgement.places import placed
from conformance.judgement.plant import Span
from conformance.roles.limit_scene import LimitScene
from conformance.roles.utility.der_control import DERControl
from conformance.vocabulary.limits import Limit


class PlaceScene(LimitScene):
    """The scene of a limit that is judged by its place."""

    async def keeps_its_place(self, control: DERControl, share: Limit) -> None:
        """Wait until a control is over, and judge where its limit held."""
        await self._clock.wait_until(self._watch.here(control.end))
        limits, check, mode, limit_w = self._limits, self._check, self.mode, self.watts(share)
        settled, agreed = limits.limit_settling.duration + self._ramp, limits.response_early.duration
        start, end = self._watch.here(control.start), self._watch.here(control.end)
        span = Span(start + settled, end - agreed, "the control")
        check.demands(
            f"DERControlBase.{mode}.at",
            lambda value: placed(
                value, mode, self._client.plant, limit_w, span, limits.power_tolerance, check.uncertainty_s()
            ),
        )
