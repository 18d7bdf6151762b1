"""What an operator may be asked to do to a subject, by name, with the exact text a person reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.vocabulary.errors import HarnessError


@dataclass(frozen=True, slots=True)
class Instruction:
    """A named act. ``text`` has places such as ``{lfdi}``, one for each of ``parameters``."""

    name: str
    subject: str
    text: str
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """An instruction with its values, as it is given to the operator."""

    instruction: Instruction
    values: Mapping[str, str]

    @property
    def text(self) -> str:
        """The text with its values."""
        return self.instruction.text.format_map(self.values)


_ALL = (
    Instruction(
        "restart_client",
        "client",
        "Restart the client so that it connects to {server_url} with the certificate of LFDI {lfdi} and PIN {pin}.",
        ("server_url", "lfdi", "pin"),
    ),
    Instruction("stop_client", "client", "Stop the client with LFDI {lfdi}.", ("lfdi",)),
    Instruction(
        "register_device",
        "server",
        "Register a device on the server: LFDI {lfdi}, SFDI {sfdi}, PIN {pin}.",
        ("lfdi", "sfdi", "pin"),
    ),
    Instruction(
        "publish_control",
        "server",
        "Publish a DERControl to the device with LFDI {lfdi}: {mode} = {value}, starting at {start} for {duration_s} s,"
        " all Responses required.",
        ("lfdi", "mode", "value", "start", "duration_s"),
    ),
    Instruction("cut_power", "client", "Cut the power of the client with LFDI {lfdi}.", ("lfdi",)),
    Instruction("restore_power", "client", "Restore the power of the client with LFDI {lfdi}.", ("lfdi",)),
)

INSTRUCTIONS: Mapping[str, Instruction] = {instruction.name: instruction for instruction in _ALL}


def order(name: str, **values: object) -> Order:
    """Return an instruction with its values; a value too few or too many is a fault of the test case."""
    instruction = INSTRUCTIONS.get(name)
    if instruction is None or set(values) != set(instruction.parameters):
        raise HarnessError(f"the instruction {name} does not exist or does not take {', '.join(sorted(values))}")
    return Order(instruction, {key: str(value) for key, value in values.items()})
