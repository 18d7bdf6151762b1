"""When the power that flows obeys a control: where a clock stops at the meter (grade W+S).

A set-point is what the plant was asked for; the meter sees what came of it. An instant is told only for power that was
elsewhere when the control began: what was within it before shows nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from conformance.judgement.charge import Nameplate
from conformance.judgement.delivery import Instant
from conformance.judgement.plant import Span
from conformance.judgement.plant_modes import Curve, Modes, Value, local
from conformance.judgement.power import WORDS, Powered, PowerSample, flow, pieces_of
from conformance.vocabulary.verdict import Grade

Excess = Callable[[PowerSample], float]
"""By how many watts a sample is off what a mode asks for; not above zero where it obeys."""


def obeyed(what: str, plant: object, modes: Modes, since: datetime, tolerance_w: float) -> Instant:
    """Return when power first obeyed all modes after an instant, within a tolerance in watts."""
    grade = Grade.WIRE_AND_SIMULATOR
    if not isinstance(plant, Powered):
        return Instant(what, None, grade=grade, unseen="no simulator and no meter shows the power behind this client")
    measures = [_excess(local(name), value, plant) for name, value in modes.items()]
    known = [measure for measure in measures if measure is not None]
    if not known or len(known) < len(measures):
        return Instant(what, None, grade=grade, unseen=f"no meter shows {', '.join(map(local, modes))}")
    samples = plant.powers()
    pieces = list(pieces_of(samples, Span(since, samples[-1].at, ""))) if samples else []
    off = [(one, other, _worst(known, one) - tolerance_w, _worst(known, other) - tolerance_w) for one, other in pieces]
    if not off or off[0][2] <= 0:
        return Instant(what, None, grade=grade, unseen="the power was within it before: nothing shows when it obeyed")
    return Instant(what, next((_crossed(*piece) for piece in off if piece[2] <= 0 or piece[3] <= 0), None), grade=grade)


def _crossed(one: PowerSample, other: PowerSample, before_w: float, after_w: float) -> datetime:
    """Return when power that is linear between two samples came within the tolerance."""
    return one.at if before_w <= 0 else one.at + (other.at - one.at) * (before_w / (before_w - after_w))


def _worst(measures: list[Excess], sample: PowerSample) -> float:
    return max(measure(sample) for measure in measures)


def _excess(mode: str, value: Value | Curve, plant: object) -> Excess | None:
    """Return how a mode is measured; ``None`` for one that no power shows."""
    asked_w = _watts(value, plant)
    if asked_w is None:
        return None
    if mode in WORDS:
        return lambda sample: flow(mode, sample) - asked_w
    match mode:
        case "opModMaxLimW":
            return lambda sample: sample.der_w - asked_w
        case "opModFixedW":
            return lambda sample: abs(sample.der_w - asked_w)
        case "opModStorageTargetW":
            return lambda sample: abs(sample.storage_w - asked_w)
    return None


def _watts(value: Value | Curve, plant: object) -> float | None:
    """Return a power in watts: an ActivePower, or hundredths of a percent of the rating."""
    if isinstance(value, Mapping):
        return value["value"] * 10.0 ** value.get("multiplier", 0) if "value" in value else None
    if not isinstance(plant, Nameplate) or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value / 10000 * plant.ratings()["W"]
