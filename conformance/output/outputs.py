"""All outputs of a run folder, made from its journal and its exchange log.

It works as well on a folder left by a run that was killed: the journal says how far it came.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conformance.output.evidence_files import evidence_files
from conformance.output.html import render_report
from conformance.output.junit import write_junit
from conformance.running.run_record import Row, load_record, write_record
from conformance.wire.exchange import Connection, Exchange
from conformance.wire.exchange_log import read_log


@dataclass(frozen=True, slots=True)
class Outputs:
    """What was written, and the record it was made from."""

    record: Row
    run: Path
    junit: Path
    report: Path


def write_outputs(folder: Path) -> Outputs:
    """Write ``run.json``, ``junit.xml`` and ``report.html`` of a run folder.

    Raises:
        UsageError: no run folder, or a damaged exchange log.
    """
    record = load_record(folder)
    write_record(folder, record)
    junit = write_junit(record, folder / "junit.xml")
    report = render_report(record, recorded(folder), folder / "report.html", files=evidence_files(folder))
    return Outputs(record, folder / "run.json", junit, report)


def recorded(folder: Path) -> Iterator[Connection | Exchange]:
    """Yield what the folder's exchange log holds; a run that ended before its first exchange has none."""
    log = folder / "exchanges.jsonl"
    return iter(read_log(log)) if log.exists() else iter(())
