"""Telemetry that clients mirror here (``MirrorUsagePoint``, IEEE 2030.5-2018, 10.11; MUP.001 to MUP.019).

A client defines a usage point with its readings' types, then posts readings with the same mRIDs. A posted
``MirrorMeterReading`` replaces the values of the one with its mRID and keeps the type it was defined with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from conformance.roles.utility.context import Context, Received
from conformance.roles.utility.paging import Entry
from conformance.roles.utility.tree import Audience, Call, Endpoint, changed, created
from conformance.vocabulary.mrid import same_mrid
from conformance.wire.messages import Answer
from conformance.wire.payload import Node, element

READINGS = ("MirrorMeterReading", "MirrorMeterReadingList")


@dataclass(frozen=True, slots=True)
class ReceivedReading:
    """One value of one quantity, as it came.

    ``mirror`` is the whole ``MirrorMeterReading`` it stood in, ``reading_type`` what the client defined for that mRID
    (``None`` if it never did), ``usage_point`` the ``MirrorUsagePoint`` as first posted.
    """

    at: datetime
    lfdi: str
    mrid: str | None
    value: int | None
    reading: Node
    mirror: Node
    reading_type: Node | None
    usage_point: Node


class MirrorUsagePoint:
    """One usage point with its latest readings. Its owner is the client that posted it."""

    def __init__(
        self, context: Context, audience: Audience, definition: Received, *, new_reading_status: Callable[[], int]
    ) -> None:
        self._context = context
        self._audience = audience
        self._new_reading_status = new_reading_status
        self.definition = definition
        self.owner = definition.lfdi
        self.path = context.addresses.path("mup")
        self.readings: list[ReceivedReading] = []
        self.deleted = False
        self._mirrors: dict[str, tuple[str, etree._Element]] = {}
        self._take(definition)
        context.tree.add(
            Endpoint(
                kind="MirrorUsagePoint",
                path=self.path,
                get=lambda call: self.write(),
                post=self._post,
                put=self._put,
                delete=self._delete,
                audience=audience,
                alive=lambda: not self.deleted,
                accepts=lambda name: name in (*READINGS, "MirrorUsagePoint"),
            )
        )

    @property
    def mrid(self) -> str:
        """The mRID that the client gave, in upper case."""
        return self.definition.node.hexadecimal("mRID") or ""

    def redefine(self, definition: Received) -> None:
        """Take a new definition of the same usage point."""
        self.definition = definition
        self._take(definition)

    def write(self) -> etree._Element:
        """Write the ``MirrorUsagePoint`` with its latest readings and the ``postRate`` that the utility wants."""
        kept = (child for child in self.definition.node.xml if _local(child) not in ("MirrorMeterReading", "postRate"))
        rate = self._context.rates.mirror_post_rate_s
        return element(
            "MirrorUsagePoint",
            *(deepcopy(child) for child in kept),
            *(deepcopy(mirror) for _, mirror in self._mirrors.values()),
            element("postRate", rate) if rate is not None else None,
            href=self.path,
        )

    def entry(self) -> Entry:
        """Return the usage point as a list entry: mRID descending."""
        return Entry((-int(self.mrid or "0", 16),), self.write)

    def _post(self, call: Call) -> Answer:
        if call.document.name not in READINGS:
            return Answer(400)
        new = self._take(Received(self._context.clock.now(), call.lfdi, call.document))
        if not new or self._new_reading_status() == 204:
            return changed()
        return created(new[0] if len(new) == 1 else self.path)

    def _put(self, call: Call) -> Answer:
        if call.document.name != "MirrorUsagePoint" or not same_mrid(call.document.text("mRID") or "", self.mrid):
            return Answer(400)
        self.redefine(Received(self._context.clock.now(), call.lfdi, call.document))
        return changed()

    def _delete(self, call: Call) -> Answer:
        self.deleted = True
        return changed()

    def _take(self, received: Received) -> list[str]:
        """Merge all readings of a document; return the paths of those whose mRID is new."""
        root = received.node
        mirrors = (root,) if root.name == "MirrorMeterReading" else root.children("MirrorMeterReading")
        return [path for mirror in mirrors if (path := self._merge(mirror, received))]

    def _merge(self, mirror: Node, received: Received) -> str | None:
        known = next((mrid for mrid in self._mirrors if same_mrid(mrid, mirror.text("mRID") or "")), None)
        merged = element("MirrorMeterReading", *(deepcopy(child) for child in mirror.xml))
        mrid = known or mirror.text("mRID") or ""
        if known:
            path = self._mirrors[known][0]
            _inherit(merged, self._mirrors[known][1])
        else:
            path = self._context.addresses.path("mr")
            self._context.tree.add(
                Endpoint(
                    kind="MirrorMeterReading",
                    path=path,
                    get=lambda call: deepcopy(self._mirrors[mrid][1]),
                    audience=self._audience,
                    alive=lambda: not self.deleted,
                )
            )
        merged.set("href", path)
        self._mirrors[mrid] = (path, merged)
        self._record(mirror, received, Node(merged).child("ReadingType"))
        return None if known else path

    def _record(self, mirror: Node, received: Received, reading_type: Node | None) -> None:
        self.readings.extend(
            ReceivedReading(
                received.at,
                received.lfdi,
                mirror.hexadecimal("mRID"),
                reading.integer("value"),
                reading,
                mirror,
                reading_type,
                self.definition.node,
            )
            for reading in _values(mirror)
        )


def _values(mirror: Node) -> Iterator[Node]:
    yield from mirror.children("Reading")
    for reading_set in mirror.children("MirrorReadingSet"):
        yield from reading_set.children("Reading")


def _inherit(merged: etree._Element, before: etree._Element) -> None:
    """Keep what a posted reading leaves out, such as its type, in the schema's order."""
    given = {_local(child) for child in merged}
    missing = [
        deepcopy(child) for child in before if _local(child) in {"description", "version", "ReadingType"} - given
    ]
    order = ("mRID", "description", "version", "lastUpdateTime", "MirrorReadingSet", "nextUpdateTime", "Reading")
    places = {name: place for place, name in enumerate((*order, "ReadingType"))}
    merged[:] = sorted((*merged, *missing), key=lambda child: places.get(_local(child), len(places)))


def _local(child: etree._Element) -> str:
    return etree.QName(child).localname
