"""The client's event keeper: wakes at exact instants, moves the plant, and owes Responses (2030.5-2018 12.1.3)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from conformance.reference.aus_flaws import bent
from conformance.reference.client_reading import FASTEST, setpoints, supported_modes
from conformance.reference.client_time import ServerTime
from conformance.reference.schedule import Ability, Chance, advance, is_required
from conformance.reference.schedule_facts import (
    CurrentStatus,
    KnownControl,
    KnownDefault,
    KnownProgram,
    ModeValue,
    Outcome,
    Owed,
    Participation,
    ResponseStatus,
)
from conformance.reference.simulator import Site
from conformance.vocabulary.clock import TICK_S, Clock

CHECK_LEAD_S = 2.0
"""A control is read again this long before it starts (CSIP: read currentStatus before acting)."""
LATE_S = 30.0
LARGEST_PRIMACY = 255
FEW = 10
TOO_FAR = 2.0
HALFWAY = 0.5


class EventKeeper:
    """Holds the known programs by list, and what has been done about their controls.

    ``owe`` takes Responses; ``check`` is asked to read a control again shortly before it starts. ``room`` is how many
    controls of a program it keeps, and ``most_programs`` how many programs of a list, the first ones; any number if
    ``None``. ``fallback`` holds before any program is known. ``own_grad_w`` is the ramp rate without a default's.
    """

    def __init__(
        self,
        clock: Clock,
        time: ServerTime,
        site: Site,
        flaws: frozenset[str],
        *,
        seed: str,
        answers_14: bool,
        gives_up_vanished: bool,
        owe: Callable[[Owed], None],
        check: Callable[[KnownControl], None],
        room: int | None = None,
        most_programs: int | None = None,
        fallback: Mapping[str, ModeValue] | None = None,
        own_grad_w: int = FASTEST,
    ) -> None:
        self._clock, self._time, self._site, self._flaws = clock, time, site, flaws
        self._owe, self._check, self._room, self._most_programs = owe, check, room, most_programs
        self._fallback = fallback or {}
        self._own_grad_w, self._gives_up_vanished = own_grad_w, gives_up_vanished
        self._lists: dict[str, tuple[KnownProgram, ...]] = {}
        self._past: Mapping[str, Participation] = {}
        self._checked: set[str] = set()
        self._held: dict[str, ModeValue] = {}
        self._woken = asyncio.Event()
        self._ability = Ability(
            supported=supported_modes(site),
            chance=_drawn_by(seed, flaws),
            start_delay_s=LATE_S if "starts_late" in flaws else 0.0,
            superseded_unstarted=(ResponseStatus.ABORTED_BY_OTHER_PROGRAM if answers_14 else ResponseStatus.SUPERSEDED),
            bent=flaws,
        )

    def learn(self, list_target: str, programs: tuple[KnownProgram, ...]) -> None:
        """Take what a program list holds now."""
        if self._gives_up_vanished:
            self._give_up_vanished(list_target, programs)
        self._lists[list_target] = tuple(map(self._believed, self._kept(programs)))
        self._woken.set()

    def _give_up_vanished(self, list_target: str, programs: tuple[KnownProgram, ...]) -> None:
        """Take controls that were listed and are no more for cancelled, as IEEE 2030.5-2023 has it."""
        listed = {control.mrid for program in programs for control in program.controls}
        known = {control.mrid for program in self._lists.get(list_target, ()) for control in program.controls}
        gone = {mrid: self._past[mrid] for mrid in known - listed if mrid in self._past}
        for mrid, row in gone.items():
            cancelled = replace(row.control, current_status=CurrentStatus.CANCELLED)
            self._past = {**self._past, mrid: replace(row, control=cancelled)}

    def _kept(self, programs: tuple[KnownProgram, ...]) -> tuple[KnownProgram, ...]:
        """Return what there is room for."""
        programs = programs[: FEW if "keeps_few_programs" in self._flaws else self._most_programs]
        room = FEW if "keeps_few_events" in self._flaws else self._room
        return tuple(replace(program, controls=program.controls[:room]) for program in programs)

    def amend(
        self,
        list_target: str,
        mrid: str,
        *,
        controls: tuple[KnownControl, ...] | None = None,
        default: KnownDefault | None = None,
    ) -> None:
        """Take what one program of a list has now: its controls or its default."""
        programs = self._lists.get(list_target, ())
        mine = next((program for program in programs if program.mrid == mrid), None)
        if mine is None:
            return
        kept = replace(mine, controls=mine.controls if controls is None else controls, default=default or mine.default)
        new = self._believed_program(kept, primacy=mine.primacy)
        self._lists[list_target] = tuple(new if program is mine else program for program in programs)
        self._woken.set()

    def _believed_program(self, program: KnownProgram, primacy: int) -> KnownProgram:
        """Return a program that is known already, with what is new in it."""
        return replace(self._kept((self._believed(program),))[0], primacy=primacy)

    def refresh(self, control: KnownControl) -> None:
        """Take a control that was read on its own."""
        control = self._believed_control(control)
        for target, programs in self._lists.items():
            self._lists[target] = tuple(_refreshed(program, control) for program in programs)
        self._woken.set()

    def forget(self, list_target: str) -> None:
        """Drop a program list that is no longer assigned."""
        self._lists.pop(list_target, None)
        self._woken.set()

    async def run(self) -> None:
        """Keep the schedule until cancelled."""
        while True:
            self._woken.clear()
            due_s = self._turn()
            await self._sleep(due_s)

    def _turn(self) -> float | None:
        """Apply the rules now; return when to do so again, on the server's time."""
        now_s = self._time.now_s()
        programs = {program.mrid: program for programs in self._lists.values() for program in programs}
        outcome = advance(programs.values(), self._past, now_s, self._ability)
        self._past = outcome.participations
        for owed in outcome.owed:
            if is_required(owed.control, owed.status):
                self._owe(owed)
        self._move(outcome)
        checks = self._checks(now_s)
        return min((instant for instant in (outcome.next_s, checks) if instant is not None), default=None)

    def _move(self, outcome: Outcome) -> None:
        if "ignores_control" in self._flaws:
            return
        self._site.advance(self._clock.now())
        modes = dict(outcome.in_force if self._lists else self._fallback)
        modes |= self._left_over(outcome) if "keeps_control_after_end" in self._flaws else {}
        modes |= _to_come(outcome) if "moves_on_receipt" in self._flaws else {}
        modes = bent(modes, self._flaws)
        if "knows_no_may_trip" in self._flaws:
            modes = {name: value for name, value in modes.items() if "MayTrip" not in name}
        self._site.ask(setpoints(modes, self._site, self._own_grad_w, self._ramp_s(outcome)))

    def _ramp_s(self, outcome: Outcome) -> float | None:
        """Return the longest ``rampTms`` of the controls in force, if one has it."""
        if "ignores_ramp_time" in self._flaws:
            return None
        controls = (outcome.participations[mrid].control for mrid in outcome.by_control.values())
        return max((it.ramp_s for it in controls if it.ramp_s is not None), default=None)

    def _left_over(self, outcome: Outcome) -> dict[str, ModeValue]:
        """Return what controls asked for last, of the modes that no control holds now: a flaw."""
        self._held |= {mode: outcome.in_force[mode] for mode in outcome.by_control}
        return {mode: value for mode, value in self._held.items() if mode not in outcome.by_control}

    def _checks(self, now_s: float) -> float | None:
        """Have controls read again that start soon; return when the next is due for it."""
        upcoming: list[float] = []
        for mrid, row in self._past.items():
            if row.finished or row.started or mrid in self._checked:
                continue
            if row.start_s - CHECK_LEAD_S <= now_s:
                self._checked.add(mrid)
                self._check(row.control)
            else:
                upcoming.append(row.start_s - CHECK_LEAD_S)
        return min(upcoming, default=None)

    async def _sleep(self, due_s: float | None) -> None:
        woken = asyncio.ensure_future(self._woken.wait())
        waits: set[asyncio.Future[object]] = {woken}  # type: ignore[arg-type]
        if due_s is not None:
            left = timedelta(seconds=max(TICK_S, due_s - self._time.now_s()))
            timer = asyncio.ensure_future(self._clock.wait(left))
            waits.add(timer)  # type: ignore[arg-type]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _believed(self, program: KnownProgram) -> KnownProgram:
        primacy = LARGEST_PRIMACY - program.primacy if "ignores_primacy" in self._flaws else program.primacy
        default = None if "ignores_default" in self._flaws else program.default
        return replace(
            program, primacy=primacy, default=default, controls=tuple(map(self._believed_control, program.controls))
        )

    def _believed_control(self, control: KnownControl) -> KnownControl:
        if "ignores_cancellation" in self._flaws and control.current_status >= CurrentStatus.CANCELLED:
            control = replace(control, current_status=CurrentStatus.ACTIVE)
        if "ignores_randomization" in self._flaws:
            control = replace(control, randomize_start_s=0, randomize_duration_s=0)
        return control


def _drawn_by(seed: str, flaws: frozenset[str]) -> Chance:
    """Return how a device draws: by its seed, unless a flaw is to show at every draw."""
    if "randomizes_too_far" in flaws:
        return lambda mrid, purpose: TOO_FAR
    if "leaves_gaps" in flaws:
        return lambda mrid, purpose: HALFWAY
    return lambda mrid, purpose: random.Random(f"{seed}:{mrid}:{purpose}").random()


def _to_come(outcome: Outcome) -> dict[str, ModeValue]:
    """Return what controls ask for that have not started, of the modes that no control holds now: a flaw."""
    rows = [row for row in outcome.participations.values() if not row.started and not row.finished]
    early = {mode: row.control.modes[mode] for row in rows for mode in row.modes}
    return {mode: value for mode, value in early.items() if mode not in outcome.by_control}


def _refreshed(program: KnownProgram, control: KnownControl) -> KnownProgram:
    controls = tuple(control if known.mrid == control.mrid else known for known in program.controls)
    return replace(program, controls=controls)
