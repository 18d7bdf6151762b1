"""One timed control (``DERControl``, IEEE 2030.5-2018, 10.10 and 12.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from lxml import etree

from conformance.roles.utility.event_status import Rival, State, Timing, state_at, superseding
from conformance.roles.utility.modes import Modes, control_base
from conformance.roles.utility.paging import Entry
from conformance.vocabulary.event import CurrentStatus
from conformance.wire.payload import element


@dataclass(eq=False, slots=True, kw_only=True)
class DERControl:
    """One event of a program. Its status follows from the clock; :meth:`cancel` and :meth:`supersede` end it early.

    ``response_required`` is the bitmap asked for (1 received, 2 started and completed, 4 user), or ``None`` for no
    ``replyTo`` at all; ``published_at`` is the instant of its creation, and ``touched`` is called when it is ended
    early. ``category`` is the ``deviceCategory`` bitmap as eight hexadecimal digits.
    """

    path: str
    mrid: str
    timing: Timing
    modes: Modes
    reply_to: str
    now_s: Callable[[], int]
    siblings: Callable[[], Iterable[DERControl]]
    published_at: datetime
    touched: Callable[[], None]
    description: str | None = None
    response_required: int | None = None
    randomize_start_s: int | None = None
    randomize_duration_s: int | None = None
    category: str | None = None
    version: int = 0
    ended: State | None = field(default=None, init=False)

    @property
    def state(self) -> State:
        """The current status and since when it holds."""
        return state_at(self.now_s(), self.timing, self.ended, self._rival())

    @property
    def start(self) -> datetime:
        """The start as specified, without randomization."""
        return datetime.fromtimestamp(self.timing.start, UTC)

    @property
    def end(self) -> datetime:
        """The end as specified, without randomization."""
        return self.start + timedelta(seconds=self.timing.duration_s)

    @property
    def listed(self) -> bool:
        """True while the event belongs in its list: until its last possible end, and a moment longer."""
        return self.now_s() < self.timing.last_end + LINGERS_S

    @property
    def cancelled_at(self) -> int | None:
        """When the utility cancelled the event, in seconds since 1970."""
        cancelled = (CurrentStatus.CANCELLED, CurrentStatus.CANCELLED_WITH_RANDOMIZATION)
        return self.ended.since if self.ended and self.ended.status in cancelled else None

    def cancel(self, *, randomized: bool = False) -> None:
        """Cancel the event now; the first ending counts."""
        self._end(CurrentStatus.CANCELLED_WITH_RANDOMIZATION if randomized else CurrentStatus.CANCELLED)

    def supersede(self) -> None:
        """Declare the event superseded now, for instance by an event of another program."""
        self._end(CurrentStatus.SUPERSEDED)

    def _end(self, status: CurrentStatus) -> None:
        self.ended = self.ended or State(status, self.now_s())
        self.touched()

    def _rival(self) -> Rival | None:
        same = (other for other in self.siblings() if other is not self and other.modes.keys() == self.modes.keys())
        return superseding(self.timing, [Rival(other.timing, other.cancelled_at) for other in same])

    def write(self) -> etree._Element:
        """Write the ``DERControl`` as it stands now."""
        asks = self.response_required is not None
        return element(
            "DERControl",
            element("mRID", self.mrid),
            element("description", self.description) if self.description else None,
            element("version", self.version),
            element("creationTime", self.timing.created),
            self._status(),
            element("interval", element("duration", self.timing.duration_s), element("start", self.timing.start)),
            _optional("randomizeDuration", self.randomize_duration_s),
            _optional("randomizeStart", self.randomize_start_s),
            control_base(self.modes),
            element("deviceCategory", self.category) if self.category else None,
            href=self.path,
            replyTo=self.reply_to if asks else None,
            responseRequired=f"{self.response_required:02X}" if asks else None,
            subscribable="0",
        )

    def _status(self) -> etree._Element:
        state, rival = self.state, self._rival()
        return element(
            "EventStatus",
            element("currentStatus", int(state.status)),
            element("dateTime", state.since),
            element("potentiallySuperseded", rival is not None),
            element("potentiallySupersededTime", rival.timing.created) if rival else None,
        )

    def entry(self) -> Entry:
        """Return the event as a list entry: by start, then newest first, then mRID descending."""
        key = (self.timing.start, -self.timing.created, -int(self.mrid, 16))
        return Entry(key, self.write, self.timing.start)


LINGERS_S = 2
"""Clocks agree to a second: to a client a moment behind, an event that vanishes at its very end looks taken away
while it runs."""


def _optional(name: str, value: int | None) -> etree._Element | None:
    return None if value is None else element(name, value)
