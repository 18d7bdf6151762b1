"""The utility: an IEEE 2030.5 server as a protocol core, without sockets, threads or waiting.

:class:`Utility` answers requests and lets a scenario arrange, while clients watch, what is offered: devices, their
assignments, programs, controls, defaults. It keeps what clients send: Responses, readings, DER documents, log events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from lxml import etree

from conformance.catalogue.fixtures import Fixtures, standard_fixtures
from conformance.roles.utility.connection_point import ConnectionPolicy
from conformance.roles.utility.delivery_start import DeliveryStart, first_told
from conformance.roles.utility.der_control import DERControl
from conformance.roles.utility.der_program import DERProgram
from conformance.roles.utility.device_register import DeviceRegister
from conformance.roles.utility.end_device import TEST_PIN, EndDevice, Identity
from conformance.roles.utility.entrance import Entrance
from conformance.roles.utility.function_set_assignments import FunctionSetAssignments
from conformance.roles.utility.manner import Manner
from conformance.roles.utility.mirror_usage_point import MirrorUsagePoint, ReceivedReading
from conformance.roles.utility.mirrors import Mirrors
from conformance.roles.utility.protocol import leave_out
from conformance.roles.utility.rates import Rates
from conformance.roles.utility.registration import Registration
from conformance.roles.utility.response_set import ReceivedResponse
from conformance.roles.utility.response_sets import ResponseSets
from conformance.roles.utility.self_device import SelfDevice
from conformance.roles.utility.server import Server
from conformance.roles.utility.subscriptions import Subscriptions
from conformance.roles.utility.tree import Call
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.identity import normal_lfdi, sfdi_of_lfdi
from conformance.wire.csipaus import NONE, Extension
from conformance.wire.payload import element

Assignee = FunctionSetAssignments | EndDevice
"""Where a program is put: an assignment, or a device (then into its first assignment, made if need be)."""


class Utility(Server):
    """A utility server.

    Args:
        clock: whose time the utility goes by.
        rates: the poll and post rates it asks for.
        registration: who makes the EndDevices.
        seed: makes paths and mRIDs repeatable; without one they are unpredictable.
        manner: legal but unusual ways to speak.
        validate: judges request bodies (true: schema-valid); what is invalid is answered 400.
        foreign_status: answers a request for somebody else's resource, 404 (CSIP P18) or 403.
        lfdi: the LFDI of the utility's own certificate, shown by SelfDevice.
        entry: the path of DeviceCapability, if it is not the manner's.
        extension: the CSIP-AUS that is spoken, if any.
        fixtures: what scenarios with a name set up; as the procedures have them, if ``None``.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        rates: Rates | None = None,
        registration: Registration = Registration.OUT_OF_BAND,
        seed: str | None = None,
        manner: Manner | None = None,
        validate: Callable[[bytes], bool] | None = None,
        foreign_status: int = 404,
        lfdi: str | None = None,
        entry: str | None = None,
        extension: Extension = NONE,
        fixtures: Fixtures | None = None,
    ) -> None:
        self.fixtures = fixtures or standard_fixtures()
        manner = manner or Manner()
        manner = replace(manner, entry_path=entry) if entry else manner
        super().__init__(
            clock,
            rates or Rates(),
            manner,
            seed=seed,
            validate=validate,
            foreign_status=foreign_status,
            extension=extension,
        )
        self.assignments: list[FunctionSetAssignments] = []
        self.programs: list[DERProgram] = []
        self._response_sets = ResponseSets(self._context)
        self.subscriptions = Subscriptions(
            self._context, manner, lambda document: leave_out(self.hidden_links, document)
        )
        self._register = DeviceRegister(self._context, registration, TEST_PIN, self.subscriptions)
        self._mirrors = Mirrors(self._context, lambda lfdi: bool(self._register.seen_by(lfdi)))
        self._mirrors.new_reading_status = manner.reading_status
        self.self_device = SelfDevice(self._context, lfdi)
        self.entrance = Entrance(self._context, manner, self._links)

    # --- registration ---

    @property
    def registration(self) -> Registration:
        """Who makes the EndDevices."""
        return self._register.registration

    @registration.setter
    def registration(self, registration: Registration) -> None:
        self._register.registration = registration

    @property
    def on_registration(self) -> Callable[[EndDevice], None] | None:
        """What is done with a device that has just registered itself, such as assigning it."""
        return self._register.on_registration

    @on_registration.setter
    def on_registration(self, equip: Callable[[EndDevice], None] | None) -> None:
        self._register.on_registration = equip

    def admit(self, admits: Callable[[str, str], bool]) -> None:
        """Decide who may register in band: called with the sender's LFDI and the posted one; refused with 403."""
        self._register.admits = admits

    def refuse_registration(self, status: int, duplicate: int | None = None) -> None:
        """Decide what answers who may not register, and who is registered already (``None``: with its place)."""
        self._register.refusal, self._register.duplicate = status, duplicate

    @property
    def connection(self) -> ConnectionPolicy:
        """Which connection point ids are taken, and whether one may be changed."""
        return self._register.connection

    def register(
        self,
        lfdi: str,
        *,
        sfdi: int | None = None,
        pin: int = TEST_PIN,
        post_rate_s: int | None = None,
        category: str | None = None,
        changed_at: datetime | None = None,
        seen_by: Iterable[str] = (),
        enabled: bool = True,
        has_assignments: bool = True,
        has_registration: bool = True,
    ) -> EndDevice:
        """Register a device out of band.

        Args:
            lfdi: 40 hexadecimal digits; blanks and hyphens may group them.
            sfdi: with check digit; worked out from the LFDI if not given.
            pin: the registration PIN with its check digit.
            post_rate_s: the ``postRate`` asked of the device.
            category: ``deviceCategory``, eight hexadecimal digits.
            changed_at: ``changedTime``; now if not given.
            seen_by: LFDIs of further clients that see the device, such as its aggregator.
            enabled: ``enabled``.
            has_assignments: whether the device shows a FunctionSetAssignmentsListLink.
            has_registration: whether it shows a RegistrationLink.

        Raises:
            UsageError: an LFDI that is not one.
        """
        lfdi = normal_lfdi(lfdi)
        device = EndDevice(
            self._context,
            Identity(lfdi=lfdi, sfdi=sfdi_of_lfdi(lfdi) if sfdi is None else sfdi, pin=pin, category=category),
            changed_at=changed_at or self.now(),
            viewers=frozenset(map(normal_lfdi, seen_by)),
            post_rate_s=post_rate_s,
            enabled=enabled,
            has_assignments=has_assignments,
            has_registration=has_registration,
            connection=self._register.connection,
        )
        self._register.add(device)
        return device

    @property
    def devices(self) -> tuple[EndDevice, ...]:
        """All registered devices."""
        return tuple(self._register.devices)

    def device(self, lfdi: str) -> EndDevice | None:
        """Return the device with an LFDI."""
        return self._register.find(lfdi)

    def deregister(self, device: EndDevice) -> None:
        """Strike a device off."""
        self._register.remove(device)

    # --- what is offered ---

    def assign(
        self,
        to: EndDevice | Iterable[EndDevice],
        *,
        description: str | None = None,
        mrid: str | None = None,
        shows_programs: bool = True,
    ) -> FunctionSetAssignments:
        """Make an assignment for one or more devices."""
        assignment = FunctionSetAssignments(
            self._context,
            lambda lfdi: self._assigned(assignment, lfdi),
            self.entrance.time_path,
            description=description,
            mrid=mrid,
            shows_programs=shows_programs,
        )
        for device in [to] if isinstance(to, EndDevice) else to:
            device.assignments.append(assignment)
        self.assignments.append(assignment)
        self.tree.touched()
        return assignment

    def unassign(self, assignment: FunctionSetAssignments) -> None:
        """Take an assignment away from all its devices."""
        for device in self.devices:
            device.assignments = [kept for kept in device.assignments if kept is not assignment]
        self.assignments.remove(assignment)
        assignment.withdraw()

    def add_program(
        self,
        to: Assignee | Iterable[Assignee],
        *,
        primacy: int,
        description: str | None = None,
        mrid: str | None = None,
    ) -> DERProgram:
        """Put a new program into one or more assignments; the lower ``primacy`` wins (``UInt8``)."""
        responses = self._response_sets.add(lambda lfdi: self._offered(program, lfdi), description)
        program = DERProgram(
            self._context,
            lambda lfdi: self._offered(program, lfdi),
            responses,
            primacy=primacy,
            description=description,
            mrid=mrid,
        )
        for assignee in [to] if isinstance(to, FunctionSetAssignments | EndDevice) else to:
            self._assignment_of(assignee).add(program)
        self.programs.append(program)
        return program

    def remove_program(self, program: DERProgram) -> None:
        """Take a program away. Its Responses are still taken from those who saw it."""
        viewers = {lfdi for device in self.devices for lfdi in device.viewers if self._offered(program, lfdi)}
        program.responses.audience = viewers.__contains__
        for assignment in self.assignments:
            if program in assignment.programs:
                assignment.remove(program)
        self.programs.remove(program)
        program.withdraw()

    @property
    def end_device_list_path(self) -> str:
        """Where the EndDeviceList is."""
        return self._register.path

    @property
    def mirror_usage_point_list_path(self) -> str:
        """Where the MirrorUsagePointList is."""
        return self._mirrors.path

    # --- what came ---

    @property
    def responses(self) -> tuple[ReceivedResponse, ...]:
        """All Responses, oldest first."""
        return self._response_sets.received

    def delivery_start(self, control: DERControl) -> DeliveryStart:
        """Return the instants that the delivery of a control may be counted from."""
        told = first_told(self.subscriptions.told, control.mrid)
        return DeliveryStart(created=control.published_at, exposed=control.published_at, notified=told)

    @property
    def readings(self) -> tuple[ReceivedReading, ...]:
        """All telemetry values, oldest first."""
        return self._mirrors.readings

    def answer_new_readings(self, status: int) -> None:
        """Answer readings whose mRID is new with 201 (the way at first) or 204."""
        self._mirrors.new_reading_status = status

    @property
    def mirror_usage_points(self) -> tuple[MirrorUsagePoint, ...]:
        """The usage points that clients posted."""
        return self._mirrors.usage_points

    # --- inside ---

    def _assignment_of(self, assignee: Assignee) -> FunctionSetAssignments:
        if isinstance(assignee, FunctionSetAssignments):
            return assignee
        return assignee.assignments[0] if assignee.assignments else self.assign(assignee)

    def _assigned(self, assignment: FunctionSetAssignments, lfdi: str) -> bool:
        return any(assignment in device.assignments for device in self._register.seen_by(lfdi))

    def _offered(self, program: DERProgram, lfdi: str) -> bool:
        return any(program in kept.programs and self._assigned(kept, lfdi) for kept in self.assignments)

    def _links(self, call: Call) -> list[etree._Element]:
        devices, mirrors, responses = self._register, self._mirrors, self._response_sets
        return [
            element("EndDeviceListLink", href=devices.path, all=len(devices.seen_by(call.lfdi))),
            element("MirrorUsagePointListLink", href=mirrors.path, all=len(mirrors.seen_by(call.lfdi))),
            element("ResponseSetListLink", href=responses.path, all=len(responses.seen_by(call.lfdi))),
            element("SelfDeviceLink", href=self.self_device.path),
        ]
