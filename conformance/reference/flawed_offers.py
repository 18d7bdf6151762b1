"""What a flawed reference server makes of programs, controls, curves and devices: lost, changed, kept, or mixed up.

What an interposer does not mean to break it passes on unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import replace
from math import inf

from lxml import etree

from conformance.reference.flawed_documents import Edit, edited
from conformance.reference.server_tree import ServerParts
from conformance.roles.utility import DERControl, DERProgram, Handler, Interposer
from conformance.wire.certificate_chain import without_root
from conformance.wire.messages import Answer, Request
from conformance.wire.parser import parse
from conformance.wire.payload import SEP, Node, write

CONTROLS = ("DERControlList", "DERControl")
UNCHANGED = frozenset({"multiplier"})
CANCELLED = ("2", "3")
Doomed = Callable[[DERControl, Iterable[DERControl]], bool]


def without(*names: str) -> Edit:
    """Leave out every element of some names."""

    def edit(root: etree._Element) -> None:
        for node in [node for name in names for node in root.iter(f"{{{SEP}}}{name}")]:
            parent = node.getparent()
            if parent is not None:
                parent.remove(node)

    return edit


def changed_values(root: etree._Element) -> None:
    """Bring every number of a control's modes one nearer to zero, and turn every truth value round."""
    for base in root.iter(f"{{{SEP}}}DERControlBase"):
        for node in base.iter(f"{{{SEP}}}*"):
            text = (node.text or "").strip()
            if len(node) or not text or etree.QName(node).localname in UNCHANGED:
                continue
            number = 0 if text in ("true", "false") else int(text)
            nearer = number - 1 if number > 0 else number + 1
            node.text = {"true": "false", "false": "true"}.get(text) or str(nearer)


def switched_off(root: etree._Element) -> None:
    """Add opModConnect false, which comes first, wherever it is not asked for."""
    for base in root.iter(f"{{{SEP}}}DERControlBase"):
        if base.find(f"{{{SEP}}}opModConnect") is None:
            added = etree.Element(f"{{{SEP}}}opModConnect")
            added.text = "false"
            base.insert(0, added)


def fewer_points(root: etree._Element) -> None:
    """Leave out the last point of every curve that has several."""
    for curve in [root, *root.iter(f"{{{SEP}}}DERCurve")]:
        points = curve.findall(f"{{{SEP}}}CurveData")
        if len(points) > 1:
            curve.remove(points[-1])


