"""What flowed while a limit of CSIP-AUS held: by the plant (grade W+S), and by the client's own readings (grade W).

Export and import limits hold at the connection point, generation and load limits at the DER. Readings follow the
convention of CSIP-AUS: import is positive at the site, injection is positive at the DER; a reading type whose flow is
reverse turns the sign. Readings are averages that the client itself tells: they are the weaker evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol, runtime_checkable

from conformance.judgement.finding import State
from conformance.judgement.intervals import Interval, intervals
from conformance.judgement.judged import Judged, limit_used
from conformance.judgement.plant import Span
from conformance.judgement.timing import instant
from conformance.vocabulary.limits import Limit
from conformance.vocabulary.verdict import Grade
from conformance.wire.exchange import Exchange
from conformance.wire.parser import Malformed
from conformance.wire.payload import read

WATT, AT_THE_SITE, AT_THE_DER = 38, 0x02, 0x08
"""The uom of active power, and the bits of roleFlags for the premises' connection point and for a DER."""
REVERSE = 19
"""``flowDirection`` of a reading that counts the other way."""


INJECTED = ("opModExpLimW", "opModGenLimW")
"""The limits on what is injected; the others are on what is drawn."""


@dataclass(frozen=True, slots=True)
class PowerSample:
    """Powers from an instant on, up to the next sample: the site's (import positive), the DER's (injection positive),
    that of the loads under control, a charging battery among them, and the storage's (discharge positive)."""

    at: datetime
    site_w: float
    der_w: float
    managed_w: float
    storage_w: float = 0.0


@runtime_checkable
class Powered(Protocol):
    """A plant whose powers are known over time."""

    def powers(self) -> Sequence[PowerSample]:
        """Return the samples, oldest first."""


def flow(mode: str, sample: PowerSample) -> float:
    """Return what a limit holds down, in watts."""
    match mode:
        case "opModExpLimW":
            return -sample.site_w
        case "opModImpLimW":
            return sample.site_w
        case "opModGenLimW":
            return sample.der_w
    return sample.managed_w


def flow_now(plant: object, mode: str, posts: Iterable[Exchange]) -> float | None:
    """Return what flows now: by the plant if its powers are known, else by the latest reading; ``None``: not known."""
    if isinstance(plant, Powered) and (samples := plant.powers()):
        return flow(mode, samples[-1])
    told = read_flows(mode, posts)
    return told[-1].value if told else None


def held(plant: object, mode: str, limit_w: float, span: Span, tolerance: Limit, uncertainty_s: float) -> Judged:
    """Judge that the flow stayed within a limit during a span; a plant whose powers are not seen leaves a note."""
    expected = f"{WORDS[mode]} at most {limit_w:g} W during {span.label}"
    if not isinstance(plant, Powered):
        observed = "the powers were not observed: no simulator and no meter behind this client"
        return Judged("held", State.NOTE, expected, observed, limit=limit_used(tolerance))
    pieces = list(pieces_of(plant.powers(), span))
    if span.start >= span.end or not pieces:
        return Judged("held", State.INCONCLUSIVE, expected, "the span is too short to judge")
    most = max(flow(mode, start) for start, _ in pieces)
    over_s = sum(_over(flow(mode, a), flow(mode, b), limit_w + tolerance.value, a.at, b.at) for a, b in pieces)
    state = State.PASS if over_s <= 0 else State.FAIL if over_s > 2 * uncertainty_s else State.INCONCLUSIVE
    observed = f"at most {most:.0f} W; {over_s:.1f} s above it by more than {tolerance.value:g} W"
    return Judged("held", state, expected, observed, limit=limit_used(tolerance), grade=Grade.WIRE_AND_SIMULATOR)


def target_kept(plant: object, target_w: float, span: Span, tolerance: Limit, uncertainty_s: float) -> Judged:
    """Judge that storage delivered a target during a span; a plant whose powers are not seen leaves a note."""
    expected = f"storage at {target_w:g} W during {span.label}, discharge positive"
    if not isinstance(plant, Powered):
        observed = "the powers were not observed: no simulator and no meter behind this client"
        return Judged("target_kept", State.NOTE, expected, observed, limit=limit_used(tolerance))
    pieces = list(pieces_of(plant.powers(), span))
    if span.start >= span.end or not pieces:
        return Judged("target_kept", State.INCONCLUSIVE, expected, "the span is too short to judge")
    off = [(abs(one.storage_w - target_w), one, other) for one, other in pieces]
    wrong_s = sum((b.at - a.at).total_seconds() for distance, a, b in off if distance > tolerance.value)
    worst = max(off, key=lambda item: item[0])[1].storage_w
    state = State.PASS if wrong_s <= 0 else State.FAIL if wrong_s > 2 * uncertainty_s else State.INCONCLUSIVE
    observed = f"at worst {worst:.0f} W; {wrong_s:.1f} s off by more than {tolerance.value:g} W"
    grade, limit = Grade.WIRE_AND_SIMULATOR, limit_used(tolerance)
    return Judged("target_kept", state, expected, observed, limit=limit, grade=grade)


