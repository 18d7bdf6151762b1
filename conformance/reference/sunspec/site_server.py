"""A simulated site that listens as SunSpec devices: alone, or behind a client under test for one test case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from conformance.reference.plant import Battery, Evse, Grid, Load, Pv
from conformance.reference.simulator import Site
from conformance.reference.sunspec.device import Der, Meter, RegisterWrite
from conformance.reference.sunspec.modbus_server import ModbusServer
from conformance.reference.sunspec.readings import PHASES
from conformance.reference.sunspec.southbound_plant import SouthboundPlant
from conformance.roles.southbound import SouthboundSite
from conformance.running.case_run import Desk
from conformance.running.client_arrangement import ClientPlace, RunningClient, Starter
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.errors import UsageError, explain


class SiteServer:
    """A site with its devices behind a port. ``told`` is called with every write of a master."""

    def __init__(self, wanted: SouthboundSite, clock: Clock, told: Callable[[RegisterWrite], None]) -> None:
        site = _site(wanted, clock)
        device = Der(site, wanted.unit, told=told)
        self.plant = SouthboundPlant(device, clock)
        self._server = ModbusServer([device, Meter(site, wanted.meter_unit)], clock, wanted.host, wanted.port)

    async def open(self) -> None:
        """Listen. Raises ``UsageError`` when the address is not free."""
        try:
            await self._server.open()
        except (OSError, RuntimeError) as error:
            where = f"{self._server.host}:{self._server.port}"
            do = "stop what uses it, or correct subject.southbound.listen (port 0: any free one)"
            raise UsageError(explain(f"listening for Modbus at {where}", "a free address", str(error), do)) from None

    async def close(self) -> None:
        """End the observation and close the port."""
        self.plant.close()
        await self._server.close()

    @property
    def values(self) -> Mapping[str, str]:
        """What a client must know to reach the site, by the names of the places in its start command."""
        device = self.plant.device
        return {
            "modbus_host": self._server.host,
            "modbus_port": str(self._server.port),
            "modbus_unit": str(device.unit),
        }


class SouthboundStarter:
    """Starts a client with a new site behind it, which ends with the client; its writes go into the journal."""

    def __init__(self, start: Starter, wanted: SouthboundSite) -> None:
        self._start = start
        self._wanted = wanted

    async def __call__(self, desk: Desk, place: ClientPlace, host: str, port: int) -> RunningClient:
        """Open the site and start the client; the site is closed if the client cannot be started."""

        def told(write: RegisterWrite) -> None:
            model, name = write.write.place
            facts = {"unit": write.unit, "address": write.write.address, "model": model, "point": name}
            desk.tell("register_written", **facts, old=write.write.old, new=write.write.new)

        site = SiteServer(self._wanted, desk.bench.clock, told)
        await site.open()
        values = {**place.values, **site.values, "modbus_meter_unit": str(self._wanted.meter_unit)}
        try:
            client = await self._start(desk, replace(place, values=values), host, port)
        except BaseException:
            await site.close()
            raise
        return _WithSite(client, site, site.plant)


@dataclass(frozen=True, slots=True)
class _WithSite:
    client: RunningClient
    site: SiteServer
    plant: SouthboundPlant

    async def ended(self) -> str:
        return await self.client.ended()

    async def stop(self) -> str:
        try:
            return await self.client.stop()
        finally:
            await self.site.close()


def _site(wanted: SouthboundSite, clock: Clock) -> Site:
    return Site(
        clock.now(),
        Pv() if "pv" in wanted.parts else None,
        Battery() if "battery" in wanted.parts else None,
        Evse() if "evse" in wanted.parts else None,
        Load() if "load" in wanted.parts else None,
        Grid(phases=PHASES),
        wanted.lag_s,
    )
