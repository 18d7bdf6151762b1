"""Checks on a TLS connection (IEEE 2030.5 clause 8; RFC 5246; CSIP 5.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec

from conformance.catalogue.pack_values import Value
from conformance.catalogue.values_in_force import Values
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.wire.exchange import Connection

CCM8 = 0xC0AE
CLOSE_NOTIFY = 0
RESET = "reset"
"""How a connection ended that its peer broke off (:class:`~conformance.wire.tls.Ending`)."""
CCM8_NAME = "ECDHE-ECDSA-AES128-CCM8"
SUITES = {
    "TLS_RSA_WITH_AES_256_CBC_SHA256": 0x003D,
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": 0xC02B,
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": 0xC02C,
    "TLS_ECDHE_ECDSA_WITH_AES_128_CCM": 0xC0AC,
    "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8": CCM8,
    "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8": 0xC0AF,
}
"""Cipher suites that a pack may name, by the names of IANA."""
VERSIONS = {"1.2": 0x0303, "1.3": 0x0304}
CERTIFICATE_ALERTS = range(41, 50)
"""Alerts about a certificate: no_certificate (41) to access_denied (49)."""


def session_up(connection: Connection) -> Judged:
    """Judge whether the handshake completed.

    Inconclusive when it ended without an alert of either side, since the wire does not tell a refusal from an outage,
    and when the peer refused the harness's own certificate: that is a matter of which roots it was given.
    """
    expected = "the TLS handshake completes"
    if connection.handshake_completed:
        return _judged("session_up", State.PASS, expected, "completed", connection)
    ours_refused = any(not alert.sent and alert.code in CERTIFICATE_ALERTS for alert in connection.alerts)
    state = State.INCONCLUSIVE if ours_refused or not connection.alerts else State.FAIL
    hint = "; does the subject trust the harness's root?" if ours_refused else ""
    return _judged("session_up", state, expected, _ending(connection) + hint, connection)


def version_is_1_2(connection: Connection) -> Judged:
    """Judge the negotiated version."""
    seen = connection.version or "none"
    return _judged("tls_version", passed_if(seen == "TLSv1.2"), "TLS 1.2", seen, connection)


def suite_is_ccm8(connection: Connection) -> Judged:
    """Judge the negotiated cipher suite."""
    seen = connection.cipher or "none"
    return _judged("cipher_suite", passed_if(seen == CCM8_NAME), f"{CCM8_NAME} (0xC0AE)", seen, connection)


def ccm8_offered(connection: Connection) -> Judged:
    """Judge whether the client's hello offers the mandatory suite."""
    hello = connection.client_hello
    if hello is None:
        return _judged("suite_offered", State.INCONCLUSIVE, "a ClientHello", _ending(connection), connection)
    seen = ", ".join(f"0x{suite:04X}" for suite in hello.cipher_suites)
    return _judged("suite_offered", passed_if(CCM8 in hello.cipher_suites), "0xC0AE among the suites", seen, connection)


def version_offered(value: Value, connection: Connection) -> Judged:
    """Judge whether a client's hello offers a version that a value allows; offering more is legal."""
    return _offers(value, VERSIONS, _versions(connection), connection)


def beyond_us(values: Values, connection: Connection) -> bool:
    """Say whether a client offers only newer versions than 1.2, which is what the harness speaks, and rightly so."""
    allowed, offered = values.find("TLS.versions"), _versions(connection)
    words = () if allowed is None or allowed.figure is None else allowed.words
    return VERSIONS["1.2"] not in offered and any(VERSIONS.get(word) in offered for word in words)


def _versions(connection: Connection) -> Sequence[int]:
    """Return the versions that a client offers; an old hello tells the newest of them only."""
    hello = connection.client_hello
    return () if hello is None else hello.supported_versions or range(min(VERSIONS.values()), hello.version + 1)


def suite_offered(value: Value, connection: Connection) -> Judged:
    """Judge whether a client's hello offers a cipher suite that a value allows; offering more is legal."""
    hello = connection.client_hello
    return _offers(value, SUITES, () if hello is None else hello.cipher_suites, connection)


def _offers(value: Value, numbers: Mapping[str, int], offered: Sequence[int], connection: Connection) -> Judged:
    wanted = {numbers[word] for word in value.words if word in numbers}
    seen = ", ".join(f"0x{number:04X}" for number in offered) or "none"
    told = f"{value.sentence}: one of {', '.join(f'0x{number:04X}' for number in sorted(wanted))} offered"
    known = connection.client_hello is not None and len(wanted) == len(set(value.words))
    good = bool(wanted & set(offered))
    state = passed_if(good) if good or known else State.INCONCLUSIVE
    return _judged("offered", state, told, seen if known or good else f"{seen}; {_ending(connection)}", connection)


def certificate_on_p256(connection: Connection) -> Judged:
    """Judge the key of the certificate the peer showed: ECC on secp256r1."""
    expected = "a certificate with an ECC key on secp256r1"
    if not connection.chain:
        return _judged("key_curve", State.FAIL, expected, "no certificate", connection)
    try:
        key = x509.load_der_x509_certificate(connection.chain[0]).public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        return _judged("key_curve", State.FAIL, expected, f"a key that cannot be read: {error}", connection)
    seen = key.curve.name if isinstance(key, ec.EllipticCurvePublicKey) else type(key).__name__
    return _judged("key_curve", passed_if(seen == "secp256r1"), expected, seen, connection)


def refused(connection: Connection, served: bool) -> Judged:
    """Judge whether the peer refused: nothing was served. The alert's number is evidence, not the verdict."""
    seen = "application data was served" if served else f"nothing was served; {_ending(connection)}"
    return _judged("refused", passed_if(not served), "the peer is refused", seen, connection)


def alerted(connections: Sequence[Connection]) -> Judged:
    """Judge whether the peer refused by a TLS alert, on one connection at least.

    A connection that was reset decides nothing: an alert that was on its way is lost then.
    """
    refusals = [it for each in connections for it in each.alerts if not it.sent and it.code != CLOSE_NOTIFY]
    reset = any(each.ended_by == RESET for each in connections)
    state = State.PASS if refusals else State.INCONCLUSIVE if reset or not connections else State.FAIL
    seen = "; ".join(dict.fromkeys(map(_ending, connections))) or "no connection"
    numbers = tuple(each.number for each in connections)
    return Judged("alerted", state, "the peer refuses by a TLS alert", seen, connections=numbers)


def _ending(connection: Connection) -> str:
    alerts = ", ".join(
        f"{'sent' if alert.sent else 'received'} alert {alert.code} {alert.name}" for alert in connection.alerts
    )
    return "; ".join(part for part in (alerts, connection.error, connection.ended_by) if part) or "no TLS at all"


def _judged(kind: str, state: State, expected: str, observed: str, connection: Connection) -> Judged:
    return Judged(kind, state, expected, observed, connections=(connection.number,))
