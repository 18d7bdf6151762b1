"""What a device is assigned to (``FunctionSetAssignments``, IEEE 2030.5-2018, 8.3): programs, and a time source."""

from __future__ import annotations

from lxml import etree

from conformance.roles.utility.context import Context
from conformance.roles.utility.der_program import DERProgram
from conformance.roles.utility.paging import Entry, list_document
from conformance.roles.utility.tree import Audience, Call, Endpoint
from conformance.vocabulary.mrid import normal_mrid
from conformance.wire.payload import element


class FunctionSetAssignments:
    """A group of programs that one or more devices are assigned to.

    ``shows_programs`` false leaves the ``DERProgramListLink`` out, as some of CORE-011's fifteen do.
    """

    def __init__(
        self,
        context: Context,
        audience: Audience,
        time_path: str,
        *,
        description: str | None = None,
        mrid: str | None = None,
        shows_programs: bool = True,
    ) -> None:
        self._context = context
        self._time_path = time_path
        self.description = description
        self.mrid = normal_mrid(mrid) if mrid else context.addresses.mrid()
        self.shows_programs = shows_programs
        self.programs: list[DERProgram] = []
        self.path = context.addresses.path("fsa")
        self.programs_path = context.addresses.path("derp")
        tree = context.tree
        kind = "FunctionSetAssignments"
        tree.add(Endpoint(kind=kind, path=self.path, get=lambda call: self.write(), audience=audience))
        tree.add(Endpoint(kind="DERProgramList", path=self.programs_path, get=self._program_list, audience=audience))

    def add(self, program: DERProgram) -> None:
        """List a program here too."""
        self.programs.append(program)
        self._context.tree.touched()

    def remove(self, program: DERProgram) -> None:
        """List a program here no longer; elsewhere it stays."""
        self.programs.remove(program)
        self._context.tree.touched()

    def withdraw(self) -> None:
        """Take the assignment out of the tree."""
        self._context.tree.remove(self.path)
        self._context.tree.remove(self.programs_path)

    def write(self) -> etree._Element:
        """Write the ``FunctionSetAssignments``."""
        programs = element("DERProgramListLink", href=self.programs_path, all=len(self.programs))
        return element(
            "FunctionSetAssignments",
            programs if self.shows_programs else None,
            element("TimeLink", href=self._time_path),
            element("mRID", self.mrid),
            element("description", self.description) if self.description else None,
            href=self.path,
            subscribable="0",
        )

    def entry(self) -> Entry:
        """Return the assignment as a list entry: mRID descending."""
        return Entry((-int(self.mrid, 16),), self.write)

    def _program_list(self, call: Call) -> etree._Element:
        return list_document(
            "DERProgramList",
            self.programs_path,
            (program.entry() for program in self.programs),
            call.query,
            poll_rate_s=self._context.rates.der_program_list_s,
            subscribable=True,
            offered=self._context.subscribable,
        )
