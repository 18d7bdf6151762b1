"""The reference server: a sound IEEE 2030.5 server without I/O, and the same with named flaws.

It serves demonstrations and the harness's own tests, on real sockets and in virtual time alike. The flaws in TLS are
settings that whoever builds the TLS context reads: :attr:`ReferenceServer.tls_ciphers` and
:attr:`ReferenceServer.requires_client_certificate`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, lru_cache

from conformance.reference.conduct import CSIP_SERVER, ServerConduct
from conformance.reference.server_flaws import arrange
from conformance.reference.server_manners import compressed, manners, rates_of, withholding
from conformance.reference.server_tree import RECEIVED_STARTED_COMPLETED, Notifying, build
from conformance.roles.utility import TEST_PIN, DERControl, EndDevice, Handler, Manner, Modes, Rates, Utility
from conformance.roles.utility.registration import Registration
from conformance.roles.utility.version_discovery import serve_versions
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.identity import same_lfdi
from conformance.wire.certificate_chain import judge_chain
from conformance.wire.csipaus import NONE, extension_in
from conformance.wire.messages import Answer, Request, header
from conformance.wire.schema.editions import EXTENSION_NAMESPACES
from conformance.wire.schema.model import Edition
from conformance.wire.schema.validator import Validator

POST_RATE_S = 300
MOVED_PATH = "/moved-dcap-51c2"
FORBIDDEN = frozenset({"SEC.069", "SEC.100", "SEC.101", "SEC.102"})
"""Rules on the extensions of a chain's certificates that a server must enforce itself."""
KEPT_CHAINS = 256
REFUSED_TWICE = 409
"""Answers a second registration of the same device where the profile wants it refused."""
COORDINATED = 3
"""Time ``quality``: from an external authoritative source."""


