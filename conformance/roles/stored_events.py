"""Stored events on the test server: as many as the profile demands and one more, carried out while it is away."""

from __future__ import annotations

from datetime import datetime

from conformance.catalogue.pack_values import Value
from conformance.catalogue.values_in_force import Values
from conformance.judgement.check import Check, require
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged
from conformance.judgement.plant import Span, in_force
from conformance.roles.event_watch import COMPLETED, RECEIVED, shows
from conformance.roles.observed_client import ObservedClient
from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.der_program import DERProgram
from conformance.roles.utility.modes import Modes
from conformance.roles.utility.scenario import ALL_RESPONSES
from conformance.vocabulary.limits import Limits
from conformance.vocabulary.verdict import Grade

DEMAND = "DERControl.stored_events"


class StoredEvents:
    """The events of one client, of one program, with pauses between them."""

    def __init__(self, client: ObservedClient, check: Check, limits: Limits, values: Values, modes: Modes) -> None:
        self._client, self._check, self._limits, self._modes = client, check, limits, modes
        held = (value for value in values.holding(DEMAND) if isinstance(value.figure, float))
        self._demanded = max((int(value.number) for value in held), default=0)
        self.events: list[DERControl] = []

    @property
    def end(self) -> datetime:
        """The end of the last event."""
        return self.events[-1].end

    async def publish(self, program: DERProgram) -> None:
        """Publish the events, and wait until the client has read them all, before the first one starts."""
        lead, limits = self._limits.control_lead.duration, self._limits
        for number in range(self._demanded + 1):
            at = lead + number * limits.stored_event_spacing.duration
            length = limits.stored_event_length.duration
            event = program.add_control(self._modes, starts_in=at, duration=length, response_required=ALL_RESPONSES)
            self.events.append(event)
        for event in self.events:
            held = await self._client.seen("GET", ("DERControlList",), self.events[0].start, shows(event))
            require(held, "the client does not read all events before the first one starts")

    async def are_kept(self, until: datetime) -> None:
        """Judge how many events were carried out: by the plant, or else by the Responses that came by then."""
        completed = [await self._client.response(event, COMPLETED, until) for event in self.events[: self._demanded]]
        extra = self._client.statuses(self.events[-1])
        told = f"Responses {', '.join(map(str, sorted(extra)))}" if extra - {RECEIVED} else "not carried out"
        self._check.note(f"event {len(self.events)}, one more than the profile demands: {told}")
        seen = [State.PASS if it is not None else State.FAIL for it in completed]
        grade, plant = Grade.WIRE, self._client.plant
        if plant is not None:
            seen = [self._at_the_plant(number, event) for number, event in enumerate(self.events, start=1)]
            grade = Grade.WIRE_AND_SIMULATOR
        self._check.demands(DEMAND, lambda value: carried_out(seen, value, grade))
        missing = sum(it is None for it in completed)
        expected = f"Response 3 to each of {len(completed)} events in the end"
        observed = f"{missing} are missing" if missing else "all there"
        self._check.that(not missing, "RESPONSE.AFTERWARDS", expected, observed)

    def _at_the_plant(self, number: int, event: DERControl) -> State:
        during, settling = Span(event.start, event.end, f"event {number}"), self._limits.plant_settling
        return in_force(self._client.plant, self._modes, during, settling, self._check.uncertainty_s()).state


def carried_out(seen: list[State], value: Value, grade: Grade) -> Judged:
    """Judge that at least as many events as a demand says were carried out; one that nobody can tell is granted."""
    ran, unclear = seen.count(State.PASS), seen.count(State.INCONCLUSIVE)
    state = State.PASS if ran >= value.number else State.FAIL
    state = State.INCONCLUSIVE if state is State.FAIL and ran + unclear >= value.number else state
    weaker = () if grade is not Grade.WIRE else ("by the word of the client only: its plant was not observed",)
    expected = f"at least {value.number:g} stored events carried out"
    return Judged("carried_out", state, expected, f"{ran} of {len(seen)}", grade=grade, detail=weaker)
