"""Wrong answers of a flawed reference server: status codes, headers, encodings, and what it forgets over time.

An interposer gets the request and the sound server. What it does not mean to break it passes on unchanged.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from lxml import etree

from conformance.reference.server_tree import ServerParts
from conformance.roles.utility import Handler, Interposer
from conformance.roles.utility.client_document import ClientDocument
from conformance.wire.messages import Answer, Request
from conformance.wire.parser import parse
from conformance.wire.payload import SEP, write

POLLED = ("FunctionSetAssignmentsList", "DERProgramList")
DER_DOCUMENTS = ("DERCapability", "DERSettings", "DERStatus", "DERAvailability")
ONE_SECOND = timedelta(seconds=1)


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


def allows_all(request: Request, handler: Handler) -> Answer:
    """Name every method in the Allow of 405."""
    answer = handler(request)
    headers = ((name, "GET, HEAD, PUT, POST, DELETE" if name == "Allow" else value) for name, value in answer.headers)
    return replace(answer, headers=tuple(headers))


def misplaced(kind: str) -> Interposer:
    """Give what is made in one kind of list a Location that does not exist."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if answer.resource != kind or answer.status != 201:
            return answer
        headers = ((name, f"{value}-gone" if name == "Location" else value) for name, value in answer.headers)
        return replace(answer, headers=tuple(headers))

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


def refusing(method: str, *kinds: str) -> Interposer:
    """Refuse a method on some kinds of resource with 403, without looking at the body."""

    def interpose(request: Request, handler: Handler) -> Answer:
        if request.method != method:
            return handler(request)
        kind = handler(replace(request, method="HEAD", body=b"")).resource
        return Answer(403, resource=kind) if kind in kinds else handler(request)

    return interpose


refuses_put = refusing("PUT", *DER_DOCUMENTS)
refuses_mirrors = refusing("POST", "MirrorUsagePointList")


def accepts_strangers(request: Request, handler: Handler) -> Answer:
    """Answer 201 to a posted EndDevice and forget it."""
    answer = handler(request)
    if (request.method, answer.resource, answer.status) != ("POST", "EndDeviceList", 403):
        return answer
    return Answer(201, (("Location", request.path),), resource=answer.resource)


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


def clock_runs_slow(parts: ServerParts) -> Interposer:
    """Show, from the first GET of Time on, a time that goes at half its speed."""
    began: list[datetime] = []

    def slowed(root: etree._Element) -> None:
        lost = int((parts.clock.now() - began[0]).total_seconds() / 2)
        for name in ("currentTime", "localTime"):
            for node in root.iter(f"{{{SEP}}}{name}"):
                node.text = str(int(node.text or "0") - lost)

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if answer.status != 200 or answer.resource != "Time" or not answer.body:
            return answer
        began.append(parts.clock.now())
        root = parse(answer.body)
        slowed(root)
        return replace(answer, body=write(root))

    return interpose
