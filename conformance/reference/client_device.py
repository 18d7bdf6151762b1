"""The client's own EndDevice: found or registered, its PIN checked, its connection point named."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from datetime import timedelta

from lxml import etree

from conformance.reference.client_documents import connection_point, end_device
from conformance.reference.client_manner import Manner
from conformance.reference.client_session import Fetched, NotServed, Session
from conformance.reference.client_shape import shaped
from conformance.reference.client_time import ServerTime
from conformance.reference.conduct import ClientConduct
from conformance.reference.simulator import Site
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.identity import LFDI_DIGITS, same_lfdi, sfdi_of_lfdi
from conformance.wire.payload import Node

EXAMPLE_PEN = 32473
"""The private enterprise number reserved for examples (RFC 5612)."""
EXAMPLE_NMI = "2999999999"
"""What the client puts as its connection point id: the form of an NMI, of no network."""
IMPATIENT_S = 5.0


@dataclass(frozen=True, slots=True)
class ClientIdentity:
    """Who the client is: its certificate's LFDI and SFDI, its registration PIN, its maker's PEN, its site's NMI."""

    lfdi: str
    sfdi: int
    pin: int
    pen: int = EXAMPLE_PEN
    connection_point: str = EXAMPLE_NMI


class WrongPin(Exception):
    """The server holds another PIN for this device: nothing it says may be trusted (SEC.032)."""


class OwnDevice:
    """What the client does about its EndDevice before it uses it, and about those of others.

    ``shown_lfdi`` is the LFDI as it is written in documents.
    """

    def __init__(
        self,
        session: Session,
        clock: Clock,
        time: ServerTime,
        identity: ClientIdentity,
        shown_lfdi: str,
        site: Site,
        flaws: frozenset[str],
        manner: Manner,
        conduct: ClientConduct,
    ) -> None:
        self._session, self._clock, self._time = session, clock, time
        self._identity, self._shown_lfdi, self._site = identity, shown_lfdi, site
        self._flaws, self._manner, self._conduct = flaws, manner, conduct
        self._checked_registration: set[str] = set()
        self._connected: set[str] = set()
        self._posted: set[str] = set()

    async def settled(self, devices: Fetched) -> Node | None:
        """Return the own EndDevice, registered, checked and named; ``None`` if there is none.

        Raises:
            WrongPin: the server holds another PIN.
            NotServed: a request was refused.
        """
        own = self._own(devices)
        if own is None and "in_band" in self._conduct.reports.registers:
            now_s = int(self._time.now_s())
            lfdi = self._manner.hexadecimal(self._shown_lfdi)
            lfdi = lfdi.lower() if "lower_case_lfdi" in self._flaws else lfdi
            document = shaped(end_device(lfdi, self._identity.sfdi, now_s), self._conduct, self._site)
            await self._register(devices.target, document)
            own = self._own(await self._session.get_list(devices.target, "EndDeviceList", "EndDevice"))
        if own is None:
            return None
        await self._check_registration(devices, own)
        await self._name_connection_point(devices, own)
        return own

    async def look_around(self, devices: Fetched) -> None:
        """Read the DERList of every device, if that is the manner."""
        links = (entry.link("DERListLink") for entry in devices.entries if self._manner.looks_around)
        for target in filter(None, map(devices.resolved, links)):
            await self._session.get_list(target, "DERList", "DER")

    async def post_members(self, target: str) -> None:
        """Post an EndDevice for each DER beside the first one, once, if that is the conduct."""
        members = self._site.members[1:] if self._conduct.reports.one_for_each else ()
        for name in set(members) - self._posted:
            lfdi = hashlib.sha256(f"{name} {self._identity.lfdi}".encode()).hexdigest()[:LFDI_DIGITS].upper()
            self._posted.add(name)
            with contextlib.suppress(NotServed):
                await self._session.post(
                    target, end_device(lfdi, sfdi_of_lfdi(lfdi), int(self._time.now_s())), "EndDeviceList"
                )

    async def _register(self, target: str, document: etree._Element) -> None:
        """Post the client's EndDevice. Raises ``NotServed``."""
        while True:
            try:
                await self._session.post(target, document, "EndDeviceList")
                return
            except NotServed:
                if "posts_until_taken" not in self._flaws:
                    raise
                await self._clock.wait(timedelta(seconds=IMPATIENT_S))

    def _own(self, devices: Fetched) -> Node | None:
        if "takes_last_device" in self._flaws:
            return devices.entries[-1] if devices.entries else None

        def mine(node: Node) -> bool:
            if "takes_first_device" in self._flaws:
                return node.link("FunctionSetAssignmentsListLink") is not None
            return same_lfdi(node.text("lFDI") or "", self._identity.lfdi)

        return next(filter(mine, devices.entries), None)

    async def _check_registration(self, devices: Fetched, own: Node) -> None:
        """Read the device itself and its PIN, once; nothing may be done before they are right (SEC.032)."""
        target = devices.resolved(own.link("RegistrationLink"))
        if target is None and (self._conduct.reports.needs_registration or "needs_registration_link" in self._flaws):
            raise WrongPin
        if target is None or target in self._checked_registration:
            return
        address = devices.resolved(own.href)
        if address is not None:
            await self._session.get(address, "EndDevice")
        registration = await self._session.get(target, "Registration")
        if registration.root.integer("pIN") != self._identity.pin and "ignores_wrong_pin" not in self._flaws:
            raise WrongPin
        self._checked_registration.add(target)

    async def _name_connection_point(self, devices: Fetched, own: Node) -> None:
        """Put the connection point id, once; while it is refused nothing else is done."""
        aus, target = self._conduct.aus, devices.resolved(own.link("ConnectionPointLink"))
        silent = not self._conduct.reports.names_point or "never_sends_connection_point" in self._flaws
        if target is None or target in self._connected or silent or not aus.connection_point:
            return
        document = shaped(connection_point(aus.extension, self._identity.connection_point), self._conduct, self._site)
        await self._session.put(target, document, "ConnectionPoint")
        self._connected.add(target)
