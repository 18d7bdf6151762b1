"""``junit.xml``, for continuous integration: one ``testcase`` for each planned test case, made from the run record.

A failed test case counts once, however many of its findings failed. ``fail`` becomes a failure; ``inconclusive`` and
``error`` become errors, since nothing is shown; ``pending``, ``not_run`` and ``not_applicable`` are skipped, with the
reason. JUnit cannot say "incomplete": that, the profile and whether time was virtual stand in the properties.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from conformance.judgement.finding import Finding, State
from conformance.output.record_reading import JsonObject, read_run
from conformance.output.run_view import CaseView, RunView
from conformance.output.text import finding_block
from conformance.output.wording import VERDICT_WORDS, visible, weaknesses
from conformance.vocabulary.verdict import Verdict

OUTCOME = {
    Verdict.FAIL: "failure",
    Verdict.INCONCLUSIVE: "error",
    Verdict.ERROR: "error",
    Verdict.PENDING: "skipped",
    Verdict.NOT_RUN: "skipped",
    Verdict.NOT_APPLICABLE: "skipped",
}
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(record: JsonObject, path: Path) -> Path:
    """Write the record as JUnit XML, whole or not at all, and return the path."""
    tree = etree.ElementTree(junit(read_run(record)))
    partial = path.with_name(f"{path.name}.partial")
    tree.write(str(partial), encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return partial.replace(path)


def junit(run: RunView) -> etree._Element:
    """Return the ``testsuites`` element: one suite, with the run's properties."""
    root = _element("testsuites", name="csip-conformance", **_totals(run))
    suite = _element("testsuite", name=run.profile.id or "csip", **_totals(run))
    if run.started_at is not None:
        suite.set("timestamp", run.started_at.strftime("%Y-%m-%dT%H:%M:%S"))
    suite.append(_properties(run))
    suite.extend(_case(case) for case in run.cases)
    root.append(suite)
    return root


def _totals(run: RunView) -> dict[str, str]:
    outcomes = [OUTCOME.get(case.verdict) for case in run.cases]
    totals = {"tests": len(run.cases), "failures": outcomes.count("failure"), "errors": outcomes.count("error")}
    seconds = sum(case.duration_s or 0.0 for case in run.cases)
    return {key: str(value) for key, value in totals.items()} | {
        "skipped": str(outcomes.count("skipped")),
        "time": f"{seconds:.3f}",
    }


def _properties(run: RunView) -> etree._Element:
    properties = _element("properties")
    for name, value in _facts(run):
        properties.append(_element("property", name=name, value=value))
    return properties


def _facts(run: RunView) -> Iterator[tuple[str, str]]:
    yield "result", str(run.result)
    yield "exit_code", str(run.exit_code)
    yield "provisional", str(run.provisional).lower()
    yield "time", "virtual" if run.virtual else "real"
    yield "profile", f"{run.profile.id} {run.profile.version}".strip()
    yield "subject", " ".join(part for part in (run.subject.kind, run.subject.name, run.subject.version) if part)
    yield "run_id", run.run_id
    yield "tool", run.tool
    yield from (("weakened_by", text) for text in weaknesses(run))


def _case(case: CaseView) -> etree._Element:
    element = _element(
        "testcase",
        classname=f"csip.{case.subject}",
        name=f"{case.id} {case.title}",
        time=f"{case.duration_s or 0.0:.3f}",
    )
    outcome = OUTCOME.get(case.verdict)
    if outcome is not None:
        told = _element(outcome, message=_message(case))
        if outcome != "skipped":
            told.set("type", str(case.verdict))
            told.text = _xml_text(finding_block(case))
        element.append(told)
    return element


def _message(case: CaseView) -> str:
    """Return one line: the verdict unless the tag says it, then the reason, or the worst finding."""
    failed = sorted(case.findings_in(State.FAIL), key=lambda finding: finding.provisional)
    worst = next(iter(failed), None) or next(iter(case.findings_in(State.INCONCLUSIVE)), None)
    why = case.reason or (_told(worst) if worst is not None else "no reason was recorded")
    return why if case.verdict is Verdict.FAIL else f"{VERDICT_WORDS[case.verdict]}: {why}"


def _told(finding: Finding) -> str:
    mark = "provisional: " if finding.provisional else ""
    return f"{mark}expected {finding.expected}; observed {finding.observed}"


def _element(tag: str, **attributes: str) -> etree._Element:
    return etree.Element(tag, {name: _xml_text(value) for name, value in attributes.items()})


def _xml_text(text: str) -> str:
    """Return a text that XML 1.0 can hold: what it forbids is written as an escape."""
    return _NOT_IN_XML.sub("\ufffd", visible(text))
