"""The operator of the reference server: carries out every instruction for a server under test, as a plug-in would."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from conformance.reference.server import POST_RATE_S, ReferenceServer
from conformance.reference.server_manners import RATES
from conformance.roles.utility import DERControl, DERProgram, FunctionSetAssignments, Modes, ModeValue
from conformance.vocabulary.errors import UsageError, explain

Values = Mapping[str, str]
Described = Mapping[str, object]
Thing = TypeVar("Thing", FunctionSetAssignments, DERProgram, DERControl)
OF_A_DEFAULT = frozenset({"mRID", "description", "modes"})


class ServerOperator:
    """Arranges one reference server. Call it with an instruction's name and values; it tells what it did."""

    def __init__(self, server: ReferenceServer) -> None:
        self._server = server
        self._utility = server.utility
        self._acts: Mapping[str, Callable[[Values], None]] = {
            "register_device": self._register_device,
            "admit_device": self._admit_device,
            "set_rate": self._set_rate,
            "create_groups": self._create_groups,
            "remove_group": self._remove_group,
            "create_program": self._create_program,
            "remove_program": self._remove_program,
            "set_default": self._set_default,
            "create_controls": self._create_controls,
            "cancel_controls": self._cancel_controls,
            "manage_devices": self._manage_devices,
            "remove_devices": self._remove_devices,
            "redirect_entry": self._redirect_entry,
            "restore_entry": self._restore_entry,
        }

    @property
    def known(self) -> frozenset[str]:
        """The instructions that it carries out."""
        return frozenset(self._acts)

    def __call__(self, instruction: str, values: Values) -> Awaitable[str]:
        """Carry out an instruction. Raises ``UsageError`` when it cannot be done."""
        return self._carry_out(instruction, values)

    async def _carry_out(self, instruction: str, values: Values) -> str:
        if instruction not in self._acts:
            known = ", ".join(self._acts)
            raise UsageError(explain("Arranging the reference server.", known, instruction, "correct the name"))
        self._acts[instruction](values)
        return f"{instruction} done"

    def _register_device(self, values: Values) -> None:
        if self._utility.device(values["lfdi"]) is None:
            self._utility.register(
                values["lfdi"], sfdi=int(values["sfdi"]), pin=int(values["pin"]), post_rate_s=POST_RATE_S
            )

    def _admit_device(self, values: Values) -> None:
        self._server.admitted.add(values["lfdi"].upper())

    def _set_rate(self, values: Values) -> None:
        place = RATES.get(values["resource"])
        if place is None:
            raise UsageError(explain("Setting a rate.", ", ".join(RATES), values["resource"], "correct the name"))
        self._utility.rates = replace(self._utility.rates, **{place: int(values["rate_s"])})

    def _create_groups(self, values: Values) -> None:
        devices = [self._utility.device(lfdi) for lfdi in json.loads(values["devices"])]
        for group in json.loads(values["groups"]):
            programs = group["programs"]
            assignment = self._utility.assign(
                [device for device in devices if device is not None],
                description=group["description"],
                mrid=group["mRID"],
                shows_programs=programs is not None,
            )
            for program in programs or ():
                self._add_program(assignment, program)

    def _remove_group(self, values: Values) -> None:
        group = self._group(values["group"])
        for program in tuple(group.programs):
            self._utility.remove_program(program)
        self._utility.unassign(group)

    def _create_program(self, values: Values) -> None:
        self._add_program(self._group(values["group"]), json.loads(values["program"]))

    def _remove_program(self, values: Values) -> None:
        self._utility.remove_program(self._program(values["program"]))

    def _set_default(self, values: Values) -> None:
        _set_default(self._program(values["program"]), json.loads(values["default"]))

    def _create_controls(self, values: Values) -> None:
        program = self._program(values["program"])
        for control in json.loads(values["controls"]):
            program.add_control(
                _modes(program, control["modes"]),
                starts_in=timedelta(seconds=control["starts_in_s"]),
                duration=timedelta(seconds=control["duration_s"]),
                response_required=control["responseRequired"] or None,
                randomize_start_s=control.get("randomizeStart"),
                randomize_duration_s=control.get("randomizeDuration"),
                description=control["description"],
                mrid=control["mRID"],
            )

    def _cancel_controls(self, values: Values) -> None:
        program = self._program(values["program"])
        for name in json.loads(values["controls"]):
            _only(name, (control for control in program.controls if control.description == name)).cancel()

    def _manage_devices(self, values: Values) -> None:
        for lfdi in json.loads(values["devices"]):
            if device := self._utility.device(lfdi):
                device.viewers.add(values["aggregator"].upper())

    def _remove_devices(self, values: Values) -> None:
        for lfdi in json.loads(values["devices"]):
            if device := self._utility.device(lfdi):
                self._utility.deregister(device)

    def _redirect_entry(self, values: Values) -> None:
        self._server.redirects_entry = True

    def _restore_entry(self, values: Values) -> None:
        self._server.redirects_entry = False

    def _add_program(self, assignment: FunctionSetAssignments, offered: Described) -> None:
        program = self._utility.add_program(
            assignment,
            primacy=int(str(offered["primacy"])),
            description=str(offered["description"]),
            mrid=str(offered["mRID"]),
        )
        if isinstance(default := offered["default"], dict):
            _set_default(program, default)

    def _group(self, name: str) -> FunctionSetAssignments:
        return _only(name, (group for group in self._utility.assignments if group.description == name))

    def _program(self, name: str) -> DERProgram:
        return _only(name, (program for program in self._utility.programs if program.description == name))


def _only(name: str, found: Iterable[Thing]) -> Thing:
    things = list(found)
    if len(things) != 1:
        raise UsageError(
            explain(f"Looking for {name!r} on the reference server.", "one", str(len(things)), "create it first")
        )
    return things[0]


def _set_default(program: DERProgram, offered: Mapping[str, object]) -> None:
    settings = {name: int(str(value)) for name, value in offered.items() if name not in OF_A_DEFAULT}
    modes = offered["modes"]
    assert isinstance(modes, dict)
    program.set_default(
        _modes(program, modes), description=str(offered["description"]), mrid=str(offered["mRID"]), **settings
    )


def _modes(program: DERProgram, offered: Mapping[str, object]) -> Modes:
    return {name: _mode(program, value) for name, value in offered.items()}


def _mode(program: DERProgram, value: object) -> ModeValue:
    if not isinstance(value, dict):
        assert isinstance(value, int)
        return value
    if "curve" not in value:
        return value
    curve = value["curve"]
    return program.add_curve(
        curve["curveType"],
        [(x, y) for x, y in curve["points"]],
        x_multiplier=curve["xMultiplier"],
        y_multiplier=curve["yMultiplier"],
        y_ref_type=curve["yRefType"],
        open_loop_tms=curve.get("openLoopTms"),
        autonomous_vref_enable=curve.get("autonomousVRefEnable"),
        autonomous_vref_time_constant=curve.get("autonomousVRefTimeConstant"),
        description=curve["description"],
        mrid=curve["mRID"],
    )
