"""What a terminal shows at the end of a run: a block for each failed finding, and the summary.

Texts from the subject are shown with control characters made visible, so that a payload cannot steer the terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from conformance.judgement.finding import Finding, State
from conformance.output.run_view import CaseView, RunView
from conformance.output.wording import (
    RESULT_WORDS,
    VERDICT_WORDS,
    counts_sentence,
    limit_words,
    step_text,
    timing_words,
    visible,
    weaknesses,
)
from conformance.vocabulary.verdict import Verdict
from conformance.wire.exchange import Exchange

DETAIL_LINES = 10
CITED_EXCHANGES = 5
UNDECIDED = (Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.PENDING)
_LABELS = {
    State.FAIL: "FAIL",
    State.INCONCLUSIVE: "OPEN",
    State.WARNING: "WARN",
    State.NOTE: "NOTE",
    State.PASS: "PASS",
}


def finding_block(case: CaseView, finding: Finding, exchanges: Mapping[int, Exchange] | None = None) -> str:
    """Return a finding as a block of lines; with the exchanges at hand, their method, target and status are told."""
    lines = [f"{_LABELS[finding.state]}  {case.id}  {case.title}"]
    if finding.step is not None:
        lines.append(f"  step {finding.step}  {step_text(case, finding.step)}")
    lines += [f"    {label:<12} {one_line(text)}" for label, text in _rows(case, finding, exchanges or {})]
    return "\n".join(lines)


def failure_blocks(run: RunView, exchanges: Iterable[Exchange] = ()) -> list[str]:
    """Return a block for every failed finding of the run, in catalogue order."""
    failed = [(case, finding) for case in run.cases for finding in case.findings_in(State.FAIL)]
    cited = {number for _, finding in failed for number in finding.exchanges}
    known = {exchange.number: exchange for exchange in exchanges if exchange.number in cited}
    return [finding_block(case, finding, known) for case, finding in failed]


def summary_lines(run: RunView) -> list[str]:
    """Return the end of a run: what is undecided and why, what weakens the result, the counts, the result last."""
    undecided = [
        f"{VERDICT_WORDS[case.verdict]:<14} {case.id}  {one_line(case.reason or case.title)}"
        for case in run.cases_with(*UNDECIDED)
    ]
    weak = [f"weakened by    {one_line(text)}" for text in weaknesses(run)]
    return [*undecided, *weak, result_line(run)]


def result_line(run: RunView) -> str:
    """Return the result, the counts and whether time was virtual, in one line."""
    stamp = "  [virtual time]" if run.virtual else ""
    return f"{RESULT_WORDS[run.result]}.{stamp}  {counts_sentence(run)}"


def _rows(case: CaseView, finding: Finding, exchanges: Mapping[int, Exchange]) -> Iterator[tuple[str, str]]:
    yield "requirement", _requirement(finding)
    yield "expected", finding.expected
    yield "observed", finding.observed
    if finding.timing is not None:
        yield "timing", timing_words(finding.timing)
    yield from (("detail", line) for line in finding.detail[:DETAIL_LINES])
    if (left := len(finding.detail) - DETAIL_LINES) > 0:
        yield "detail", f"and {left} more lines, in the report"
    if finding.policy is not None:
        yield "policy", finding.policy
    yield from _evidence(finding, exchanges)
    yield "again", f"csip run --only {case.id}"


def one_line(text: str) -> str:
    """Return a text in one line, with everything that could steer a terminal made visible."""
    return visible(" ".join(text.split()))


def _requirement(finding: Finding) -> str:
    named = f"{finding.requirement or 'none named'} ({finding.level})"
    return named if finding.limit is None else f"{named}   limit {limit_words(finding.limit)}"


def _evidence(finding: Finding, exchanges: Mapping[int, Exchange]) -> Iterator[tuple[str, str]]:
    for number in finding.exchanges[:CITED_EXCHANGES]:
        yield "evidence", _exchange(number, exchanges.get(number))
    if len(finding.exchanges) > CITED_EXCHANGES:
        yield "evidence", f"and {len(finding.exchanges) - CITED_EXCHANGES} more exchanges"
    yield from (("evidence", f"connection {number}") for number in finding.connections[:CITED_EXCHANGES])


def _exchange(number: int, exchange: Exchange | None) -> str:
    if exchange is None:
        return f"exchange {number}"
    came = str(exchange.status) if exchange.status is not None else f"no answer: {exchange.error or 'not known'}"
    return f"exchange {number}  {exchange.method} {exchange.target}  {came}"
