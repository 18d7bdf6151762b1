"""A small IEEE 2030.5 DER client that shares no code with the harness: one file, Python's own library, threads.

It is a photovoltaic inverter that registers itself, walks from DeviceCapability to the controls of every program, runs
events and defaults on a simulated plant, answers, reports and mirrors, and a second opinion on the test cases::

    python client.py --server https://127.0.0.1:8443 --entry /dcap --certificate device.pem --key device.key
        --roots serca.pem --pin 111115

With ``--contact discovery`` it looks for its server by multicast DNS. ``--tell raise_alarm --lfdi LFDI`` speaks to the
instance that runs with that LFDI. It is no product: it remembers nothing over a restart.
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
import http.client
import itertools
import queue
import random
import secrets
import socket
import ssl
import struct
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from xml.etree import ElementTree as ET

NAMESPACE = "urn:ieee:std:2030.5:ns"
MEDIA_TYPE = "application/sep+xml"
PAGE = 7
PEN = 0x00007ED9
"""The number for examples: the end of every mRID made here, and the vendor of what it logs."""
REQUESTS_A_CONNECTION = 25
PATIENCE_S = 20
RETRY_S = 6
USUAL_RATE_S = 900
USUAL_CONTROL_RATE_S = 600
USUAL_POST_RATE_S = 300
SPARING_TIME_RATE_S = 900
DECIDED_AHEAD_S = 4
"""How long before its start an event is looked at once more, and given up if a better one is known by then."""
RATING_W = 6000
SKY_W = 5100
GRID_DECIVOLTS, GRID_CENTIHERTZ = 2403, 6001

RECEIVED, STARTED, COMPLETED, CANCELLED, SUPERSEDED, EXPIRED = 1, 2, 3, 6, 7, 254


def tag(name: str) -> str:
    """Return the name of an element in the namespace of the standard."""
    return f"{{{NAMESPACE}}}{name}"


def made(name: str, *inside: ET.Element | tuple[str, object] | None) -> ET.Element:
    """Make an element from elements and from pairs of a name and a value, in order."""
    node = ET.Element(tag(name))
    for one in inside:
        if isinstance(one, tuple):
            ET.SubElement(node, tag(one[0])).text = str(one[1])
        elif one is not None:
            node.append(one)
    return node


def text(node: ET.Element | None, path: str, otherwise: str = "") -> str:
    """Return the text at a path of names, or what stands for it."""
    found = None if node is None else node.find("/".join(map(tag, path.split("/"))))
    return (found.text or "").strip() if found is not None else otherwise


def number(node: ET.Element | None, path: str, otherwise: int = 0) -> int:
    """Return the whole number at a path of names."""
    return int(text(node, path) or otherwise)


def new_mrid() -> str:
    """Return an mRID of one's own, in lower case."""
    return f"{secrets.token_hex(12)}{PEN:08x}"


def say(words: str) -> None:
    """Print for whoever looks at the log."""
    print(f"{time.strftime('%H:%M:%S')} {words}", flush=True)


# --- TLS and HTTP ---------------------------------------------------------------------------------------------------


class Refused(Exception):
    """An answer that is no success: ``status``, and after how many seconds to ask again, if the server says so."""

    def __init__(self, status: int, after_s: float | None = None) -> None:
        super().__init__(f"answered {status}")
        self.status, self.after_s = status, after_s


UNWANTED = {bytes.fromhex(it): it for it in ("551d1e", "551d21")}
"""nameConstraints and policyMappings: no certificate of a chain may have them."""
KNOWN_WHEN_CRITICAL = {bytes.fromhex(it) for it in ("551d0f", "551d11", "551d13", "551d20", "551d23")}


