"""What stands between the clients and the reference server when it has a flaw: each function changes single answers.

An interposer gets the request and the sound server. What it does not mean to break it passes on unchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from lxml import etree

from conformance.reference.server_tree import ServerParts
from conformance.roles.utility import Handler, Interposer
from conformance.roles.utility.client_document import ClientDocument
from conformance.wire.messages import Answer, Request
from conformance.wire.parser import parse
from conformance.wire.payload import SEP, write

Edit = Callable[[etree._Element], None]

POLLED = ("FunctionSetAssignmentsList", "DERProgramList")
DER_DOCUMENTS = ("DERCapability", "DERSettings", "DERStatus", "DERAvailability")
ONE_SECOND = timedelta(seconds=1)
MINUTE_S = 60


# --- documents ---


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
    """Put a link that leads nowhere where the schema allows one."""
    link = etree.Element(f"{{{SEP}}}CustomerAccountListLink", href="/no-such-list-4f7a", all="1")
    root.insert(0, link)


def minute_ahead(root: etree._Element) -> None:
    """Move the times of Time by a minute."""
    for name in ("currentTime", "localTime"):
        for node in root.iter(f"{{{SEP}}}{name}"):
            node.text = str(int(node.text or "0") + MINUTE_S)


def never_active(root: etree._Element) -> None:
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


def value_plus_one(root: etree._Element) -> None:
    """Add one to the value of every reading."""
    for node in root.iter(f"{{{SEP}}}value"):
        parent = node.getparent()
        if parent is not None and etree.QName(parent).localname == "Reading":
            node.text = str(int(node.text or "0") + 1)


def emptied(root: etree._Element) -> None:
    """Take all entries out of a list, and out of its counts."""
    del root[:]
    root.set("all", "0")
    root.set("results", "0")


# --- lists ---


def counting(attribute: str, more: int) -> Interposer:
    """Change a count of every list."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if answer.status != 200 or not (answer.resource or "").endswith("List") or not answer.body:
            return answer
        root = parse(answer.body)
        root.set(attribute, str(int(root.get(attribute, "0")) + more))
        return replace(answer, body=write(root))

    return interpose


def _asked(request: Request, change: Callable[[list[tuple[str, str]]], list[tuple[str, str]]]) -> Request:
    query = urlencode(change(parse_qsl(request.query, keep_blank_values=True)))
    return replace(request, target=f"{request.path}?{query}" if query else request.path)


def dropping(name: str) -> Interposer:
    """Take a query parameter for not given."""
    return lambda request, handler: handler(_asked(request, lambda query: [one for one in query if one[0] != name]))


def asking_all(request: Request, handler: Handler) -> Answer:
    """Take any limit for a limit that is large enough."""
    return handler(_asked(request, lambda query: [(name, "1000" if name == "l" else text) for name, text in query]))


def asking_all_by_default(request: Request, handler: Handler) -> Answer:
    """Take no limit for a limit that is large enough."""
    return handler(_asked(request, lambda query: [*query, ("l", "1000")]))


def reversing_parameters(request: Request, handler: Handler) -> Answer:
    """Read the query from its end."""
    return handler(_asked(request, lambda query: query[::-1]))


def refuses_unknown_parameter(request: Request, handler: Handler) -> Answer:
    """Answer 400 to a query with a parameter that the standard does not know."""
    answer = handler(request)
    unknown = {name for name, _ in parse_qsl(request.query)} - {"s", "a", "l"}
    return Answer(400, resource=answer.resource) if unknown else answer


def reversed_entries(kind: str) -> Interposer:
    """Give the entries of a list in the opposite order, over all its pages."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if answer.status != 200 or answer.resource != kind or not answer.body:
            return answer
        page = parse(answer.body)
        whole = parse(handler(replace(request, target=f"{request.path}?l=1000")).body)
        first = int(dict(reversed(parse_qsl(request.query))).get("s", "0"))
        page[:] = [deepcopy(entry) for entry in whole[::-1][first : first + len(page)]]
        return replace(answer, body=write(page))

    return interpose


shuffled_programs = reversed_entries("DERProgramList")
"""List programs with the worst primacy first."""


# --- HTTP ---


def headed(kind: str, name: str, right: str, wrong: str) -> Interposer:
    """Replace the value of a header on one kind of resource."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if answer.resource != kind:
            return answer
        headers = ((key, wrong if (key, value) == (name, right) else value) for key, value in answer.headers)
        return replace(answer, headers=tuple(headers))

    return interpose


def without_header(status: int, name: str) -> Interposer:
    """Leave a header out of the answers with one status."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if answer.status != status:
            return answer
        return replace(answer, headers=tuple(header for header in answer.headers if header[0] != name))

    return interpose


def other_status(right: int, wrong: int) -> Interposer:
    """Answer with another status."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        return replace(answer, status=wrong) if answer.status == right else answer

    return interpose


def utf16(kind: str) -> Interposer:
    """Write one kind of resource in UTF-16."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if answer.status != 200 or answer.resource != kind or not answer.body:
            return answer
        return replace(answer, body=etree.tostring(parse(answer.body), encoding="UTF-16", xml_declaration=True))

    return interpose


def gone(kind: str) -> Interposer:
    """Answer 404 for one kind of resource."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        return Answer(404, resource=kind) if answer.resource == kind else answer

    return interpose


def refusing(method: str, status: int, *kinds: str) -> Interposer:
    """Refuse a method on some kinds of resource, without looking at the body."""

    def interpose(request: Request, handler: Handler) -> Answer:
        if request.method != method:
            return handler(request)
        kind = handler(replace(request, method="HEAD", body=b"")).resource
        return Answer(status, resource=kind) if kind in kinds else handler(request)

    return interpose


def refuses_put(parts: ServerParts) -> Interposer:
    """Refuse the DER documents."""
    return refusing("PUT", 403, *DER_DOCUMENTS)


def accepts_any_registration(request: Request, handler: Handler) -> Answer:
    """Answer 201 to a posted EndDevice and forget it."""
    answer = handler(request)
    if (request.method, answer.resource, answer.status) != ("POST", "EndDeviceList", 403):
        return answer
    return Answer(201, (("Location", request.path),), resource=answer.resource)


# --- over time ---


def forgets_put(parts: ServerParts) -> Interposer:
    """Accept DER documents and drop them."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if request.method == "PUT" and answer.status == 204:
            for document in _der_documents(parts):
                document.received.clear()
        return answer

    return interpose


def _der_documents(parts: ServerParts) -> list[ClientDocument]:
    ders = [der for device in parts.utility.devices for der in device.ders]
    return [kept for der in ders for kept in (der.capability, der.settings, der.status, der.availability)]


def stops_answering_polls(parts: ServerParts) -> Interposer:
    """Answer 503 from the second poll on: the same GET again, a second or more after the first."""
    first: dict[tuple[str, str], datetime] = {}

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if answer.resource not in POLLED or request.method != "GET":
            return answer
        before = first.setdefault((request.peer.lfdi, request.target), parts.clock.now())
        return replace(answer, status=503, headers=(), body=b"") if parts.clock.now() - before >= ONE_SECOND else answer

    return interpose


def clock_stands_still(parts: ServerParts) -> Interposer:
    """Show the time of the first GET of Time for ever."""
    shown: list[bytes] = []

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if answer.resource != "Time" or answer.status != 200 or request.method != "GET":
            return answer
        shown.append(shown[0] if shown else answer.body)
        return replace(answer, body=shown[0])

    return interpose
