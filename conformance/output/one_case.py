"""The record of a run cut down to one test case, for a page that holds all of its exchanges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conformance.output.evidence import Bounds
from conformance.output.record_reading import JsonObject
from conformance.running.run_record import outcome
from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.verdict import RunResult

EVERYTHING = Bounds(
    per_open_finding=10**9,
    per_passed_finding=10**9,
    passed_per_case=10**9,
    exchanges_per_case=10**9,
    failed_connections_per_case=10**9,
    body_bytes=10**9,
)
"""Nothing of the test case is left out."""


def of_one_case(record: JsonObject, id: str) -> JsonObject:
    """Return the record with the test cases of an id, a public id or ``server/ID`` alone, and what they come to.

    An excerpt is never conformant: where nothing failed, it is incomplete.

    Raises:
        UsageError: the run has none.
    """
    tests = [row for row in _rows(record, "tests") if id in _names(row)]
    if not tests:
        raise UsageError(explain("--only", "a test case of the run", id, "look into its report for the ids"))
    named = {name for row in tests for name in _texts(row, "requirements")}
    named |= {str(finding.get("requirement")) for row in tests for finding in _rows(row, "findings")}
    result, code = outcome(tests, interrupted=False)
    if result is RunResult.CONFORMANT:
        result, code = RunResult.INCOMPLETE, 3
    told = f"This page is of {id} alone, with all its exchanges. The whole run came to: {record['result']}."
    return {
        **record,
        "tests": tests,
        "requirements": [row for row in _rows(record, "requirements") if row.get("id") in named],
        "weakened_by": [told, *_texts(record, "weakened_by")],
        "result": str(result),
        "exit_code": code,
    }


def _names(row: JsonObject) -> set[str]:
    return {str(row["case"]), str(row["id"]), *_texts(row, "aliases")}


def _rows(record: JsonObject, key: str) -> list[JsonObject]:
    rows = record.get(key)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, Sequence) else []


def _texts(record: JsonObject, key: str) -> list[str]:
    texts = record.get(key)
    return [str(text) for text in texts] if isinstance(texts, Sequence) and not isinstance(texts, str) else []
