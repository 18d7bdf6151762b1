"""Settings of a DER against its ratings, which stand in another document.

Requirement rows DER.026 to DER.031 of IEEE 2030.5-2018; CTP CORE-014. A pair is judged only where both values are
known. Voltages (setMaxV, setMinV) are left out: no source bounds them by their ratings.
"""

from __future__ import annotations

from fractions import Fraction

from conformance.vocabulary.verdict import Level
from conformance.wire.payload import Node, quantity
from conformance.wire.schema.value_rule import ValueFinding, ValueRule, judged_apart
from conformance.wire.schema.wording import element_path

AT_MOST = (
    "MaxA",
    "MaxAh",
    "MaxChargeRateVA",
    "MaxChargeRateW",
    "MaxDischargeRateVA",
    "MaxDischargeRateW",
    "MaxVA",
    "MaxVar",
    "MaxVarNeg",
    "MaxW",
    "MaxWh",
)
"""Pairs ``set…`` and ``rtg…`` whose setting is at most its rating."""

AT_LEAST = ("MinPFOverExcited", "MinPFUnderExcited")
"""Pairs whose setting is at least its rating: a power factor nearer to 1 asks for less.

All are compared by magnitude. Reactive power taken up is a negative number; that sign is a rule of its own.
"""

RATING_RULE = ValueRule(
    "VAL.DER.WITHIN_RATING",
    "A setting does not go beyond its rating.",
    Level.MUST,
    "IEEE 2030.5-2018, type DERSettings; DER.026 to DER.031",
    frozenset({"DERSettings"}),
    judged_apart,
    who="client",
)
"""Put to two documents at once, by :func:`check_ratings`."""


def comparable(settings: Node, capability: Node) -> tuple[str, ...]:
    """Return the names, without ``set`` and ``rtg``, of what a DERSettings and a DERCapability both give."""
    return tuple(name for name in (*AT_MOST, *AT_LEAST) if None not in _pair(name, settings, capability))


def check_ratings(settings: Node, capability: Node) -> tuple[ValueFinding, ...]:
    """Return a finding for each setting of a DERSettings that goes beyond its rating in a DERCapability."""
    found = (_check(name, settings, capability) for name in (*AT_MOST, *AT_LEAST))
    return tuple(finding for finding in found if finding is not None)


def _check(name: str, settings: Node, capability: Node) -> ValueFinding | None:
    setting, (set_to, rated) = settings.child(f"set{name}"), _pair(name, settings, capability)
    if setting is None or set_to is None or rated is None:
        return None
    least = name in AT_LEAST
    if abs(set_to) >= abs(rated) if least else abs(set_to) <= abs(rated):
        return None
    bound = "at least" if least else "at most"
    found, expected = f"{float(set_to):g}", f"{bound} {float(abs(rated)):g} in magnitude, the rtg{name}"
    message = f"`DERSettings/set{name}` is {found}; expected {expected}"
    return ValueFinding(RATING_RULE, element_path(setting.xml), setting.line, found, expected, message)


def _pair(name: str, settings: Node, capability: Node) -> tuple[Fraction | None, Fraction | None]:
    return quantity(settings.child(f"set{name}")), quantity(capability.child(f"rtg{name}"))
