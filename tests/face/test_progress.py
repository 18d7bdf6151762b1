"""What a terminal shows while a run goes on: one line for all that is left out, one for each test case that is run."""

from __future__ import annotations

import io
import re
from contextlib import ExitStack
from pathlib import Path

from click.testing import CliRunner
from rich.console import Console
from rich.table import Table

from conformance.catalogue import shipped
from conformance.catalogue.profile import load_profile
from conformance.catalogue.test_case import load_cases
from conformance.face.cli import csip
from conformance.face.configuration import read_configuration
from conformance.face.progress import Progress, in_one_line, left_out_lines
from conformance.face.schedule_lines import CHOSEN, plan_lines
from conformance.face.wiring import Choice, demonstration
from conformance.running.plan import Plan, make_plan


def plan(*only: str) -> Plan:
    return make_plan(load_cases(shipped.testcases_folder()), load_profile("csip-2.1"), ["client", "server"], only=only)


def test_what_does_not_apply_is_counted_in_one_line():
    whole = plan()
    left_out = len(whole.rows) - len(whole.to_run)
    assert list(left_out_lines(whole)) == [
        f"{len(whole.rows)} test cases: {len(whole.to_run)} to run, {left_out} not applicable"
    ]


def test_a_resumed_run_counts_what_was_decided_before():
    chosen = plan("server/COMM-002", "server/COMM-003")
    assert next(iter(left_out_lines(chosen, kept=1))).startswith(f"{len(chosen.rows)} test cases: 1 to run, 1 decided")


def test_with_a_selection_the_selected_ones_that_are_not_run_say_why():
    first, *lines = left_out_lines(plan("COMM-002", "RAMP-001"))
    assert "2 to run" in first
    assert "not selected" in first
    assert len(lines) == 1
    assert lines[0].startswith("not applicable client/RAMP-001")
    assert "rests on" in lines[0]


def test_the_plan_leaves_out_what_takes_a_day_until_its_limit_is_set(tmp_path: Path) -> None:
    assert main_code("init", "client", str(tmp_path)) == 0
    file = tmp_path / "csip.toml"
    unasked = list(plan_lines(read_configuration(file), Choice(only=("SUBSCRIBE-002",))))
    assert any(line.startswith("not run unasked SUBSCRIBE-002") and "renewal_watch" in line for line in unasked)
    file.write_text(file.read_text(encoding="utf-8").replace("# first_contact", "renewal_watch = 90000\n#"), "utf-8")
    asked = list(plan_lines(read_configuration(file), Choice(only=("SUBSCRIBE-002",))))
    assert any("25:07 h" in line for line in asked)
    assert not any("unasked" in line for line in asked)


def test_the_plan_knows_every_limit_that_must_be_set_for_its_case_to_run() -> None:
    cases = "".join(path.read_text(encoding="utf-8") for path in shipped.testcases_folder().rglob("*.py"))
    assert set(re.findall(r"only_if_chosen\((?:clock, )?limits\.(\w+)\)", cases)) == set(CHOSEN)


def test_a_long_order_with_brackets_takes_one_line_of_the_live_table_and_loses_nothing_to_markup() -> None:
    console = Console(width=40, file=io.StringIO())
    table = Table.grid()
    table.add_row(in_one_line("waiting for: LFDIs [red] and \x1b[31m, " + "words " * 50))
    console.print(table)
    (line,) = str(console.file.getvalue()).splitlines()  # type: ignore[attr-defined]
    assert line.startswith(r"waiting for: LFDIs [red] and \x1b[31m")
    assert line.rstrip().endswith("…")


def test_what_the_operator_has_answered_is_waited_for_no_more(tmp_path: Path) -> None:
    with ExitStack() as keep:
        settings = demonstration(Choice(only=("client/COMM-002",)), tmp_path, keep, {})
    progress, case = Progress(settings), {"case": "client/COMM-002"}
    progress.event({"event": "case_started", **case})
    progress.event({"event": "waiting", "for_what": "Restart the client.", **case})
    assert "waiting for: Restart" in shown(progress)
    progress.event({"event": "operator", "text": "Restart the client.", **case})
    assert "going on after: Restart" in shown(progress)
    assert "waiting" not in shown(progress)


def shown(progress: Progress) -> str:
    console = Console(width=200)
    with console.capture() as held:
        console.print(progress._table())
    return held.get()


def main_code(*arguments: str) -> int:
    return CliRunner().invoke(csip, arguments, catch_exceptions=False).exit_code
