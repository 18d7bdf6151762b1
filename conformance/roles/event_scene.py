"""F-EVT of the SunSpec CTP 1.3 on the test server: offers the schedule of one procedure and judges what becomes of it.

BASIC-016 to BASIC-026 differ only in their schedules (:mod:`conformance.catalogue.event_rules`) and in the fate of each
event: it runs, it is superseded before its start, or while it runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from conformance.catalogue.event_rules import EVENT_RULES, EVENTS, EventPlan
from conformance.catalogue.profile import Policy
from conformance.judgement.check import Check, require
from conformance.judgement.plant import Span
from conformance.judgement.timing import Window
from conformance.roles.event_watch import COMPLETED, RECEIVED, STARTED, SUPERSEDED, EventWatch, shows
from conformance.roles.observed_client import ObservedClient, arrival
from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.der_program import DERProgram
from conformance.roles.utility.modes import Modes
from conformance.roles.utility.scenario import ALL_RESPONSES, registered_last
from conformance.roles.utility.utility import Utility
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.limits import Limits
from conformance.wire.exchange import Exchange

ABORTED = 14
POLICY = "superseded_response"


@dataclass(frozen=True, slots=True)
class Ran:
    """From when to when an event should have been in force."""

    control: DERControl
    start: datetime
    end: datetime


class EventScene:
    """One procedure on the test server; its methods are the steps."""

    def __init__(
        self,
        test_id: str,
        utility: Utility,
        client: ObservedClient,
        check: Check,
        limits: Limits,
        clock: Clock,
        policies: Mapping[str, Policy],
    ) -> None:
        self._rule, self._requirement = EVENT_RULES[test_id], f"CTP.{test_id}"
        self._utility, self._client, self._check = utility, client, check
        self._limits, self._clock = limits, clock
        independent = len({frozenset(plan.modes) for plan in self._rule.events}) > 1
        self._effect = "EVENT.028" if independent else "EVENT.002"
        self._idle = "DER.005" if len(self._rule.programs) > 1 else "G11"
        self._accepted = {int(word) for word in policies[POLICY].choice.split() if word.isdigit()}
        self._watch = EventWatch(utility, client, check, limits)
        self._programs = self._offered()
        self._held: dict[str, Exchange] = {}
        self._ran: list[Ran] = []
        self._allowed: dict[str, set[int]] = {}
        self._published: datetime | None = None
        self._idle_from: datetime | None = None

    def _offered(self) -> dict[str, DERProgram]:
        device = registered_last(self._utility, self._client.lfdi, pin=self._client.pin)
        (group,) = self._utility.fixtures[EVENTS].groups
        assignment = self._utility.assign(device, description=group.name)
        programs = {
            name: self._utility.add_program(assignment, primacy=group.programs[name], description=name)
            for name in self._rule.programs
        }
        for name, modes in self._rule.defaults.items():
            if modes:
                programs[name].set_default(modes)
        return programs

    async def open(self) -> None:
        """Start the client and wait until it has read every DERControlList and every default."""
        client, limits = self._client, self._limits
        await client.start(within=limits.first_contact)
        for name, program in self._programs.items():
            await self._must_read("DERControlList", program.controls_path, name)
            if program.default:
                await self._must_read("DefaultDERControl", program.default_path, name)
        self._idle_from = self._clock.now()

    async def _must_read(self, kind: str, path: str, name: str) -> None:
        def there(exchange: Exchange) -> bool:
            return exchange.path == path

        read = await self._client.must_get(kind, self._limits.discovery, self._requirement, there)
        require(read, f"the client does not read the {kind} of {name}")

    async def publish(self) -> list[DERControl]:
        """Publish the events that are known ahead, and wait until the client has read them."""
        self._published = self._utility.now()
        return await self._publish([plan for plan in self._rule.events if not plan.late])

    async def publish_late(self) -> DERControl:
        """Publish the event that comes once the first one runs, and wait until the client has read it."""
        (late,) = await self._publish([plan for plan in self._rule.events if plan.late])
        return late

    async def _publish(self, plans: Sequence[EventPlan]) -> list[DERControl]:
        controls: list[DERControl] = []
        for plan in plans:
            if controls:  # of another age than the one before, so that age and primacy can be told apart
                await self._clock.wait(self._limits.publication_pause.duration)
            controls.append(self._add(plan))
        for control in controls:
            self._held[control.mrid] = await self._read(control)
        return controls

    async def _read(self, control: DERControl) -> Exchange:
        """Wait until the client has read an event; one that comes to it only after its start ends the test case."""
        kinds, limits = ("DERControlList", "DERControl"), self._limits
        held = await self._client.must_get(kinds, limits.discovery, self._requirement, shows(control))
        held = require(held, f"the client did not read {control.description}")
        what, window = f"{control.description} is read", Window(control.start, "its start", None, 0.0)
        rate = limits.program_list_poll_rate
        in_time = self._check.happened(what, arrival(held), window, rate, self._requirement, held)
        require(in_time, f"the client read {control.description} too late")
        return held

    def _add(self, plan: EventPlan) -> DERControl:
        minute = self._limits.event_minute.duration
        return self._programs[plan.program].add_control(
            plan.modes,
            start=require(self._published, "nothing is published yet") + plan.starts * minute,
            duration=plan.lasts * minute,
            response_required=ALL_RESPONSES,
            description=f"{plan.program} event +{plan.starts}/{plan.lasts}",
        )

    async def runs(self, *controls: DERControl) -> None:
        """Judge that events are carried out from start to end: Responses 1, 2, 3, and their modes in force."""
        for control in controls:
            await self.starts(control)
        for control in sorted(controls, key=lambda it: it.end):
            await self._watch.completed(control)
            self._allowed[control.mrid] = {RECEIVED, STARTED, COMPLETED}
            self._in_force(control, control.end)

    async def starts(self, control: DERControl) -> None:
        """Judge Responses 1 and 2."""
        await self._watch.received(control, self._held[control.mrid])
        await self._watch.started(control)

    async def never_starts(self, control: DERControl) -> None:
        """Judge that an event is superseded before its start: Response 1, then 7 at any time up to its start."""
        await self._watch.received(control, self._held[control.mrid])
        known = max(arrival(it) for it in self._held.values())
        until_start_s = (control.start - known).total_seconds()
        await self._superseded(control, Window(known, "both events were known", None, until_start_s))
        self._allowed[control.mrid] = {RECEIVED, *SUPERSEDED}

    async def gives_way(self, control: DERControl, winner: DERControl) -> None:
        """Judge that a running event is superseded when a better one starts: Response 7 then, and no 3."""
        early = -self._limits.response_early.value
        await self._superseded(control, Window(winner.start, "the better event's start", early, 0.0))
        self._allowed[control.mrid] = {RECEIVED, STARTED, *SUPERSEDED}
        self._in_force(control, winner.start)

    async def _superseded(self, control: DERControl, window: Window) -> None:
        """Wait for Response 7, or for 14 where the policy takes it as well, until the window's end and the deadline."""
        deadline = self._limits.response_deadline
        latest_s = (window.not_after_s or 0.0) + deadline.value
        until = window.start + timedelta(seconds=latest_s)
        answers = [await self._client.response(control, status, until) for status in sorted(self._accepted)]
        posted = min(filter(None, answers), key=arrival, default=None)
        due = Window(window.start, window.label, window.not_before_s, latest_s)
        what = f"Response {' or '.join(map(str, sorted(self._accepted)))} to {control.description}"
        self._check.happened(what, arrival(posted) if posted else None, due, deadline, "G13", posted)
        given = sorted(self._client.statuses(control) & SUPERSEDED)
        seen = " and ".join(map(str, given)) or "neither"
        self._check.that(set(given) <= self._accepted, "BASE.030", what, seen, policy=POLICY)
        if posted is not None:
            self._watch.is_sound(control, posted)

    async def close(self) -> None:
        """Watch on: superseded events stay down, nothing more is answered, the default rules, and the polls go on."""
        plant, limits = self._client.plant, self._limits
        over = max([self._clock.now(), *(row.end for row in self._ran)])
        await self._clock.wait_until(over + limits.event_aftermath.duration)
        until = self._clock.now()
        begun = require(self._idle_from, "the scene was not opened")
        for name, program in self._programs.items():
            for control in program.controls:
                since = max((row.end for row in self._ran if row.control is control), default=begun)
                self._never_again(control, since, until, name)
                self._watch.no_other(control, self._allowed.get(control.mrid, ()))
        for span, modes in self._default_spans(begun, until):
            self._check.in_force(plant, modes, span, limits.plant_settling, self._idle)
        self._polls_go_on(over)

    def no_responses(self) -> None:
        """Judge that nothing was answered: there was no event."""
        posted = self._client.exchanges("ResponseList", "POST")
        seen = f"{len(posted)}" if posted else "none"
        self._check.that(not posted, self._requirement, "no Response: a default is not answered", seen, posted)

    def responses_are_sent_right(self) -> None:
        """Judge the media type of all Responses."""
        for posted in self._client.exchanges("ResponseList", "POST"):
            self._check.sent_as(posted, requirement="CTP.GENERAL.2")

    def _in_force(self, control: DERControl, end: datetime) -> None:
        self._ran.append(Ran(control, control.start, end))
        self._watch.not_before(control, arrival(self._held[control.mrid]))
        span = Span(control.start, end, f"{control.description}")
        self._check.in_force(self._client.plant, control.modes, span, self._limits.plant_settling, self._effect)

    def _never_again(self, control: DERControl, since: datetime, until: datetime, name: str) -> None:
        ran = any(row.control is control for row in self._ran)
        start = since + self._limits.plant_settling.duration if ran else since
        span = Span(start, until, f"the time after {control.description}" if ran else f"the whole time of {name}")
        rule = "EVENT.002" if ran else "G13"
        self._check.never_in_force(self._client.plant, control.modes, span, rule)

    def _default_spans(self, begun: datetime, until: datetime) -> Iterator[tuple[Span, Modes]]:
        """Return the stretches in which some modes are left to the default, with those modes."""
        best = [program for program in sorted(self._programs.values(), key=lambda it: it.primacy) if program.default]
        default: Modes = {}
        for program in best:
            default = {**(program.default.modes if program.default else {}), **default}
        cuts = sorted(
            {begun, until, *(moment for row in self._ran for moment in (row.start, row.end) if moment > begun)}
        )
        for start, end in pairwise(cuts):
            held = {mode for row in self._ran if row.start < end and start < row.end for mode in row.control.modes}
            left = {mode: value for mode, value in default.items() if mode not in held}
            if left:
                yield Span(start, end, f"{start:%H:%M:%S} to {end:%H:%M:%S}, with no event for it"), left

    def _polls_go_on(self, since: datetime) -> None:
        """Judge that the client polled its programs after the last event."""
        polls = [it for it in self._client.occurrences("DERProgramList") if it.at > since]
        seen = f"{len(polls)} times" if polls else "never"
        watched = self._limits.event_aftermath.value
        self._check.that(bool(polls), "G18", f"GET DERProgramList within {watched:g} s after the events", seen)
