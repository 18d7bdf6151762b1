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
from conformance.wire.schema.extensions import Extensions, find_foreign, may_hold_foreign, note, take_out
from conformance.wire.schema.facts import read_model
from conformance.wire.schema.libxml2_log import libxml2_problems
from conformance.wire.schema.model import Edition, local
from conformance.wire.schema.report import Problem, ProblemKind, SchemaReport
from conformance.wire.schema.schema_source import SchemaPerThread, compile_source

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
        self._accepted: dict[str, SchemaReport] = {}

    def quick(self, body: bytes) -> bool:
        """Return the bare verdict on a body as it stands, without regard to extensions."""
        try:
            return self._threads.schema.validate(parse(body))
        except Malformed:
            return False

    def validate(self, body: bytes) -> SchemaReport:
        """Return the verdict on a body with every problem."""
        try:
            root = parse(body)
        except Malformed as fault:
            return self._malformed(fault)
        if self._threads.schema.validate(root) and not self._wants_notes(body):
            return self._accept(str(root.tag))
        return self._judge(root)

    async def validate_off_loop(self, body: bytes, *, inline: bool = False) -> SchemaReport:
        """Validate without holding up the event loop for long: large bodies go to a thread.

        Small ones are validated in place; should one fail, explaining it goes to a thread as well. Under virtual time
        nothing may leave the loop: pass ``inline=True``.
        """
        if inline:
            return self.validate(body)
        if len(body) <= OFF_LOOP_BYTES and self.quick(body):
            return self.validate(body)
        return await asyncio.to_thread(self.validate, body)

    def _wants_notes(self, body: bytes) -> bool:
        return self.extensions is Extensions.NOTE and may_hold_foreign(body, self.edition)

    def _accept(self, tag: str) -> SchemaReport:
        report = self._accepted.get(tag)
        if report is None:
            report = self._accepted[tag] = SchemaReport(True, (), (), self.edition, local(tag))
        return report

    def _judge(self, root: etree._Element) -> SchemaReport:
        notes = self._set_extensions_aside(root)
        schema = self._threads.schema
        if schema.validate(root):
            return SchemaReport(True, (), notes, self.edition, local(str(root.tag)))
        problems = _explainer(self.edition).explain(root) or libxml2_problems(root, schema.error_log)
        return SchemaReport(False, problems, notes, self.edition, local(str(root.tag)))

    def _set_extensions_aside(self, root: etree._Element) -> tuple[Problem, ...]:
        if self.extensions is Extensions.REFUSE:
            return ()
        foreign = find_foreign(root, self.edition)
        notes = tuple(note(one) for one in foreign) if self.extensions is Extensions.NOTE else ()
        take_out(foreign)
        return notes

    def _malformed(self, fault: Malformed) -> SchemaReport:
        expected = "one well-formed XML document without a document type declaration"
        message = f"not acceptable XML: {fault.reason}"
        problem = Problem("/", fault.line or 0, fault.reason, expected, message, ProblemKind.MALFORMED)
        return SchemaReport(False, (problem,), (), self.edition, None)


@cache
def _explainer(edition: Edition) -> Explainer:
    return Explainer(read_model(edition))
