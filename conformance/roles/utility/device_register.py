"""The EndDeviceList: registration out of band and in band, and who sees which device (CSIP guide 5.2.3, P17 to P20)."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from conformance.roles.utility.connection_point import ConnectionPolicy
from conformance.roles.utility.context import Context
from conformance.roles.utility.end_device import EndDevice, Identity
from conformance.roles.utility.paging import list_document
from conformance.roles.utility.registration import Registration, identity_posted
from conformance.roles.utility.subscriptions import Subscriptions
from conformance.roles.utility.tree import Call, Endpoint, changed, created, refused
from conformance.vocabulary.identity import same_lfdi
from conformance.wire.messages import Answer


class DeviceRegister:
    """All devices. ``admits(sender, lfdi)`` decides on in-band registration; ``on_registration`` equips a newcomer.

    ``refusal`` answers who may not register; ``duplicate`` answers a device that is registered already, with its place
    where it is ``None``.
    """

    def __init__(self, context: Context, registration: Registration, pin: int, subscriptions: Subscriptions) -> None:
        self._context = context
        self._subscriptions = subscriptions
        self._pin = pin
        self.registration = registration
        self.admits: Callable[[str, str], bool] = self._admits_own_and_managed
        self.on_registration: Callable[[EndDevice], None] | None = None
        self.refusal = 403
        self.duplicate: int | None = None
        self.devices: list[EndDevice] = []
        self.connection = ConnectionPolicy()
        self.path = context.addresses.path("edev")
        context.tree.add(
            Endpoint(
                kind="EndDeviceList",
                path=self.path,
                get=self._list,
                post=self._post,
                accepts=lambda name: name == "EndDevice",
            )
        )

    def add(self, device: EndDevice) -> None:
        """List a device and serve it."""
        self.devices.append(device)
        self._subscriptions.serve(device.subscriptions_path, device.seen_by)
        in_band = self.registration is Registration.IN_BAND
        self._context.tree.add(
            Endpoint(
                kind="EndDevice",
                path=device.path,
                get=lambda call: device.write(),
                delete=(lambda call: self._delete(device)) if in_band else None,
                audience=device.seen_by,
            )
        )

    def remove(self, device: EndDevice) -> None:
        """Strike a device off; all its addresses answer 404 from now on."""
        self.devices.remove(device)
        self._context.tree.remove(device.subscriptions_path)
        device.withdraw()

    def find(self, lfdi: str) -> EndDevice | None:
        """Return the device with an LFDI."""
        return next((device for device in self.devices if same_lfdi(device.lfdi, lfdi)), None)

    def seen_by(self, lfdi: str) -> list[EndDevice]:
        """Return the devices that a client sees."""
        return [device for device in self.devices if device.seen_by(lfdi)]

    def _admits_own_and_managed(self, sender: str, lfdi: str) -> bool:
        return bool(sender) and (same_lfdi(sender, lfdi) or self.find(sender) is not None)

    def _list(self, call: Call) -> etree._Element:
        entries = (device.entry() for device in self.seen_by(call.lfdi))
        rate = self._context.rates.end_device_list_s
        return list_document(
            "EndDeviceList",
            self.path,
            entries,
            call.query,
            poll_rate_s=rate,
            subscribable=True,
            offered=self._context.subscribable,
        )

    def _post(self, call: Call) -> Answer:
        if self.registration is Registration.OUT_OF_BAND:
            return refused(self.refusal)
        identity = identity_posted(call.document, call.lfdi, self._pin)
        if identity is None:
            return refused(400)
        if not self.admits(call.lfdi, identity.lfdi):
            return refused(self.refusal)
        known = self.find(identity.lfdi)
        if known:
            return self._again(known, call)
        return created(self._take_in(identity, call.lfdi).path)

    def _again(self, known: EndDevice, call: Call) -> Answer:
        if not known.seen_by(call.lfdi):
            return refused(self.refusal)
        return changed(known.path) if self.duplicate is None else refused(self.duplicate)

    def _take_in(self, identity: Identity, sender: str) -> EndDevice:
        now = self._context.clock.now()
        device = EndDevice(
            self._context, identity, changed_at=now, viewers=frozenset({sender}), connection=self.connection
        )
        self.add(device)
        if self.on_registration:
            self.on_registration(device)
        return device

    def _delete(self, device: EndDevice) -> Answer:
        self.remove(device)
        return changed()
