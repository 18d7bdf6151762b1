"""The test of a new site: a limit of its export, by which the site is seen to obey, and the reading that shows it.

Whoever runs such a test sees no plant: it is over when the client's own readings show that the export is down.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from conformance.judgement.check import require
from conformance.judgement.delivery import Instant
from conformance.judgement.intervals import Interval
from conformance.judgement.plant import Span
from conformance.judgement.plant_modes import local
from conformance.judgement.power import flow_now, read_flows, within
from conformance.roles.delivery_watch import EXPORT_LIMIT, TELL_LATENESS, DeliveryWatch
from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.modes import Modes
from conformance.vocabulary.verdict import Grade
from conformance.wire.exchange import Exchange

EXPORT, LIMIT_W = "opModExpLimW", 1500.0
SITE_TEST = "EndDevice.capability_test"
LESS_POWER: Modes = {"opModMaxLimW": 1000}
"""By what a site is tried in an edition without limits of the export."""


class SiteTrial(DeliveryWatch):
    """Tries a site by a limit of its export, and judges how long it takes until that shows."""

    def modes(self) -> Modes:
        """Return what the site is tried by."""
        return EXPORT_LIMIT if self._utility.extension.ordered(EXPORT_LIMIT, "DERControlBase") else LESS_POWER

    def must_export(self) -> None:
        """Go on only if the site exports more than the limit of the test, as far as that is known."""
        flows_w = flow_now(self._client.plant, EXPORT, self._posts())
        require(flows_w is None or flows_w > self._most_w, f"the site exports no more than {self._most_w:g} W")

    async def is_over(self, control: DERControl) -> None:
        """Wait until the site obeys and a reading of the client's shows it, and judge how long the test took.

        A control that is no limit of the export shows in no reading for sure, and is timed to the plant.
        """
        if EXPORT not in map(local, control.modes):
            await self.is_timed(control, SITE_TEST, "the site obeys")
            return
        until = control.published_at + timedelta(seconds=self._longest_s(SITE_TEST) * TELL_LATENESS)
        while self._shown(control).at is None and self._clock.now() < until:
            await self._clock.wait(self._limits.plant_settling.duration)
        starts, stop = self._starts(control, None), self._shown(control)
        self._check.demands(SITE_TEST, lambda value: self._judge(value, starts, stop))

    def _shown(self, control: DERControl) -> Instant:
        """Return when the plant followed and a reading of an interval under the control that shows it had come."""
        told, what = self._told(control), "the site obeys, and a reading shows it"
        if not self._sees(control):
            return Instant(what, told.arrived if told else None, told.exchange if told else None)
        followed = self._at_the_plant(control)
        over: datetime | None = max(told.arrived, followed) if told and followed else None
        return Instant(what, over, told.exchange if told else None, Grade.WIRE_AND_SIMULATOR)

    def _told(self, control: DERControl) -> Interval | None:
        under = Span(self._here(control.start), self._here(control.end), "the test")
        flows = read_flows(EXPORT, self._posts())
        inside = (it for it in flows if within(it, under, self._utility.ahead))
        return next((it for it in inside if it.value is not None and it.value <= self._most_w), None)

    @property
    def _most_w(self) -> float:
        return LIMIT_W + self._limits.power_tolerance.value

    def _posts(self) -> list[Exchange]:
        client = self._client
        posts = (*client.exchanges("MirrorUsagePointList", "POST"), *client.exchanges("MirrorUsagePoint", "POST"))
        return sorted(posts, key=lambda it: it.number)
