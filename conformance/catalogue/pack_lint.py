"""What is odd about a profile that loads: demands that cannot be met together, and sources that do not carry them.

Each remark explains itself by the figures it rests on. One that a pack records as a contradiction of its sources, by
the remark's name, is known and stays a note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from conformance.catalogue.demands import DEMANDS, demand_of
from conformance.catalogue.pack import Contradiction
from conformance.catalogue.pack_values import Phase, SourceGrade, Value
from conformance.catalogue.profile import Profile
from conformance.vocabulary.limits import Limit, Limits


class Weight(StrEnum):
    """How much a remark matters; only errors make ``csip profile lint`` fail."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark: its name, what it is about (the key of a value, a limit, a test), and why."""

    name: str
    weight: Weight
    about: str
    why: str


def lint(profile: Profile) -> tuple[Remark, ...]:
    """Return all remarks on a profile, the weightiest first."""
    found = [_known(profile, remark) for look in LOOKS for remark in look(profile)]
    return tuple(sorted(dict.fromkeys(found), key=lambda remark: list(Weight).index(remark.weight)))


def _known(profile: Profile, remark: Remark) -> Remark:
    recorded = [item for item in profile.contradictions if _answers(item, remark)]
    if not recorded or remark.weight is Weight.ERROR:
        return remark
    why = f"{remark.why} (recorded as contradiction {recorded[0].id}: {recorded[0].choice})"
    return replace(remark, weight=Weight.NOTE, why=why)


def _answers(item: Contradiction, remark: Remark) -> bool:
    """A contradiction that names values beside the remark answers it for these only."""
    values = [name for name in item.about if demand_of(name)]
    about = remark.about.split("@")[0].split("[")[0]
    return remark.name in item.about and (not values or about in values)


def _unknown_sources(profile: Profile) -> Iterator[Remark]:
    known = {name for name, _ in profile.sources}
    for value in profile.values.values():
        if value.source not in known:
            yield Remark(
                "source", Weight.ERROR, value.key, f"{value.source} is not under sources of {value.pack} or below"
            )


def _clocks(profile: Profile) -> Iterator[Remark]:
    """A clock must stop after it starts, and only that of a control is stopped where a pack says."""
    for value in profile.values.values():
        if not value.clock_stop:
            continue
        why = ""
        if value.name not in POLLED_FOR:
            why = f"nothing stops this clock at {value.clock_stop}: that is said of {' and '.join(POLLED_FOR)} only"
        elif value.clock_stop == "received" and value.clock_start in ("notified", "received", "effective_start"):
            why = f"from {value.clock_start} to received is no time at all; name a later stop"
        elif value.name == "DERControl.actuation" and value.clock_stop in ("received", "response_1"):
            why = f"{value.clock_stop} comes before a control starts; name response_2, setpoint or meter"
        if why:
            yield Remark("clock", Weight.ERROR, value.key, why)


def _by_polling(profile: Profile) -> Iterator[Remark]:
    """A client that polls learns of a control up to one poll period after it could be read."""
    for name, remark in POLLED_FOR.items():
        for value in _figures(profile, name):
            if _start(value) not in FROM_PUBLICATION:
                continue
            for every_s, cited in _polls(profile, value):
                if value.number <= every_s:
                    yield Remark(remark, Weight.WARNING, value.key, _too_slow(value, every_s, cited))


def _too_slow(value: Value, every_s: float, cited: str) -> str:
    return (
        f"{value.number:g} s from {_start(value)} cannot be met by a client that polls every {every_s:g} s "
        f"({cited}): it may learn of a control only {every_s:g} s later; demand faster polling, or a Subscription"
    )


def _start(value: Value) -> str:
    """Return where a clock starts: that of a value that does not say so, when a client can know of a control."""
    return value.clock_start or "exposed"


