"""Putting a run together: from a configuration, or for the demonstration with the embedded peers."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from conformance.catalogue.pack_values import SourceGrade
from conformance.catalogue.profile import Profile, load_profile
from conformance.catalogue.shipped import testcases_folder
from conformance.catalogue.test_case import TestCase, load_cases
from conformance.catalogue.values_in_force import DER_TYPES, Values, Whom
from conformance.face import facts
from conformance.face.configuration import Arranger, Configuration
from conformance.face.declaration import declared_facts, must_be_known
from conformance.face.subjects import client_under_test, lanes_of, server_under_test
from conformance.face.test_pki import make_test_pki
from conformance.judgement.requirements import whole_register
from conformance.reference.client import BUILT_IN_ENTRY
from conformance.reference.client_device import EXAMPLE_PEN
from conformance.reference.client_manner import Manner as ClientManner
from conformance.reference.conduct import client_conduct, server_conduct
from conformance.reference.demo_identities import make_identities
from conformance.reference.embedded_client import embedded_client
from conformance.reference.embedded_server import EmbeddedServer
from conformance.roles.operator import CommandOperator, HookOperator, Operator, PromptOperator, load_plugin
from conformance.roles.utility.manner import Manner as ServerManner
from conformance.running.case_run import Arrangement
from conformance.running.journal import Json
from conformance.running.plan import Plan, make_plan
from conformance.running.run_record import decided_cases, left_out_cases, load_record
from conformance.running.session import Arrange, RunSettings
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.errors import UsageError, explain
from conformance.wire.pipes import PipeNetwork
from conformance.wire.schema import Edition, Extensions, Validator

RULES = ("subject", "profile", "limits", "policies", "demands", "fails_from", "tool")
"""What a run is about and goes by; a resumed run must have the same."""

DEFAULT_PROFILE = "csip-2.1"
SUBJECTS = ("server", "client")
DEMONSTRATED = {
    "server": Whom(role="server"),
    "client": Whom(role="device", types=DER_TYPES, pen=EXAMPLE_PEN),
}
"""What the embedded peers are: a server, and a client whose site has one of everything."""
OWN_ENTRY = "/utility/entry"
"""The path of DeviceCapability where it may not be the usual one."""
DEFAULT_JOBS = (os.cpu_count() or 1) * 16


@dataclass(frozen=True, slots=True)
class Choice:
    """What the command line chooses beside the configuration; ``client`` is what the demonstration's client is."""

    profile: str | Profile | None = None
    only: tuple[str, ...] = ()
    jobs: int | None = None
    out: Path | None = None
    resume: Path | None = None
    cases: Sequence[TestCase] | None = None
    fail_from: SourceGrade | None = None
    client: Whom | None = None


def configured_run(configuration: Configuration, choice: Choice) -> RunSettings:
    """Prepare a run against the configured subject. Raises ``UsageError``; nothing is started or written before."""
    profile, plan = configured_plan(configuration, choice)
    operator = _operator(configuration.operator)
    if configuration.test_pki is not None:
        make_test_pki(configuration.test_pki, configuration.devices)
    folder = choice.resume or choice.out or (configuration.out or Path("runs")) / _stamp(configuration.kind)
    if configuration.kind == "server":
        arrange = server_under_test(configuration)
        subject: dict[str, Json] = {"address": _address(configuration.address)}
    else:
        arrange, lfdi = client_under_test(configuration, folder)
        subject = {"address": _address(configuration.listen), "lfdi": lfdi}
        if configuration.southbound is not None:
            subject["southbound"] = configuration.southbound.told
    product = configuration.product
    subject |= {
        "kind": configuration.kind,
        "name": product.name,
        "maker": product.maker,
        "model": product.model,
        "version": product.version,
        **declared_facts(configuration.declared),
        "started_by": " ".join(configuration.start.words) if configuration.start else configuration.operator.way,
    }
    return _settings(profile, plan, arrange, operator, folder, choice, virtual=False, subject=subject)


def configured_plan(configuration: Configuration, choice: Choice) -> tuple[Profile, Plan]:
    """Return the profile with the configured limits, and the plan. Raises ``UsageError``."""
    grade = choice.fail_from or configuration.fail_from or SourceGrade.PRIMARY
    declared: dict[str, Whom] = {configuration.kind: configuration.declared}
    chosen = _loaded(choice.profile or configuration.profile).failing_from(grade).declared_as(declared)
    profile = replace(chosen, limits=chosen.limits.overridden_by(configuration.limits))
    observed = configuration.kind == "server" or configuration.southbound is not None
    subjects, supported = [configuration.kind], configuration.supports
    cases = _cases(choice)
    must_be_known(configuration, cases)
    lacking = configuration.ways_lacking
    return profile, make_plan(
        cases, profile, subjects, only=choice.only, supported=supported, observed=observed, lacking=lacking
    )


def configured_lanes(configuration: Configuration, choice: Choice) -> int:
    """Return how many test cases run side by side."""
    return min(lanes_of(configuration), choice.jobs or DEFAULT_JOBS)


