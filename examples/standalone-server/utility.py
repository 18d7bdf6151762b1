"""What the server does: which thing stands at which address, who may see it, and what the operator can have made."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar
from xml.etree import ElementTree as ET

from things import Control, Device, Group, Meter, Program, Row, element, leaf, link, now_s, tag

Thing = TypeVar("Thing", Group, Program, Control)
Query = Mapping[str, list[str]]
LARGEST_PAGE = 10
DER_DOCUMENTS = {"cap": "DERCapability", "set": "DERSettings", "stat": "DERStatus", "avail": "DERAvailability"}
RESPONSES = "/sep/answers/all"


class Written(Protocol):
    """A thing that can be written."""

    def written(self) -> ET.Element:
        """Write it."""


class Answered(Exception):
    """How a request ends that is not answered by a document: a status and headers."""

    def __init__(self, status: int, **headers: str) -> None:
        super().__init__(status)
        self.status, self.headers = status, headers


class Asked(Protocol):
    """A request: its method, path, query and peer; ``document`` parses its body, one of the roots named."""

    method: str
    path: str
    query: Query
    lfdi: str

    def document(self, *roots: str) -> ET.Element:
        """Return the root element of the body. Raises ``Answered``."""


class Utility:
    """All that is served, and the operator's instructions."""

    def __init__(self) -> None:
        self.moved = False
        self.devices: dict[str, Device] = {}
        self.groups: list[Group] = []
        self.programs: list[Program] = []
        self.meters: list[Meter] = []
        self.responses: list[tuple[str, ET.Element]] = []
        self._made = 0

    # Requests

    def answer(self, asked: Asked) -> ET.Element:
        """Return the document of a GET. Raises ``Answered`` for everything else."""
        first, second, *rest = [*asked.path.strip("/").split("/"), "", ""]
        if asked.path in ("/dcap", "/sep/front"):
            return self._entry(asked)
        served: Mapping[str, Callable[[Asked, Sequence[str]], ET.Element]] = {
            "clock": self._time,
            "devices": self._device,
            "fsa": self._group,
            "prog": self._program,
            "meters": self._meter,
            "answers": self._responses,
        }
        if first != "sep" or second not in served:
            raise Answered(404)
        return served[second](asked, [part for part in rest if part])

    def _entry(self, asked: Asked) -> ET.Element:
        return _read(
            asked,
            element(
                "DeviceCapability",
                link("ResponseSetListLink", "/sep/answers", 1),
                link("TimeLink", "/sep/clock"),
                link("EndDeviceListLink", "/sep/devices", len(self._seen(asked))),
                link("MirrorUsagePointListLink", "/sep/meters", len(self._own_meters(asked))),
                href="/dcap",
                pollRate=60,
            ),
        )

    def _time(self, asked: Asked, rest: Sequence[str]) -> ET.Element:
        zero = ("dstEndTime", "dstOffset", "dstStartTime")
        now = now_s()
        shift = [leaf(name, 0) for name in zero]
        rows = [leaf("currentTime", now), *shift, leaf("localTime", now), leaf("quality", 4), leaf("tzOffset", 0)]
        return _read(asked, element("Time", *rows, href=asked.path))

    def _device(self, asked: Asked, rest: Sequence[str]) -> ET.Element:
        if not rest:
            return self._register_itself(asked) if asked.method == "POST" else self._listed_devices(asked)
        device = next((one for one in self.devices.values() if one.href.endswith(f"/{rest[0]}")), None)
        _must_see(device is not None, device is not None and asked.lfdi in device.viewers)
        assert device is not None
        match rest[1:]:
            case []:
                return _read(asked, device.written())
            case ["pin"] if device.pin is not None:
                return _read(asked, device.registration())
            case ["fsas"]:
                groups = sorted(device.groups, key=lambda group: str(group.row["mRID"]), reverse=True)
                return _listed(asked, "FunctionSetAssignmentsList", groups, pollRate=30)
            case ["ders"]:
                return _listed(asked, "DERList", [device.der()], pollRate=60)
            case ["ders", "1"]:
                return _read(asked, device.der())
            case ["ders", "1", part] if part in DER_DOCUMENTS:
                return self._der_document(asked, device, DER_DOCUMENTS[part])
            case ["log", *numbers]:
                return self._log(asked, device, numbers)
        raise Answered(404)

    def _listed_devices(self, asked: Asked) -> ET.Element:
        return _listed(asked, "EndDeviceList", self._seen(asked), "POST", pollRate=60)

    def _register_itself(self, asked: Asked) -> ET.Element:
        posted = asked.document("EndDevice")
        lfdi = (posted.findtext(tag("lFDI")) or "").upper()
        if lfdi != asked.lfdi:
            raise Answered(403)
        known = lfdi in self.devices
        device = self.devices.setdefault(lfdi, Device(self._next(), lfdi, int(posted.findtext(tag("sFDI")) or 0), None))
        raise Answered(200 if known else 201, Location=device.href)

    def _der_document(self, asked: Asked, device: Device, name: str) -> ET.Element:
        if asked.method == "PUT":
            put = asked.document(name)
            put.set("href", asked.path)
            device.documents[name] = put
            raise Answered(204)
        if name not in device.documents and asked.method in ("GET", "HEAD"):
            raise Answered(404)
        return _read(asked, device.documents.get(name, element(name)), "PUT")

    def _log(self, asked: Asked, device: Device, numbers: Sequence[str]) -> ET.Element:
        if numbers:
            return _read(asked, _numbered(device.log, numbers[0]))
        if asked.method == "POST":
            raise _taken(device.log, asked.document("LogEvent"), asked.path)
        newest = sorted(device.log, key=lambda event: -int(event.findtext(tag("createdDateTime")) or 0))
        return _listed(asked, "LogEventList", newest, "POST")

    def _group(self, asked: Asked, rest: Sequence[str]) -> ET.Element:
        group = next(
            (one for one in self.groups if asked.path.startswith(f"{one.href}/") or asked.path == one.href), None
        )
        _must_see(group is not None, group in self._seen_groups(asked))
        assert group is not None
        if len(rest) == 1:
            return _read(asked, group.written())
        if rest[1:] != ["programs"] or group.programs is None:
            raise Answered(404)
        by_mrid = sorted(group.programs, key=lambda program: str(program.row["mRID"]), reverse=True)
        return _listed(asked, "DERProgramList", sorted(by_mrid, key=lambda program: program.primacy), pollRate=30)

    def _program(self, asked: Asked, rest: Sequence[str]) -> ET.Element:
        program = next((one for one in self.programs if one.href.endswith(f"/{rest[0] if rest else ''}")), None)
        seen = program is not None and any(group in self._seen_groups(asked) for group in program.groups)
        _must_see(program is not None, seen)
        assert program is not None
        program.controls = [control for control in program.controls if not control.over]
        match rest[1:]:
            case []:
                return _read(asked, program.written())
            case ["default"] if program.default is not None:
                return _read(asked, program.written_default())
            case ["controls"]:
                return _listed(asked, "DERControlList", _in_order(program.controls))
            case ["active"]:
                return _listed(asked, "DERControlList", _in_order(program.active()))
            case ["curves"]:
                return _listed(asked, "DERCurveList", program.curves)
        things = [*program.controls, *program.curves]
        found = next((thing for thing in things if thing.href == asked.path), None)
        _must_see(found is not None, True)
        assert found is not None
        return _read(asked, found.written())

    def _meter(self, asked: Asked, rest: Sequence[str]) -> ET.Element:
        if not rest:
            return self._new_meter(asked) if asked.method == "POST" else self._listed_meters(asked)
        meter = next((one for one in self._own_meters(asked) if one.href == asked.path), None)
        _must_see(meter is not None, True)
        assert meter is not None
        if asked.method == "POST":
            posted = asked.document("MirrorMeterReading", "MirrorMeterReadingList")
            meter.take([posted] if posted.tag == tag("MirrorMeterReading") else list(posted))
            raise Answered(201, Location=asked.path)
        if asked.method == "PUT":
            meter.replace(asked.document("MirrorUsagePoint"))
            raise Answered(204)
        if asked.method == "DELETE":
            self.meters.remove(meter)
            raise Answered(204)
        return _read(asked, meter.written(), "POST", "PUT", "DELETE")

    def _listed_meters(self, asked: Asked) -> ET.Element:
        meters = sorted(self._own_meters(asked), key=lambda meter: meter.mrid, reverse=True)
        return _listed(asked, "MirrorUsagePointList", meters, "POST", pollRate=300)

    def _new_meter(self, asked: Asked) -> ET.Element:
        posted = asked.document("MirrorUsagePoint")
        if (posted.findtext(tag("deviceLFDI")) or "").upper() not in self.devices:
            raise Answered(403)
        mrid = (posted.findtext(tag("mRID")) or "").upper()
        known = next((meter for meter in self._own_meters(asked) if meter.mrid == mrid), None)
        if known is not None:
            known.replace(posted)
            raise Answered(204, Location=known.href)
        self.meters.append(Meter(self._next(), asked.lfdi, posted))
        raise Answered(201, Location=self.meters[-1].href)

    def _responses(self, asked: Asked, rest: Sequence[str]) -> ET.Element:
        own = [response for lfdi, response in self.responses if lfdi == asked.lfdi]
        parts = leaf("mRID", "0A" * 16), link("ResponseListLink", RESPONSES, len(own))
        made = element("ResponseSet", *parts, href="/sep/answers/set")
        match rest:
            case []:
                return _listed(asked, "ResponseSetList", [made])
            case ["set"]:
                return _read(asked, made)
            case ["all"]:
                if asked.method == "POST":
                    self._take_response(asked)
                return _listed(asked, "ResponseList", own[::-1], "POST")
            case ["all", number]:
                mine = [response if lfdi == asked.lfdi else None for lfdi, response in self.responses]
                return _read(asked, _numbered(mine, number))
        raise Answered(404)

    def _take_response(self, asked: Asked) -> None:
        posted = asked.document("DERControlResponse", "Response")
        device = self.devices.get((posted.findtext(tag("endDeviceLFDI")) or "").upper())
        if device is None or asked.lfdi not in device.viewers:
            raise Answered(403)
        self.responses.append((asked.lfdi, posted))
        posted.set("href", f"{RESPONSES}/{len(self.responses)}")
        raise Answered(201, Location=f"{RESPONSES}/{len(self.responses)}")

    def _seen(self, asked: Asked) -> list[Device]:
        return sorted((one for one in self.devices.values() if asked.lfdi in one.viewers), key=lambda one: one.sfdi)

    def _seen_groups(self, asked: Asked) -> list[Group]:
        return [group for device in self._seen(asked) for group in device.groups]

    def _own_meters(self, asked: Asked) -> list[Meter]:
        return [meter for meter in self.meters if meter.owner == asked.lfdi]

    def _next(self) -> int:
        self._made += 1
        return self._made

    # Instructions of the operator

    def arrange(self, instruction: str, values: Mapping[str, str]) -> None:
        """Carry out an instruction. Raises ``LookupError`` when it cannot be done."""
        match instruction:
            case "register_device":
                lfdi = values["lfdi"].upper()
                new = Device(self._next(), lfdi, int(values["sfdi"]), int(values["pin"]))
                self.devices.setdefault(lfdi, new)
            case "create_groups":
                for row in json.loads(values["groups"]):
                    self._make_group(row, json.loads(values["devices"]))
            case "remove_group":
                self._drop_group(_only(self.groups, values["group"]))
            case "create_program":
                self._make_program(_only(self.groups, values["group"]), json.loads(values["program"]))
            case "remove_program":
                self._drop_program(_only(self.programs, values["program"]))
            case "set_default":
                _only(self.programs, values["program"]).set_default(json.loads(values["default"]))
            case "create_controls":
                program = _only(self.programs, values["program"])
                program.controls += [Control(program, self._next(), row) for row in json.loads(values["controls"])]
            case "cancel_controls":
                for name in json.loads(values["controls"]):
                    _only(_only(self.programs, values["program"]).controls, name).cancelled_s = now_s()
            case "manage_devices":
                for lfdi in json.loads(values["devices"]):
                    self.devices[lfdi.upper()].viewers.add(values["aggregator"].upper())
            case "remove_devices":
                for lfdi in json.loads(values["devices"]):
                    self.devices.pop(lfdi.upper(), None)
            case "redirect_entry" | "restore_entry":
                self.moved = instruction == "redirect_entry"
            case _:
                raise LookupError(f"this server cannot {instruction}")

    def _make_group(self, row: Row, lfdis: Iterable[str]) -> None:
        group = Group(self._next(), row)
        self.groups.append(group)
        for lfdi in lfdis:
            self.devices[lfdi.upper()].groups.append(group)
        programs = row["programs"]
        for program in programs if isinstance(programs, list) else ():
            self._make_program(group, program)

    def _make_program(self, group: Group, row: Row) -> None:
        self.programs.append(Program(self._next(), row))
        group.add(self.programs[-1])

    def _drop_group(self, group: Group) -> None:
        self.groups.remove(group)
        for device in self.devices.values():
            device.groups = [kept for kept in device.groups if kept is not group]
        for program in list(group.programs or ()):
            self._drop_program(program)

    def _drop_program(self, program: Program) -> None:
        self.programs.remove(program)
        for group in program.groups:
            group.programs = [kept for kept in group.programs or () if kept is not program]


