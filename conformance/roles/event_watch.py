"""Watching a client carry out controls: when each Response is due, and what the plant was asked for (BASE.030, 12.1.3).

The bounds of a Response follow from the control's times with its randomization, by the test server's time: the
earliest moment that randomization allows, and the latest with the deadline of the limits. They hold whatever the client
draws, and for duplicates, other orders and extra requests alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from conformance.catalogue.profile import Policy
from conformance.judgement.check import Check, require
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, limit_used
from conformance.judgement.plant import Default, Span
from conformance.judgement.timing import Window, happened_within, instant
from conformance.roles.observed_client import Matcher, ObservedClient, arrival, response_in
from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.utility import Utility
from conformance.vocabulary.event import ResponseStatus
from conformance.vocabulary.limits import Limit, Limits
from conformance.wire.exchange import Exchange
from conformance.wire.parser import Malformed
from conformance.wire.payload import Node, read

RECEIVED, STARTED = ResponseStatus.RECEIVED, ResponseStatus.STARTED
COMPLETED, CANCELLED = ResponseStatus.COMPLETED, ResponseStatus.CANCELLED
SUPERSEDED = frozenset({ResponseStatus.SUPERSEDED, ResponseStatus.ABORTED_BY_OTHER_PROGRAM})
"""7: superseded; 14: given up for another program's event. The procedures print now the one, now the other."""

USERS, USER_BIT = frozenset({ResponseStatus.OPTED_IN, ResponseStatus.ACKNOWLEDGED}), 4
"""What a user may say of an event whose ``responseRequired`` has the bit for it."""


