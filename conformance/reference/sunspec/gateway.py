"""The reference client as a gateway: what it asks of its site it also writes into a SunSpec device, by Modbus TCP.

It finds the models by walking the device from ``SunS``, as any master does, and writes models 703 and 704. Its readings
stay those of its own site.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from pymodbus.client import AsyncModbusTcpClient

from conformance.reference.setpoints import Setpoints
from conformance.reference.simulator import Site
from conformance.reference.sunspec.models import model
from conformance.reference.sunspec.registers import BASE, END, SUNS, Place, number_in, words_of
from conformance.vocabulary.errors import SubjectUnreachable, explain

PERCENT = 100.0


class Gateway:
    """Writes the set-points of a site into a device. ``run`` goes on until it is cancelled."""

    def __init__(self, site: Site, host: str, port: int, unit: int = 1) -> None:
        self._master = AsyncModbusTcpClient(host, port=port)
        self._unit = unit
        self._starts: dict[int, int] = {}
        self._asked: asyncio.Queue[Setpoints] = asyncio.Queue()
        site.listeners.append(self._asked.put_nowait)

    async def run(self) -> None:
        """Find the device and write what comes. Raises ``SubjectUnreachable`` when there is none."""
        try:
            if not await self._master.connect():
                do = "start the device, or correct its address"
                raise SubjectUnreachable(explain("connecting by Modbus", "a SunSpec device", "no connection", do))
            await self._walk()
            while True:
                await self._write(await self._asked.get())
        finally:
            self._master.close()

    async def _walk(self) -> None:
        address = BASE + len(SUNS)
        while (found := await self._read(address, 2))[0] != END[0]:
            self._starts[found[0]] = address
            address += len(found) + found[1]

    async def _write(self, asked: Setpoints) -> None:
        """Write each figure, then its switch."""
        rated_w = await self._figure((702, "WMax"), "W_SF")
        limits = [limit for limit in (asked.max_w, asked.generation_limit_w) if limit is not None]
        await self._put((703, "ES"), int(asked.connected))
        if limits:
            await self._put_scaled((704, "WMaxLimPct"), "WMaxLimPct_SF", min(limits) / rated_w * PERCENT)
        await self._put((704, "WMaxLimPctEna"), int(bool(limits)))
        if asked.fixed_w is not None:
            await self._put((704, "WSetMod"), 1)
            await self._put_scaled((704, "WSet"), "WSet_SF", asked.fixed_w)
        await self._put((704, "WSetEna"), int(asked.fixed_w is not None))
        if asked.power_factor is not None:
            await self._put_scaled((704, "PFWInj.PF"), "PF_SF", asked.power_factor.displacement)
            await self._put((704, "PFWInj.Ext"), int(asked.power_factor.absorbing))
        await self._put((704, "PFWInjEna"), int(asked.power_factor is not None))

    async def _put_scaled(self, place: Place, scale: str, value: float) -> None:
        await self._put(place, round(value / 10.0 ** await self._exponent(place[0], scale)))

    async def _put(self, place: Place, raw: int) -> None:
        point = model(place[0]).points[place[1]]
        await self._master.write_registers(self._address(place), words_of(raw, point.size), device_id=self._unit)

    async def _figure(self, place: Place, scale: str) -> float:
        raw = number_in(await self._read(self._address(place), model(place[0]).points[place[1]].size), signed=False)
        return float(raw * 10.0 ** await self._exponent(place[0], scale))

    async def _exponent(self, number: int, scale: str) -> int:
        return number_in(await self._read(self._address((number, scale)), 1), signed=True)

    def _address(self, place: Place) -> int:
        return self._starts[place[0]] + model(place[0]).points[place[1]].offset

    async def _read(self, address: int, count: int) -> Sequence[int]:
        return (await self._master.read_holding_registers(address, count=count, device_id=self._unit)).registers
