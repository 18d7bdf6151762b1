"""The words in which outputs speak of verdicts, states, grades, durations and instants.

Every output says the same thing in the same words; no output relies on colour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from conformance.catalogue.requirement import Reason
from conformance.judgement.finding import LimitUsed, State, Timing
from conformance.output.run_view import CaseView, RunView
from conformance.running.applies import NOT_SELECTED
from conformance.vocabulary.limits import Limit
from conformance.vocabulary.verdict import Grade, RunResult, Verdict

VERDICT_WORDS = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "failed",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.ERROR: "harness error",
    Verdict.PENDING: "pending",
    Verdict.NOT_RUN: "not run",
    Verdict.NOT_APPLICABLE: "not applicable",
}
"""A verdict as a person reads it, in the order outputs count them."""

VERDICT_MEANINGS = {
    Verdict.PASS: "At least one check was decided and none failed.",
    Verdict.FAIL: "At least one check showed that the subject breaks a binding requirement; provisionally, where that "
    "rests on a value whose source wants confirming.",
    Verdict.INCONCLUSIVE: "Not decided: something was missing, or a measurement is astride its bound.",
    Verdict.ERROR: "The harness itself failed; this says nothing about the subject.",
    Verdict.PENDING: "Waits for a person to arrange or confirm something.",
    Verdict.NOT_RUN: "Planned, but not carried out. A required test case that was not run makes the result incomplete.",
    Verdict.NOT_APPLICABLE: "It does not concern this subject: the profile does not ask for it, or the declaration "
    "says that the subject does not have what it needs.",
}

STATE_WORDS = {
    "pass": "passed",
    "fail": "failed",
    "inconclusive": "inconclusive",
    "warning": "warning",
    "note": "note",
    "done": "done, nothing to judge",
    "not_reached": "not reached",
}
"""States of findings and of steps."""

REASON_WORDS = {
    Reason.IMPLICIT: "proven along the way",
    Reason.NOT_ON_THE_WIRE: "not provable on the wire",
    Reason.OUT_OF_SCOPE: "out of scope",
    Reason.TO_DO: "no test case yet",
}
"""Why no test case names a requirement."""

RESULT_WORDS = {
    RunResult.CONFORMANT: "Conformant",
    RunResult.NOT_CONFORMANT: "Not conformant",
    RunResult.INCOMPLETE: "Incomplete",
}

GRADE_WORDS = {
    Grade.WIRE: "seen on the wire alone",
    Grade.WIRE_AND_SIMULATOR: "seen on the wire and at the DER simulator",
    Grade.WIRE_AND_METER: "seen on the wire and confirmed by a meter",
    Grade.DOCUMENT: "taken from a document",
}

GRADE_MEANINGS = {
    Grade.WIRE: "Rests on messages alone. What the plant really did is not proven.",
    Grade.WIRE_AND_SIMULATOR: "Rests on messages, and on what a simulated DER or its southbound side showed.",
    Grade.WIRE_AND_METER: "Rests on messages, and on independent meter data.",
    Grade.DOCUMENT: "Rests on a document that the maker supplied; nothing was observed.",
}

EFFECT_WORDS = {
    "fail": "fails",
    "provisional": "fails provisionally",
    "warn": "is a warning",
    "waived": "costs nothing: waived",
    "not_run": "is not judged: the figure is not known",
}
"""What breaking a value of the profile costs."""

PROVISIONAL = "the source of the values they break wants confirming"
"""Why a fail is provisional."""

FEW = 5
"""So many ids are told in a sentence; of more, the first of them and how many there are."""

VIRTUAL_TIME = "Virtual time: waits were skipped, not lived through. Timing findings hold for the simulation only."


def weaknesses(run: RunView) -> tuple[str, ...]:
    """Return what weakens the result: as recorded at the start, and what became clear later."""
    return (*run.weakened_by, *_seen_later(run))


def _seen_later(run: RunView) -> Iterator[str]:
    if run.virtual and not any("virtual" in text.lower() for text in run.weakened_by):
        yield VIRTUAL_TIME
    if run.failure:
        yield f"A fault of the harness ended the run: {run.failure}"
    if run.interrupted:
        yield "The run was interrupted before it ended; what was under way or still to come is not decided."
    missing = [case for case in run.cases_with(Verdict.NOT_RUN) if case.required]
    if unselected := [case for case in missing if case.reason == NOT_SELECTED]:
        yield f"Not selected: {plural(len(unselected), 'required test case')}."
    if others := [case.id for case in missing if case.reason != NOT_SELECTED]:
        yield f"Required but not run: {_some(others)}."


def _some(ids: Sequence[str]) -> str:
    """Return all of a few ids; of many, how many there are and the first of them."""
    if len(ids) <= FEW:
        return some(ids)
    return f"{len(ids)} test cases ({some(ids)}); “What was not run” in the report names them all"


def some(ids: Sequence[str]) -> str:
    """Return all of a few ids, of many the first."""
    return ", ".join([*ids[:FEW], *(["..."] if len(ids) > FEW else [])])


def result_sentence(run: RunView) -> str:
    """Return the sentence below the result, which says why the result is what it is."""
    apply = len(run.cases) - run.count(Verdict.NOT_APPLICABLE)
    if run.result is RunResult.CONFORMANT and run.count(Verdict.PASS) == apply:
        return f"All {plural(apply, 'test case')} passed." if apply > 1 else "The one test case passed."
    return " ".join(_why(run, apply)) or counts_sentence(run)


def _why(run: RunView, apply: int) -> Iterator[str]:
    if failed := run.count(Verdict.FAIL):
        left_out = run.count(Verdict.NOT_RUN)
        ran = f"{plural(apply - left_out, 'test case')}{' that ran' if left_out else ''}"
        yield f"{failed} of {ran} failed{_provisionally(run)}."
    if undecided := len(run.cases_with(Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.PENDING)):
        yield f"{undecided} {'is' if undecided == 1 else 'are'} not decided."
    if missing := sum(case.required for case in run.cases_with(Verdict.NOT_RUN)):
        yield f"{plural(missing, 'required test case')} {'was' if missing == 1 else 'were'} not run."


def _provisionally(run: RunView) -> str:
    """Say how many of the fails rest only on values that want confirming."""
    count = sum(case.provisional for case in run.cases)
    whole = ", all of them" if run.provisional else f", {count} of them"
    return f"{whole} provisionally: {PROVISIONAL}" if count else ""


def counts_sentence(run: RunView) -> str:
    """Return how many of the planned test cases came to what."""
    if not run.cases:
        return "No test case was planned, so nothing was shown."
    counts = [(run.count(verdict), word) for verdict, word in VERDICT_WORDS.items()]
    parts = [f"{count} {word}" for count, word in counts if count]
    return f"{plural(len(run.cases), 'test case')}: {', '.join(parts)}."


def plural(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 test case``, ``2 test cases``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def number(value: float) -> str:
    """Return a figure without needless digits: ``10``, ``0.25``, ``1000000``."""
    return f"{value or 0.0:.10g}".replace("-", "−")


def quantity(value: float, unit: str) -> str:
    """Return a figure with its unit; a count (unit ``1``) has none."""
    return number(value) if unit == "1" else f"{number(value)} {unit}"


def duration(seconds: float | None) -> str:
    """Return a duration to read: ``12 ms``, ``3.2 s``, ``2 min 5 s``, ``3 h 20 min``."""
    if seconds is None:
        return "not known"
    if abs(seconds) < 1:
        return f"{seconds * 1000:.0f} ms"
    if abs(seconds) < 60:
        return f"{seconds:.3g} s"
    whole = round(seconds)
    units = ((whole // 3600, "h"), (whole % 3600 // 60, "min"), (whole % 60, "s"))
    return " ".join(f"{count} {unit}" for count, unit in units if count)


def instant(moment: datetime | None) -> str:
    """Return a date and time in UTC, to the second."""
    return "not known" if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def clock_time(moment: datetime) -> str:
    """Return a time of day in UTC, to the millisecond."""
    return f"{moment.strftime('%H:%M:%S')}.{moment.microsecond // 1000:03d} UTC"


def offset(seconds: float) -> str:
    """Return a time relative to a start, with its sign: ``+3.214 s``."""
    return f"{'−' if seconds < 0 else '+'}{abs(seconds):.3f} s"


def limit_words(limit: LimitUsed) -> str:
    """Return the limit a finding was judged by, in one line."""
    changed = "overridden for this run" if limit.overridden else "not overridden"
    return f"{limit.name} {quantity(limit.value, limit.unit)} ({limit.source}; {changed})"


def limit_default(limit: Limit) -> str:
    """Return the profile's own value of an overridden limit, else nothing."""
    return quantity(limit.default, limit.unit) if limit.overridden and limit.default is not None else ""


