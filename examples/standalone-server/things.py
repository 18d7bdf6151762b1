"""What the server keeps, and how each thing is written: devices, groups, programs, controls, curves, meters."""

from __future__ import annotations

import time
from collections.abc import Iterable
from xml.etree import ElementTree as ET

NAMESPACE = "urn:ieee:std:2030.5:ns"
KEPT_AFTER_END_S = 60
POST_RATE_S = 300

Row = dict[str, object]


def now_s() -> int:
    """Return the server's time."""
    return int(time.time())


def tag(name: str) -> str:
    """Return the name of an element in the namespace of the standard."""
    return f"{{{NAMESPACE}}}{name}"


def element(name: str, *inside: ET.Element | None, **attributes: object) -> ET.Element:
    """Make an element; what is ``None`` inside it, or as an attribute, is left out."""
    made = ET.Element(tag(name), {key: str(value) for key, value in attributes.items() if value is not None})
    made.extend([child for child in inside if child is not None])
    return made


def leaf(name: str, value: object) -> ET.Element:
    """Make an element with a value."""
    made = ET.Element(tag(name))
    made.text = str(value).lower() if isinstance(value, bool) else str(value)
    return made


def from_row(row: Row, name: str) -> ET.Element | None:
    """Make an element from a row of an instruction, if the row has it."""
    return leaf(name, row[name]) if name in row else None


def link(name: str, href: str, count: int | None = None) -> ET.Element:
    """Make a link."""
    return element(name, href=href, all=count)


class Device:
    """A registered EndDevice with what it has told of itself."""

    def __init__(self, number: int, lfdi: str, sfdi: int, pin: int | None) -> None:
        self.href = f"/sep/devices/d{number * 7}q"
        self.lfdi, self.sfdi, self.pin = lfdi.upper(), sfdi, pin
        self.registered_s = now_s()
        self.viewers = {self.lfdi}
        self.groups: list[Group] = []
        self.log: list[ET.Element] = []
        self.documents: dict[str, ET.Element] = {}

    def written(self) -> ET.Element:
        """Write the EndDevice."""
        return element(
            "EndDevice",
            link("DERListLink", f"{self.href}/ders", 1),
            leaf("lFDI", self.lfdi),
            link("LogEventListLink", f"{self.href}/log", len(self.log)),
            leaf("sFDI", self.sfdi),
            leaf("changedTime", self.registered_s),
            leaf("enabled", 1),
            link("FunctionSetAssignmentsListLink", f"{self.href}/fsas", len(self.groups)),
            None if self.pin is None else link("RegistrationLink", f"{self.href}/pin"),
            href=self.href,
        )

    def registration(self) -> ET.Element:
        """Write the Registration."""
        return element(
            "Registration",
            leaf("dateTimeRegistered", self.registered_s),
            leaf("pIN", self.pin),
            href=f"{self.href}/pin",
        )

    def der(self) -> ET.Element:
        """Write its one DER."""
        href = f"{self.href}/ders/1"
        names = {"DERAvailability": "avail", "DERCapability": "cap", "DERSettings": "set", "DERStatus": "stat"}
        return element("DER", *(link(f"{name}Link", f"{href}/{part}") for name, part in names.items()), href=href)


class Curve:
    """A DERCurve, as an instruction tells it."""

    def __init__(self, href: str, row: Row) -> None:
        self.href, self.row, self.made_s = href, row, now_s()

    def written(self) -> ET.Element:
        """Write the DERCurve."""
        row, points = self.row, self.row["points"]
        assert isinstance(points, list)
        return element(
            "DERCurve",
            leaf("mRID", row["mRID"]),
            leaf("description", row["description"]),
            from_row(row, "autonomousVRefEnable"),
            from_row(row, "autonomousVRefTimeConstant"),
            leaf("creationTime", self.made_s),
            *(element("CurveData", leaf("xvalue", x), leaf("yvalue", y)) for x, y in points),
            *(from_row(row, name) for name in ("curveType", "openLoopTms", "xMultiplier", "yMultiplier", "yRefType")),
            href=self.href,
        )


