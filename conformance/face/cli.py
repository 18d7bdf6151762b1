"""The ``csip`` command.

Exit codes: 0 conformant, 1 not conformant, 2 wrong use, 3 incomplete, 4 harness error, 130 interrupted.
"""

from __future__ import annotations

import io
import sys
import traceback
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click

from conformance import __version__
from conformance.catalogue.pack_values import Phase, SourceGrade
from conformance.catalogue.profile import profile_names
from conformance.catalogue.values_in_force import DER_TYPES, ROLES
from conformance.face.catalogue_commands import list_command, show_command
from conformance.face.configuration import DEFAULT_NAME, read_configuration
from conformance.face.doctor import doctor_command
from conformance.face.initialise import init_command
from conformance.face.pki_command import pki
from conformance.face.profile_command import profile as profile_group
from conformance.face.report_command import report
from conformance.face.run_pytest import run_to_the_end
from conformance.face.schedule_lines import plan_lines
from conformance.face.validate_command import validate
from conformance.face.wiring import DEMONSTRATED, Choice, configured_run, demonstration
from conformance.reference.flaws import flaw_sides
from conformance.vocabulary.errors import HarnessError

fail_from_option = click.option(
    "--fail-from",
    type=click.Choice([grade.value for grade in SourceGrade]),
    help="Weakest source whose demands fail a test outright; primary by default; recorded.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="csip")
def csip() -> None:
    """Conformance tests for IEEE 2030.5 servers and clients: CSIP, CSIP-AUS and utility profiles."""


@csip.command()
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Run folder to write; csip-demo-* by default."
)
@click.option("--profile", metavar="P", help=f"Profile pack: {', '.join(profile_names())}, or a path.")
@click.option("--only", multiple=True, metavar="ID", help="Run only this test; may be repeated.")
@click.option("--flaw", multiple=True, metavar="NAME", help="Give a reference peer a flaw, to see a report that fails.")
@click.option("--role", type=click.Choice(ROLES), default="device", show_default=True, help="What the client is.")
@click.option(
    "--der", type=click.Choice(DER_TYPES), multiple=True, help="A kind of DER the client has; all by default."
)
@click.option(
    "--phase",
    type=click.Choice([phase.value for phase in Phase]),
    default="normal",
    show_default=True,
    help="How far its site has come.",
)
@fail_from_option
def demo(
    out: Path | None,
    profile: str | None,
    only: tuple[str, ...],
    flaw: tuple[str, ...],
    role: str,
    der: tuple[str, ...],
    phase: str,
    fail_from: str | None,
) -> None:
    """Test the embedded reference peers, in both roles and in virtual time, and write a report."""
    with ExitStack() as keep:
        folder = out or _next_folder(Path("csip-demo"))
        client = replace(DEMONSTRATED["client"], role=role, types=der or DER_TYPES, phase=Phase(phase))
        choice = Choice(profile=profile, only=only, fail_from=graded(fail_from), client=client)
        sys.exit(run_to_the_end(demonstration(choice, folder, keep, flaw_sides(flaw)), expect=None))


@csip.command()
@click.option("--config", "config", type=click.Path(path_type=Path), default=DEFAULT_NAME, show_default=True)
@click.option("--profile", metavar="P", help="Profile pack, instead of the one in the configuration.")
@click.option("--only", multiple=True, metavar="ID", help="Run only this test; may be repeated.")
@click.option("--jobs", type=click.IntRange(min=1), help="How many tests run at once.")
@click.option("--plan", "only_plan", is_flag=True, help="Show the schedule and start nothing.")
@click.option(
    "--expect",
    type=click.Path(path_type=Path),
    help="run.json whose verdicts are expected: exit 0 when they are the same.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Run folder to write; below runs/ by default."
)
@click.option(
    "--resume",
    type=click.Path(path_type=Path, file_okay=False),
    help="Run folder to go on with: what was decided is kept.",
)
@fail_from_option
def run(
    config: Path,
    profile: str | None,
    only: tuple[str, ...],
    jobs: int | None,
    only_plan: bool,
    expect: Path | None,
    out: Path | None,
    resume: Path | None,
    fail_from: str | None,
) -> None:
    """Test the subject that the configuration describes."""
    if resume is not None and out is not None:
        raise click.UsageError("--resume goes on in its folder; leave out --out")
    grade = graded(fail_from)
    choice = Choice(profile=profile, only=only, jobs=jobs, out=out, resume=resume, fail_from=grade)
    if only_plan:
        click.echo("\n".join(plan_lines(read_configuration(config), choice)))
        return
    sys.exit(run_to_the_end(configured_run(read_configuration(config), choice), expect=expect))


def graded(word: str | None) -> SourceGrade | None:
    """Return the grade that was asked for, if one was."""
    return None if word is None else SourceGrade(word)


def _next_folder(base: Path) -> Path:
    """Return a folder that does not exist yet: csip-demo, csip-demo-2, and so on."""
    number, folder = 1, base
    while folder.exists():
        number += 1
        folder = base.with_name(f"{base.name}-{number}")
    return folder


csip.add_command(list_command)
csip.add_command(show_command)
csip.add_command(init_command)
csip.add_command(doctor_command)
csip.add_command(pki)
csip.add_command(profile_group)
csip.add_command(report)
csip.add_command(validate)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; an error that a person can mend is told in words, never as a traceback.

    What nobody foresaw is a fault of the harness: its traceback is shown and the exit code is 4.
    """
    _write_what_can_be_written()
    try:
        code = csip.main(args=None if arguments is None else list(arguments), prog_name="csip", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except HarnessError as error:
        click.echo(f"csip: {error}", err=True)
        sys.exit(error.exit_code)
    except Exception:
        traceback.print_exc()
        sys.exit(HarnessError.exit_code)
    if code:
        sys.exit(code)  # click returns the code of a command that ended by ctx.exit()


def _write_what_can_be_written() -> None:
    """Let a sign that the terminal or pipe has no code for, such as ≤ on most Windows, become a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