class EventWatch:
    """Judges what a client under test does about controls; every method leaves findings through ``check``."""

    def __init__(self, utility: Utility, client: ObservedClient, check: Check, limits: Limits) -> None:
        self._utility = utility
        self._client = client
        self._check = check
        self._limits = limits

    async def read_before_start(self, control: DERControl, requirement: str) -> Exchange:
        """Wait until the client has read a control; one read too late, or never, ends the test case."""
        held = await self._client.must_get(
            ("DERControlList", "DERControl"), self._limits.discovery, requirement, matching=shows(control)
        )
        held = require(held, f"the client did not read {control.description}")
        if arrival(held) >= self._earliest_start(control):
            require(None, f"the client read {control.description} only after it could have started")
        return held

    async def received(self, control: DERControl, held: Exchange) -> Exchange | None:
        """Judge Response 1 to a control that the client read by ``held``."""
        window = Window(arrival(held), "the control was read", None, self._late_s)
        return await self._response(control, RECEIVED, window, "BASE.030")

    async def started(self, control: DERControl) -> Exchange | None:
        """Judge Response 2: within the bounds of the randomized start."""
        timing = control.timing
        earliest, latest = timing.earliest_start - timing.start, max(0, timing.randomize_start_s)
        window = self._window(control.start, "its start", earliest, latest)
        rule = "EVENT.044" if timing.randomize_start_s else "EVENT.002"
        return await self._response(control, STARTED, window, rule)

    async def started_late(self, control: DERControl, held: Exchange) -> Exchange | None:
        """Judge Response 2 to a control without randomization that had begun when the client read it by ``held``.

        It may take as long as passing a control on may take (CSIP G20).
        """
        latest_s = self._limits.late_start.value + self._late_s
        window = Window(arrival(held), "the control was read", None, latest_s)
        return await self._response(control, STARTED, window, "EVENT.013")

    def dated(self, started: Exchange | None, requirement: str) -> None:
        """Judge that a Response is dated when it came; it may go without a date."""
        if started is None:
            return
        created = require(response_in(started), "no document").integer("createdDateTime")
        if created is None:
            return
        here = arrival(started) + self._utility.ahead
        self._check.close_in_time(instant(created), here, self._limits.client_clock_error, requirement, started)

    async def completed(self, control: DERControl) -> Exchange | None:
        """Judge Response 3: within the bounds of the randomized end."""
        timing = control.timing
        earliest = min(0, timing.randomize_start_s) + min(0, timing.randomize_duration_s)
        window = self._window(control.end, "its end", earliest, timing.last_end - timing.end)
        rule = "EVENT.045" if timing.randomize_duration_s else "EVENT.002"
        return await self._response(control, COMPLETED, window, rule)

    async def cancelled(self, control: DERControl, told: Exchange) -> Exchange | None:
        """Judge Response 6 to a cancellation that the client read by ``told``."""
        window = Window(arrival(told), "the cancellation was read", None, self._late_s)
        return await self._response(control, CANCELLED, window, "BASE.030")

    async def vanished(self, control: DERControl, gone: Exchange, policy: Policy) -> int:
        """Judge the last Response to a control that the client read, by ``gone``, to be listed no more; return it.

        By IEEE 2030.5-2018 such a control runs on, to Response 3; by the edition of 2023 it counts as cancelled: 6.
        """
        until = arrival(gone) + timedelta(seconds=self._late_s)
        given_up = await self._client.response(control, CANCELLED, until)
        last = COMPLETED if given_up is None else CANCELLED
        expected = f"{_name(control)}, no longer listed, ends with {policy.choice}"
        good, told = str(last) in policy.choice.split(), "6" if given_up else "no 6 in time"
        self._check.that(good, "EVENT.026", expected, told, [given_up or gone], policy=policy.name)
        await (self.completed(control) if given_up is None else self.cancelled(control, gone))
        return last

    async def superseded(self, control: DERControl, policy: str) -> None:
        """Judge that a control is answered with 7 or 14 by the time it would have started."""
        until = self.here(control.start) + self._limits.response_deadline.duration
        posted = await self._client.seen(
            "POST", ("ResponseList",), until, lambda it: _status(it, control) in SUPERSEDED
        )
        given = sorted(self._client.statuses(control) & SUPERSEDED)
        expected = f"{_name(control)} answered with 7 or 14 by its start"
        self._check.that(bool(given), "BASE.030", expected, _listed(given), self._answers(control), policy=policy)
        if posted is not None:
            self.is_sound(control, posted)

    def superseded_once(self, control: DERControl, policy: str) -> None:
        """Judge that a control was not answered with both 7 and 14 so far."""
        given = sorted(self._client.statuses(control) & SUPERSEDED)
        expected = f"{_name(control)} not answered with both 7 and 14"
        self._check.that(len(given) < 2, "BASE.030", expected, _listed(given), self._answers(control), policy=policy)

    def no_other(self, control: DERControl, allowed: Iterable[int]) -> None:
        """Judge that no status but those allowed was sent so far, and what a user says where that is asked for."""
        asked = USERS if (control.response_required or 0) & USER_BIT else frozenset()
        allowed = frozenset(allowed)
        others = sorted(self._client.statuses(control) - allowed - asked)
        expected = f"{_name(control)} answered with {_listed(sorted(allowed))} only"
        self._check.that(not others, "BASE.030", expected, f"also {_listed(others)}" if others else "only these")

    def in_order(self, controls: Iterable[DERControl], requirement: str) -> None:
        """Judge that controls were first answered as completed in the order given."""
        wanted = [control.mrid for control in controls]
        seen: list[str | None] = []
        for exchange in self._client.exchanges("ResponseList", "POST"):
            node = response_in(exchange)
            subject = node.hexadecimal("subject") if node is not None and node.integer("status") == COMPLETED else None
            if subject in wanted and subject not in seen:
                seen.append(subject)
        expected = f"{len(wanted)} controls completed in their order"
        order = ", ".join(str(wanted.index(mrid) + 1) for mrid in seen if mrid) or "none completed"
        self._check.that(seen == wanted, requirement, expected, order)

    def effect(self, control: DERControl, requirement: str = "EVENT.002") -> None:
        """Judge that the plant was asked for a control from its latest start to its earliest end."""
        timing = control.timing
        start = control.start + timedelta(seconds=max(0, timing.randomize_start_s))
        shorter_s = min(0, timing.randomize_start_s) + min(0, timing.randomize_duration_s)
        span = Span(self.here(start), self.here(control.end + timedelta(seconds=shorter_s)), _name(control))
        self._check.in_force(self._client.plant, control.modes, span, self._limits.plant_settling, requirement)

    def no_effect(self, control: DERControl, since: datetime, until: datetime) -> None:
        """Judge that the plant was never asked for a control; nothing else may ask for the same."""
        plant, span = self._client.plant, Span(since, until, f"the time of {_name(control)}")
        self._check.never_in_force(plant, control.modes, span, "EVENT.002")

    def not_before(self, control: DERControl, since: datetime) -> None:
        """Judge that the plant was not asked for a control before its earliest start; nothing else may ask for it."""
        until = self.before(control) - self._limits.response_early.duration
        span = Span(since, until, f"the time before {_name(control)}")
        self._check.never_in_force(self._client.plant, control.modes, span, "EVENT.002")

    def over(self, control: DERControl, until: datetime) -> None:
        """Judge that the plant was not asked for a control after its latest end; nothing else may ask for it."""
        since = self.after(control) + self._limits.plant_settling.duration
        span = Span(since, until, f"the time after {_name(control)}")
        self._check.never_in_force(self._client.plant, control.modes, span, "EVENT.002")

    def idle(self, default: Default, start: datetime, end: datetime, label: str) -> None:
        """Judge that the default was in force between two instants of the harness's clock."""
        plant, span = self._client.plant, Span(start, end, label)
        self._check.default_in_force(plant, default, span, self._limits.plant_settling, "DER.005")

    def before(self, control: DERControl) -> datetime:
        """Return the earliest start that randomization allows, by the harness's clock."""
        return self._earliest_start(control)

    def after(self, control: DERControl) -> datetime:
        """Return the latest end that randomization allows, by the harness's clock."""
        return self.here(control.start + timedelta(seconds=control.timing.last_end - control.timing.start))

    async def _response(self, control: DERControl, status: int, window: Window, requirement: str) -> Exchange | None:
        limits, check = self._limits, self._check
        until = window.start + timedelta(seconds=window.not_after_s or 0.0)
        posted = await self._client.response(control, status, until=until)
        what = f"Response {status} to {_name(control)}"
        if posted is None:
            check.owed(requirement, lambda: self._lateness(control, status, what, window))
            return None
        when = arrival(posted)
        check.happened(what, when, window, limits.response_deadline, requirement, posted)
        late_s = (window.not_after_s or 0.0) - self._late_s + limits.response_prompt.value
        prompt = Window(window.start, window.label, window.not_before_s, late_s)
        check.happened(what, when, prompt, limits.response_prompt, "RESPONSE.PROMPT", posted)
        self.is_sound(control, posted)
        return posted

    def is_sound(self, control: DERControl, posted: Exchange) -> None:
        """Judge what a Response to a control says beside its status, and that it went where ``replyTo`` says."""
        self._check.schema_valid(posted)
        lfdi = require(response_in(posted), "no document").hexadecimal("endDeviceLFDI")
        self._check.has_value(posted, "endDeviceLFDI", lfdi, self._client.lfdi, requirement="BASE.030")
        place, expected = urlsplit(posted.target).path, f"a Response to {_name(control)} posted to its replyTo"
        self._check.that(place == control.reply_to, "BASE.030", expected, place, [posted])
        self._is_dated(control, posted)

    def _is_dated(self, control: DERControl, posted: Exchange) -> None:
        """Judge that a Response was made, by its date if it has one, while there was a control and before it came."""
        created_s = require(response_in(posted), "no document").integer("createdDateTime")
        if created_s is None:
            return
        error, came_s = self._limits.response_date_error, (arrival(posted) + self._utility.ahead).timestamp()
        good = control.timing.created - error.value <= created_s <= came_s + error.value
        expected = f"a Response to {_name(control)} dated from its creation to when it came, within {error.value:g} s"
        observed = f"dated {created_s}, {created_s - int(came_s):+d} s from when it came"
        self._check.that(good, "RESPONSE.DATED", expected, observed, [posted])

    def _lateness(self, control: DERControl, status: int, what: str, window: Window) -> Judged:
        """Judge a Response that missed its deadline by when it came after all, if it ever did."""
        posted = next((it for it in self._answers(control) if _status(it, control) == status), None)
        when = None if posted is None else arrival(posted)
        uncertainty_s = self._check.uncertainty_s(window.start, when or window.start)
        evidence = {} if posted is None else {"exchange": posted.number}
        return happened_within(what, when, window, uncertainty_s, self._limits.response_deadline, **evidence)

    def _window(self, moment: datetime, label: str, earliest_s: float, latest_s: float) -> Window:
        early_s = earliest_s - self._limits.response_early.value
        return Window(self.here(moment), label, early_s, latest_s + self._late_s)

    @property
    def _late_s(self) -> float:
        return self._limits.response_deadline.value

    def here(self, moment: datetime) -> datetime:
        """Return an instant of the test server's time by the harness's clock."""
        return moment - self._utility.ahead

    def _earliest_start(self, control: DERControl) -> datetime:
        return self.here(control.start + timedelta(seconds=min(0, control.timing.randomize_start_s)))

    def _answers(self, control: DERControl) -> list[Exchange]:
        posted = self._client.exchanges("ResponseList", "POST")
        return [exchange for exchange in posted if _status(exchange, control) is not None]