class Control:
    """A DERControl; its status follows from the clock, from its cancellation and from its rivals."""

    def __init__(self, program: Program, number: int, row: Row) -> None:
        self.program, self.row, self.made_s = program, row, now_s()
        self.href = f"{program.href}/controls/x{number}"
        self.start_s = self.made_s + int(str(row["starts_in_s"]))
        self.end_s = self.start_s + int(str(row["duration_s"]))
        self.cancelled_s: int | None = None
        self.base = program.base(row["modes"])

    @property
    def mrid(self) -> str:
        """The mRID."""
        return str(self.row["mRID"])

    @property
    def over(self) -> bool:
        """Whether it need not be listed any more: its last randomized end is past."""
        spread = sum(abs(int(str(self.row.get(name, 0)))) for name in ("randomizeStart", "randomizeDuration"))
        return now_s() >= self.end_s + spread + KEPT_AFTER_END_S

    def beats(self, other: Control) -> bool:
        """Tell whether it supersedes another: same mode, overlapping, better program or newer."""
        modes, others = self.row["modes"], other.row["modes"]
        assert isinstance(modes, dict)
        assert isinstance(others, dict)
        apart = self.start_s >= other.end_s or self.end_s <= other.start_s
        if apart or self.cancelled_s is not None or not set(modes) & set(others):
            return False
        if self.program is other.program:
            return (self.made_s, self.mrid) > (other.made_s, other.mrid)
        return self.program.primacy < other.program.primacy

    def superseded_s(self) -> int | None:
        """Return when it is superseded, if it is."""
        rivals = (control for program in self.program.beside() for control in program.controls)
        return min((max(one.start_s, one.made_s) for one in rivals if one.beats(self)), default=None)

    def status(self) -> tuple[int, int]:
        """Return ``currentStatus`` and since when."""
        superseded_s = self.superseded_s()
        if self.cancelled_s is not None:
            return 2, self.cancelled_s
        if superseded_s is not None and now_s() >= superseded_s:
            return 4, superseded_s
        return (1, self.start_s) if now_s() >= self.start_s else (0, self.made_s)

    def written(self) -> ET.Element:
        """Write the DERControl."""
        row, (status, since_s) = self.row, self.status()
        wanted = int(str(row["responseRequired"]))
        return element(
            "DERControl",
            leaf("mRID", self.mrid),
            leaf("description", row["description"]),
            leaf("creationTime", self.made_s),
            element(
                "EventStatus",
                leaf("currentStatus", status),
                leaf("dateTime", since_s),
                leaf("potentiallySuperseded", self.superseded_s() is not None),
            ),
            element("interval", leaf("duration", row["duration_s"]), leaf("start", self.start_s)),
            from_row(row, "randomizeDuration"),
            from_row(row, "randomizeStart"),
            self.base,
            href=self.href,
            replyTo="/sep/answers/all" if wanted else None,
            responseRequired=f"{wanted:02x}" if wanted else None,
        )


