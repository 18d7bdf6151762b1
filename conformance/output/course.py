"""The course of a test case, drawn on one axis: its steps, the permitted windows, what was observed, the exchanges.

It shows what came before what. :mod:`conformance.output.timeline` draws each timing on a scale of its own, and says it
in words; lanes carry the numbers of those rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from conformance.output.run_view import CaseView
from conformance.output.timeline import TimelineRow
from conformance.output.wording import duration

LANES = 16
WINDOWS = 150
LEFT, RIGHT = 5.0, 99.0
STEPS_HEIGHT, LANE_HEIGHT, TICKS_HEIGHT, FOOT = 22, 18, 14, 18
NUMBERED_FROM = 2.4
"""A step narrower than this, in percent, is drawn without its number."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Seconds after the start of the test case, mapped to percent of the width."""

    start: datetime
    length_s: float

    def at(self, moment: datetime, later_s: float = 0.0) -> float:
        """Return where an instant lies, kept within the axis."""
        seconds = (moment - self.start).total_seconds() + later_s
        return round(LEFT + min(max(seconds / self.length_s, 0.0), 1.0) * (RIGHT - LEFT), 2)

    @property
    def end(self) -> float:
        """Where the axis ends, in percent."""
        return RIGHT


def course(case: CaseView, rows: Sequence[TimelineRow], exchanges: Iterable[datetime]) -> Markup:
    """Return the drawing as SVG; nothing when the test case never began or nothing was timed."""
    moments = list(exchanges)
    axis = _axis(case, [*moments, *_observed(rows)])
    if axis is None or not rows:
        return Markup("")
    lanes = rows[:LANES]
    foot = STEPS_HEIGHT + len(lanes) * LANE_HEIGHT + TICKS_HEIGHT
    parts = [*_steps(case, axis), *(_lane(place, row, axis) for place, row in enumerate(lanes))]
    parts += [*_ticks(moments, axis, foot), _foot(axis, foot)]
    opening = Markup(
        '<svg class="timeline course" role="img" aria-label="{}" width="100%" height="{}" focusable="false">'
    )
    told = (
        f"The course of the test case over {duration(axis.length_s)}: steps, permitted windows, observed moments and "
        f"exchanges. The rows below say the same in words."
    )
    return opening.format(told, foot + FOOT) + Markup("").join(parts) + Markup("</svg>")


def _observed(rows: Iterable[TimelineRow]) -> Iterator[datetime]:
    for row in rows:
        for timing in row.timings:
            yield timing.start + timedelta(seconds=timing.measured_s or 0.0)


def _axis(case: CaseView, moments: Iterable[datetime]) -> Axis | None:
    """Return an axis that holds the test case and all that was observed; none when it never began."""
    start = case.started_at
    if start is None:
        return None
    length = max([case.duration_s or 0.0, *((moment - start).total_seconds() for moment in moments)])
    return Axis(start, length) if length > 0 else None


def _steps(case: CaseView, axis: Axis) -> Iterator[Markup]:
    begun = [(step.number, axis.at(step.started_at)) for step in case.steps if step.started_at is not None]
    ends = [x for _, x in begun[1:]] + [axis.end]
    for place, ((number, x), end) in enumerate(zip(begun, ends, strict=True)):
        shade = "even" if place % 2 else "odd"
        width = round(max(end - x, 0.2), 2)
        yield Markup('<rect class="step {}" x="{}%" width="{}%" y="2" height="16"/>').format(shade, x, width)
        if width >= NUMBERED_FROM:
            yield Markup('<text class="label" x="{}%" dx="5" y="14">{}</text>').format(x, number)


def _lane(place: int, row: TimelineRow, axis: Axis) -> Markup:
    middle = STEPS_HEIGHT + place * LANE_HEIGHT + LANE_HEIGHT // 2
    label = Markup('<text class="label" x="0" y="{}">{}</text>').format(middle + 4, place + 1)
    return label + Markup("").join(_windows(row, axis, middle)) + Markup("").join(_dots(row, axis, middle))


def _windows(row: TimelineRow, axis: Axis, middle: int) -> Iterator[Markup]:
    for timing in row.timings[:WINDOWS]:
        if timing.not_before_s is None and timing.not_after_s is None:
            continue
        begin = axis.at(timing.start, timing.not_before_s or 0.0)
        end = axis.end if timing.not_after_s is None else axis.at(timing.start, timing.not_after_s)
        if begin >= axis.end:
            continue  # it opened after all that was recorded
        yield Markup('<rect class="window" x="{}%" width="{}%" y="{}" height="10"/>').format(
            begin, round(max(end - begin, 0.3), 2), middle - 5
        )


def _dots(row: TimelineRow, axis: Axis, middle: int) -> Iterator[Markup]:
    for timing in row.timings[:WINDOWS]:
        if timing.measured_s is None:
            x = axis.end if timing.not_after_s is None else axis.at(timing.start, timing.not_after_s)
            cross = Markup('<text class="mark {}" x="{}%" y="{}" text-anchor="middle">×</text>')
            yield cross.format(str(row.state), x, middle + 5)
        else:
            x = axis.at(timing.start, timing.measured_s)
            yield Markup('<circle class="mark {}" cx="{}%" cy="{}" r="3.5"/>').format(str(row.state), x, middle)


def _ticks(moments: Iterable[datetime], axis: Axis, foot: int) -> Iterator[Markup]:
    for moment in moments:
        line = Markup('<line class="start" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"/>')
        yield line.format(axis.at(moment), foot - 8, foot)


def _foot(axis: Axis, foot: int) -> Markup:
    return Markup(
        '<line class="axis" x1="{left}%" x2="{right}%" y1="{foot}" y2="{foot}"/>'
        '<text class="label" x="{left}%" y="{below}">0 s</text>'
        '<text class="label" x="{right}%" y="{below}" text-anchor="end">{length}</text>'
    ).format(left=LEFT, right=RIGHT, foot=foot, below=foot + 14, length=duration(axis.length_s))