def timing_words(timing: Timing) -> str:
    """Return a timing in a sentence: measured, permitted, margin."""
    if timing.measured_s is None:
        return f"Never observed; permitted {permitted(timing)}."
    measured = f"Measured {number(round(timing.measured_s, 3))} s ± {number(timing.uncertainty_s)} s"
    return f"{measured}; permitted {permitted(timing)}; {_margin(timing, timing.measured_s)}."


def timings_words(timings: Sequence[Timing]) -> str:
    """Return several timings with the same bounds in one sentence: how many, from what to what, the least margin."""
    measured = [timing.measured_s for timing in timings if timing.measured_s is not None]
    if len(timings) == 1 or not measured:
        return timing_words(timings[0])
    low, high = (number(round(value, 3)) for value in (min(measured), max(measured)))
    closest = min(timings, key=lambda timing: _room(timing, timing.measured_s or 0.0))
    return (
        f"Measured {len(timings)} times, {low} s to {high} s; permitted {permitted(closest)}; "
        f"the closest {_margin(closest, closest.measured_s or 0.0)}."
    )


def _room(timing: Timing, measured: float) -> float:
    """Return how far within its bounds a measurement lies; negative outside."""
    low, high = timing.not_before_s, timing.not_after_s
    rooms = ([] if low is None else [measured - low]) + ([] if high is None else [high - measured])
    return min(rooms, default=0.0)


