"""Instructions to the operator."""

from __future__ import annotations

from string import Formatter

import pytest

from conformance.catalogue.instructions import INSTRUCTIONS, order
from conformance.vocabulary.errors import HarnessError


def test_an_order_puts_its_values_into_the_text() -> None:
    given = order("stop_client", lfdi="ABCD")
    assert given.text == "Stop the client with LFDI ABCD."
    assert given.values == {"lfdi": "ABCD"}


def test_values_become_text() -> None:
    assert order("register_device", lfdi="A", sfdi=12, pin=111115).values["pin"] == "111115"


def test_a_pin_is_told_to_the_operator_and_not_stored() -> None:
    given = order("register_device", lfdi="A", sfdi=12, pin=111115)
    assert "PIN 111115" in given.text
    assert given.recorded == given.text.replace("111115", "[redacted]")


def test_an_order_without_a_pin_is_stored_as_it_is() -> None:
    given = order("stop_client", lfdi="ABCD")
    assert given.recorded == given.text


@pytest.mark.parametrize(("name", "values"), [("dance", {}), ("stop_client", {}), ("stop_client", {"lfdi": 1, "x": 2})])
def test_a_value_too_few_or_too_many_is_a_fault_of_the_test_case(name: str, values: dict[str, object]) -> None:
    with pytest.raises(HarnessError, match=name):
        order(name, **values)


def test_every_place_of_a_text_is_a_parameter_and_every_parameter_a_place() -> None:
    for instruction in INSTRUCTIONS.values():
        places = {place for _, place, _, _ in Formatter().parse(instruction.text) if place}
        assert places == set(instruction.parameters), instruction.name
