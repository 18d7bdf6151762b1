"""One distributed energy resource of a device (``DER``): its four documents, written by the client."""

from __future__ import annotations

from lxml import etree

from conformance.roles.utility.client_document import (
    ClientDocument,
    blank_capability,
    blank_reading,
    blank_settings,
)
from conformance.roles.utility.context import Context
from conformance.roles.utility.paging import Entry
from conformance.roles.utility.tree import Audience, Endpoint
from conformance.wire.payload import element


class DER:
    """A DER and what the client says of it."""

    def __init__(self, context: Context, audience: Audience) -> None:
        self._context = context
        self.path = context.addresses.path("der")
        self.capability = ClientDocument(context, audience, blank_capability(context.extension), "dercap")
        self.settings = ClientDocument(context, audience, blank_settings(), "derg")
        self.status = ClientDocument(context, audience, blank_reading("DERStatus"), "ders")
        self.availability = ClientDocument(context, audience, blank_reading("DERAvailability"), "dera")
        context.tree.add(Endpoint(kind="DER", path=self.path, get=lambda call: self.write(), audience=audience))

    def write(self) -> etree._Element:
        """Write the ``DER``."""
        return element(
            "DER",
            element("DERAvailabilityLink", href=self.availability.path),
            element("DERCapabilityLink", href=self.capability.path),
            element("DERSettingsLink", href=self.settings.path),
            element("DERStatusLink", href=self.status.path),
            href=self.path,
            subscribable="0",
        )

    def entry(self) -> Entry:
        """Return the DER as a list entry; the standard gives DERs no order."""
        return Entry((), self.write)

    @property
    def documents(self) -> tuple[ClientDocument, ...]:
        """The four documents."""
        return self.capability, self.settings, self.status, self.availability

    def withdraw(self) -> None:
        """Take the DER and its documents out of the tree."""
        self._context.tree.remove(self.path)
        for document in self.documents:
            document.withdraw()
