"""Connection point ids in the form of an NMI."""

import pytest

from conformance.roles.connection_ids import another_networks_id, check_digit, connection_id, own_ids


@pytest.mark.parametrize(
    ("body", "digit"),
    [("2001985732", "8"), ("2001985733", "6"), ("QAAAVZZZZZ", "3"), ("NAAAMYS582", "6"), ("NBBBX11110", "0")],
)
def test_the_check_digit_is_that_of_the_market_operator(body: str, digit: str) -> None:
    assert check_digit(body) == digit


def test_ids_have_eleven_characters_and_begin_as_the_network_wants() -> None:
    first, second = own_ids(["SAAA", "2001"])
    assert first != second
    assert {len(first), len(second)} == {11}
    assert first.startswith("SAAA")
    assert second.startswith("SAAA")
    assert connection_id("45080").startswith("45080")


def test_an_id_of_another_network_begins_otherwise() -> None:
    assert not another_networks_id(["SAAA", "VAAA", "V"]).startswith(("SAAA", "V"))
