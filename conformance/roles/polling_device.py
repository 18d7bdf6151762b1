"""The noun ``device``: the harness as a device that polls a server under test and obeys what it offers.

It finds what the operator arranged, by description or mRID, reads it as a device does, answers events with Responses
and keeps what it saw of their states. Everything read must be answered 200 with a valid body; that is judged here, as
the test case's own requirement. What a test case arranged and the server does not offer ends it as inconclusive: the
wire does not tell whether server or operator left it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from conformance.catalogue.inverter_functions import Curve, Modes
from conformance.catalogue.offers import ALL_RESPONSES, ControlOffer, DefaultOffer, GroupOffer, Named, ProgramOffer
from conformance.judgement.check import Check, require
from conformance.judgement.event_states import Course, Sighting, states_dated, states_over_time
from conformance.judgement.offered import curve_shown, modes_shown
from conformance.judgement.timing import instant
from conformance.roles.test_client import Listing, Reading, TestClient
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.limits import Limits
from conformance.wire.documents import control_response
from conformance.wire.payload import Node

RECEIVED, STARTED, COMPLETED, CANCELLED, SUPERSEDED = 1, 2, 3, 6, 7
"""``status`` of a Response."""
GONE = (2, 3)
"""``currentStatus`` of a cancelled event."""
A_MOMENT_S = 1.0
"""Sightings are made this much outside of a tolerance, since times are whole seconds."""


@dataclass(frozen=True, slots=True)
class ServedProgram:
    """A program as it is served, and what was asked for."""

    offer: ProgramOffer
    node: Node


@dataclass(slots=True)
class HeldControl:
    """A control that the device holds: the course its states must take, what was seen of it, Responses still owed."""

    offer: ControlOffer
    program: ServedProgram
    node: Node
    course: Course
    sightings: list[Sighting] = field(default_factory=list)
    owed: list[tuple[float, int]] = field(default_factory=list)

    def may_be_superseded(self) -> None:
        """Allow the server to call the event superseded."""
        self.course = replace(self.course, may_be_superseded=True)

    def is_cancelled(self, asked_s: float, done_s: float) -> None:
        """Expect the event to be cancelled from the moment at which the operator did it."""
        self.course = replace(self.course, cancelled=(asked_s, done_s))

    def give_up(self, at_s: float, status: int = SUPERSEDED) -> None:
        """Owe nothing any more from a moment on but the Response that the event is superseded (or another one)."""
        self.owed = [(due, owed) for due, owed in self.owed if due < at_s] + [(at_s, status)]


class PollingDevice:
    """A device on a server under test. ``requirement`` is the row that everything it reads is judged by."""

    def __init__(self, server: TestClient, check: Check, clock: Clock, limits: Limits, requirement: str) -> None:
        self._server = server
        self._check = check
        self._clock = clock
        self._limits = limits
        self._requirement = requirement
        self._ahead_s = 0.0
        self._held: list[HeldControl] = []

    # --- reading ---

    async def read(self, href: str, name: str) -> Reading:
        """GET a resource that must be there and be valid; without it the test case ends."""
        return self._good(await self._server.get(href, name))

    async def read_link(self, node: Node, link: str) -> Reading:
        """GET what a link leads to; without the link the test case ends."""
        return await self.read(require(node.link(link), f"{node.name} has no {link}"), link.removesuffix("Link"))

    async def read_list(self, node: Node, link: str) -> Listing:
        """GET a whole list that a link leads to."""
        href = require(node.link(link), f"{node.name} has no {link}")
        name, size = link.removesuffix("Link"), self._limits["page_size"].count
        first = self._good(await self._server.page(href, name, start=0, limit=size))
        if len(first.resource.children()) >= (first.resource.integer_attribute("all") or 0):
            return Listing(name, (first,))
        return await self._server.whole_list(href, name)

    def _good(self, reading: Reading) -> Reading:
        exchange = reading.exchange
        served = self._check.answered(exchange, 200, requirement=self._requirement)
        require(served, f"{exchange.resource} is not served")
        self._check.schema_valid(exchange)
        return reading

    # --- finding what was arranged ---

    async def own(self) -> Node:
        """Return the device's EndDevice."""
        _, own = await self._server.own_end_device()
        return require(own, "the device is not registered on the server")

    async def groups(self, *groups: GroupOffer, of: Node | None = None) -> tuple[Node, ...]:
        """Return the FunctionSetAssignments of arranged groups, in the order given, by polling the list."""
        listing = await self.read_list(of or await self.own(), "FunctionSetAssignmentsListLink")
        return self._all_shown(listing, groups)

    async def programs(self, group: Node, *programs: ProgramOffer) -> tuple[ServedProgram, ...]:
        """Return arranged programs of a group, in the order given."""
        listing = await self.read_list(group, "DERProgramListLink")
        nodes = self._all_shown(listing, programs)
        for offer, node in zip(programs, nodes, strict=True):
            exchange = listing.pages[-1].exchange
            primacy = node.integer("primacy")
            self._check.has_value(exchange, f"{offer.name} primacy", primacy, offer.primacy, self._requirement)
        return tuple(ServedProgram(offer, node) for offer, node in zip(programs, nodes, strict=True))

    async def programs_of(self, group: GroupOffer) -> tuple[ServedProgram, ...]:
        """Return all programs of an arranged group."""
        (node,) = await self.groups(group)
        return await self.programs(node, *(group.programs or ()))

    async def lists_none_of(self, group: Node, *gone: ProgramOffer) -> None:
        """Poll a group's DERProgramList and judge that programs which were removed are gone from it."""
        listing = await self.read_list(group, "DERProgramListLink")
        left = [program.description for program in gone if _shown(listing.entries, program)]
        exchanges, told = [page.exchange for page in listing.pages], ", ".join(left)
        self._check.that(not left, self._requirement, "removed programs gone", told or "all gone", exchanges)

    async def lists_in_order(self, node: Node, link: str, key: str) -> None:
        """Read a list and judge that its entries come by rising values of an element."""
        listing = await self.read_list(node, link)
        values = [entry.integer(key) for entry in listing.entries]
        known = [value for value in values if value is not None]
        exchanges = [page.exchange for page in listing.pages]
        self._check.that(known == sorted(known), "GEN.026", f"entries by rising {key}", f"{known}", exchanges)

    def _all_shown(self, listing: Listing, wanted: Sequence[Named]) -> tuple[Node, ...]:
        found = [_shown(listing.entries, one) for one in wanted]
        names = ", ".join(one.description for one, node in zip(wanted, found, strict=True) if node is None)
        require(any(found) or not wanted, f"what was arranged is not in {listing.name}: {names}")
        exchanges = [page.exchange for page in listing.pages]
        every, observed = f"all {len(wanted)} that were arranged in {listing.name}", f"without {names}"
        complete = None not in found
        self._check.that(complete, self._requirement, every, "all there" if complete else observed, exchanges)
        require(complete, f"not in {listing.name}: {names}")
        return tuple(node for node in found if node is not None)

    # --- defaults, controls, curves ---

    async def default(self, program: ServedProgram, offer: DefaultOffer) -> None:
        """Read a program's default and judge that it is what was arranged, curves included."""
        reading = await self.read_link(program.node, "DefaultDERControlLink")
        self._check.judged("DER.005", modes_shown(reading.exchange, reading.resource, offer.modes, offer.settings))
        await self._curves(reading.resource, offer.modes)

    async def lists_nothing(self, program: ServedProgram) -> None:
        """Read a program's DERControlList and judge that it is empty."""
        listing = await self.read_list(program.node, "DERControlListLink")
        exchange, shown = listing.pages[-1].exchange, len(listing.entries)
        self._check.that(not shown, self._requirement, "no DERControl", f"{shown} listed", [exchange])

    async def receive(self, program: ServedProgram, *offers: ControlOffer) -> tuple[HeldControl, ...]:
        """Read arranged controls in their list, judge their content, and answer that they were received."""
        listing = await self.read_list(program.node, "DERControlListLink")
        nodes = self._all_shown(listing, offers)
        taken = []
        for offer, node in zip(offers, nodes, strict=True):
            self._judge_content(listing.pages[-1], node, offer)
            await self._curves(node, offer.modes)
            held = HeldControl(offer, program, node, self._course(node, offer))
            self._held.append(held)
            taken.append(held)
            if offer.responses:
                course = held.course
                held.owed = [(self.now_s(), RECEIVED), (course.latest_s, STARTED), (course.last_end_s, COMPLETED)]
        self._see(listing, taken)
        await self._answer(taken)
        return tuple(taken)

    def _judge_content(self, page: Reading, node: Node, offer: ControlOffer) -> None:
        exchange, check = page.exchange, self._check
        check.judged("DER.CONTROL", modes_shown(exchange, node, offer.modes))
        interval = require(node.child("interval"), "the control has no interval")
        lasts = int(offer.duration.total_seconds())
        check.has_value(exchange, f"{offer.name} duration", interval.integer("duration"), lasts, "DER.CONTROL")
        for name, value in (
            ("randomizeStart", offer.randomize_start_s),
            ("randomizeDuration", offer.randomize_duration_s),
        ):
            check.has_value(exchange, f"{offer.name} {name}", node.integer(name) or 0, value or 0, "DER.CONTROL")
        if offer.responses:
            asked = int(node.attribute("responseRequired") or "0", 16)
            check.has_value(exchange, f"{offer.name} responseRequired", asked, ALL_RESPONSES, "BASE.REPLY")
            shown = node.attribute("replyTo")
            check.that(bool(shown), "BASE.REPLY", f"{offer.name} with replyTo", shown or "no replyTo", [exchange])

    async def _curves(self, node: Node, modes: Modes) -> None:
        base = node.child("DERControlBase")
        for name, value in modes.items():
            if isinstance(value, Curve) and base is not None and (href := base.link(name)):
                reading = await self.read(href, "DERCurve")
                self._check.judged("DER.CURVE", curve_shown(reading.exchange, reading.resource, value))

    def _course(self, node: Node, offer: ControlOffer) -> Course:
        interval = require(node.child("interval"), "the control has no interval")
        start = require(interval.integer("start"), "the control has no start")
        lasts = require(interval.integer("duration"), "the control has no duration")
        created = require(node.integer("creationTime"), "the control has no creationTime")
        late = abs(start - created - offer.starts_in.total_seconds())
        tolerance = self._limits["arranged_start_tolerance"].value
        require(late <= tolerance, f"{offer.description} starts {late:g} s off what was arranged")
        shift, stretch = offer.randomize_start_s or 0, offer.randomize_duration_s or 0
        end = start + lasts
        return Course(
            offer.name,
            created,
            start + min(0, shift),
            start + max(0, shift),
            end + min(0, shift) + min(0, stretch),
            end + max(0, shift) + max(0, stretch),
        )

    # --- time ---

    async def set_clock(self) -> None:
        """Read the server's time; events run on it (EVENT.031)."""
        reading = await self._server.follow("TimeLink")
        self._ahead_s = require(reading.ahead, "Time has no readable currentTime").total_seconds()
        # TimeType is cut to whole seconds: within one, server and harness agree
        self._ahead_s = 0.0 if abs(self._ahead_s) <= A_MOMENT_S else self._ahead_s

    def now_s(self) -> float:
        """Return the server's time in seconds since 1970."""
        return self._clock.now().timestamp() + self._ahead_s

    def elapsed_since(self, held: HeldControl) -> timedelta:
        """Return the time since a control was made."""
        return timedelta(seconds=self.now_s() - held.course.created_s)

    # --- obeying ---

    async def obey(self, *controls: HeldControl, until_s: float | None = None) -> None:
        """Poll the controls around each of their changes and answer as asked, to their end or to a moment."""
        moments = sorted(
            (moment, number)
            for number, held in enumerate(controls)
            for moment in self._moments(held)
            if moment > self.now_s() and (until_s is None or moment <= until_s)
        )
        for moment, number in moments:
            await self._wait_until(moment)
            await self.look(controls[number])
        if until_s is not None:
            await self._wait_until(until_s)
            await self.look(*controls)

    def _moments(self, held: HeldControl) -> Iterable[float]:
        margin, course = self._limits["event_status_tolerance"].value + A_MOMENT_S, held.course
        yield course.earliest_s - margin
        yield course.latest_s + margin
        yield course.end_s - margin
        yield course.last_end_s + margin

    async def _wait_until(self, moment_s: float) -> None:
        await self._clock.wait(timedelta(seconds=max(0.0, moment_s - self.now_s())))

    async def cancelled(self, asked_s: float, *controls: HeldControl) -> None:
        """Poll controls that the operator has just cancelled, once the server has had time to show it.

        ``asked_s`` is when the operator was asked.
        """
        done_s = self.now_s()
        for held in controls:
            held.is_cancelled(asked_s, done_s)
        await self._wait_until(done_s + self._limits["event_status_tolerance"].value + A_MOMENT_S)
        await self.look(*controls)

    async def look(self, *controls: HeldControl) -> None:
        """Poll the lists of some controls once, keep their states, and answer what is due."""
        programs = {id(held.program): held.program for held in controls}
        for program in programs.values():
            mine = [held for held in controls if held.program is program]
            self._see(await self.read_list(program.node, "DERControlListLink"), mine)
            await self._answer(mine)

    def _see(self, listing: Listing, controls: Iterable[HeldControl]) -> None:
        page = listing.pages[-1]
        at_s = page.received_at.timestamp() + self._ahead_s
        for held in controls:
            node = _shown(listing.entries, held.offer)
            status = None if node is None else node.child("EventStatus")
            current = None if status is None else status.integer("currentStatus")
            since = None if status is None else status.integer("dateTime")
            held.sightings.append(Sighting(at_s, page.exchange.number, current, since))
            if current in GONE and held.owed and held.owed[-1][1] != CANCELLED:
                held.give_up(at_s, CANCELLED)

    async def _answer(self, controls: Iterable[HeldControl]) -> None:
        """Post the Responses that are due; each must be taken with 201 and a place."""
        for held in controls:
            due = [(moment, status) for moment, status in held.owed if moment <= self.now_s()]
            held.owed = [owed for owed in held.owed if owed not in due]
            for moment, status in due:
                await self._post_response(held, moment, status)

    async def _post_response(self, held: HeldControl, moment_s: float, status: int) -> None:
        reply_to, subject = held.node.attribute("replyTo"), held.node.text("mRID") or ""
        if reply_to is None:
            return
        body = control_response(instant(int(moment_s)), self._server.lfdi, status, subject)
        posted = await self._server.post(reply_to, body, "ResponseList")
        if self._check.answered(posted.exchange, 201, requirement="BASE.RESPONSES"):
            self._check.has_location(posted.exchange, requirement="GEN.040")

    # --- judging ---

    def judge(self, *controls: HeldControl, policy: str | None = None) -> None:
        """Judge the states of controls over time and their dates."""
        tolerance = self._limits["event_status_tolerance"]
        for held in controls:
            states = states_over_time(held.course, held.sightings, tolerance)
            self._check.judged("EVENT.STATE", states, policy)
            self._check.judged("EVENT.STATE.TIME", states_dated(held.course, held.sightings, tolerance))


def _shown(entries: Iterable[Node], wanted: Named) -> Node | None:
    return next((node for node in entries if wanted.is_shown_as(node.text("mRID"), node.text("description"))), None)
