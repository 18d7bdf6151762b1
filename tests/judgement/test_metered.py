"""When power obeys a control: the first instant within the tolerance, of power that was elsewhere before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from made_evidence import at

from conformance.judgement.metered import obeyed
from conformance.judgement.power import PowerSample
from conformance.vocabulary.verdict import Grade

EXPORT_LIMIT = {"{urn:example}opModExpLimW": {"multiplier": 3, "value": 2}}
TARGET = {"opModStorageTargetW": {"multiplier": 0, "value": -2000}}
HELD = PowerSample(at(20), 2000.0, -2000.0, 2000.0, -2000.0)


class Metered:
    """A site of 10 kW whose powers are known."""

    def __init__(self, *samples: PowerSample) -> None:
        self._samples = samples

    def powers(self) -> Sequence[PowerSample]:
        return self._samples

    def ratings(self) -> Mapping[str, float]:
        return {"W": 10000.0}


def exporting(second: float, watts: float) -> PowerSample:
    return PowerSample(at(second), -watts, watts, 0.0)


FALLING = Metered(exporting(0, 5000), exporting(10, 5000), exporting(20, 1000), exporting(60, 1000))
"""Export falls from 5000 W to 1000 W in ten seconds, from second 10 on."""


@pytest.mark.parametrize(("tolerance_w", "second"), [(0.0, 17.5), (1000.0, 15.0)])
def test_power_obeys_when_it_comes_within_the_tolerance(tolerance_w: float, second: float) -> None:
    found = obeyed("it obeys", FALLING, EXPORT_LIMIT, at(5), tolerance_w)
    assert (found.at, found.grade, found.unseen) == (at(second), Grade.WIRE_AND_SIMULATOR, "")


@pytest.mark.parametrize(("mode", "share", "second"), [("opModMaxLimW", 2000, 17.5), ("opModFixedW", 1000, 20.0)])
def test_a_share_is_one_of_the_rating(mode: str, share: int, second: float) -> None:
    assert obeyed("it obeys", FALLING, {mode: share}, at(0), 0.0).at == at(second)


def test_power_that_never_obeys_has_no_instant() -> None:
    found = obeyed("it obeys", FALLING, {"opModMaxLimW": 500}, at(0), 100.0)
    assert (found.at, found.unseen) == (None, "")


def test_charging_is_negative() -> None:
    charging = PowerSample(at(9), 2000.0, -2000.0, 2000.0, -2000.0)
    plant = Metered(PowerSample(at(0), 0.0, 0.0, 0.0), PowerSample(at(9), 0.0, 0.0, 0.0), charging, HELD)
    assert obeyed("it obeys", plant, TARGET, at(0), 100.0).at == at(9)


def test_power_that_obeyed_before_shows_nothing() -> None:
    assert "was within it before" in obeyed("it obeys", FALLING, EXPORT_LIMIT, at(30), 0.0).unseen


@pytest.mark.parametrize(
    ("plant", "modes", "why"),
    [
        (None, EXPORT_LIMIT, "no simulator and no meter"),
        (FALLING, {"opModFixedVar": 100}, "no meter shows opModFixedVar"),
        (FALLING, {**EXPORT_LIMIT, "opModConnect": True}, "no meter shows opModExpLimW, opModConnect"),
    ],
)
def test_what_no_meter_shows_is_told(plant: object, modes: Mapping[str, int], why: str) -> None:
    assert why in obeyed("it obeys", plant, modes, at(0), 0.0).unseen
