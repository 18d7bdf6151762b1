"""The log events of one device (``LogEventList``, IEEE 2030.5-2018, 9.5): newest first, posted by the device."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from conformance.roles.utility.context import Context, Received
from conformance.roles.utility.paging import Entry, list_document
from conformance.roles.utility.tree import Audience, Call, Endpoint, created
from conformance.wire.messages import Answer
from conformance.wire.payload import Node, element


class LogBook:
    """A log event list. ``writable`` lets the device post to it; the utility's own book is read-only."""

    def __init__(self, context: Context, audience: Audience, *, writable: bool = True) -> None:
        self._context = context
        self._audience = audience
        self.path = context.addresses.path("lel")
        self.received: list[Received] = []
        self._events: list[tuple[str, etree._Element]] = []
        context.tree.add(
            Endpoint(
                kind="LogEventList",
                path=self.path,
                get=self._list,
                post=self._post if writable else None,
                audience=audience,
                accepts=lambda name: name == "LogEvent",
            )
        )

    def __len__(self) -> int:
        return len(self._events)

    def log(self, *, function_set: int, code: int, event_id: int = 0, pen: int = 0, profile: int = 2) -> None:
        """Write an event of the utility's own, dated now. ``profile`` 2 is IEEE 2030.5."""
        self._keep(
            element(
                "LogEvent",
                element("createdDateTime", self._context.now_s()),
                element("functionSet", function_set),
                element("logEventCode", code),
                element("logEventID", event_id),
                element("logEventPEN", pen),
                element("profileID", profile),
            )
        )

    def _post(self, call: Call) -> Answer:
        self.received.append(Received(self._context.clock.now(), call.lfdi, call.document))
        return created(self._keep(deepcopy(call.document.xml)))

    def _keep(self, event: etree._Element) -> str:
        path = self._context.addresses.path("le")
        event.set("href", path)
        self._events.append((path, event))
        self._context.tree.add(
            Endpoint(kind="LogEvent", path=path, get=lambda call: deepcopy(event), audience=self._audience)
        )
        return path

    def _list(self, call: Call) -> etree._Element:
        entries = [_entry(number, event) for number, (_, event) in enumerate(self._events)]
        rate = self._context.rates.log_event_list_s
        return list_document("LogEventList", self.path, entries, call.query, poll_rate_s=rate, subscribable=True)

    def withdraw(self) -> None:
        """Take the list and its events out of the tree."""
        for path in (self.path, *(path for path, _ in self._events)):
            self._context.tree.remove(path)


def _entry(number: int, event: etree._Element) -> Entry:
    """Return the event as a list entry: latest ``createdDateTime`` first, then the one posted last."""
    moment = Node(event).integer("createdDateTime") or 0
    return Entry((-moment, -number), lambda: deepcopy(event), moment)
