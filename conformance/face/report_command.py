"""``csip report``: the outputs of a run folder once more, also of one whose run was killed."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.output.evidence import Bounds
from conformance.output.evidence_files import evidence_files
from conformance.output.html import render_report
from conformance.output.junit import write_junit
from conformance.output.one_case import EVERYTHING, of_one_case
from conformance.output.outputs import recorded
from conformance.output.record_reading import JsonObject
from conformance.output.text import result_line
from conformance.running.run_record import Row, load_record, write_record
from conformance.vocabulary.errors import UsageError, explain


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Where to; else DIR/report.html."
)
@click.option("--only", "id", metavar="ID", help="A page of one test case, with all its exchanges: DIR/report-ID.html.")
@click.option("--junit", is_flag=True, help="Write DIR/junit.xml as well.")
def report(folder: Path, out: Path | None, id: str | None, junit: bool) -> None:
    """Render the report of the run in DIR again, or a page of one of its test cases.

    Works on the folder of a run that was killed, too: what did not end is shown as not decided, and run.json, which
    such a run did not come to write, is written.
    """
    record = load_record(folder)
    if id is not None:
        shown = of_one_case(record, id)
        name = f"report-{id.replace('/', '-')}.html"
        click.echo(f"Report  {_rendered(record, shown, folder, out or folder / name, EVERYTHING)}")
        return
    written = _rendered(record, record, folder, out or folder / "report.html")
    if junit:
        click.echo(f"JUnit   {write_junit(record, folder / 'junit.xml')}")
    click.echo(f"Report  {written}")
    click.echo(result_line(record))


def _rendered(record: Row, shown: JsonObject, folder: Path, out: Path, bounds: Bounds | None = None) -> Path:
    try:
        if record["finished_at"] is None:
            write_record(folder, record)
        return render_report(shown, recorded(folder), out, bounds, evidence_files(folder))
    except OSError as error:
        raise UsageError(
            explain(
                f"writing the report {out}", "a place that can be written to", error.strerror or str(error), "use --out"
            )
        ) from error
