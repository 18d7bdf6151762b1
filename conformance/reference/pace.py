"""How fast the reference client is where profiles differ: cadences, deliveries, capacities, what it does when cut off.

Where the server leaves the pace to the client (a list without pollRate, a usage point without postRate), the client
takes nearly all the time that the profile allows. So it stands close to every limit on the sound side, and another
figure in the profile moves it to the other side.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.catalogue.demands import FLOORED, POLLED
from conformance.catalogue.pack_values import Phase, Value
from conformance.catalogue.values_in_force import Values

SCHEMA_RATE_S = 900.0
"""The schema's default of pollRate."""
MARGIN_S = 5.0
"""What a delivery takes beside the waiting."""
LAG_MARGIN_S = 0.1
ALARM_MARGIN_S = 5.0
LATE_SHARE = 0.75
LONGEST_SAMPLE_S = 5.0
"""A meter that looks more rarely than this is none that integrates, whatever it is called."""
FINISH_THEN_DEFAULT, INTEGRATE, INTERVAL_END, POST_RATE = (
    "finish_then_default",
    "integrate",
    "interval_end",
    "postRate",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPace:
    """Figures of one client, in seconds; the defaults are those of a client that knows of no utility.

    Args:
        poll_rates_s: how often it polls a resource that states no pollRate, by resource.
        hold_s: how long it keeps a control of such a list to itself before the device gets it.
        told_hold_s: the same of a control that it was notified of.
        test_hold_s: the same of a control that has begun when it is read: so a new site is tested.
        answer_s: how long it takes to say that a control of such a list has started.
        lag_s: how long its plant takes to follow a control of such a list.
        post_rate_s: from one post of readings to the next, where the server states no postRate.
        post_floor_s: never posts faster than this.
        put_intervals_s: how often the DER documents are put where the DERList states no pollRate.
        stored_events: how many controls of a program it keeps; any number if ``None``.
        finishes_offline: whether controls are finished, and the default kept, while the server is away.
        recovery_s: the pause before a server that is away is tried again, with anything; a growing one if ``None``.
        alarm_delay_s: from an alarm to the DERStatus that shows it.
        alignment: lengths on whose multiples in UTC intervals begin, or ``postRate``; none for no alignment.
        interval_multiple_s: what the length of an interval is a multiple of.
        stamps_end: whether readings are stamped with the end of their interval.
        samples_every_s: how often active power is sampled; integrated if ``None``.
        static_export_w: export it keeps to before any program is known; any if ``None``.
        contact_s: asks for DeviceCapability at least this often, whatever the server states; ``None`` for no bound.
        drift_s: what its clock loses in a day that it does not read Time.
        post_delay_s: from the end of an aligned interval to its post, at most a quarter of the rate.
    """

    poll_rates_s: Mapping[str, float] = field(default_factory=dict)
    hold_s: float = 0.0
    told_hold_s: float = 0.0
    test_hold_s: float = 0.0
    answer_s: float = 0.0
    lag_s: float = 0.0
    post_rate_s: float = 300.0
    post_floor_s: float = 0.0
    put_intervals_s: Mapping[str, float] = field(default_factory=dict)
    stored_events: int | None = None
    finishes_offline: bool = True
    recovery_s: float | None = None
    alarm_delay_s: float = 0.0
    alignment: tuple[str, ...] = ()
    interval_multiple_s: float | None = None
    stamps_end: bool = True
    samples_every_s: float | None = None
    post_delay_s: float = 0.0
    static_export_w: float | None = None
    contact_s: float | None = None
    drift_s: float = 0.0

    @property
    def read_apart(self) -> frozenset[str]:
        """What is not read along with a DERProgramList that states no pollRate, since it may be read more rarely."""
        programs_s = self.own_rate_s("DERProgramList")
        return frozenset(name for name in READ_WITH_PROGRAMS if self.poll_rates_s.get(name, 0.0) > programs_s)

    def own_rate_s(self, resource: str) -> float:
        """Return how often a resource is polled that states no pollRate."""
        return self.poll_rates_s.get(resource, SCHEMA_RATE_S)

    def grid_s(self, rate_s: float) -> float | None:
        """Return the length on whose multiples intervals of a rate begin, if they are aligned at all."""
        lengths = [rate_s if word == POST_RATE else float(word) for word in self.alignment]
        fitting = [length for length in lengths if rate_s % length == 0]
        return max(fitting, default=min(lengths, default=None))

    def interval_s(self, rate_s: float) -> float:
        """Return the length of intervals at a rate: the longest multiple that keeps to it."""
        floored = max(rate_s, self.post_floor_s)
        multiple = self.interval_multiple_s
        return max(1, math.floor(floored / multiple)) * multiple if multiple else floored


CSIP_PACE = ClientPace()
"""The pace of a client that knows of no utility."""


DELIVERY, SITE_TEST = "DERControl.delivery", "EndDevice.capability_test"
ACTUATION = "DERControl.actuation"
AT_THE_PLANT = {"": LAG_MARGIN_S, "setpoint": LAG_MARGIN_S, "meter": MARGIN_S}
"""Where the clock of an actuation may stop at the plant, and what is left of its time: power takes some to move."""
READ_WITH_PROGRAMS = ("DERControlList", "DefaultDERControl")
"""What the client reads whenever it reads a DERProgramList, unless it may be read more rarely."""


def client_pace(values: Values) -> ClientPace:
    """Return the pace of a client that keeps to all values put to it, hardly faster than it must."""
    rates = _poll_rates(values)
    poll_rate_s = rates.get("DERProgramList", SCHEMA_RATE_S)
    return ClientPace(
        poll_rates_s=rates,
        hold_s=_hold_s(values, DELIVERY, poll_rate_s),
        told_hold_s=_hold_s(values, DELIVERY, 0.0) if _counted_from_notification(values) else 0.0,
        test_hold_s=_test_hold_s(values, poll_rate_s),
        answer_s=_answer_s(values),
        lag_s=_lag_s(values),
        post_rate_s=_smallest(values, "MirrorUsagePoint.postRate") or CSIP_PACE.post_rate_s,
        post_floor_s=_largest(values, "MirrorUsagePoint.postRate_floor") or 0.0,
        put_intervals_s=_put_intervals(values),
        stored_events=_whole(_largest(values, "DERControl.stored_events")),
        finishes_offline=_word(values, "DERControl.comms_loss", FINISH_THEN_DEFAULT) == FINISH_THEN_DEFAULT,
        recovery_s=_share(_smallest(values, "DERControl.comms_loss_recovery")),
        alarm_delay_s=max(0.0, (_smallest(values, "DERStatus.alarm_latency") or 0.0) - ALARM_MARGIN_S),
        alignment=_words(values, "Reading.timePeriod.alignment"),
        interval_multiple_s=_smallest(values, "Reading.timePeriod.multiple"),
        stamps_end=_word(values, "Reading.timePeriod.stamp", INTERVAL_END) == INTERVAL_END,
        samples_every_s=_sampling(values),
        post_delay_s=_share(_smallest(values, "MirrorMeterReading.post_jitter")) or 0.0,
        contact_s=_share(_smallest(values, "EndDevice.contact_interval")),
        drift_s=_share(_smallest(values, "Time.drift")) or 0.0,
        static_export_w=_figure(values.find("EndDevice.static_export", Phase.REGISTRATION)),
    )


def _poll_rates(values: Values) -> dict[str, float]:
    """Return the rates by resource: programs as often as anything below them, the DERList as often as its documents.

    What is below programs is read along with them, unless it need not be read that often. What has a floor may be read
    more rarely than the schema's rate.
    """
    rates = {name: rate for name in POLLED if (rate := _smallest(values, f"{name}.pollRate")) is not None}
    below = [rates.get(name) for name in ("DERProgramList", "DERControlList", "DefaultDERControl")]
    found = (_timed(values, name) for name in (DELIVERY, SITE_TEST))
    polled = [value.number for value in found if value is not None and _counts_the_poll(value)]
    delivered = [max(MARGIN_S, allowed - MARGIN_S - _lag_s(values)) for allowed in polled]
    below += delivered
    floors = {name: _largest(values, f"{name}.pollRate_floor") for name in FLOORED}
    wanted = {
        "DERProgramList": min(_known(below), default=None),
        "DERList": min(_known([rates.get("DERList"), *_put_intervals(values).values()]), default=None),
        **{name: rates.get(name) if floor is None else floor for name, floor in floors.items()},
    }
    rates |= {name: rate for name, rate in wanted.items() if rate is not None}
    rates |= {name: min(rates[name], *delivered) for name in READ_WITH_PROGRAMS if name in rates and delivered}
    return {name: rate if name in FLOORED else min(rate, SCHEMA_RATE_S) for name, rate in rates.items()}


def _hold_s(values: Values, name: str, poll_rate_s: float) -> float:
    value = _timed(values, name)
    if value is None or value.clock_stop == "received":
        return 0.0
    waited_s = poll_rate_s if _counts_the_poll(value) else 0.0
    return max(0.0, value.number - waited_s - MARGIN_S - _lag_s(values))


def _test_hold_s(values: Values, poll_rate_s: float) -> float:
    """Return the same for the test of a site: a whole interval must follow, and its post."""
    told_s = 2 * (_smallest(values, "MirrorUsagePoint.postRate") or CSIP_PACE.post_rate_s)
    told_s += _smallest(values, "MirrorMeterReading.post_jitter") or 0.0
    return max(0.0, _hold_s(values, SITE_TEST, poll_rate_s) - told_s)


def _timed(values: Values, name: str) -> Value | None:
    value = values.find(name)
    return value if _figure(value) is not None else None


def _counted_from_notification(values: Values) -> bool:
    value = values.find(DELIVERY)
    return value is not None and value.clock_start == "notified"


def _lag_s(values: Values) -> float:
    held = [value for value in values.holding(ACTUATION) if _figure(value) is not None]
    lags = [value.number - AT_THE_PLANT[value.clock_stop] for value in held if value.clock_stop in AT_THE_PLANT]
    return max(0.0, *lags) if lags else 0.0


def _answer_s(values: Values) -> float:
    """Return how long Response 2 takes where it, and not the plant, stops the clock of an actuation."""
    answered = [_figure(value) for value in values.holding(ACTUATION) if value.clock_stop == "response_2"]
    return max(0.0, max(_known(answered), default=MARGIN_S) - MARGIN_S)


def _counts_the_poll(delivery: Value) -> bool:
    """Say whether the time until the client asks counts; it does not once a control is notified or received.

    A control that starts at once starts when it is exposed.
    """
    return delivery.clock_start in ("", "created", "exposed", "event_start")


def _put_intervals(values: Values) -> dict[str, float]:
    names = ("DERStatus", "DERAvailability")
    return {name: every for name in names if (every := _smallest(values, f"{name}.post_interval")) is not None}


def _sampling(values: Values) -> float | None:
    every = _smallest(values, "MirrorMeterReading.sample_interval")
    method = _word(values, "MirrorMeterReading.method", "")
    if method == INTEGRATE and (every or 0.0) <= LONGEST_SAMPLE_S:
        return None
    return every if every is not None or not method else LONGEST_SAMPLE_S


def _figure(value: Value | None) -> float | None:
    known = value is not None and not value.waived and isinstance(value.figure, float)
    return value.number if value is not None and known else None


def _known(figures: list[float | None]) -> list[float]:
    return [figure for figure in figures if figure is not None]


def _smallest(values: Values, name: str) -> float | None:
    return min(_known([_figure(value) for value in values.holding(name)]), default=None)


def _largest(values: Values, name: str) -> float | None:
    return max(_known([_figure(value) for value in values.holding(name)]), default=None)


def _whole(figure: float | None) -> int | None:
    return None if figure is None else int(figure)


def _share(figure: float | None) -> float | None:
    return None if figure is None else figure * LATE_SHARE


def _words(values: Values, name: str) -> tuple[str, ...]:
    value = values.find(name)
    known = value is not None and not value.waived and value.figure is not None
    return value.words if value is not None and known else ()


def _word(values: Values, name: str, default: str) -> str:
    return next(iter(_words(values, name)), default)
