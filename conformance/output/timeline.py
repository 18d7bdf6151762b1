"""The drawn time line: for each timed finding its bounds as a bar, what was observed as a mark with its uncertainty.

Each row has its own scale, in seconds after its start, since bounds of half a second and of half an hour stand in one
test case. Widths are percentages and heights pixels, so that the lettering keeps its size on a narrow screen. What the
drawing says is also said in words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from conformance.judgement.finding import Finding, State, Timing
from conformance.output.wording import number, timing_words

ROWS = 40
LEFT, RIGHT = 20.0, 80.0
"""Where on the width, in percent, the scale begins and ends: room is left for the lettering."""

_ORDER = (State.FAIL, State.INCONCLUSIVE, State.WARNING, State.PASS, State.NOTE)


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One timed finding, drawn, with its heading and its words."""

    finding: Finding
    timing: Timing
    drawing: Markup
    words: str


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
    """Return the time line of a test case; with very many rows, those that did not pass and the closest calls."""
    timed = [(finding, finding.timing) for finding in findings if finding.timing is not None]
    kept = sorted(timed, key=lambda pair: (_ORDER.index(pair[0].state), _closeness(pair[1])))[:ROWS]
    kept.sort(key=lambda pair: pair[1].start)
    rows = (TimelineRow(finding, timing, draw(timing, finding.state), timing_words(timing)) for finding, timing in kept)
    return Timeline(tuple(rows), len(timed) - len(kept))


def _closeness(timing: Timing) -> float:
    bounds = [bound for bound in (timing.not_before_s, timing.not_after_s) if bound is not None]
    if timing.measured_s is None or not bounds:
        return 0.0
    return min(abs(timing.measured_s - bound) for bound in bounds)


def scale_for(timing: Timing) -> Scale:
    """Return a scale that holds the bounds and what was observed, and the start unless it is far away."""
    marks = [mark for mark in (timing.not_before_s, timing.not_after_s, timing.measured_s) if mark is not None] or [0.0]
    low, high = min(marks), max(marks)
    spread = max(high - low, timing.uncertainty_s * 4, abs(high) * 1e-6, 1e-3)
    if low > 0 and low <= 3 * spread:
        low = 0.0
    if len(marks) == 1 and timing.not_after_s is None:
        high += spread
    return Scale(low if low < high else high - spread, high)


def draw(timing: Timing, state: State) -> Markup:
    """Return the drawing of one timed finding as SVG."""
    scale = scale_for(timing)
    parts = [
        Markup('<line class="axis" x1="{}%" x2="{}%" y1="34" y2="34"/>').format(LEFT - 8, RIGHT + 8),
        _window(timing, scale),
        *_bound(timing.not_before_s, scale, "from", "end"),
        *_bound(timing.not_after_s, scale, "until", "start"),
        _start(scale),
        _observed(timing, scale, state),
    ]
    opening = Markup('<svg class="timeline" role="img" aria-label="{}" width="100%" height="66" focusable="false">')
    return opening.format(timing_words(timing)) + Markup("").join(parts) + Markup("</svg>")


def _window(timing: Timing, scale: Scale) -> Markup:
    low, high = timing.not_before_s, timing.not_after_s
    if low is None and high is None:
        return Markup("")
    begin = LEFT - 8 if low is None and scale.low < 0 else scale.at(0.0 if low is None else low)
    end = RIGHT + 8 if high is None else scale.at(high)
    return Markup('<rect class="window" x="{}%" width="{}%" y="26" height="16"/>').format(
        begin, round(max(end - begin, 0.4), 2)
    )


def _bound(seconds: float | None, scale: Scale, word: str, anchor: str) -> tuple[Markup, ...]:
    if seconds is None:
        return ()
    x = scale.at(seconds)
    return (
        Markup('<line class="bound" x1="{0}%" x2="{0}%" y1="22" y2="46"/>').format(x),
        Markup('<text class="label" x="{}%" y="60" text-anchor="{}">{} {} s</text>').format(
            x, anchor, word, number(seconds)
        ),
    )


def _start(scale: Scale) -> Markup:
    """Mark the start of counting where it lies on the scale; else break the axis."""
    if scale.low <= 0 <= scale.high:
        return Markup('<line class="start" x1="{0}%" x2="{0}%" y1="29" y2="39"/>').format(scale.at(0.0))
    return Markup('<text class="label" x="{}%" y="38" text-anchor="end">0 s ⫽</text>').format(LEFT - 8.5)


def _observed(timing: Timing, scale: Scale, state: State) -> Markup:
    if timing.measured_s is None:
        return Markup(
            '<text class="mark never" x="{}%" y="14" text-anchor="middle">✕ never observed</text>'
            '<line class="mark gone" x1="{}%" x2="{}%" y1="34" y2="34"/>'
        ).format((LEFT + RIGHT) / 2, RIGHT, RIGHT + 8)
    x = scale.at(timing.measured_s)
    early, late = (scale.at(timing.measured_s + side * timing.uncertainty_s) for side in (-1, 1))
    whisker = Markup(
        '<line class="whisker" x1="{0}%" x2="{1}%" y1="34" y2="34"/>'
        '<line class="whisker" x1="{0}%" x2="{0}%" y1="30" y2="38"/>'
        '<line class="whisker" x1="{1}%" x2="{1}%" y1="30" y2="38"/>'
    )
    mark = Markup(
        '<circle class="mark {state}" cx="{x}%" cy="34" r="4.5"/>'
        '<text class="mark {state}" x="{x}%" y="14" text-anchor="middle">{measured} s</text>'
        '<line class="leader" x1="{x}%" x2="{x}%" y1="17" y2="28"/>'
    )
    return whisker.format(early, late) + mark.format(state=str(state), x=x, measured=number(round(timing.measured_s, 3)))
