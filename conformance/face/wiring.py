"""Putting a run together: from a configuration, or for the demonstration with the embedded peers."""

from __future__ import annotations

import os
import socket
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from conformance.catalogue.profile import Profile, load_profile
from conformance.catalogue.requirement import load_register
from conformance.catalogue.shipped import profiles_folder, testcases_folder
from conformance.catalogue.test_case import TestCase, load_cases
from conformance.face import facts
from conformance.face.configuration import Arranger, Configuration
from conformance.face.test_pki import make_test_pki
from conformance.reference.demo_identities import make_identities
from conformance.reference.embedded_client import embedded_client
from conformance.reference.embedded_server import EmbeddedServer
from conformance.roles.operator import CommandOperator, HookOperator, Operator, PromptOperator, load_plugin
from conformance.running.case_run import Arrangement
from conformance.running.client_arrangement import (
    ClientArrangement,
    ClientPlace,
    CommandStarter,
    OperatorStarter,
    ServerIdentity,
    Starter,
)
from conformance.running.journal import Json
from conformance.running.plan import Plan, make_plan
from conformance.running.run_record import decided_cases, load_record
from conformance.running.server_arrangement import ServerArrangement, ServerPlace, ShownIdentity
from conformance.running.session import Arrange, RunSettings
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.identity import lfdi_of, normal_lfdi, sfdi_of_lfdi
from conformance.wire.certificate_facts import split_certificates
from conformance.wire.pipes import PipeNetwork
from conformance.wire.schema import Edition, Extensions, Validator
from conformance.wire.sockets import SocketNetwork
from conformance.wire.test_identities import TestIdentities
from conformance.wire.tls_context import client_context, server_context

