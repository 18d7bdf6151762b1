"""Checks on what flowed while a limit held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from conformance.judgement import metering, power, ramps, told_power
from conformance.judgement.charge import Nameplate
from conformance.judgement.court import Judging
from conformance.judgement.plant import Span
from conformance.vocabulary.limits import Limit, Limits
from conformance.wire.exchange import Exchange


class CheckPower(Judging):
    """What flowed while a limit held."""

    def limit_held(
        self, plant: object, mode: str, limit_w: float, span: Span, tolerance: Limit, requirement: str
    ) -> bool:
        """Judge by the plant that a limit held; where its powers are not observed a note is left."""
        return self.judged(requirement, power.held(plant, mode, limit_w, span, tolerance, self._court.uncertainty_s()))

    def target_kept(self, plant: object, target_w: float, span: Span, tolerance: Limit, requirement: str) -> bool:
        """Judge by the plant that storage delivered a target; where its powers are not observed a note is left."""
        return self.judged(
            requirement, power.target_kept(plant, target_w, span, tolerance, self._court.uncertainty_s())
        )

    def limit_told(
        self,
        posts: Sequence[Exchange],
        mode: str,
        limit_w: float,
        span: Span,
        ahead: timedelta,
        tolerance: Limit,
        requirement: str,
    ) -> bool:
        """Judge by the client's own readings that a limit held; the weaker evidence of the two."""
        return self.judged(requirement, power.told_held(posts, mode, limit_w, span, ahead, tolerance))

    def ramped(self, plant: object, ramp: ramps.Ramp, span: Span, requirement: str) -> bool:
        """Judge by the plant that power moved no faster than a ramp; where it is not observed a note is left."""
        return self.judged(requirement, ramps.ramped(plant, ramp, span, self._court.uncertainty_s()))

    def told_ramped(
        self, posts: Sequence[Exchange], ramp: ramps.Ramp, span: Span, ahead: timedelta, requirement: str
    ) -> bool:
        """Judge the same by the client's own readings, as far as they can show it."""
        return self.judged(requirement, ramps.told_ramped(posts, ramp, span, ahead))

    def true_averages(
        self, plant: object, posts: Sequence[Exchange], since: datetime, ahead: timedelta, limits: Limits
    ) -> None:
        """Judge by the plant the averages of active power whose interval began after an instant: size, and sign."""
        accuracy = metering.Accuracy(limits.power_tolerance, limits.meter_error_share)
        for place in metering.PLACES:
            told = metering.averages(posts, place, since, ahead)
            self.judged("AUS.ALL-06", metering.right_size(told, place, plant, accuracy))
            self.judged("AUS.METER-SIGN", metering.right_sign(told, place, plant, accuracy))
            self._accurate(told, place, plant)

    def power_flowed(
        self, plant: object, posts: Sequence[Exchange], ahead: timedelta, limits: Limits, requirement: str
    ) -> None:
        """Judge by the plant that the power told of site and DER is of a size that flowed about that time.

        An aggregator tells sums, of which one plant is a part; what it tells is left alone.
        """
        plant = None if self._court.profile.values.whom.role == "aggregator" else plant
        accuracy = metering.Accuracy(limits.power_tolerance, limits.reading_error_share)
        for place in metering.PLACES:
            judged = told_power.flowed(posts, place, plant, ahead, accuracy, limits.reading_age)
            self.judged(requirement, judged)

    def frequency_told(self, posts: Sequence[Exchange], limits: Limits, requirement: str) -> bool:
        """Judge that what is told as a frequency can be one of a grid."""
        judged = told_power.frequency_told(posts, limits.grid_frequency_least, limits.grid_frequency_most)
        return self.judged(requirement, judged)

    def _accurate(self, told: Sequence[metering.Average], place: str, plant: object) -> None:
        """Judge averages by what a profile demands of meters; a share is one of the rating, which only the DER has."""
        self.demands("MirrorMeterReading.accuracy", lambda it: metering.accurate(it, told, place, plant, it.number))
        rated_w = plant.ratings()["W"] if place == "der" and isinstance(plant, Nameplate) else None
        if rated_w is not None:
            self.demands(
                "MirrorMeterReading.accuracy_share",
                lambda it: metering.accurate(it, told, place, plant, rated_w * it.number / 100),
            )
