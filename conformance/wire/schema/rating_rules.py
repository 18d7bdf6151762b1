"""Settings of a DER against its ratings, which stand in another document.

Requirement rows DER.026 to DER.031 of IEEE 2030.5-2018. A pair is judged only where both values are known.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from conformance.vocabulary.verdict import Level
from conformance.wire.payload import Node
from conformance.wire.schema.value_rule import ValueFinding, ValueRule, judged_apart, scaled
from conformance.wire.schema.wording import element_path


@dataclass(frozen=True, slots=True)
class RatingPair:
    """A setting with its rating; ``mantissa`` is the child with the number, ``least`` marks a lower bound."""

    setting: str
    rating: str
    mantissa: str = "value"
    least: bool = False


PAIRS = (
    RatingPair("setMaxA", "rtgMaxA"),
    RatingPair("setMaxAh", "rtgMaxAh"),
    RatingPair("setMaxChargeRateVA", "rtgMaxChargeRateVA"),
    RatingPair("setMaxChargeRateW", "rtgMaxChargeRateW"),
    RatingPair("setMaxDischargeRateVA", "rtgMaxDischargeRateVA"),
    RatingPair("setMaxDischargeRateW", "rtgMaxDischargeRateW"),
    RatingPair("setMaxVA", "rtgMaxVA"),
    RatingPair("setMaxVar", "rtgMaxVar"),
    RatingPair("setMaxVarNeg", "rtgMaxVarNeg"),
    RatingPair("setMaxW", "rtgMaxW"),
    RatingPair("setMaxWh", "rtgMaxWh"),
    RatingPair("setMinPFOverExcited", "rtgMinPFOverExcited", "displacement", least=True),
    RatingPair("setMinPFUnderExcited", "rtgMinPFUnderExcited", "displacement", least=True),
)
"""Compared by magnitude: signs of reactive power and of power factors follow more than one convention."""


RATING_RULE = ValueRule(
    "VAL.DER.WITHIN_RATING",
    "A setting does not go beyond its rating.",
    Level.MUST,
    "IEEE 2030.5-2018, type DERSettings; DER.026 to DER.031",
    frozenset({"DERSettings"}),
    judged_apart,
)
"""Put to two documents at once, by :func:`check_ratings`."""


def check_ratings(settings: Node, capability: Node) -> tuple[ValueFinding, ...]:
    """Return a finding for each setting of a DERSettings that goes beyond its rating in a DERCapability."""
    found = (_check(pair, settings.child(pair.setting), capability.child(pair.rating)) for pair in PAIRS)
    return tuple(finding for finding in found if finding is not None)


def _check(pair: RatingPair, setting: Node | None, rating: Node | None) -> ValueFinding | None:
    set_to, rated = scaled(setting, pair.mantissa), scaled(rating, pair.mantissa)
    if setting is None or set_to is None or rated is None or _fits(pair, abs(set_to), abs(rated)):
        return None
    bound = "at least" if pair.least else "at most"
    found, expected = f"{float(set_to):g}", f"{bound} {float(rated):g} in magnitude, the {pair.rating}"
    message = f"`DERSettings/{pair.setting}` is {found}; expected {expected}"
    return ValueFinding(RATING_RULE, element_path(setting.xml), setting.line, found, expected, message)


def _fits(pair: RatingPair, set_to: Fraction, rated: Fraction) -> bool:
    return set_to >= rated if pair.least else set_to <= rated
