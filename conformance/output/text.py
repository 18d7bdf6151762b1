"""What a terminal shows at the end of a run: a block for each test case that did not pass, and the summary.

Texts from the subject are shown with control characters made visible, so that a payload cannot steer the terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from conformance.judgement.finding import Finding, State
from conformance.output.finding_groups import broken
from conformance.output.record_reading import JsonObject, read_run
from conformance.output.run_view import CaseView, RunView
from conformance.output.wording import (
    RESULT_WORDS,
    VERDICT_WORDS,
    counts_sentence,
    last_words,
    limit_words,
    plural,
    some,
    timing_words,
    visible,
    weaknesses,
)
from conformance.running.applies import NOT_SELECTED
from conformance.running.case_run import CaseResult
from conformance.running.run_record import NOT_REACHED
from conformance.vocabulary.verdict import Verdict
from conformance.wire.exchange import Exchange

DETAIL_LINES = 10
CITED = 5
FINDINGS = 20
UNDECIDED = (Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.PENDING)
TELLING = (State.FAIL, State.INCONCLUSIVE, State.WARNING)


def finding_block(result: CaseResult | CaseView, exchanges: Mapping[int, Exchange] | None = None) -> str:
    """Return how a test case ended: verdict, reason, and each finding that did not pass.

    With the exchanges at hand, method, target and status of the cited ones are told.
    """
    case = result.case if isinstance(result, CaseResult) else result
    steps = [step if isinstance(step, str) else step.text for step in case.steps]
    told = [finding for finding in result.findings if finding.state in TELLING]
    lines = [f"{_verdict_word(result).upper()}  {one_line(case.id)}  {one_line(case.title)}"]
    lines += [f"  {visible(line)}" for line in result.reason.splitlines()]
    for finding in told[:FINDINGS]:
        lines += _finding(finding, steps, exchanges or {})
    if len(told) > FINDINGS:
        lines.append(f"  and {len(told) - FINDINGS} more findings, in the report")
    return "\n".join([*lines, f"    {'again':<12} csip run --only {one_line(case.id)}"])


def _verdict_word(result: CaseResult | CaseView) -> str:
    failed = [finding for finding in result.findings if finding.state is State.FAIL]
    provisional = bool(failed) and all(finding.provisional for finding in failed)
    return f"{VERDICT_WORDS[result.verdict]}{' provisionally' if provisional else ''}"


def failure_blocks(record: JsonObject, exchanges: Iterable[Exchange] = ()) -> list[str]:
    """Return a block for every test case of the record that failed, in catalogue order."""
    failed = read_run(record).cases_with(Verdict.FAIL)
    cited = {number for case in failed for finding in case.findings for number in finding.exchanges[:CITED]}
    known = {exchange.number: exchange for exchange in exchanges if exchange.number in cited}
    return [finding_block(case, known) for case in failed]


def summary_lines(record: JsonObject) -> list[str]:
    """Return the end of a run: what is broken and undecided, what weakens the result, and last the result."""
    run = read_run(record)
    undecided = [
        f"{VERDICT_WORDS[case.verdict]:<14} {one_line(case.id)}  {_undecided(case)}"
        for case in run.cases_with(*UNDECIDED)
    ]
    weak = [f"{'weakened by':<14} {one_line(text)}" for text in weaknesses(run)]
    return [*_broken(run), *undecided, *_nothing_run(run), *weak, result_line(record)]


def _broken(run: RunView) -> Iterator[str]:
    """Yield, where several test cases failed, what they broke, so that one cause is seen behind them."""
    failed = run.cases_with(Verdict.FAIL)
    for id, cases in broken(failed) if len(failed) > 1 else ():
        yield f"{'broken':<14} {one_line(id)}  {plural(len(cases), 'test case')}: {some([case.id for case in cases])}"


def _undecided(case: CaseView) -> str:
    """Return the reason in one line; the traceback of a fault of ours stands in the report."""
    if case.verdict is Verdict.ERROR and "\n" in case.reason.strip():
        return f"{one_line(last_words(case.reason))} (all of it in the report)"
    return one_line(case.reason or case.title)


def _nothing_run(run: RunView) -> list[str]:
    """Say of each selected test case why it was not run, where none was, unless something ended the run early."""
    rows = run.cases_with(Verdict.NOT_APPLICABLE, Verdict.NOT_RUN)
    if len(rows) < len(run.cases) or any(case.reason.startswith(NOT_REACHED) for case in rows):
        return []
    selected = [case for case in rows if case.origin and case.reason != NOT_SELECTED][:FINDINGS]
    return [f"{VERDICT_WORDS[case.verdict]:<14} {one_line(case.id)}  {one_line(case.reason)}" for case in selected]


def result_line(record: JsonObject) -> str:
    """Return the result, the counts and whether time was virtual, in one line."""
    run = read_run(record)
    stamp = " (virtual time)" if run.virtual else ""
    provisional = " Every fail is provisional." if run.provisional else ""
    return f"{RESULT_WORDS[run.result]}{stamp}. {counts_sentence(run)}{provisional}"


def one_line(text: str) -> str:
    """Return a text in one line, with everything that could steer a terminal made visible."""
    return visible(" ".join(text.splitlines()))


def _finding(finding: Finding, steps: list[str], exchanges: Mapping[int, Exchange]) -> Iterator[str]:
    if finding.step is not None and 0 < finding.step <= len(steps):
        yield f"  step {finding.step}  {one_line(steps[finding.step - 1])}"
    word = "" if finding.state is State.FAIL else f" [{finding.state}]"
    word = " [provisional]" if finding.provisional else word
    for label, text in _rows(finding, exchanges):
        yield f"    {label:<12} {one_line(text)}{word if label == 'observed' else ''}"


def _rows(finding: Finding, exchanges: Mapping[int, Exchange]) -> Iterator[tuple[str, str]]:
    limit = "" if finding.limit is None else f"   limit {limit_words(finding.limit)}"
    yield "requirement", f"{finding.requirement or 'none named'} ({finding.level}){limit}"
    yield "expected", finding.expected
    yield "observed", finding.observed
    if finding.timing is not None:
        yield "timing", timing_words(finding.timing)
    yield from (("detail", line) for line in finding.detail[:DETAIL_LINES])
    if (left := len(finding.detail) - DETAIL_LINES) > 0:
        yield "detail", f"and {left} more lines, in the report"
    if finding.policy is not None:
        yield "policy", finding.policy
    yield from (("evidence", text) for text in _evidence(finding, exchanges))


def _evidence(finding: Finding, exchanges: Mapping[int, Exchange]) -> Iterator[str]:
    for number in finding.exchanges[:CITED]:
        yield _exchange(number, exchanges.get(number))
    yield from (f"connection {number}" for number in finding.connections[:CITED])
    left = max(0, len(finding.exchanges) - CITED) + max(0, len(finding.connections) - CITED)
    if left:
        yield f"and {left} more, in the report"


def _exchange(number: int, exchange: Exchange | None) -> str:
    if exchange is None:
        return f"exchange {number}"
    came = str(exchange.status) if exchange.status is not None else f"no answer: {exchange.error or 'not known why'}"
    return f"exchange {number}  {exchange.method} {exchange.target}  {came}"
