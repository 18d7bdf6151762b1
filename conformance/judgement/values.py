"""Checks on the values of a body, beyond what the schema decides: the value rules, rows VAL of the register.

Only rules that bind the subject are put to it. What profiles decide differently (the letter case of an LFDI, the digits
of the number that ends an mRID) is asked only where the profile demands it, and judged by that demand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from conformance.catalogue.pack_values import Value
from conformance.catalogue.requirement import WHO
from conformance.catalogue.values_in_force import Values
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.judgement.payloads import body_of
from conformance.vocabulary.der_modes import claimed, is_a
from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.identity import HexCase
from conformance.vocabulary.mrid import PenForm
from conformance.wire.exchange import Exchange, Side
from conformance.wire.parser import Malformed
from conformance.wire.payload import quantity, read
from conformance.wire.schema.rating_rules import RATING_RULE, comparable
from conformance.wire.schema.value_rules import (
    Circumstances,
    ValueFinding,
    check_encoding,
    check_ratings,
    check_values,
)

Choice = TypeVar("Choice", bound=StrEnum)

ALL_RULES = "VAL"
"""The row that a body without any breach is argued from."""

WITHIN_RATING = RATING_RULE.id

RATED_BY = {
    "opModFixedVar": ("rtgMaxVar",),
    "opModFixedPFInjectW": ("rtgMinPFOverExcited", "rtgOverExcitedPF"),
}
"""Modes whose claim needs a rating by CORE-014, any one of them. It prints the first; the second tells as much."""

DEMANDED = {"VAL.HEX.CASE": "EndDevice.lFDI.case", "VAL.MRID.PEN": "mRID.pen_base"}
"""Rules that are asked only where the profile demands a value, by the name of the value."""


@dataclass(frozen=True, slots=True)
class Ruled:
    """A judgement with the rule it is argued from, or with the profile's demand where that decides."""

    requirement: str
    judged: Judged
    demand: Value | None = None


def values(exchange: Exchange, demands: Values, now: datetime | None = None, only: str = "") -> tuple[Ruled, ...]:
    """Judge the subject's body by every value rule that binds it: each breach for itself, or one pass.

    A body that is no document yields nothing. ``now`` is the subject's time when it made the body, if known; without
    it no rule about time is put. ``only`` is how the ids of the rules begin, such as ``VAL.LIST``.
    """
    body = body_of(exchange)
    try:
        root = read(body)
    except Malformed:
        return ()
    subject = "server" if exchange.side is Side.CLIENT else "client"
    found = (*check_encoding(body), *check_values(root, now, _circumstances(demands)))
    bound = [breach for breach in found if subject in WHO[breach.rule.who]]
    breaches = [breach for breach in bound if breach.requirement.startswith(only)]
    if not breaches:
        none = Judged("values", State.PASS, f"no breach of a rule {only or ALL_RULES}", "none", (exchange.number,))
        return (Ruled(ALL_RULES, none),)
    return tuple(_ruled(breach, exchange, demands) for breach in breaches)


def _ruled(breach: ValueFinding, exchange: Exchange, demands: Values) -> Ruled:
    observed = f"{breach.path} is {breach.found}"
    detail = (f"line {breach.line}: {breach.message}",)
    judged = Judged("values", State.FAIL, breach.expected, observed, (exchange.number,), detail=detail)
    return Ruled(breach.requirement, judged, _demand(demands, breach.requirement))


def _demand(demands: Values, rule: str) -> Value | None:
    return demands.find(DEMANDED[rule]) if rule in DEMANDED else None


def _circumstances(demands: Values) -> Circumstances:
    case = _chosen(_demand(demands, "VAL.HEX.CASE"), HexCase)
    base = _chosen(_demand(demands, "VAL.MRID.PEN"), PenForm)
    return Circumstances(letter_case=case, pen=demands.whom.pen, pen_form=base or PenForm.HEX)


def _chosen(value: Value | None, choices: type[Choice]) -> Choice | None:
    """Return what a profile demands as one of the choices. Raises ``UsageError`` for another word."""
    if value is None or value.figure is None:
        return None
    (word, *more) = value.words
    if more or word not in [choice.value for choice in choices]:
        known, seen = ", ".join(choices), ", ".join(value.words)
        raise UsageError(explain(f"reading {value.key} of {value.pack}", f"one of {known}", seen, "correct the pack"))
    return choices(word)


def within_ratings(settings: Exchange, capability: Exchange) -> Judged:
    """Judge every setting whose rating was sent too; without any such pair nothing is decided."""
    numbers = (settings.number, capability.number)
    expected = "every setting within its rating"
    try:
        documents = read(settings.request_body), read(capability.request_body)
    except Malformed as error:
        return Judged("within_ratings", State.INCONCLUSIVE, expected, f"not a document: {error.reason}", numbers)
    compared, breaches = comparable(*documents), check_ratings(*documents)
    if not compared:
        return Judged("within_ratings", State.INCONCLUSIVE, expected, "no setting whose rating was sent", numbers)
    detail = tuple(f"line {breach.line}: {breach.message}" for breach in breaches)
    observed = "; ".join(breach.message for breach in breaches) or f"{', '.join(compared)} within the ratings"
    return Judged("within_ratings", passed_if(not breaches), expected, observed, numbers, detail=detail)


def claims_if_generating(capability: Exchange, modes: Sequence[str]) -> Judged | None:
    """Judge whether a DERCapability claims modes; ``None`` for a DER that does not generate by its ``type``."""
    try:
        document = read(capability.request_body)
    except Malformed:
        return None
    if not is_a(document.integer("type"), "pv"):
        return None
    told = claimed(document.text("modesSupported"))
    lacking = [mode for mode in modes if mode not in told]
    expected, seen = f"modesSupported shows {' and '.join(modes)}", f"not {' and '.join(lacking)}" if lacking else "all"
    return Judged("claims_if_generating", passed_if(not lacking), expected, seen, (capability.number,))


def claims_rated(capability: Exchange) -> Judged | None:
    """Judge whether a DERCapability rates what the modes that it claims need; ``None`` where it claims none."""
    try:
        document = read(capability.request_body)
    except Malformed:
        return None
    told = claimed(document.text("modesSupported"))
    due = {mode: ratings for mode, ratings in RATED_BY.items() if mode in told}
    if not due:
        return None
    lacking = [
        f"{mode} without {' or '.join(ratings)}"
        for mode, ratings in due.items()
        if not any(document.child(name) is not None for name in ratings)
    ]
    expected, seen = f"ratings for {' and '.join(due)}, which it claims", "; ".join(lacking) or "all rated"
    return Judged("claims_rated", passed_if(not lacking), expected, seen, (capability.number,))


def rated(capability: Exchange) -> Judged:
    """Judge whether a DERCapability rates the active power of its DER: above zero if it generates, and never below."""
    expected, numbers = "rtgMaxW above zero", (capability.number,)
    try:
        document = read(capability.request_body)
    except Malformed as error:
        return Judged("rated", State.INCONCLUSIVE, expected, f"not a document: {error.reason}", numbers)
    power, generates = quantity(document.child("rtgMaxW")), is_a(document.integer("type"), "pv")
    good = power is not None and (power > 0 or (power == 0 and not generates))
    return Judged("rated", passed_if(good), expected, "none" if power is None else f"{float(power):g} W", numbers)