class Program:
    """A DERProgram with its default, controls and curves."""

    def __init__(self, number: int, row: Row) -> None:
        self.href = f"/sep/prog/p{number}"
        self.row, self.primacy = row, int(str(row["primacy"]))
        self.groups: list[Group] = []
        self.controls: list[Control] = []
        self.curves: list[Curve] = []
        self.default: Row | None = None
        self.default_base: ET.Element | None = None
        if isinstance(default := row["default"], dict):
            self.set_default(default)

    def beside(self) -> list[Program]:
        """Return the programs that a device with this one has, itself among them."""
        return [program for group in self.groups for program in group.programs or ()] or [self]

    def set_default(self, row: Row) -> None:
        """Take a default."""
        self.default, self.default_base = row, self.base(row["modes"])

    def base(self, modes: object) -> ET.Element:
        """Make a DERControlBase; curves become curves of the program, and links to them."""
        assert isinstance(modes, dict)
        return element("DERControlBase", *(self._mode(name, modes[name]) for name in sorted(modes)))

    def _mode(self, name: str, value: object) -> ET.Element:
        if not isinstance(value, dict):
            return leaf(name, value)
        if "curve" not in value:
            return element(name, *(leaf(part, value[part]) for part in sorted(value)))
        self.curves.append(Curve(f"{self.href}/curves/{len(self.curves) + 1}", value["curve"]))
        return link(name, self.curves[-1].href)

    def active(self) -> list[Control]:
        """Return the controls that run."""
        return [control for control in self.controls if control.status()[0] == 1]

    def written(self) -> ET.Element:
        """Write the DERProgram."""
        href = self.href
        return element(
            "DERProgram",
            leaf("mRID", self.row["mRID"]),
            leaf("description", self.row["description"]),
            link("ActiveDERControlListLink", f"{href}/active", len(self.active())),
            None if self.default is None else link("DefaultDERControlLink", f"{href}/default"),
            link("DERControlListLink", f"{href}/controls", len(self.controls)),
            link("DERCurveListLink", f"{href}/curves", len(self.curves)),
            leaf("primacy", self.primacy),
            href=href,
        )

    def written_default(self) -> ET.Element:
        """Write the DefaultDERControl."""
        row = self.default or {}
        settings = sorted(set(row) - {"mRID", "description", "modes"})
        return element(
            "DefaultDERControl",
            leaf("mRID", row["mRID"]),
            leaf("description", row["description"]),
            self.default_base,
            *(leaf(name, row[name]) for name in settings),
            href=f"{self.href}/default",
        )


class Group:
    """A FunctionSetAssignments; without programs it has no list of them."""

    def __init__(self, number: int, row: Row) -> None:
        self.href, self.row = f"/sep/fsa/g{number}", row
        self.programs: list[Program] | None = None if row["programs"] is None else []

    def add(self, program: Program) -> None:
        """Take a program in."""
        self.programs = [*(self.programs or ()), program]
        program.groups.append(self)

    def written(self) -> ET.Element:
        """Write the FunctionSetAssignments."""
        programs = self.programs
        return element(
            "FunctionSetAssignments",
            None if programs is None else link("DERProgramListLink", f"{self.href}/programs", len(programs)),
            link("TimeLink", "/sep/clock"),
            leaf("mRID", self.row["mRID"]),
            leaf("description", self.row["description"]),
            href=self.href,
        )


class Meter:
    """A MirrorUsagePoint, as its client posted it, with the readings that came later."""

    def __init__(self, number: int, owner: str, posted: ET.Element) -> None:
        self.href, self.owner = f"/sep/meters/m{number}", owner
        self.replace(posted)

    @property
    def mrid(self) -> str:
        """The mRID."""
        return (self.point.findtext(tag("mRID")) or "").upper()

    def replace(self, posted: ET.Element) -> None:
        """Take what a client posted in the place of what was there."""
        posted.set("href", self.href)
        if posted.find(tag("postRate")) is None:
            posted.append(leaf("postRate", POST_RATE_S))
        self.point = posted

    def take(self, readings: Iterable[ET.Element]) -> None:
        """Take readings; those of a known mRID replace the last ones."""
        for reading in readings:
            known = next((one for one in self.point.findall(tag("MirrorMeterReading")) if _same(one, reading)), None)
            if known is None:
                self.point.insert(len(self.point) - 1, reading)
            else:
                _replace_reading(known, reading)

    def written(self) -> ET.Element:
        """Write the MirrorUsagePoint."""
        return self.point


def _same(one: ET.Element, other: ET.Element) -> bool:
    return one.findtext(tag("mRID")) == other.findtext(tag("mRID"))


def _replace_reading(known: ET.Element, posted: ET.Element) -> None:
    new, old = posted.find(tag("Reading")), known.find(tag("Reading"))
    if new is None:
        return
    if old is not None:
        known[list(known).index(old)] = new
        return
    names = [child.tag for child in known]
    known.insert(names.index(tag("ReadingType")) if tag("ReadingType") in names else len(names), new)
