"""What profiles decide of how the reference server speaks: whom it turns away, how often it may be asked, encodings.

Each is an interposer between the clients and the server, as the server's :class:`ServerConduct` wants it.
"""

from __future__ import annotations

import gzip
from collections import deque
from collections.abc import Container, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from lxml import etree

from conformance.reference.conduct import SLOWEST_S, ServerConduct
from conformance.reference.flawed_documents import edited
from conformance.roles.utility import Handler, Interposer, Rates, Utility
from conformance.vocabulary.clock import Clock
from conformance.wire.messages import Answer, Request, header
from conformance.wire.parser import Malformed, parse
from conformance.wire.payload import SEP, read, write

RATES = {
    "DeviceCapability": "device_capability_s",
    "Time": "time_s",
    "EndDeviceList": "end_device_list_s",
    "FunctionSetAssignmentsList": "function_set_assignments_list_s",
    "DERProgramList": "der_program_list_s",
    "DERControlList": "der_program_list_s",
    "DefaultDERControl": "der_program_list_s",
    "DERList": "der_list_s",
    "MirrorUsagePointList": "mirror_usage_point_list_s",
    "MirrorUsagePoint": "mirror_post_rate_s",
}
"""Where the rate of a resource stands; controls and defaults are polled at that of their DERProgramList."""
MINUTE = timedelta(minutes=1)
TOO_MANY = 429


def rates_of(conduct: ServerConduct, base: Rates) -> Rates:
    """Return the rates that a conduct asks for; of several for one attribute the fastest."""
    asked: dict[str, int] = {}
    for resource, rate_s in conduct.poll_rates.items():
        if resource in RATES:
            place = RATES[resource]
            asked[place] = min(asked.get(place, SLOWEST_S), rate_s)
    if conduct.post_rate_s is not None:
        asked["mirror_post_rate_s"] = conduct.post_rate_s
    return replace(base, **asked)


def manners(conduct: ServerConduct, clock: Clock, utility: Utility) -> Iterator[Interposer]:
    """Yield what stands between the clients and the server, innermost first."""
    if conduct.namespace:
        yield _strict(utility)
    if conduct.rewrites:
        yield _rewriting(clock)
    if conduct.redirects:
        yield _moved_programs
    if not conduct.fixed_entry:
        yield _wandering(utility.entry_path)
    if conduct.requests_per_minute is not None:
        yield _sparing(clock, conduct.requests_per_minute)
    if conduct.unidentified is not None:
        yield _identified(conduct.unidentified)


def _identified(status: int) -> Interposer:
    def interpose(request: Request, handler: Handler) -> Answer:
        return handler(request) if request.peer.lfdi else Answer(status)

    return interpose


def _sparing(clock: Clock, most: int) -> Interposer:
    """Answer 429 to a client that asked as often as it may within the last minute."""
    seen: dict[str, deque[datetime]] = {}

    def interpose(request: Request, handler: Handler) -> Answer:
        now, asked = clock.now(), seen.setdefault(request.peer.lfdi, deque())
        while asked and now - asked[0] >= MINUTE:
            asked.popleft()
        if len(asked) >= most:
            return Answer(TOO_MANY, (("Retry-After", str(int(MINUTE.total_seconds()))),))
        asked.append(now)
        return handler(request)

    return interpose


def compressed(request: Request, handler: Handler) -> Answer:
    """Answer in gzip where that is accepted: outermost, since whatever changes a document must read it."""
    answer = handler(request)
    accepted = (header(request.headers, "Accept-Encoding") or "").lower()
    if "gzip" not in accepted or not answer.body:
        return answer
    return replace(answer, headers=(*answer.headers, ("Content-Encoding", "gzip")), body=gzip.compress(answer.body))


def _rewriting(clock: Clock) -> Interposer:
    """Make every control a little longer as time goes by, under the same mRID."""
    began = clock.now()

    def lengthen(root: etree._Element) -> None:
        for node in root.iter(f"{{{SEP}}}duration"):
            node.text = str(int(node.text or "0") + int((clock.now() - began).total_seconds()))

    return edited(lengthen, "DERControlList", "DERControl")


MOVED = "moved=1"


def _moved_programs(request: Request, handler: Handler) -> Answer:
    """Redirect every DERProgramList to the same with a query of its own."""
    answer = handler(request)
    if answer.resource != "DERProgramList" or MOVED in request.query or request.method != "GET":
        return answer
    place = f"{request.target}{'&' if request.query else '?'}{MOVED}"
    return Answer(302, (("Location", place),), resource=answer.resource)


def _wandering(entry_path: str) -> Interposer:
    """Serve DeviceCapability under one more path, and say that it is at that one."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if answer.resource != "DeviceCapability" or request.path != entry_path:
            return answer
        here, there = f'href="{entry_path}"'.encode(), f'href="{entry_path}-2"'.encode()
        return replace(answer, body=answer.body.replace(here, there))

    return interpose


def _strict(utility: Utility) -> Interposer:
    """Refuse Responses to events or of devices that there are not, and with a status that means nothing."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(replace(request, method="HEAD", body=b"")) if request.method == "POST" else None
        if answer is None or answer.resource != "ResponseList":
            return handler(request)
        known = frozenset(control.mrid for program in utility.programs for control in program.controls)
        return handler(request) if _is_meant(request, known, utility) else Answer(400, resource=answer.resource)

    return interpose


def _is_meant(request: Request, events: frozenset[str], utility: Utility) -> bool:
    try:
        response = read(request.body)
    except Malformed:
        return False
    lfdi, status = response.hexadecimal("endDeviceLFDI") or request.peer.lfdi, response.integer("status")
    known = utility.device(lfdi) is not None and response.hexadecimal("subject") in events
    return known and (status is None or status in MEANT)


MEANT = frozenset({*range(15), 252, 253, 254})
"""The ``status`` of a Response that mean something (IEEE 2030.5-2018, table of Response codes)."""

PROGRAMS = frozenset({"FunctionSetAssignmentsList", "FunctionSetAssignments", "DERProgramList"})


def withholding(utility: Utility, whom: Container[str]) -> Interposer:
    """Show no programs to devices whose connection point is not known yet, of some LFDIs."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        device = utility.device(request.peer.lfdi) if request.peer.lfdi else None
        if device is None or device.lfdi not in whom or answer.status != 200 or answer.resource not in PROGRAMS:
            return answer
        point = device.connection_point
        if point is None or point.id is not None or not answer.body:
            return answer
        root = parse(answer.body)
        del root[:]
        for name in ("all", "results"):
            if root.get(name) is not None:
                root.set(name, "0")
        return replace(answer, body=write(root)) if answer.resource.endswith("List") else Answer(404)

    return interpose
