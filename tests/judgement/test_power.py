"""Limits are judged by what flowed: by the plant's powers piece by piece, and by the client's own readings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from made_evidence import NS, at, limit, sent

from conformance.judgement.finding import State
from conformance.judgement.plant import Span
from conformance.judgement.power import PowerSample, flow_now, held, read_flows, target_kept, told_held
from conformance.vocabulary.verdict import Grade
from conformance.wire.exchange import Exchange

TOLERANCE = limit(100.0, "power_tolerance", "W")
SPAN = Span(at(10), at(70), "the control")
NOW = timedelta(0)


class Meter:
    def __init__(self, *samples: tuple[float, float, float, float, float]) -> None:
        self._samples = [PowerSample(at(second), *powers) for second, *powers in samples]

    def powers(self) -> list[PowerSample]:
        return self._samples


def site(*steps: tuple[float, float]) -> Meter:
    return Meter(*((second, watts, 0.0, 0.0, 0.0) for second, watts in steps))


def reading(role: str, value: int, start: float, number: int, flow: int = 1, length: int = 60) -> Exchange:
    kind = f"<flowDirection>{flow}</flowDirection><powerOfTenMultiplier>0</powerOfTenMultiplier><uom>38</uom>"
    begun = int(at(start).timestamp())
    body = (
        f"<MirrorUsagePoint {NS}><mRID>{number:032X}</mRID><roleFlags>{role}</roleFlags><MirrorMeterReading>"
        f"<mRID>{number + 100:032X}</mRID><Reading><timePeriod><duration>{length}</duration><start>{begun}</start>"
        f"</timePeriod><value>{value}</value></Reading><ReadingType>{kind}</ReadingType></MirrorMeterReading>"
        "</MirrorUsagePoint>"
    )
    return sent(body, "POST", number=number, seconds=start + length)


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        (((0, -4000), (9, -900), (80, -900)), State.PASS),
        (((0, -4000), (30, -4000), (40, -500), (80, -500)), State.FAIL),
        (((0, -1090), (80, -1090)), State.PASS),
        (((0, -500), (71, -4000)), State.PASS),
        (((0, 3000), (80, 3000)), State.PASS),
    ],
)
def test_an_export_limit_holds_while_the_site_exports_no_more(
    steps: tuple[tuple[float, float], ...], state: State
) -> None:
    judged = held(site(*steps), "opModExpLimW", 1000, SPAN, TOLERANCE, 0.01)
    assert judged.state is state
    assert judged.grade is Grade.WIRE_AND_SIMULATOR


def test_each_limit_looks_at_its_own_flow() -> None:
    meter = Meter((0, 500, 2000, 3000, -700), (80, 500, 2000, 3000, -700))
    flows = {mode: flow_now(meter, mode, ()) for mode in ("opModExpLimW", "opModImpLimW", "opModGenLimW")}
    assert flows == {"opModExpLimW": -500, "opModImpLimW": 500, "opModGenLimW": 2000}
    assert flow_now(meter, "opModLoadLimW", ()) == 3000
    assert target_kept(meter, -700, SPAN, TOLERANCE, 0.01).state is State.PASS
    assert target_kept(meter, 2500, SPAN, TOLERANCE, 0.01).state is State.FAIL


def test_a_breach_within_the_uncertainty_is_inconclusive() -> None:
    meter = site((0, -4000), (10.5, -4000), (10.500001, -500), (80, -500))
    assert held(meter, "opModExpLimW", 1000, SPAN, TOLERANCE, 1.0).state is State.INCONCLUSIVE


def test_a_plant_whose_powers_are_not_seen_leaves_a_note() -> None:
    assert held(None, "opModExpLimW", 1000, SPAN, TOLERANCE, 0.0).state is State.NOTE
    assert target_kept(None, 1000, SPAN, TOLERANCE, 0.0).state is State.NOTE


def test_readings_count_only_when_their_whole_interval_lies_within_the_span() -> None:
    posts = [reading("0003", -4000, 0, 1), reading("0003", -900, 10, 2)]
    assert told_held(posts, "opModExpLimW", 1000, SPAN, NOW, TOLERANCE).state is State.PASS
    assert told_held(posts[:1], "opModExpLimW", 1000, SPAN, NOW, TOLERANCE).state is State.NOTE
    late = [reading("0003", -1200, 10, 3)]
    assert told_held(late, "opModExpLimW", 1000, SPAN, NOW, TOLERANCE).state is State.FAIL


def test_a_reading_of_reverse_flow_counts_the_other_way() -> None:
    posts = [reading("0003", 4000, 10, 1, flow=19), reading("0049", 2500, 10, 2), reading("0049", 900, 10, 3, flow=19)]
    assert [it.value for it in read_flows("opModExpLimW", posts)] == [4000]
    assert [it.value for it in read_flows("opModGenLimW", posts)] == [2500, -900]
    assert [it.value for it in read_flows("opModLoadLimW", posts)] == [-2500, 900]
