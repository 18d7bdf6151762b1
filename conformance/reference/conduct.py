"""How the reference peers keep to a profile: what they do where utilities differ.

A sound peer's conduct follows from the profile's values. A peer that departs from one demand, and from that only, has
the conduct of a profile with another figure in its place; so each demand of a pack can be broken by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from conformance.catalogue.demands import POLLED
from conformance.catalogue.pack_values import Phase
from conformance.catalogue.values_in_force import Values
from conformance.reference.aus_conduct import PLAIN, AusConduct, aus_conduct
from conformance.reference.pace import CSIP_PACE, READ_WITH_PROGRAMS, ClientPace, client_pace
from conformance.reference.reporting_conduct import CSIP_REPORTING, ReportingConduct, reporting_conduct
from conformance.reference.room import ENDLESS, Room, room

DAY_S = 86400
SLOWEST_S = 3600
"""No poll is asked for more seldom than this, whatever a profile leaves to it."""
TLS_1_2 = "1.2"
RENEWED_AFTER = 0.75
"""A client renews a subscription after this share of the time it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientConduct:
    """What the reference client does where profiles differ; the defaults are those of CSIP 2.1.

    Args:
        elements: elements the profile requires, as ``Resource.element``; sent where they are not sent anyway.
        without: elements the profile forbids; left out.
        aus: what it does beyond CSIP where the profile speaks CSIP-AUS.
        reports: how it tells of itself: modes, readings, identifiers, answers, registration.
        pace: how fast it is, how many controls it keeps, and what it does when it is cut off.
        room: how much else it keeps.
        subscribes: whether it subscribes to what may be subscribed to.
        renewal_s: seconds after which it renews a subscription.
        first_renewal_s: the same of one that was just made, to be sure that it stands; ``None`` if no sooner.
        refuses_unknown: whether it refuses documents with elements that it does not know.
        follows_redirects: whether it goes where a redirection sends it.
        tls_version: the one version of TLS that it speaks, such as ``1.2``.
        tls_suites: the cipher suites that it offers, by the names of IANA; the mandatory one if there is none.
    """

    elements: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    aus: AusConduct = PLAIN
    reports: ReportingConduct = CSIP_REPORTING
    pace: ClientPace = CSIP_PACE
    room: Room = ENDLESS
    subscribes: bool = True
    renewal_s: float = RENEWED_AFTER * DAY_S
    first_renewal_s: float | None = None
    refuses_unknown: bool = False
    follows_redirects: bool = True
    tls_version: str = TLS_1_2
    tls_suites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConduct:
    """What the reference server does where profiles differ; the defaults are those of CSIP 2.1.

    Args:
        elements: elements the profile requires, as ``Resource.element``; served where they are not served anyway.
        without: elements the profile forbids; left out.
        in_band: whether devices that were admitted may register themselves.
        duplicate: what becomes of a second POST of an EndDevice: ``idempotent`` or ``refused``.
        unidentified: status for a client without a certificate; ``None`` has TLS refuse it.
        unauthorised: statuses for what a client may not see, and for an EndDevice it may not post.
        redirects: whether anything but DeviceCapability is redirected.
        fixed_entry: whether DeviceCapability stays at its path.
        requests_per_minute: beyond so many requests of a client in a minute it is answered 429.
        encodings: how bodies may be encoded, of ``xml`` and ``gzip``.
        lower_case: whether hexadecimal is written in lower case.
        poll_rates: ``pollRate`` in seconds by resource, where profiles ask for one.
        post_rate_s: the ``postRate`` of a MirrorUsagePoint.
        namespace: that of the CSIP-AUS it speaks; empty for none.
        discovery: whether it tells its versions at the well-known document.
        connection_prefixes: what the ids of connection points begin with; any will do if there is none.
        connection_change: whether a connection point may be given another id.
        connection_first: whether programs are withheld until the connection point is known.
        longest_control_s: length of the longest control it publishes.
        interval_s: length of the controls that follow one another.
        randomize_start_s: the ``randomizeStart`` of its randomized control.
        export_floor_w: the lowest export limit it publishes.
        default_export_w: the export limit of its default, for a newcomer.
        gradient: ``setGradW`` of its default.
        rewrites: whether controls change under a known mRID in more than their status.
        subscriptions: whether clients may subscribe.
        notification_interval_s: the least time between two notifications of one resource to one client.
    """

    elements: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    in_band: bool = False
    duplicate: str = "idempotent"
    unidentified: int | None = None
    unauthorised: tuple[int, int] = (404, 403)
    redirects: bool = False
    fixed_entry: bool = True
    requests_per_minute: int | None = None
    encodings: frozenset[str] = frozenset({"xml"})
    lower_case: bool = False
    poll_rates: Mapping[str, int] = field(default_factory=dict)
    post_rate_s: int | None = None
    namespace: str = ""
    discovery: bool = False
    connection_prefixes: tuple[str, ...] = ()
    connection_change: bool = True
    connection_first: bool = False
    longest_control_s: int | None = None
    interval_s: int | None = None
    randomize_start_s: int | None = None
    export_floor_w: int | None = None
    default_export_w: int | None = None
    gradient: int = 100
    rewrites: bool = False
    subscriptions: bool = True
    notification_interval_s: int = 30