class ReferenceServer:
    """A sound server, less its flaws.

    Args:
        clock: whose time it goes by.
        flaws: names of :data:`~conformance.reference.server_flaws.SERVER_FLAWS`.
        lfdis: the clients that are registered out of band.
        pin: their registration PIN.
        rates: the poll and post rates asked for.
        manner: legal but unusual ways to speak.
        seed: makes paths and mRIDs repeatable; ``None`` makes them unpredictable.
        validate: judges request bodies; the 2018 schema if not given.
        conduct: what it does where profiles differ.

    Raises:
        UsageError: a flaw that does not exist, or an LFDI that is not one.
    """

    def __init__(
        self,
        clock: Clock,
        flaws: Iterable[str] = (),
        *,
        lfdis: Iterable[str] = (),
        pin: int = TEST_PIN,
        rates: Rates | None = None,
        manner: Manner | None = None,
        seed: str | None = "reference",
        validate: Callable[[bytes], bool] | None = None,
        conduct: ServerConduct = CSIP_SERVER,
    ) -> None:
        self.conduct = conduct
        extension = extension_in(conduct.namespace) if conduct.namespace else NONE
        manner = manner or Manner()
        self.utility = Utility(
            clock,
            rates=rates_of(conduct, rates or Rates()),
            registration=Registration.IN_BAND if conduct.in_band else Registration.OUT_OF_BAND,
            manner=replace(manner, lower_case_hex=manner.lower_case_hex or conduct.lower_case),
            seed=seed,
            validate=validate or _validator(_edition(conduct.namespace)).quick,
            foreign_status=conduct.unauthorised[0],
            extension=extension,
        )
        self.utility.entrance.quality = COORDINATED
        self._parts = build(clock, self.utility, lfdis, pin, POST_RATE_S, conduct)
        self._parts.requires_client_certificate = conduct.unidentified is None
        self.admitted: set[str] = set()
        self._register_as(conduct)
        self.redirects_entry = False
        self.utility.interposers.append(self._redirected)
        self.utility.interposers.extend(manners(conduct, clock, self.utility))
        if conduct.discovery:
            serve_versions(self.utility)
        self.flaws = frozenset(flaws)
        self.utility.subscriptions.offered = conduct.subscriptions
        self._parts.notifying.interval = timedelta(seconds=conduct.notification_interval_s)
        arrange(self._parts, self.flaws)
        if "gzip" in conduct.encodings:
            self.utility.interposers.append(compressed)

    def _register_as(self, conduct: ServerConduct) -> None:
        """Let those register in band who were admitted, and take connection points as the profile wants it."""
        utility = self.utility
        utility.admit(self._admits)
        utility.refuse_registration(conduct.unauthorised[-1], REFUSED_TWICE if conduct.duplicate == "refused" else None)
        utility.on_registration = lambda device: self._equip(device)
        if conduct.connection_prefixes:
            utility.connection.admits = lambda text: text.startswith(conduct.connection_prefixes)
        utility.connection.changeable = conduct.connection_change
        if conduct.connection_first:
            utility.interposers.append(withholding(utility, self.admitted))

    def _admits(self, sender: str, lfdi: str) -> bool:
        """Say whether a client may register a device: its own, if it was admitted or is registered already."""
        known = lfdi.upper() in self.admitted or self.utility.device(lfdi) is not None
        return same_lfdi(sender, lfdi) and known

    def _equip(self, device: EndDevice) -> None:
        assignment = self.utility.assign(device, description="Topology")
        for program in self._parts.programs:
            assignment.add(program)

    def handle(self, request: Request) -> Answer:
        """Answer a request; a client whose chain leaves the profile is refused with 403.

        TLS itself does not look at these rules, so the refusal comes after the handshake.
        """
        if self._parts.judges_chains and _forbidden(request.peer.chain):
            return Answer(403)
        return self.utility.handle(request)

    def _redirected(self, request: Request, handler: Handler) -> Answer:
        """Serve DeviceCapability at another path while the operator wants it, and redirect to it."""
        if request.path == MOVED_PATH and self.redirects_entry:
            return handler(replace(request, target=self.entry_path))
        if request.path != self.entry_path or not self.redirects_entry or request.method not in ("GET", "HEAD"):
            return handler(request)
        origin = f"https://{header(request.headers, 'Host')}"
        return Answer(301, (("Location", f"{origin}{MOVED_PATH}"),), resource="DeviceCapability")

    @property
    def judges_chains(self) -> bool:
        """Whether the chain of a client is looked at beyond what TLS does."""
        return self._parts.judges_chains

    @property
    def notifying(self) -> Notifying:
        """How subscribers are notified."""
        return self._parts.notifying

    @property
    def asks_for_certificate(self) -> bool:
        """Whether a client is asked for a certificate at all."""
        return self._parts.asks_for_certificate

    @property
    def entry_path(self) -> str:
        """The path of DeviceCapability."""
        return self.utility.entry_path

    @property
    def tls_ciphers(self) -> str:
        """The cipher suites to offer, in OpenSSL's notation."""
        return self._parts.tls_ciphers

    @property
    def requires_client_certificate(self) -> bool:
        """Whether a client must show a certificate."""
        return self._parts.requires_client_certificate

    def register_device(self, lfdi: str, *, sfdi: int | None = None, pin: int = TEST_PIN) -> EndDevice:
        """Register one more device and assign it the three programs, as an operator would."""
        known = self.utility.device(lfdi)
        device = known or self.utility.register(lfdi, sfdi=sfdi, pin=pin, post_rate_s=POST_RATE_S)
        if not device.assignments:
            self._equip(device)
        return device

    def publish_control(self, lfdi: str, modes: Modes, *, start: datetime, duration: timedelta) -> DERControl:
        """Publish a control to a device in its best program, as an operator would.

        Raises:
            UsageError: the device is not registered or has no program.
        """
        device = self.utility.device(lfdi)
        programs = [program for kept in device.assignments for program in kept.programs] if device else []
        if not programs:
            raise UsageError(
                explain("Publishing a control.", "a registered device with a program", lfdi, "register it first")
            )
        best = min(programs, key=lambda program: program.primacy)
        return best.add_control(modes, start=start, duration=duration, response_required=RECEIVED_STARTED_COMPLETED)


@lru_cache(maxsize=KEPT_CHAINS)
def _forbidden(chain: tuple[bytes, ...]) -> bool:
    return bool(chain) and any(found.requirement in FORBIDDEN for found in judge_chain(chain))


@cache
def _validator(edition: Edition) -> Validator:
    """Return the validator that all reference servers share; compiling the schema takes longer than all the rest."""
    return Validator(edition)


def _edition(namespace: str) -> Edition:
    """Return the edition whose schema goes with a namespace of CSIP-AUS."""
    return next((edition for edition, known in EXTENSION_NAMESPACES.items() if known == namespace), Edition.IEEE_2018)
