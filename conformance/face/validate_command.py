"""``csip validate``: judge payload files against the schema of an edition, in bulk.

Exit codes: 0 all valid, 1 some invalid, 2 wrong use, which includes finding nothing to validate.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.verdict import Level
from conformance.wire.parser import MAX_BODY_BYTES, Malformed
from conformance.wire.payload import read
from conformance.wire.schema import Edition, Extensions, Problem, SchemaReport, Validator
from conformance.wire.schema.value_rules import ValueFinding, check_encoding, check_values

SOME_INVALID = 1


@dataclass(frozen=True, slots=True)
class Validated:
    """One file with its report and, if asked for, the findings of value rules."""

    path: Path
    report: SchemaReport
    values: tuple[ValueFinding, ...] = ()

    @property
    def valid(self) -> bool:
        """True if the schema accepts it and no binding value rule is broken."""
        return self.report.valid and not any(finding.level is Level.MUST for finding in self.values)


@click.command("validate")
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--schema",
    "edition",
    type=click.Choice([edition.value for edition in Edition]),
    default=Edition.IEEE_2018.value,
    show_default=True,
    help="The edition to validate against.",
)
@click.option(
    "--official-xsd",
    type=click.Path(exists=True, path_type=Path),
    help="A file or folder with your own copy of the official schemas, used instead of ours.",
)
@click.option(
    "--extensions",
    type=click.Choice([choice.value for choice in Extensions]),
    default=Extensions.REFUSE.value,
    show_default=True,
    help="Elements of foreign namespaces: leave them out, note them, or let the schema decide.",
)
@click.option("--values", is_flag=True, help="Also put the value rules, which go beyond the schema.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document instead of text.")
def validate(
    paths: Sequence[Path], edition: str, official_xsd: Path | None, extensions: str, values: bool, as_json: bool
) -> None:
    """Validate payload FILEs, or all *.xml files in folders, against a schema."""
    try:
        validator = Validator(Edition(edition), official_xsd, Extensions(extensions))
        results = [_validate(path, validator, values) for path in _shown(payload_files(paths))]
    except UsageError as fault:
        raise click.UsageError(str(fault)) from None
    click.echo(json.dumps(as_data(results, validator.edition), indent=2) if as_json else "\n".join(as_lines(results)))
    if not all(result.valid for result in results):
        click.get_current_context().exit(SOME_INVALID)


def payload_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files named, and the ``*.xml`` files below the folders named, each once.

    Raises:
        UsageError: a folder holds none.
    """
    found: dict[Path, None] = {}
    for path in paths:
        files = sorted(one for one in path.rglob("*.xml") if one.is_file()) if path.is_dir() else [path]
        if not files:
            raise UsageError(
                explain(f"looking for payloads in {path}", "*.xml files", "none", "name files or a folder")
            )
        found.update(dict.fromkeys(files))
    return tuple(found)


def _shown(files: Sequence[Path]) -> Iterable[Path]:
    """Show progress on the error stream if that is a terminal and there is more than one file."""
    console = Console(stderr=True)
    if len(files) < 2 or not console.is_terminal:
        return files
    return track(files, "validating", console=console, transient=True)


def _validate(path: Path, validator: Validator, values: bool) -> Validated:
    try:
        with path.open("rb") as file:
            body = file.read(MAX_BODY_BYTES + 1)
    except OSError as fault:
        raise UsageError(explain(f"reading {path}", "a file", str(fault), "correct the path or its rights")) from None
    return Validated(path, validator.validate(body), _values(body) if values else ())


def _values(body: bytes) -> tuple[ValueFinding, ...]:
    try:
        root = read(body)
    except Malformed:
        return ()
    return (*check_encoding(body), *check_values(root))


def as_lines(results: Sequence[Validated]) -> Iterator[str]:
    """Write the results for a person: a line for each file, its problems below it, a summary at the end."""
    for result in results:
        kind = f" ({result.report.root})" if result.report.root else ""
        yield f"{result.path}: {'valid' if result.valid else 'INVALID'}{kind}"
        yield from (f"  {_located(result.path, one)}{one.message}{_at(one.path)}" for one in result.report.problems)
        yield from (f"  {_located(result.path, one)}note: {one.message}{_at(one.path)}" for one in result.report.notes)
        yield from (
            f"  {_located(result.path, one)}{one.level} {one.requirement}: {one.message}{_at(one.path)}"
            for one in result.values
        )
    invalid = sum(not result.valid for result in results)
    noun = "document" if len(results) == 1 else "documents"
    yield f"{len(results)} {noun}, {invalid} invalid, checked against {results[0].report.edition_title}"


def _located(path: Path, one: Problem | ValueFinding) -> str:
    return f"{path.name}:{one.line}: " if one.line else ""


def _at(path: str) -> str:
    """Give the whole path where the message, which names an element and its parent, leaves doubt."""
    return f" (at {path})" if path.count("/") > 2 or "[" in path else ""


def as_data(results: Sequence[Validated], edition: Edition) -> dict[str, object]:
    """Return the results as plain data; ``version`` changes when the shape does."""
    return {
        "version": 1,
        "edition": edition.value,
        "valid": all(result.valid for result in results),
        "files": [_file_data(result) for result in results],
    }


def _file_data(result: Validated) -> dict[str, object]:
    return {
        "file": str(result.path),
        "valid": result.valid,
        "root": result.report.root,
        "problems": [_problem_data(problem) for problem in result.report.problems],
        "notes": [_problem_data(note) for note in result.report.notes],
        "values": [_finding_data(finding) for finding in result.values],
    }


def _problem_data(problem: Problem) -> dict[str, object]:
    return {
        "kind": problem.kind.value,
        "path": problem.path,
        "line": problem.line,
        "found": problem.found,
        "expected": problem.expected,
        "message": problem.message,
    }


def _finding_data(finding: ValueFinding) -> dict[str, object]:
    return {
        "requirement": finding.requirement,
        "level": finding.level.value,
        "path": finding.path,
        "line": finding.line,
        "found": finding.found,
        "expected": finding.expected,
        "message": finding.message,
    }
