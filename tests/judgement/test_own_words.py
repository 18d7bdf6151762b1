"""What a client says of itself: registration, codes of Responses, function sets, state of charge, sums, status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from made_evidence import NS, sent

from conformance.catalogue.demands import Figure
from conformance.catalogue.pack_values import Kind, SourceGrade, Value, When
from conformance.judgement.answers import function_set_kept, statuses_kept
from conformance.judgement.charge import charges, summed, tracked
from conformance.judgement.der_status import operation_kept
from conformance.judgement.elements import Written
from conformance.judgement.finding import State
from conformance.judgement.registration import (
    carried_on,
    entered_as_configured,
    entered_later,
    in_band_kept,
    one_device_kept,
    order_kept,
    out_of_band_kept,
)
from conformance.wire.exchange import Exchange
from conformance.wire.payload import read

POST, AGAIN = sent("", "POST", number=3), sent("", "GET", number=5)
IN, OUT, BOTH = ("in_band",), ("out_of_band",), ("in_band", "out_of_band")


def demand(name: str, figure: Figure) -> Value:
    return Value(name, figure, "", "handbook", SourceGrade.PRIMARY, "a", Kind.ADD)


def ways(*words: str) -> Value:
    return demand("EndDevice.registration", words)


@pytest.mark.parametrize(
    ("allowed", "posts", "again", "state"),
    [
        (IN, [POST], AGAIN, State.PASS),
        (IN, [POST], None, State.FAIL),
        (IN, [], None, State.FAIL),
        (OUT, [], None, State.PASS),
        (OUT, [POST], AGAIN, State.FAIL),
        (BOTH, [], None, State.NOTE),
        (BOTH, [POST], AGAIN, State.PASS),
    ],
)
def test_in_band_a_client_enters_itself(
    allowed: tuple[str, ...], posts: Sequence[Exchange], again: Exchange | None, state: State
) -> None:
    assert in_band_kept(ways(*allowed), posts, again).state is state


@pytest.mark.parametrize(
    ("allowed", "posts", "state"),
    [(OUT, 0, State.PASS), (OUT, 1, State.FAIL), (BOTH, 2, State.PASS), (BOTH, 3, State.FAIL), (IN, 3, State.FAIL)],
)
def test_out_of_band_a_client_does_not_insist(allowed: tuple[str, ...], posts: int, state: State) -> None:
    assert out_of_band_kept(ways(*allowed), [POST] * posts, 2).state is state


def test_a_client_that_is_entered_goes_on() -> None:
    assert entered_later(ways(*OUT), [], AGAIN).state is State.PASS
    assert entered_later(ways(*OUT), [POST], None).state is State.FAIL
    assert entered_later(ways(*BOTH), [], None).state is State.FAIL
    assert entered_later(ways(*BOTH), [POST], None).state is State.WARNING
    assert entered_later(ways(*IN), [], None).state is State.NOTE
    assert carried_on(demand("Registration.without_link", "carries_on"), "so", None).state is State.FAIL
    assert carried_on(demand("Registration.without_link", "stops"), "so", None).state is State.NOTE


@pytest.mark.parametrize(
    ("post", "put", "reported", "state"),
    [(1, 2, 3, State.PASS), (2, 1, 3, State.FAIL), (1, 3, 2, State.FAIL), (1, None, 2, State.FAIL)],
)
def test_the_connection_point_comes_between(post: int, put: int | None, reported: int, state: State) -> None:
    made = None if put is None else sent("", number=put)
    order = demand("ConnectionPoint.order", "after_end_device")
    judged = order_kept(order, sent("", "POST", number=post), made, [sent("", "POST", number=reported)])
    assert judged.state is state


@pytest.mark.parametrize(
    ("figure", "entry", "reads", "state"),
    [
        ("configured", "/own/entry", True, State.PASS),
        ("configured", "/own/entry", False, State.FAIL),
        ("configured", "/dcap", True, State.INCONCLUSIVE),
        ("configured", "/dcap", False, State.FAIL),
        ("discovered", "/own/entry", False, State.NOTE),
    ],
)
def test_a_client_enters_where_it_was_told_to(figure: str, entry: str, reads: bool, state: State) -> None:
    asked = [sent("", "GET", number=1)]
    value = demand("DeviceCapability.href", figure)
    assert entered_as_configured(value, entry, asked[0] if reads else None, asked).state is state


def test_a_gateway_registers_nothing_beside_itself() -> None:
    own, other = "AB" * 20, "CD" * 20
    value = demand("EndDevice.gateway", "one_end_device")

    def device(lfdi: str, number: int = 1) -> Exchange:
        return sent(f"<EndDevice {NS}><lFDI>{lfdi}</lFDI></EndDevice>", "POST", number=number)

    assert one_device_kept(value, [], own).state is State.PASS
    assert one_device_kept(value, [device(own.lower())], own).state is State.PASS
    judged = one_device_kept(value, [device(own), device(other, 2)], own)
    assert (judged.state, judged.exchanges) == (State.FAIL, (2,))


def response(status: int) -> Exchange:
    return sent(f"<DERControlResponse {NS}><status>{status}</status></DERControlResponse>", "POST", number=status)


def test_responses_have_allowed_codes_only() -> None:
    value = demand("Response.status", ("1", "2", "3"))
    assert statuses_kept(value, [response(1), response(3)]).state is State.PASS
    assert statuses_kept(value, [response(1), response(14)]).exchanges == (14,)
    assert statuses_kept(value, []).state is State.INCONCLUSIVE


@pytest.mark.parametrize(
    ("figure", "posts", "state"),
    [
        ("required", 1, State.PASS),
        ("required", 0, State.FAIL),
        ("forbidden", 0, State.PASS),
        ("forbidden", 1, State.FAIL),
        ("optional", 0, State.NOTE),
        ("conditional", 0, State.NOTE),
    ],
)
def test_a_function_set_is_used_or_not(figure: str, posts: int, state: State) -> None:
    assert function_set_kept(demand("LogEvent", figure), [POST] * posts, "an alarm").state is state


def test_what_is_conditional_upon_the_server_is_required_of_one_that_offers_it() -> None:
    value = replace(demand("DERAvailability", "conditional"), when=When(server="offers"))
    assert function_set_kept(value, [], "linked").state is State.FAIL


class Plant:
    def charges_pct(self) -> Mapping[str, float]:
        return {"battery": 50.0, "vehicle": 20.0}

    def ratings(self) -> Mapping[str, float]:
        return {"W": 10000.0, "varNeg": -4400.0}


def status(element: str, value: int) -> Exchange:
    inside = f"<{element}><dateTime>1</dateTime><value>{value}</value></{element}>"
    return sent(f"<DERStatus {NS}>{inside}</DERStatus>")


@pytest.mark.parametrize(
    ("hundredths", "state"), [(5000, State.PASS), (2050, State.PASS), (50, State.FAIL), (3500, State.FAIL)]
)
def test_a_state_of_charge_is_that_of_the_plant(hundredths: int, state: State) -> None:
    assert tracked(status("stateOfChargeStatus", hundredths), charges(Plant()), 1.0).state is state


def test_without_a_plant_nothing_is_said_of_the_charge() -> None:
    assert tracked(status("stateOfChargeStatus", 1), charges(None), 1.0).state is State.NOTE
    assert tracked(status("inverterStatus", 1), charges(Plant()), 1.0).state is State.FAIL


@pytest.mark.parametrize(
    ("written", "state"), [((5000,), State.FAIL), ((10000,), State.PASS), ((5000, 5000), State.PASS)]
)
def test_ratings_are_summed_over_all_der(written: tuple[int, ...], state: State) -> None:
    power = "<rtgMaxW><multiplier>0</multiplier><value>{}</value></rtgMaxW>"
    nodes = [read(f"<DERCapability {NS}>{power.format(value)}</DERCapability>".encode()) for value in written]
    value = demand("DERSettings.aggregate", ("VA", "W"))
    assert summed(value, [Written(node, 1) for node in nodes], Plant(), 1.0).state is state
    assert summed(value, [Written(node, 1) for node in nodes], None, 1.0).state is State.NOTE


@pytest.mark.parametrize(
    ("told", "on", "state"), [(2, 1, State.PASS), (1, 1, State.FAIL), (1, 0, State.PASS), (2, 0, State.FAIL)]
)
def test_a_site_operates_while_any_der_does(told: int, on: int, state: State) -> None:
    rule = demand("DERStatus.aggregate", "any_operates_all_off")
    assert operation_kept(rule, status("operationalModeStatus", told), on, 2).state is state
    assert operation_kept(rule, None, on, 2).state is State.INCONCLUSIVE
