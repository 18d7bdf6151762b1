"""The vocabulary of profile packs: what a utility can demand, under which name, in which unit, bound which way.

A name starts with the resource or element of IEEE 2030.5 (or CSIP-AUS) that the demand is about, in the standard's
spelling; what the standard has no name for is in snake_case. One family is open: ``<Resource>.<element>`` is the
presence of an element in what is written or served.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Figure: TypeAlias = "float | str | tuple[str, ...] | None"
"""A number, a word, a set of words, or ``None`` for what is not known."""


class Bound(StrEnum):
    """How a value binds, and with it what tightening means."""

    MAX = "max"
    """At most this much: smaller is tighter."""
    MIN = "min"
    """At least this much: larger is tighter."""
    EQUAL = "equal"
    """Exactly this: can only be replaced."""
    ALLOWED = "allowed"
    """One of a set, nothing else: a smaller set is tighter."""
    ALL = "all"
    """Every member of a set: a larger set is tighter."""
    PRESENCE = "presence"
    """``optional``, ``conditional``, ``required`` or ``forbidden``."""


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that can be demanded. ``unit`` is ``s``, ``W``, ``%``, ``1`` (a count), or empty for words.

    ``choices`` are all words there are, where they are closed; ``other`` is a word that nobody demands, where they are
    open: what a peer does that departs from the demand.
    """

    name: str
    bound: Bound
    unit: str
    meaning: str
    choices: tuple[str, ...] = ()
    other: str = ""


POLLED = (
    "DeviceCapability",
    "Time",
    "EndDeviceList",
    "FunctionSetAssignmentsList",
    "DERProgramList",
    "DERControlList",
    "DefaultDERControl",
    "DERList",
    "MirrorUsagePointList",
    "TariffProfileList",
    "TimeTariffIntervalList",
)
"""Resources whose polling can be demanded."""

ELEMENTS_OF = (
    "DERCapability",
    "DERSettings",
    "DERStatus",
    "DERAvailability",
    "LogEvent",
    "EndDevice",
    "Registration",
    "ConnectionPoint",
    "DERControlBase",
    "DeviceCapability",
)
"""Resources and types whose elements can be demanded, waived or forbidden."""

PRESENCES = ("optional", "conditional", "required", "forbidden")
"""The values of :attr:`Bound.PRESENCE`."""

_MAX, _MIN, _EQUAL, _ALLOWED, _ALL, _PRESENCE = Bound

