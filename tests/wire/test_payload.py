"""Values read leniently from documents."""

from __future__ import annotations

from fractions import Fraction

import pytest

from conformance.wire.payload import integer, quantity, read

NS = 'xmlns="urn:ieee:std:2030.5:ns"'


def of(inner: str) -> Fraction | None:
    return quantity(read(f"<setMaxW {NS}>{inner}</setMaxW>".encode()))


@pytest.mark.parametrize(
    ("inner", "seen"),
    [
        ("<multiplier>3</multiplier><value>5</value>", 5000),
        ("<multiplier>-1</multiplier><value>2405</value>", Fraction(481, 2)),
        ("<displacement>95</displacement><multiplier>-2</multiplier>", Fraction(19, 20)),
        ("<multiplier>0</multiplier><value>-1</value>", -1),
    ],
)
def test_a_quantity_is_its_number_times_a_power_of_ten(inner: str, seen: Fraction | int) -> None:
    assert of(inner) == seen


@pytest.mark.parametrize("multiplier", [10**9, -(10**9), 10**4000, "", "x"])
def test_an_absurd_multiplier_takes_no_time_and_is_no_quantity(multiplier: object) -> None:
    assert of(f"<multiplier>{multiplier}</multiplier><value>5</value>") is None


@pytest.mark.parametrize("value", [10**400, "9" * 5000, "five", ""])
def test_an_absurd_number_is_no_quantity(value: object) -> None:
    assert of(f"<multiplier>0</multiplier><value>{value}</value>") is None


def test_what_is_missing_is_none() -> None:
    assert quantity(None) is None
    assert of("") is None
    assert of("<value>5</value>") is None


@pytest.mark.parametrize(
    ("text", "number"), [("007", 7), ("+1", 1), ("-0", 0), ("", None), ("1.0", None), (None, None)]
)
def test_an_integer_is_read_as_the_schema_reads_it(text: str | None, number: int | None) -> None:
    assert integer(text) == number


@pytest.mark.parametrize(
    ("href", "whole"),
    [
        ("/edev", "/edev"),
        ("edev", "/a/edev"),
        ("../edev?x=1", "/edev?x=1"),
        ("https://[::1]:11111/edev", "https://[::1]:11111/edev"),
        ("http://[half", "http://[half"),
        ("", ""),
    ],
)
def test_an_address_is_relative_to_that_of_its_document(href: str, whole: str) -> None:
    body = f'<DeviceCapability><EndDeviceListLink href="{href}"/></DeviceCapability>'.encode()
    assert read(body, "/a/dcap?s=0").link("EndDeviceListLink") == whole
    assert read(body).link("EndDeviceListLink") == href
