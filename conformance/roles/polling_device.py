"""The noun ``device``: the harness as a device that polls a server under test and obeys what it offers.

It answers events with Responses and keeps what it saw of their states.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from conformance.catalogue.offers import ALL_RESPONSES, ControlOffer
from conformance.judgement.check import Check, require
from conformance.judgement.event_states import Course, Sighting, states_dated, states_over_time
from conformance.judgement.offered import modes_shown, rewritten_in, stays_as_it_is
from conformance.judgement.timing import instant
from conformance.roles.held_control import HeldControl
from conformance.roles.offer_reader import OfferReader, ServedProgram, shown_as
from conformance.roles.served_reading import Listing, Reading, location_of
from conformance.roles.test_client import TestClient
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.event import CurrentStatus, ResponseStatus
from conformance.vocabulary.limits import Limits
from conformance.wire.documents import control_response
from conformance.wire.payload import Node

GONE = (2, 3)
"""``currentStatus`` of a cancelled event."""
LATEST_S = 1 << 36
"""A time in seconds since 1970 that no test will see, and that every library can still write."""
REDIRECTED = 300
UNREADABLE = (401, 403, 405)
"""Statuses by which a server keeps to itself what is there."""
A_MOMENT_S = 1.0
"""Sightings are made this much outside of a tolerance, since times are whole seconds."""


class PollingDevice(OfferReader):
    """A device on a server under test."""

    def __init__(self, server: TestClient, check: Check, clock: Clock, limits: Limits, requirement: str) -> None:
        super().__init__(server, check, limits, requirement)
        self._clock = clock
        self._ahead_s = 0.0
        self._sought = False

    # --- controls ---

    async def receive(self, program: ServedProgram, *offers: ControlOffer) -> tuple[HeldControl, ...]:
        """Read arranged controls in their list, judge their content, and answer that they were received."""
        listing = await self.read_list(program.node, "DERControlListLink")
        nodes = self._all_shown(listing, offers)
        taken = []
        for offer, node in zip(offers, nodes, strict=True):
            self._judge_content(listing.pages[-1], node, offer)
            await self._curves(node, offer.modes)
            held = HeldControl(offer, program, node, self._course(node, offer))
            taken.append(held)
            if offer.responses:
                course = held.course
                held.owed = [
                    (self.now_s(), ResponseStatus.RECEIVED),
                    (course.latest_s, ResponseStatus.STARTED),
                    (course.last_end_s, ResponseStatus.COMPLETED),
                ]
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
            asked = (node.attribute("responseRequired") or "").lstrip("0")
            check.has_value(exchange, f"{offer.name} responseRequired", asked, f"{ALL_RESPONSES:X}", "BASE.REPLY")
            shown = node.attribute("replyTo")
            check.that(bool(shown), "BASE.REPLY", f"{offer.name} with replyTo", shown or "no replyTo", [exchange])

    def _course(self, node: Node, offer: ControlOffer) -> Course:
        interval = require(node.child("interval"), "the control has no interval")
        start = require(interval.integer("start"), "the control has no start")
        lasts = require(interval.integer("duration"), "the control has no duration")
        created = require(node.integer("creationTime"), "the control has no creationTime")
        late = abs(start - created - offer.starts_in.total_seconds())
        tolerance = self._limits["arranged_start_tolerance"].value
        require(late <= tolerance, f"{offer.description} starts {late:g} s off what was arranged")
        require(0 <= created <= LATEST_S and 0 <= start <= LATEST_S, f"{offer.description} has times out of all bounds")
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
        over_s = self.now_s() + self._limits["event_status_tolerance"].value
        gone = [held.offer.name for held in controls if held.never_shown_as(GONE) and held.course.end_s > over_s]
        told = f"not listed, and never shown as cancelled: {', '.join(gone)}" if gone else "all there"
        self._check.that(not gone, "EVENT.026", "cancelled controls still listed, to say so", told)

    async def stay_listed(self, *controls: HeldControl) -> None:
        """Poll controls that were seen as cancelled again just before they may leave their list, and judge that."""
        kept = self._limits["cancelled_kept"]
        until_s = {
            held.offer.name: min(last.since_s or held.course.created_s, self.now_s()) + kept.value
            for held in controls
            if (last := held.sightings[-1]).status in GONE
        }
        if not until_s or self.now_s() > min(until_s.values()) - A_MOMENT_S:
            self._check.note(f"no control was cancelled less than {kept.value:g} s ago: how long it stays is not seen")
            return
        await self._wait_until(min(until_s.values()) - A_MOMENT_S)
        await self.look(*controls)
        seen = [held for held in controls if held.sightings[-1].at_s < until_s.get(held.offer.name, 0.0)]
        gone = [held.offer.name for held in seen if held.sightings[-1].status is None]
        told = f"{len(gone)} of {len(seen)} are gone" if gone else "all there"
        self._check.that(not gone, "KEEPS.CANCELLED", f"cancelled controls listed for {kept.value:g} s", told)

    async def look(self, *controls: HeldControl) -> None:
        """Poll the lists of some controls once, keep their states, and answer what is due."""
        programs = {id(held.program): held.program for held in controls}
        for program in programs.values():
            mine = [held for held in controls if held.program is program]
            self._see(await self.read_list(program.node, "DERControlListLink"), mine)
            for held in mine:
                await self._look_at_itself(held)
            await self._answer(mine)

    async def _look_at_itself(self, held: HeldControl) -> None:
        """Read a control at its own address, once, while it runs: what stands there must be what the list shows."""
        last, course = held.sightings[-1], held.course
        runs = last.status == CurrentStatus.ACTIVE and course.latest_s <= last.at_s < course.end_s
        if runs and not held.seen_itself and held.node.href:
            held.seen_itself = True
            reading = await self.read(held.node.href, "DERControl")
            self._see_one(reading, held, reading.resource)

    def _see(self, listing: Listing, controls: Iterable[HeldControl]) -> None:
        for held in controls:
            self._see_one(listing.pages[-1], held, shown_as(listing.entries, held.offer))

    def _see_one(self, page: Reading, held: HeldControl, node: Node | None) -> None:
        at_s, number = page.received_at.timestamp() + self._ahead_s, page.exchange.number
        status = None if node is None else node.child("EventStatus")
        current = None if status is None else status.integer("currentStatus")
        since = None if status is None else status.integer("dateTime")
        held.sightings.append(Sighting(at_s, number, current, since))
        if node is not None and (changed := rewritten_in(held.node, node)):
            held.rewritten.append((number, changed))
        if current in GONE and held.owed and held.owed[-1][1] != ResponseStatus.CANCELLED:
            held.give_up(at_s, ResponseStatus.CANCELLED)

    async def _answer(self, controls: Iterable[HeldControl]) -> None:
        """Post the Responses that are due; each must be taken with 201 and a place."""
        for held in controls:
            due = [(moment, status) for moment, status in held.owed if moment <= self.now_s()]
            held.owed = [owed for owed in held.owed if owed not in due]
            for moment, status in due:
                await self._post_response(held, moment, status)

    async def _post_response(self, held: HeldControl, moment_s: float, status: int) -> None:
        reply_to, subject = held.node.address("replyTo"), held.node.text("mRID") or ""
        if reply_to is None:
            return
        body = control_response(instant(int(moment_s)), self._server.lfdi, status, subject)
        posted = await self._server.post(reply_to, body, "ResponseList")
        if self._check.answered(posted.exchange, 201, requirement="BASE.RESPONSES"):
            self._check.has_location(posted.exchange, requirement="GEN.040")
            if (place := location_of(posted)) and not self._sought:
                self._sought = True
                await self._seek_response(place)

    async def _seek_response(self, place: str) -> None:
        """Look for the first Response of the case where it is said to be; a server need not let it be read."""
        exchange = (await self._server.get(place, "Response")).exchange
        there = exchange.status is not None and (exchange.status < REDIRECTED or exchange.status in UNREADABLE)
        told = f"{exchange.status or exchange.error}"
        self._check.that(there, "RESPONSE.PLACE", "the Response, or a refusal to show it", told, [exchange])

    # --- judging ---

    def judge(self, *controls: HeldControl, policy: str | None = None) -> None:
        """Judge the states of controls over time and their dates."""
        tolerance = self._limits["event_status_tolerance"]
        for held in controls:
            states = states_over_time(held.course, held.sightings, tolerance)
            self._check.judged("EVENT.STATE", states, policy)
            self._check.judged("EVENT.STATE.TIME", states_dated(held.course, held.sightings, tolerance))
            seen = tuple(dict.fromkeys(sighting.exchange for sighting in held.sightings))
            self._check.judged("DER.CONTROL", stays_as_it_is(held.offer.name, held.rewritten, seen))
