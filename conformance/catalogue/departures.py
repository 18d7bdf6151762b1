"""Departures: what a peer does that breaks one demand of a pack, and no other.

A pack is proven by them. A layer that asks for more must catch a peer that does only what the layer below asks; a layer
that asks for less must let one through that does only what it asks, where the layer below catches it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from conformance.catalogue.demands import Bound, Demand, Figure, told
from conformance.catalogue.pack_values import Kind, Value
from conformance.catalogue.profile import Profile
from conformance.catalogue.values_in_force import Values
from conformance.vocabulary.verdict import Grade

LOOSER = (Kind.RELAX, Kind.WAIVE, Kind.REMOVE)
"""Kinds by which a layer asks for less."""

FACTOR = 2.0
"""How far beyond a bound a departure goes that has no figure below to go to: clear of every tolerance."""

OFF = 1.5
"""How far from an exact length; twice as long would still be a multiple of it."""


@dataclass(frozen=True, slots=True)
class Departure:
    """One override of a layer, and how a peer breaks it.

    ``value`` is the demand that is broken: that of the layer, or where the layer asks for less that of the layers
    below. ``done`` is what the peer does instead, and ``nothing`` says why there is nothing it could do.
    """

    override: Value
    value: Value
    done: Figure = None
    nothing: str = ""

    @property
    def eased(self) -> bool:
        """True where the layer asks for less: it must let through what the layers below catch."""
        return self.override.kind in LOOSER

    @property
    def same_below(self) -> bool:
        """True where the layers below demand the very same: they catch it as well."""
        below = self.override.below
        return not self.eased and below is not None and not below.waived and below.figure == self.override.figure

    @property
    def words(self) -> str:
        """What the peer does, in words."""
        if self.nothing:
            return self.nothing
        if self.value.demand.bound is Bound.PRESENCE:
            return f"{'has' if self.done == 'required' else 'leaves out'} {self.value.name}"
        return f"{told(self.done, self.value.unit) or 'none'} instead of {told(self.value.figure, self.value.unit)}"

    def kept_by(self, values: Values) -> Values:
        """Return what the departing peer keeps to: all of these values but one."""
        return values.having(replace(self.value, figure=self.done, kind=Kind.REPLACE))


def departures(profile: Profile, parent: Profile) -> tuple[Departure, ...]:
    """Return a departure for each value that the topmost layer of a profile demands, eases or removes."""
    own = (value for value in profile.values.values() if value.pack == profile.id)
    removed = (
        replace(value, kind=Kind.REMOVE, pack=profile.id, below=value)
        for value in parent.values.values()
        if value.key not in profile.values
    )
    return tuple(departure(value) for value in (*own, *removed))


def departure(override: Value) -> Departure:
    """Return how a peer breaks what a value of a layer changes."""
    value = _broken(override)
    if value.figure is None:
        return Departure(override, value, nothing=_unknown(value))
    if value.evidence is Grade.DOCUMENT:
        return Departure(override, value, nothing="shown by a document, not by a test")
    if value.figure == "conditional" and value.when is None:
        return Departure(override, value, nothing="its condition stands in words only")
    done = _eased_to(override, value) if override.kind is Kind.RELAX else _breaking(value)
    return Departure(override, value, done, "" if done is not None else NOTHING)


NOTHING = "nothing that a peer does could break it"


def _unknown(value: Value) -> str:
    return f"not known; ask {value.question.ask}" if value.question else "not known"


def _broken(override: Value) -> Value:
    below = override.below
    return below if override.kind in LOOSER and below is not None else override


def _eased_to(override: Value, value: Value) -> Figure:
    """Return what a layer allows that the value below does not: its own figure, or the part of it that is new."""
    figure = override.figure
    if value.demand.bound is Bound.PRESENCE:
        return _other_presence(value)
    if isinstance(figure, tuple) and value.demand.bound is Bound.ALLOWED:
        return tuple(word for word in figure if word not in value.words) or None
    return figure


def _breaking(value: Value) -> Figure:
    """Return the figure of the layer below if that is looser or another one; else one beyond the value."""
    demand, below = value.demand, value.below
    looser = below.figure if below is not None and not below.waived and below.figure != value.figure else None
    if demand.bound is Bound.PRESENCE:
        return _other_presence(value)
    if isinstance(value.figure, float):
        return looser if looser is not None and _breaks(demand, value.figure, looser) else _beyond(demand, value.figure)
    if demand.bound is Bound.ALL:
        return _fewer(value, looser)
    allowed = looser if isinstance(looser, tuple) else (looser,) if isinstance(looser, str) else ()
    return _another(demand, value.words, allowed)


def _other_presence(value: Value) -> Figure:
    """What is required, or required under a condition, is left out; what is forbidden is there."""
    return {"required": "forbidden", "conditional": "forbidden", "forbidden": "required"}.get(str(value.figure))


def _breaks(demand: Demand, figure: float, other: Figure) -> bool:
    if not isinstance(other, float):
        return False
    return {Bound.MAX: other > figure, Bound.MIN: other < figure}.get(demand.bound, other != figure)


def _beyond(demand: Demand, figure: float) -> float:
    """Return a figure clear of this one: beyond a maximum, short of a minimum, other than an exact one."""
    if demand.bound is Bound.MIN:
        return float(math.floor(figure / FACTOR))
    if demand.bound is Bound.EQUAL and demand.unit == "1":
        return figure - 1
    return (OFF if demand.bound is Bound.EQUAL else FACTOR) * figure or FROM_ZERO[demand.unit]


FROM_ZERO = {"s": 60.0, "W": 1000.0, "%": 50.0, "1": 1.0}
"""What a peer does, by unit, that does not keep to zero."""


def _fewer(value: Value, looser: Figure) -> Figure:
    """Return the members that the layer below asks for, if some are lacking there; else all but the last."""
    if isinstance(looser, tuple) and not set(value.words) <= set(looser):
        return looser
    return value.words[:-1]


def _another(demand: Demand, words: tuple[str, ...], below: Iterable[str]) -> Figure:
    """Return a word that is not among these: one of the layer below, else of the vocabulary, else one nobody asks for.

    It has the form of the demand: a word where one is demanded, a set where several are allowed.
    """
    found = next((word for word in (*below, *demand.choices, demand.other) if word and word not in words), None)
    if found is None:
        return None
    return (found,) if demand.bound is Bound.ALLOWED else found
