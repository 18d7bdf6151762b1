"""What the client does with a resource that it was notified of: the same as if it had polled it just now."""

from __future__ import annotations

from conformance.reference.client_events import EventKeeper
from conformance.reference.client_polls import Polls
from conformance.reference.client_programs import ProgramReader
from conformance.reference.client_session import Fetched


class Notices:
    """Takes notified resources. Until ``polls`` is there nothing was read that could be notified of."""

    def __init__(self, programs: ProgramReader, events: EventKeeper) -> None:
        self._programs = programs
        self._events = events
        self.polls: Polls | None = None

    async def take(self, resource: str, target: str, fetched: Fetched | None) -> None:
        """Take a resource as it is now; without ``fetched`` it is read, as is what the notification did not hold."""
        polls, place = self.polls, self._programs.places.get(target)
        if polls is None:
            return
        if place is None:
            await polls.visit(target, fetched)
        elif fetched is None:
            await polls.visit(place.list_target)
        elif resource == "DERControlList":
            self._events.amend(place.list_target, place.program, controls=self._programs.controls_in(fetched))
        else:
            self._events.amend(place.list_target, place.program, default=self._programs.default_in(fetched))
