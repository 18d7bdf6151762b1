"""How long a run takes, in words: ``csip run --plan`` and the last lines of ``csip list``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from conformance.catalogue.test_case import TestCase
from conformance.face.configuration import Configuration
from conformance.face.progress import left_out_lines
from conformance.face.wiring import Choice, configured_lanes, configured_plan
from conformance.output.wording import plural
from conformance.running.plan import Plan
from conformance.running.schedule import expected_s, schedule
from conformance.vocabulary.limits import Limits

CHOSEN = ("renewal_watch", "long_watch", "quiet_watch", "assignments_watch", "clock_watch")
"""Limits that must be set in ``csip.toml`` for their test cases to run in real time: they take a day and more."""


def plan_lines(configuration: Configuration, choice: Choice) -> Iterable[str]:
    """Yield the schedule of a run: each lane's cases with their start and end, then the expected end of all."""
    profile, plan = configured_plan(configuration, choice)
    lanes = configured_lanes(configuration, choice)
    unasked = [case for case in plan.to_run if _unasked(case, profile.limits)]
    turns = schedule([case for case in plan.to_run if case not in unasked], profile.limits, lanes)
    yield f"{plural(len(turns), 'test case')} in {plural(lanes, 'lane')}, the longest first; times are the most"
    yield "they take by the limits, from the start of the run"
    yield ""
    yield "lane      from        to  test case"
    for turn in turns:
        alone = "  alone" if turn.case.serial else ""
        names = " ".join(turn.case.names)
        yield f"{turn.lane:>4} {told(turn.starts_s):>9} {told(turn.ends_s):>9}  {names} {turn.case.title}{alone}"
    yield ""
    yield from left_out_lines(plan)
    for case in unasked:
        limit = next(name for name in case.duration if name in CHOSEN)
        takes = told(expected_s(case, profile.limits))
        yield f"not run unasked {case.id}, {takes}: set {limit} under [limits] in csip.toml to run it"
    end = max((turn.ends_s for turn in turns), default=0.0)
    if turns:
        longest = max(turns, key=lambda turn: turn.ends_s - turn.starts_s)
        yield ""
        yield f"longest        {longest.case.id}, {told(longest.ends_s - longest.starts_s)}"
        clock = datetime.now().astimezone() + timedelta(seconds=end)
        yield f"expected end   after {told(end)}: {clock:%H:%M:%S} if started now"
    yield "nothing was started"


def _unasked(case: TestCase, limits: Limits) -> bool:
    """Say whether a case will end at once, since nobody set the limit that makes it so long."""
    return any(name in CHOSEN and not limits[name].overridden for name in case.duration)


def total_lines(plan: Plan) -> Iterable[str]:
    """Yield, for each kind of subject, how long what is run takes one after another and, at best, side by side.

    What takes a day and more, and is run only when it is asked for, is left out.
    """
    for subject in dict.fromkeys(row.subject for row in plan.rows):
        rows = [(row.case, row.expected_s or 0.0) for row in plan.rows if row.subject == subject and row.skip is None]
        lasting = [(case.serial, length_s) for case, length_s in rows if case and not set(case.duration) & set(CHOSEN)]
        alone_s = sum(length_s for serial, length_s in lasting if serial)
        beside_s = max((length_s for serial, length_s in lasting if not serial), default=0.0)
        yield (
            f"{subject:<7} {plural(len(lasting), 'test case')} to run: at most"
            f" {told(sum(length_s for _, length_s in lasting))} one after another,"
            f" {told(beside_s + alone_s)} with a lane for each"
        )


def told(seconds: float) -> str:
    """Return a duration such as ``5 s`` or ``12:30 min``, without fractions."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3600}:{whole // 60 % 60:02d} h"
