"""A TLS connection in words: suites by number and name, alerts (RFC 5246)."""

from __future__ import annotations

import ssl
from functools import cache

from conformance.wire.exchange import Alert, Connection

_SIGNALLING = {0x00FF: "renegotiation info (signalling)", 0x5600: "fallback (signalling)"}


@cache
def suite_names() -> dict[int, str]:
    """Return the names of all cipher suites that OpenSSL knows, by number."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    return {int(row["id"]) & 0xFFFF: str(row["name"]) for row in context.get_ciphers()} | _SIGNALLING


def suite_words(number: int) -> str:
    """Return a suite by number, with its name where it is known: ``0xC0AE ECDHE-ECDSA-AES128-CCM8``."""
    return f"0x{number:04X} {suite_names().get(number, '(name not known)')}"


def chosen_suite(name: str | None) -> str:
    """Return the negotiated suite with its number."""
    if name is None:
        return "none"
    number = next((number for number, known in suite_names().items() if known == name), None)
    return name if number is None else f"0x{number:04X} {name}"


def alert_words(alert: Alert) -> str:
    """Return an alert: who sent it, level, number and name."""
    level = {1: "warning", 2: "fatal"}.get(alert.level, f"level {alert.level}")
    return f"{'sent' if alert.sent else 'received'}: {level}, {alert.code} {alert.name}"


def outcome_words(connection: Connection) -> str:
    """Return in a few words how the handshake went."""
    if not connection.handshake_completed:
        return f"handshake not completed: {connection.error or connection.ended_by or 'not known why'}"
    return f"{connection.version or 'TLS'}, {chosen_suite(connection.cipher)}" + (
        ", resumed" if connection.resumed else ""
    )
