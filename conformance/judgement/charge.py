"""Checks of a client's figures against its plant: state of charge, and ratings summed over several DER (grade W+S).

A plant that is not observed, or does not show these figures, leaves a note.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from conformance.catalogue.pack_values import Value
from conformance.judgement.elements import Written
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.vocabulary.verdict import Grade
from conformance.wire.exchange import Exchange
from conformance.wire.parser import Malformed
from conformance.wire.payload import quantity, read

HUNDREDTHS = 100
"""``stateOfChargeStatus`` counts hundredths of a percent."""
SUMMED: Mapping[str, tuple[str, str]] = {
    "W": ("rtgMaxW", "setMaxW"),
    "VA": ("rtgMaxVA", "setMaxVA"),
    "var": ("rtgMaxVar", "setMaxVar"),
    "varNeg": ("rtgMaxVarNeg", "setMaxVarNeg"),
}
"""What is summed, by the element of DERCapability and of DERSettings that shows it."""


@runtime_checkable
class Stores(Protocol):
    """A plant that shows how full its batteries and vehicles are."""

    def charges_pct(self) -> Mapping[str, float]:
        """Return the states of charge now, in percent, by what holds the energy."""


@runtime_checkable
class Nameplate(Protocol):
    """A plant that shows what its DER are rated for, all together."""

    def ratings(self) -> Mapping[str, float]:
        """Return the sums of ratings by ``W``, ``VA``, ``var`` and ``varNeg``, the last one negative."""


def charges(plant: object) -> Mapping[str, float]:
    """Return the states of charge now; nothing of a plant that does not show them."""
    return plant.charges_pct() if isinstance(plant, Stores) else {}


def has_moved(before: Mapping[str, float], after: Mapping[str, float], tolerance_pct: float) -> bool:
    """Say whether any state of charge changed by more than a tolerance; what is not observed may well have."""
    return not after or any(abs(pct - before.get(name, pct)) > tolerance_pct for name, pct in after.items())


def tracked(status: Exchange, shown_pct: Mapping[str, float], tolerance_pct: float) -> Judged:
    """Judge the state of charge in a DERStatus: it is that of one of the plant's stores, within so many percent."""
    expected = f"stateOfChargeStatus within {tolerance_pct:g} % of the plant's"
    if not shown_pct:
        return Judged("charge", State.NOTE, expected, "the plant was not observed", (status.number,))
    told = _charge_pct(status)
    near = told is not None and any(abs(told - pct) <= tolerance_pct for pct in shown_pct.values())
    stores = ", ".join(f"{name} {pct:.2f} %" for name, pct in shown_pct.items())
    observed = f"{'none' if told is None else f'{told:.2f} %'}, the plant: {stores}"
    return Judged("charge", passed_if(near), expected, observed, (status.number,), grade=Grade.WIRE_AND_SIMULATOR)


def summed(value: Value, written: Sequence[Written], plant: object, tolerance_pct: float) -> Judged:
    """Judge ratings and settings that are sums over all DER of a site; what was not written is not looked at."""
    wanted = [word for word in value.words if word in SUMMED]
    expected = f"{', '.join(wanted)} are sums over all DER of the site"
    numbers = tuple(it.exchange for it in written)
    if not isinstance(plant, Nameplate):
        return Judged("summed", State.NOTE, expected, "the plant was not observed", numbers)
    told = {name: (word, total) for word in wanted for name, total in _totals(written, word).items()}
    sums = plant.ratings()
    wrong = [
        f"{name} is {total:g}, the sum {sums[word]:g}"
        for name, (word, total) in told.items()
        if word in sums and abs(abs(total) - abs(sums[word])) > abs(sums[word]) * tolerance_pct / 100
    ]
    state = passed_if(not wrong) if told else State.INCONCLUSIVE
    observed = "; ".join(wrong) or f"{', '.join(told) or 'none written'}"
    return Judged("summed", state, expected, observed, numbers, grade=Grade.WIRE_AND_SIMULATOR)


def _totals(written: Sequence[Written], word: str) -> dict[str, float]:
    """Return the elements that show a sum, each over all DER that the client wrote of; of one sign, in base units."""
    found: dict[str, float] = {}
    for name in SUMMED[word]:
        shown = [quantity(it.node.child(name)) for it in written if it.node.child(name) is not None]
        if shown and all(one is not None for one in shown):
            found[name] = float(sum(one for one in shown if one is not None))
    return found


def _charge_pct(status: Exchange) -> float | None:
    try:
        shown = read(status.request_body).child("stateOfChargeStatus")
    except Malformed:
        return None
    hundredths = shown.integer("value") if shown is not None else None
    return None if hundredths is None else hundredths / HUNDREDTHS
