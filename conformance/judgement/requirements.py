"""The whole register: the rows of ``profiles/requirements``, the value rules, and what a profile alone asks for."""

from __future__ import annotations

from conformance.catalogue.profile import Profile
from conformance.catalogue.requirement import WHO, Reason, Register, Requirement, Untested, load_register
from conformance.catalogue.shipped import profiles_folder
from conformance.judgement.values import ALL_RULES
from conformance.vocabulary.errors import HarnessError
from conformance.vocabulary.verdict import Level
from conformance.wire.schema.value_rules import RULES, ValueRule


def whole_register(profile: Profile | None = None) -> Register:
    """Return every requirement that a check can be argued from, by id, with those of a profile if one is given.

    A double id is an error of ours.
    """
    register = dict(load_register(profiles_folder() / "requirements"))
    for more in (_value_rows(), {} if profile is None else profile.requirements()):
        if double := sorted(register.keys() & more.keys()):
            raise HarnessError(f"requirements that stand twice in the register: {', '.join(double)}")
        register |= more
    return register


def value_rules(subject: str) -> tuple[str, ...]:
    """Return the ids that putting the value rules to a kind of subject (``server`` or ``client``) is argued from."""
    return (ALL_RULES, *(rule.id for rule in RULES if subject in WHO[rule.who]))


def _value_rows() -> dict[str, Requirement]:
    text = "No value in a body breaks a rule that goes beyond the schema."
    whole = Requirement(ALL_RULES, text, Level.MUST, "both", "IEEE 2030.5-2018, as each rule cites it")
    return {whole.id: whole, **{rule.id: _row(rule) for rule in RULES}}


def _row(rule: ValueRule) -> Requirement:
    return Requirement(rule.id, rule.text, rule.level, rule.who, rule.source, UNTESTED.get(rule.id))


UNTESTED = {
    "VAL.RESPONSE.STATUS": Untested(
        Reason.IMPLICIT, "Cases with events judge which Responses come, so that one with another code is seen."
    )
}
"""Rules that no test case names: all others are named by those that put them to a body where they matter."""
