"""A device as the utility knows it (``EndDevice``, IEEE 2030.5-2018, 8.2): identity, PIN, assignments, DER, log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from conformance.roles.utility.connection_point import ConnectionPoint, ConnectionPolicy
from conformance.roles.utility.context import Context, Received, seconds
from conformance.roles.utility.der import DER
from conformance.roles.utility.function_set_assignments import FunctionSetAssignments
from conformance.roles.utility.log_book import LogBook
from conformance.roles.utility.paging import Entry, list_document
from conformance.roles.utility.tree import Call, Endpoint
from conformance.wire.payload import element

TEST_PIN = 111115
"""The registration PIN of every CSIP conformance test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a device is registered with. ``sfdi`` and ``pin`` carry their check digits."""

    lfdi: str
    sfdi: int
    pin: int = TEST_PIN
    category: str | None = None


class EndDevice:
    """A registered device.

    ``viewers`` are the LFDIs of the clients that see it and everything below it: its own, its aggregator's, and
    whoever else a scenario lets look. ``changed_at`` is the ``changedTime`` that sorts its list.
    """

    def __init__(
        self,
        context: Context,
        identity: Identity,
        *,
        changed_at: datetime,
        viewers: frozenset[str] = frozenset(),
        post_rate_s: int | None = None,
        enabled: bool = True,
        has_assignments: bool = True,
        has_registration: bool = True,
        connection: ConnectionPolicy | None = None,
    ) -> None:
        self._context = context
        self.identity = identity
        self.changed_at = changed_at
        self.registered_at = context.clock.now()
        self.viewers = {identity.lfdi, *viewers}
        self.post_rate_s = post_rate_s
        self.enabled = enabled
        self.has_assignments = has_assignments
        self.has_registration = has_registration
        self.assignments: list[FunctionSetAssignments] = []
        words = ("edev", "rg", "fsa", "der")
        self.path, self.registration_path, self.assignments_path, self.ders_path = map(context.addresses.path, words)
        self.subscriptions_path = context.addresses.path("subs")
        self.ders = [DER(context, self.seen_by)]
        self.log = LogBook(context, self.seen_by)
        extended = context.extension.adds("ConnectionPointLink", to="EndDevice")
        policy = connection or ConnectionPolicy()
        self.connection_point = ConnectionPoint(context, self.seen_by, policy) if extended else None
        self._serve()

    def _serve(self) -> None:
        served = (
            ("Registration", self.registration_path, lambda call: self._registration()),
            ("FunctionSetAssignmentsList", self.assignments_path, self._assignment_list),
            ("DERList", self.ders_path, self._der_list),
        )
        for kind, path, get in served:
            self._context.tree.add(Endpoint(kind=kind, path=path, get=get, audience=self.seen_by))

    def seen_by(self, lfdi: str) -> bool:
        """Say whether that client may see the device."""
        return lfdi in self.viewers

    @property
    def lfdi(self) -> str:
        """The device's LFDI, upper case."""
        return self.identity.lfdi

    @property
    def der(self) -> DER:
        """The device's first DER."""
        return self.ders[0]

    @property
    def der_capability(self) -> Received | None:
        """The ``DERCapability`` the client put last."""
        return self.der.capability.latest

    @property
    def der_settings(self) -> Received | None:
        """The ``DERSettings`` the client put last."""
        return self.der.settings.latest

    @property
    def der_status(self) -> Received | None:
        """The ``DERStatus`` the client put last."""
        return self.der.status.latest

    @property
    def der_availability(self) -> Received | None:
        """The ``DERAvailability`` the client put last."""
        return self.der.availability.latest

    @property
    def log_events(self) -> tuple[Received, ...]:
        """The ``LogEvent`` documents the client posted, oldest first."""
        return tuple(self.log.received)

    def add_der(self) -> DER:
        """Give the device one more DER."""
        self.ders.append(DER(self._context, self.seen_by))
        return self.ders[-1]

    def touch(self) -> None:
        """Say that the device changed now."""
        self.changed_at = self._context.clock.now() + self._context.ahead
        self._context.tree.touched()

    def withdraw(self) -> None:
        """Take the device and all below it out of the tree."""
        for path in (self.path, self.registration_path, self.assignments_path, self.ders_path):
            self._context.tree.remove(path)
        self.log.withdraw()
        if self.connection_point is not None:
            self.connection_point.withdraw()
        for der in self.ders:
            der.withdraw()

    def write(self) -> etree._Element:
        """Write the ``EndDevice``."""
        assigned = element("FunctionSetAssignmentsListLink", href=self.assignments_path, all=len(self.assignments))
        return element(
            "EndDevice",
            element("DERListLink", href=self.ders_path, all=len(self.ders)),
            element("deviceCategory", self.identity.category) if self.identity.category else None,
            element("lFDI", self.lfdi),
            element("LogEventListLink", href=self.log.path, all=len(self.log)),
            element("sFDI", self.identity.sfdi),
            element("changedTime", seconds(self.changed_at)),
            element("enabled", self.enabled),
            assigned if self.has_assignments else None,
            element("postRate", self.post_rate_s) if self.post_rate_s is not None else None,
            element("RegistrationLink", href=self.registration_path) if self.has_registration else None,
            element("SubscriptionListLink", href=self.subscriptions_path) if self._context.subscribable else None,
            self._connection_point_link(),
            href=self.path,
            subscribable=str(int(self._context.subscribable)),
        )

    def _connection_point_link(self) -> etree._Element | None:
        if self.connection_point is None:
            return None
        return self._context.extension.written("ConnectionPointLink", href=self.connection_point.path)

    def entry(self) -> Entry:
        """Return the device as a list entry: latest change first, then sFDI."""
        moment = seconds(self.changed_at)
        return Entry((-moment, self.identity.sfdi), self.write, moment)

    def _registration(self) -> etree._Element:
        return element(
            "Registration",
            element("dateTimeRegistered", seconds(self.registered_at)),
            element("pIN", self.identity.pin),
            href=self.registration_path,
            pollRate=self._context.rates.registration_s,
        )

    def _assignment_list(self, call: Call) -> etree._Element:
        return list_document(
            "FunctionSetAssignmentsList",
            self.assignments_path,
            (assignment.entry() for assignment in self.assignments),
            call.query,
            poll_rate_s=self._context.rates.function_set_assignments_list_s,
            subscribable=True,
            offered=self._context.subscribable,
        )

    def _der_list(self, call: Call) -> etree._Element:
        entries = (der.entry() for der in self.ders)
        return list_document("DERList", self.ders_path, entries, call.query, poll_rate_s=self._context.rates.der_list_s)
