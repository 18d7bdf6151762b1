"""The configured subject as an arrangement: its lanes, addresses and identities.

A server under test has a lane for each identity the harness may show it; a client under test one for each instance that
its start command may launch, each with an address and an identity of its own.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.face.configuration import Configuration
from conformance.face.configured_identities import Instance, Shown
from conformance.roles.southbound import SouthboundSite
from conformance.running.client_arrangement import (
    ClientArrangement,
    ClientPlace,
    CommandStarter,
    OperatorStarter,
    ServerIdentity,
    Starter,
)
from conformance.running.server_arrangement import ServerArrangement, ServerPlace, ShownIdentity
from conformance.running.session import Arrange
from conformance.running.way_in import WaysIn
from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.identity import lfdi_of, normal_lfdi, sfdi_of_lfdi
from conformance.wire.certificate_facts import split_certificates
from conformance.wire.multicast_sockets import SocketMulticast
from conformance.wire.sockets import SocketNetwork
from conformance.wire.test_identities import TestIdentities
from conformance.wire.tls_context import client_context, server_context


def lanes_of(configuration: Configuration) -> int:
    """Return how many test cases may run side by side on the configured subject."""
    if configuration.kind == "client":
        return configuration.instances if configuration.start is not None else 1
    return min(configuration.lanes or len(configuration.shown), len(configuration.shown))


def server_under_test(configuration: Configuration) -> Arrange:
    """Return the arrangement of a server under test. Raises ``UsageError`` for a certificate that cannot be shown."""
    host, port = configuration.address or ("", 0)
    place = ServerPlace(
        host,
        port,
        configuration.entry,
        configuration.pin,
        configuration.start,
        not configuration.registered,
        _ways(configuration),
        configuration.listen,
    )
    shown = configuration.shown[: lanes_of(configuration)]
    identities = [_shown(identity, number) for number, identity in enumerate(shown)]
    _must_differ("identity.more", [identity.lfdi for identity in identities])
    made = shown[0].authorities
    strangers = TestIdentities(made, made.parent / "presented") if made is not None else None
    return lambda clock: {"server": ServerArrangement(SocketNetwork(clock), place, identities, strangers)}


def _shown(shown: Shown, number: int) -> ShownIdentity:
    lfdi = _lfdi_in(shown.certificate, "identity.more" if number else "identity.certificate")
    client_context(shown.certificate, shown.key, shown.roots)
    return ShownIdentity(shown.certificate, shown.key, shown.roots, lfdi, sfdi_of_lfdi(lfdi), shown.pin)


def client_under_test(configuration: Configuration, folder: Path) -> tuple[Arrange, str]:
    """Return the arrangement of a client under test, and its first LFDI.

    Raises ``UsageError`` for a certificate that cannot be read, and for an address that is not free.
    """
    shown, start = configuration.shown[0], configuration.start
    server_context(shown.certificate, shown.key, shown.roots)
    lfdis = [_lfdi(instance, number) for number, instance in enumerate(configuration.own)]
    _must_differ("subject.more", lfdis)
    places = list(_places(configuration, lfdis))
    for place in dict.fromkeys((place.host, place.port) for place in places):
        _must_be_free(*place)
    identity = ServerIdentity(shown.certificate, shown.key, shown.roots, shown.authorities)
    starter: Starter = CommandStarter(start, folder) if start else OperatorStarter()
    if configuration.southbound is not None:
        starter = _with_site(starter, configuration.southbound)
    arrange: Arrange = lambda clock: {  # noqa: E731 - a name for the pair that is returned
        "client": ClientArrangement(SocketNetwork(clock), places, identity, starter, start, _ways(configuration))
    }
    return arrange, lfdis[0]


def _ways(configuration: Configuration) -> WaysIn:
    """Return the other ways in that the declaration names."""
    where = configuration.discovery
    multicast = None if where is None else lambda clock: SocketMulticast(clock, *where)
    return WaysIn(multicast, configuration.clear_text)


def _with_site(starter: Starter, wanted: SouthboundSite) -> Starter:
    """Put a simulated site behind each client. Raises ``UsageError`` where Modbus is not installed."""
    try:
        from conformance.reference.sunspec.site_server import SouthboundStarter
    except ModuleNotFoundError as error:
        do = "pip install 'csip-conformance[sunspec]'"
        raise UsageError(explain("reading subject.southbound", "pymodbus installed", str(error), do)) from None
    return SouthboundStarter(starter, wanted)


def _places(configuration: Configuration, lfdis: Sequence[str]) -> Iterator[ClientPlace]:
    """Yield the place of each instance: identities in turn, and a port of its own (port 0: any free one)."""
    host, port = configuration.listen
    for lane in range(lanes_of(configuration)):
        number = lane % len(lfdis)
        own, lfdi = configuration.own[number], lfdis[number]
        pin = configuration.pin if own.pin is None else own.pin
        given = {
            "roots": configuration.shown[0].roots,
            "client_certificate": own.certificate,
            "client_key": own.key,
        }
        files = {name: path for name, path in given.items() if path is not None}
        yield ClientPlace(lfdi, sfdi_of_lfdi(lfdi), pin, host, port + lane if port else 0, configuration.entry, files)


def _lfdi(instance: Instance, number: int) -> str:
    where = "subject.more" if number else "subject"
    if instance.lfdi is None:
        return _lfdi_in(_present(instance.certificate), f"{where}.certificate")
    try:
        return normal_lfdi(instance.lfdi)
    except UsageError as error:
        raise UsageError(f"{where}.lfdi: {error}") from None


def _must_differ(key: str, lfdis: Sequence[str]) -> None:
    if doubled := sorted({lfdi for lfdi in lfdis if lfdis.count(lfdi) > 1}):
        seen, do = f"twice {', '.join(doubled)}", "give each lane a certificate of its own"
        raise UsageError(explain(f"reading {key}", "identities that differ", seen, do))


def _must_be_free(host: str, port: int) -> None:
    """Bind the test server's address for a moment, so that a run does not begin in vain."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except (OSError, OverflowError) as error:
        seen = str(getattr(error, "strerror", None) or error)
        do = "stop what uses it, or correct subject.listen (port 0: any free one)"
        raise UsageError(explain(f"listening at {host}:{port}", "a free address", seen, do)) from None


def _lfdi_in(path: Path, key: str) -> str:
    attempted = f"reading the certificate {path} ({key})"
    try:
        certificates = split_certificates(path.read_bytes(), f"{path} ({key})")
    except OSError as error:
        do = f"correct {key} in csip.toml, or make certificates with csip pki"
        raise UsageError(explain(attempted, "a certificate in PEM", error.strerror or str(error), do)) from None
    return lfdi_of(certificates[0])


def _present(path: Path | None) -> Path:
    if path is None:
        raise UsageError(
            explain("finding the client's LFDI", "subject.certificate or subject.lfdi", "neither", "add one")
        )
    return path
