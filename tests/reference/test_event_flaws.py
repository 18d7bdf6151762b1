"""Flaws of the reference client about events, outages, logs and status: each shows in its own story."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import cache

import pytest
from client_rig import Rig, play

from conformance.roles.utility import DERControl, DERProgram, Rates
from conformance.roles.utility.modes import Modes
from conformance.wire.messages import Answer, Request

SECOND = timedelta(seconds=1)
LIMIT, POWER = {"opModMaxLimW": 5000}, {"opModFixedW": 6000}
BUSY, SILENT = Answer(503, (("Retry-After", "20"),)), Answer(0)

Story = Callable[[Rig], Coroutine[object, object, None]]
Probe = tuple[Story, Callable[[Rig], bool]]


def programs(rig: Rig) -> tuple[DERProgram, DERProgram]:
    assignment = rig.utility.assign(rig.utility.devices[-1])
    worse, better = (rig.utility.add_program(assignment, primacy=primacy) for primacy in (10, 4))
    worse.set_default({"opModMaxLimW": 8000})
    better.set_default({"opModMaxLimW": 9000})
    return worse, better


def offer(program: DERProgram, starts: int, lasts: int, modes: Modes = LIMIT, bound_s: int = 0) -> DERControl:
    return program.add_control(
        modes, starts_in=starts * SECOND, duration=lasts * SECOND, response_required=7, randomize_duration_s=bound_s
    )


def statuses(rig: Rig, program: int = 0) -> list[int]:
    return [status for _, status in rig.answers(rig.utility.programs[program].controls[0])]


async def worse_first(rig: Rig) -> None:
    worse, better = programs(rig)
    offer(worse, 120, 120)
    offer(better, 180, 60)
    await rig.live(300)


async def better_first(rig: Rig) -> None:
    worse, better = programs(rig)
    offer(worse, 150, 120)
    offer(better, 120, 60)
    await rig.live(300)


async def better_later(rig: Rig) -> None:
    worse, better = programs(rig)
    offer(worse, 60, 240)
    await rig.live(70)
    offer(better, 50, 60)
    await rig.live(290)


async def different_modes(rig: Rig) -> None:
    worse, better = programs(rig)
    offer(worse, 120, 120)
    offer(better, 180, 60, POWER)
    await rig.live(300)


async def cancelled_by_chance(rig: Rig) -> None:
    _, better = programs(rig)
    control = offer(better, 60, 600, bound_s=60)
    await rig.live(100)
    control.cancel(randomized=True)
    await rig.live(300)


def interfere(rig: Rig, answer: Answer | None, path: str | None = None) -> None:
    def instead(request: Request) -> Answer | None:
        return answer if path is None or request.path == path else None

    rig.interfere = instead


async def cut_off(rig: Rig) -> None:
    _, better = programs(rig)
    offer(better, 60, 120)
    await rig.live(90)
    interfere(rig, SILENT)
    await rig.live(150)
    interfere(rig, None)
    await rig.live(120)


async def overloaded(rig: Rig) -> None:
    programs(rig)
    await rig.live(40)
    path = rig.requests("GET", "DERProgramList")[0].request.path
    interfere(rig, BUSY, path)
    await rig.live(40)
    interfere(rig, None)
    await rig.live(100)


async def many_events(rig: Rig) -> None:
    _, better = programs(rig)
    for number in range(24):
        offer(better, 600 + 60 * number, 30)
    await rig.live(120)


async def many_programs(rig: Rig) -> None:
    assignment = rig.utility.assign(rig.utility.devices[-1])
    for number in range(15):
        rig.utility.add_program(assignment, primacy=number)
    offer(rig.utility.programs[-1], 600, 30)
    await rig.live(120)


async def disconnected(rig: Rig) -> None:
    _, better = programs(rig)
    offer(better, 60, 60, {"opModEnergize": False})
    await rig.live(150)


async def default_changed(rig: Rig) -> None:
    _, better = programs(rig)
    await rig.live(40)
    better.set_default({"opModMaxLimW": 7000})
    offer(better, 60, 60)
    await rig.live(150)


async def moved_to_another_group(rig: Rig) -> None:
    programs(rig)
    await rig.live(40)
    rig.utility.unassign(rig.utility.assignments[0])
    rig.utility.add_program(rig.utility.assign(rig.utility.devices[-1]), primacy=1).set_default({"opModMaxLimW": 6000})
    await rig.live(100)


async def neighbour_first(rig: Rig) -> None:
    lfdi = rig.client.identity.lfdi
    neighbour = rig.utility.register("22" * 20, seen_by=(lfdi,), changed_at=rig.clock.now() + 60 * SECOND)
    rig.utility.add_program(rig.utility.assign(neighbour), primacy=1)
    own = next(device for device in rig.utility.devices if device.lfdi == lfdi)
    rig.utility.add_program(rig.utility.assign(own), primacy=1).set_default({"opModMaxLimW": 6000})
    await rig.live(60)


async def alarms(rig: Rig) -> None:
    programs(rig)
    await rig.live(30)
    await rig.client.raise_alarm(2)
    await rig.client.clear_alarm(2)
    await rig.client.log_event(0, 1)


def log(rig: Rig) -> list[tuple[int | None, int | None]]:
    events = (event.node for event in rig.utility.devices[-1].log_events)
    return [(event.integer("functionSet"), event.integer("logEventCode")) for event in events]


def limits(rig: Rig, since: float = 0, until: float = 1e9) -> list[float | None]:
    start = rig.site.trace[0].at
    points = ((point.at - start).total_seconds() for point in rig.site.trace)
    return [p.setpoints.max_w for at, p in zip(points, rig.site.trace, strict=True) if since <= at < until]


def polled_after(rig: Rig, seconds: float) -> bool:
    return any(at > seconds for at in rig.times("GET", "DERProgramList"))


def tells_connection(rig: Rig) -> bool:
    status = rig.utility.devices[-1].der_status
    return status is None or status.node.child("genConnectStatus") is not None


PROBES: dict[str, Probe] = {
    "takes_worse_default": (worse_first, lambda rig: 8000 not in limits(rig)),
    "runs_until_superseded": (worse_first, lambda rig: 2 not in statuses(rig)),
    "answers_no_supersession": (worse_first, lambda rig: 7 in statuses(rig)),
    "resumes_superseded": (better_first, lambda rig: statuses(rig) == [1, 7]),
    "lets_running_finish": (better_later, lambda rig: statuses(rig) == [1, 2, 7]),
    "supersedes_independent": (different_modes, lambda rig: statuses(rig) == [1, 2, 3]),
    "overstays_cancellation": (
        cancelled_by_chance,
        lambda rig: any(
            at < 100 + 30 + 61 and status == 6 for at, status in rig.answers(rig.utility.programs[1].controls[0])
        ),
    ),
    "drops_events_offline": (cut_off, lambda rig: not limits(rig, 61, 180)),
    "stays_offline": (cut_off, lambda rig: polled_after(rig, 250)),
    "gives_up_when_busy": (overloaded, lambda rig: polled_after(rig, 90)),
    "keeps_few_events": (many_events, lambda rig: len(rig.utility.responses) == 24),
    "keeps_few_programs": (many_programs, lambda rig: len(rig.utility.responses) == 1),
    "never_disconnects": (disconnected, lambda rig: any(not point.setpoints.energize for point in rig.site.trace)),
    "reads_default_once": (default_changed, lambda rig: 7000 in limits(rig)),
    "keeps_control_after_end": (default_changed, lambda rig: limits(rig)[-1] != 5000),
    "keeps_first_assignments": (moved_to_another_group, lambda rig: 6000 in limits(rig)),
    "takes_first_device": (neighbour_first, lambda rig: 6000 in limits(rig)),
    "no_return_to_normal": (alarms, lambda rig: (11, 3) in log(rig)),
    "logs_once": (alarms, lambda rig: len(log(rig)) > 1),
    "logs_wrong_function_set": (alarms, lambda rig: (11, 1) not in log(rig)),
    "skips_status": (alarms, lambda rig: bool(rig.times("PUT", "DERStatus"))),
    "status_without_connection": (alarms, tells_connection),
}
CONSEQUENCES = {"logs_once": {"no_return_to_normal"}}
"""What else must fail with a flaw that cannot be had alone."""


@cache
def told(story: Story, *flaws: str) -> Rig:
    return play(story, flaws=flaws, rates=Rates.every(30))


@pytest.mark.parametrize("flaw", PROBES)
def test_the_sound_client_passes(flaw: str) -> None:
    story, holds = PROBES[flaw]
    assert holds(told(story))


@pytest.mark.parametrize("flaw", PROBES)
def test_a_flaw_shows_and_breaks_nothing_else_in_its_story(flaw: str) -> None:
    story, _ = PROBES[flaw]
    rig = told(story, flaw)
    failed = {name for name, (same, holds) in PROBES.items() if same is story and not holds(rig)}
    assert failed == {flaw} | CONSEQUENCES.get(flaw, set())