DEFAULT_PROFILE = "csip-2.1"
SUBJECTS = ("server", "client")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the command line chooses beside the configuration."""

    profile: str | None = None
    only: tuple[str, ...] = ()
    jobs: int | None = None
    out: Path | None = None
    resume: Path | None = None
    cases: Sequence[TestCase] | None = None


def configured_run(configuration: Configuration, choice: Choice) -> RunSettings:
    """Prepare a run against the configured subject. Raises ``UsageError``; nothing is started or written before."""
    profile = load_profile(choice.profile or configuration.profile)
    plan = make_plan(_cases(choice), profile, [configuration.kind], only=choice.only, supported=configuration.supports)
    operator = _operator(configuration.operator)
    if configuration.test_pki is not None:
        make_test_pki(configuration.test_pki)
    shown = configuration.shown
    folder = choice.resume or choice.out or (configuration.out or Path("runs")) / _stamp(configuration.kind)
    if configuration.kind == "server":
        lfdi = _lfdi_in(shown.certificate, "identity.certificate")
        client_context(shown.certificate, shown.key, shown.roots)
        arrange = _server(configuration, lfdi)
        subject: dict[str, Json] = {"address": _address(configuration.address)}
    else:
        lfdi = _client_lfdi(configuration)
        server_context(shown.certificate, shown.key, shown.roots)
        _must_be_free(*configuration.listen)
        arrange = _client(configuration, lfdi, folder)
        subject = {"address": _address(configuration.listen), "lfdi": lfdi}
    product = configuration.product
    subject |= {
        "kind": configuration.kind,
        "name": product.name,
        "maker": product.maker,
        "model": product.model,
        "version": product.version,
        "started_by": " ".join(configuration.start.words) if configuration.start else configuration.operator.way,
    }
    return _settings(
        profile, plan, arrange, operator, folder, choice, overrides=configuration.limits, virtual=False, subject=subject
    )


def demonstration(choice: Choice, folder: Path, keep: ExitStack, flaws: Mapping[str, Sequence[str]]) -> RunSettings:
    """Prepare a run of both roles against the embedded peers in virtual time.

    ``keep`` holds the peers' certificates until it is closed; ``flaws`` are given by kind of subject.
    """
    profile = load_profile(choice.profile or DEFAULT_PROFILE)
    subjects = [subject for subject in SUBJECTS if subject in flaws] or list(SUBJECTS)
    plan = make_plan(_cases(choice), profile, subjects, only=choice.only)
    identities = make_identities(Path(keep.enter_context(tempfile.TemporaryDirectory(prefix="csip-demo-"))))

    def arrange(clock: Clock) -> Mapping[str, Arrangement]:
        network = PipeNetwork(clock)
        everything: dict[str, Arrangement] = {
            "server": EmbeddedServer(network, identities, flaws.get("server", ())),
            "client": embedded_client(
                network,
                identities.device,
                identities.server,
                flaws.get("client", ()),
                authorities=identities.authorities,
            ),
        }
        return {subject: everything[subject] for subject in subjects}

    flawed = ", ".join(name for names in flaws.values() for name in names)
    name = f"reference peers with the flaw {flawed}" if flawed else "reference server and reference client"
    subject: dict[str, Json] = {"kind": subjects[0] if len(subjects) == 1 else "both", "name": name}
    return _settings(
        profile, plan, arrange, PromptOperator(), folder, choice, overrides={}, virtual=True, subject=subject
    )


def _settings(
    profile: Profile,
    plan: Plan,
    arrange: Arrange,
    operator: Operator,
    folder: Path,
    choice: Choice,
    *,
    overrides: Mapping[str, float],
    virtual: bool,
    subject: dict[str, Json],
) -> RunSettings:
    limits = profile.limits.overridden_by(overrides)
    register = load_register(profiles_folder() / "requirements")
    told: dict[str, Json] = {
        "run_id": str(uuid.uuid4()),
        "tool": facts.tool(),
        "environment": facts.environment(),
        "subject": subject,
        "requirements": facts.requirement_facts(register, plan.to_run),
        "weakened_by": facts.weakened(profile, limits, virtual=virtual, only=choice.only),
        **facts.profile_facts(profile, limits),
    }
    return RunSettings(
        folder=folder,
        profile=profile,
        limits=limits,
        register=register,
        validator=Validator(Edition(profile.edition), extensions=Extensions.NOTE),
        plan=plan,
        arrange=arrange,
        operator=operator,
        virtual=virtual,
        jobs=choice.jobs or (os.cpu_count() or 1) * 16,
        facts=told,
        kept=None if choice.resume is None else _kept(choice.resume, told),
    )


def _kept(folder: Path, told: Mapping[str, Json]) -> frozenset[str]:
    """Return the cases that a resumed run keeps. Raises ``UsageError`` if it would go on by other rules."""
    before = load_record(folder)
    changed = [name for name in ("profile", "limits", "tool") if before[name] != told[name]]
    if changed:
        seen = f"{', '.join(changed)} differ from those of the run"
        do = "resume with the version and configuration the run was started with, or start a new run"
        raise UsageError(explain(f"resuming the run in {folder}", "the same rules as before", seen, do))
    return decided_cases(folder)


def _cases(choice: Choice) -> Sequence[TestCase]:
    return load_cases(testcases_folder()) if choice.cases is None else choice.cases


def _server(configuration: Configuration, lfdi: str) -> Arrange:
    shown = configuration.shown
    host, port = configuration.address or ("", 0)
    place = ServerPlace(
        host, port, configuration.entry, configuration.pin, configuration.start, not configuration.registered
    )
    identity = ShownIdentity(shown.certificate, shown.key, shown.roots, lfdi, sfdi_of_lfdi(lfdi))
    pki = configuration.test_pki
    strangers = TestIdentities(pki / "authorities", pki / "presented") if pki is not None else None
    return lambda clock: {
        "server": ServerArrangement(SocketNetwork(clock), place, identity, configuration.lanes, strangers)
    }


def _client(configuration: Configuration, lfdi: str, folder: Path) -> Arrange:
    shown, start = configuration.shown, configuration.start
    place = ClientPlace(lfdi, sfdi_of_lfdi(lfdi), configuration.pin, *configuration.listen, configuration.entry)
    identity = ServerIdentity(shown.certificate, shown.key, shown.roots, shown.authorities)
    lanes = configuration.instances if start else 1
    given = {"roots": shown.roots, "client_certificate": configuration.certificate, "client_key": configuration.key}
    files = {name: path for name, path in given.items() if path is not None}
    starter: Starter = CommandStarter(start, place, files, folder) if start else OperatorStarter(place)
    return lambda clock: {"client": ClientArrangement(SocketNetwork(clock), place, identity, starter, lanes, start)}


def _operator(arranger: Arranger) -> Operator:
    match arranger.way:
        case "command":
            return CommandOperator(arranger.command)
        case "hook":
            return HookOperator(arranger.url)
        case "plugin":
            return load_plugin(arranger.plugin)
        case _:
            return PromptOperator()


def _client_lfdi(configuration: Configuration) -> str:
    if configuration.lfdi is None:
        return _lfdi_in(_present(configuration.certificate), "subject.certificate")
    try:
        return normal_lfdi(configuration.lfdi)
    except UsageError as error:
        raise UsageError(f"subject.lfdi: {error}") from None


def _must_be_free(host: str, port: int) -> None:
    """Bind the test server's address for a moment, so that a run does not begin in vain."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        seen, do = error.strerror or str(error), "stop what uses it, or correct subject.listen (port 0: any free one)"
        raise UsageError(explain(f"listening at {host}:{port}", "a free address", seen, do)) from None


def _lfdi_in(path: Path, key: str) -> str:
    attempted = f"reading the certificate {path} ({key})"
    try:
        certificates = split_certificates(path.read_bytes(), str(path))
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


def _address(place: tuple[str, int] | None) -> str:
    return f"{place[0]}:{place[1]}" if place else ""


def _stamp(kind: str) -> str:
    return f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{kind}"
