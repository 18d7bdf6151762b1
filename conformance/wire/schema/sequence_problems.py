"""Turns the faults among an element's children into problems, in words a test engineer understands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.wire.schema.hints import hint, is_extension, namespace_remark, other_edition
from conformance.wire.schema.model import IEEE, Model, Particle, local, namespace
from conformance.wire.schema.report import Problem, ProblemKind
from conformance.wire.schema.sequence import Layout, Misplaced, Missing, SequenceFaults
from conformance.wire.schema.wording import Children, Spot, one_of, shown_place


@dataclass(frozen=True, slots=True)
class SequenceProblems:
    """Says what is wrong among the ``children`` of the element at ``spot``."""

    spot: Spot
    children: Children
    layout: Layout
    model: Model
    faults: SequenceFaults

    def __iter__(self) -> Iterator[Problem]:
        """Yield a problem for each fault."""
        yield from (self._missing(fault) for fault in self.faults.missing)
        yield from (self._misplaced(fault) for fault in self.faults.misplaced)
        yield from (self._repeated(number) for number in self.faults.repeated)
        yield from (self._unknown(number, reached) for number, reached in self.faults.unknown)

    def _missing(self, fault: Missing) -> Problem:
        name = shown_place(fault.place)
        where, found, line = "", "the end of the element", self.spot.line
        if fault.before is not None:
            before = self.children.spot(fault.before)
            where, found, line = f"; it must come before `{before.name}`", before.name, before.line
        elif fault.after is not None:
            where = f"; it must come after `{self.children.spot(fault.after).name}`"
        message = f"`{self.spot.name}/{name}` is missing{where}"
        return Problem(f"{self.spot.path}/{name}", line, found, name, message, ProblemKind.MISSING)

    def _misplaced(self, fault: Misplaced) -> Problem:
        child = self.children.spot(fault.child)
        other = self.children.spot(fault.before if fault.before is not None else fault.after or 0)
        expected = f"{'before' if fault.before is not None else 'after'} `{other.name}`"
        message = f"`{self.spot.name}/{child.name}` is in the wrong place; it must come {expected}"
        return child.problem(ProblemKind.ORDER, child.name, expected, message)

    def _repeated(self, number: int) -> Problem:
        child = self.children.spot(number)
        most = self.layout.places[self.faults.places[number]].most
        times = "once" if most == 1 else f"{most} times"
        message = f"`{self.spot.name}/{child.name}` is there too often; it may come at most {times}"
        return child.problem(ProblemKind.REPEATED, child.name, f"at most {times}", message)

    def _unknown(self, number: int, reached: int) -> Problem:
        child = self.children.spot(number)
        tag = str(child.element.tag)
        uri = namespace(tag)
        expected = one_of(self._next(reached))
        ours = uri in (IEEE, self.model.extension)
        foreign = is_extension(uri) and not ours
        parts = [
            f"`{self.spot.name}/{child.name}` does not belong here",
            "" if ours else f"it is in {namespace_remark(uri, self.model)}",
            "" if foreign else self._hint(tag),
            f"expected here: {expected}",
        ]
        kind = ProblemKind.UNKNOWN if ours else ProblemKind.FOREIGN if foreign else ProblemKind.NAMESPACE
        return child.problem(kind, child.name, expected, "; ".join(part for part in parts if part))

    def _hint(self, tag: str) -> str:
        other = other_edition(tag, local(str(self.spot.element.tag)), self.model)
        return hint(tag, self.layout.places, self.model, other)

    def _next(self, reached: int) -> list[Particle]:
        """Return what may come after a place, up to the first that must come."""
        places = self.layout.places
        repeatable = reached >= 0 and places[reached].most is None
        found: list[Particle] = [places[reached]] if repeatable else []
        there = set(self.faults.places.values())
        for index in range(reached + 1, len(places)):
            if index in there and places[index].most == 1:
                return found if found else [places[index]]
            found.append(places[index])
            if places[index].least:
                break
        return found
