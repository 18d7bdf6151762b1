"""The noun ``arrange``: what a test case has the operator make on a server under test, and its removal afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from conformance.catalogue.fixtures import Fixtures
from conformance.catalogue.instructions import Order, order
from conformance.catalogue.offers import ControlOffer, DefaultOffer, GroupOffer, ProgramOffer
from conformance.vocabulary.identity import sfdi_of_lfdi

Instruct = Callable[[Order], Awaitable[None]]
Attempt = Callable[[Order], Awaitable[bool]]


class Arranger:
    """Gives the operator instructions for one test case.

    ``instruct`` ends the test case when an instruction is not carried out; ``attempt`` says whether it was.
    ``fixtures`` are those of the profile: what test cases have made.
    """

    def __init__(
        self, instruct: Instruct, attempt: Attempt, fixtures: Fixtures, *, lfdi: str, pin: int, entry: str
    ) -> None:
        self.fixtures = fixtures
        self._instruct = instruct
        self._attempt = attempt
        self._lfdi = lfdi
        self._pin = pin
        self._entry = entry
        self._undo: list[Order] = []

    async def groups(self, *groups: GroupOffer, devices: Sequence[str] = ()) -> None:
        """Have groups made, with their programs, and devices assigned to them; the harness's own if none is named."""
        offered = [group.as_json() for group in groups]
        self._undo += [order("remove_group", group=group.description) for group in groups]
        await self._instruct(order("create_groups", devices=list(devices) or [self._lfdi], groups=offered))

    async def program(self, group: GroupOffer, program: ProgramOffer) -> None:
        """Have a program added to a group."""
        await self._instruct(order("create_program", group=group.description, program=program.as_json()))

    async def without_program(self, program: ProgramOffer) -> None:
        """Have a program removed."""
        await self._instruct(order("remove_program", program=program.description))

    async def default(self, program: ProgramOffer, default: DefaultOffer) -> None:
        """Have the default of a program replaced."""
        await self._instruct(order("set_default", program=program.description, default=default.as_json()))

    async def controls(self, program: ProgramOffer, *controls: ControlOffer) -> None:
        """Have controls published at once."""
        offered = [control.as_json() for control in controls]
        await self._instruct(order("create_controls", program=program.description, controls=offered))

    async def cancelled(self, program: ProgramOffer, *controls: ControlOffer) -> None:
        """Have controls cancelled."""
        names = [control.description for control in controls]
        await self._instruct(order("cancel_controls", program=program.description, controls=names))

    async def device(self, lfdi: str) -> None:
        """Have one more device registered with the PIN of the harness's own."""
        await self._instruct(order("register_device", lfdi=lfdi, sfdi=sfdi_of_lfdi(lfdi), pin=self._pin))
        self._undo.append(order("remove_devices", devices=[lfdi]))

    async def admit(self, lfdi: str) -> bool:
        """Have a device allowed to register itself, if the operator can do it."""
        done = await self._attempt(order("admit_device", lfdi=lfdi, pin=self._pin))
        if done:
            self._undo.append(order("remove_devices", devices=[lfdi]))
        return done

    async def rate(self, resource: str, rate_s: int) -> None:
        """Have the pollRate of a resource, or the postRate of a MirrorUsagePoint, set."""
        await self._instruct(order("set_rate", resource=resource, rate_s=rate_s))

    async def fleet(self, *lfdis: str) -> None:
        """Have registered devices managed by the harness as their aggregator."""
        await self._instruct(order("manage_devices", aggregator=self._lfdi, devices=lfdis))

    async def redirect(self) -> bool:
        """Have DeviceCapability redirected, if the operator can do it."""
        done = await self._attempt(order("redirect_entry", entry=self._entry))
        if done:
            self._undo.append(order("restore_entry", entry=self._entry))
        return done

    async def tidy_up(self) -> None:
        """Have removed what was made, the last first, as far as the operator can; the verdict does not hang on it."""
        while self._undo:
            await self._attempt(self._undo.pop())
