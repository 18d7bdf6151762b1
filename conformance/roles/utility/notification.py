"""What a Notification holds (IEEE 2030.5-2018, 8.7): the changed resource, and whether the subscription goes on.

A resource counts as changed when its :func:`fingerprint` is another one. Left out of it is what moves by itself or
with something below: the counts of links, and the state of an event as long as it only follows the clock. So the
parent of what changed is not notified of (SunSpec CTP 1.3, erratum 42).
"""

from __future__ import annotations

from copy import deepcopy
from enum import IntEnum

from lxml import etree

from conformance.vocabulary.event import CurrentStatus
from conformance.wire.payload import SEP, XSI, Node, element

FOLLOWS_THE_CLOCK = (CurrentStatus.SCHEDULED, CurrentStatus.ACTIVE)


class NotificationStatus(IntEnum):
    """``Notification.status``; all but the first end the subscription."""

    CURRENT = 0
    CANCELLED = 1
    MOVED = 2
    DEFINITION_CHANGED = 3
    DELETED = 4


def fingerprint(document: etree._Element) -> bytes:
    """Return what of a document makes its subscribers be told when it is different."""
    copy = deepcopy(document)
    for node in copy.iter("*"):
        name = etree.QName(node).localname
        if name.endswith("Link"):
            node.attrib.pop("all", None)
        if name == "EventStatus":
            _keep_decided(node)
    return etree.tostring(copy, method="c14n")


def _keep_decided(status: etree._Element) -> None:
    """Leave of an EventStatus only what somebody decided: cancelled or superseded."""
    current = Node(status).integer("currentStatus")
    for child in list(status):
        status.remove(child)
    status.text = "" if current in FOLLOWS_THE_CLOCK else str(current)


def notification(
    subscribed: str, subscription: str, status: NotificationStatus, document: etree._Element | None
) -> etree._Element:
    """Write a ``Notification``; ``document`` is the resource as it is now, which is used up."""
    return element(
        "Notification",
        element("subscribedResource", subscribed),
        None if document is None else _as_resource(document),
        element("status", int(status)),
        element("subscriptionURI", subscription),
    )


def _as_resource(document: etree._Element) -> etree._Element:
    """Turn a document into the ``Resource`` of a Notification; ``xsi:type`` keeps what it was."""
    made = etree.Element(f"{{{SEP}}}Resource", nsmap={None: SEP, "xsi": XSI})
    made.set(f"{{{XSI}}}type", etree.QName(document).localname)
    for name, value in document.attrib.items():
        made.set(name, value)
    made.text = document.text
    made.extend(list(document))
    return made