def _polls(profile: Profile, value: Value) -> Iterator[tuple[float, str]]:
    """Return how often, in seconds, and by what, a role polls controls that need not subscribe.

    Of the demanded rates the fastest list decides; where none is demanded, what the schema takes for granted.
    """
    phase = value.phase or Phase.NORMAL
    for role in value.roles or CLIENTS:
        subscription = profile.values.find("Subscription", phase, role)
        if subscription is not None and subscription.figure == "required" and not subscription.waived:
            continue
        found = (profile.values.find(name, phase, role) for name in CONTROL_LISTS)
        polls = [poll for poll in found if poll is not None and isinstance(poll.figure, float)]
        fastest = min(polls, key=lambda poll: poll.number, default=None)
        yield (fastest.number, f"{fastest.key}, {fastest.source}") if fastest else UNASKED


def _by_notification(profile: Profile) -> Iterator[Remark]:
    """A server may hold a notification back for the interval of notifications, and be right."""
    cap = profile.values.find("Notification.interval")
    if cap is None or not isinstance(cap.figure, float):
        return
    for name, remark in NOTIFIED.items():
        for value in _figures(profile, name):
            if _start(value) in FROM_PUBLICATION and value.number <= cap.number:
                why = (
                    f"{value.number:g} s from {_start(value)} is eaten by the {cap.number:g} s that a server may "
                    f"hold a notification back ({cap.key}, {cap.source}); start the clock at effective_start"
                )
                yield Remark(remark, Weight.WARNING, value.key, why)


def _floors(profile: Profile) -> Iterator[Remark]:
    for ceiling, floor in FLOORS.items():
        low = profile.values.find(floor)
        if low is None or not isinstance(low.figure, float):
            continue
        for high in _figures(profile, ceiling):
            if high.number < low.number:
                why = f"at least every {high.number:g} s, and never faster than every {low.number:g} s ({low.source})"
                yield Remark("floor-above-ceiling", Weight.WARNING, high.key, why)


def _batches(profile: Profile) -> Iterator[Remark]:
    found = [profile.values.find(f"MirrorUsagePoint.batch_{part}", role="aggregator") for part in BATCH]
    rate, interval, count = (value if value and isinstance(value.figure, float) else None for value in found)
    if rate and interval and count and interval.number * count.number != rate.number:
        why = f"{count.number:g} intervals of {interval.number:g} s are not the {rate.number:g} s of a batch"
        yield Remark("batch", Weight.WARNING, rate.key, why)


def _pen(profile: Profile) -> Iterator[Remark]:
    base = profile.values.find("EndDevice.lFDI.pen_base", role="aggregator")
    ways = profile.values.find("EndDevice.lFDI.derivation", role="aggregator")
    if base and base.figure and ways and ways.figure and "hash_with_pen" not in ways.words:
        why = f"no LFDI ends in a number if it only comes about as {', '.join(ways.words)} ({ways.source})"
        yield Remark("pen-without-derivation", Weight.WARNING, base.key, f"{why}; allow hash_with_pen")


def _windows(profile: Profile) -> Iterator[Remark]:
    """A rate is judged over a window of the harness's; one that holds fewer than two periods judges nothing."""
    for name, window in WATCHED.items():
        rate, watched = profile.limits.get(name), profile.limits.get(window)
        if rate and watched and watched.value < 2 * rate.value:
            yield Remark("short-window", Weight.WARNING, name, _too_short(rate, watched))


def _slow_lists(profile: Profile) -> Iterator[Remark]:
    """Test cases publish events a minute ahead; a client that polls as the test server asks must learn of them."""
    if why := polls_too_slow(profile.limits):
        yield Remark("slow-lists", Weight.ERROR, "program_list_poll_rate", why)


def polls_too_slow(limits: Limits) -> str | None:
    """Return why the test server would ask a client to poll so slowly that it misses events, or ``None``."""
    rate, minute = limits.get("program_list_poll_rate"), limits.get("event_minute")
    if rate is None or minute is None or rate.value < minute.value:
        return None
    return (
        f"the test server would ask for polls every {rate.value:g} s ({rate.source}), and test cases publish events "
        f"{minute.value:g} s ahead (event_minute); lower the limit program_list_poll_rate. It is the harness's own: "
        "how often a client polls of itself is judged where the server states no rate"
    )


