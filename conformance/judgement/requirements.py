"""The whole register: the rows of ``profiles/requirements``, the value rules, and what a profile alone asks for."""

from __future__ import annotations

from conformance.catalogue.profile import Profile
from conformance.catalogue.requirement import WHO, Register, Requirement, load_register
from conformance.catalogue.shipped import profiles_folder
from conformance.judgement.values import ALL_RULES
from conformance.vocabulary.errors import HarnessError
from conformance.vocabulary.verdict import Level
from conformance.wire.schema.value_rules import RULES


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
    rows = (Requirement(rule.id, rule.text, rule.level, rule.who, rule.source) for rule in RULES)
    return {row.id: row for row in (whole, *rows)}
