"""Where clients answer events (``ResponseSet`` and its ``ResponseList``, IEEE 2030.5-2018, 10.2)."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from conformance.roles.utility.context import Context
from conformance.roles.utility.paging import Entry, list_document
from conformance.roles.utility.tree import Audience, Call, Endpoint, created
from conformance.wire.messages import Answer
from conformance.wire.payload import Node, element


@dataclass(frozen=True, slots=True)
class ReceivedResponse:
    """One Response as it came.

    ``lfdi`` is the client that sent it, ``end_device_lfdi`` the device it speaks for; ``subject`` is the mRID of the
    event in upper case. What the client left out, or wrote in a way that cannot be read, is ``None``.
    """

    at: datetime
    lfdi: str
    path: str
    node: Node
    subject: str | None
    status: int | None
    end_device_lfdi: str | None
    created: int | None


class ResponseSet:
    """The Responses to the events of one program. A client reads back only its own.

    ``audience`` may be replaced, for instance when the program is withdrawn while clients still answer its events.
    """

    def __init__(self, context: Context, audience: Audience, description: str | None = None) -> None:
        self._context = context
        self.audience = audience
        self.mrid = context.addresses.mrid()
        self.description = description
        self.path = context.addresses.path("rsps")
        self.list_path = context.addresses.path("rsp")
        self.received: list[ReceivedResponse] = []
        context.tree.add(Endpoint(kind="ResponseSet", path=self.path, get=self.write, audience=self._seen_by))
        context.tree.add(
            Endpoint(
                kind="ResponseList",
                path=self.list_path,
                get=self._list,
                post=self._post,
                audience=self._seen_by,
                accepts=lambda name: name.endswith("Response"),
            )
        )

    def _seen_by(self, lfdi: str) -> bool:
        return self.audience(lfdi)

    def write(self, call: Call) -> etree._Element:
        """Write the ``ResponseSet``."""
        return element(
            "ResponseSet",
            element("mRID", self.mrid),
            element("description", self.description) if self.description else None,
            element("ResponseListLink", href=self.list_path, all=len(self._own(call))),
            href=self.path,
        )

    def entry(self, call: Call) -> Entry:
        """Return the set as a list entry: mRID descending."""
        return Entry((-int(self.mrid, 16),), lambda: self.write(call))

    def _own(self, call: Call) -> list[ReceivedResponse]:
        return [response for response in self.received if response.lfdi == call.lfdi]

    def _post(self, call: Call) -> Answer:
        node, path = call.document, self._context.addresses.path("rsp")
        self.received.append(
            ReceivedResponse(
                self._context.clock.now(),
                call.lfdi,
                path,
                node,
                node.hexadecimal("subject"),
                node.integer("status"),
                node.hexadecimal("endDeviceLFDI"),
                node.integer("createdDateTime"),
            )
        )
        owner = call.lfdi
        self._context.tree.add(
            Endpoint(
                kind=node.name,
                path=path,
                get=lambda call: _written(node, path, node.name),
                audience=lambda lfdi: lfdi == owner,
            )
        )
        return created(path)

    def _list(self, call: Call) -> etree._Element:
        entries = [_entry(response) for response in self._own(call)]
        return list_document("ResponseList", self.list_path, entries, call.query)


def _entry(response: ReceivedResponse) -> Entry:
    """Return the Response as a list entry: newest first, then endDeviceLFDI."""
    moment = response.created or 0
    key = (-moment, response.end_device_lfdi or "", response.path)
    return Entry(key, lambda: _listed(response), moment)


def _listed(response: ReceivedResponse) -> etree._Element:
    return _written(response.node, response.path, "Response")


def _written(node: Node, path: str, name: str) -> etree._Element:
    """Write a Response under its own address; in a list every one is called ``Response``, in its base form."""
    plain = ("createdDateTime", "endDeviceLFDI", "status", "subject")
    children = (child for child in node.xml if name == node.name or etree.QName(child).localname in plain)
    return element(name, *(deepcopy(child) for child in children), href=path)
