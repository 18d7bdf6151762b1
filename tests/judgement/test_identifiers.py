"""LFDIs and mRIDs that a client writes, by the rules of a pack."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_evidence import NS, sent

from conformance.catalogue.demands import Figure
from conformance.catalogue.pack_values import Kind, SourceGrade, Value
from conformance.judgement.finding import State
from conformance.judgement.identifiers import (
    case_kept,
    derivation_kept,
    form_kept,
    lfdis_in,
    managed_tails_kept,
    mrids_in,
    tails_kept,
    unique_kept,
)
from conformance.wire.exchange import Exchange

OWN = "CB64DDCB64D7E759032E87329713D2B7C5F3F8B8"
WITH_TAIL = OWN[:32] + "00032473"
STRANGE = "0123456789ABCDEF0123456789ABCDEF0123456F"


def demand(name: str, figure: Figure) -> Value:
    return Value(name, figure, "", "handbook", SourceGrade.PRIMARY, "a", Kind.ADD)


def response(lfdi: str) -> Exchange:
    return sent(f"<DERControlResponse {NS}><endDeviceLFDI>{lfdi}</endDeviceLFDI></DERControlResponse>", "POST")


def reading(mrid: str, *, defined: bool = True) -> str:
    kind = "<ReadingType><uom>38</uom></ReadingType>" if defined else ""
    return f"<MirrorMeterReading><mRID>{mrid}</mRID>{kind}</MirrorMeterReading>"


def point(mrid: str, *inside: str, path: str = "/mup/1", flags: str = "0049", number: int = 1) -> Exchange:
    body = (
        f"<MirrorUsagePoint {NS}><mRID>{mrid}</mRID><roleFlags>{flags}</roleFlags>{''.join(inside)}</MirrorUsagePoint>"
    )
    post = sent(body, "POST", status=201, number=number)
    return replace(post, response_headers=(("Location", path),), target="/mup")


@pytest.mark.parametrize(
    ("allowed", "lfdi", "state"),
    [
        (("certificate_hash",), OWN, State.PASS),
        (("certificate_hash",), OWN.lower(), State.PASS),
        (("certificate_hash",), WITH_TAIL, State.FAIL),
        (("certificate_hash", "hash_with_pen"), WITH_TAIL, State.PASS),
        (("certificate_hash", "hash_with_pen"), STRANGE, State.FAIL),
        (("hash_with_pen",), OWN, State.FAIL),
        (("certificate_hash", "issued"), STRANGE, State.PASS),
        (("issued",), "0123", State.FAIL),
    ],
)
def test_an_lfdi_comes_about_as_allowed(allowed: tuple[str, ...], lfdi: str, state: State) -> None:
    value = demand("EndDevice.lFDI.derivation", allowed)
    assert derivation_kept(value, lfdis_in([response(lfdi)]), OWN).state is state


def test_a_tail_is_known_by_the_mrids_as_well() -> None:
    value = demand("EndDevice.lFDI.derivation", ("hash_with_pen",))
    written = lfdis_in([response(OWN[:32] + "00007ED9")])
    assert derivation_kept(value, written, OWN).state is State.FAIL
    assert derivation_kept(value, written, OWN, ["00007ed9"]).state is State.PASS


def test_a_declared_number_is_the_only_one_that_an_lfdi_may_end_in() -> None:
    value = demand("EndDevice.lFDI.derivation", ("hash_with_pen",))
    for tail, state in (("00032473", State.PASS), ("00007ED9", State.PASS), ("00012345", State.FAIL)):
        written = lfdis_in([response(OWN[:32] + tail)])
        assert derivation_kept(value, written, OWN, ["00012345"], 32473).state is state
    assert derivation_kept(value, lfdis_in([response(WITH_TAIL)]), OWN, (), 200_000_000).state is State.FAIL


def test_what_an_aggregator_manages_may_have_a_certificate_of_its_own() -> None:
    value = demand("EndDevice.lFDI.derivation", ("certificate_hash", "hash_with_pen"))
    written = lfdis_in([response(OWN), response(STRANGE)])
    assert derivation_kept(value, written, OWN, (), 32473).state is State.FAIL
    assert derivation_kept(value, written, OWN, (), 32473, manages=True).state is State.INCONCLUSIVE
    only_hash = demand("EndDevice.lFDI.derivation", ("hash_with_pen",))
    assert derivation_kept(only_hash, lfdis_in([response(STRANGE)]), OWN, (), 32473, manages=True).state is State.FAIL


@pytest.mark.parametrize(
    ("base", "lfdis", "pen", "state"),
    [
        ("decimal", [OWN, WITH_TAIL], 32473, State.PASS),
        ("hex", [OWN, WITH_TAIL], 32473, State.FAIL),
        ("decimal", [OWN[:32] + "00007ED9"], 32473, State.FAIL),
        ("decimal", [WITH_TAIL, STRANGE], 32473, State.NOTE),
        ("decimal", [WITH_TAIL], None, State.NOTE),
        ("decimal", [OWN], 32473, State.NOTE),
    ],
)
def test_the_number_at_the_end_of_a_managed_lfdi_is_written_as_asked(
    base: str, lfdis: list[str], pen: int | None, state: State
) -> None:
    written = lfdis_in([response(lfdi) for lfdi in lfdis])
    assert managed_tails_kept(demand("EndDevice.lFDI.pen_base", base), written, OWN, pen).state is state


@pytest.mark.parametrize(
    ("case", "lfdi", "state"),
    [("upper", OWN, State.PASS), ("upper", OWN.lower(), State.FAIL), ("lower", "12" * 20, State.PASS)],
)
def test_an_lfdi_is_written_in_one_case(case: str, lfdi: str, state: State) -> None:
    assert case_kept(demand("EndDevice.lFDI.case", case), lfdis_in([response(lfdi)])).state is state


@pytest.mark.parametrize(
    ("base", "tail", "pen", "state"),
    [
        ("decimal", "00032473", 32473, State.PASS),
        ("decimal", "00032473", None, State.PASS),
        ("decimal", "00007ED9", None, State.FAIL),
        ("decimal", "00007ED9", 32473, State.FAIL),
        ("hex", "00007ED9", 32473, State.PASS),
        ("hex", "00032473", 32473, State.FAIL),
        ("hex", "00032473", None, State.INCONCLUSIVE),
        ("hex", "00007ED9", None, State.PASS),
    ],
)
def test_mrids_end_in_the_number_of_their_maker(base: str, tail: str, pen: int | None, state: State) -> None:
    made = mrids_in([point("AB" * 12 + tail)])
    assert tails_kept(demand("mRID.pen_base", base), made, pen).state is state


def test_all_mrids_of_a_client_end_in_one_number() -> None:
    made = mrids_in([point("AB" * 12 + "00032473", reading("CD" * 12 + "00032474"))])
    assert tails_kept(demand("mRID.pen_base", "decimal"), made).state is State.FAIL


def test_no_two_things_share_an_mrid() -> None:
    sound = [point("AA", reading("01"), reading("02")), point("BB", reading("03"), path="/mup/2", number=2)]
    assert unique_kept(mrids_in(sound)).state is State.PASS
    shared = [point("AA", reading("01")), point("BB", reading("01"), path="/mup/2", number=2)]
    assert unique_kept(mrids_in(shared)).state is State.FAIL
    assert unique_kept(mrids_in([point("AA", reading("01"), reading("01"))])).state is State.FAIL
    assert unique_kept(mrids_in([point("AA", reading("aa"))])).state is State.FAIL
    assert unique_kept(mrids_in([point("AA"), point("AA", flags="0003", number=2)])).state is State.FAIL
    assert unique_kept(mrids_in([point("AA", flags="49"), point("AA", flags="0049", number=2)])).state is State.PASS


def test_what_is_defined_again_or_only_named_is_the_same_thing() -> None:
    again = point("AA", reading("01"), number=2)
    later = replace(sent("", "POST", number=3), target="/mup/1")
    body = reading("01").replace("<MirrorMeterReading>", f"<MirrorMeterReading {NS}>").encode()
    assert (
        unique_kept(mrids_in([point("AA", reading("01")), again, replace(later, request_body=body)])).state
        is State.PASS
    )


@pytest.mark.parametrize(
    ("mrid", "state"),
    [(f"{OWN[:22]}4900032473", State.PASS), (f"{OWN[:22]}0300032473", State.FAIL), ("AB" * 16, State.FAIL)],
)
def test_a_usage_point_is_named_by_lfdi_role_and_number(mrid: str, state: State) -> None:
    assert form_kept(demand("mRID.form", "lfdi_role_flags_pen"), mrids_in([point(mrid)]), OWN).state is state


def test_a_form_in_other_words_is_not_judged() -> None:
    assert form_kept(demand("mRID.form", "as you like"), mrids_in([point("AB" * 16)]), OWN).state is State.NOTE
