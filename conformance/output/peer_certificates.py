"""The certificates that peers showed in a run, each told once; and who the client of a connection was."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from conformance.output.wording import instant
from conformance.wire.certificate_facts import read_certificate
from conformance.wire.exchange import Connection, Exchange


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate in words.

    ``sha256`` are hexadecimal digits, ``serial`` too; ``valid`` is from when to when, ``count`` how many of the
    connections shown had it, ``leaf`` whether one of them had it as the peer's own.
    """

    number: int
    der: bytes
    subject: str
    issuer: str
    lfdi: str
    sfdi: int
    sha256: str
    serial: str
    key: str
    valid: str
    leaf: bool
    count: int


def certificates_in(connections: Iterable[Connection]) -> tuple[CertificateView, ...]:
    """Return every certificate of the chains, in the order in which they came, numbered from 1."""
    chains = [connection.chain for connection in connections if connection.chain]
    counts = Counter(der for chain in chains for der in chain)
    leaves = {chain[0] for chain in chains}
    return tuple(_told(number, der, der in leaves, counts[der]) for number, der in enumerate(counts, 1))


def _told(number: int, der: bytes, leaf: bool, count: int) -> CertificateView:
    facts = read_certificate(der)
    return CertificateView(
        number=number,
        der=der,
        subject=f"not readable: {facts.unreadable}" if facts.unreadable else facts.subject or "(empty subject)",
        issuer=facts.issuer,
        lfdi=facts.lfdi,
        sfdi=facts.sfdi,
        sha256=hashlib.sha256(der).hexdigest().upper(),
        serial=f"{facts.serial:X}",
        key=facts.key,
        valid="" if facts.unreadable else f"{instant(facts.not_before)} to {instant(facts.not_after)}",
        leaf=leaf,
        count=count,
    )


def client_lfdis(exchanges: Iterable[Exchange]) -> dict[int, str]:
    """Return by connection the LFDI of the client, where an exchange tells it."""
    return {exchange.connection: exchange.peer_lfdi for exchange in exchanges if exchange.peer_lfdi}
