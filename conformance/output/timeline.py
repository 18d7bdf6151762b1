"""The drawn time line: for each timed finding its bounds as a bar, what was observed as marks with their uncertainty.

Each row has its own scale, in seconds after its start, since bounds of half a second and of half an hour stand in one
test case; timings alike (three hundred polls of one resource) share a row. Widths are percentages and heights pixels,
so that the lettering keeps its size on a narrow screen. What a drawing says is also said in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from conformance.judgement.finding import Finding, State, Timing
from conformance.output.wording import number, timings_words

ROWS = 40
MARKS = 200
LEFT, RIGHT = 20.0, 80.0
"""Where on the width, in percent, the scale begins and ends: room is left for the lettering."""
EDGE_LEFT, EDGE_RIGHT = LEFT - 8, RIGHT + 8

_ORDER = (State.FAIL, State.INCONCLUSIVE, State.WARNING, State.PASS, State.NOTE)


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """Timings alike, drawn: the timings, their state, and the same in words."""

    timings: tuple[Timing, ...]
    state: State
    drawing: Markup
    words: str

    @property
    def timing(self) -> Timing:
        """The first of the timings."""
        return self.timings[0]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.timings)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The rows of a test case in order of time, and how many were left out: the least remarkable ones."""

    rows: tuple[TimelineRow, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps seconds to percent of the width."""

    low: float
    high: float

    def at(self, seconds: float) -> float:
        """Return where a moment lies, kept within the scale."""
        share = (min(max(seconds, self.low), self.high) - self.low) / (self.high - self.low)
        return round(LEFT + share * (RIGHT - LEFT), 2)


def timeline(findings: Iterable[Finding]) -> Timeline:
    """Return the time line of a test case; with very many rows, those that did not pass are kept first."""
    alike: dict[tuple[object, ...], list[Timing]] = {}
    for finding in findings:
        if (timing := finding.timing) is not None:
            names = (timing.start_label, timing.stop_label, timing.not_before_s, timing.not_after_s)
            alike.setdefault((finding.state, *names, timing.measured_s is None), []).append(timing)
    rows = [_row(State(str(key[0])), timings) for key, timings in alike.items()]
    kept = sorted(rows, key=lambda row: _ORDER.index(row.state))[:ROWS]
    return Timeline(tuple(sorted(kept, key=lambda row: row.timing.start)), len(rows) - len(kept))


def _row(state: State, timings: Sequence[Timing]) -> TimelineRow:
    return TimelineRow(tuple(timings), state, draw(timings, state), timings_words(timings))


def scale_for(timings: Sequence[Timing]) -> Scale:
    """Return a scale that holds the bounds and what was observed, and the start unless it is far away."""
    bounds = timings[0]
    marks = [mark for mark in (bounds.not_before_s, bounds.not_after_s) if mark is not None]
    for timing in timings:
        if timing.measured_s is not None:
            marks += [timing.measured_s - timing.uncertainty_s, timing.measured_s + timing.uncertainty_s]
    low, high = min(marks, default=0.0), max(marks, default=0.0)
    span = max(high - low, abs(high) * 1e-6, 1e-3)
    low = min(low, 0.0) if low <= 3 * span else low - span / 4
    return Scale(low, max(high if bounds.not_after_s is not None else high + span / 4, low + 1e-3))


def draw(timings: Sequence[Timing], state: State) -> Markup:
    """Return the drawing of one row, as SVG. The timings have the same bounds."""
    scale, bounds = scale_for(timings), timings[0]
    parts = [
        Markup('<line class="axis" x1="{}%" x2="{}%" y1="34" y2="34"/>').format(EDGE_LEFT, EDGE_RIGHT),
        _window(bounds, scale),
        _bound(bounds.not_before_s, scale, "from", "end"),
        _bound(bounds.not_after_s, scale, "until", "start"),
        _start(scale),
        *(_mark(timing, scale, state) for timing in timings[:MARKS]),
        _label([timing.measured_s for timing in timings if timing.measured_s is not None], scale, state),
    ]
    opening = Markup('<svg class="timeline" role="img" aria-label="{}" width="100%" height="66" focusable="false">')
    return opening.format(timings_words(timings)) + Markup("").join(parts) + Markup("</svg>")


def _window(bounds: Timing, scale: Scale) -> Markup:
    low, high = bounds.not_before_s, bounds.not_after_s
    if low is None and high is None:
        return Markup("")
    begin = (EDGE_LEFT if scale.low else LEFT) if low is None else scale.at(low)
    end = EDGE_RIGHT if high is None else scale.at(high)
    width = round(max(end - begin, 0.4), 2)
    return Markup('<rect class="window" x="{}%" width="{}%" y="26" height="16"/>').format(begin, width)


def _bound(seconds: float | None, scale: Scale, word: str, anchor: str) -> Markup:
    if seconds is None:
        return Markup("")
    return Markup(
        '<line class="bound" x1="{x}%" x2="{x}%" y1="22" y2="46"/>'
        '<text class="label" x="{x}%" y="60" text-anchor="{anchor}">{word} {seconds} s</text>'
    ).format(x=scale.at(seconds), anchor=anchor, word=word, seconds=number(seconds))


def _start(scale: Scale) -> Markup:
    """Mark the start of counting where it lies on the scale; else break the axis."""
    if scale.low <= 0 <= scale.high:
        return Markup('<line class="start" x1="{0}%" x2="{0}%" y1="29" y2="39"/>').format(scale.at(0.0))
    return Markup(
        '<text class="label" x="{}%" y="38" text-anchor="end">0 s</text>'
        '<line class="start" x1="{}%" x2="{}%" y1="40" y2="28"/><line class="start" x1="{}%" x2="{}%" y1="40" y2="28"/>'
    ).format(LEFT - 9, LEFT - 7.4, LEFT - 6.6, LEFT - 6.4, LEFT - 5.6)


def _mark(timing: Timing, scale: Scale, state: State) -> Markup:
    if timing.measured_s is None:
        line = Markup('<line class="gone {}" x1="{}%" x2="{}%" y1="34" y2="34"/>')
        return line.format(str(state), LEFT, EDGE_RIGHT)
    early, late = (scale.at(timing.measured_s + side * timing.uncertainty_s) for side in (-1, 1))
    return Markup(
        '<line class="whisker" x1="{early}%" x2="{late}%" y1="34" y2="34"/>'
        '<line class="whisker" x1="{early}%" x2="{early}%" y1="30" y2="38"/>'
        '<line class="whisker" x1="{late}%" x2="{late}%" y1="30" y2="38"/>'
        '<circle class="mark {state}" cx="{x}%" cy="34" r="4.5"/>'
    ).format(early=early, late=late, state=str(state), x=scale.at(timing.measured_s))


def _label(measured: Sequence[float], scale: Scale, state: State) -> Markup:
    """Letter the mark, or the outermost marks together, above the axis."""
    ends = sorted({min(measured), max(measured)}) if measured else []
    places = [scale.at(end) for end in ends] or [(LEFT + RIGHT) / 2]
    text = f"{' to '.join(number(round(end, 3)) for end in ends)} s" if ends else "never observed"
    label = Markup('<text class="mark {}" x="{}%" y="14" text-anchor="middle">{}</text>')
    leader = Markup('<line class="leader" x1="{0}%" x2="{0}%" y1="17" y2="28"/>')
    drawn = label.format(str(state), round(sum(places) / len(places), 2), text)
    return drawn + Markup("").join(leader.format(place) for place in places[: len(ends)])