def told_held(
    posts: Sequence[Exchange], mode: str, limit_w: float, span: Span, ahead: timedelta, tolerance: Limit
) -> Judged:
    """Judge the client's readings whose interval lies within a span; without one nothing is decided."""
    expected = f"readings of {WORDS[mode]} at most {limit_w:g} W for {span.label} (the client's own word)"
    inside = [it for it in read_flows(mode, posts) if within(it, span, ahead)]
    if not inside:
        return Judged("told_held", State.NOTE, expected, "no reading of a whole interval within that time")
    worst = max(inside, key=lambda it: it.value or 0.0)
    state = State.PASS if (worst.value or 0.0) <= limit_w + tolerance.value else State.FAIL
    observed = f"{len(inside)} readings, at most {worst.value:.0f} W"
    return Judged("told_held", state, expected, observed, (worst.exchange,), limit=limit_used(tolerance))


def read_flows(mode: str, posts: Iterable[Exchange]) -> list[Interval]:
    """Return the readings that show what a limit holds down, their values turned so that it counts positive."""
    posts = list(posts)
    turned = reversed_mrids(posts)
    at_site = mode in ("opModExpLimW", "opModImpLimW")
    role, sign = (AT_THE_SITE, SITE_SIGN[mode]) if at_site else (AT_THE_DER, DER_SIGN[mode])
    powers = (it for it in intervals(posts) if it.uom == WATT and it.role & role and it.is_total)
    chosen = (it for it in powers if it.value is not None)
    return [_signed(it, -sign if it.mrid in turned else sign) for it in chosen]


WORDS = {
    "opModExpLimW": "export at the connection point",
    "opModImpLimW": "import at the connection point",
    "opModGenLimW": "generation of the DER",
    "opModLoadLimW": "load under control",
}
"""What each limit holds down."""
SITE_SIGN = {"opModExpLimW": -1.0, "opModImpLimW": 1.0}
DER_SIGN = {"opModGenLimW": 1.0, "opModLoadLimW": -1.0}


def _signed(item: Interval, sign: float) -> Interval:
    return replace(item, value=sign * (item.value or 0.0))


def within(item: Interval, span: Span, ahead: timedelta) -> bool:
    """Say whether an interval, by a server's clock that is so far ahead, has a length and lies in a span."""
    start, end = instant(item.start_s) - ahead, instant(item.end_s) - ahead
    return item.length_s > 0 and span.start <= start and end <= span.end


def reversed_mrids(posts: Iterable[Exchange]) -> set[str]:
    """Return the mRIDs of the readings whose ``flowDirection`` is reverse, in upper case."""
    found: set[str] = set()
    for post in posts:
        try:
            root = read(post.request_body)
        except Malformed:
            continue
        for mirror in (root, *root.children("MirrorMeterReading")):
            kind = mirror.child("ReadingType")
            if kind is not None and kind.integer("flowDirection") == REVERSE:
                found.add(mirror.hexadecimal("mRID") or "")
    return found


def pieces_of(samples: Sequence[PowerSample], span: Span) -> Iterator[tuple[PowerSample, PowerSample]]:
    """Yield the pieces of a span, each from one sample to the next, cut to the span; the last one holds on."""
    for one, other in pairwise([*samples, *_held_on(samples, span)]):
        if one.at < span.end and other.at > span.start:
            yield _at(one, other, max(one.at, span.start)), _at(one, other, min(other.at, span.end))


def _held_on(samples: Sequence[PowerSample], span: Span) -> list[PowerSample]:
    last = samples[-1] if samples else None
    if last is None or last.at >= span.end:
        return []
    return [replace(last, at=span.end)]


def _at(one: PowerSample, other: PowerSample, at: datetime) -> PowerSample:
    length = (other.at - one.at).total_seconds()
    share = (at - one.at).total_seconds() / length if length else 0.0

    def between(low: float, high: float) -> float:
        return low + (high - low) * share

    return PowerSample(
        at,
        between(one.site_w, other.site_w),
        between(one.der_w, other.der_w),
        between(one.managed_w, other.managed_w),
        between(one.storage_w, other.storage_w),
    )


def _over(start_w: float, end_w: float, bound_w: float, start: datetime, end: datetime) -> float:
    """Return the seconds above a bound. A rise may be a step at the end of the piece, so it counts from there on."""
    length = (end - start).total_seconds()
    if start_w <= bound_w:
        return 0.0
    return length if end_w >= bound_w else length * (start_w - bound_w) / (start_w - end_w)