def _read(asked: Asked, document: ET.Element, *also: str) -> ET.Element:
    if asked.method not in ("GET", "HEAD"):
        raise Answered(405, Allow=", ".join(("GET", "HEAD", *also)))
    return document


def _listed(
    asked: Asked, name: str, things: Sequence[Written | ET.Element], *also: str, **attributes: int
) -> ET.Element:
    try:
        start, length = (int(asked.query.get(key, [usual])[0]) for key, usual in (("s", "0"), ("l", "1")))
    except ValueError:
        raise Answered(400) from None
    page = things[start : start + min(length, LARGEST_PAGE)]
    written = [thing if isinstance(thing, ET.Element) else thing.written() for thing in page]
    made = element(name, *written, href=asked.path, all=len(things), results=len(page), **attributes)
    return _read(asked, made, *also)


def _must_see(exists: bool, allowed: bool) -> None:
    if not exists:
        raise Answered(404)
    if not allowed:
        raise Answered(403)


def _numbered(things: Sequence[ET.Element | None], number: str) -> ET.Element:
    found = things[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(things) else None
    if found is None:
        raise Answered(404)
    return found


def _taken(things: list[ET.Element], posted: ET.Element, path: str) -> Answered:
    things.append(posted)
    posted.set("href", f"{path}/{len(things)}")
    return Answered(201, Location=f"{path}/{len(things)}")


def _in_order(controls: Iterable[Control]) -> list[Control]:
    newest = sorted(sorted(controls, key=lambda one: one.mrid, reverse=True), key=lambda one: -one.made_s)
    return sorted(newest, key=lambda one: one.start_s)


def _only(things: Iterable[Thing], name: str) -> Thing:
    found = [thing for thing in things if thing.row["description"] == name]
    if len(found) != 1:
        raise LookupError(f"{len(found)} things are called {name}")
    return found[0]
