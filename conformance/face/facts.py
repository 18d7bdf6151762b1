"""What a run record says of the harness and its surroundings: versions, never names of machines or people."""

from __future__ import annotations

import platform
import ssl
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version

from conformance import __version__
from conformance.catalogue.pack_values import SourceGrade, Value
from conformance.catalogue.profile import Profile
from conformance.catalogue.requirement import Register
from conformance.catalogue.test_case import TestCase
from conformance.running.journal import Json, as_json
from conformance.vocabulary.limits import Limits

DEMAND_FACTS = (
    "name",
    "figure",
    "unit",
    "phase",
    "roles",
    "der",
    "clock_start",
    "clock_stop",
    "evidence",
    "level",
    "source",
    "clause",
    "grade",
    "pack",
    "kind",
    "was",
    "requirement",
    "note",
    "question",
)
"""The fields of a value that the record holds."""

LIBRARIES = ("cryptography", "h11", "httpx", "lxml", "pytest")


def environment() -> dict[str, Json]:
    """Return the versions of Python, OpenSSL, the operating system and the libraries that take part in a verdict."""
    return {
        "python": platform.python_version(),
        "openssl": ssl.OPENSSL_VERSION,
        # What follows the number of a kernel tells who built it and for what, which is nobody's business.
        "platform": f"{platform.system()} {platform.release().split('-')[0]} {platform.machine()}",
        "libraries": {name: _version(name) for name in LIBRARIES},
    }


@cache
def _version(name: str) -> str:
    return version(name)


def tool() -> dict[str, Json]:
    """Return the harness's own name and version."""
    return {"name": "csip-conformance", "version": __version__}


def profile_facts(profile: Profile, limits: Limits) -> dict[str, Json]:
    """Return profile, limits and policies as the record holds them."""
    return {
        "profile": {
            "id": profile.id,
            "title": profile.title,
            "version": profile.version,
            "edition": profile.edition,
            "scope": profile.scope,
            "sources": [{"name": name, "note": note} for name, note in profile.sources],
        },
        "limits": [
            {
                "name": limit.name,
                "value": limit.value,
                "unit": limit.unit,
                "source": limit.source,
                "note": limit.note,
                "default": limit.default,
                "overridden": limit.overridden,
            }
            for limit in limits.values()
        ],
        "policies": [as_json(policy) for policy in profile.policies.values()],
        "demands": [demand_facts(profile, value) for value in profile.values.values()],
        "fails_from": str(profile.values.fails_from),
    }


def demand_facts(profile: Profile, value: Value) -> dict[str, Json]:
    """Return what a profile demands in one respect: key, figure, applicability, source, and what breaking it costs."""
    row = {name: as_json(getattr(value, name)) for name in DEMAND_FACTS}
    return {"key": value.key, **row, "bound": str(value.demand.bound), "effect": effect_of(profile, value)}


def effect_of(profile: Profile, value: Value) -> str:
    """Return what breaking a value costs in this run: fail, provisional, warn; waived; or not_run while not known."""
    if value.waived:
        return "waived"
    return "not_run" if value.figure is None else str(profile.values.effect(value))


def requirement_facts(register: Register, cases: Iterable[TestCase]) -> list[Json]:
    """Return what the cases name, and the rest of what binds their kinds of subject, in the register's order."""
    cases = tuple(cases)
    subjects = {case.subject for case in cases}
    named = {id for case in cases for id in case.requirements}
    return [
        as_json(row) for id, row in register.items() if id in named or any(row.binds(subject) for subject in subjects)
    ]


def weakened(profile: Profile, limits: Limits, *, virtual: bool, only: Iterable[str]) -> list[Json]:
    """Return, in words, what makes the run prove less than it could."""
    told: list[Json] = [profile.scope]
    if virtual:
        told.append("time was virtual: nothing is said about how fast the subject is")
    changed = [
        f"{limit.name} {limit.value:g} instead of {limit.default:g} {limit.unit}"
        for limit in limits.values()
        if limit.overridden
    ]
    if changed:
        told.append(f"limits replaced by the configuration: {'; '.join(changed)}")
    if profile.values.fails_from is not SourceGrade.PRIMARY:
        told.append(f"values of the grade {profile.values.fails_from} and better fail outright, as --fail-from asks")
    told += [f"asked less than below: {eased}" for eased in profile.eased]
    if only := tuple(only):
        told.append(f"only {', '.join(only)} {'was' if len(only) == 1 else 'were'} selected")
    return told
