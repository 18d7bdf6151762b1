"""Modes as they are offered, and as a plant shows them: compared by meaning.

A plant that is exact shows each mode by its own name. One that is not shows registers, in which several modes end and
which round: there a figure is the same within ``ROUNDING``, and a limit may be tighter than the one that was asked for
because of another mode.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urlsplit

Number = bool | int | float
Value = Number | str | Mapping[str, Number]
"""A mode as on the wire: a number, a switch, a structure by member, or the address of a curve."""


class Curve(Protocol):
    """A curve on offer."""

    @property
    def path(self) -> str:
        """Its path on the test server."""


Modes = Mapping[str, Value | Curve]
"""Modes by element name of DERControlBase or DefaultDERControl; a namespace in braces is not looked at."""

ROUNDING = 0.005
"""How far off a figure in a register may be, as a share of it."""
EXACT = 1e-6
UPPER_LIMITS = ("opModMaxLimW", "opModGenLimW", "opModExpLimW", "opModImpLimW", "opModLoadLimW")
"""The modes that are kept when the plant is held below them."""


def holds(seen: Mapping[str, Value], wanted: Modes, *, exact: bool = True) -> bool:
    """Return whether all modes wanted are among those seen, with the same meaning."""
    within = EXACT if exact else ROUNDING
    return all(_same(value, seen.get(local(name)), within) for name, value in wanted.items())


def told(modes: Modes) -> str:
    """Return modes in words."""
    return ", ".join(f"{local(name)} {_told(value)}" for name, value in modes.items()) or "nothing"


def tighter(seen: Mapping[str, Value], wanted: Modes) -> bool:
    """Return whether everything that is not as wanted is an upper limit, and held lower than wanted."""
    other = {name: value for name, value in wanted.items() if not _same(value, seen.get(local(name)), ROUNDING)}
    return bool(other) and all(_lower(seen.get(local(name)), local(name), value) for name, value in other.items())


def _lower(seen: Value | None, name: str, wanted: Value | Curve) -> bool:
    if name not in UPPER_LIMITS or seen is None:
        return False
    return _figure(seen) < _figure(wanted)


def _figure(value: Value | Curve) -> float:
    if isinstance(value, Mapping):
        return _scaled(value, "value")
    return value if isinstance(value, bool | int | float) else math.nan


def local(name: str) -> str:
    """Return the name of an element without its namespace."""
    return name.rpartition("}")[2]


def _same(wanted: Value | Curve, seen: Value | None, within: float) -> bool:
    """Compare by meaning: a multiplier only scales, an address may be absolute, members nobody told are not judged."""
    match wanted, seen:
        case _, None:
            return False
        case Mapping(), Mapping():
            told = (set(wanted) & set(seen)) - {"multiplier", *AMOUNTS}
            return _amount(wanted, seen, within) and all(_close(wanted[name], seen[name], within) for name in told)
        case (bool() | int() | float(), bool() | int() | float()):
            return _close(wanted, seen, within)
    return isinstance(seen, str) and _address(wanted) == urlsplit(seen).path


def _address(curve: Value | Curve) -> str | None:
    if isinstance(curve, bool | int | float | Mapping):
        return None
    return urlsplit(curve if isinstance(curve, str) else curve.path).path


AMOUNTS = ("displacement", "value")
"""The members that a multiplier scales."""


def _amount(wanted: Mapping[str, Number], seen: Mapping[str, Number], within: float) -> bool:
    asked = [name for name in AMOUNTS if name in wanted]
    return all(name in seen and _close(_scaled(wanted, name), _scaled(seen, name), within) for name in asked)


def _scaled(members: Mapping[str, Number], name: str) -> float:
    return members[name] * 10.0 ** members.get("multiplier", 0)


def _close(one: Number, other: Number, within: float) -> bool:
    return math.isclose(one, other, rel_tol=within, abs_tol=1e-9)


def _told(value: Value | Curve) -> str:
    if isinstance(value, Mapping):
        return "(" + " ".join(f"{name} {_told(member)}" for name, member in value.items()) + ")"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.12g}"  # scaled figures are seldom exact: 0.9500000000000001
    return str(value) if isinstance(value, int | str) else value.path
