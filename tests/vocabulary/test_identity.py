"""LFDI, SFDI and PIN: worked examples and the arithmetic of the check digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.vocabulary.errors import UsageError
from conformance.vocabulary.identity import (
    HexCase,
    check_digit,
    grouped_lfdi,
    grouped_sfdi,
    hex_case,
    is_lfdi,
    lfdi_of,
    normal_lfdi,
    pin_is_valid,
    pin_with_check_digit,
    same_lfdi,
    sfdi_is_valid,
    sfdi_of_lfdi,
)

WORKED_LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
WORKED_SFDI = 167261211391


def test_lfdi_is_the_first_160_bits_of_the_certificates_sha_256_in_upper_case() -> None:
    # SHA-256 of "abc" is the published example of FIPS 180-4.
    assert lfdi_of(b"abc") == "BA7816BF8F01CFEA414140DE5DAE2223B00361A3"


def test_worked_example_of_lfdi_gives_its_sfdi() -> None:
    assert sfdi_of_lfdi(WORKED_LFDI) == WORKED_SFDI
    assert sfdi_of_lfdi(WORKED_LFDI.lower()) == WORKED_SFDI


@pytest.mark.parametrize("wrong", [167261211392, -1, ((1 << 36) * 10) + check_digit(1 << 36)])
def test_sfdi_with_a_wrong_check_digit_or_more_than_36_bits_is_invalid(wrong: int) -> None:
    assert sfdi_is_valid(WORKED_SFDI)
    assert not sfdi_is_valid(wrong)


@given(st.binary(min_size=20, max_size=20))
def test_every_lfdi_gives_a_valid_sfdi_of_at_most_twelve_digits(raw: bytes) -> None:
    sfdi = sfdi_of_lfdi(raw.hex())
    assert sfdi_is_valid(sfdi)
    assert sfdi // 10 == int.from_bytes(raw[:5], "big") >> 4
    assert len(str(sfdi)) <= 12


@given(st.integers(min_value=0, max_value=99999))
def test_exactly_one_check_digit_makes_a_pin_valid(five: int) -> None:
    valid = [pin for pin in range(five * 10, five * 10 + 10) if pin_is_valid(pin)]
    assert valid == [pin_with_check_digit(five)]


def test_worked_example_of_pin() -> None:
    assert pin_with_check_digit(11111) == 111115
    assert pin_is_valid(111115)
    assert not pin_is_valid(111111)


@pytest.mark.parametrize("pin", [-5, 1000009, 11111119])
def test_pin_of_more_than_six_digits_or_below_zero_is_invalid(pin: int) -> None:
    assert not pin_is_valid(pin)


@pytest.mark.parametrize("five", [-1, 100000])
def test_check_digit_is_refused_for_anything_but_five_digits(five: int) -> None:
    with pytest.raises(UsageError, match="first five digits"):
        pin_with_check_digit(five)


def test_lfdi_and_sfdi_are_grouped_for_display_and_read_back() -> None:
    grouped = grouped_lfdi(WORKED_LFDI)
    assert grouped == "3E4F-45AB-31ED-FE5B-67E3-43E5-E456-2E31-984E-23E5"
    assert normal_lfdi(grouped.lower().replace("-", " ")) == WORKED_LFDI
    assert grouped_sfdi(WORKED_SFDI) == "167-261-211-391"
    assert grouped_sfdi(19) == "000-000-000-019"


@pytest.mark.parametrize("text", ["", WORKED_LFDI[:-1], WORKED_LFDI + "0", "Z" * 40, WORKED_LFDI[:-1] + "٣"])
def test_texts_that_are_no_lfdi_are_refused_with_a_reason(text: str) -> None:
    assert not is_lfdi(text)
    with pytest.raises(UsageError, match="40 hexadecimal digits"):
        normal_lfdi(text)


def test_case_is_told_but_does_not_distinguish_lfdis() -> None:
    assert same_lfdi(WORKED_LFDI, WORKED_LFDI.lower())
    assert not same_lfdi(WORKED_LFDI, WORKED_LFDI[:-1] + "6")
    seen = [hex_case(text) for text in ("AB1", "ab1", "aB1", "12")]
    assert seen == [HexCase.UPPER, HexCase.LOWER, HexCase.MIXED, HexCase.NONE]
