"""A TLS connection in words: suites by number and name, certificates by subject and LFDI, alerts (RFC 5246)."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from functools import cache, lru_cache

from conformance.wire.certificate_facts import read_certificate
from conformance.wire.exchange import Alert, Connection

_SIGNALLING = {0x00FF: "renegotiation info (signalling)", 0x5600: "fallback (signalling)"}


@dataclass(frozen=True, slots=True)
class CertificateWords:
    """One certificate of a chain: what it is in the chain, its subject, its LFDI."""

    place: str
    subject: str
    lfdi: str


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


@lru_cache(maxsize=512)
def chain_words(chain: tuple[bytes, ...]) -> tuple[CertificateWords, ...]:
    """Return the certificates of a chain, leaf first, as the peer sent them."""
    return tuple(_certificate(place, der) for place, der in enumerate(chain))


def _certificate(place: int, der: bytes) -> CertificateWords:
    facts = read_certificate(der)
    subject = f"not readable: {facts.unreadable}" if facts.unreadable else facts.subject or "(empty subject)"
    return CertificateWords("leaf" if place == 0 else f"issuer {place}", subject, facts.lfdi)


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
