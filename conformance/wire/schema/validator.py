"""Gives the verdict of the schema on a document, and explains a failure.

libxml2 gives the verdict, in microseconds; the explainer is built when a document first fails. Both always agree: a
rejected document has at least one problem, an accepted one none. A validator may be shared by threads.
"""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path

from lxml import etree

from conformance.wire.parser import Malformed, parse
from conformance.wire.schema.explainer import Explainer
from conformance.wire.schema.extensions import Extensions, find_foreign, may_hold_foreign, notes_on, take_out
from conformance.wire.schema.facts import read_model
from conformance.wire.schema.libxml2_log import libxml2_problems
from conformance.wire.schema.model import Edition, local
from conformance.wire.schema.report import Problem, ProblemKind, SchemaReport
from conformance.wire.schema.schema_source import SchemaPerThread, compile_source
from conformance.wire.schema.verdict import accepts, judge_tree

OFF_LOOP_BYTES = 100_000
"""Bodies larger than this are validated in a thread: about a millisecond of work."""


class Validator:
    """Validates documents against one edition.

    Args:
        edition: the edition the profile asks for.
        official_xsd: a file or folder with the user's own copy of the official schemas, used instead of ours.
        extensions: what to do with elements of foreign namespaces.

    Raises:
        UsageError: the schema cannot be found or compiled.
    """

    def __init__(
        self,
        edition: Edition,
        official_xsd: Path | None = None,
        extensions: Extensions = Extensions.REFUSE,
    ) -> None:
        self.edition = edition
        self.extensions = extensions
        self._threads = SchemaPerThread(lambda: compile_source(edition, official_xsd))
        self._notes = extensions is Extensions.NOTE
        self._accepted: dict[object, SchemaReport] = {}

    def quick(self, body: bytes) -> bool:
        """Return the bare verdict on a body as it stands, without regard to extensions."""
        try:
            return accepts(self._threads.schema, parse(body), body)
        except Malformed:
            return False

    def validate(self, body: bytes) -> SchemaReport:
        """Return the verdict on a body with every problem."""
        try:
            return self._if_accepted(body) or self._judge(parse(body))
        except Malformed as fault:
            return self._malformed(fault)

    async def validate_off_loop(self, body: bytes, *, inline: bool = False) -> SchemaReport:
        """Validate without holding up the event loop for long: large bodies go to a thread.

        Small ones are validated in place; should one fail, explaining it goes to a thread as well. Under virtual time
        nothing may leave the loop: pass ``inline=True``.
        """
        if inline:
            return self.validate(body)
        try:
            report = self._if_accepted(body) if len(body) <= OFF_LOOP_BYTES else None
        except Malformed as fault:
            return self._malformed(fault)
        return report if report is not None else await asyncio.to_thread(self.validate, body)

    def _if_accepted(self, body: bytes) -> SchemaReport | None:
        """Return the report if the schema accepts the body and there is nothing to note; raises ``Malformed``."""
        root = parse(body)
        if not accepts(self._threads.schema, root, body) or (self._notes and self._wants_notes(body)):
            return None
        return self._accepted.get(root.tag) or self._accept(root.tag)

    def _accept(self, tag: object) -> SchemaReport:
        report = self._accepted[tag] = SchemaReport(True, (), (), self.edition, local(str(tag)))
        return report

    def _wants_notes(self, body: bytes) -> bool:
        return self._is_lax(body) or may_hold_foreign(body, self.edition)

    def _is_lax(self, body: bytes) -> bool:
        """Tell whether the schema may have let misspelt names pass; large bodies are not searched for them."""
        return self.edition is Edition.IEEE_2023 and len(body) <= OFF_LOOP_BYTES

    def _judge(self, root: etree._Element) -> SchemaReport:
        notes = self._set_extensions_aside(root)
        valid, log = judge_tree(self._threads.schema, root)
        if valid:
            notes += self._remarks(root)
        problems = () if valid else _explainer(self.edition).explain(root) or libxml2_problems(root, log)
        return SchemaReport(valid, problems, notes, self.edition, local(str(root.tag)))

    def _set_extensions_aside(self, root: etree._Element) -> tuple[Problem, ...]:
        if self.extensions is Extensions.REFUSE:
            return ()
        foreign = find_foreign(root, self.edition)
        notes = notes_on(foreign) if self._notes else ()
        take_out(foreign)
        return notes

    def _remarks(self, root: etree._Element) -> tuple[Problem, ...]:
        """Return what the open places of 2030.5-2023 let through although its name is nowhere in the standard."""
        wanted = self._notes and self.edition is Edition.IEEE_2023
        return _explainer(self.edition, strict=True).explain(root) if wanted else ()

    def _malformed(self, fault: Malformed) -> SchemaReport:
        expected = "one well-formed XML document without a document type declaration"
        message = f"not acceptable XML: {fault.reason}"
        problem = Problem("/", fault.line or 0, fault.reason, expected, message, ProblemKind.MALFORMED)
        return SchemaReport(False, (problem,), (), self.edition, None)


@cache
def _explainer(edition: Edition, strict: bool = False) -> Explainer:
    return Explainer(read_model(edition), strict)