def _too_short(rate: Limit, watched: Limit) -> str:
    return (
        f"every {rate.value:g} s happens less than twice in {watched.value:g} s ({watched.name}); raise the limit "
        f"{watched.name} to at least {2 * rate.value:g} s"
    )


def _unknown(profile: Profile) -> Iterator[Remark]:
    for value in profile.values.values():
        if value.figure is None and value.question:
            why = f"not known; cases that need it are not run. Ask {value.question.ask}: {value.question.text}"
            yield Remark("unknown", Weight.NOTE, value.key, why)


def _conditions(profile: Profile) -> Iterator[Remark]:
    """A condition that stands in words only cannot be judged; for a whole function set the test case knows it."""
    for value in profile.values.values():
        if value.figure == "conditional" and value.when is None and value.name not in DEMANDS and not value.waived:
            why = "conditional without when: the condition stands in words only, so nothing is judged; say when"
            yield Remark("condition", Weight.WARNING, value.key, why)


def _eased(profile: Profile) -> Iterator[Remark]:
    for told in profile.eased:
        yield Remark("eased", Weight.NOTE, told.split(":")[0].split(" ")[-1], told)


def _clauses(profile: Profile) -> Iterator[Remark]:
    for value in profile.values.values():
        if value.grade is SourceGrade.PRIMARY and not value.clause and value.figure is not None and not value.waived:
            yield Remark(
                "no-clause", Weight.NOTE, value.key, f"fails a test outright, and names no clause of {value.source}"
            )


def _figures(profile: Profile, name: str) -> Iterable[Value]:
    """Return the values of a name that are numbers and in force."""
    return [
        value
        for value in profile.values.values()
        if value.name == name and isinstance(value.figure, float) and not value.waived
    ]


CLIENTS = ("device", "aggregator")
"""Roles that learn of controls."""

FROM_PUBLICATION = ("created", "exposed")
"""Starts of a clock that come before a client can have heard of a control."""

CONTROL_LISTS = ("DERControlList.pollRate", "DERProgramList.pollRate")
"""Where a client may see that a control is new."""

POLLED_FOR = {"DERControl.delivery": "delivery-by-polling", "DERControl.actuation": "actuation-by-polling"}
"""Durations that a poll takes part in, and the name of the remark."""

UNASKED = (900.0, "the schema's default of pollRate, since no polling of controls is demanded")
"""How often a client may poll that nobody asks for more."""

NOTIFIED = {"DERControl.delivery": "delivery-by-notification", "DERControl.actuation": "actuation-by-notification"}
"""Durations that a notification takes part in, and the name of the remark."""

FLOORS = {
    "MirrorUsagePoint.postRate": "MirrorUsagePoint.postRate_floor",
    "FunctionSetAssignmentsList.pollRate": "FunctionSetAssignmentsList.pollRate_floor",
    "Time.pollRate": "Time.pollRate_floor",
    "Subscription.renewal": "Subscription.renewal_floor",
}
"""Rates and what they must not be faster than."""

BATCH = ("postRate", "interval", "intervals")
"""The three figures of a batch."""

WATCHED = {
    "dcap_poll_rate": "polling_window",
    "end_device_list_poll_rate": "polling_window",
    "fsa_list_poll_rate": "polling_window",
    "program_list_poll_rate": "polling_window",
    "der_list_poll_rate": "polling_window",
    "post_rate": "reporting_window",
}
"""Rates that the test server gives, and the limit of the window they are judged over."""

LOOKS: tuple[Callable[[Profile], Iterator[Remark]], ...] = (
    _unknown_sources,
    _clocks,
    _by_polling,
    _by_notification,
    _floors,
    _batches,
    _pen,
    _windows,
    _slow_lists,
    _conditions,
    _clauses,
    _eased,
    _unknown,
)
