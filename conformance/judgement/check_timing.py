"""Checks on when something happened, and how often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from conformance.judgement import alarms, der_status, polling, timing
from conformance.judgement.court import Judging
from conformance.vocabulary.limits import Limit
from conformance.wire.exchange import Exchange


class CheckTiming(Judging):
    """When something happened, and how often."""

    def happened(
        self,
        what: str,
        observed: datetime | None,
        window: timing.Window,
        limit: Limit,
        requirement: str,
        exchange: Exchange | None = None,
    ) -> bool:
        """Judge an instant against a window whose bounds come from a limit."""
        evidence = {} if exchange is None else {"exchange": exchange.number}
        judged = timing.happened_within(
            what, observed, window, self._between(window.start, observed), limit, **evidence
        )
        return self.judged(requirement, judged)

    def close_in_time(
        self, served: datetime, seen_at: datetime, within: Limit, requirement: str, exchange: Exchange
    ) -> bool:
        """Judge a clock reading against the harness's clock at the moment it was received.

        The reading has a resolution of one second, and is as old as the answer was long in coming: both count as
        uncertainty.
        """
        window = timing.Window(seen_at, "the harness's clock", -within.value, within.value)
        uncertainty = self._court.uncertainty_s(seen_at) + CLOCK_RESOLUTION_S + _waited_s(exchange)
        judged = timing.happened_within(
            "the served time is", served, window, uncertainty, within, exchange=exchange.number
        )
        return self.judged(requirement, judged)

    def dated(
        self, events: Sequence[alarms.Logged], wanted: int, since: datetime, error: Limit, requirement: str
    ) -> bool:
        """Judge whether so many log events are dated when they happened, from an instant on."""
        return self.judged(requirement, alarms.dated(events, wanted, since, error))

    def read_by_then(self, puts: Sequence[Exchange], error: Limit, requirement: str) -> bool:
        """Judge that no DERStatus was read after it arrived."""
        return self.judged(requirement, der_status.read_by_then(puts, error))

    def read_anew(self, puts: Sequence[Exchange], oldest: Limit, requirement: str) -> bool:
        """Judge that the last DERStatus was read lately."""
        return self.judged(requirement, der_status.read_anew(puts, oldest))

    def uncertainty_s(self, *moments: datetime) -> float:
        """Return the uncertainty of a time measured between moments, or anywhere so far if none are given."""
        return self._court.uncertainty_s(*moments)

    def _between(self, start: datetime, observed: datetime | None) -> float:
        return self._court.uncertainty_s(start, observed or start)

    def kept_up(
        self, cadence: polling.Cadence, seen: Sequence[polling.Occurrence], until: datetime, requirement: str
    ) -> bool:
        """Judge repeated polls or posts over a window that ends at ``until``."""
        return self.judged(requirement, polling.kept_up(cadence, seen, until, self._court.uncertainty_s()))


CLOCK_RESOLUTION_S = 1.0
"""Resolution of TimeType (IEEE 2030.5 B.2.3.4): whole seconds."""


def _waited_s(exchange: Exchange) -> float:
    """Return how long the answer was in coming."""
    first = exchange.response_first
    return 0.0 if first is None else max(0.0, first.mono - exchange.request_last.mono)
