"""Checks on a TLS connection."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from made_evidence import connection

from conformance.catalogue.pack_values import Kind, SourceGrade, Value
from conformance.catalogue.values_in_force import Values
from conformance.judgement import tls
from conformance.judgement.finding import State
from conformance.wire.certificates import Fault, Pki
from conformance.wire.tls import Ending


@cache
def pki() -> Pki:
    return Pki.create()


def test_a_completed_handshake_passes() -> None:
    assert tls.session_up(connection()).state is State.PASS


@pytest.mark.parametrize("code", [42, 43, 44, 45, 46, 48, 49])
def test_an_alert_about_the_harness_own_certificate_decides_nothing(code: int) -> None:
    found = tls.session_up(connection(up=False, alerts=((False, code, "some"),)))
    assert found.state is State.INCONCLUSIVE
    assert "does the subject trust the harness's root?" in found.observed


@pytest.mark.parametrize("alert", [(False, 40, "handshake_failure"), (False, 70, "protocol_version"), (True, 48, "x")])
def test_any_other_failed_handshake_fails_with_its_alert(alert: tuple[bool, int, str]) -> None:
    found = tls.session_up(connection(up=False, alerts=(alert,)))
    assert found.state is State.FAIL
    assert f"alert {alert[1]} {alert[2]}" in found.observed


@pytest.mark.parametrize("suites", [None, (0xC0AE,)])
def test_a_handshake_that_ended_without_an_alert_decides_nothing(suites: tuple[int, ...] | None) -> None:
    found = tls.session_up(connection(up=False, suites=suites, error="the peer reset the connection"))
    assert (found.state, found.observed) == (State.INCONCLUSIVE, "the peer reset the connection")


@pytest.mark.parametrize(("version", "state"), [("TLSv1.2", State.PASS), ("TLSv1.3", State.FAIL), (None, State.FAIL)])
def test_only_tls_1_2_will_do(version: str | None, state: State) -> None:
    assert tls.version_is_1_2(connection(version=version)).state is state


def test_only_the_mandatory_suite_will_do() -> None:
    assert tls.suite_is_ccm8(connection()).state is State.PASS
    assert tls.suite_is_ccm8(connection(cipher="ECDHE-ECDSA-AES128-GCM-SHA256")).state is State.FAIL
    assert tls.suite_is_ccm8(connection(cipher=None)).observed == "none"


def test_the_mandatory_suite_must_be_among_those_offered() -> None:
    assert tls.ccm8_offered(connection(suites=(0xC02B, 0xC0AE))).state is State.PASS
    found = tls.ccm8_offered(connection(suites=(0xC02B, 0x00FF)))
    assert (found.state, found.observed) == (State.FAIL, "0xC02B, 0x00FF")


def test_without_a_hello_nothing_is_known_of_the_offer() -> None:
    assert tls.ccm8_offered(connection(suites=None)).state is State.INCONCLUSIVE


def test_the_certificate_must_be_on_p256() -> None:
    assert tls.certificate_on_p256(connection(chain=pki().device("a").chain)).state is State.PASS


@pytest.mark.parametrize(("fault", "seen"), [(Fault.RSA, "RSA"), (Fault.P384, "secp384r1")])
def test_another_key_fails(fault: Fault, seen: str) -> None:
    found = tls.certificate_on_p256(connection(chain=pki().faulty(fault).chain))
    assert found.state is State.FAIL
    assert seen in found.observed


def test_no_certificate_fails() -> None:
    assert tls.certificate_on_p256(connection(chain=())).observed == "no certificate"


def test_a_certificate_that_cannot_be_read_fails_without_a_traceback() -> None:
    whole = pki().device("b").certificate_der
    found = tls.certificate_on_p256(connection(chain=(whole[:40] + b"\x00" * 40 + whole[80:],)))
    assert found.state is State.FAIL
    assert "cannot be read" in found.observed


def test_a_refusal_is_that_nothing_was_served_whatever_the_alert() -> None:
    assert tls.refused(connection(up=False), served=False).state is State.PASS
    assert tls.refused(connection(up=False, alerts=((False, 40, "handshake_failure"),)), served=False).state is (
        State.PASS
    )
    assert tls.refused(connection(), served=True).state is State.FAIL


def test_a_refusal_by_alert_is_told_from_one_without() -> None:
    alert, goodbye = (False, 48, "unknown_ca"), (False, 0, "close_notify")
    ours = (True, 48, "unknown_ca")
    told, silent = connection(up=False, alerts=(alert,)), connection(up=False, alerts=(ours,))
    assert tls.alerted([told]).state is State.PASS
    assert tls.alerted([silent, told]).state is State.PASS
    assert tls.alerted([silent]).state is State.FAIL
    assert tls.alerted([connection(alerts=(goodbye,))]).state is State.FAIL


def test_no_alert_over_a_connection_that_was_reset_decides_nothing() -> None:
    reset = replace(connection(up=False), ended_by=str(Ending.RESET))
    assert tls.alerted([reset]).state is State.INCONCLUSIVE
    assert tls.alerted([]).state is State.INCONCLUSIVE


def _allowed(name: str, *words: str) -> Value:
    return Value(name, words, "", "book", SourceGrade.PRIMARY, "pack", Kind.ADD)


@pytest.mark.parametrize(
    ("supported", "allowed", "state"),
    [
        ((), ("1.2",), State.PASS),
        ((0x0304, 0x0303), ("1.2",), State.PASS),
        ((0x0304,), ("1.2",), State.FAIL),
        ((0x0304,), ("1.2", "1.3"), State.PASS),
        ((0x0303,), ("1.3",), State.FAIL),
    ],
)
def test_one_allowed_version_must_be_offered_and_more_may_be(
    supported: tuple[int, ...], allowed: tuple[str, ...], state: State
) -> None:
    seen = connection(suites=(0xC0AE,))
    assert seen.client_hello is not None
    seen = replace(seen, client_hello=replace(seen.client_hello, version=0x0303, supported_versions=supported))
    assert tls.version_offered(_allowed("TLS.versions", *allowed), seen).state is state


@pytest.mark.parametrize(
    ("supported", "allowed", "beyond"),
    [
        ((0x0304,), ("1.2", "1.3"), True),
        ((0x0304,), ("1.2",), False),
        ((0x0304, 0x0303), ("1.2", "1.3"), False),
        ((), ("1.2", "1.3"), False),
    ],
)
def test_a_client_of_newer_versions_alone_is_beyond_the_harness_where_they_are_allowed(
    supported: tuple[int, ...], allowed: tuple[str, ...], beyond: bool
) -> None:
    seen = connection(suites=(0xC0AE,))
    assert seen.client_hello is not None
    seen = replace(seen, client_hello=replace(seen.client_hello, version=0x0303, supported_versions=supported))
    assert tls.beyond_us(Values([_allowed("TLS.versions", *allowed)]), seen) is beyond


@pytest.mark.parametrize(
    ("suites", "words", "state"),
    [
        ((0xC02B, 0xC0AE), ("TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8",), State.PASS),
        ((0xC02B,), ("TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8",), State.FAIL),
        ((0xC02B,), ("a suite that nobody knows",), State.INCONCLUSIVE),
        (None, ("TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8",), State.INCONCLUSIVE),
    ],
)
def test_one_allowed_suite_must_be_offered(
    suites: tuple[int, ...] | None, words: tuple[str, ...], state: State
) -> None:
    assert tls.suite_offered(_allowed("TLS.cipher_suites", *words), connection(suites=suites)).state is state
