"""Checks on what was asked of the plant behind a client."""

from __future__ import annotations

from datetime import datetime

from conformance.judgement import plant as plants
from conformance.judgement import timing
from conformance.judgement.court import Judging
from conformance.vocabulary.limits import Limit


class CheckPlant(Judging):
    """What was asked of the plant behind a client; of a plant that is not observed (``None``) a note is left."""

    def in_force(
        self,
        plant: plants.Plant | None,
        modes: plants.Modes,
        span: plants.Span,
        settling: Limit,
        requirement: str,
        policy: str | None = None,
    ) -> bool:
        """Judge that modes were in force at the plant during a span, but for the time it may take at each end.

        Like all checks on the plant it leaves a note when the client's plant is not observed (``None``).
        """
        judged = plants.in_force(plant, modes, span, settling, self._uncertainty(plant))
        return self.judged(requirement, judged, policy)

    def default_in_force(
        self,
        plant: plants.Plant | None,
        default: plants.Default,
        span: plants.Span,
        settling: Limit,
        requirement: str,
        policy: str | None = None,
    ) -> bool:
        """Judge that a program's default was in force at the plant during a span: its modes and its settings."""
        return self.in_force(plant, {**default.modes, **default.settings}, span, settling, requirement, policy)

    def never_in_force(
        self,
        plant: plants.Plant | None,
        modes: plants.Modes,
        span: plants.Span,
        requirement: str,
        policy: str | None = None,
        settling: Limit | None = None,
    ) -> bool:
        """Judge that modes were at no time in force together at the plant; nothing else may ask for the same.

        As short a time as ``settling`` is granted, where it is given.
        """
        judged = plants.never_in_force(plant, modes, span, self._uncertainty(plant), settling)
        return self.judged(requirement, judged, policy)

    def took_effect(
        self,
        plant: plants.Plant | None,
        modes: plants.Modes,
        window: timing.Window,
        limit: Limit,
        requirement: str,
        *,
        after: datetime,
    ) -> bool:
        """Judge when modes came into force at the plant, first after an instant, against a window."""
        judged = plants.took_effect(plant, modes, window, limit, self._uncertainty(plant), after=after)
        return self.judged(requirement, judged)

    def gave_way(
        self,
        plant: plants.Plant | None,
        modes: plants.Modes,
        window: timing.Window,
        limit: Limit,
        requirement: str,
        *,
        after: datetime,
    ) -> bool:
        """Judge when modes ceased to be in force at the plant, first after an instant, against a window."""
        judged = plants.gave_way(plant, modes, window, limit, self._uncertainty(plant), after=after)
        return self.judged(requirement, judged)

    def _uncertainty(self, plant: plants.Plant | None) -> float:
        return self._court.uncertainty_s() + (plant.uncertainty_s if plant else 0.0)
