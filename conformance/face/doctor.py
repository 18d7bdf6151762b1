"""``csip doctor``: looks at everything a run rests on before one is started, and says what to do."""

from __future__ import annotations

import importlib.util
import socket
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from conformance.catalogue.profile import load_profile
from conformance.catalogue.shipped import testcases_folder
from conformance.catalogue.test_case import load_cases
from conformance.face.configuration import DEFAULT_NAME, Configuration, read_configuration
from conformance.face.configured_identities import Shown
from conformance.face.declaration import must_be_known
from conformance.face.subjects import lanes_of
from conformance.vocabulary.errors import HarnessError
from conformance.wire.certificate_chain import judge_chain
from conformance.wire.certificate_facts import read_certificate, split_certificates
from conformance.wire.tls_context import client_context, server_context

CONNECT_PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing looked at. ``good`` is None for what is only told."""

    subject: str
    good: bool | None
    told: str


@click.command("doctor")
@click.option("--config", type=click.Path(path_type=Path), default=DEFAULT_NAME, show_default=True)
def doctor_command(config: Path) -> None:
    """Check configuration, certificates, cipher, clock, address, and say what a run will store."""
    configuration = read_configuration(config)
    advice = [_advised(name, look, configuration) for name, look in LOOKS.items()]
    for item in advice:
        mark = {True: "ok  ", False: "BAD ", None: "    "}[item.good]
        click.echo(f"{mark}{item.subject:<14} {item.told}")
    sys.exit(2 if any(item.good is False for item in advice) else 0)


def _advised(
    name: str, look: Callable[[Configuration], tuple[bool | None, str]], configuration: Configuration
) -> Advice:
    try:
        good, told = look(configuration)
    except (HarnessError, OSError) as error:
        good, told = False, str(error)
    return Advice(name, good, told)


def _profile(configuration: Configuration) -> tuple[bool | None, str]:
    profile = load_profile(configuration.profile)
    profile.limits.overridden_by(configuration.limits)
    return True, f"{profile.id} {profile.version}, {len(configuration.limits)} limits replaced"


def _declared(configuration: Configuration) -> tuple[bool | None, str]:
    whom = configuration.declared
    must_be_known(configuration, load_cases(testcases_folder()))
    claims = ", ".join(sorted(configuration.supports)) if configuration.supports else "everything"
    pen = "no maker's number" if whom.pen is None else f"maker's number {whom.pen}"
    return None, f"{whom.told}{'' if whom.types else ', any kind of DER'}; {pen}; claims {claims}"


def _certificate(configuration: Configuration) -> tuple[bool | None, str]:
    return True, "; ".join(_shown(configuration.kind, shown) for shown in configuration.shown)


def _shown(kind: str, shown: Shown) -> str:
    if kind == "server":
        client_context(shown.certificate, shown.key, shown.roots)
    else:
        server_context(shown.certificate, shown.key, shown.roots)
    chain = split_certificates(shown.certificate.read_bytes(), str(shown.certificate))
    return f"{shown.certificate}: LFDI {read_certificate(chain[0]).lfdi}, fits its key"


def _lanes(configuration: Configuration) -> tuple[bool | None, str]:
    lanes = lanes_of(configuration)
    if configuration.kind == "server":
        return None, f"{lanes} at once, for {len(configuration.shown)} identities (identity.more or identity.devices)"
    if configuration.start is None:
        return None, "1 at once: the operator restarts the client for each test"
    return None, f"{lanes} at once (subject.instances), with {len(configuration.own)} identities in turn"


def _chain(configuration: Configuration) -> tuple[bool | None, str]:
    shown = configuration.shown[0]
    chain = split_certificates(shown.certificate.read_bytes(), str(shown.certificate))
    root = split_certificates(shown.roots.read_bytes(), str(shown.roots))[0]
    deviations = judge_chain(tuple(chain), root, datetime.now(UTC))
    told = "; ".join(f"{item.where}: {item.observed}, expected {item.expected}" for item in deviations)
    return (
        (None, f"differs from the 2030.5 profile: {told}")
        if told
        else (True, f"{len(chain)} certificates below the root")
    )


def _subject_certificate(configuration: Configuration) -> tuple[bool | None, str]:
    path = configuration.own[0].certificate if configuration.own else None
    if path is None:
        return (
            None,
            "no certificate of the subject is configured" if configuration.kind == "client" else "seen in the run",
        )
    if not path.is_file():
        return False, f"{path} is not there; correct subject.certificate"
    facts = read_certificate(split_certificates(path.read_bytes(), str(path))[0])
    return True, f"{path}: LFDI {facts.lfdi}"


def _southbound(configuration: Configuration) -> tuple[bool | None, str]:
    site = configuration.southbound
    if configuration.kind == "server":
        return None, "the subject is a server: it has no plant"
    if site is None:
        return None, "the plant is not observed: what is said of it rests on messages alone"
    if importlib.util.find_spec("pymodbus") is None:
        return False, "pymodbus is missing: pip install 'csip-conformance[sunspec]'"
    return True, f"for each instance {site.told}"


def _cipher(configuration: Configuration) -> tuple[bool | None, str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.set_ciphers("ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0")
    except ssl.SSLError as error:
        return False, f"{ssl.OPENSSL_VERSION} has no ECDHE-ECDSA-AES128-CCM8 ({error.reason}); use another Python"
    return True, f"ECDHE-ECDSA-AES128-CCM8 by {ssl.OPENSSL_VERSION}"


def _clock(configuration: Configuration) -> tuple[bool | None, str]:
    return None, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC; compare it with a clock you trust: timing rests on it"


def _address(configuration: Configuration) -> tuple[bool | None, str]:
    if configuration.kind == "client":
        return _can_listen(*configuration.listen)
    if configuration.start is not None or configuration.address is None:
        return None, "the server is started by the run"
    try:
        with socket.create_connection(configuration.address, CONNECT_PATIENCE_S):
            return True, f"something listens at {configuration.address[0]}:{configuration.address[1]}"
    except OSError as error:
        host, port = configuration.address
        return False, f"{host}:{port} cannot be reached: {error}; start the server or correct subject.address"


def _can_listen(host: str, port: int) -> tuple[bool | None, str]:
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            return True, f"{host}:{port} is free"
    except OSError as error:
        return False, f"{host}:{port} cannot be listened at: {error}; correct subject.listen"


def _stored(configuration: Configuration) -> tuple[bool | None, str]:
    place = configuration.out or Path("runs")
    return None, f"below {place}: journal, every exchange with its bytes, report; PINs are masked, keys never copied"


LOOKS: dict[str, Callable[[Configuration], tuple[bool | None, str]]] = {
    "profile": _profile,
    "declared": _declared,
    "certificate": _certificate,
    "chain": _chain,
    "subject": _subject_certificate,
    "lanes": _lanes,
    "southbound": _southbound,
    "cipher": _cipher,
    "clock": _clock,
    "address": _address,
    "stored": _stored,
}
