"""What an operator is asked to make a server under test offer: groups, programs, defaults, controls, as plain data.

Each thing has a description unique to the run and an mRID chosen by the harness. A server that gives mRIDs of its own
is found out by the description, so it must keep one of the two. ``as_json`` gives the form in which an instruction
carries it; element names are the standard's, durations end in ``_s``, a mode that links to a curve holds the curve.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from conformance.catalogue.inverter_functions import Curve, Modes, ModeValue
from conformance.vocabulary.mrid import new_mrid, same_mrid

DOCUMENTATION_PEN = 32473
"""The number that IANA keeps for examples: no maker's."""
ALL_RESPONSES = 7
"""``responseRequired``: received, started and completed, user."""
TOKEN_DIGITS = 6

Json = Mapping[str, object]


def _fresh_mrid() -> str:
    return new_mrid(DOCUMENTATION_PEN)


@dataclass(frozen=True, kw_only=True)
class Named:
    """A thing with a short name; ``description`` adds a token that no other thing has, in 32 characters at most."""

    name: str
    mrid: str = field(default_factory=_fresh_mrid)

    @property
    def description(self) -> str:
        """The ``description`` to be shown."""
        return f"{self.name} {self.mrid[:TOKEN_DIGITS]}"

    def is_shown_as(self, mrid: str | None, description: str | None) -> bool:
        """Say whether an entry with this mRID and description is the thing."""
        return description == self.description or (mrid is not None and same_mrid(mrid, self.mrid))

    def _identity(self) -> dict[str, object]:
        return {"mRID": self.mrid, "description": self.description}


@dataclass(frozen=True, kw_only=True)
class DefaultOffer(Named):
    """A DefaultDERControl: modes, and the settings that only a default has, such as ``setGradW``."""

    name: str = "Default"
    modes: Modes = field(default_factory=dict)
    settings: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> Json:
        """Return the form of an instruction."""
        return {**self._identity(), "modes": modes_as_json(self.modes, self.name), **self.settings}


@dataclass(frozen=True, kw_only=True)
class ControlOffer(Named):
    """A DERControl that starts some time after it is made; ``responses`` asks for every Response."""

    modes: Modes
    starts_in: timedelta
    duration: timedelta
    responses: bool = True
    randomize_start_s: int | None = None
    randomize_duration_s: int | None = None

    def as_json(self) -> Json:
        """Return the form of an instruction; randomizations stand in it only if there are any."""
        randomized = {"randomizeStart": self.randomize_start_s, "randomizeDuration": self.randomize_duration_s}
        return {
            **self._identity(),
            "starts_in_s": int(self.starts_in.total_seconds()),
            "duration_s": int(self.duration.total_seconds()),
            "responseRequired": ALL_RESPONSES if self.responses else 0,
            **{name: value for name, value in randomized.items() if value is not None},
            "modes": modes_as_json(self.modes, self.name),
        }


@dataclass(frozen=True, kw_only=True)
class ProgramOffer(Named):
    """A DERProgram; the lower ``primacy`` wins."""

    primacy: int
    default: DefaultOffer | None = None

    def as_json(self) -> Json:
        """Return the form of an instruction."""
        return {
            **self._identity(),
            "primacy": self.primacy,
            "default": self.default.as_json() if self.default else None,
        }


@dataclass(frozen=True, kw_only=True)
class GroupOffer(Named):
    """A FunctionSetAssignments with its programs; ``None`` leaves the DERProgramListLink out."""

    programs: Sequence[ProgramOffer] | None = ()

    def as_json(self) -> Json:
        """Return the form of an instruction."""
        programs = None if self.programs is None else [program.as_json() for program in self.programs]
        return {**self._identity(), "programs": programs}


def modes_as_json(modes: Modes, owner: str) -> Json:
    """Return modes by name; a curve is an object with its content and a description of its own."""
    return {mode: _value_as_json(value, f"{owner} {mode.removeprefix('opMod')}") for mode, value in modes.items()}


def _value_as_json(value: ModeValue, name: str) -> object:
    if isinstance(value, Curve):
        return {"curve": curve_as_json(value, name)}
    return dict(value) if isinstance(value, Mapping) else value


def curve_as_json(curve: Curve, name: str) -> Json:
    """Return a curve; what it leaves out is absent."""
    optional = {
        "openLoopTms": curve.open_loop_tms,
        "autonomousVRefEnable": curve.autonomous_vref_enable,
        "autonomousVRefTimeConstant": curve.autonomous_vref_time_constant,
    }
    return {
        "mRID": _fresh_mrid(),
        "description": name[:32],
        "curveType": curve.curve_type,
        "xMultiplier": curve.x_multiplier,
        "yMultiplier": curve.y_multiplier,
        "yRefType": curve.y_ref_type,
        **{key: value for key, value in optional.items() if value is not None},
        "points": [list(point) for point in curve.points],
    }
