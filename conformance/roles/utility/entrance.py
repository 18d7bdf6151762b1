"""The way in: DeviceCapability and Time (IEEE 2030.5-2018, 8.1 and 9.2), and empty lists for unusual legal links."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from conformance.roles.utility.context import Context
from conformance.roles.utility.manner import Manner
from conformance.roles.utility.paging import list_document
from conformance.roles.utility.tree import Call, Endpoint
from conformance.wire.payload import element

SUBSCRIBABLE_EXTRAS = {
    "DemandResponseProgramList": True,
    "FileList": False,
    "MessagingProgramList": True,
    "TariffProfileList": True,
}
"""Lists of other function sets that may be linked though CSIP does not use them, and whether they are subscribable."""

OWN_LINKS = ("EndDeviceListLink", "MirrorUsagePointListLink", "SelfDeviceLink")
"""The links of DeviceCapability's own type; the schema puts them after the inherited ones."""


class Entrance:
    """DeviceCapability and Time.

    ``links`` gives the links that a client sees, in any order. ``quality`` and ``tz_offset_s`` are shown by Time.
    """

    def __init__(self, context: Context, manner: Manner, links: Callable[[Call], list[etree._Element]]) -> None:
        self._context = context
        self._links = links
        self._extras: dict[str, str] = {}
        self.path = manner.entry_path
        self.time_path = context.addresses.path("tm")
        self.quality = 7
        self.tz_offset_s = 0
        self.open_at(self.path)
        context.tree.add(Endpoint(kind="Time", path=self.time_path, get=self._time))
        for name in SUBSCRIBABLE_EXTRAS if manner.extra_links else ():
            self._serve_empty(name)

    def open_at(self, path: str) -> None:
        """Serve DeviceCapability at a path, as if there were no other one."""
        self._context.tree.add(
            Endpoint(kind="DeviceCapability", path=path, get=lambda call: self._capability(call, path))
        )

    def _capability(self, call: Call, path: str) -> etree._Element:
        time_link = element("TimeLink", href=self.time_path)
        extras = (element(f"{name}Link", href=path, all=0) for name, path in self._extras.items())
        links = {etree.QName(link).localname: link for link in (*self._links(call), time_link, *extras)}
        order = sorted(links, key=lambda name: (name in OWN_LINKS, name.lower()))
        rate = self._context.rates.device_capability_s
        return element("DeviceCapability", *(links[name] for name in order), href=path, pollRate=rate)

    def _time(self, call: Call) -> etree._Element:
        now = self._context.now_s()
        return element(
            "Time",
            element("currentTime", now),
            element("dstEndTime", 0),
            element("dstOffset", 0),
            element("dstStartTime", 0),
            element("localTime", now + self.tz_offset_s),
            element("quality", self.quality),
            element("tzOffset", self.tz_offset_s),
            href=self.time_path,
            pollRate=self._context.rates.time_s,
        )

    def _serve_empty(self, name: str) -> None:
        path = self._context.addresses.path("list")
        subscribable = SUBSCRIBABLE_EXTRAS[name]

        def get(call: Call) -> etree._Element:
            return list_document(name, path, (), call.query, subscribable=subscribable)

        self._context.tree.add(Endpoint(kind=name, path=path, get=get))
        self._extras[name] = path
