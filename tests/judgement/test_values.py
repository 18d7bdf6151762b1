"""The value rules put to the subject's body, and settings against ratings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from made_evidence import NS, START, sent, served

from conformance.catalogue.pack_values import Kind, SourceGrade, Value
from conformance.catalogue.values_in_force import Values
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged
from conformance.judgement.values import claims_rated, rated, values, within_ratings
from conformance.vocabulary.errors import UsageError
from conformance.wire.exchange import Exchange

LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
SFDI = "167261211391"
MRID = "0" * 23 + "A" + "00007A69"


def device(inner: str) -> Exchange:
    return served(f"<EndDevice {NS}>{inner}</EndDevice>", number=4)


def found(exchange: Exchange, *demands: Value, only: str = "") -> list[tuple[str, State]]:
    return [(rule.requirement, rule.judged.state) for rule in values(exchange, Values(demands), only=only)]


def demand(name: str, figure: str) -> Value:
    return Value(name, figure, "", "a handbook", SourceGrade.PRIMARY, "pack", Kind.ADD)


def test_a_body_without_any_breach_leaves_one_pass() -> None:
    body = device(f"<lFDI>{LFDI.lower()}</lFDI><sFDI>{SFDI}</sFDI><mRID>{MRID}</mRID>")
    assert found(body) == [("VAL", State.PASS)]


def test_each_breach_is_told_for_itself_in_the_order_of_the_document() -> None:
    (lfdi, sfdi) = values(device("<lFDI>12</lFDI>\n<sFDI>167261211392</sFDI>"), Values())
    assert (lfdi.requirement, sfdi.requirement) == ("VAL.LFDI.LENGTH", "VAL.SFDI.CHECK_DIGIT")
    assert (sfdi.judged.expected, sfdi.judged.observed) == (
        "digits whose sum is a multiple of ten",
        "/EndDevice/sFDI is 167261211392",
    )
    assert sfdi.judged.detail[0].startswith("line 2: `EndDevice/sFDI`")
    assert sfdi.judged.exchanges == (4,)


def test_two_breaches_of_one_rule_are_two_judgements() -> None:
    assert found(device("<mRID/><a><mRID/></a>")) == [("VAL.MRID.EMPTY", State.FAIL)] * 2


def test_only_the_rules_asked_for_are_judged() -> None:
    body = served(f'<DERList {NS} all="2" results="2"><DER><mRID>01</mRID></DER></DERList>')
    assert found(body, only="VAL.LIST") == [("VAL.LIST.RESULTS", State.FAIL)]
    assert found(device("<lFDI>12</lFDI>"), only="VAL.LIST") == [("VAL", State.PASS)]


def test_a_server_is_not_judged_by_what_binds_clients() -> None:
    settings = f"<DERSettings {NS}><setMaxVar><multiplier>0</multiplier><value>-1</value></setMaxVar></DERSettings>"
    assert found(served(settings)) == [("VAL", State.PASS)]
    assert found(sent(settings)) == [("VAL.DER.VAR_SIGN", State.FAIL)]


def test_the_encoding_is_judged_too() -> None:
    body = f'<?xml version="1.0" encoding="ISO-8859-1"?><EndDevice {NS}/>'
    assert found(served(body)) == [("VAL.DOCUMENT.UTF8", State.FAIL)]


@pytest.mark.parametrize("body", ["garbage", ""])
def test_of_a_body_that_is_no_document_nothing_is_decided(body: str) -> None:
    assert found(served(body)) == []


def test_events_are_held_against_a_time_that_is_known() -> None:
    start = int(START.timestamp())
    body = served(
        f"<DERControl {NS}><EventStatus><currentStatus>0</currentStatus></EventStatus>"
        f"<interval><duration>60</duration><start>{start}</start></interval></DERControl>"
    )
    late = START + timedelta(hours=1)
    assert [rule.requirement for rule in values(body, Values(), late)] == ["VAL.EVENT.STATUS_TIME"]
    assert found(body) == [("VAL", State.PASS)]


def test_letter_case_is_judged_by_what_the_profile_demands() -> None:
    body, upper = device(f"<lFDI>{LFDI.lower()}</lFDI>"), demand("EndDevice.lFDI.case", "upper")
    (rule,) = values(body, Values([upper]))
    assert (rule.requirement, rule.demand) == ("VAL.HEX.CASE", upper)
    assert found(body, demand("EndDevice.lFDI.case", "lower")) == [("VAL", State.PASS)]


def test_a_letter_case_that_is_none_is_a_mistake_in_the_pack() -> None:
    with pytest.raises(UsageError, match=r"EndDevice\.lFDI\.case of pack"):
        values(device(""), Values([demand("EndDevice.lFDI.case", "bold")]))


def value(name: str, number: int, multiplier: int = 0) -> str:
    return f"<{name}><multiplier>{multiplier}</multiplier><value>{number}</value></{name}>"


def judged(settings: str, capability: str) -> Judged:
    return within_ratings(
        sent(f"<DERSettings {NS}>{settings}</DERSettings>", number=2),
        sent(f"<DERCapability {NS}>{capability}</DERCapability>", number=1),
    )


@pytest.mark.parametrize(("setting", "state"), [(5000, State.PASS), (4999, State.PASS), (5001, State.FAIL)])
def test_a_setting_is_at_most_its_rating(setting: int, state: State) -> None:
    assert judged(value("setMaxW", setting), value("rtgMaxW", 5, 3)).state is state


@pytest.mark.parametrize(("setting", "state"), [(-3000, State.PASS), (-5000, State.PASS), (-5001, State.FAIL)])
def test_negative_reactive_power_is_compared_by_its_size(setting: int, state: State) -> None:
    assert judged(value("setMaxVarNeg", setting), value("rtgMaxVarNeg", -5000)).state is state


def test_each_violation_is_told_with_both_numbers() -> None:
    settings = value("setMaxW", 6000) + value("setMaxVA", 7000) + value("setMaxA", 1)
    told = judged(settings, value("rtgMaxW", 5000) + value("rtgMaxVA", 5000) + value("rtgMaxA", 2))
    assert told.observed.count("expected at most 5000 in magnitude") == len(told.detail) == 2
    assert told.exchanges == (2, 1)


def test_what_was_compared_is_told() -> None:
    assert judged(value("setMaxW", 1), value("rtgMaxW", 1)).observed == "MaxW within the ratings"


def test_nothing_to_compare_decides_nothing() -> None:
    assert judged(value("setMaxW", 1), value("rtgMaxVA", 1)).state is State.INCONCLUSIVE
    assert judged("<setMaxW><value>x</value></setMaxW>", value("rtgMaxW", 1)).state is State.INCONCLUSIVE
    assert within_ratings(sent("garbage"), sent("")).state is State.INCONCLUSIVE


@pytest.mark.parametrize(
    ("modes", "ratings", "state"),
    [
        ("00000040", "<rtgMaxVar><multiplier>0</multiplier><value>4000</value></rtgMaxVar>", State.PASS),
        ("00000040", "", State.FAIL),
        ("00000020", "<rtgMinPFOverExcited><displacement>8</displacement></rtgMinPFOverExcited>", State.PASS),
        ("00000020", "<rtgOverExcitedPF><displacement>8</displacement></rtgOverExcitedPF>", State.PASS),
        ("00000060", "<rtgMaxVar><multiplier>0</multiplier><value>4000</value></rtgMaxVar>", State.FAIL),
    ],
)
def test_a_claim_of_fixed_vars_or_power_factor_needs_its_rating(modes: str, ratings: str, state: State) -> None:
    body = f"<modesSupported>{modes}</modesSupported>{ratings}"
    told = claims_rated(sent(f"<DERCapability {NS}>{body}</DERCapability>"))
    assert told is not None
    assert told.state is state


def test_without_such_a_claim_nothing_is_judged() -> None:
    body = "<modesSupported>00100000</modesSupported>"
    assert claims_rated(sent(f"<DERCapability {NS}>{body}</DERCapability>")) is None
    assert claims_rated(sent("garbage")) is None


@pytest.mark.parametrize(
    ("kind", "power", "state"),
    [(4, 5000, State.PASS), (4, 0, State.FAIL), (4, -5000, State.FAIL), (82, 0, State.PASS), (83, -1, State.FAIL)],
)
def test_power_is_rated_above_zero_where_a_der_generates(kind: int, power: int, state: State) -> None:
    body = f"<rtgMaxW><multiplier>0</multiplier><value>{power}</value></rtgMaxW><type>{kind}</type>"
    assert rated(sent(f"<DERCapability {NS}>{body}</DERCapability>")).state is state
    assert rated(sent("garbage")).state is State.INCONCLUSIVE
