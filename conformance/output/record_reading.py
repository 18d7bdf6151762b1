"""The run record read once into typed facts.

:func:`read_run` takes the JSON values of ``run.json`` (``reports/run.schema.json``). What an older or a cut-off
record does not carry is read as empty: a report of little evidence beats none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from conformance.catalogue.profile import Policy
from conformance.catalogue.requirement import Reason, Requirement, Untested
from conformance.judgement.finding import Finding, LimitUsed, State, Timing
from conformance.output.run_view import (
    CaseView,
    OperatorView,
    ProfileView,
    RunView,
    StepView,
    SubjectView,
    ValueView,
)
from conformance.output.wording import quantity
from conformance.running.journal import Json
from conformance.vocabulary.limits import Limit
from conformance.vocabulary.verdict import Grade, Level, RunResult, Verdict

JsonObject = Mapping[str, Json]


def read_run(record: JsonObject) -> RunView:
    """Return the record as typed facts."""
    tool = _object(record, "tool")
    return RunView(
        run_id=_text(record, "run_id"),
        virtual=record.get("time") == "virtual",
        versions=_versions(tool, _object(record, "environment")),
        tool=f"{_text(tool, 'name')} {_text(tool, 'version')}".strip() or "csip-conformance",
        profile=_profile(_object(record, "profile")),
        subject=_subject(_object(record, "subject")),
        limits=tuple(_limit(row) for row in _objects(record, "limits")),
        policies=tuple(
            Policy(_text(row, "name"), _text(row, "choice"), _text(row, "source"), _text(row, "note"))
            for row in _objects(record, "policies")
        ),
        values=tuple(_value(row) for row in _objects(record, "demands")),
        weakened_by=_texts(record, "weakened_by"),
        requirements={row.id: row for row in map(_requirement, _objects(record, "requirements"))},
        cases=tuple(_case(row) for row in _objects(record, "tests")),
        result=RunResult(_text(record, "result")),
        exit_code=int(_number(record, "exit_code") or 0),
        interrupted=bool(record.get("interrupted")),
        failure=_text(record, "failure"),
        started_at=_moment(record, "started_at"),
        finished_at=_moment(record, "finished_at"),
    )


def _subject(row: JsonObject) -> SubjectView:
    texts = {key: _text(row, key) for key in SubjectView.__slots__ if key != "der"}
    return SubjectView(**texts, der=", ".join(_texts(row, "der")))


def _case(row: JsonObject) -> CaseView:
    return CaseView(
        key=_text(row, "case"),
        id=_text(row, "id"),
        title=_text(row, "title"),
        subject=_text(row, "subject"),
        required=bool(row.get("required")),
        requirements=_texts(row, "requirements"),
        why=_text(row, "why"),
        passes_when=_text(row, "passes_when"),
        origin=_text(row, "origin"),
        aliases=_texts(row, "aliases"),
        expected_duration_s=_number(row, "expected_duration_s"),
        verdict=Verdict(_text(row, "verdict")),
        reason=_text(row, "reason"),
        started_at=_moment(row, "started_at"),
        duration_s=_number(row, "duration_s"),
        lag_s=_number(row, "lag_s"),
        steps=tuple(_step(step) for step in _objects(row, "steps")),
        findings=tuple(read_finding(finding) for finding in _objects(row, "findings")),
        operator=tuple(_operator(event) for event in _objects(row, "operator")),
        exchanges=_numbers(row, "exchanges"),
        connections=_numbers(row, "connections"),
    )


def read_finding(row: JsonObject) -> Finding:
    """Return a finding as it was before it was written to the journal."""
    step = _number(row, "step")
    return Finding(
        kind=_text(row, "kind"),
        state=State(_text(row, "state")),
        requirement=_text(row, "requirement") or None,
        level=Level(_text(row, "level")),
        expected=_text(row, "expected"),
        observed=_text(row, "observed"),
        step=None if step is None else int(step),
        grade=Grade(_text(row, "grade")),
        exchanges=_numbers(row, "exchanges"),
        connections=_numbers(row, "connections"),
        limit=_limit_used(_object(row, "limit")),
        timing=_timing(_object(row, "timing")),
        detail=_texts(row, "detail"),
        policy=_text(row, "policy") or None,
        demand=_text(row, "demand") or None,
        provisional=bool(row.get("provisional")),
    )


def _limit_used(row: JsonObject) -> LimitUsed | None:
    if not row:
        return None
    value = _number(row, "value") or 0.0
    return LimitUsed(_text(row, "name"), value, _text(row, "unit"), _text(row, "source"), bool(row.get("overridden")))


def _timing(row: JsonObject) -> Timing | None:
    start = _moment(row, "start")
    if start is None:
        return None
    return Timing(
        start=start,
        start_label=_text(row, "start_label"),
        stop_label=_text(row, "stop_label"),
        not_before_s=_number(row, "not_before_s"),
        not_after_s=_number(row, "not_after_s"),
        measured_s=_number(row, "measured_s"),
        uncertainty_s=_number(row, "uncertainty_s") or 0.0,
    )


def _limit(row: JsonObject) -> Limit:
    value = _number(row, "value") or 0.0
    return Limit(
        _text(row, "name"), value, _text(row, "unit"), _text(row, "source"), _text(row, "note"), _number(row, "default")
    )


_BOUNDS = {"min": "at least ", "max": "at most ", "all": "all of ", "allowed": "one of "}


def _value(row: JsonObject) -> ValueView:
    figure = _number(row, "figure")
    told = quantity(figure, _text(row, "unit") or "1") if figure is not None else _text(row, "figure")
    parts = _texts(row, "figure")
    bound = "" if parts[1:] == () and _text(row, "bound") == "allowed" else _BOUNDS.get(_text(row, "bound"), "")
    clause = " ".join(text for text in (_text(row, "source"), _text(row, "clause")) if text)
    texts = {key: _text(row, key) for key in ("key", "effect", "grade", "pack", "requirement", "note")}
    return ValueView(demand=f"{bound}{', '.join(parts) or told}" if told else "not known", source=clause, **texts)


def _requirement(row: JsonObject) -> Requirement:
    id, text, who, source = (_text(row, key) for key in ("id", "text", "who", "source"))
    return Requirement(id, text, Level(_text(row, "level")), who, source, _untested(_object(row, "untested")))


def _untested(row: JsonObject) -> Untested | None:
    return Untested(Reason(_text(row, "kind")), _text(row, "note")) if row else None


def _profile(row: JsonObject) -> ProfileView:
    sources = tuple((_text(source, "name"), _text(source, "note")) for source in _objects(row, "sources"))
    return ProfileView(_text(row, "id"), _text(row, "title"), _text(row, "version"), _text(row, "edition"), sources)


def _step(row: JsonObject) -> StepView:
    return StepView(
        int(_number(row, "number") or 0), _text(row, "text"), _text(row, "state"), _moment(row, "started_at")
    )


def _operator(row: JsonObject) -> OperatorView:
    texts = {key: _text(row, key) for key in ("instruction", "way", "text")}
    outcome = _object(row, "outcome")
    return OperatorView(
        at=_moment(row, "at"),
        outcome=_text(outcome, "done").replace("_", " "),
        told=_text(outcome, "told"),
        duration_s=_number(row, "duration_s"),
        **texts,
    )


def _versions(tool: JsonObject, environment: JsonObject) -> tuple[tuple[str, str], ...]:
    """Flatten to name and version: the harness first, then Python and OpenSSL, then the libraries."""
    first = [(_text(tool, "name") or "csip-conformance", _text(tool, "version"))]
    names = {"python": "Python", "openssl": "OpenSSL", "platform": "Operating system"}
    rest = [(label, _text(environment, key)) for key, label in names.items()]
    libraries = _object(environment, "libraries")
    return tuple(
        (name, version) for name, version in [*first, *rest, *((key, _text(libraries, key)) for key in libraries)]
    )


def _text(row: JsonObject, key: str) -> str:
    value = row.get(key)
    return "" if value is None else str(value)


def _texts(row: JsonObject, key: str) -> tuple[str, ...]:
    return tuple(str(item) for item in _sequence(row, key))


def _number(row: JsonObject, key: str) -> float | None:
    value = row.get(key)
    return value if isinstance(value, int | float) else None


def _numbers(row: JsonObject, key: str) -> tuple[int, ...]:
    return tuple(item for item in _sequence(row, key) if isinstance(item, int))


def _moment(row: JsonObject, key: str) -> datetime | None:
    value = row.get(key)
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def _object(row: JsonObject, key: str) -> JsonObject:
    value = row.get(key)
    return value if isinstance(value, Mapping) else {}


def _objects(row: JsonObject, key: str) -> list[JsonObject]:
    return [item for item in _sequence(row, key) if isinstance(item, Mapping)]


def _sequence(row: JsonObject, key: str) -> Sequence[Json]:
    value = row.get(key)
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()