def values(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Take DER apart, one level: tag and content."""
    at = 0
    while at < len(der):
        kind, size, at = der[at], der[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            size, at = int.from_bytes(der[at : at + count]), at + count
        yield kind, der[at : at + size]
        at += size


def extensions(certificate: bytes) -> Iterator[tuple[bytes, bool]]:
    """Yield identifier and criticality of each extension of a certificate."""
    body = next(values(next(values(certificate))[1]))[1]
    for kind, content in values(body):
        if kind == 0xA3:
            for _, one in values(next(values(content))[1]):
                (_, identifier), *rest = values(one)
                yield identifier, any(it == (1, b"\xff") for it in rest)


def check_chain(chain: Iterable[bytes]) -> None:
    """Refuse a chain with an extension that is not wanted, or that is critical and not known."""
    for identifier, critical in itertools.chain.from_iterable(map(extensions, chain)):
        if identifier in UNWANTED or (critical and identifier not in KNOWN_WHEN_CRITICAL):
            raise ssl.SSLError(f"the certificate extension {identifier.hex()} is not accepted")


class Secured(http.client.HTTPSConnection):
    """A connection that looks at the whole chain before a byte of HTTP is sent, and takes up the last session."""

    def __init__(self, place: str, context: ssl.SSLContext, sessions: dict[str, ssl.SSLSession]) -> None:
        super().__init__(place, timeout=PATIENCE_S, context=context)
        self._place, self._tls, self._sessions = place, context, sessions

    def connect(self) -> None:
        """Shake hands."""
        plain = socket.create_connection((self.host, self.port), PATIENCE_S)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = secured = self._tls.wrap_socket(plain, session=self._sessions.get(self._place))
        if not secured.session_reused:
            chain = secured._sslobj.get_verified_chain()  # public from Python 3.13 on
            check_chain(it if isinstance(it, bytes) else ssl.PEM_cert_to_DER_cert(it.public_bytes()) for it in chain)

    def close(self) -> None:
        """Keep the session for the next connection."""
        if isinstance(self.sock, ssl.SSLSocket) and self.sock.session is not None:
            self._sessions[self._place] = self.sock.session
        super().close()


@dataclass
class Line:
    """A connection, and how many requests it has carried."""

    connection: http.client.HTTPConnection
    carried: int = 0


Came = tuple[http.client.HTTPResponse, bytes]


class Web(threading.local):
    """Requests, one at a time: each thread has connections of its own, and opens new ones now and then."""

    def __init__(self, context: ssl.SSLContext, sessions: dict[str, ssl.SSLSession]) -> None:
        self._context, self._sessions = context, sessions
        self._lines: dict[tuple[str, str], Line] = {}

    def get(self, address: str) -> tuple[ET.Element, str]:
        """Return a document and the address it came from in the end."""
        (_, body), address = self._ask("GET", address)
        return ET.fromstring(body), address

    def send(self, method: str, address: str, document: ET.Element) -> str | None:
        """Post or put a document; return the address of what it made."""
        (answer, _), address = self._ask(method, address, document)
        location = answer.getheader("Location")
        return urllib.parse.urljoin(address, location) if location else None

    def whole_list(self, address: str, entry: str) -> tuple[ET.Element, list[tuple[ET.Element, str]]]:
        """Read a list to its end, page by page; each entry comes with its own address."""
        entries: list[tuple[ET.Element, str]] = []
        while True:
            query = f"s={len(entries)}&l={PAGE}" if entries else f"l={PAGE}"
            page, base = self.get(f"{address}{'&' if '?' in address else '?'}{query}")
            here = [(it, urllib.parse.urljoin(base, it.get("href", ""))) for it in page.findall(tag(entry))]
            entries += here
            if not here or len(entries) >= int(page.get("all", "0")):
                return page, entries

    def _ask(self, method: str, address: str, document: ET.Element | None = None) -> tuple[Came, str]:
        """Send a request and follow where it leads; return what came, and the last address."""
        body = None if document is None else ET.tostring(document, encoding="utf-8", xml_declaration=True)
        headers = {"accept": f"{MEDIA_TYPE};level=-S1"}
        if body is not None:
            headers["content-type"] = f"{MEDIA_TYPE}; charset=UTF-8"
        for _ in range(5):
            answer, received = self._exchange(method, urllib.parse.urlsplit(address), body, headers)
            if answer.status in (301, 302, 307, 308) and (location := answer.getheader("location")):
                address = urllib.parse.urljoin(address, location)
            elif answer.status // 100 == 2:
                return (answer, received), address
            else:
                after = answer.getheader("retry-after", "")
                raise Refused(answer.status, float(after) if after.isdecimal() else None)
        raise Refused(310)

    def _exchange(self, method: str, at: urllib.parse.SplitResult, body: bytes | None, headers: dict[str, str]) -> Came:
        while True:
            line = self._line(at.scheme, at.netloc)
            line.carried += 1
            try:
                line.connection.request(method, at.path + (f"?{at.query}" if at.query else ""), body, headers)
                answer = line.connection.getresponse()
                return answer, answer.read()
            except (OSError, http.client.HTTPException):
                self._close(at.scheme, at.netloc)
                if line.carried == 1:  # on a used one it may be that the server closed it for idleness
                    raise

    def _line(self, scheme: str, place: str) -> Line:
        line = self._lines.get((scheme, place))
        if line is None or line.carried >= REQUESTS_A_CONNECTION:
            self._close(scheme, place)
            plain = http.client.HTTPConnection(place, timeout=PATIENCE_S)
            line = Line(Secured(place, self._context, self._sessions) if scheme == "https" else plain)
            self._lines[scheme, place] = line
        return line

    def _close(self, scheme: str, place: str) -> None:
        if line := self._lines.pop((scheme, place), None):
            line.connection.close()

    def close(self) -> None:
        """Close the connections of this thread."""
        for scheme, place in tuple(self._lines):
            self._close(scheme, place)


def mutual_tls(chain: Path, key: Path, roots: Path) -> ssl.SSLContext:
    """Return TLS 1.2 with the one suite of the standard; a device's certificate names no host."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0")
    context.load_cert_chain(chain, key)
    context.load_verify_locations(roots)
    return context


# --- the plant ------------------------------------------------------------------------------------------------------


class Plant:
    """A photovoltaic inverter: what is asked of it by mode, and where its power has got to."""

    def __init__(self) -> None:
        self.modes: dict[str, ET.Element] = {}
        self.gradient = 10000
        self.alarm = self.switched_off = self.blind = False
        self.changed = threading.Event()
        self._watts, self._at = 0.0, time.monotonic()
        self._lock = threading.Lock()

    def ask(self, modes: dict[str, ET.Element], gradient: int) -> None:
        """Ask for modes, all others being free, and for a ramp in hundredths of a percent per second."""
        asked = {name: ET.tostring(node) for name, node in modes.items()}
        if asked != {name: ET.tostring(node) for name, node in self.modes.items()} or gradient != self.gradient:
            say(f"plant: {', '.join(f'{name} {_told(node)}' for name, node in modes.items()) or 'free'}; {gradient}")
            self.watts()
            self.modes, self.gradient = modes, gradient
            self.changed.set()

    @property
    def connected(self) -> bool:
        """Whether it may be on the grid."""
        held = (self.modes.get(name) for name in ("opModConnect", "opModEnergize"))
        return not self.switched_off and not any(it is not None and it.text in ("false", "0") for it in held)

    def watts(self) -> int:
        """Return the active power now: it moves along the ramp, and falls at once when it is disconnected."""
        with self._lock:
            now = time.monotonic()
            reach = max(self.gradient, 1) / 10000 * RATING_W * (now - self._at)
            self._at = now
            goal = self._goal()
            self._watts += max(-reach, min(reach, goal - self._watts)) if self.connected else -self._watts
            return round(self._watts)

    def _goal(self) -> float:
        goal = float(SKY_W)
        if (fixed := self.modes.get("opModFixedW")) is not None:
            goal = min(goal, int(fixed.text or 0) / 10000 * RATING_W)
        if (target := self.modes.get("opModTargetW")) is not None:
            goal = min(goal, number(target, "value") * 10.0 ** number(target, "multiplier"))
        if (limit := self.modes.get("opModMaxLimW")) is not None:
            goal = min(goal, int(limit.text or 0) / 10000 * RATING_W)
        return max(goal, 0.0)


def _told(node: ET.Element) -> str:
    return node.get("href") or "/".join((it.text or "").strip() for it in node.iter() if (it.text or "").strip())


def amount(name: str, value: int, multiplier: int = 0) -> ET.Element:
    """Write a power: multiplier and value."""
    return made(name, ("multiplier", multiplier), ("value", value))


def power_factor(name: str, thousandths: int) -> ET.Element:
    """Write a power factor."""
    return made(name, ("displacement", thousandths), ("multiplier", -3))


def capability() -> ET.Element:
    """Write the nameplate."""
    return made(
        "DERCapability",
        ("modesSupported", "07fffffc"),
        amount("rtgMaxVA", 66, 2),
        amount("rtgMaxVar", 26, 2),
        amount("rtgMaxVarNeg", -26, 2),
        amount("rtgMaxW", RATING_W // 100, 2),
        power_factor("rtgMinPFOverExcited", 850),
        power_factor("rtgMinPFUnderExcited", 850),
        ("type", 4),
    )


def settings(now_s: int, gradient: int) -> ET.Element:
    """Write the settings."""
    return made(
        "DERSettings",
        ("setGradW", gradient),
        amount("setMaxVA", 66, 2),
        amount("setMaxVar", 26, 2),
        amount("setMaxVarNeg", -26, 2),
        amount("setMaxW", RATING_W // 100, 2),
        power_factor("setMinPFOverExcited", 850),
        power_factor("setMinPFUnderExcited", 850),
        ("updatedTime", now_s),
    )


def status(now_s: int, plant: Plant) -> ET.Element:
    """Write the status."""

    def since(name: str, value: object) -> ET.Element:
        return made(name, ("dateTime", now_s), ("value", value))

    on = plant.connected
    held_back = {"opModFixedW", "opModTargetW", "opModMaxLimW"} & set(plant.modes)
    return made(
        "DERStatus",
        ("alarmStatus", "00000002" if plant.alarm else "00000000"),
        since("genConnectStatus", "07" if on else "02"),
        since("inverterStatus", (5 if held_back else 4) if on else 8),
        since("localControlModeStatus", 1),
        since("manufacturerStatus", "ok"),
        since("operationalModeStatus", 2 if on else 1),
        ("readingTime", now_s),
    )


def availability(now_s: int) -> ET.Element:
    """Write what could be had beyond what is given."""
    return made("DERAvailability", ("readingTime", now_s), amount("statVarAvail", 26, 2), amount("statWAvail", SKY_W))


# --- events ---------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Program:
    """A DERProgram, with what stands in force where no event does."""

    address: str
    mrid: str
    primacy: int = 0
    rate_s: float = USUAL_CONTROL_RATE_S
    default: ET.Element | None = None


@dataclass(eq=False)
class Event:
    """A DERControl, with the numbers it has drawn and how far it has come: ``waiting``, ``running`` or ``over``."""

    program: Program
    address: str
    node: ET.Element
    drawn: tuple[float, float] = field(default_factory=lambda: (random.random(), random.random()))
    seen_s: float = 0
    state: str = "waiting"
    lost: set[str] = field(default_factory=set)
    stops_s: float | None = None
    looked_again: bool = False

    @property
    def mrid(self) -> str:
        """Its mRID, in lower case."""
        return text(self.node, "mRID").lower()

    @property
    def modes(self) -> dict[str, ET.Element]:
        """The modes it asks for."""
        base = self.node.find(tag("DERControlBase"))
        return {it.tag.partition("}")[2]: it for it in base if "opMod" in it.tag} if base is not None else {}

    @property
    def said_s(self) -> tuple[int, int]:
        """Start and end as published."""
        start = number(self.node, "interval/start")
        return start, start + number(self.node, "interval/duration")

    @property
    def start_s(self) -> float:
        """The start with the part of randomizeStart that it has drawn; seen too late, that part is waited from then."""
        drawn, said = self.drawn[0] * number(self.node, "randomizeStart"), self.said_s[0]
        return self.seen_s + abs(drawn) if self.seen_s > said else said + drawn

    @property
    def end_s(self) -> float:
        """The end: of the length drawn; after a late begin as published, and the part of randomizeDuration."""
        start, end = self.said_s
        length = self.drawn[1] * number(self.node, "randomizeDuration")
        return length + (end if self.seen_s > start else self.start_s + end - start)

    @property
    def server_status(self) -> int:
        """The currentStatus last read."""
        return number(self.node, "EventStatus/currentStatus")

    def better_than(self, other: Event) -> bool:
        """Say which one wins where both name a mode."""
        mine, its = (it.program.primacy for it in (self, other))
        new, old = (number(it.node, "creationTime") for it in (self, other))
        return (-mine, new, self.mrid) > (-its, old, other.mrid)

    def overlaps(self, other: Event) -> bool:
        """Say whether both would ever run at the same time."""
        return self.said_s[0] < other.said_s[1] and other.said_s[0] < self.said_s[1]


Answer = Callable[[Event, int], None]


class Events:
    """All events that are known, and what they come to at a moment."""

    def __init__(self, answer: Answer, look_again: Callable[[Event], None], plant: Plant) -> None:
        self._answer, self._look_again, self._plant = answer, look_again, plant
        self._known: dict[str, Event] = {}
        self.programs: dict[str, Program] = {}
        self.lock = threading.RLock()

    def read(self, program: Program, node: ET.Element, address: str, now_s: float) -> None:
        """Take an event as it reads now."""
        mrid = text(node, "mRID").lower()
        with self.lock:
            if known := self._known.get(mrid):
                known.node, known.address, known.program = node, address, program
                return
            event = self._known[mrid] = Event(program, address, node, seen_s=now_s)
            if now_s >= event.said_s[1]:
                event.state = "over"
                self._answer(event, EXPIRED)
            elif event.server_status not in (2, 3):
                self._answer(event, RECEIVED)

    def forget(self, program: Program) -> None:
        """Drop a program and those of its events that have not begun."""
        with self.lock:
            self.programs.pop(program.address, None)
            for mrid, event in tuple(self._known.items()):
                if event.program is program and event.state == "waiting":
                    del self._known[mrid]

    def step(self, now_s: float) -> None:
        """Let time pass: the best event first, so that one which begins is seen by those it supersedes."""
        for event in [it for it in self._known.values() if it.state == "waiting" and not it.looked_again]:
            if event.start_s - DECIDED_AHEAD_S <= now_s < event.end_s:
                event.looked_again = True
                self._look_again(event)
        with self.lock:
            alive = [it for it in self._known.values() if it.state != "over"]
            alive.sort(key=lambda it: (-it.program.primacy, number(it.node, "creationTime"), it.mrid), reverse=True)
            for event in alive:
                (self._wait if event.state == "waiting" else self._run)(event, alive, now_s)
            self._in_force(alive)

    def _wait(self, event: Event, alive: Sequence[Event], now_s: float) -> None:
        rivals = [it for it in alive if it.state != "over" and it.better_than(event) and it.overlaps(event)]
        lost = {mode for it in rivals for mode in event.modes.keys() & (it.modes.keys() - it.lost)}
        ahead_s = event.start_s - now_s
        if event.server_status in (2, 3):
            self._end(event, CANCELLED)
        elif event.server_status == 4 or (lost == event.modes.keys() != set() and ahead_s <= DECIDED_AHEAD_S):
            self._end(event, SUPERSEDED)
        elif now_s >= event.end_s:
            self._end(event, EXPIRED)
        elif ahead_s <= 0:
            event.state = "running"
            self._answer(event, STARTED)
            self._run(event, alive, now_s)

    def _run(self, event: Event, alive: Sequence[Event], now_s: float) -> None:
        for rival in alive:
            if rival.state == "running" and rival.better_than(event):
                event.lost |= event.modes.keys() & (rival.modes.keys() - rival.lost)
        if event.server_status in (2, 3) and event.stops_s is None:
            bound = max(abs(number(event.node, it)) for it in ("randomizeStart", "randomizeDuration"))
            event.stops_s = now_s + (random.random() * bound if event.server_status == 3 else 0)
        if event.lost == event.modes.keys() != set() or event.server_status == 4:
            self._end(event, SUPERSEDED)
        elif event.stops_s is not None and now_s >= event.stops_s:
            self._end(event, CANCELLED)
        elif now_s >= self._ends_s(event, alive):
            self._end(event, COMPLETED)

    def _ends_s(self, event: Event, alive: Sequence[Event]) -> float:
        """No gap opens before an event of the same modes that follows directly: its start is this one's end."""
        for other in alive:
            follows = other.said_s[0] == event.said_s[1] and other.modes.keys() & event.modes.keys()
            if other.state == "waiting" and follows and other.server_status not in (2, 3):
                return max(event.end_s, other.start_s)
        return event.end_s

    def _end(self, event: Event, how: int) -> None:
        event.state = "over"
        self._answer(event, how)

    def _in_force(self, alive: Sequence[Event]) -> None:
        """Ask the plant for the defaults, the best program last, and over them for what runs, the best event last."""
        modes: dict[str, ET.Element] = {}
        gradient = 10000
        for program in sorted(self.programs.values(), key=lambda it: (-it.primacy, it.mrid)):
            base = None if program.default is None else program.default.find(tag("DERControlBase"))
            modes |= {it.tag.partition("}")[2]: it for it in (base if base is not None else ()) if "opMod" in it.tag}
            gradient = number(program.default, "setGradW", gradient)
        for event in reversed([it for it in alive if it.state == "running"]):
            modes |= {name: node for name, node in event.modes.items() if name not in event.lost}
        self._plant.ask(modes, gradient)


# --- the client -----------------------------------------------------------------------------------------------------


class WrongPin(Exception):
    """The server knows another device by this LFDI."""


Job = Callable[[], float | None]
"""Does something over the network; returns after how many seconds to do it again."""


class Agenda:
    """What a thread has to do, by name and time; what goes wrong is tried again, what is gone is dropped."""

    def __init__(self, name: str) -> None:
        self._due: list[tuple[float, int, str]] = []
        self._jobs: dict[str, Job] = {}
        self._turns: dict[str, int] = {}
        self._count = itertools.count()
        self._bell = threading.Condition()
        self._name = name

    def __contains__(self, name: str) -> bool:
        return name in self._jobs

    def put(self, name: str, job: Job, in_s: float) -> None:
        """Put a job on the agenda, or move it."""
        with self._bell:
            self._jobs[name], turn = job, next(self._count)
            self._turns[name] = turn
            heapq.heappush(self._due, (time.monotonic() + in_s, turn, name))
            self._bell.notify()

    def drop(self, name: str) -> None:
        """Take a job off the agenda."""
        self._jobs.pop(name, None)
        self._turns.pop(name, None)

    def clear(self) -> None:
        """Drop all."""
        self._jobs.clear()
        self._turns.clear()

    def do(self, name: str, job: Job) -> None:
        """Do a job now, and put it on the agenda again."""
        self._jobs[name] = job
        self._turns[name] = -1
        again: float | None
        try:
            again = job()
        except Refused as answer:
            say(f"{self._name}: {name} {answer}")
            again = None if answer.status == 404 else (answer.after_s or RETRY_S) + 1
        except (OSError, http.client.HTTPException, ET.ParseError) as error:
            say(f"{self._name}: {name} {error!r}")
            again = RETRY_S
        if self._turns.get(name) != -1:
            return
        if again is None:
            self.drop(name)
        else:
            self.put(name, job, again)

    def work(self) -> NoReturn:
        """Do what is due, for ever."""
        while True:
            with self._bell:
                while not self._due or self._due[0][0] > time.monotonic():
                    self._bell.wait(self._due[0][0] - time.monotonic() if self._due else None)
                _, turn, name = heapq.heappop(self._due)
            if self._turns.get(name) == turn:
                self.do(name, self._jobs[name])


@dataclass(frozen=True)
class Quantity:
    """What is measured, in the codes of ReadingType; an average is told with its interval."""

    name: str
    uom: int
    multiplier: int
    qualifier: int
    kind: int
    phase: int = 0

    def reading_type(self) -> ET.Element:
        """Write the ReadingType; power that is given to the grid is reverse, and positive."""
        return made(
            "ReadingType",
            ("accumulationBehaviour", 12),
            ("commodity", 1),
            ("dataQualifier", self.qualifier),
            ("flowDirection", 19 if self.qualifier == AVERAGE else 0),
            ("kind", self.kind),
            ("phase", self.phase),
            ("powerOfTenMultiplier", self.multiplier),
            ("uom", self.uom),
        )


AVERAGE = 2
WATT, HERTZ = 38, 33
METERS = {
    "powers": (Quantity("real power", WATT, 0, AVERAGE, 37), Quantity("reactive power", 63, 0, AVERAGE, 37)),
    "grid": (Quantity("frequency", HERTZ, -2, 0, 0), Quantity("voltage", 29, -1, 0, 0, 129)),
}
"""Two usage points, each with its quantities."""


class Meter:
    """A usage point that is mirrored: its own identifiers, where the server keeps it, and what was averaged so far."""

    def __init__(self, quantities: Sequence[Quantity]) -> None:
        self.mrid, self.quantities = new_mrid(), {new_mrid(): it for it in quantities}
        self.address: str | None = None
        self.since_s = 0
        self.samples: list[int] = []

    def usage_point(self, name: str, lfdi: str) -> ET.Element:
        """Write it, down to what it measures."""
        return made(
            "MirrorUsagePoint",
            ("mRID", self.mrid),
            ("description", name),
            ("roleFlags", "0049"),
            ("serviceCategoryKind", 0),
            ("status", 1),
            ("deviceLFDI", lfdi),
            *(reading_of(mrid, it.reading_type()) for mrid, it in self.quantities.items()),
        )

    def readings(self, now_s: int, without: int | None) -> list[ET.Element]:
        """Write what is measured now, a document each, leaving out one uom; averages begin anew."""
        period = made("timePeriod", ("duration", now_s - self.since_s), ("start", self.since_s))
        mean = round(sum(self.samples) / max(len(self.samples), 1))
        self.since_s, self.samples = now_s, []
        return [
            self._reading(mrid, it, mean, period, now_s) for mrid, it in self.quantities.items() if it.uom != without
        ]

    def _reading(self, mrid: str, what: Quantity, mean: int, period: ET.Element, now_s: int) -> ET.Element:
        if what.qualifier == AVERAGE:
            reading = made("Reading", ("value", mean if what.uom == WATT else 0))
            return reading_of(mrid, made("MirrorReadingSet", ("mRID", new_mrid()), period, reading))
        value = (GRID_CENTIHERTZ if what.uom == HERTZ else GRID_DECIVOLTS) + secrets.randbelow(3)
        moment = made("timePeriod", ("duration", 0), ("start", now_s))
        return reading_of(mrid, made("Reading", moment, ("value", value)))


def reading_of(mrid: str, inside: ET.Element) -> ET.Element:
    """Write a MirrorMeterReading."""
    return made("MirrorMeterReading", ("mRID", mrid), inside)


def rate(node: ET.Element, otherwise_s: float = USUAL_RATE_S) -> float:
    """Return the pollRate of a resource in seconds."""
    given = int(node.get("pollRate", "0"))
    return given if given > 0 else otherwise_s


def linked(node: ET.Element, base: str, name: str) -> str | None:
    """Return where a link leads, seen from the resource it stands in."""
    found = node.find(tag(name))
    return None if found is None else urllib.parse.urljoin(base, found.get("href", ""))


class Client:
    """The device: it walks depth first, and polls each thing it has found by that thing's own rate."""

    def __init__(self, given: argparse.Namespace) -> None:
        pem = given.certificate.read_text()
        first = pem[pem.index("-----BEGIN CERT") : pem.index("-----END CERT") + 25]
        digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(first + "\n")).hexdigest()
        self.lfdi, self.sfdi = digest[:40], with_check_digit(int(digest[:9], 16))
        self.pin, self.entry = given.pin, given.server + given.entry
        self.web = Web(mutual_tls(given.certificate, given.key, given.roots), {})
        self.plant = Plant()
        self.events = Events(self.answer, self.look_again, self.plant)
        self.polls, self.reports = Agenda("polls"), Agenda("reports")
        self.outbox: queue.Queue[tuple[str, ET.Element]] = queue.Queue()
        self.ahead_s = 0.0
        self.admitted = False
        self.mirrors: str | None = None
        self.log_list: str | None = None
        self.logged = itertools.count(1)
        self.listed: dict[str, set[str]] = {}
        self.curves: dict[str, ET.Element] = {}
        self.told: dict[str, bytes] = {}
        self.status_address: str | None = None
        self.meters = {name: Meter(quantities) for name, quantities in METERS.items()}

    def now_s(self) -> float:
        """Return the server's time."""
        return time.time() + self.ahead_s

    def run(self) -> NoReturn:
        """Work until stopped."""
        for work in (self.reports.work, self.deliver, self.conduct, self.listen, self.watch_plant):
            threading.Thread(target=work, daemon=True).start()
        self.polls.put("entry", self.poll_entry, 0)
        while True:
            try:
                self.polls.work()
            except WrongPin:
                say("the PIN is wrong: silent for a quarter of an hour")
                self.polls.clear()
                self.web.close()
                self.polls.put("entry", self.poll_entry, USUAL_RATE_S)

    # Walking and polling.

    def visit(self, address: str | None, job: Callable[[str], float | None]) -> None:
        """Read what a link leads to, if it is not known yet; from then on it is polled."""
        if address and address not in self.polls:
            self.polls.do(address, lambda: job(address))

    def poll_entry(self) -> float:
        """Read DeviceCapability; one that was asked for in the clear is asked for where that led to from now on."""
        page, base = self.web.get(self.entry)
        if self.entry.startswith("http:"):
            self.entry = base
        self.mirrors = linked(page, base, "MirrorUsagePointListLink")
        self.visit(linked(page, base, "TimeLink"), self.poll_time)
        self.visit(linked(page, base, "EndDeviceListLink"), self.poll_devices)
        return rate(page)

    def poll_time(self, address: str) -> float:
        """Set the clock, if it is off by more than a second."""
        page, _ = self.web.get(address)
        ahead_s = number(page, "currentTime") + 0.5 - time.time()
        self.ahead_s = ahead_s if abs(ahead_s) > 1 else 0.0
        return max(rate(page), SPARING_TIME_RATE_S)

    def poll_devices(self, address: str) -> float:
        """Find oneself, or register."""
        page, entries = self.web.whole_list(address, "EndDevice")
        own = next((it for it in entries if text(it[0], "lFDI").lower() == self.lfdi), None)
        if own is None and not self.admitted:
            device = made("EndDevice", ("lFDI", self.lfdi), ("sFDI", self.sfdi), ("changedTime", int(self.now_s())))
            location = self.web.send("POST", address, device)
            own = self.web.get(location) if location else None
        if own is not None:
            self.poll_self(*own)
        return rate(page)

    def poll_self(self, device: ET.Element, base: str) -> None:
        """Check the PIN once, and walk on."""
        if (registration := linked(device, base, "RegistrationLink")) and not self.admitted:
            page, _ = self.web.get(registration)
            if number(page, "pIN", -1) != self.pin:
                raise WrongPin
        self.admitted = True
        self.log_list = linked(device, base, "LogEventListLink")
        self.visit(linked(device, base, "FunctionSetAssignmentsListLink"), self.poll_assignments)
        self.visit(linked(device, base, "DERListLink"), self.poll_ders)
        for name, meter in self.meters.items():
            if self.mirrors and name not in self.reports:
                self.reports.put(name, lambda name=name, meter=meter: self.mirror(name, meter), 0)

    def poll_assignments(self, address: str) -> float:
        """Read the assignments, and below each one its programs."""
        page, entries = self.web.whole_list(address, "FunctionSetAssignments")
        lists = [linked(*entry, "DERProgramListLink") for entry in entries]
        for gone in self.listed.keys() - set(lists):
            self.polls.drop(gone)
            del self.listed[gone]
        for entry, programs in zip(entries, lists, strict=True):
            self.visit(linked(*entry, "TimeLink"), self.poll_time)
            self.visit(programs, self.poll_programs)
        self.prune()
        return rate(page)

    def poll_programs(self, address: str) -> float:
        """Read programs, and below each new one its default and its controls."""
        page, entries = self.web.whole_list(address, "DERProgram")
        self.listed[address] = {base for _, base in entries}
        for node, base in entries:
            program = self.events.programs.setdefault(base, Program(base, text(node, "mRID").lower()))
            program.primacy, program.rate_s = number(node, "primacy"), rate(page, USUAL_CONTROL_RATE_S)
            default, controls = (linked(node, base, it) for it in ("DefaultDERControlLink", "DERControlListLink"))
            if default is None:
                program.default = None
            self.visit(default, lambda at, of=program: self.poll_default(of, at))
            self.visit(controls, lambda at, of=program: self.poll_controls(of, at))
        self.prune()
        return rate(page, USUAL_CONTROL_RATE_S)

    def prune(self) -> None:
        """Forget programs that no list has any more."""
        wanted = set().union(*self.listed.values())
        for program in [it for it in self.events.programs.values() if it.address not in wanted]:
            self.events.forget(program)

    def poll_default(self, program: Program, address: str) -> float | None:
        """Read a default."""
        if self.events.programs.get(program.address) is not program:
            return None
        program.default, base = self.web.get(address)
        self.read_curves(program.default, base)
        return program.rate_s

    def poll_controls(self, program: Program, address: str) -> float | None:
        """Read the controls of a program."""
        if self.events.programs.get(program.address) is not program:
            return None
        _, entries = self.web.whole_list(address, "DERControl")
        for node, base in entries:
            self.events.read(program, node, base, self.now_s())
            self.read_curves(node, base)
        return program.rate_s

    def read_curves(self, control: ET.Element, base: str) -> None:
        """Read each curve once, when a control first names it."""
        for mode in control.iterfind(f"{tag('DERControlBase')}/*[@href]"):
            address = urllib.parse.urljoin(base, mode.get("href", ""))
            if address not in self.curves:
                self.curves[address], _ = self.web.get(address)

    def look_again(self, event: Event) -> None:
        """Have an event read once more before it begins."""

        def read() -> None:
            node, base = self.web.get(event.address)
            self.events.read(event.program, node, base, self.now_s())

        self.polls.put(f"again {event.mrid}", read, 0)

    # Events.

    def conduct(self) -> NoReturn:
        """Let events begin and end."""
        while True:
            self.events.step(self.now_s())
            time.sleep(0.2)

    def answer(self, event: Event, status: int) -> None:
        """Put a Response into the outbox, if it is asked for."""
        say(f"event {event.mrid}: {status}")
        wanted = int(event.node.get("responseRequired", "0"), 16) & (1 if status == RECEIVED else 2)
        if wanted and (reply_to := event.node.get("replyTo")):
            response = made(
                "DERControlResponse",
                ("createdDateTime", int(self.now_s())),
                ("endDeviceLFDI", self.lfdi),
                ("status", status),
                ("subject", event.mrid),
            )
            self.outbox.put((urllib.parse.urljoin(event.address, reply_to), response))

    def deliver(self) -> NoReturn:
        """Deliver Responses in order, each until it is taken or refused for good."""
        while True:
            address, response = self.outbox.get()
            while (again_s := self.delivered(address, response)) is not None:
                time.sleep(again_s)

    def delivered(self, address: str, response: ET.Element) -> float | None:
        """Post a Response; return after how many seconds to try again."""
        try:
            self.web.send("POST", address, response)
        except Refused as answer:
            say(f"a Response is {answer}")
            return (answer.after_s or RETRY_S) if answer.status in (429, 500, 502, 503, 504) else None
        except (OSError, http.client.HTTPException):
            return RETRY_S
        return None

    # Reports.

    def poll_ders(self, address: str) -> float:
        """Tell the state of the DER, and what is new of the rest."""
        page, entries = self.web.whole_list(address, "DER")
        for node, base in entries[:1]:
            self.status_address = linked(node, base, "DERStatusLink")
            self.put_status()
            self.put(linked(node, base, "DERAvailabilityLink"), availability(int(self.now_s())))
            self.put_once(linked(node, base, "DERSettingsLink"), settings(int(self.now_s()), self.plant.gradient))
            self.put_once(linked(node, base, "DERCapabilityLink"), capability())
        return rate(page)

    def put(self, address: str | None, document: ET.Element) -> None:
        """Put a document where a link leads."""
        if address:
            self.web.send("PUT", address, document)

    def put_once(self, address: str | None, document: ET.Element) -> None:
        """Put a document that is new but for its date."""
        told = b"".join(ET.tostring(it) for it in document if it.tag != tag("updatedTime"))
        if address and self.told.get(address) != told:
            self.put(address, document)
            self.told[address] = told

    def put_status(self) -> None:
        """Put DERStatus."""
        self.put(self.status_address, status(int(self.now_s()), self.plant))

    def mirror(self, name: str, meter: Meter) -> float:
        """Make a usage point, or post its readings, each on its own; return its postRate."""
        assert self.mirrors is not None
        try:
            if meter.address is None:
                meter.address = self.web.send("POST", self.mirrors, meter.usage_point(name, self.lfdi))
                meter.since_s, meter.samples = int(self.now_s()), []
            else:
                for document in meter.readings(int(self.now_s()), HERTZ if self.plant.blind else None):
                    self.web.send("POST", meter.address, document)
            page, _ = self.web.get(meter.address or self.mirrors)
        except Refused as answer:
            if answer.status != 404:
                raise
            meter.address = None
            return RETRY_S
        return number(page, "postRate") or USUAL_POST_RATE_S

    def log(self, function_set: int, code: int) -> None:
        """Post a LogEvent."""
        event = made(
            "LogEvent",
            ("createdDateTime", int(self.now_s())),
            ("functionSet", function_set),
            ("logEventCode", code),
            ("logEventID", next(self.logged)),
            ("logEventPEN", PEN),
            ("profileID", 2),
        )

        def post() -> float | None:
            if self.log_list is None:
                return RETRY_S
            self.web.send("POST", self.log_list, event)
            return None

        self.reports.put(f"log {text(event, 'logEventID')}", post, 0)

    def watch_plant(self) -> NoReturn:
        """Sample the power, and put DERStatus when it changes."""
        while True:
            watts = self.plant.watts()
            for meter in self.meters.values():
                meter.samples.append(watts)
            if self.plant.changed.wait(1):
                self.plant.changed.clear()
                self.reports.put("status", self.put_status, 0.3)

    def listen(self) -> NoReturn:
        """Do what is left for this instance by ``--tell``."""
        spool = spool_of(self.lfdi)
        spool.mkdir(exist_ok=True)
        while True:
            for left in sorted(spool.iterdir()):
                with suppress(KeyError):
                    self.told_to(left.suffix[1:])
                left.unlink()
            time.sleep(0.3)

    def told_to(self, instruction: str) -> None:
        """Carry out an instruction."""
        if instruction == "raise_software_error":
            self.log(0, 1)
        elif instruction in ("raise_alarm", "clear_alarm"):
            self.plant.alarm = instruction == "raise_alarm"
            self.log(11, 2 if self.plant.alarm else 3)
        elif instruction == "lose_frequency":
            self.plant.blind = True
        else:
            self.plant.switched_off = instruction == "disconnect_der"
        self.plant.changed.set()


def with_check_digit(digits: int) -> int:
    """Add the digit that makes the sum of all digits a multiple of ten."""
    return digits * 10 + -sum(map(int, str(digits))) % 10


KNOWN_INSTRUCTIONS = (
    *("raise_software_error", "raise_alarm", "clear_alarm", "disconnect_der", "reconnect_der", "lose_frequency"),
)


def spool_of(lfdi: str) -> Path:
    """Return the folder in which instructions are left for the instance with an LFDI."""
    return Path(tempfile.gettempdir()) / f"standalone-client-{lfdi.lower()}"


def tell(instruction: str, lfdi: str) -> int:
    """Leave an instruction for a running instance, and wait until it has taken it."""
    left = spool_of(lfdi) / f"{time.time_ns()}.{instruction}"
    if instruction not in KNOWN_INSTRUCTIONS or not left.parent.is_dir():
        print(f"cannot {instruction}")
        return 1
    left.touch()
    for _ in range(50):
        time.sleep(0.1)
        if not left.exists():
            return 0
    left.unlink(missing_ok=True)
    print("nobody took it")
    return 1


# --- discovery ------------------------------------------------------------------------------------------------------

PTR, TXT, SRV, INTERNET, ASK_ME_ALONE = 12, 16, 33, 1, 0x8000
GROUPS = {"local": "224.0.0.251", "site": "239.255.255.251"}
SERVICE = "_smartenergy._tcp"


def question(name: str, kind: int, alone: bool) -> bytes:
    """Write a question of multicast DNS."""
    labels = b"".join(bytes([len(it)]) + it.encode() for it in name.split("."))
    return struct.pack("!6H", 0, 0, 1, 0, 0, 0) + labels + struct.pack("!xHH", kind, INTERNET | ASK_ME_ALONE * alone)


def name_at(data: bytes, at: int) -> tuple[str, int]:
    """Read a name, which may lead back to an earlier one; return it in lower case, and where it ends."""
    labels, end = [], 0
    while data[at]:
        if data[at] >= 0xC0:
            end = end or at + 2
            at = struct.unpack_from("!H", data, at)[0] & 0x3FFF
        else:
            labels.append(data[at + 1 : at + 1 + data[at]].decode(errors="replace").lower())
            at += 1 + data[at]
    return ".".join(labels), end or at + 1


def records(data: bytes) -> Iterator[tuple[str, int, object]]:
    """Yield name, type and what is said by each record of an answer that means something here."""
    _, _, questions, *counts = struct.unpack_from("!6H", data)
    at = 12
    for _ in range(questions):
        at = name_at(data, at)[1] + 4
    for _ in range(sum(counts)):
        name, at = name_at(data, at)
        kind, _, _, size = struct.unpack_from("!HHIH", data, at)
        at += 10
        if kind == PTR:
            yield name, kind, name_at(data, at)[0]
        elif kind == SRV:
            yield name, kind, (struct.unpack_from("!H", data, at + 4)[0], name_at(data, at + 6)[0])
        elif kind == 1:
            yield name, kind, socket.inet_ntoa(data[at : at + 4])
        elif kind == TXT:
            yield name, kind, dict(pairs(data[at : at + size]))
        at += size


def pairs(data: bytes) -> Iterator[tuple[str, str]]:
    """Read the keys of a TXT record."""
    at = 0
    while at < len(data):
        key, _, value = data[at + 1 : at + 1 + data[at]].decode(errors="replace").partition("=")
        yield key.lower(), value
        at += 1 + data[at]


def discover(interface: str, port: int) -> tuple[str, str]:
    """Ask until a service answers; return scheme with place, and path of DeviceCapability.

    The questions come from a port of their own, so that answers need no listening in the groups (RFC 6762 5.1).
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.bind((interface, 0))
        asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(interface))
        known: dict[tuple[str, int], object] = {}
        for subtype, alone in itertools.cycle((("derp", False), ("derp", True), ("tm", False), ("", False))):
            for domain, group in GROUPS.items():
                name = f"{f'_{subtype}._sub.' if subtype else ''}{SERVICE}.{domain}"
                asking.sendto(question(name, PTR, alone), (group, port))
            hear(asking, known, 1.0)
            if subtype == "" and (found := resolved(known)):
                return found
    raise AssertionError("unreachable")


def hear(asking: socket.socket, known: dict[tuple[str, int], object], for_s: float) -> None:
    """Take in answers for a while."""
    end = time.monotonic() + for_s
    while (left := end - time.monotonic()) > 0:
        asking.settimeout(left)
        with suppress(TimeoutError):
            known |= {(name, kind): said for name, kind, said in records(asking.recv(9000))}


def resolved(known: dict[tuple[str, int], object]) -> tuple[str, str] | None:
    """Put a plain service together: by the key https the port, by the key dcap the path."""
    for domain in GROUPS:
        instance = known.get((f"{SERVICE}.{domain}", PTR))
        match known.get((str(instance), SRV)), known.get((str(instance), TXT)):
            case (_, host), {"dcap": path, "https": port} if address := known.get((str(host), 1)):
                return f"https://{address}:{port or 443}", str(path)
    return None


def main() -> None:
    """Run the client, or tell a running one something."""
    parser = argparse.ArgumentParser()
    for name in ("--certificate", "--key", "--roots"):
        parser.add_argument(name, type=Path)
    for name in ("--server", "--tell", "--lfdi"):
        parser.add_argument(name)
    parser.add_argument("--pin", type=int)
    parser.add_argument("--entry", default="/dcap")
    parser.add_argument("--contact", default="direct")
    parser.add_argument("--interface", default="127.0.0.1")
    parser.add_argument("--dns-port", type=int, default=5353)
    given = parser.parse_args()
    if given.tell:
        sys.exit(tell(given.tell, given.lfdi))
    if given.contact == "discovery":
        given.server, given.entry = discover(given.interface, given.dns_port)
    ET.register_namespace("sep", NAMESPACE)
    Client(given).run()


if __name__ == "__main__":
    main()