_ROWS: tuple[tuple[str, Bound, str, str], ...] = (
    # Cadence
    ("MirrorUsagePoint.postRate", _MAX, "s", "time from one post of readings to the next, if the server sets none"),
    (
        "MirrorUsagePoint.postRate_floor",
        _MIN,
        "s",
        "readings are never posted faster than this, whatever the server sets",
    ),
    ("MirrorUsagePoint.batch_postRate", _EQUAL, "s", "time from one batch of readings to the next"),
    ("MirrorUsagePoint.batch_interval", _EQUAL, "s", "length of each interval in a batch"),
    ("MirrorUsagePoint.batch_intervals", _EQUAL, "1", "intervals in a batch"),
    ("MirrorUsagePoint.unbatched_share", _MAX, "%", "share of a fleet that the server may hold at the short postRate"),
    ("DERStatus.post_interval", _MAX, "s", "time from one DERStatus to the next"),
    ("DERStatus.alarm_latency", _MAX, "s", "from an alarm to the DERStatus that shows it"),
    ("DERAvailability.post_interval", _MAX, "s", "time from one DERAvailability to the next"),
    ("Time.pollRate_floor", _MIN, "s", "Time is polled no more often than this once a source is chosen"),
    ("FunctionSetAssignmentsList.pollRate_floor", _MIN, "s", "the list is polled no more often than this"),
    ("EndDevice.contact_interval", _MAX, "s", "a client is heard of at least this often"),
    # Delivery and reaction
    ("DERControl.delivery", _MAX, "s", "from clock_start until the control is with the device"),
    ("DERControl.actuation", _MAX, "s", "from clock_start until the plant obeys"),
    ("DERControl.duration", _MAX, "s", "longest control that the server may publish"),
    ("DERControl.interval", _EQUAL, "s", "length of the controls that follow one another"),
    ("DERControl.randomizeStart", _MAX, "s", "largest magnitude of randomizeStart and randomizeDuration"),
    ("EndDevice.capability_test", _MAX, "s", "the test of a new site is over within this time"),
    ("Notification.interval", _MIN, "s", "a server notifies of one resource and client no more often than this"),
    ("Subscription.renewal", _MAX, "s", "a subscription is renewed at least this often"),
    ("Subscription.renewal_floor", _MIN, "s", "a subscription is renewed no more often than this"),
    ("Time.drift", _MAX, "s", "error a clock may gather in 24 hours"),
    # Capacity
    ("DERControl.stored_events", _MIN, "1", "future events that a client keeps for each DER"),
    ("DERProgram.count", _MIN, "1", "programs a client follows for each DER"),
    ("FunctionSetAssignments.count", _MIN, "1", "function set assignments a client follows for each DER"),
    ("DERCurve.count", _MIN, "1", "curves a client keeps for each mode"),
    ("DERCurve.points", _MIN, "1", "points a client can use of a curve"),
    # Loss of communication, defaults, fallbacks
    ("DERControl.comms_loss", _EQUAL, "", "what happens to known controls when communication is lost"),
    ("DERControl.comms_loss_timeout", _MAX, "s", "fixed time after which a lost link ends controls"),
    ("DERControl.comms_loss_recovery", _MAX, "s", "from the end of an outage to the first poll"),
    ("DefaultDERControl.opModExpLimW", _EQUAL, "W", "default export limit that the server offers"),
    ("DefaultDERControl.setGradW", _EQUAL, "1", "default ramp, hundredths of a percent of rating per second"),
    ("EndDevice.static_export", _MAX, "W", "export allowed before any control is known"),
    ("DERControl.opModExpLimW_floor", _MIN, "W", "the server publishes no lower export limit in this program"),
    # Registration and identity
    ("EndDevice.registration", _ALLOWED, "", "ways a device may be registered: in_band, out_of_band"),
    ("EndDevice.lFDI.derivation", _ALLOWED, "", "ways an LFDI may come about: certificate_hash, hash_with_pen, issued"),
    ("EndDevice.lFDI.case", _EQUAL, "", "case of the hexadecimal digits: upper, lower"),
    ("EndDevice.lFDI.pen_base", _EQUAL, "", "digits of the private enterprise number at the end: decimal, hex"),
    ("EndDevice.lFDI.pen_digits", _EQUAL, "1", "how many digits the private enterprise number takes at the end"),
    ("Registration.without_link", _EQUAL, "", "what a client does where there is no RegistrationLink: carries_on"),
    ("EndDevice.gateway", _EQUAL, "", "what a gateway over several inverters is: one_end_device"),
    ("EndDevice.duplicate", _EQUAL, "", "a second POST of the same EndDevice: refused, idempotent"),
    ("mRID.pen_base", _EQUAL, "", "digits of the private enterprise number at the end of an mRID: decimal, hex"),
    ("mRID.form", _EQUAL, "", "how the mRID of a usage point is put together: lfdi_role_flags_pen"),
    ("mRID.unique", _EQUAL, "", "within what mRIDs are unique: EndDevice"),
    ("mRID.change", _EQUAL, "", "what may change under a known mRID"),
    ("ConnectionPoint.order", _EQUAL, "", "when the connection point is sent: after_end_device"),
    (
        "ConnectionPoint.connectionPointId.prefixes",
        _ALLOWED,
        "",
        "what a connection point id of this network starts with",
    ),
    ("ConnectionPoint.change", _ALLOWED, "", "a second, different connection point id: accepted, refused"),
    # Readings
    (
        "MirrorUsagePoint.readings",
        _ALL,
        "",
        "averages that are posted: site.W, site.var, der.W, der.var, site.V and so on",
    ),
    ("MirrorUsagePoint.fleet_readings", _ALL, "", "averages that an aggregator posts of its whole fleet: W, var"),
    (
        "ReadingType.dataQualifier",
        _ALLOWED,
        "",
        "what mirrored readings say they are: average, normal, unspecified, maximum, minimum",
    ),
    ("MirrorMeterReading.method", _EQUAL, "", "how an average comes about: integrate, sample"),
    ("MirrorMeterReading.sample_interval", _MAX, "s", "time between two samples of an average"),
    ("MirrorMeterReading.post_jitter", _MAX, "s", "from the end of an interval to its post"),
    ("MirrorMeterReading.accuracy_share", _MAX, "%", "error of a measured power, share of the rating"),
    ("MirrorMeterReading.accuracy", _MAX, "W", "error of a measured power; the smaller of this and the share counts"),
    ("MirrorMeterReading.unmeasured", _EQUAL, "", "a quantity that cannot be measured: omitted"),
    ("MirrorMeterReading.night", _EQUAL, "", "readings while there is no sun: optional"),
    ("Reading.timePeriod.alignment", _ALLOWED, "", "lengths, in seconds, on whose multiples in UTC intervals begin"),
    ("Reading.timePeriod.multiple", _EQUAL, "s", "the length of an interval is a multiple of this"),
    ("Reading.timePeriod.stamp", _EQUAL, "", "what a reading is stamped with: interval_end"),
    # Controls, responses, status
    ("DERControlBase.modes", _ALL, "", "control modes that a client obeys"),
    ("DERControlBase.opModExpLimW.at", _EQUAL, "", "where the export limit holds: connection_point, der"),
    ("DERControlBase.opModImpLimW.at", _EQUAL, "", "where the import limit holds: connection_point, der"),
    ("DERControlBase.opModGenLimW.at", _EQUAL, "", "where the generation limit holds: connection_point, der"),
    ("DERControlBase.opModLoadLimW.at", _EQUAL, "", "where the load limit holds: managed_loads, connection_point"),
    ("Response.status", _ALLOWED, "", "Response codes in use"),
    ("DERStatus.aggregate", _EQUAL, "", "status of several DER behind one EndDevice"),
    ("DERSettings.aggregate", _ALL, "", "settings and ratings that are summed over several DER behind one EndDevice"),
    ("EndDevice.reporting_only", _EQUAL, "", "fleet members that report and are not controlled: allowed"),
    (
        "EndDevice.fleet_members",
        _EQUAL,
        "",
        "how a fleet is presented: listed, one EndDevice for the aggregator and one for each member",
    ),
    # Function sets
    ("Subscription", _PRESENCE, "", "subscription and notification"),
    ("LogEvent", _PRESENCE, "", "log events"),
    ("DERAvailability", _PRESENCE, "", "DERAvailability"),
    ("ConnectionPoint", _PRESENCE, "", "the connection point extension of CSIP-AUS"),
    ("Registration", _PRESENCE, "", "the Registration resource and its PIN"),
    ("XML.unknown_elements", _EQUAL, "", "what becomes of a document with elements of namespaces that are not known"),
    ("csipaus", _PRESENCE, "", "the CSIP-AUS extension elements"),
    ("csipaus.namespace", _EQUAL, "", "namespace of the CSIP-AUS extension elements"),
    ("csipaus.discovery", _PRESENCE, "", "version discovery at the well-known csipaus document"),
    # Transport
    ("DeviceCapability.href", _EQUAL, "", "how a client finds DeviceCapability: fixed, configured, discovered"),
    ("HTTP.redirects", _PRESENCE, "", "redirects: required (followed), forbidden (never sent)"),
    ("HTTP.retry", _ALLOWED, "", "statuses after which a client asks again"),
    ("HTTP.unidentified", _ALLOWED, "", "status for a client whose identity is not established"),
    ("HTTP.unauthorised", _ALLOWED, "", "status for a client that is not allowed"),
    ("HTTP.encodings", _ALL, "", "encodings a server speaks: xml, exi, gzip"),
    ("HTTP.requests_per_minute", _MAX, "1", "requests a client may make in a minute"),
    ("TLS.versions", _ALLOWED, "", "TLS versions"),
    ("TLS.cipher_suites", _ALLOWED, "", "cipher suites"),
    ("PKI.trust_anchors", _ALLOWED, "", "roots whose certificates are accepted"),
    ("PKI.chains", _ALLOWED, "", "chains that are accepted, from the root to the device"),
    ("PKI.allow_listed_addresses", _PRESENCE, "", "source addresses of a client are declared beforehand"),
)

