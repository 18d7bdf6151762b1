"""Where a limit holds: at the connection point, or at what is under control (a DER, or the managed loads).

Loads beside the DER tell the two apart: a limit that holds at the connection point leaves room for them at the DER. So
nothing is decided where there are none, nor where the power stays below the limit at both places.
"""

from __future__ import annotations

from conformance.catalogue.pack_values import Value
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, limit_used
from conformance.judgement.plant import Span
from conformance.judgement.power import INJECTED, Powered, PowerSample, pieces_of
from conformance.judgement.ramps import Observed
from conformance.vocabulary.limits import Limit
from conformance.vocabulary.verdict import Grade

CONNECTION_POINT = "connection_point"
UNDER_CONTROL = ("der", "managed_loads")


def flow_at(mode: str, sample: PowerSample, *, at_connection_point: bool) -> float:
    """Return what a limit would hold down at a place, in watts."""
    if mode in INJECTED:
        return -sample.site_w if at_connection_point else sample.der_w
    return sample.site_w if at_connection_point else sample.managed_w


def placed(
    value: Value, mode: str, plant: object, limit_w: float, span: Span, tolerance: Limit, uncertainty_s: float
) -> Judged:
    """Judge by the plant that a limit held at the place that a value names; one that is not observed leaves a note.

    It fails if the power there is above the limit, or if it is the other place that is kept at the limit for the whole
    span while there is room here. Behind registers, where a device may see to it by itself, the latter is undecided.
    """
    expected = f"{mode} of {limit_w:g} W kept at the {value.figure} during {span.label}"
    if not isinstance(plant, Powered):
        observed = "the powers were not observed: no simulator and no meter behind this client"
        return Judged("placed", State.NOTE, expected, observed)
    here = value.figure == CONNECTION_POINT
    ends = [sample for piece in pieces_of(plant.powers(), span) for sample in piece]
    if span.start >= span.end or not ends or not (here or value.figure in UNDER_CONTROL):
        return Judged("placed", State.INCONCLUSIVE, expected, "the span is too short to judge")
    there = [flow_at(mode, sample, at_connection_point=not here) for sample in ends]
    own = [flow_at(mode, sample, at_connection_point=here) for sample in ends]
    above_s = sum(
        (two.at - one.at).total_seconds()
        for one, two in pieces_of(plant.powers(), span)
        if min(flow_at(mode, it, at_connection_point=here) for it in (one, two)) > limit_w + tolerance.value
    )
    exact = not isinstance(plant, Observed) or plant.exact
    state = _state(own, there, limit_w, tolerance.value, above_s > 2 * uncertainty_s, exact=exact)
    observed = (
        f"from {min(own):.0f} to {max(own):.0f} W there, {min(there):.0f} to {max(there):.0f} W at the other place"
    )
    return Judged("placed", state, expected, observed, limit=limit_used(tolerance), grade=Grade.WIRE_AND_SIMULATOR)


def _state(own: list[float], there: list[float], limit_w: float, near_w: float, above: bool, *, exact: bool) -> State:
    if above:
        return State.FAIL
    apart = max(abs(one - other) for one, other in zip(own, there, strict=True)) > 2 * near_w
    if apart and max(own) >= limit_w - near_w:
        return State.PASS
    kept_there = apart and all(abs(other - limit_w) <= near_w for other in there)
    return State.FAIL if kept_there and exact else State.INCONCLUSIVE
