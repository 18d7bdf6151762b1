"""How the client finds all there is for it: a walk, depth first, and a poll of each thing by that thing's own rate."""

from __future__ import annotations

import hashlib
import ssl
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn
from xml.etree import ElementTree as ET

from agenda import Agenda, Clock
from attendance import say
from documents import USUAL_RATE_S, linked, made, number, rate, tag, text
from events import USUAL_CONTROL_RATE_S, Answer, Event, Events, Program
from plant import Plant
from reporting import Reports
from wire import Web

SPARING_TIME_RATE_S = 900


class WrongPin(Exception):
    """The server knows another device by this LFDI."""


@dataclass(frozen=True)
class Device:
    """Who the client is."""

    lfdi: str
    sfdi: int
    pin: int

    @classmethod
    def of(cls, certificates: Path, pin: int) -> Device:
        """Return the device that a chain of certificates belongs to, its own the first."""
        pem = certificates.read_text()
        first = pem[pem.index("-----BEGIN CERT") : pem.index("-----END CERT") + 25]
        digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(first + "\n")).hexdigest()
        return cls(digest[:40], with_check_digit(int(digest[:9], 16)), pin)


def with_check_digit(digits: int) -> int:
    """Add the digit that makes the sum of all digits a multiple of ten."""
    return digits * 10 + -sum(map(int, str(digits))) % 10


class Walk:
    """The walk of a device from the entry, and what it keeps up to date: the clock, its events, where reports go."""

    def __init__(
        self, device: Device, entry: str, web: Web, clock: Clock, plant: Plant, answer: Answer, reports: Reports
    ) -> None:
        self._device, self._entry, self._web, self._clock, self._reports = device, entry, web, clock, reports
        self.events = Events(answer, self._look_again, plant)
        self._polls = Agenda("polls")
        self._admitted = False
        self._listed: dict[str, set[str]] = {}
        self._curves: dict[str, ET.Element] = {}

    def work(self) -> NoReturn:
        """Walk and poll until stopped."""
        self._polls.put("entry", self._poll_entry, 0)
        while True:
            try:
                self._polls.work()
            except WrongPin:
                say("the PIN is wrong: silent for a quarter of an hour")
                self._polls.clear()
                self._web.close()
                self._polls.put("entry", self._poll_entry, USUAL_RATE_S)

    def _visit(self, address: str | None, job: Callable[[str], float | None]) -> None:
        """Read what a link leads to, if it is not known yet; from then on it is polled."""
        if address and address not in self._polls:
            self._polls.do(address, partial(job, address))

    def _poll_entry(self) -> float:
        """Read DeviceCapability; one that was asked for in the clear is asked for where that led to from now on."""
        page, base = self._web.get(self._entry)
        if self._entry.startswith("http:"):
            self._entry = base
        self._reports.mirrors = linked(page, base, "MirrorUsagePointListLink")
        self._visit(linked(page, base, "TimeLink"), self._poll_time)
        self._visit(linked(page, base, "EndDeviceListLink"), self._poll_devices)
        return rate(page)

    def _poll_time(self, address: str) -> float:
        """Read the time, and set the clock by it."""
        page, _ = self._web.get(address)
        self._clock.set(number(page, "currentTime"))
        return max(rate(page), SPARING_TIME_RATE_S)

    def _poll_devices(self, address: str) -> float:
        """Find oneself, or register."""
        page, entries = self._web.whole_list(address, "EndDevice")
        own = next((it for it in entries if text(it[0], "lFDI").lower() == self._device.lfdi), None)
        if own is None and not self._admitted:
            identifiers = ("lFDI", self._device.lfdi), ("sFDI", self._device.sfdi)
            device = made("EndDevice", *identifiers, ("changedTime", int(self._clock.now_s())))
            location = self._web.send("POST", address, device)
            own = self._web.get(location) if location else None
        if own is not None:
            self._poll_self(*own)
        return rate(page)

    def _poll_self(self, device: ET.Element, base: str) -> None:
        """Check the PIN once, and walk on."""
        if (registration := linked(device, base, "RegistrationLink")) and not self._admitted:
            page, _ = self._web.get(registration)
            if number(page, "pIN", -1) != self._device.pin:
                raise WrongPin
        self._admitted = True
        self._reports.log_list = linked(device, base, "LogEventListLink")
        self._visit(linked(device, base, "FunctionSetAssignmentsListLink"), self._poll_assignments)
        self._visit(linked(device, base, "DERListLink"), self._reports.poll_ders)
        self._reports.begin_to_mirror()

    def _poll_assignments(self, address: str) -> float:
        """Read the assignments, and below each one its programs."""
        page, entries = self._web.whole_list(address, "FunctionSetAssignments")
        lists = [linked(*entry, "DERProgramListLink") for entry in entries]
        for gone in self._listed.keys() - set(lists):
            self._polls.drop(gone)
            del self._listed[gone]
        for entry, programs in zip(entries, lists, strict=True):
            self._visit(linked(*entry, "TimeLink"), self._poll_time)
            self._visit(programs, self._poll_programs)
        self._prune()
        return rate(page)

    def _poll_programs(self, address: str) -> float:
        """Read programs, and below each new one its default and its controls."""
        page, entries = self._web.whole_list(address, "DERProgram")
        self._listed[address] = {base for _, base in entries}
        for node, base in entries:
            program = self.events.programs.setdefault(base, Program(base, text(node, "mRID").lower()))
            program.primacy, program.rate_s = number(node, "primacy"), rate(page, USUAL_CONTROL_RATE_S)
            default, controls = (linked(node, base, it) for it in ("DefaultDERControlLink", "DERControlListLink"))
            if default is None:
                program.default = None
            self._visit(default, partial(self._poll_default, program))
            self._visit(controls, partial(self._poll_controls, program))
        self._prune()
        return rate(page, USUAL_CONTROL_RATE_S)

    def _prune(self) -> None:
        """Forget programs that no list has any more."""
        wanted = set().union(*self._listed.values())
        for program in [it for it in self.events.programs.values() if it.address not in wanted]:
            self.events.forget(program)

    def _poll_default(self, program: Program, address: str) -> float | None:
        """Read a default."""
        if self.events.programs.get(program.address) is not program:
            return None
        program.default, base = self._web.get(address)
        self._read_curves(program.default, base)
        return program.rate_s

    def _poll_controls(self, program: Program, address: str) -> float | None:
        """Read the controls of a program."""
        if self.events.programs.get(program.address) is not program:
            return None
        _, entries = self._web.whole_list(address, "DERControl")
        for node, base in entries:
            self.events.read(program, node, base, self._clock.now_s())
            self._read_curves(node, base)
        return program.rate_s

    def _read_curves(self, control: ET.Element, base: str) -> None:
        """Read each curve once, when a control first names it."""
        for mode in control.iterfind(f"{tag('DERControlBase')}/*[@href]"):
            address = urllib.parse.urljoin(base, mode.get("href", ""))
            if address not in self._curves:
                self._curves[address], _ = self._web.get(address)

    def _look_again(self, event: Event) -> None:
        """Have an event read once more before it begins."""

        def read() -> None:
            node, base = self._web.get(event.address)
            self.events.read(event.program, node, base, self._clock.now_s())

        self._polls.put(f"again {event.mrid}", read, 0)