PEN_BASES = ("decimal", "hex")
PLACES = ("connection_point", "der", "managed_loads")

CHOICES: dict[str, tuple[str, ...]] = {
    "DERControl.comms_loss": ("finish_then_default", "default_at_once", "keep"),
    "EndDevice.registration": ("in_band", "out_of_band"),
    "EndDevice.lFDI.derivation": ("certificate_hash", "hash_with_pen", "issued"),
    "EndDevice.lFDI.case": ("upper", "lower"),
    "EndDevice.lFDI.pen_base": PEN_BASES,
    "EndDevice.gateway": ("one_end_device", "one_for_each"),
    "EndDevice.duplicate": ("refused", "idempotent"),
    "EndDevice.reporting_only": ("allowed", "refused"),
    "EndDevice.fleet_members": ("listed", "hidden"),
    "Registration.without_link": ("carries_on", "stops"),
    "mRID.pen_base": PEN_BASES,
    "mRID.unique": ("EndDevice", "server"),
    "ConnectionPoint.order": ("after_end_device", "never", "before_programs"),
    "ConnectionPoint.change": ("accepted", "refused"),
    "ReadingType.dataQualifier": ("average", "normal", "unspecified", "maximum", "minimum"),
    "MirrorMeterReading.method": ("integrate", "sample"),
    "MirrorMeterReading.unmeasured": ("omitted", "zero"),
    "Reading.timePeriod.stamp": ("interval_end", "interval_start"),
    "DERControlBase.opModExpLimW.at": PLACES,
    "DERControlBase.opModImpLimW.at": PLACES,
    "DERControlBase.opModGenLimW.at": PLACES,
    "DERControlBase.opModLoadLimW.at": PLACES,
    "DERStatus.aggregate": ("any_operates_all_off", "first"),
    "XML.unknown_elements": ("ignored", "refused"),
    "DeviceCapability.href": ("fixed", "configured", "discovered"),
    "HTTP.encodings": ("xml", "exi", "gzip"),
    "TLS.versions": ("1.2", "1.3"),
}
"""The words of demands that have a closed set of them."""

