"""mRIDs and the Private Enterprise Number that ends them, in both spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.vocabulary.errors import UsageError
from conformance.vocabulary.identity import is_lfdi
from conformance.vocabulary.mrid import (
    PenForm,
    is_mrid,
    new_managed_lfdi,
    new_mrid,
    normal_mrid,
    pen_forms,
    pen_of,
    pen_tail,
    same_mrid,
)


def test_pen_tail_is_eight_places_in_either_spelling() -> None:
    assert pen_tail(37250) == "00009182"
    assert pen_tail(37250, PenForm.DECIMAL) == "00037250"


@given(st.sampled_from(PenForm), st.integers(min_value=0, max_value=99_999_999))
def test_pen_written_into_an_identifier_is_read_back(form: PenForm, pen: int) -> None:
    assert pen_of(new_mrid(pen, form), form) == pen
    assert pen_of(new_managed_lfdi(pen, form), form) == pen
    assert form in pen_forms(new_mrid(pen, form), pen)


def test_one_tail_may_be_right_in_both_spellings_or_in_none() -> None:
    assert pen_forms("F" * 24 + "00000007", 7) == {PenForm.HEX, PenForm.DECIMAL}
    assert pen_forms("F" * 24 + "00037250", 37250) == {PenForm.DECIMAL}
    assert pen_forms("F" * 24 + "00009182", 37250) == {PenForm.HEX}
    assert pen_forms("F" * 24 + "00000001", 37250) == frozenset()


@pytest.mark.parametrize("identifier", ["", "1234567", "F" * 24 + "0000000G", "F" * 24 + "0000000٣"])
def test_no_pen_is_read_from_a_tail_that_is_no_number(identifier: str) -> None:
    assert [pen_of(identifier, form) for form in PenForm] == [None, None]
    assert pen_of("F" * 24 + "0000918F", PenForm.DECIMAL) is None


@pytest.mark.parametrize(("pen", "form"), [(-1, PenForm.HEX), (1 << 32, PenForm.HEX), (10**8, PenForm.DECIMAL)])
def test_pen_that_does_not_fit_is_refused(pen: int, form: PenForm) -> None:
    with pytest.raises(UsageError, match="Private Enterprise Number"):
        new_mrid(pen, form)


def test_new_mrids_are_32_upper_case_digits_and_never_the_same() -> None:
    made = {new_mrid(37250) for _ in range(100)}
    assert len({mrid[:24] for mrid in made}) == 100
    assert all(len(mrid) == 32 and mrid == mrid.upper() and is_mrid(mrid) for mrid in made)
    assert is_lfdi(new_managed_lfdi(37250))


def test_mrids_are_compared_as_128_bit_numbers() -> None:
    assert same_mrid("ab01", "0000AB01")
    assert not same_mrid("AB01", "AB0100")
    assert not same_mrid("AB0", "0AB0")
    assert normal_mrid("ab01") == "AB01".zfill(32)


@pytest.mark.parametrize("text", ["", "ABC", "A" * 34, "XY", "0x12"])
def test_texts_that_are_no_mrid_are_refused_with_a_reason(text: str) -> None:
    with pytest.raises(UsageError, match="at most 32"):
        normal_mrid(text)
