"""A control that the harness holds as a device: what its states must be, what was seen, which Responses are owed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from conformance.catalogue.offers import ControlOffer
from conformance.judgement.event_states import Course, Sighting
from conformance.roles.offer_reader import ServedProgram
from conformance.vocabulary.event import ResponseStatus
from conformance.wire.payload import Node


@dataclass(slots=True)
class HeldControl:
    """A control that the device holds: the course its states must take, what was seen of it, Responses still owed.

    ``rewritten`` tells what else than its status had changed since it was received, and in which exchange;
    ``seen_itself`` says whether it was read at its own address.
    """

    offer: ControlOffer
    program: ServedProgram
    node: Node
    course: Course
    sightings: list[Sighting] = field(default_factory=list)
    owed: list[tuple[float, int]] = field(default_factory=list)
    rewritten: list[tuple[int, str]] = field(default_factory=list)
    seen_itself: bool = False

    def never_shown_as(self, statuses: Collection[int]) -> bool:
        """Say whether the control is not listed any more and was not seen with any of some statuses before."""
        return self.sightings[-1].status is None and not any(seen.status in statuses for seen in self.sightings)

    def may_be_superseded(self) -> None:
        """Allow the server to call the event superseded."""
        self.course = replace(self.course, may_be_superseded=True)

    def is_cancelled(self, asked_s: float, done_s: float) -> None:
        """Expect the event to be cancelled from the moment at which the operator did it."""
        self.course = replace(self.course, cancelled=(asked_s, done_s))

    def give_up(self, at_s: float, status: int = ResponseStatus.SUPERSEDED) -> None:
        """Owe nothing any more from a moment on but the Response that the event is superseded (or another one)."""
        self.owed = [(due, owed) for due, owed in self.owed if due < at_s] + [(at_s, status)]
