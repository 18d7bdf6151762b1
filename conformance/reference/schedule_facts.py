"""What a device knows of programs, controls and defaults, and what it has done about each control.

Times are seconds since 1970 on the server's clock (``TimeType``, whole seconds in documents); priorities follow the
list order of IEEE 2030.5: primacy first, then the larger mRID.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.reference.setpoints import ModeValue
from conformance.vocabulary.event import CurrentStatus, ResponseStatus

__all__ = [
    "CurrentStatus",
    "KnownControl",
    "KnownDefault",
    "KnownProgram",
    "ModeValue",
    "Outcome",
    "Owed",
    "Participation",
    "ResponseStatus",
    "program_rank",
]


@dataclass(frozen=True, slots=True)
class KnownDefault:
    """A program's DefaultDERControl: modes, and ramp rates such as ``setGradW``, by element name."""

    modes: Mapping[str, ModeValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownControl:
    """A DERControl as last read; ``modes`` by element name of DERControlBase, ``ramp_s`` is its ``rampTms``."""

    mrid: str
    start_s: int
    duration_s: int
    modes: Mapping[str, ModeValue] = field(default_factory=dict)
    creation_s: int = 0
    current_status: int = CurrentStatus.SCHEDULED
    randomize_start_s: int = 0
    randomize_duration_s: int = 0
    response_required: int = 0
    reply_to: str | None = None
    href: str | None = None
    ramp_s: float | None = None

    @property
    def end_s(self) -> int:
        """The specified end, without randomization."""
        return self.start_s + self.duration_s


@dataclass(frozen=True, slots=True)
class KnownProgram:
    """A DERProgram with its controls and its default."""

    mrid: str
    primacy: int
    controls: tuple[KnownControl, ...] = ()
    default: KnownDefault | None = None


@dataclass(frozen=True, slots=True)
class Participation:
    """What the device has done about one control.

    ``start_s`` and ``end_s`` are the effective times, randomization included, fixed on receipt. ``lost`` are the modes
    given up for good to better controls. ``cancelled`` says that ``end_s`` is a cancellation. ``finished`` is set
    when nothing more will happen.
    """

    control: KnownControl
    program: str
    primacy: int
    start_s: float
    end_s: float
    usable: frozenset[str]
    lost: frozenset[str] = frozenset()
    started: bool = False
    cancelled: bool = False
    finished: bool = False

    @property
    def modes(self) -> frozenset[str]:
        """The modes that the control still may move."""
        return self.usable - self.lost

    @property
    def rank(self) -> tuple[int, int, int]:
        """Sorts the best first: lower primacy, newer creation, larger mRID."""
        return self.primacy, -self.control.creation_s, -_number(self.control.mrid)

    def overlaps(self, other: Participation) -> bool:
        """Say whether the specified intervals overlap; randomization neither makes nor heals a conflict."""
        return self.control.start_s < other.control.end_s and other.control.start_s < self.control.end_s


def program_rank(program: KnownProgram) -> tuple[int, int]:
    """Sorts the best program first."""
    return program.primacy, -_number(program.mrid)


def _number(mrid: str) -> int:
    try:
        return int(mrid, 16)
    except ValueError:
        return 0


@dataclass(frozen=True, slots=True)
class Owed:
    """A Response that is due now, about something that happened at ``at_s``."""

    control: KnownControl
    status: ResponseStatus
    at_s: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from knowledge, history and the time.

    ``participations`` is the new history by mRID, ``owed`` the Responses due (in order, whether or not the server
    requires them), ``in_force`` every mode's value, ``by_control`` the mRID of the control behind it (none for a
    default), and ``next_s`` the next instant at which something changes by itself.
    """

    participations: Mapping[str, Participation]
    owed: tuple[Owed, ...]
    in_force: Mapping[str, ModeValue]
    by_control: Mapping[str, str]
    next_s: float | None
