"""DERSettings against DERCapability."""

from __future__ import annotations

import pytest
from made_evidence import NS, sent

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged
from conformance.judgement.ratings import quantity, within_ratings
from conformance.wire.payload import read


def value(name: str, number: int, multiplier: int = 0, part: str = "value") -> str:
    return f"<{name}><multiplier>{multiplier}</multiplier><{part}>{number}</{part}></{name}>"


def judged(settings: str, capability: str) -> Judged:
    return within_ratings(
        sent(f"<DERSettings {NS}>{settings}</DERSettings>", number=2),
        sent(f"<DERCapability {NS}>{capability}</DERCapability>", number=1),
    )


@pytest.mark.parametrize(
    ("setting", "rating", "state"),
    [(5000, 5000, State.PASS), (4999, 5000, State.PASS), (5001, 5000, State.FAIL)],
)
def test_a_setting_is_at_most_its_rating(setting: int, rating: int, state: State) -> None:
    assert judged(value("setMaxW", setting), value("rtgMaxW", rating)).state is state


def test_multipliers_count() -> None:
    assert judged(value("setMaxW", 5, 3), value("rtgMaxW", 5000)).state is State.PASS
    assert judged(value("setMaxW", 51, 2), value("rtgMaxW", 5, 3)).state is State.FAIL
    assert judged(value("setMaxV", 2400, -1), value("rtgMaxV", 240)).state is State.PASS


@pytest.mark.parametrize(
    ("setting", "rating", "state"),
    [(-3000, -5000, State.PASS), (-5000, -5000, State.PASS), (-5001, -5000, State.FAIL)],
)
def test_negative_reactive_power_is_compared_by_its_size(setting: int, rating: int, state: State) -> None:
    assert judged(value("setMaxVarNeg", setting), value("rtgMaxVarNeg", rating)).state is state


@pytest.mark.parametrize(("setting", "state"), [(950, State.PASS), (900, State.PASS), (899, State.FAIL)])
def test_a_smallest_power_factor_is_at_least_its_rating(setting: int, state: State) -> None:
    found = judged(
        value("setMinPFOverExcited", setting, -3, "displacement"), value("rtgMinPFOverExcited", 90, -2, "displacement")
    )
    assert found.state is state


def test_each_violation_is_told_with_both_numbers() -> None:
    found = judged(
        value("setMaxW", 6000) + value("setMaxVA", 7000) + value("setMaxA", 1),
        value("rtgMaxW", 5000) + value("rtgMaxVA", 5000) + value("rtgMaxA", 2),
    )
    assert found.observed == "setMaxVA 7000 against rtgMaxVA 5000; setMaxW 6000 against rtgMaxW 5000"
    assert found.exchanges == (2, 1)


def test_nothing_to_compare_decides_nothing() -> None:
    assert judged(value("setMaxW", 1), value("rtgMaxVA", 1)).state is State.INCONCLUSIVE
    assert judged("<setMaxW><value>x</value></setMaxW>", value("rtgMaxW", 1)).state is State.INCONCLUSIVE


def test_a_body_that_is_no_document_decides_nothing() -> None:
    assert within_ratings(sent("garbage"), sent("")).state is State.INCONCLUSIVE


@pytest.mark.parametrize("multiplier", [10**9, -(10**9), 10**4000])
def test_an_absurd_multiplier_takes_no_time_and_raises_nothing(multiplier: int) -> None:
    node = read(f"<DERSettings {NS}>{value('setMaxW', 5, multiplier)}</DERSettings>".encode())
    assert isinstance(quantity(node.child("setMaxW")), float)


def test_a_missing_quantity_is_none() -> None:
    assert quantity(None) is None
    assert quantity(read(f"<setMaxW {NS}/>".encode())) is None
