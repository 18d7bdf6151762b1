"""Documents of a CSIP-AUS client: identities, roles of readings, bits by the names of the elements, storage."""

from __future__ import annotations

import pytest
from made_evidence import NS, at, sent

from conformance.catalogue.pack_values import Kind, SourceGrade, Value
from conformance.judgement.aus import (
    above_zero,
    claims_modes,
    claims_storage,
    enabled_within,
    enough_readings,
    one_sided,
    well_formed_lfdi,
)
from conformance.judgement.finding import State
from conformance.judgement.readings import Came, Series
from conformance.wire.payload import read

OWN = "3E4F45AB31EDFE5B67E343E5E4562E3100032473"
PUT = sent()


def modes(*words: str) -> Value:
    return Value("DERControlBase.modes", words, "", "test", SourceGrade.PRIMARY, "pack", Kind.ADD)


@pytest.mark.parametrize(
    ("told", "state"),
    [(OWN, State.PASS), (OWN.lower(), State.FAIL), (OWN[:-1], State.FAIL), (None, State.FAIL)],
)
def test_an_lfdi_has_forty_upper_case_digits_of_the_certificate(told: str | None, state: State) -> None:
    assert well_formed_lfdi(PUT, told, OWN).state is state


def test_bits_go_by_the_names_of_the_elements() -> None:
    wanted = modes("opModEnergize", "opModExpLimW", "opModGenLimW")
    assert claims_modes(wanted, "05", PUT).state is State.PASS
    swapped = claims_modes(wanted, "06", PUT)
    assert (swapped.state, swapped.observed) == (State.FAIL, "06: no opModExpLimW")
    assert claims_modes(modes("opModEnergize"), None, PUT).state is State.PASS
    assert claims_storage(modes("opModStorageTargetW"), "00", PUT).state is State.FAIL


def test_what_is_enabled_is_supported() -> None:
    assert enabled_within("doeModes", "05", "0F", PUT).state is State.PASS
    assert enabled_within("doeModes", "0F", "05", PUT).state is State.FAIL


@pytest.mark.parametrize(("bits", "told"), [("01", "opModExpLimW"), ("02", "opModImpLimW"), ("03", ""), ("0C", "")])
def test_a_device_with_one_of_export_and_import_is_remarked_on(bits: str, told: str) -> None:
    remark = one_sided(bits, PUT)
    assert (remark is not None) == bool(told)
    assert remark is None or (remark.state is State.NOTE and told in remark.observed and "INTEROP" in remark.observed)


def test_readings_count_under_the_exact_role() -> None:
    def seen(role: int) -> list[Series]:
        values = tuple(Came(at(60 * number), 1, number) for number in range(6))
        return [Series("AA", role, 38, values=values)]

    assert enough_readings("site W", seen(0x03), 6).state is State.PASS
    wrong = enough_readings("site W", seen(0x49), 6)
    assert (wrong.state, wrong.observed) == (State.FAIL, "0; others under the roles 0049")
    assert enough_readings("site W", seen(0x03), 7).state is State.FAIL


def test_rates_and_energies_of_storage_are_above_zero() -> None:
    def told(value: int) -> State:
        power = f"<rtgMaxWh><multiplier>0</multiplier><value>{value}</value></rtgMaxWh>"
        return above_zero(read(f"<DERCapability {NS}>{power}</DERCapability>".encode()), PUT).state

    assert (told(9000), told(0)) == (State.PASS, State.FAIL)