def capped(kind: str, most: int) -> Interposer:
    """Keep no more than some entries of a list."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if answer.status != 200 or answer.resource != kind or not answer.body:
            return answer
        whole = parse(handler(replace(request, target=f"{request.path}?l=1000")).body)
        allowed = {entry.get("href") for entry in whole[:most]}
        page = parse(answer.body)
        page[:] = [entry for entry in page if entry.get("href") in allowed]
        page.set("all", str(min(most, int(page.get("all", "0")))))
        page.set("results", str(len(page)))
        return replace(answer, body=write(page))

    return interpose


def _without_cancelled(root: etree._Element, before_s: float = inf) -> None:
    """Drop controls that were cancelled before a moment from a list, and from its counts."""
    gone = [entry for entry in root if _status(entry) in CANCELLED and _since(entry) < before_s]
    for entry in gone:
        root.remove(entry)
    for name in ("all", "results"):
        root.set(name, str(int(root.get(name, "0")) - len(gone)))


def _status(entry: etree._Element) -> str | None:
    status = Node(entry).child("EventStatus")
    return None if status is None else status.text("currentStatus")


def _since(entry: etree._Element) -> float:
    """Return when the status of an event began, in seconds since 1970."""
    return float(entry.findtext(f"{{{SEP}}}EventStatus/{{{SEP}}}dateTime") or "0")


cancelled_vanish = edited(_without_cancelled, "DERControlList")


def forgets_cancelled(parts: ServerParts) -> Interposer:
    """Drop cancelled controls from their list soon after they were cancelled."""

    def edit(root: etree._Element) -> None:
        _without_cancelled(root, parts.clock.now().timestamp() - SOON_S)

    return edited(edit, "DERControlList")


SOON_S = 15.0


def revives_cancelled(parts: ServerParts) -> Interposer:
    """Show cancelled controls as active from their start on."""

    def edit(root: etree._Element) -> None:
        now = int(parts.clock.now().timestamp())
        for event in [root, *root.iter(f"{{{SEP}}}DERControl")]:
            status = event.find(f"{{{SEP}}}EventStatus/{{{SEP}}}currentStatus")
            start = int(event.findtext(f"{{{SEP}}}interval/{{{SEP}}}start") or "0")
            if status is not None and status.text in CANCELLED and start <= now:
                status.text = "1"

    return edited(edit, *CONTROLS)


def ignores_cancellation(parts: ServerParts) -> Interposer:
    """Show cancelled controls by their time, as if nothing had happened."""

    def edit(root: etree._Element) -> None:
        now = int(parts.clock.now().timestamp())
        for status in root.iter(f"{{{SEP}}}currentStatus"):
            if status.text in CANCELLED:
                event = next(status.iterancestors(f"{{{SEP}}}DERControl"))
                start = int(event.findtext(f"{{{SEP}}}interval/{{{SEP}}}start") or "0")
                status.text = "1" if start <= now else "0"

    return edited(edit, *CONTROLS)


def superseding_wrongly(doomed: Doomed) -> Callable[[ServerParts], Interposer]:
    """Call controls superseded; ``doomed`` picks them, given those of other programs that overlap."""

    def make(parts: ServerParts) -> Interposer:
        def edit(root: etree._Element) -> None:
            known = {control.mrid: program for program in parts.utility.programs for control in program.controls}
            for node in [root, *root.iter(f"{{{SEP}}}DERControl")]:
                mrid = Node(node).hexadecimal("mRID") or ""
                status = node.find(f"{{{SEP}}}EventStatus/{{{SEP}}}currentStatus")
                if mrid in known and status is not None and _is_doomed(mrid, known[mrid], parts, doomed):
                    status.text = "4"

        return edited(edit, *CONTROLS)

    return make


def _is_doomed(mrid: str, own: DERProgram, parts: ServerParts, doomed: Doomed) -> bool:
    control = next(control for control in own.controls if control.mrid == mrid)
    return doomed(control, _overlapping(control, own, parts.utility.programs))


def _overlapping(control: DERControl, own: DERProgram, programs: Iterable[DERProgram]) -> Iterator[DERControl]:
    """Return controls of other programs that overlap, of those that the operator made."""
    for program in programs:
        for other in program.controls if program is not own else ():
            if other.description and other.start < control.end and control.start < other.end:
                yield other


def independent(control: DERControl, others: Iterable[DERControl]) -> bool:
    """Pick controls beside which a control of other modes runs."""
    return bool(control.description) and any(not other.modes.keys() & control.modes.keys() for other in others)


def alike(control: DERControl, others: Iterable[DERControl]) -> bool:
    """Pick controls beside which one of the same modes runs, whichever is the better."""
    return bool(control.description) and any(other.modes.keys() & control.modes.keys() for other in others)


def serves_removed_programs(parts: ServerParts) -> Interposer:
    """List programs that were removed, for ever."""
    seen: dict[str, dict[str, etree._Element]] = {}

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if answer.status != 200 or answer.resource != "DERProgramList" or not answer.body:
            return answer
        whole = parse(handler(replace(request, target=f"{request.path}?l=1000")).body)
        shown = {str(entry.get("href")): entry for entry in whole}
        known = seen.setdefault(request.path, {})
        known.update({href: deepcopy(entry) for href, entry in shown.items()})
        gone = [deepcopy(entry) for href, entry in known.items() if href not in shown]
        root = parse(answer.body)
        root.extend(gone)
        for name in ("all", "results"):
            root.set(name, str(int(root.get(name, "0")) + len(gone)))
        return replace(answer, body=write(root))

    return interpose


def shows_foreign_devices(parts: ServerParts) -> Interposer:
    """Let every client see every device."""

    def interpose(request: Request, handler: Handler) -> Answer:
        for device in parts.utility.devices:
            device.viewers.add(request.peer.lfdi.upper())
        return handler(request)

    return interpose


def shares_all_programs(parts: ServerParts) -> Interposer:
    """Put every program into every group."""

    def interpose(request: Request, handler: Handler) -> Answer:
        for group in parts.utility.assignments:
            for program in parts.utility.programs:
                if program not in group.programs:
                    group.add(program)
        return handler(request)

    return interpose


def lets_anybody_write(parts: ServerParts) -> Interposer:
    """Let every client write to every device."""

    def interpose(request: Request, handler: Handler) -> Answer:
        if request.method != "PUT":
            return handler(request)
        before = {id(device): set(device.viewers) for device in parts.utility.devices}
        for device in parts.utility.devices:
            device.viewers.add(request.peer.lfdi.upper())
        answer = handler(request)
        for device in parts.utility.devices:
            device.viewers.intersection_update(before[id(device)])
        return answer

    return interpose


def forgets_registration(parts: ServerParts) -> Interposer:
    """Strike a device off as soon as it has registered itself."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if (request.method, answer.resource, answer.status) == ("POST", "EndDeviceList", 201):
            parts.utility.deregister(parts.utility.devices[-1])
        return answer

    return interpose


def time_refuses_queries(request: Request, handler: Handler) -> Answer:
    """Answer 400 to a GET of Time with a query."""
    answer = handler(request)
    return Answer(400, resource="Time") if answer.resource == "Time" and request.query else answer


def refusing_chains(length: int) -> Interposer:
    """Refuse a client whose chain has some number of certificates, the root among them."""

    def interpose(request: Request, handler: Handler) -> Answer:
        chain = request.peer.chain
        return Answer(403) if chain and len(without_root(chain, None)) == length - 1 else handler(request)

    return interpose


def redirecting(change: Callable[[str], str]) -> Interposer:
    """Change the place that a redirection names."""

    def interpose(request: Request, handler: Handler) -> Answer:
        answer = handler(request)
        if answer.status != 301:
            return answer
        headers = ((name, change(value) if name == "Location" else value) for name, value in answer.headers)
        return replace(answer, headers=tuple(headers))

    return interpose
