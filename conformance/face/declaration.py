"""What a product declares of itself: its role, its kinds of DER, its maker's number, the function sets it claims."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.catalogue.test_case import TestCase
from conformance.catalogue.values_in_force import Whom
from conformance.face.configuration import Configuration
from conformance.roles.utility.modes import CURVE_TYPES, PLAIN, STRUCTURES
from conformance.running.applies import PLANT
from conformance.running.journal import Json
from conformance.vocabulary.errors import UsageError, explain, meant

FUNCTION_SETS = (
    "DER",
    "DERControl",
    "EndDevice",
    "FunctionSetAssignments",
    "LogEvent",
    "MirrorUsagePoint",
    "Registration",
    "Response",
    "Subscription",
    "Time",
)
"""What a product may claim beside the modes of a control and the names that test cases ask for."""


def must_be_known(configuration: Configuration, cases: Sequence[TestCase]) -> None:
    """Refuse a name under ``supports`` that nothing asks for: a misspelt one would leave test cases out unseen."""
    asked = (need for case in cases for need in case.needs if need != PLANT)
    known = {*FUNCTION_SETS, *asked, *CURVE_TYPES, *STRUCTURES, *PLAIN}
    for name in sorted((configuration.supports or frozenset()) - known):
        do = meant(name, known, "leave it out")
        expected = f"of {', '.join(sorted(known))}"
        raise UsageError(explain(f"reading subject.supports in {configuration.path}", expected, name, do))


def declared_facts(whom: Whom) -> dict[str, Json]:
    """Return what was declared of a subject as the record holds it; no kinds of DER mean any."""
    return {"role": whom.role, "der": list(whom.types), "pen": whom.pen, "phase": str(whom.phase)}
