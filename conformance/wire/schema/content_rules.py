"""Value rules that hold parts of a document against each other: list counts, events against time, signs of settings.

IEEE 2030.5-2018 clause 10 for events, the types List, DateTimeInterval and DERSettings; requirement rows GEN.014 to
GEN.036 for lists and DER.026 to DER.031 for settings.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.vocabulary.event import CurrentStatus
from conformance.vocabulary.verdict import Level
from conformance.wire.payload import Node, quantity
from conformance.wire.schema.model import IEEE
from conformance.wire.schema.value_rule import Circumstances, Observation, Subject, ValueRule

SLOT_SUFFIX = "_r2_3"
EVENTS = frozenset({"DERControl", "EndDeviceControl", "TextMessage", "TimeTariffInterval", "FlowReservationResponse"})


def _list_results(node: Node, _: Circumstances) -> Iterator[Observation]:
    results = node.integer_attribute("results")
    entries = sum(1 for child in node.children() if child.namespace == IEEE and not child.name.endswith(SLOT_SUFFIX))
    if results is not None and results != entries:
        yield Observation(str(results), f"{entries}, the number of entries in this document", "@results")


def _list_all(node: Node, _: Circumstances) -> Iterator[Observation]:
    of_all, results = node.integer_attribute("all"), node.integer_attribute("results")
    if of_all is not None and results is not None and of_all < results:
        yield Observation(str(of_all), f"at least the {results} of results", "@all")


def _status_in_time(node: Node, circumstances: Circumstances) -> Iterator[Observation]:
    """Judge scheduled and active only: cancelled and superseded events may stand in a list at any time."""
    span = _span(node)
    event_status = node.child("EventStatus")
    if circumstances.now is None or span is None or event_status is None:
        return
    status, now = event_status.integer("currentStatus"), circumstances.now.timestamp()
    start, end, drift = span
    slack = circumstances.slack.total_seconds() + drift
    if status == CurrentStatus.SCHEDULED and now > start + slack:
        yield _untimely(f"0 (scheduled), {now - start:.0f} s after the start", "1 (active) from the start on")
    elif status == CurrentStatus.ACTIVE and now < start - slack:
        yield _untimely(f"1 (active), {start - now:.0f} s before the start", "0 (scheduled) until the start")
    elif status == CurrentStatus.ACTIVE and now > end + slack:
        yield _untimely(f"1 (active), {now - end:.0f} s after the end", "no active event after its end")


def _untimely(found: str, expected: str) -> Observation:
    return Observation(found, expected, "EventStatus/currentStatus")


def _span(node: Node) -> tuple[int, int, int] | None:
    """Return start and end of an event, and by how much randomization may shift them, in seconds."""
    interval = node.child("interval")
    start = interval.integer("start") if interval else None
    duration = interval.integer("duration") if interval else None
    if start is None or duration is None:
        return None
    drift = abs(node.integer("randomizeStart") or 0) + abs(node.integer("randomizeDuration") or 0)
    return start, start + duration, drift


def _duration(node: Node, _: Circumstances) -> Iterator[Observation]:
    span = _span(node)
    if span is not None and span[0] == span[1]:
        yield Observation("0 s", "more than 0 s", "interval/duration")


def _set_max_var(node: Node, _: Circumstances) -> Iterator[Observation]:
    most, least = quantity(node.child("setMaxVar")), quantity(node.child("setMaxVarNeg"))
    if most is not None and most < 0:
        yield Observation(f"{float(most):g} var", "a value that is not negative", "setMaxVar")
    if least is not None and least > 0:
        yield Observation(f"{float(least):g} var", "a value that is not positive", "setMaxVarNeg")


LIST_ATTRIBUTE = frozenset({"results"})

CONTENT_RULES = (
    ValueRule(
        "VAL.LIST.RESULTS",
        "results is the number of entries in this document.",
        Level.MUST,
        "IEEE 2030.5-2018, type List; GEN.014 to GEN.036",
        LIST_ATTRIBUTE,
        _list_results,
        Subject.ATTRIBUTE,
        who="server",
    ),
    ValueRule(
        "VAL.LIST.ALL",
        "all counts the whole list, so it is not less than results.",
        Level.MUST,
        "IEEE 2030.5-2018, type List; GEN.014 to GEN.036",
        LIST_ATTRIBUTE,
        _list_all,
        Subject.ATTRIBUTE,
        who="server",
    ),
    ValueRule(
        "VAL.EVENT.STATUS_TIME",
        "An event is scheduled before its start, and active only between start and end.",
        Level.SHOULD,
        "IEEE 2030.5-2018, EventStatus currentStatus; EVENT.031: by the server's time",
        EVENTS,
        _status_in_time,
        who="server",
    ),
    ValueRule(
        "VAL.EVENT.DURATION",
        "An event lasts longer than nothing.",
        Level.SHOULD,
        "IEEE 2030.5-2018, type DateTimeInterval: our reading",
        EVENTS,
        _duration,
        who="server",
    ),
    ValueRule(
        "VAL.DER.VAR_SIGN",
        "setMaxVar is not negative, setMaxVarNeg not positive.",
        Level.MUST,
        "IEEE 2030.5-2018, type DERSettings; DER.026, DER.027",
        frozenset({"DERSettings"}),
        _set_max_var,
        who="client",
    ),
)
"""The rows."""
