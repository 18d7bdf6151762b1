"""TLS alerts by number and by name.

Numbers and names: RFC 5246 7.2 with the later entries of the TLS Alerts registry.
"""

from __future__ import annotations

import re
import ssl

from conformance.wire.exchange import Alert

WARNING, FATAL = 1, 2

NAMES = {
    0: "close_notify",
    10: "unexpected_message",
    20: "bad_record_mac",
    21: "decryption_failed",
    22: "record_overflow",
    30: "decompression_failure",
    40: "handshake_failure",
    41: "no_certificate",
    42: "bad_certificate",
    43: "unsupported_certificate",
    44: "certificate_revoked",
    45: "certificate_expired",
    46: "certificate_unknown",
    47: "illegal_parameter",
    48: "unknown_ca",
    49: "access_denied",
    50: "decode_error",
    51: "decrypt_error",
    60: "export_restriction",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    86: "inappropriate_fallback",
    90: "user_canceled",
    100: "no_renegotiation",
    109: "missing_extension",
    110: "unsupported_extension",
    111: "certificate_unobtainable",
    112: "unrecognized_name",
    113: "bad_certificate_status_response",
    114: "bad_certificate_hash_value",
    115: "unknown_psk_identity",
    116: "certificate_required",
    120: "no_application_protocol",
}
_CODES = {name: code for code, name in NAMES.items()}

# The prefixes are historical names of the code and say nothing of the version in use.
_ALERT_REASON = re.compile(r"(?:SSLV3|TLSV1|TLSV13)_(?:ALERT_)?(\w+)")


def alert(sent: bool, level: int, code: int) -> Alert:
    """Return an alert with its name; an unknown number is named by itself."""
    return Alert(sent, level, code, NAMES.get(code, f"alert {code}"))


def reason_of(error: ssl.SSLError) -> str:
    """Return OpenSSL's name of a failure; an error that the ssl module raises by itself has only its text."""
    return str(getattr(error, "reason", None) or error)


def received_alert(error: ssl.SSLError) -> Alert | None:
    """Return the alert of the peer that an error of the TLS library stands for, if it does."""
    match = _ALERT_REASON.fullmatch(reason_of(error))
    code = _CODES.get(match.group(1).lower()) if match else None
    return None if code is None else alert(False, FATAL, code)
