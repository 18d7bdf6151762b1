"""Documents that a client writes by PUT and reads back: DERCapability and its kin (IEEE 2030.5-2018, 10.10).

Until the first PUT the utility shows the emptiest valid document, so that no link ever dangles.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from conformance.roles.utility.context import Context, Received
from conformance.roles.utility.tree import Audience, Call, Endpoint, changed
from conformance.wire.csipaus import NONE, Extension
from conformance.wire.messages import Answer
from conformance.wire.payload import element


class ClientDocument:
    """One document, with everything a client ever put there."""

    def __init__(self, context: Context, audience: Audience, blank: etree._Element, word: str) -> None:
        self._context = context
        self._blank = blank
        self.kind = etree.QName(blank).localname
        self.path = context.addresses.path(word)
        self.received: list[Received] = []
        context.tree.add(
            Endpoint(
                kind=self.kind,
                path=self.path,
                get=lambda call: self.write(),
                put=self._put,
                audience=audience,
                accepts=lambda name: name == self.kind,
            )
        )

    @property
    def latest(self) -> Received | None:
        """What the client put last; ``None`` before its first PUT."""
        return self.received[-1] if self.received else None

    def write(self) -> etree._Element:
        """Write the document as the client put it, under its own address."""
        shown = deepcopy(self.latest.node.xml if self.latest else self._blank)
        shown.set("href", self.path)
        return shown

    def _put(self, call: Call) -> Answer:
        self.received.append(Received(self._context.clock.now(), call.lfdi, call.document))
        return changed()

    def withdraw(self) -> None:
        """Take the document out of the tree."""
        self._context.tree.remove(self.path)


def blank_capability(extension: Extension = NONE) -> etree._Element:
    """Return a ``DERCapability`` that claims nothing, also nothing of CSIP-AUS where that is spoken."""
    no_limits = extension.adds("doeModesSupported", to="DERCapability")
    return element(
        "DERCapability",
        element("modesSupported", "00000000"),
        element("rtgMaxW", element("multiplier", 0), element("value", 0)),
        element("type", 0),
        extension.written("doeModesSupported", "00") if no_limits else None,
    )


def blank_settings() -> etree._Element:
    """Return ``DERSettings`` of nothing, never updated."""
    return element(
        "DERSettings",
        element("setGradW", 0),
        element("setMaxW", element("multiplier", 0), element("value", 0)),
        element("updatedTime", 0),
    )


def blank_reading(name: str) -> etree._Element:
    """Return a ``DERStatus`` or ``DERAvailability`` that was never read."""
    return element(name, element("readingTime", 0))
