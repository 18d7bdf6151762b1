"""What a server shows of what its operator arranged."""

from __future__ import annotations

import pytest
from made_evidence import NS, served

from conformance.catalogue.inverter_functions import Curve, Modes
from conformance.judgement.finding import State
from conformance.judgement.offered import curve_shown, modes_shown, rewritten_in, stays_as_it_is
from conformance.wire.payload import read

PF = {"opModFixedPFInjectW": {"displacement": 950, "excitation": False, "multiplier": -3}}
CURVE = Curve(curve_type=11, points=((9200, 3000), (10700, -3000)), y_ref_type=4, open_loop_tms=10)


def shown(base: str, modes: Modes, settings: dict[str, int] | None = None, beside: str = "") -> State:
    body = f"<DefaultDERControl {NS}><DERControlBase>{base}</DERControlBase>{beside}</DefaultDERControl>"
    return modes_shown(served(body), read(body.encode()), modes, settings).state


def power_factor(displacement: str, multiplier: str, excitation: str = "false") -> str:
    members = f"<displacement>{displacement}</displacement><excitation>{excitation}</excitation>"
    return f"<opModFixedPFInjectW>{members}<multiplier>{multiplier}</multiplier></opModFixedPFInjectW>"


@pytest.mark.parametrize("base", [power_factor("950", "-3"), power_factor("95", "-2", "0")])
def test_the_same_number_with_another_exponent_is_the_same_value(base: str) -> None:
    assert shown(base, PF) is State.PASS


@pytest.mark.parametrize(
    "base",
    [
        "",
        power_factor("940", "-3"),
        power_factor("950", "-2"),
        power_factor("950", "-3", "true"),
        power_factor("", "-3"),
        power_factor("9" * 40, "-3"),
    ],
)
def test_another_value_fails(base: str) -> None:
    assert shown(base, PF) is State.FAIL


@pytest.mark.parametrize(
    ("text", "value", "state"),
    [
        ("true", True, State.PASS),
        ("1", True, State.PASS),
        ("false", True, State.FAIL),
        ("6000", 6000, State.PASS),
        ("06000", 6000, State.PASS),
        ("6001", 6000, State.FAIL),
        ("many", 6000, State.FAIL),
    ],
)
def test_plain_modes_are_compared_as_values(text: str, value: int, state: State) -> None:
    assert shown(f"<opModMaxLimW>{text}</opModMaxLimW>", {"opModMaxLimW": value}) is state


def test_further_modes_of_the_servers_own_are_legal() -> None:
    base = "<opModConnect>true</opModConnect><opModMaxLimW>6000</opModMaxLimW>"
    assert shown(base, {"opModMaxLimW": 6000}) is State.PASS


def test_settings_beside_the_modes_are_judged() -> None:
    assert shown("", {}, {"setGradW": 200}, "<setGradW>200</setGradW>") is State.PASS
    assert shown("", {}, {"setGradW": 200}, "<setGradW>100</setGradW>") is State.FAIL
    assert shown("", {}, {"setGradW": 200}) is State.FAIL


def test_a_mode_with_a_curve_needs_its_link() -> None:
    assert shown('<opModVoltVar href="/c"/>', {"opModVoltVar": CURVE}) is State.PASS
    assert shown("<opModVoltVar/>", {"opModVoltVar": CURVE}) is State.FAIL


def curve(
    points: str, *, kind: int = 11, x: int = -2, y: int = -2, more: str = "<openLoopTms>10</openLoopTms>"
) -> State:
    body = (
        f"<DERCurve {NS}>{points}<curveType>{kind}</curveType>{more}<xMultiplier>{x}</xMultiplier>"
        f"<yMultiplier>{y}</yMultiplier><yRefType>4</yRefType></DERCurve>"
    )
    return curve_shown(served(body), read(body.encode()), CURVE).state


def point(x: int | str, y: int | str) -> str:
    return f"<CurveData><xvalue>{x}</xvalue><yvalue>{y}</yvalue></CurveData>"


def test_a_curve_with_all_its_points_passes_whatever_the_exponent() -> None:
    assert curve(point(9200, 3000) + point(10700, -3000)) is State.PASS
    assert curve(point(92, 30) + point(107, -30), x=0, y=0) is State.PASS


@pytest.mark.parametrize(
    "points", [point(9200, 3000), point(10700, -3000) + point(9200, 3000), point("", 3000) + point(10700, -3000), ""]
)
def test_a_curve_with_other_points_fails(points: str) -> None:
    assert curve(points) is State.FAIL


def test_a_curve_of_another_type_or_without_its_time_constant_fails() -> None:
    good = point(9200, 3000) + point(10700, -3000)
    assert curve(good, kind=12) is State.FAIL
    assert curve(good, more="") is State.FAIL


RUNNING = (
    '<DERControl xmlns="urn:ieee:std:2030.5:ns" href="/c/1" replyTo="/r" responseRequired="07"><mRID>0A</mRID>'
    "<creationTime>5</creationTime><EventStatus><currentStatus>0</currentStatus></EventStatus>"
    "<interval><duration>60</duration><start>100</start></interval>"
    "<DERControlBase><opModMaxLimW>5000</opModMaxLimW></DERControlBase></DERControl>"
)


def test_a_control_that_only_changes_its_status_or_how_it_is_written_is_the_same() -> None:
    again = RUNNING.replace("<currentStatus>0<", "<currentStatus>1<").replace("/c/1", "https://h/c/1")
    again = again.replace("0A", "0a").replace('"07"', '"7"')
    again = again.replace("<DERControlBase>", "<randomizeStart>0</randomizeStart><DERControlBase>")
    assert rewritten_in(read(RUNNING.encode()), read(again.encode())) == ""


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("<mRID>0A", "<mRID>0B", "mRID"),
        ("<creationTime>5", "<creationTime>6", "creationTime"),
        ("<start>100", "<start>101", "interval"),
        ("<duration>60", "<duration>61", "interval"),
        ("5000", "4999", "DERControlBase"),
        ('responseRequired="07"', 'responseRequired="03"', "responseRequired"),
    ],
)
def test_a_control_that_is_edited_is_told_by_what_changed(old: str, new: str, named: str) -> None:
    changed = rewritten_in(read(RUNNING.encode()), read(RUNNING.replace(old, new).encode()))
    assert changed.startswith(named)
    assert stays_as_it_is("C1", [(7, changed)], [5, 7]).state is State.FAIL
    assert stays_as_it_is("C1", [], [5, 7]).state is State.PASS


@pytest.mark.parametrize(("beside", "state"), [("true", State.PASS), ("false", State.FAIL), ("0", State.FAIL)])
def test_a_mode_that_nobody_asked_for_may_be_there_unless_it_switches_off(beside: str, state: State) -> None:
    assert shown(f"<opModConnect>{beside}</opModConnect>{power_factor('950', '-3')}", PF) is state


def test_a_mode_that_was_asked_to_switch_off_may_do_so() -> None:
    assert shown("<opModEnergize>false</opModEnergize>", {"opModEnergize": False}) is State.PASS