def permitted(timing: Timing) -> str:
    """Return the bounds of a timing in words."""
    low, high = timing.not_before_s, timing.not_after_s
    if low is not None and high is not None:
        return f"from {number(low)} s to {number(high)} s"
    if high is not None:
        return f"until {number(high)} s"
    return "at any time" if low is None else f"from {number(low)} s on"


def _margin(timing: Timing, measured: float) -> str:
    low, high = timing.not_before_s, timing.not_after_s
    if low is not None and measured < low:
        return f"{number(round(low - measured, 3))} s too early{_doubt(low - measured, timing)}"
    if high is not None and measured > high:
        return f"{number(round(measured - high, 3))} s too late{_doubt(measured - high, timing)}"
    margins = [abs(measured - bound) for bound in (low, high) if bound is not None]
    return f"{number(round(min(margins), 3))} s from the nearest bound" if margins else "no bound"


def _doubt(beyond: float, timing: Timing) -> str:
    return ", which the uncertainty leaves open" if beyond <= timing.uncertainty_s else ""


def step_text(case: CaseView, step: int | None) -> str:
    """Return the words of a declared step, empty when the finding belongs to none."""
    return next((declared.text for declared in case.steps if declared.number == step), "")


_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    """Return a text with control characters, direction marks and lone surrogates written as escapes.

    They could steer a terminal, make a line read backwards or break a file's encoding.
    """
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def last_words(reason: str) -> str:
    """Return what a reason of several lines, such as a traceback, comes to: its last line without the frame of it."""
    told = [line.strip("|+- ") for line in reason.splitlines()]
    return next((line for line in reversed(told) if line), "")


def state_word(state: State | str) -> str:
    """Return the word for a state of a finding or a step."""
    return STATE_WORDS.get(str(state), str(state))
