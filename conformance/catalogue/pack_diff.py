"""What sets one profile apart from another: values, required tests, limits and choices, each side with its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from conformance.catalogue.demands import told
from conformance.catalogue.pack_layers import tighter
from conformance.catalogue.pack_values import Value
from conformance.catalogue.profile import Profile
from conformance.vocabulary.limits import Limit


class Change(StrEnum):
    """How the second profile stands to the first."""

    ONLY_FIRST = "only in the first"
    ONLY_SECOND = "only in the second"
    TIGHTER = "tighter"
    LOOSER = "looser"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: in which part, about what, and both sides in words (empty where one has none)."""

    part: str
    name: str
    change: Change
    first: str
    second: str


def diff(first: Profile, second: Profile) -> tuple[Difference, ...]:
    """Return all differences, in the order values, required tests, limits, policies, schema edition."""
    return (
        *_values(first, second),
        *_required(first, second),
        *_texts("limit", _limits(first), _limits(second)),
        *_texts("policy", _policies(first), _policies(second)),
        *_texts("fixture", _fixtures(first), _fixtures(second)),
        *_texts("edition", {"edition": first.edition}, {"edition": second.edition}),
    )


def _values(first: Profile, second: Profile) -> Iterator[Difference]:
    for key in dict.fromkeys((*first.values, *second.values)):
        one, other = first.values.get(key), second.values.get(key)
        if one is None or other is None:
            change = Change.ONLY_SECOND if one is None else Change.ONLY_FIRST
            yield Difference("value", key, change, _told(one), _told(other))
        elif (one.figure, one.clock, one.waived) != (other.figure, other.clock, other.waived):
            yield Difference("value", key, _change(one, other), _told(one), _told(other))


def _change(one: Value, other: Value) -> Change:
    if one.waived != other.waived:
        return Change.LOOSER if other.waived else Change.TIGHTER
    direction = tighter(one.demand, one.figure, other.figure)
    if direction is None or one.figure == other.figure:
        return Change.DIFFERENT
    return Change.TIGHTER if direction else Change.LOOSER


def _told(value: Value | None) -> str:
    if value is None:
        return ""
    waived = "waived, was " if value.waived else ""
    return f"{waived}{told(value.figure, value.unit)}{value.clock} [{value.cited}]"


def _required(first: Profile, second: Profile) -> Iterator[Difference]:
    for subject in dict.fromkeys((*first.required, *second.required)):
        one, other = first.required.get(subject, ()), second.required.get(subject, ())
        for test in dict.fromkeys((*one, *other)):
            if (test in one) != (test in other):
                change = Change.ONLY_FIRST if test in one else Change.ONLY_SECOND
                sides = ("required", "") if test in one else ("", "required")
                yield Difference("test", f"{subject}/{test}", change, *sides)


def _texts(part: str, first: Mapping[str, str], second: Mapping[str, str]) -> Iterator[Difference]:
    for name in dict.fromkeys((*first, *second)):
        one, other = first.get(name, ""), second.get(name, "")
        if one != other:
            change = Change.ONLY_SECOND if not one else Change.ONLY_FIRST if not other else Change.DIFFERENT
            yield Difference(part, name, change, one, other)


def _limits(profile: Profile) -> Mapping[str, str]:
    return {name: _limit(limit) for name, limit in profile.limits.items()}


def _limit(limit: Limit) -> str:
    return f"{told(limit.value, limit.unit)} [{limit.source}]"


def _fixtures(profile: Profile) -> Mapping[str, str]:
    """Return what lies in each topology, in words; F-REG is no matter of a utility."""
    return {name: f"{topology.told} [{topology.source}]" for name, topology in profile.fixtures.topologies.items()}


def _policies(profile: Profile) -> Mapping[str, str]:
    return {name: f"{policy.choice} [{policy.source}]" for name, policy in profile.policies.items()}
