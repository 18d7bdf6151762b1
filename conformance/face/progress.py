"""Progress of a run: a live table on a terminal, plain lines when piped.

What the plan leaves out is counted in one line at the start; each test case that is run gets a line when it ends.
"""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from conformance.output.wording import VERDICT_WORDS, last_words, plural, visible
from conformance.running.applies import named
from conformance.running.journal import Event
from conformance.running.plan import Plan, Planned
from conformance.running.session import RunSettings

UNSELECTED = "not selected"

COLOURS = {"pass": "green", "fail": "bold red", "inconclusive": "yellow", "error": "bold magenta"}


class Progress:
    """Listens to the journal. Lines go to standard error, so that standard output holds the result alone."""

    def __init__(self, settings: RunSettings) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._texts = {case.key: case.steps for case in settings.plan.to_run}
        self._plan = settings.plan
        self._unit = "s virtual" if settings.virtual else "s"
        self._running: dict[str, tuple[str, datetime]] = {}
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()
        self._total = len(settings.to_run)
        self._kept = len(settings.plan.to_run) - self._total
        self._live = Live(get_renderable=self._table, console=self._console, transient=True, refresh_per_second=4)
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> Progress:
        for line in left_out_lines(self._plan, self._kept):
            self._console.print(Text(line), soft_wrap=True)
        if self._shown:
            self._live.start()
        return self

    def __exit__(self, *reason: object) -> None:
        if self._shown:
            self._live.stop()

    def event(self, event: Event) -> None:
        """Take an event of the journal."""
        case, name = str(event.get("case", "")), event["event"]
        if name == "case_finished" and case not in self._texts:
            return  # the plan left it out; it was counted at the start
        with self._lock:
            if name == "case_started":
                self._running[case] = ("starting", datetime.now(UTC))
            elif name == "step_started" and case in self._running:
                number = int(str(event["step"]))
                self._running[case] = (f"step {number}  {self._texts[case][number - 1]}", self._running[case][1])
            elif name == "waiting" and case in self._running:
                self._running[case] = (f"waiting for: {event['for_what']}", self._running[case][1])
            elif name == "operator" and case in self._running:
                self._running[case] = (f"going on after: {event['text']}", self._running[case][1])
            elif name == "case_finished":
                self._running.pop(case, None)
                verdict = str(event["verdict"])
                self._counts[verdict] = self._counts.get(verdict, 0) + 1
        if name == "case_finished":
            self._tell(case, event)

    def _tell(self, case: str, event: Event) -> None:
        verdict = str(event["verdict"])
        seconds = float(str(event["duration_s"]))
        line = Text(f"{verdict:<15}", style=COLOURS.get(verdict, "dim"))
        reason = last_words(str(event["reason"]))
        told = f"{case:<24} {seconds:8.1f} {self._unit}  {reason}"
        line.append(told.rstrip(), style="default")
        self._console.print(line, soft_wrap=True)

    def _table(self) -> Table:
        with self._lock:
            running, counts = dict(self._running), dict(self._counts)
        table = Table.grid(padding=(0, 2))
        done = sum(counts.values())
        table.add_row(f"{done} of {self._total}", "", ", ".join(f"{count} {name}" for name, count in counts.items()))
        now = datetime.now(UTC)
        for case, (doing, since) in list(running.items())[:20]:
            table.add_row(case, f"{(now - since).total_seconds():5.0f} s", in_one_line(doing))
        return table


def in_one_line(doing: str) -> Text:
    """Return what a test case is doing for the live table: brackets are no markup, and an order may be pages long."""
    return Text(visible(doing), no_wrap=True, overflow="ellipsis")


def left_out_lines(plan: Plan, kept: int = 0) -> Iterator[str]:
    """Yield how many test cases are run and how many are not; with a selection, also why a selected one is not.

    ``kept`` were decided before the run was resumed.
    """
    counts = Counter(_left_out(row, plan) for row in plan.rows if row.skip is not None)
    rest = "".join(f", {count} {word}" for word, count in counts.most_common())
    before = f", {kept} decided before" if kept else ""
    yield f"{plural(len(plan.rows), 'test case')}: {len(plan.to_run) - kept} to run{before}{rest}"
    for row in plan.rows:
        if plan.only and row.skip is not None and (word := _left_out(row, plan)) != UNSELECTED:
            yield f"{word:<14} {row.key:<24} {row.skip[1]}"


def _left_out(row: Planned, plan: Plan) -> str:
    selected = not plan.only or (row.case is not None and named(row.case, plan.only))
    return VERDICT_WORDS[row.skip[0]] if selected and row.skip is not None else UNSELECTED
