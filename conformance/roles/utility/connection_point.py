"""The connection point of a device (``ConnectionPoint`` of CSIP-AUS): its id is put by the client, usually the NMI.

An id that the utility does not take is refused with 400 and an ``Error`` of reason 1; a change of one that was taken
may be refused with 409. Some networks answer 403 instead; a client is not judged by which it gets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from conformance.roles.utility.context import Context, Received
from conformance.roles.utility.tree import Audience, Call, Endpoint, changed, refused
from conformance.wire.messages import SEP_XML, Answer
from conformance.wire.payload import element, write

INVALID_REQUEST = 1
"""``reasonCode`` of an Error: the values sent are not valid."""
LONGEST_ID = 32


@dataclass(slots=True)
class ConnectionPolicy:
    """What the utility does with ids; may be changed at any time.

    ``admits`` judges an id; ``changeable`` says whether one that was taken may be replaced.
    """

    admits: Callable[[str], bool] = lambda text: True
    changeable: bool = True


class ConnectionPoint:
    """The connection point of one device, with every document that was put there and taken."""

    def __init__(self, context: Context, audience: Audience, policy: ConnectionPolicy) -> None:
        self._context = context
        self._policy = policy
        self.path = context.addresses.path("cp")
        self.received: list[Received] = []
        context.tree.add(
            Endpoint(
                kind="ConnectionPoint",
                path=self.path,
                get=lambda call: self._write(),
                put=self._put,
                audience=audience,
                accepts=lambda name: name == "ConnectionPoint",
            )
        )

    @property
    def id(self) -> str | None:
        """The id taken last."""
        return self.received[-1].node.text("connectionPointId") if self.received else None

    def withdraw(self) -> None:
        """Take the resource out of the tree."""
        self._context.tree.remove(self.path)

    def _write(self) -> etree._Element:
        extension = self._context.extension
        return extension.written(
            "ConnectionPoint", extension.written("connectionPointId", self.id or ""), href=self.path
        )

    def _put(self, call: Call) -> Answer:
        text = call.document.text("connectionPointId") or ""
        foreign = call.document.namespace != self._context.extension.namespace
        if foreign or not 0 < len(text) <= LONGEST_ID or not self._policy.admits(text):
            return _explained(400)
        if self.id not in (None, text) and not self._policy.changeable:
            return refused(409)
        self.received.append(Received(self._context.clock.now(), call.lfdi, call.document))
        return changed()


def _explained(status: int) -> Answer:
    body = write(element("Error", element("reasonCode", INVALID_REQUEST)))
    return Answer(status, (("Content-Type", SEP_XML),), body)