OTHERS = {
    "ConnectionPoint.connectionPointId.prefixes": "NOTAVALID",
    "HTTP.retry": "400",
    "HTTP.unauthorised": "200",
    "HTTP.unidentified": "200",
    "Reading.timePeriod.alignment": "61",
    "Response.status": "9",
    "TLS.cipher_suites": "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "csipaus.namespace": "urn:example:another",
    "mRID.change": "primacy",
    "MirrorUsagePoint.fleet_readings": "VA",
    "mRID.form": "drawn by lot",
}
"""A word, for each demand whose words are open, that no pack demands."""


def _demand(name: str, bound: Bound, unit: str, meaning: str) -> Demand:
    return Demand(name, bound, unit, meaning, CHOICES.get(name, ()), OTHERS.get(name, ""))


DEMANDS: dict[str, Demand] = {
    **{
        f"{resource}.pollRate": Demand(
            f"{resource}.pollRate",
            Bound.MAX,
            "s",
            f"time from one poll of {resource} to the next, if the server sets none",
        )
        for resource in POLLED
    },
    **{row[0]: _demand(*row) for row in _ROWS},
}
"""All demands with a name of their own."""

FLOORED = tuple(resource for resource in POLLED if f"{resource}.pollRate_floor" in DEMANDS)
"""What profiles may want polled no more often than so."""

ELEMENT = re.compile(rf"^(?P<resource>{'|'.join(ELEMENTS_OF)})\.(?P<element>[a-zA-Z][A-Za-z0-9]*)$")
"""The form of a demand for an element."""


def demand_of(name: str) -> Demand | None:
    """Return the demand of that name, or ``None`` if it is not in the vocabulary."""
    if name in DEMANDS:
        return DEMANDS[name]
    if match := ELEMENT.match(name):
        return Demand(name, Bound.PRESENCE, "", f"{match['element']} in {match['resource']}")
    return None


def told(figure: Figure, unit: str = "") -> str:
    """Write a figure for a person."""
    if figure is None:
        return "not known"
    if isinstance(figure, float):
        return f"{figure:g}{'' if unit in ('', '1') else f' {unit}'}"
    return figure if isinstance(figure, str) else ", ".join(figure)
