"""The utility's own ``SelfDevice`` with its ``DeviceInformation`` and log (IEEE 2030.5-2018, 8.2 and 9.1)."""

from __future__ import annotations

from lxml import etree

from conformance.roles.utility.context import Context
from conformance.roles.utility.log_book import LogBook
from conformance.roles.utility.tree import Call, Endpoint, everyone
from conformance.vocabulary.identity import lfdi_of, normal_lfdi, sfdi_of_lfdi
from conformance.wire.payload import element


class SelfDevice:
    """What the utility tells of itself. ``lfdi`` is the one of its certificate; without one it makes one up."""

    def __init__(self, context: Context, lfdi: str | None) -> None:
        self._context = context
        self.lfdi = normal_lfdi(lfdi or lfdi_of(context.addresses.token().encode()))
        self._made_s = context.now_s()
        self.path = context.addresses.path("sdev")
        self.information_path = context.addresses.path("di")
        self.log = LogBook(context, everyone, writable=False)
        context.tree.add(Endpoint(kind="SelfDevice", path=self.path, get=self._write))
        context.tree.add(Endpoint(kind="DeviceInformation", path=self.information_path, get=self._information))

    def _write(self, call: Call) -> etree._Element:
        return element(
            "SelfDevice",
            element("DeviceInformationLink", href=self.information_path),
            element("lFDI", self.lfdi),
            element("LogEventListLink", href=self.log.path, all=len(self.log)),
            element("sFDI", sfdi_of_lfdi(self.lfdi)),
            href=self.path,
            subscribable="0",
            pollRate=self._context.rates.self_device_s,
        )

    def _information(self, call: Call) -> etree._Element:
        return element(
            "DeviceInformation",
            element("lFDI", self.lfdi),
            element("mfDate", self._made_s),
            element("mfHwVer", "none"),
            element("mfID", 0),
            element("mfModel", "Utility server"),
            element("mfSerNum", self.lfdi[:16]),
            element("primaryPower", 1),
            element("secondaryPower", 0),
            element("swActTime", self._made_s),
            element("swVer", "1"),
            href=self.information_path,
            pollRate=self._context.rates.device_information_s,
        )
