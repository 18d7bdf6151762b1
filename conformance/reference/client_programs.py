"""The client reads what hangs below a DERProgramList: defaults, controls, curves; none has a rate of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace

from conformance.reference.aus_flaws import without_multipliers
from conformance.reference.client_manner import Manner
from conformance.reference.client_reading import curve_addresses, known_control, known_default
from conformance.reference.client_session import Fetched, NotServed, Session
from conformance.reference.schedule_facts import KnownControl, KnownDefault, KnownProgram
from conformance.wire.csipaus import NONE, Extension
from conformance.wire.payload import Node


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list of controls or a default belongs: the program, by its mRID, and the list it stands in."""

    list_target: str
    program: str


class ProgramReader:
    """Turns program lists into facts; reading raises ``NotServed``.

    ``places`` tells for each list of controls and each default which program it is of.
    """

    def __init__(self, session: Session, manner: Manner, flaws: frozenset[str], extension: Extension = NONE) -> None:
        self._flaws, self._extension = flaws, extension
        self._defaults: dict[str, KnownDefault] = {}
        self.places: dict[str, Place] = {}
        self._session = session
        self._manner = manner

    async def read_all(self, programs: Fetched) -> tuple[KnownProgram, ...]:
        """Read everything below each program of a list."""
        return tuple([await self._program(programs, entry) for entry in programs.entries])

    async def read_control(self, target: str) -> KnownControl | None:
        """Read one control on its own."""
        read = await self._session.get(target, "DERControl")
        return self._control(read, read.root)

    def controls_in(self, listed: Fetched) -> tuple[KnownControl, ...]:
        """Return the controls of a DERControlList."""
        return tuple(filter(None, (self._control(listed, node) for node in listed.entries)))

    def default_in(self, read: Fetched) -> KnownDefault:
        """Return the facts of a DefaultDERControl."""
        if "reads_default_once" not in self._flaws or read.target not in self._defaults:
            self._defaults[read.target] = known_default(read.root, self._extension)
        return self._defaults[read.target]

    async def _program(self, programs: Fetched, entry: Node) -> KnownProgram:
        if self._manner.extra_gets and (own := programs.resolved(entry.href)) is not None:
            await self._session.get(own, "DERProgram")
        program = KnownProgram(entry.hexadecimal("mRID") or "", entry.integer("primacy") or 0)
        if (target := programs.resolved(entry.link("DefaultDERControlLink"))) is not None:
            self.places[target] = Place(programs.target, program.mrid)
            program = await self._with_default(program, target)
        if (target := programs.resolved(entry.link("DERControlListLink"))) is not None:
            listed = await self._session.get_list(target, "DERControlList", "DERControl")
            self.places[target] = Place(programs.target, program.mrid)
            program = replace(program, controls=self.controls_in(listed))
        curves = None if "never_reads_curves" in self._flaws else programs.resolved(entry.link("DERCurveListLink"))
        if curves is not None and _names_curves(program):
            await self._session.get_list(curves, "DERCurveList", "DERCurve")
        return program

    async def _with_default(self, program: KnownProgram, target: str) -> KnownProgram:
        if "reads_default_once" in self._flaws and target in self._defaults:
            return replace(program, default=self._defaults[target])
        try:
            read = await self._session.get(target, "DefaultDERControl")
        except NotServed as failure:
            if failure.status != 404:
                raise
            return program
        self._defaults[target] = known_default(read.root, self._extension)
        return replace(program, default=self._defaults[target])

    def _control(self, listed: Fetched, node: Node) -> KnownControl | None:
        if "ignores_multiplier" in self._flaws:
            without_multipliers(node)
        control = known_control(node, self._extension)
        if control is None:
            return None
        return replace(control, href=listed.resolved(control.href), reply_to=listed.resolved(control.reply_to))


def _names_curves(program: KnownProgram) -> bool:
    bases = [control.modes for control in program.controls]
    bases += [program.default.modes] if program.default else []
    return any(curve_addresses(dict(values)) for values in bases)
