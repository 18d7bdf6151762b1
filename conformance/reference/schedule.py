"""Which control is in force, which is superseded, and which Responses are owed (IEEE 2030.5-2018 12.1.3, CSIP 4.7).

Pure functions. :func:`advance` takes what is known, what was done so far and the time, and returns an
:class:`Outcome`. The rules, in the order they are applied:

1. A new control is received; its randomization is drawn once. One that has ended is expired. One whose start has
   passed begins now plus the size of its start randomization and keeps its end.
2. A control of a program that is no longer assigned is dropped. One that only vanished from its list is kept.
3. Cancellation takes effect at once; with randomization (3) a running control ends within the larger bound.
4. A control that has run out is completed.
5. Conflicts are settled mode by mode: a worse control that has not started gives a contested mode up for good, one that
   runs keeps it until the better one starts. With no mode left it is superseded, and never resumed.
6. What is due starts. Successive controls of a mode meet without gap or overlap, however they are randomized.
7. Modes that no running control holds follow the best program's default that has them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from conformance.reference.schedule_facts import (
    CurrentStatus,
    KnownControl,
    KnownProgram,
    ModeValue,
    Outcome,
    Owed,
    Participation,
    ResponseStatus,
    program_rank,
)

Chance = Callable[[str, str], float]
"""Draws a number from 0 up to 1 for an mRID and a purpose; the same for the same arguments."""

STARTED_BIT = 0x02
RECEIVED_BIT = 0x01


@dataclass(frozen=True, slots=True)
class Ability:
    """What the device can do and how it draws chances.

    ``supported`` are the modes it obeys; ``start_delay_s`` delays every start (a flaw; 0 for a sound device);
    ``superseded_unstarted`` answers for a control that another program's supersedes before it starts (7 or 14);
    ``bent`` are the rules that a flawed device bends, by the names of its flaws.
    """

    supported: frozenset[str]
    chance: Chance
    start_delay_s: float = 0.0
    superseded_unstarted: ResponseStatus = ResponseStatus.SUPERSEDED
    bent: frozenset[str] = frozenset()


def advance(
    programs: Iterable[KnownProgram], past: Mapping[str, Participation], now_s: float, ability: Ability
) -> Outcome:
    """Return what is in force and owed now, and the history to pass in next time."""
    ranked = sorted(programs, key=program_rank)
    turn = _Turn(now_s, ability, dict(past))
    turn.receive(ranked)
    if "resumes_superseded" in ability.bent:
        turn.resume()
    turn.drop_unassigned({program.mrid for program in ranked})
    turn.cancel()
    turn.complete()
    turn.settle_conflicts()
    turn.start()
    governing = ranked[::-1] if "takes_worse_default" in ability.bent else ranked
    in_force, by_control = _in_force(governing, turn.running(), ability.supported)
    return Outcome(turn.rows, tuple(turn.owed), in_force, by_control, turn.next_change())


def is_required(control: KnownControl, status: ResponseStatus) -> bool:
    """Say whether ``responseRequired`` asks for this Response: bit 0 for receipt, bit 1 for all that follows."""
    wanted = RECEIVED_BIT if status is ResponseStatus.RECEIVED else STARTED_BIT
    return bool(control.response_required & wanted)


class _Turn:
    """One application of the rules; ``rows`` is the history being rewritten, by mRID."""

    def __init__(self, now_s: float, ability: Ability, rows: dict[str, Participation]) -> None:
        self.now_s = now_s
        self.ability = ability
        self.rows = rows
        self.owed: list[Owed] = []

    def receive(self, programs: Sequence[KnownProgram]) -> None:
        """Take in new controls and refresh those already known."""
        for program in programs:
            for control in program.controls:
                before = self.rows.get(control.mrid)
                if before is None:
                    self._admit(control, program)
                else:
                    self.rows[control.mrid] = replace(
                        before, control=control, program=program.mrid, primacy=program.primacy
                    )

    def resume(self) -> None:
        """Take up again what was superseded, once nothing better is left: a flaw."""
        for row in self.rows.values():
            over = row.finished and row.lost and row.control.end_s > self.now_s
            if over and not any(it.overlaps(row) and it.end_s > self.now_s for it in self._open()):
                self._keep(replace(row, lost=frozenset(), finished=False, started=False, start_s=self.now_s))

    def drop_unassigned(self, assigned: set[str]) -> None:
        """End the controls of programs that are no longer assigned; a running one is answered as aborted."""
        for row in self._open():
            if row.program not in assigned:
                self._finish(row, ResponseStatus.ABORTED_BY_OTHER_PROGRAM if row.started else None)

    def cancel(self) -> None:
        """Obey the status that the server gives."""
        for row in self._open():
            status = row.control.current_status
            if status == CurrentStatus.SUPERSEDED:
                self._finish(row, ResponseStatus.SUPERSEDED)
            elif status == CurrentStatus.CANCELLED or (
                status == CurrentStatus.CANCELLED_WITH_RANDOMIZATION and not row.started
            ):
                self._finish(row, ResponseStatus.CANCELLED)
            elif status == CurrentStatus.CANCELLED_WITH_RANDOMIZATION and not row.cancelled:
                bound = max(abs(row.control.randomize_start_s), abs(row.control.randomize_duration_s))
                drawn = 2 if "overstays_cancellation" in self.ability.bent else self._chance(row, "cancel")
                self._keep(replace(row, cancelled=True, end_s=min(row.end_s, self.now_s + bound * drawn)))

    def complete(self) -> None:
        """End what has run out."""
        ends = self._ends()
        for row in self._open():
            if row.started and ends[row.control.mrid] <= self.now_s:
                status = ResponseStatus.CANCELLED if row.cancelled else ResponseStatus.COMPLETED
                self._finish(row, status, ends[row.control.mrid])
            elif not row.started and row.end_s <= self.now_s:
                self._finish(row, ResponseStatus.EXPIRED)

    def settle_conflicts(self) -> None:
        """Take contested modes from the worse control, best controls first."""
        settled: list[str] = []
        for row in sorted(self._open(), key=self._rank):
            lost, winner = row.lost, None
            for better in map(self.rows.__getitem__, settled):
                contested = self._contested(better, row) - lost
                if contested and self._gives_way(row, better) and better.overlaps(row):
                    lost, winner = lost | contested, better
            row = replace(row, lost=lost)
            self._keep(row)
            if row.modes:
                settled.append(row.control.mrid)
            else:
                self._supersede(row, winner)

    def _contested(self, better: Participation, row: Participation) -> frozenset[str]:
        """Return the modes that a worse control has to give up to a better one."""
        return row.usable if "supersedes_independent" in self.ability.bent else better.modes & row.usable

    def _gives_way(self, row: Participation, better: Participation) -> bool:
        """Say whether it is time to give way: before its start at once, afterwards when the better one starts."""
        bent = self.ability.bent
        if row.started:
            return better.start_s <= self.now_s and "lets_running_finish" not in bent
        return better.start_s <= self.now_s or "runs_until_superseded" not in bent

    def start(self) -> None:
        """Begin what is due."""
        for row in sorted(self._open(), key=lambda row: row.start_s):
            if not row.started and row.start_s <= self.now_s:
                self._keep(replace(row, started=True))
                self.owed.append(Owed(row.control, ResponseStatus.STARTED, row.start_s))

    def running(self) -> list[Participation]:
        """Return what runs, best first."""
        return sorted((row for row in self._open() if row.started), key=self._rank)

    def next_change(self) -> float | None:
        """Return the next start or end."""
        ends = self._ends()
        instants = [ends[row.control.mrid] if row.started else row.start_s for row in self._open()]
        return min((instant for instant in instants if instant > self.now_s), default=None)

    def _rank(self, row: Participation) -> tuple[int, ...]:
        """Sorts the best first; a flawed device looks at their age alone, or at their age the wrong way round."""
        if "older_wins" in self.ability.bent:
            return row.primacy, row.control.creation_s
        return (-row.control.creation_s, *row.rank) if "newest_wins" in self.ability.bent else row.rank

    def _chance(self, row: Participation, purpose: str) -> float:
        return self.ability.chance(row.control.mrid, purpose)

    def _open(self) -> list[Participation]:
        return [row for row in self.rows.values() if not row.finished]

    def _keep(self, row: Participation) -> None:
        self.rows[row.control.mrid] = row

    def _finish(self, row: Participation, status: ResponseStatus | None, at_s: float | None = None) -> None:
        self._keep(replace(row, finished=True))
        if status is not None:
            self.owed.append(Owed(row.control, status, self.now_s if at_s is None else at_s))

    def _supersede(self, row: Participation, winner: Participation | None) -> None:
        other_program = winner is not None and winner.program != row.program
        unstarted = other_program and not row.started
        self._finish(row, self.ability.superseded_unstarted if unstarted else ResponseStatus.SUPERSEDED)

    def _admit(self, control: KnownControl, program: KnownProgram) -> None:
        """Receive a control; what is already cancelled or superseded is none of the device's business."""
        start_s, end_s = effective_times(control, self.now_s, self.ability)
        usable = frozenset(control.modes) & self.ability.supported
        row = Participation(control, program.mrid, program.primacy, start_s, end_s, usable)
        if control.current_status >= CurrentStatus.CANCELLED:
            self._finish(row, None)
        elif control.end_s <= self.now_s:
            self._finish(row, ResponseStatus.EXPIRED)
        else:
            self.owed.append(Owed(control, ResponseStatus.RECEIVED, self.now_s))
            self._keep(row)
            if not usable:
                self._finish(row, ResponseStatus.NOT_APPLICABLE)

    def _ends(self) -> dict[str, float]:
        """Return the ends by mRID, moved so that successive controls of a mode meet without gap or overlap."""
        rows = self._open()
        return {row.control.mrid: self._end(row, rows) for row in rows}

    def _end(self, row: Participation, rows: Sequence[Participation]) -> float:
        if row.cancelled:
            return row.end_s
        followers = [
            other
            for other in rows
            if not other.started and other.control.start_s >= row.control.end_s and other.modes & row.modes
        ]
        meets = [other.start_s for other in followers if other.control.start_s == row.control.end_s]
        clips = [other.start_s for other in followers]
        if "leaves_gaps" in self.ability.bent:
            meets = []
        return max(row.start_s, min([max(meets, default=row.end_s), *clips]))


