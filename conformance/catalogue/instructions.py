"""What an operator may be asked to do to a subject, by name, with the exact text a person reads.

Values are texts; lists and structures are JSON, in the form of :mod:`conformance.catalogue.offers`. Programs, groups
and controls are named by their descriptions, which no other thing of the run has.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from conformance.vocabulary.errors import HarnessError

UNTOLD = "[redacted]"
"""What stands for a PIN where it is stored."""


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

    @property
    def recorded(self) -> str:
        """The text as it may be stored: without a PIN."""
        return self.instruction.text.format_map({**self.values, "pin": UNTOLD})


_ALL = (
    Instruction(
        "restart_client",
        "client",
        "Restart the client so that it connects to {server_url} with the certificate of LFDI {lfdi} and PIN {pin}.",
        ("server_url", "lfdi", "pin"),
    ),
    Instruction(
        "discover_server",
        "client",
        "Restart the client so that it finds its server by DNS-SD, given no address, with the certificate of LFDI"
        " {lfdi} and PIN {pin}; if it can, let it ask for a subtype such as derp, the same with the QU bit, another"
        " subtype such as tm, and the plain service, in this order.",
        ("lfdi", "pin"),
    ),
    Instruction("stop_client", "client", "Stop the client with LFDI {lfdi}.", ("lfdi",)),
    Instruction(
        "register_device",
        "server",
        "Register a device on the server: LFDI {lfdi}, SFDI {sfdi}, PIN {pin}.",
        ("lfdi", "sfdi", "pin"),
    ),
    Instruction(
        "create_groups",
        "server",
        "Make these FunctionSetAssignments, each with a TimeLink and its DERPrograms, and assign the devices with the"
        " LFDIs {devices} to all of them: {groups}.",
        ("devices", "groups"),
    ),
    Instruction("remove_group", "server", "Remove the FunctionSetAssignments {group} and its DERPrograms.", ("group",)),
    Instruction(
        "create_program",
        "server",
        "Make this DERProgram in the FunctionSetAssignments {group}: {program}.",
        ("group", "program"),
    ),
    Instruction("remove_program", "server", "Remove the DERProgram {program} and all below it.", ("program",)),
    Instruction(
        "set_default",
        "server",
        "Replace the DefaultDERControl of the DERProgram {program} by this one: {default}.",
        ("program", "default"),
    ),
    Instruction(
        "create_controls",
        "server",
        "Publish these DERControls in the DERProgram {program} now, each to start starts_in_s seconds from now:"
        " {controls}.",
        ("program", "controls"),
    ),
    Instruction(
        "cancel_controls",
        "server",
        "Cancel the DERControls {controls} of the DERProgram {program}, without randomization.",
        ("program", "controls"),
    ),
    Instruction(
        "manage_devices",
        "server",
        "Let the aggregator with LFDI {aggregator} manage the registered devices with the LFDIs {devices}.",
        ("aggregator", "devices"),
    ),
    Instruction(
        "admit_device",
        "server",
        "Allow the device with LFDI {lfdi} to register itself (PIN {pin}), without registering it; once it has, its"
        " EndDevice and all below it are served to it.",
        ("lfdi", "pin"),
    ),
    Instruction(
        "set_rate",
        "server",
        "Set the pollRate of {resource}, or the postRate of a MirrorUsagePoint, to {rate_s} s.",
        ("resource", "rate_s"),
    ),
    Instruction("remove_devices", "server", "Remove the devices with the LFDIs {devices}.", ("devices",)),
    Instruction(
        "redirect_entry",
        "server",
        "Answer GET {entry} with 301 or 302 and the Location, over TLS, of another path that serves DeviceCapability.",
        ("entry",),
    ),
    Instruction("restore_entry", "server", "Serve DeviceCapability at {entry} itself again.", ("entry",)),
    Instruction(
        "raise_software_error",
        "client",
        "Make the client with LFDI {lfdi} log a general error of its software (function set 0, LE_GEN_SOFTWARE).",
        ("lfdi",),
    ),
    Instruction(
        "raise_alarm",
        "client",
        "Bring the DER behind the client with LFDI {lfdi} into an alarm of CSIP, such as over-voltage.",
        ("lfdi",),
    ),
    Instruction("clear_alarm", "client", "End the alarm of the DER behind the client with LFDI {lfdi}.", ("lfdi",)),
    Instruction(
        "run_generating",
        "client",
        "Let the DER behind the client with LFDI {lfdi} generate, at half of its rating or more if it can, with so"
        " little load at the site that the site exports most of it.",
        ("lfdi",),
    ),
    Instruction(
        "run_consuming",
        "client",
        "Let the loads and storage behind the client with LFDI {lfdi} draw power, at half of their rating or more if"
        " they can, nearly all of it under the control of the client, with so little generation that the site imports"
        " it.",
        ("lfdi",),
    ),
    Instruction(
        "pulse_load",
        "client",
        "Switch a load of {power_w} W behind the site's meter of the client with LFDI {lfdi} on for {on_s} s and off"
        " for {off_s} s, again and again, beside what it draws anyway; 0 W ends it.",
        ("power_w", "on_s", "off_s", "lfdi"),
    ),
    Instruction(
        "switch_first_der_off",
        "client",
        "Of the several DER behind the client with LFDI {lfdi}, switch the first one off, and leave the others on.",
        ("lfdi",),
    ),
    Instruction("switch_all_der_off", "client", "Switch all DER behind the client with LFDI {lfdi} off.", ("lfdi",)),
    Instruction("switch_all_der_on", "client", "Switch all DER behind the client with LFDI {lfdi} on.", ("lfdi",)),
    Instruction(
        "disconnect_der",
        "client",
        "Disconnect the DER behind the client with LFDI {lfdi} from the grid by hand, such as by its switch on the AC"
        " side, and leave the client running and connected.",
        ("lfdi",),
    ),
    Instruction("reconnect_der", "client", "Connect the DER behind the client with LFDI {lfdi} again.", ("lfdi",)),
    Instruction(
        "stop_source",
        "client",
        "Take the source of energy of the DER behind the client with LFDI {lfdi} away, such as by its switch on the DC"
        " side, so that it can generate nothing, and leave the client running and connected.",
        ("lfdi",),
    ),
    Instruction(
        "restore_source", "client", "Restore the source of energy behind the client with LFDI {lfdi}.", ("lfdi",)
    ),
    Instruction(
        "lose_frequency",
        "client",
        "Behind the client with LFDI {lfdi}, take away what measures the frequency, or put a DER in its place that"
        " cannot, so that the client can measure it no more.",
        ("lfdi",),
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
    return Order(instruction, {key: _written(value) for key, value in values.items()})


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict | tuple) else str(value)
