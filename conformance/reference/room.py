"""How much the reference client has room for where profiles differ: assignments, programs, curves and their points."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.catalogue.values_in_force import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much of each there is room for, the first ones; for any number if ``None``.

    Args:
        assignments: function set assignments.
        programs: programs of each assignment.
        curves: curves of each mode.
        points: points of each curve; a control that follows a longer one cannot be obeyed.
    """

    assignments: int | None = None
    programs: int | None = None
    curves: int | None = None
    points: int | None = None


ENDLESS = Room()
"""The room of a client that knows of no utility."""


def room(values: Values) -> Room:
    """Return the room of a client that keeps to all values put to it, and has no more."""
    return Room(
        assignments=_count(values, "FunctionSetAssignments.count"),
        programs=_count(values, "DERProgram.count"),
        curves=_count(values, "DERCurve.count"),
        points=_count(values, "DERCurve.points"),
    )


def _count(values: Values, name: str) -> int | None:
    held = (value for value in values.holding(name) if not value.waived and isinstance(value.figure, float))
    return max((int(value.number) for value in held), default=None)