@dataclass(frozen=True, slots=True)
class Manners:
    """How the embedded peers speak, where not in the usual way: legal, but unusual."""

    server: ServerManner | None = None
    client: ClientManner | None = None


def demonstration(
    choice: Choice,
    folder: Path,
    keep: ExitStack,
    flaws: Mapping[str, Sequence[str]],
    manners: Manners = Manners(),
    peers_keep_to: Values | None = None,
) -> RunSettings:
    """Prepare a run of both roles against the embedded peers in virtual time.

    ``keep`` holds the peers' certificates until it is closed; ``flaws`` are given by kind of subject: the kinds named
    are tested, or both if none is. ``peers_keep_to`` are the values that the peers keep to, where these are not those
    of the profile they are held to.
    """
    declared = DEMONSTRATED | ({"client": choice.client} if choice.client else {})
    grade = choice.fail_from or SourceGrade.PRIMARY
    profile = _loaded(choice.profile or DEFAULT_PROFILE).failing_from(grade).declared_as(declared)
    kept = profile.values if peers_keep_to is None else peers_keep_to
    subjects = [subject for subject in SUBJECTS if subject in flaws] or list(SUBJECTS)
    plan = make_plan(_cases(choice), profile, subjects, only=choice.only)
    identities = make_identities(Path(keep.enter_context(tempfile.TemporaryDirectory(prefix="csip-demo-"))))

    def arrange(clock: Clock) -> Mapping[str, Arrangement]:
        network = PipeNetwork(clock)
        everything: dict[str, Arrangement] = {
            "server": EmbeddedServer(
                network,
                identities,
                flaws.get("server", ()),
                manners.server,
                server_conduct(kept.put_to(declared["server"])),
            ),
            "client": embedded_client(
                network,
                identities.device,
                identities.server,
                flaws.get("client", ()),
                manners.client,
                authorities=identities.authorities,
                conduct=client_conduct(kept.put_to(declared["client"])),
                entry=_entry(profile.put_to("client").values),
            ),
        }
        return {subject: everything[subject] for subject in subjects}

    flawed = ", ".join(name for names in flaws.values() for name in names)
    name = f"reference peers with the flaw {flawed}" if flawed else "reference server and reference client"
    subject: dict[str, Json] = {"kind": subjects[0] if len(subjects) == 1 else "both", "name": name}
    subject |= declared_facts(declared[subjects[-1]])
    return _settings(profile, plan, arrange, PromptOperator(), folder, choice, virtual=True, subject=subject)


def _entry(values: Values) -> str:
    """Return the path of DeviceCapability that the demonstration's client is given."""
    found = values.find("DeviceCapability.href")
    return OWN_ENTRY if found is not None and found.figure == "configured" else BUILT_IN_ENTRY


def _settings(
    profile: Profile,
    plan: Plan,
    arrange: Arrange,
    operator: Operator,
    folder: Path,
    choice: Choice,
    *,
    virtual: bool,
    subject: dict[str, Json],
) -> RunSettings:
    limits = profile.limits
    register = whole_register(profile)
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
        validator=_validator(Edition(profile.edition)),
        plan=plan,
        arrange=arrange,
        operator=operator,
        virtual=virtual,
        jobs=choice.jobs or DEFAULT_JOBS,
        facts=told,
        kept=None if choice.resume is None else _kept(choice.resume, told, plan),
    )


@cache
def _validator(edition: Edition) -> Validator:
    """Return the validator of an edition: compiled once in a process, however many runs it has."""
    return Validator(edition, extensions=Extensions.NOTE)


def _kept(folder: Path, told: Mapping[str, Json], plan: Plan) -> frozenset[str]:
    """Return the cases that a resumed run keeps. Raises ``UsageError`` if it would go on by other rules."""
    before = load_record(folder)
    changed = [name for name in RULES if before.get(name) != told[name]]
    if left_out_cases(folder) != {row.key for row in plan.rows if row.skip is not None}:
        changed.append("selected tests")
    if changed:
        seen = f"other {', '.join(changed)}"
        do = "resume with the version, configuration and options the run was started with, or start a new run"
        raise UsageError(explain(f"resuming the run in {folder}", "the same rules as before", seen, do))
    return decided_cases(folder)


def _loaded(profile: str | Profile) -> Profile:
    return load_profile(profile) if isinstance(profile, str) else profile


def _cases(choice: Choice) -> Sequence[TestCase]:
    return load_cases(testcases_folder()) if choice.cases is None else choice.cases


def _operator(arranger: Arranger) -> Operator:
    match arranger.way:
        case "command":
            return CommandOperator(arranger.command, arranger.base)
        case "hook":
            return HookOperator(arranger.url)
        case "plugin":
            return load_plugin(arranger.plugin)
        case _:
            return PromptOperator()


def _address(place: tuple[str, int] | None) -> str:
    return f"{place[0]}:{place[1]}" if place else ""


def _stamp(kind: str) -> str:
    return f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{kind}"
