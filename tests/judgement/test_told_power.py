"""Power that is told flowed at some moment about its interval; a frequency is one that a grid can have."""

from __future__ import annotations

from datetime import timedelta

import pytest
from made_evidence import NS, at, limit, sent

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged
from conformance.judgement.metering import Accuracy
from conformance.judgement.power import PowerSample
from conformance.judgement.told_power import flowed, frequency_told
from conformance.vocabulary.verdict import Grade
from conformance.wire.exchange import Exchange

ACCURACY = Accuracy(limit(100.0, "power_tolerance", "W"), limit(4.0, "reading_error_share", "%"))
SLACK = limit(30.0, "client_clock_error")
NOW = timedelta(0)
WATT, VAR, HERTZ = 38, 63, 33


class Let:
    """A DER that injects 4 kW and lets go of the grid within a second; the site draws 1 kW beside it."""

    def powers(self) -> list[PowerSample]:
        courses = ((-60, 4000.0), (199, 4000.0), (200, 0.0), (600, 0.0))
        return [PowerSample(at(second), 1000.0 - der_w, der_w, 0.0) for second, der_w in courses]


def posted(
    value: int, start: int = 0, length: int = 60, *, uom: int = WATT, role: str = "0049", arrives: int | None = None
) -> Exchange:
    body = (
        f"<MirrorUsagePoint {NS}><mRID>0A</mRID><roleFlags>{role}</roleFlags><MirrorMeterReading><mRID>0B</mRID>"
        f"<Reading><timePeriod><duration>{length}</duration><start>{int(at(start).timestamp())}</start></timePeriod>"
        f"<value>{value}</value></Reading><ReadingType><powerOfTenMultiplier>0</powerOfTenMultiplier>"
        f"<uom>{uom}</uom></ReadingType></MirrorMeterReading></MirrorUsagePoint>"
    )
    return sent(body, "POST", seconds=start + length if arrives is None else arrives)


def judged(post: Exchange, plant: object = Let, place: str = "der") -> Judged:
    return flowed([post], place, plant() if plant is Let else plant, NOW, ACCURACY, SLACK)


@pytest.mark.parametrize("value", [3840, 4000, 4160, -4000])
def test_what_flowed_passes_whichever_way_counts_positive(value: int) -> None:
    assert judged(posted(value)).state is State.PASS
    assert judged(posted(value)).grade is Grade.WIRE_AND_SIMULATOR


@pytest.mark.parametrize("value", [3839, 4161, 0, 2000])
def test_another_size_fails(value: int) -> None:
    assert judged(posted(value)).state is State.FAIL


@pytest.mark.parametrize(("value", "state"), [(0, State.PASS), (100, State.PASS), (4000, State.FAIL)])
def test_a_value_that_does_not_follow_the_plant_fails(value: int, state: State) -> None:
    assert judged(posted(value, start=300)).state is state


@pytest.mark.parametrize("value", [4000, 2000, 0])
def test_while_the_plant_moves_a_mean_will_do_and_a_sample(value: int) -> None:
    assert judged(posted(value, start=180)).state is State.PASS


@pytest.mark.parametrize(("start", "arrives"), [(225, 285), (130, 210)])
def test_a_value_may_be_older_than_its_interval_or_as_new_as_its_post(start: int, arrives: int) -> None:
    shown = 4000 if start > 200 else 0
    assert judged(posted(shown, start=start, arrives=arrives)).state is State.PASS


def test_a_reading_of_a_moment_counts() -> None:
    assert judged(posted(4000, start=300, length=0)).state is State.FAIL
    assert judged(posted(0, start=300, length=0)).state is State.PASS


def test_power_of_the_site_is_looked_for_at_the_site() -> None:
    assert judged(posted(3000, role="0003"), place="site").state is State.PASS
    assert judged(posted(4000, role="0003"), place="site").state is State.FAIL


@pytest.mark.parametrize("post", [posted(0, uom=VAR), posted(0, role="0003"), posted(0, start=-60)])
def test_what_is_not_told_or_was_not_observed_leaves_a_note(post: Exchange) -> None:
    assert judged(post).state is State.NOTE


def test_the_share_is_one_of_the_rating_where_that_is_known() -> None:
    class Rated(Let):
        def ratings(self) -> dict[str, float]:
            return {"W": 10000.0}

    assert judged(posted(4400), plant=Rated()).state is State.PASS
    assert judged(posted(4401), plant=Rated()).state is State.FAIL


def test_without_a_plant_a_note_is_left() -> None:
    assert judged(posted(0), plant=None).state is State.NOTE


@pytest.mark.parametrize(
    ("value", "state"),
    [(50, State.PASS), (60, State.PASS), (240, State.FAIL), (6000, State.FAIL), (-60, State.FAIL), (0, State.NOTE)],
)
def test_a_frequency_is_one_of_a_grid_or_zero(value: int, state: State) -> None:
    least, most = limit(40.0, "grid_frequency_least", "1"), limit(70.0, "grid_frequency_most", "1")
    assert frequency_told([posted(value, uom=HERTZ)], least, most).state is state
