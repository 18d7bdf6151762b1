"""What a value rule is: a row of data with a requirement id, and the small function that observes its breach.

A rule speaks of values the schema lets through. It is a MUST only where the standard leaves no room; what is merely
unusual is a SHOULD, and what profiles decide differently is asked only when a profile gives its choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from conformance.vocabulary.identity import HexCase
from conformance.vocabulary.mrid import PenForm
from conformance.vocabulary.verdict import Level
from conformance.wire.payload import Node


class Subject(StrEnum):
    """To which elements a rule is put: those it names, or any that carries its attribute."""

    ELEMENT = "element"
    ATTRIBUTE = "attribute"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What rules may need beside the document.

    ``now`` is the subject's time as far as known; without it no rule about time is asked. ``slack`` is how far a
    status may lag behind the clock. ``letter_case``, ``pen`` and ``pen_form`` are the profile's choices.
    """

    now: datetime | None = None
    slack: timedelta = timedelta(seconds=60)
    letter_case: HexCase | None = None
    pen: int | None = None
    pen_form: PenForm = PenForm.HEX


@dataclass(frozen=True, slots=True)
class Observation:
    """One breach as a rule sees it: what was there and what was expected; ``below`` names a child or an attribute."""

    found: str
    expected: str
    below: str = ""


Observe = Callable[[Node, Circumstances], Iterator[Observation]]


@dataclass(frozen=True, slots=True)
class ValueRule:
    """One rule.

    ``on`` holds the local names of the elements it is put to, or of the attributes that call for it. ``who`` is
    ``server``, ``client`` or ``both``: whoever makes the values, and so must obey.
    """

    id: str
    text: str
    level: Level
    source: str
    on: frozenset[str]
    observe: Observe
    subject: Subject = Subject.ELEMENT
    who: str = "both"


@dataclass(frozen=True, slots=True)
class ValueFinding:
    """A breach of a value rule, with the element's path and line; ``message`` says all of it in one sentence."""

    rule: ValueRule
    path: str
    line: int
    found: str
    expected: str
    message: str

    @property
    def requirement(self) -> str:
        """The id of the rule."""
        return self.rule.id

    @property
    def level(self) -> Level:
        """How binding the rule is."""
        return self.rule.level


def judged_apart(_: Node, __: Circumstances) -> Iterator[Observation]:
    """Observe nothing: the rule of a function of its own, which needs more than one element."""
    yield from ()


def hex_number(text: str | None) -> int | None:
    """Return a hexBinary value as a number; ``None`` if it is empty or none."""
    try:
        return int(text, 16) if text else None
    except ValueError:
        return None
