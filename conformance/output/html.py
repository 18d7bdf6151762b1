"""The report as one HTML page: offline, without a script needed, every text escaped.

Templates, style and script are in ``reports/``. The page forbids itself everything but its own style and its own
script (a content security policy with the script's hash), so that even a payload that slipped through could do nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup

from conformance.catalogue.shipped import reports_folder
from conformance.judgement.finding import State
from conformance.output import tls_words, wording
from conformance.output.evidence import Bounds, Evidence, both_ends, collect, select
from conformance.output.evidence_files import EvidenceFile
from conformance.output.peer_certificates import CertificateView, certificates_in, client_lfdis
from conformance.output.profile_page import broken_requirements, policy_pages, value_pages
from conformance.output.record_reading import JsonObject, read_run
from conformance.output.report_page import CasePage, case_pages, requirement_pages
from conformance.output.run_view import RunView
from conformance.vocabulary.verdict import Verdict
from conformance.wire.exchange import Connection, Exchange

OPENING_FINDINGS = 3
"""How many findings of one test case are told at the head of the report; the rest stand in the test case."""

UNDECIDED = (Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.PENDING)
NOT_CARRIED_OUT = (Verdict.NOT_RUN, Verdict.NOT_APPLICABLE, Verdict.PENDING)


@dataclass(frozen=True, slots=True)
class Links:
    """What can be linked to, since the page holds it.

    Numbers of exchanges and connections, numbers of certificates by their DER, and of connections the client's LFDI.
    """

    exchanges: frozenset[int]
    connections: frozenset[int]
    certificates: Mapping[bytes, int]
    lfdis: Mapping[int, str]


def render_report(
    record: JsonObject,
    log: Iterable[Connection | Exchange],
    path: Path,
    bounds: Bounds | None = None,
    files: Sequence[EvidenceFile] = (),
) -> Path:
    """Write the report of a run, whole or not at all, and return its path.

    The log is read once and may be of any length; what the page carries of it is bounded. ``files`` are told with
    their digests.
    """
    bounds = bounds or Bounds()
    run = read_run(record)
    selection = select(run, bounds)
    evidence = collect(run, log, selection, bounds)
    pages = case_pages(run, evidence, selection, bounds)
    partial = path.with_name(f"{path.name}.partial")
    stream = _environment().get_template("report.html.j2").stream(_context(run, evidence, pages, files))
    stream.enable_buffering(64)
    with partial.open("w", encoding="utf-8") as file:
        file.writelines(stream)
    return partial.replace(path)


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(reports_folder()),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_visible,
    )
    environment.filters |= {
        "instant": wording.instant,
        "clock_time": wording.clock_time,
        "duration": wording.duration,
        "offset": wording.offset,
        "quantity": wording.quantity,
        "limit_default": wording.limit_default,
        "limit_words": wording.limit_words,
        "timing_words": wording.timing_words,
        "plural": wording.plural,
        "state_word": wording.state_word,
        "step_text": wording.step_text,
        "ends": both_ends,
        "alert_words": tls_words.alert_words,
        "suite_words": tls_words.suite_words,
        "outcome_words": tls_words.outcome_words,
    }
    environment.globals |= {"grade_words": wording.GRADE_WORDS, "reason_words": wording.REASON_WORDS}
    environment.globals |= {"effect_words": wording.EFFECT_WORDS}
    return environment


def _visible(value: object) -> object:
    return wording.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _context(
    run: RunView, evidence: Evidence, pages: Sequence[CasePage], files: Sequence[EvidenceFile]
) -> dict[str, object]:
    certificates = certificates_in(evidence.connections.values())
    script = (reports_folder() / "report.js").read_text(encoding="utf-8")
    return {
        "run": run,
        "pages": pages,
        "links": _links(evidence, certificates),
        "certificates": certificates,
        "files": files,
        "css": Markup((reports_folder() / "report.css").read_text(encoding="utf-8")),
        "script": Markup(script),
        "script_hash": f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}",
        "opening_findings": OPENING_FINDINGS,
        "embedded": len(evidence.exchanges),
        "recorded": evidence.recorded.total(),
        **_result(run),
        **_sections(run, pages),
    }


def _links(evidence: Evidence, certificates: Sequence[CertificateView]) -> Links:
    numbers = {certificate.der: certificate.number for certificate in certificates}
    return Links(
        frozenset(evidence.exchanges),
        frozenset(evidence.connections),
        numbers,
        client_lfdis(evidence.exchanges.values()),
    )


def _result(run: RunView) -> dict[str, object]:
    return {
        "result_word": wording.RESULT_WORDS[run.result],
        "result_class": str(run.result).replace(" ", "-"),
        "result_sentence": wording.result_sentence(run),
        "weaknesses": wording.weaknesses(run),
        "subject_name": run.subject.name or run.subject.product or "Unnamed subject",
        "subject_kind": _KINDS.get(run.subject.kind, "Subject"),
        "length": None if run.started_at is None or run.finished_at is None else run.finished_at - run.started_at,
        "virtual_span": virtual_span(run),
        "verdict_words": wording.VERDICT_WORDS,
        "verdict_meanings": wording.VERDICT_MEANINGS,
        "grade_meanings": wording.GRADE_MEANINGS,
    }


def virtual_span(run: RunView) -> float | None:
    """Return how long the test cases of a run in virtual time lasted together, in virtual seconds; else nothing."""
    ran = [(case.started_at, case.duration_s or 0.0) for case in run.cases if case.started_at is not None]
    if not run.virtual or not ran:
        return None
    begin = min(started for started, _ in ran)
    return max((started - begin).total_seconds() + duration for started, duration in ran)


_KINDS = {
    "server": "Server under test",
    "client": "Client under test",
    "both": "Server and client under test",
}


def _sections(run: RunView, pages: Sequence[CasePage]) -> dict[str, object]:
    failed = _with(pages, Verdict.FAIL)
    undecided = _with(pages, *UNDECIDED)
    warned = [(page, group) for page in pages for group in page.open_groups if group.finding.state is State.WARNING]
    not_run = _with(pages, *NOT_CARRIED_OUT)
    began = any(not page.case.never_began for page in pages)
    requirements = requirement_pages(run, pages)
    values = value_pages(run, pages)
    contents: list[tuple[str, str, int | None]] = [("result", "Result", None), ("failures", "Failures", len(failed))]
    contents += [("undecided", "Not decided", len(undecided))] if undecided else []
    contents += [("warnings", "Warnings", len(warned))] if warned else []
    contents += [("cases", "All test cases", len(pages))]
    contents += [("details", "Each that was run", None)] if began else []
    contents += [("not-run", "Not run", len(not_run)), ("limits", "Limits", len(run.limits))]
    contents += [("policies", "Choices", len(run.policies))]
    contents += [("values", "Values", len(values))] if values else []
    contents += [("requirements", "Requirements", len(requirements))]
    contents += [("identities", "Identities", None), ("versions", "Versions", None), ("reading", "How to read", None)]
    return {
        "failed": failed,
        "undecided": undecided,
        "warned": warned,
        "not_run": not_run,
        "began": began,
        "requirements": requirements,
        "anchors": {row.id: f"r{place}" for place, row in enumerate(requirements, 1)},
        "both_sides": len({page.case.subject for page in pages}) > 1,
        "broken": broken_requirements(failed, run),
        "policies": policy_pages(run, pages),
        "values": values,
        "named": sorted((row for row in requirements if row.cases), key=lambda row: row.state is None),
        "unnamed": [row for row in requirements if not row.cases],
        "contents": contents,
    }


def _with(pages: Sequence[CasePage], *verdicts: Verdict) -> list[CasePage]:
    return [page for page in pages if page.case.verdict in verdicts]
