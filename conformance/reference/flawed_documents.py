"""Wrong documents of a flawed reference server: edits of single elements, put between the clients and the server.

What an edit does not mean to break it leaves as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lxml import etree

from conformance.reference.server_tree import ServerParts
from conformance.roles.utility import Handler, Interposer
from conformance.wire.messages import Answer, Request
from conformance.wire.parser import parse
from conformance.wire.payload import SEP, write

Edit = Callable[[etree._Element], None]

MINUTE_S = 60


def edited(edit: Edit, *kinds: str) -> Interposer:
    """Change the documents of some kinds of resource."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if answer.status != 200 or answer.resource not in kinds or not answer.body:
            return answer
        root = parse(answer.body)
        edit(root)
        return replace(answer, body=write(root))

    return interpose


def texts(name: str, text: str) -> Edit:
    """Set the text of every element of a name."""

    def edit(root: etree._Element) -> None:
        for node in root.iter(f"{{{SEP}}}{name}"):
            node.text = text

    return edit


def swapped_last_two(root: etree._Element) -> None:
    """Swap the last two children."""
    root.append(root[-2])


def dangling_link(root: etree._Element) -> None:
    """Put a link that leads nowhere behind TimeLink, where the schema allows it."""
    link = etree.Element(f"{{{SEP}}}UsagePointListLink", href="/no-such-list-4f7a", all="1")
    for time_link in root.findall(f"{{{SEP}}}TimeLink"):
        time_link.addnext(link)


def minute_ahead(root: etree._Element) -> None:
    """Move the times of Time by a minute."""
    for name in ("currentTime", "localTime"):
        for node in root.iter(f"{{{SEP}}}{name}"):
            node.text = str(int(node.text or "0") + MINUTE_S)


def idle(root: etree._Element) -> None:
    """Show active events as scheduled."""
    for node in root.iter(f"{{{SEP}}}currentStatus"):
        node.text = "0" if node.text == "1" else node.text


def misprinted_lfdi(root: etree._Element) -> None:
    """Change the last digit of every lFDI."""
    for node in root.iter(f"{{{SEP}}}lFDI"):
        digits = node.text or ""
        node.text = digits[:-1] + ("1" if digits.endswith("0") else "0")


def undated(root: etree._Element) -> None:
    """Date every status at the beginning of 1970."""
    for status in root.iter(f"{{{SEP}}}EventStatus"):
        texts("dateTime", "0")(status)


def created_now(parts: ServerParts) -> Interposer:
    """Date the creation of every control at the time of the answer."""

    def edit(root: etree._Element) -> None:
        texts("creationTime", str(int(parts.clock.now().timestamp())))(root)

    return edited(edit, "DERControlList", "DERControl")


def value_plus_one(root: etree._Element) -> None:
    """Add one to the value of every reading."""
    for node in root.iter(f"{{{SEP}}}value"):
        parent = node.getparent()
        if parent is not None and etree.QName(parent).localname == "Reading":
            node.text = str(int(node.text or "0") + 1)


def empty_by_links(root: etree._Element) -> None:
    """Say in every link to a list that the list is empty."""
    for node in root.iter("*"):
        if etree.QName(node).localname.endswith("ListLink") and node.get("all") is not None:
            node.set("all", "0")


def emptied(root: etree._Element) -> None:
    """Take all entries out of a list, and out of its counts."""
    del root[:]
    root.set("all", "0")
    root.set("results", "0")
