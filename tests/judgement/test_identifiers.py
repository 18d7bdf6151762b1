"""SFDI, LFDI and mRID in a document."""

from __future__ import annotations

import pytest
from made_evidence import NS, served

from conformance.judgement.finding import State
from conformance.judgement.identifiers import identifiers

LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
SFDI = "167261211391"


def found(inner: str) -> list[tuple[str, State]]:
    document = f"<EndDevice {NS}>{inner}</EndDevice>"
    return [(rule, judged.state) for rule, judged in identifiers(served(document))]


def test_sound_identifiers_pass_one_by_one() -> None:
    mrid = "0" * 23 + "A" + "00007A69"
    inner = f"<sFDI>{SFDI}</sFDI><lFDI>{LFDI.lower()}</lFDI><mRID>{mrid}</mRID>"
    assert found(inner) == [("SEC.001", State.PASS), ("SEC.005", State.PASS), ("ID.MRID", State.PASS)]


@pytest.mark.parametrize("text", ["167261211392", "", "-167261211391", "16726121139X", "9" * 5000, "1672612113910"])
def test_an_sfdi_without_its_check_digit_or_too_long_fails(text: str) -> None:
    assert found(f"<sFDI>{text}</sFDI>") == [("SEC.001", State.FAIL)]


def test_leading_zeros_of_an_sfdi_do_not_matter() -> None:
    assert found(f"<sFDI>000{SFDI}</sFDI>") == [("SEC.001", State.PASS)]


@pytest.mark.parametrize("text", [LFDI[:-1], LFDI + "0", "", "Z" * 40])
def test_an_lfdi_that_is_not_forty_hexadecimal_digits_fails(text: str) -> None:
    assert found(f"<lFDI>{text}</lFDI>") == [("SEC.005", State.FAIL)]


@pytest.mark.parametrize("text", ["00007A69", "", "not hexadecimal at all"])
def test_an_mrid_without_a_part_of_its_own_fails(text: str) -> None:
    assert found(f"<mRID>{text}</mRID>") == [("ID.MRID", State.FAIL)]


def test_a_short_mrid_is_good_but_its_length_is_told_too() -> None:
    assert found("<mRID>0100007A69</mRID>") == [("ID.MRID", State.PASS), ("ID.MRID.LENGTH", State.FAIL)]


def test_identifiers_are_found_at_any_depth_and_each_of_them_is_judged() -> None:
    assert len(found(f"<a><b><mRID>{'0' * 32}</mRID></b></a><mRID>{'1' * 32}</mRID>")) == 2


def test_a_body_that_is_no_document_has_no_identifiers() -> None:
    assert list(identifiers(served("garbage"))) == []
