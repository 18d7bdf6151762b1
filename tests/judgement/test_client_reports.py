"""Log events, DERStatus and the trust in a server, as checks see them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from conformance.judgement.alarms import Logged, logged
from conformance.judgement.der_status import status_elements
from conformance.judgement.finding import State
from conformance.judgement.server_trust import distrusted
from conformance.wire.exchange import Alert, ClientHello, Connection, Exchange, Moment, Side

NOW = Moment(datetime(2030, 1, 1, tzinfo=UTC), 0.0)
HELLO = ClientHello(0x0303, 0x0303, (0xC0AE,), (0,), ())
UNKNOWN_CA, HANDSHAKE_FAILURE = Alert(False, 2, 48, "unknown_ca"), Alert(True, 2, 40, "handshake_failure")
LAST_WORDS = Alert(True, 2, 50, "decode_error")


def exchange(body: bytes = b"", on: int = 1) -> Exchange:
    return Exchange(1, "c", on, Side.SERVER, "POST", "/log", b"", (), body, NOW, NOW, resource="LogEventList")


def log_event(function_set: int, code: int) -> Logged:
    body = (
        f'<LogEvent xmlns="urn:ieee:std:2030.5:ns"><createdDateTime>7</createdDateTime><functionSet>{function_set}'
        f"</functionSet><logEventCode>{code}</logEventCode></LogEvent>"
    )
    (event,) = logged([exchange(body.encode())])
    return event


def connection(*alerts: Alert, hello: ClientHello | None = HELLO, done: bool = False) -> Connection:
    return Connection(
        1, "c", Side.SERVER, "x:1", NOW, client_hello=hello, alerts=alerts, established=NOW if done else None
    )


@pytest.mark.parametrize(
    ("function_set", "code", "alarm"), [(11, 2, True), (11, 3, False), (11, 22, False), (0, 2, False)]
)
def test_an_even_code_of_table_14_is_an_alarm(function_set: int, code: int, alarm: bool) -> None:
    assert log_event(function_set, code).is_alarm is alarm


def test_an_alarm_is_ended_by_the_odd_code_that_follows() -> None:
    alarm = log_event(11, 2)
    assert [log_event(11, code).ends(alarm) for code in (1, 2, 3, 4)] == [False, False, True, False]
    assert not log_event(0, 3).ends(alarm)


def test_what_is_no_log_event_is_left_out() -> None:
    assert list(logged([exchange(b"nonsense"), exchange(b"<Other/>")])) == []


@pytest.mark.parametrize(
    ("der_type", "needed", "not_needed"),
    [
        (4, "genConnectStatus", "stateOfChargeStatus"),
        (80, "stateOfChargeStatus", "genConnectStatus"),
        (None, "operationalModeStatus", "genConnectStatus"),
    ],
)
def test_the_kind_of_der_decides_what_its_status_must_tell(der_type: int | None, needed: str, not_needed: str) -> None:
    must = status_elements(der_type).must
    assert needed in must
    assert not_needed not in must


def test_a_mixed_plant_tells_what_both_kinds_tell_and_extras_are_not_required() -> None:
    wanted = status_elements(83)
    assert {"genConnectStatus", "stateOfChargeStatus"} <= set(wanted.must)
    assert "manufacturerStatus" in wanted.printed


def test_any_request_over_a_faulty_chain_fails() -> None:
    assert distrusted([connection(done=True)], [exchange()]).state is State.FAIL


@pytest.mark.parametrize("shown", [connection(UNKNOWN_CA), connection(done=True), connection(), connection(LAST_WORDS)])
def test_an_alert_a_close_and_silence_are_refusals(shown: Connection) -> None:
    assert distrusted([shown], [exchange(on=7)]).state is State.PASS


@pytest.mark.parametrize("unshown", [connection(HANDSHAKE_FAILURE), connection(hello=None)])
def test_a_handshake_that_failed_before_proves_nothing(unshown: Connection) -> None:
    assert distrusted([unshown], []).state is State.INCONCLUSIVE
    assert distrusted([], []).state is State.INCONCLUSIVE
