"""From which instant the delivery of a control is counted: its creation, its exposure, or its notification.

Which of them a utility means is the ``clock_start`` of the value ``DERControl.delivery`` in its pack.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from conformance.wire.parser import Malformed
from conformance.wire.payload import SEP, Node, read


@dataclass(frozen=True, slots=True)
class Told:
    """A notification that was sent: when its last byte went out, its body, and the status it was answered with.

    ``status`` is ``None`` when no answer came.
    """

    at: datetime
    body: bytes
    status: int | None


@dataclass(frozen=True, slots=True)
class DeliveryStart:
    """The instants of one control, aware and in UTC.

    ``created`` is when the test server made it, ``exposed`` when a client could first have read it, which is the same
    instant here; ``notified`` is when the first notification that holds the control, and that was answered 2xx, had
    been sent whole; ``None`` if there was none.
    """

    created: datetime
    exposed: datetime
    notified: datetime | None

    def at(self, clock_start: str) -> datetime | None:
        """Return the instant of a ``clock_start``: ``created``, ``exposed`` or ``notified``; ``None`` for others."""
        return {"created": self.created, "exposed": self.exposed, "notified": self.notified}.get(clock_start)


def first_told(told: Iterable[Told], mrid: str) -> datetime | None:
    """Return when a control was first told of with success; ``mrid`` is in upper case."""
    good = (sent for sent in told if sent.status is not None and 200 <= sent.status < 300)
    return min((sent.at for sent in good if mrid in _mrids(sent.body)), default=None)


def _mrids(body: bytes) -> set[str]:
    try:
        root = read(body)
    except Malformed:
        return set()
    return {Node(found).content.upper() for found in root.xml.iter(f"{{{SEP}}}mRID")}