BEYOND: Mapping[str, frozenset[str]] = {"HTTP.encodings": frozenset({"exi"})}
"""Words of demands that no reference peer can keep to."""

CSIP_CLIENT, CSIP_SERVER = ClientConduct(), ServerConduct()
"""The conduct of peers that know of no utility."""


def client_conduct(values: Values) -> ClientConduct:
    """Return the conduct of a client that keeps to all values put to it."""
    return ClientConduct(
        elements=_elements(values, "required"),
        without=_elements(values, "forbidden"),
        aus=aus_conduct(values),
        reports=reporting_conduct(values),
        pace=client_pace(values),
        room=room(values),
        subscribes=_word(values, "Subscription") != "forbidden",
        renewal_s=RENEWED_AFTER * (_number(values, "Subscription.renewal") or DAY_S),
        first_renewal_s=_number(values, "Subscription.renewal_floor"),
        refuses_unknown=_word(values, "XML.unknown_elements") == "refused",
        follows_redirects=_word(values, "HTTP.redirects") != "forbidden",
        tls_version=_tls_version(values),
        tls_suites=_words(values, "TLS.cipher_suites"),
    )


def server_conduct(values: Values) -> ServerConduct:
    """Return the conduct of a server that keeps to all values put to it."""
    word, number = partial(_word, values), partial(_number, values)
    refusals = [int(status) for status in _words(values, "HTTP.unauthorised") if status.isdecimal()]
    return ServerConduct(
        elements=_elements(values, "required"),
        without=_elements(values, "forbidden"),
        in_band="in_band" in _words(values, "EndDevice.registration"),
        duplicate=word("EndDevice.duplicate") or "idempotent",
        unidentified=_status(word("HTTP.unidentified")),
        unauthorised=(refusals[0], refusals[-1]) if refusals else (404, 403),
        redirects=word("HTTP.redirects") not in ("", "forbidden"),
        fixed_entry=word("DeviceCapability.href") in ("", "fixed"),
        requests_per_minute=number("HTTP.requests_per_minute"),
        encodings=frozenset({"xml", *_words(values, "HTTP.encodings")}),
        lower_case=word("EndDevice.lFDI.case") == "lower",
        poll_rates=_served_rates(values),
        post_rate_s=number("MirrorUsagePoint.postRate"),
        namespace="" if word("csipaus") in ("", "optional", "forbidden") else word("csipaus.namespace"),
        discovery=word("csipaus.discovery") == "required",
        connection_prefixes=_words(values, "ConnectionPoint.connectionPointId.prefixes"),
        connection_change="accepted" in (_words(values, "ConnectionPoint.change") or ("accepted",)),
        connection_first=word("ConnectionPoint.order") == "before_programs",
        longest_control_s=number("DERControl.duration"),
        interval_s=number("DERControl.interval"),
        randomize_start_s=number("DERControl.randomizeStart"),
        export_floor_w=number("DERControl.opModExpLimW_floor"),
        default_export_w=number("DefaultDERControl.opModExpLimW", Phase.COMMISSIONING),
        gradient=number("DefaultDERControl.setGradW") or 100,
        rewrites=word("mRID.change") not in ("", "status"),
        subscriptions=word("Subscription") != "forbidden",
        notification_interval_s=number("Notification.interval") or 30,
    )


def _served_rates(values: Values) -> dict[str, int]:
    """Return rates by resource; controls and defaults have that of their programs, and none is slower than can be."""
    rates = {name: rate for name in POLLED if (rate := _number(values, f"{name}.pollRate")) is not None}
    below = [name for name in ("DERProgramList", *READ_WITH_PROGRAMS) if name in rates]
    return {name: min(SLOWEST_S, *(rates[one] for one in (below if name in below else [name]))) for name in rates}


def _tls_version(values: Values) -> str:
    """Return 1.2 where it is allowed, since it is what everybody speaks; else what is."""
    allowed = _words(values, "TLS.versions") or (TLS_1_2,)
    return TLS_1_2 if TLS_1_2 in allowed else allowed[0]


def _words(values: Values, name: str) -> tuple[str, ...]:
    value = values.find(name)
    return () if value is None or value.waived or not isinstance(value.figure, str | tuple) else value.words


def _word(values: Values, name: str) -> str:
    return next(iter(_words(values, name)), "")


def _number(values: Values, name: str, phase: Phase | None = None) -> int | None:
    value = values.find(name, phase)
    return None if value is None or value.waived or not isinstance(value.figure, float) else int(value.figure)


def _status(word: str) -> int | None:
    return int(word) if word.isdecimal() else None


def _elements(values: Values, presence: str) -> frozenset[str]:
    held = (value for name in {value.name for value in values.values()} for value in values.holding(name))
    return frozenset(value.name for value in held if value.figure == presence and "." in value.name)
