"""Checks on DERSettings against DERCapability (IEEE 2030.5-2018, 10.10; DER.026 to DER.031; CTP CORE-014)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.wire.exchange import Exchange
from conformance.wire.parser import Malformed
from conformance.wire.payload import Node, read

AT_MOST = (
    "MaxA",
    "MaxAh",
    "MaxChargeRateVA",
    "MaxChargeRateW",
    "MaxDischargeRateVA",
    "MaxDischargeRateW",
    "MaxV",
    "MaxVA",
    "MaxVar",
    "MaxW",
    "MaxWh",
)
"""Pairs whose setting is at most its rating."""

AT_LEAST = ("MaxVarNeg", "MinPFOverExcited", "MinPFUnderExcited", "MinV")
"""Pairs whose setting is at least its rating: negative var are negative numbers, power factors shrink towards 1."""


@dataclass(frozen=True, slots=True)
class _Pair:
    name: str
    setting: float
    rating: float
    good: bool


def within_ratings(settings: Exchange, capability: Exchange) -> Judged:
    """Judge every setting whose rating was sent too; without any such pair nothing is decided."""
    numbers = (settings.number, capability.number)
    expected = "every setting within its rating"
    try:
        pairs = tuple(_pairs(read(settings.request_body), read(capability.request_body)))
    except Malformed as error:
        return Judged("within_ratings", State.INCONCLUSIVE, expected, f"not a document: {error.reason}", numbers)
    if not pairs:
        return Judged("within_ratings", State.INCONCLUSIVE, expected, "no setting whose rating was sent", numbers)
    wrong = [
        f"set{pair.name} {pair.setting:g} against rtg{pair.name} {pair.rating:g}" for pair in pairs if not pair.good
    ]
    observed = "; ".join(wrong) or f"{', '.join(pair.name for pair in pairs)} within the ratings"
    return Judged("within_ratings", passed_if(not wrong), expected, observed, numbers)


def _pairs(settings: Node, capability: Node) -> Iterator[_Pair]:
    for name in (*AT_MOST, *AT_LEAST):
        setting, rating = quantity(settings.child(f"set{name}")), quantity(capability.child(f"rtg{name}"))
        if setting is not None and rating is not None:
            good = setting <= rating if name in AT_MOST else setting >= rating
            yield _Pair(name, setting, rating, good)


def quantity(node: Node | None) -> float | None:
    """Return ``value`` or ``displacement`` times ten to ``multiplier``, in the base unit."""
    if node is None:
        return None
    number = node.integer("value") if node.child("value") is not None else node.integer("displacement")
    exponent = node.integer("multiplier") or 0
    return None if number is None else float(f"{number}e{exponent}")
