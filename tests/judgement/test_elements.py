"""Elements by the demands of a pack: whom they bind, and what a condition asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_evidence import NS

from conformance.catalogue.pack_values import Kind, SourceGrade, Value, When
from conformance.judgement.elements import Written, element_kept, mode_kept, modes_declared
from conformance.judgement.finding import State
from conformance.wire.payload import read

PV, STORAGE, BOTH, MIXED = 4, 80, 83, 1


def demand(figure: str, *der: str, name: str = "DERSettings.setMaxWh", when: When | None = None) -> Value:
    value = Value(name, figure, "", "handbook", SourceGrade.PRIMARY, "a", Kind.ADD, der=der)
    return replace(value, when=when)


def settings(*names: str, der_type: int | None = None, modes: frozenset[str] = frozenset()) -> Written:
    inside = "".join(f"<{name}/>" for name in names)
    return Written(read(f"<DERSettings {NS}>{inside}</DERSettings>".encode()), 1, der_type, modes)


@pytest.mark.parametrize(
    ("figure", "names", "state"),
    [
        ("required", ("setMaxWh",), State.PASS),
        ("required", ("setMaxW",), State.FAIL),
        ("forbidden", ("setMaxWh",), State.FAIL),
        ("forbidden", ("setMaxW",), State.PASS),
        ("optional", ("setMaxWh",), State.NOTE),
        ("optional", (), State.NOTE),
        ("conditional", (), State.NOTE),
    ],
)
def test_an_element_is_there_or_not(figure: str, names: tuple[str, ...], state: State) -> None:
    assert element_kept(demand(figure), [settings(*names)]).state is state


def test_every_der_needs_what_binds_all() -> None:
    assert element_kept(demand("required"), [settings("setMaxWh"), settings()]).state is State.FAIL


@pytest.mark.parametrize(
    ("written", "state"),
    [
        ([settings(der_type=PV), settings("setMaxWh", der_type=STORAGE)], State.PASS),
        ([settings("setMaxWh", der_type=PV), settings(der_type=STORAGE)], State.FAIL),
        ([settings("setMaxWh", der_type=BOTH)], State.PASS),
        ([settings(der_type=BOTH)], State.FAIL),
        ([settings("setMaxWh", der_type=MIXED)], State.PASS),
        ([settings(der_type=MIXED)], State.FAIL),
        ([settings(der_type=MIXED), settings("setMaxWh", der_type=MIXED)], State.PASS),
    ],
)
def test_a_demand_on_a_kind_of_der_binds_that_kind(written: list[Written], state: State) -> None:
    assert element_kept(demand("required", "storage"), written, types=("pv", "storage")).state is state


def test_a_subject_that_declares_no_kind_is_not_held_to_what_may_not_be_about_it() -> None:
    assert element_kept(demand("required", "storage"), [settings(der_type=PV)]).state is State.NOTE
    assert element_kept(demand("required", "storage"), [settings(der_type=STORAGE)]).state is State.FAIL


def test_what_was_never_written_lacks_its_elements_unless_it_need_not_be_written() -> None:
    assert element_kept(demand("required"), []).state is State.FAIL
    assert element_kept(demand("required"), [], unwritten=State.NOTE).state is State.NOTE
    assert element_kept(demand("forbidden"), []).state is State.PASS


@pytest.mark.parametrize(
    ("when", "written", "state"),
    [
        (When(element="setMaxVA"), settings("setMaxVA", "setMaxWh"), State.PASS),
        (When(element="setMaxVA"), settings("setMaxVA"), State.FAIL),
        (When(element="setMaxVA"), settings("setMaxW"), State.NOTE),
        (When(mode="opModVoltVar"), settings(modes=frozenset({"opModVoltVar"})), State.FAIL),
        (When(mode="opModVoltVar"), settings(modes=frozenset({"opModFixedW"})), State.NOTE),
        (When(der="storage"), settings(der_type=BOTH), State.FAIL),
        (When(der="storage"), settings(der_type=PV), State.NOTE),
        (When(der="storage"), settings(der_type=MIXED), State.INCONCLUSIVE),
        (When(der="storage"), settings("setMaxWh", der_type=MIXED), State.NOTE),
        (When(element="setMaxVA", der="storage"), settings("setMaxVA", der_type=PV), State.NOTE),
    ],
)
def test_a_condition_makes_an_element_required_where_it_holds(when: When, written: Written, state: State) -> None:
    assert element_kept(demand("conditional", when=when), [written]).state is state


def test_modes_are_declared_by_all_der_together() -> None:
    written = [settings(modes=frozenset({"opModEnergize"})), settings(modes=frozenset({"opModMaxLimW"}))]
    assert modes_declared(["opModEnergize", "opModMaxLimW"], written).state is State.PASS
    assert modes_declared(["opModFixedW"], written).observed == "without opModFixedW"
    assert modes_declared(["opModFixedW"], []).state is State.FAIL


@pytest.mark.parametrize(
    ("figure", "state"), [("required", State.FAIL), ("forbidden", State.PASS), ("optional", State.NOTE)]
)
def test_a_mode_is_an_element_of_controls_that_a_client_declares(figure: str, state: State) -> None:
    value = demand(figure, name="DERControlBase.opModFixedW")
    assert mode_kept(value, [settings(modes=frozenset({"opModMaxLimW"}))]).state is state
