"""The MirrorUsagePointList: registered clients post their usage points, and see only their own (MUP.001 to MUP.019)."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from conformance.roles.utility.context import Context, Received
from conformance.roles.utility.mirror_usage_point import MirrorUsagePoint, ReceivedReading
from conformance.roles.utility.paging import list_document
from conformance.roles.utility.tree import Audience, Call, Endpoint, changed, created, refused
from conformance.vocabulary.mrid import is_mrid, same_mrid
from conformance.wire.messages import Answer


class Mirrors:
    """All mirrored usage points.

    ``registered`` says who may post. ``new_reading_status`` answers readings with an mRID not seen before: 201 or 204
    (the procedure prints 204, campaigns have seen 201).
    """

    def __init__(self, context: Context, registered: Audience) -> None:
        self._context = context
        self._registered = registered
        self._all: list[MirrorUsagePoint] = []
        self.new_reading_status = 201
        self.path = context.addresses.path("mup")
        context.tree.add(
            Endpoint(
                kind="MirrorUsagePointList",
                path=self.path,
                get=self._list,
                post=self._post,
                accepts=lambda name: name == "MirrorUsagePoint",
            )
        )

    @property
    def usage_points(self) -> tuple[MirrorUsagePoint, ...]:
        """The usage points that exist, in the order they were posted."""
        return tuple(point for point in self._all if not point.deleted)

    @property
    def readings(self) -> tuple[ReceivedReading, ...]:
        """Every value ever posted, oldest first, also of usage points deleted since."""
        return tuple(sorted((value for point in self._all for value in point.readings), key=lambda value: value.at))

    def seen_by(self, lfdi: str) -> list[MirrorUsagePoint]:
        """Return the usage points that a client sees."""
        return [point for point in self.usage_points if point.owner == lfdi]

    def _list(self, call: Call) -> etree._Element:
        entries = (point.entry() for point in self.seen_by(call.lfdi))
        rate = self._context.rates.mirror_usage_point_list_s
        return list_document("MirrorUsagePointList", self.path, entries, call.query, poll_rate_s=rate)

    def _post(self, call: Call) -> Answer:
        if not self._registered(call.lfdi):
            return refused(403)
        mrid = call.document.text("mRID") or ""
        if not is_mrid(mrid):
            return refused(400)
        received = Received(self._context.clock.now(), call.lfdi, call.document)
        known = next((point for point in self.usage_points if same_mrid(point.mrid, mrid)), None)
        if known is None:
            return created(self._take_in(received).path)
        if known.owner != call.lfdi:
            return refused(400)
        known.redefine(received)
        return changed(known.path)

    def _take_in(self, received: Received) -> MirrorUsagePoint:
        point = MirrorUsagePoint(
            self._context,
            _only(received.lfdi),
            received,
            new_reading_status=lambda: self.new_reading_status,
        )
        self._all.append(point)
        return point


def _only(owner: str) -> Callable[[str], bool]:
    return lambda lfdi: lfdi == owner
