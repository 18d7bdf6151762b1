"""SunSpec devices over Modbus TCP, as another implementation of the protocol sees them."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from pymodbus.client import AsyncModbusTcpClient

from conformance.reference.sunspec.device import RegisterWrite
from conformance.reference.sunspec.site_server import SiteServer
from conformance.roles.southbound import SouthboundSite
from conformance.vocabulary.clock import RealClock
from conformance.vocabulary.errors import UsageError

HYBRID = SouthboundSite()
Use = Callable[[AsyncModbusTcpClient, SiteServer], Awaitable[None]]


def with_a_master(use: Use, wanted: SouthboundSite = HYBRID) -> list[RegisterWrite]:
    told: list[RegisterWrite] = []

    async def course() -> None:
        server = SiteServer(wanted, RealClock(), told.append)
        await server.open()
        master = AsyncModbusTcpClient(server.values["modbus_host"], port=int(server.values["modbus_port"]))
        try:
            assert await master.connect()
            await use(master, server)
        finally:
            master.close()
            await server.close()

    asyncio.run(course())
    return told


def test_a_master_walks_both_units() -> None:
    async def models(master: AsyncModbusTcpClient, unit: int) -> list[int]:
        address, found = 40002, []
        while True:
            number, length = (await master.read_holding_registers(address, count=2, device_id=unit)).registers
            if number == 0xFFFF:
                return found
            found.append(number)
            address += 2 + length

    async def use(master: AsyncModbusTcpClient, server: SiteServer) -> None:
        assert await models(master, 1) == [1, 103, 120, 121, 122, 123, 701, 702, 703, 704, 713]
        assert await models(master, 240) == [1, 203]

    with_a_master(use)


def test_both_write_functions_move_the_site_at_once() -> None:
    async def use(master: AsyncModbusTcpClient, server: SiteServer) -> None:
        address = server.plant.device.registers.address
        await master.write_register(address((704, "WMaxLimPctEna")), 1, device_id=1)
        await master.write_registers(address((704, "WMaxLimPct")), [1000], device_id=1)
        power = await master.read_holding_registers(address((701, "W")), count=1, device_id=1)
        assert power.registers == [1000]
        assert server.plant.changes()[-1].in_force["opModMaxLimW"] == 1000

    told = with_a_master(use)
    assert [one.told for one in told] == ["704.WMaxLimPctEna 0 -> 1", "704.WMaxLimPct 10000 -> 1000"]


def test_what_is_not_there_and_what_may_not_be_written_is_refused() -> None:
    async def use(master: AsyncModbusTcpClient, server: SiteServer) -> None:
        assert (await master.read_holding_registers(30000, count=1, device_id=1)).isError()
        assert (await master.write_register(40000, 7, device_id=1)).isError()
        assert (await master.write_register(40100, 7, device_id=240)).isError()
        assert not (await master.read_holding_registers(40000, count=2, device_id=1)).isError()

    assert with_a_master(use) == []


def test_a_site_has_the_units_and_parts_that_are_wanted() -> None:
    async def use(master: AsyncModbusTcpClient, server: SiteServer) -> None:
        assert not (await master.read_holding_registers(40000, count=2, device_id=7)).isError()
        assert server.values["modbus_unit"] == "7"
        assert server.plant.shows("opModStorageTargetW")

    with_a_master(use, SouthboundSite(unit=7, parts=("battery",)))


def test_an_address_that_is_taken_is_wrong_use_and_says_where() -> None:
    async def course() -> None:
        first = SiteServer(HYBRID, RealClock(), list[RegisterWrite]().append)
        await first.open()
        port = int(first.values["modbus_port"])
        second = SiteServer(SouthboundSite(port=port), RealClock(), list[RegisterWrite]().append)
        try:
            with pytest.raises(UsageError, match=f"127.0.0.1:{port}"):
                await second.open()
        finally:
            await first.close()

    asyncio.run(course())


def test_after_the_end_nobody_listens_any_more() -> None:
    async def course() -> bool:
        server = SiteServer(HYBRID, RealClock(), list[RegisterWrite]().append)
        await server.open()
        await server.close()
        master = AsyncModbusTcpClient("127.0.0.1", port=int(server.values["modbus_port"]), retries=0, reconnect_delay=0)
        try:
            return await master.connect()
        finally:
            master.close()

    assert asyncio.run(course()) is False
