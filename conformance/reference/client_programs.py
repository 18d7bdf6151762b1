"""The client reads what hangs below a DERProgramList: defaults, controls, curves; none has a rate of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from conformance.reference.aus_flaws import without_multipliers
from conformance.reference.client_manner import Manner
from conformance.reference.client_reading import curve_addresses, known_control, known_default
from conformance.reference.client_session import Fetched, NotServed, Session
from conformance.reference.room import ENDLESS, Room
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

    ``places`` tells for each list of controls and each default which program it is of. What is ``apart``, of
    DERControlList and DefaultDERControl, is not read along with its program but at its own rate, by somebody else, who
    says so by :meth:`keep`; ``left`` are the targets of that.
    """

    def __init__(
        self,
        session: Session,
        manner: Manner,
        flaws: frozenset[str],
        extension: Extension = NONE,
        room: Room = ENDLESS,
    ) -> None:
        self._flaws, self._extension = flaws, extension
        self._defaults: dict[str, KnownDefault] = {}
        self.places: dict[str, Place] = {}
        self._room = room
        self._sizes: dict[str, int] = {}
        self.apart: frozenset[str] = frozenset()
        self.left: dict[str, str] = {}
        self._read_apart: dict[str, Fetched] = {}
        self._session = session
        self._manner = manner

    async def read_all(self, programs: Fetched) -> tuple[KnownProgram, ...]:
        """Read everything below each program of a list, but for what is read apart."""
        self.left, self._sizes = {}, {}
        return _within([await self._program(programs, entry) for entry in programs.entries], self._room, self._sizes)

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
            if "DefaultDERControl" in self.apart:
                self.left[target] = "DefaultDERControl"
                program = replace(program, default=self._defaults.get(target))
            else:
                program = await self._with_default(program, target)
        if (target := programs.resolved(entry.link("DERControlListLink"))) is not None:
            listed = await self._controls_of(target)
            self.places[target] = Place(programs.target, program.mrid)
            program = program if listed is None else replace(program, controls=self.controls_in(listed))
        curves = None if "never_reads_curves" in self._flaws else programs.resolved(entry.link("DERCurveListLink"))
        if curves is not None and _names_curves(program):
            listed = await self._session.get_list(curves, "DERCurveList", "DERCurve")
            for curve in listed.entries:
                self._sizes[listed.resolved(curve.href) or ""] = len(curve.children("CurveData"))
        return program

    def keep(self, read: Fetched) -> None:
        """Keep a list of controls that was read apart."""
        self._read_apart[read.target] = read

    async def _controls_of(self, target: str) -> Fetched | None:
        if "DERControlList" not in self.apart:
            return await self._session.get_list(target, "DERControlList", "DERControl")
        self.left[target] = "DERControlList"
        return self._read_apart.get(target)

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


def _within(programs: Sequence[KnownProgram], room: Room, sizes: Mapping[str, int]) -> tuple[KnownProgram, ...]:
    """Return programs without the modes of controls that follow curves which there is no room for.

    ``sizes`` are the points of each curve, by its address. The curves of a mode are kept in the order of their use.
    """
    in_time = sorted((it for program in programs for it in program.controls), key=lambda control: control.start_s)
    kept: dict[str, list[str]] = {}
    for control in in_time:
        for mode, place in control.modes.items():
            if isinstance(place, str) and place in sizes and (room.points is None or sizes[place] <= room.points):
                kept.setdefault(mode, []).append(place)
    fitting = {(mode, place) for mode, places in kept.items() for place in list(dict.fromkeys(places))[: room.curves]}

    def cut(control: KnownControl) -> KnownControl:
        modes = {m: v for m, v in control.modes.items() if v not in sizes or (m, v) in fitting}
        return replace(control, modes=modes)

    return tuple(replace(program, controls=tuple(map(cut, program.controls))) for program in programs)


def _names_curves(program: KnownProgram) -> bool:
    bases = [control.modes for control in program.controls]
    bases += [program.default.modes] if program.default else []
    return any(curve_addresses(dict(values)) for values in bases)
