"""Where a limit holds shows beside loads that nobody controls; without them nothing is decided."""

from __future__ import annotations

import pytest
from made_evidence import at, limit

from conformance.catalogue.pack_values import Kind, SourceGrade, Value
from conformance.judgement.finding import State
from conformance.judgement.places import placed
from conformance.judgement.plant import Span
from conformance.judgement.power import PowerSample
from conformance.vocabulary.verdict import Grade

TOLERANCE = limit(100.0, "power_tolerance", "W")
SPAN = Span(at(10), at(70), "the control")
HOUSE_W = 1000.0


class Meter:
    """A plant at rest; ``exact`` is false for one that is seen by registers."""

    def __init__(self, site_w: float, der_w: float, managed_w: float, *, exact: bool = True) -> None:
        self._samples = [PowerSample(at(second), site_w, der_w, managed_w) for second in (0, 80)]
        self.exact = exact

    def powers(self) -> list[PowerSample]:
        return self._samples


def generating(der_w: float, house_w: float = HOUSE_W, *, exact: bool = True) -> Meter:
    return Meter(house_w - der_w, der_w, 0.0, exact=exact)


def consuming(managed_w: float) -> Meter:
    return Meter(HOUSE_W + managed_w, 0.0, managed_w)


def state(mode: str, place: str, plant: object) -> State:
    value = Value(f"DERControlBase.{mode}.at", place, "", "handbook", SourceGrade.PRIMARY, "a", Kind.ADD)
    judged = placed(value, mode, plant, 1500, SPAN, TOLERANCE, 0.01)
    assert judged.state is State.NOTE or judged.grade is Grade.WIRE_AND_SIMULATOR
    return judged.state


@pytest.mark.parametrize(
    ("mode", "place", "plant", "expected"),
    [
        ("opModExpLimW", "connection_point", generating(2500), State.PASS),
        ("opModExpLimW", "connection_point", generating(2700), State.FAIL),
        ("opModExpLimW", "connection_point", generating(1500), State.FAIL),
        ("opModExpLimW", "connection_point", generating(1500, exact=False), State.INCONCLUSIVE),
        ("opModExpLimW", "connection_point", generating(700), State.INCONCLUSIVE),
        ("opModExpLimW", "connection_point", generating(2000), State.INCONCLUSIVE),
        ("opModExpLimW", "connection_point", generating(1500, house_w=0), State.INCONCLUSIVE),
        ("opModGenLimW", "der", generating(1500), State.PASS),
        ("opModGenLimW", "der", generating(2500), State.FAIL),
        ("opModImpLimW", "connection_point", consuming(500), State.PASS),
        ("opModImpLimW", "connection_point", consuming(1500), State.FAIL),
        ("opModLoadLimW", "managed_loads", consuming(1500), State.PASS),
        ("opModLoadLimW", "managed_loads", consuming(500), State.FAIL),
        ("opModLoadLimW", "managed_loads", None, State.NOTE),
    ],
)
def test_a_limit_holds_where_it_is_wanted(mode: str, place: str, plant: object, expected: State) -> None:
    assert state(mode, place, plant) is expected