def shows(control: DERControl, status: int | None = None) -> Matcher:
    """Match an answer that shows the client a control, with a ``currentStatus`` if one is given."""

    def matching(exchange: Exchange) -> bool:
        try:
            root = read(exchange.response_body)
        except Malformed:
            return False
        shown = (root, *root.children("DERControl"))
        return any(node.hexadecimal("mRID") == control.mrid and _has(node, status) for node in shown)

    return matching


def drawn_by_chance(offsets_s: Iterable[float], bounds_s: Iterable[float], limit: Limit) -> Judged:
    """Judge whether a client randomizes at all: how probable are draws this small, or this large, for one that does?

    Each offset was drawn from 0 to its bound. The chance that every draw of a randomizing client lies as near to 0, or
    as near to its bound, as the farthest one seen, as a share of the bound, is told and compared: twice the one chance.
    """
    offsets, bounds = list(offsets_s), list(bounds_s)
    drawn = [(abs(offset / bound), RESOLUTION_S / abs(bound)) for offset, bound in zip(offsets, bounds, strict=True)]
    small = max((min(1.0, share + grain) for share, grain in drawn), default=1.0)
    large = max((min(1.0, max(0.0, 1.0 - share) + grain) for share, grain in drawn), default=1.0)
    chance = min(1.0, 2 * min(small, large) ** len(drawn))
    told = ", ".join(f"{offset:+.1f} s of {bound:+g} s" for offset, bound in zip(offsets, bounds, strict=True))
    expected = f"draws that a randomizing client makes with a probability of at least {limit.value:g}"
    state = State.PASS if chance >= limit.value else State.FAIL
    return Judged("drawn_by_chance", state, expected, f"{told}: {chance:.2g}", limit=limit_used(limit))


RESOLUTION_S = 1.0
"""Controls begin and end on whole seconds, and so may a client's draws."""


def _has(node: Node, status: int | None) -> bool:
    shown = node.child("EventStatus")
    return status is None or (shown is not None and shown.integer("currentStatus") == status)


def _status(exchange: Exchange, control: DERControl) -> int | None:
    node = response_in(exchange)
    mine = node is not None and node.hexadecimal("subject") == control.mrid
    return node.integer("status") if node is not None and mine else None


def _name(control: DERControl) -> str:
    return control.description or "the control"


def _listed(statuses: Iterable[int]) -> str:
    return ", ".join(map(str, statuses)) or "neither"