def effective_times(control: KnownControl, now_s: float, ability: Ability) -> tuple[float, float]:
    """Return the effective start and end of a control received now."""
    start_shift = control.randomize_start_s * ability.chance(control.mrid, "start")
    end_shift = control.randomize_duration_s * ability.chance(control.mrid, "duration")
    start_s = control.start_s + start_shift
    end_s = start_s + control.duration_s + end_shift
    if start_s < now_s:
        start_s = min(now_s + abs(start_shift), control.end_s)
        whole_s = start_s + control.duration_s if "prolongs_late_controls" in ability.bent else control.end_s
        end_s = whole_s + end_shift
    start_s += ability.start_delay_s
    return start_s, max(start_s, end_s)


def _in_force(
    programs: Sequence[KnownProgram], running: Sequence[Participation], supported: frozenset[str]
) -> tuple[dict[str, ModeValue], dict[str, str]]:
    values: dict[str, ModeValue] = {}
    by_control: dict[str, str] = {}
    for row in running:
        for mode in sorted(row.modes - values.keys()):
            values[mode] = row.control.modes[mode]
            by_control[mode] = row.control.mrid
    for program in programs:
        modes = program.default.modes if program.default else {}
        for mode in sorted((modes.keys() & supported) - values.keys()):
            values[mode] = modes[mode]
    return values, by_control


def never(_mrid: str, _purpose: str) -> float:
    """Draw nothing: no randomization at all."""
    return 0.0


def most(_mrid: str, _purpose: str) -> float:
    """Draw all but the whole bound."""
    return math.nextafter(1.0, 0.0)
