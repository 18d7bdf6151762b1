"""Whether a test case applies to a subject and a profile, and if not, why: the reason that reports give.

Asked in this order: does the subject have what the case needs (the declaration), was the case selected, does the
profile rest on the procedures it comes from, in an edition that has it, and does the profile demand anything it could
judge.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from conformance.catalogue.demands import Bound
from conformance.catalogue.errata import errata_of
from conformance.catalogue.pack_values import Phase, Value
from conformance.catalogue.profile import Profile
from conformance.catalogue.test_case import TestCase
from conformance.catalogue.values_in_force import Values, Whom
from conformance.vocabulary.verdict import Verdict

Skip = tuple[Verdict, str]
"""The verdict of a case that is not run, and the reason."""

OURS = "ours"
"""The origin of cases that no published procedure has; they apply wherever what they judge is demanded."""

MODE = "opMod"
"""How the names of all modes of a DERControlBase begin."""

NOT_SELECTED = "not selected (--only)"
"""Why a case is not run that was not asked for."""

FLEET = "fleet"
"""What a case needs that is about an aggregator and the DER it manages."""

FAMILY = ".*"
"""How the name of all elements of a resource ends: ``DERSettings.*``."""


PLANT = "Plant"
"""The need of cases that can judge nothing where the plant behind a client is not observed."""


DNS_SD, CLEAR_TEXT = "DNS-SD", "clear text"
WAYS_IN = {
    DNS_SD: "optional: the declaration has no [discovery]",
    CLEAR_TEXT: "optional: the declaration names no subject.clear_text",
}
"""Needs of optional cases that no list of claims names: they are there where the declaration says where."""


def skipped(
    case: TestCase,
    profile: Profile,
    only: Sequence[str] = (),
    supported: frozenset[str] | None = None,
    *,
    observed: bool = True,
    lacking: Collection[str] = (),
) -> Skip | None:
    """Return why a case is not run, or ``None`` if it is; the arguments are those of ``make_plan``."""
    return (
        _not_claimed(case, supported)
        or _not_there(case, lacking)
        or _not_selected(case, only)
        or _not_observed(case, observed=observed)
        or _other_procedure(case, profile)
        or _other_edition(case, profile)
        or _waits_for_fleet(case, profile)
        or _not_demanded(case, profile)
    )


def named(case: TestCase, wanted: Iterable[str]) -> bool:
    """Say whether a case is called by one of these names: its id, its key or an alias, in any casing."""
    names = {name.lower() for name in (case.key, *case.names)}
    return any(name.lower() in names for name in wanted)


def judged_by(case: TestCase, values: Values) -> tuple[Value, ...]:
    """Return what a profile demands of all that a case can judge, each value once; waived and unknown ones as well.

    What is optional demands nothing.
    """
    held = (value for name in case.values for value in _held(values, name))
    return tuple(dict.fromkeys(value for value in held if not _optional(value)))


def _not_claimed(case: TestCase, supported: frozenset[str] | None) -> Skip | None:
    needs = [need for need in case.needs if need not in (PLANT, *WAYS_IN)]
    lacking = [need for need in needs if supported is not None and not _claimed(need, supported)]
    return (Verdict.NOT_APPLICABLE, f"the declaration does not claim {', '.join(lacking)}") if lacking else None


def _not_there(case: TestCase, lacking: Collection[str]) -> Skip | None:
    reasons = [WAYS_IN[need] for need in case.needs if need in lacking]
    return (Verdict.NOT_APPLICABLE, reasons[0]) if reasons else None


def _not_observed(case: TestCase, *, observed: bool) -> Skip | None:
    """A case about the plant is run only where there is one to look at; what is not observed is no matter of claims."""
    if observed or PLANT not in case.needs:
        return None
    return Verdict.NOT_RUN, "the plant behind the client is not observed; subject.southbound puts a simulated one there"


def _claimed(need: str, supported: frozenset[str]) -> bool:
    """Say whether a function set or a mode is claimed; a declaration that names no mode at all claims them all."""
    names_modes = any(name.startswith(MODE) for name in supported)
    return need in supported or (need.startswith(MODE) and not names_modes)


def _not_selected(case: TestCase, only: Sequence[str]) -> Skip | None:
    return (Verdict.NOT_RUN, NOT_SELECTED) if only and not named(case, only) else None


def _other_procedure(case: TestCase, profile: Profile) -> Skip | None:
    """A case of a published procedure applies where a pack names that procedure, or requires the case itself."""
    if case.origin == OURS or profile.meets(case) or any(_of(case, name) for name in profile.procedures):
        return None
    rests = " and ".join(profile.procedures) or "no procedures"
    return Verdict.NOT_APPLICABLE, f"it is of {case.origin}; the profile {profile.id} rests on {rests}"


def _other_edition(case: TestCase, profile: Profile) -> Skip | None:
    """A case that came with a later edition of its procedure does not apply where a subject is judged by an earlier."""
    chosen = errata_of(profile.policies)
    if chosen.edition in case.editions:
        return None
    has = f"{' and '.join(case.editions)} has it"
    return Verdict.NOT_APPLICABLE, f"not in edition {chosen.edition} of the procedures ({chosen.policy}); {has}"


def _of(case: TestCase, procedure: str) -> bool:
    """An origin may say more after the name of the procedures: ``SunSpec CSIP CTP 1.3, blank in its matrix``."""
    return case.origin.partition(",")[0] == procedure


def _waits_for_fleet(case: TestCase, profile: Profile) -> Skip | None:
    """A case that needs an aggregator with a fleet is not run, and says so, where one is asked for what it judges."""
    if FLEET not in case.needs:
        return None
    whom = Whom(role="aggregator" if case.subject == "client" else "server")
    demanded = [value for value in judged_by(case, profile.values.put_to(whom)) if not value.waived]
    if not demanded:
        return Verdict.NOT_APPLICABLE, f"the profile {profile.id} demands no {' or '.join(case.values)} of a fleet"
    asked = "; ".join(value.sentence for value in demanded)
    return Verdict.NOT_RUN, f"it takes an aggregator with a fleet, and no test case has one yet: {asked}"


def _not_demanded(case: TestCase, profile: Profile) -> Skip | None:
    """Say why nothing could be judged: none of it demanded, all of it waived, or all the rest not known.

    One demand with a figure is enough for a case of several to apply.
    """
    if not case.values:
        return None
    values = profile.put_to(case.subject).values
    demanded = judged_by(case, values)
    if not demanded:
        no = f"no {' or '.join(case.values)} of {values.whom.told}"
        return Verdict.NOT_APPLICABLE, f"the profile {profile.id} demands {no}"
    standing = [value for value in demanded if not value.waived]
    if not standing:
        waived = (f"{value.pack} waives {value.key}: {value.note} ({value.source})" for value in demanded)
        return Verdict.NOT_APPLICABLE, "; ".join(waived)
    if all(value.figure is None for value in standing):
        return Verdict.NOT_RUN, "; ".join(f"{value.key} is not known; {_ask(value)}" for value in standing)
    return None


def _held(values: Values, name: str) -> tuple[Value, ...]:
    if name.endswith(FAMILY):
        return values.of(name.removesuffix(FAMILY))
    name, _, phase = name.partition("@")
    return values.holding(name, Phase(phase) if phase else None)


def _optional(value: Value) -> bool:
    return value.demand.bound is Bound.PRESENCE and value.figure == "optional" and not value.waived


def _ask(value: Value) -> str:
    question = value.question
    return f"ask {question.ask}: {question.text}" if question else "nobody was named to ask"
