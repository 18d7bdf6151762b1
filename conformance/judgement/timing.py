"""Checks on when something happened.

A measured duration carries the uncertainty of the measurement. Only when it lies wholly on one side of a bound is it
decided; astride the bound it is inconclusive.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from conformance.judgement.finding import State, Timing
from conformance.judgement.judged import Judged, limit_used
from conformance.vocabulary.limits import Limit


@dataclass(frozen=True, slots=True)
class Window:
    """From when and until when something should happen: a start with its name, and bounds in seconds after it."""

    start: datetime
    label: str
    not_before_s: float | None = None
    not_after_s: float | None = None


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST_S = int((datetime(2, 1, 1, tzinfo=UTC) - EPOCH).total_seconds())
LATEST_S = int((datetime(9999, 1, 1, tzinfo=UTC) - EPOCH).total_seconds())


def instant(seconds: int) -> datetime:
    """Return a TimeType as an instant (UTC); what lies beyond the calendar of Python counts as its nearest end."""
    return EPOCH + timedelta(seconds=max(EARLIEST_S, min(seconds, LATEST_S)))


def happened_within(
    what: str, observed: datetime | None, window: Window, uncertainty_s: float, limit: Limit | None, **evidence: int
) -> Judged:
    """Judge an instant against a window; an instant that never came fails.

    ``evidence`` may hold ``exchange``, the number of the exchange that shows the instant.
    """
    exchanges = (evidence["exchange"],) if "exchange" in evidence else ()
    measured = None if observed is None else (observed - window.start).total_seconds()
    timing = Timing(window.start, window.label, what, window.not_before_s, window.not_after_s, measured, uncertainty_s)
    return Judged(
        "happened_within",
        State.FAIL if measured is None else _state(measured, window, uncertainty_s),
        f"{what} {_bounds(window)}",
        "never" if measured is None else _measured(measured, window, uncertainty_s),
        exchanges,
        limit=limit_used(limit),
        timing=timing,
    )


def _state(measured: float, window: Window, uncertainty: float) -> State:
    low = float("-inf") if window.not_before_s is None else window.not_before_s
    high = float("inf") if window.not_after_s is None else window.not_after_s
    if low <= measured - uncertainty and measured + uncertainty <= high:
        return State.PASS
    if measured + uncertainty < low or measured - uncertainty > high:
        return State.FAIL
    return State.INCONCLUSIVE


def _bounds(window: Window) -> str:
    low, high = window.not_before_s, window.not_after_s
    if low is not None and high is not None:
        return f"from {low:+g} s to {high:+g} s after {window.label}"
    if high is not None:
        return f"within {high:g} s after {window.label}"
    return f"not before {low or 0:+g} s after {window.label}"


def _measured(measured: float, window: Window, uncertainty: float) -> str:
    low, high = window.not_before_s, window.not_after_s
    told = f"{measured:+.3f} s (± {uncertainty:.3f} s)"
    if low is not None and measured < low:
        return f"{told}, {low - measured:.3f} s too early"
    if high is not None and measured > high:
        return f"{told}, {measured - high:.3f} s too late"
    nearest = min((abs(measured - bound) for bound in (low, high) if bound is not None), default=0.0)
    return f"{told}, {nearest:.3f} s from the nearest bound"
