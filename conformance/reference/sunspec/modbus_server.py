"""SunSpec devices behind one Modbus TCP port, by pymodbus: the only module that imports it.

The devices decide what each register holds; pymodbus speaks the protocol. It asks before each access, with the
registers it is about to answer from.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from conformance.reference.sunspec.device import Device
from conformance.reference.sunspec.registers import BASES, IllegalAddress
from conformance.vocabulary.clock import Clock

Values = list[int] | list[bool] | None
"""What a master writes; ``None`` when it reads."""
ROOM = 2000
"""Registers kept at each base address; what a device does not have is refused by the device."""


class ModbusServer:
    """Serves devices until it is closed."""

    def __init__(self, devices: Sequence[Device], clock: Clock, host: str = "127.0.0.1", port: int = 0) -> None:
        units = [_unit(device, clock) for device in devices]
        self._server = ModbusTcpServer(units, address=(host, port))
        self.host = host
        self.port = port

    async def open(self) -> None:
        """Listen; ``port`` is then the one that is used. Raises ``OSError`` or ``RuntimeError`` if it cannot."""
        await self._server.serve_forever(background=True)
        listening = self._server.transport
        assert isinstance(listening, asyncio.Server)
        self.port = listening.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Close the port and every connection."""
        await self._server.shutdown()  # type: ignore[no-untyped-call]


def _unit(device: Device, clock: Clock) -> SimDevice:
    async def access(
        _function: int,
        start: int,
        address: int,
        count: int,
        registers: list[int],
        values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        try:
            if values is not None:
                device.write(address, [int(value) for value in values], clock.now())
            else:
                registers[address - start : address - start + count] = device.read(address, count, clock.now())
        except IllegalAddress:
            return ExcCodes.ILLEGAL_ADDRESS
        return None

    blocks = [SimData(base, values=[0] * ROOM, datatype=DataType.REGISTERS) for base in sorted(BASES)]
    return SimDevice(id=device.unit, simdata=blocks, action=access)
