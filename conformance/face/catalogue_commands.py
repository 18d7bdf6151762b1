"""``csip list`` and ``csip show``: the catalogue of test cases, for people and as JSON."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import click

from conformance.catalogue.errata import EDITIONS
from conformance.catalogue.instructions import INSTRUCTIONS
from conformance.catalogue.profile import Profile, load_profile
from conformance.catalogue.requirement import Register
from conformance.catalogue.shipped import testcases_folder
from conformance.catalogue.test_case import TestCase, load_cases
from conformance.face.paragraphs import echo_width, fitted
from conformance.face.requirement_list import matrix_json, matrix_lines
from conformance.face.schedule_lines import told, total_lines
from conformance.face.wiring import DEFAULT_PROFILE, SUBJECTS
from conformance.judgement.requirements import whole_register
from conformance.output.wording import VERDICT_WORDS, plural
from conformance.running.applies import skipped
from conformance.running.plan import NO_CASE, Plan, Planned, make_plan
from conformance.vocabulary.errors import UsageError, explain, meant
from conformance.vocabulary.verdict import Verdict

LINE = 110
"""How many characters a line of names may have."""


@click.command("list")
@click.argument("words", metavar="[WORD]...", nargs=-1)
@click.option("--profile", "profile_name", default=DEFAULT_PROFILE, show_default=True, metavar="P")
@click.option("--subject", type=click.Choice(SUBJECTS), help="Only the tests of one kind of subject.")
@click.option("--required", is_flag=True, help="Only the tests that the profile requires.")
@click.option("--all", "everything", is_flag=True, help="Give those a line too that do not apply by the profile.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--instructions", is_flag=True, help="List what an operator may be asked to do.")
@click.option("--requirements", is_flag=True, help="List the requirements with the test cases that name them.")
def list_command(
    words: tuple[str, ...],
    profile_name: str,
    subject: str | None,
    required: bool,
    everything: bool,
    as_json: bool,
    instructions: bool,
    requirements: bool,
) -> None:
    """List the test cases that a profile knows: all, or those with each WORD in id, alias, title or origin."""
    if instructions:
        _list_instructions()
        return
    if requirements:
        _list_requirements([subject] if subject else SUBJECTS, as_json)
        return
    plan = make_plan(load_cases(testcases_folder()), load_profile(profile_name), [subject] if subject else SUBJECTS)
    plan = Plan(tuple(row for row in plan.rows if (row.required or not required) and _has(row, words)))
    if as_json:
        click.echo(json.dumps([row.row() for row in plan.rows], indent=2))
        return
    if not plan.rows:
        click.echo(f"no test case has {' and '.join(words)}; csip list without words lists all")
        return
    width = echo_width()
    click.echo(fitted("\n".join(plan_table(plan, everything=everything or bool(words), line=width or LINE)), width))
    click.echo(fitted("\n".join(total_lines(plan)), width))


def _has(row: Planned, words: Iterable[str]) -> bool:
    case = row.case
    told = (row.id, *row.meets, *((case.title, case.origin, *case.aliases) if case else ()))
    return all(word.lower() in " ".join(told).lower() for word in words)


def plan_table(plan: Plan, *, everything: bool = False, line: int = LINE) -> Iterator[str]:
    """Yield the rows by kind of subject and id; those that do not apply only by name, below, unless all are wanted."""
    for subject in dict.fromkeys(row.subject for row in plan.rows):
        rows = sorted((row for row in plan.rows if row.subject == subject), key=lambda row: row.id)
        shown = [row for row in rows if everything or _applies(row)]
        yield f"{subject} under test: {', '.join(_counts(rows))}"
        width = max((len(row.id) for row in shown), default=0)
        yield from (_line(row, width) for row in shown)
        if hidden := [row.id for row in rows if row not in shown]:
            yield "  do not apply (csip list --all says why):"
            yield from textwrap.wrap(", ".join(hidden), line, initial_indent="    ", subsequent_indent="    ")
        yield ""


def _counts(rows: Sequence[Planned]) -> Iterator[str]:
    required = sum(row.required for row in rows)
    applying = sum(_applies(row) for row in rows)
    yield plural(len(rows), "test case")
    yield f"{required} required"
    yield f"{applying} {'applies' if applying == 1 else 'apply'} by the profile"


def _applies(row: Planned) -> bool:
    return row.skip is None or row.skip[0] is not Verdict.NOT_APPLICABLE


def _line(row: Planned, width: int) -> str:
    title = row.case.title if row.case else NO_CASE
    names = [name for name in row.case.aliases if name not in title] if row.case else []
    also = f" ({', '.join(names)})" if names else ""
    why = f"  [{VERDICT_WORDS[row.skip[0]]}: {row.skip[1]}]" if row.skip and row.case else ""
    needed = "required" if row.required else "-"
    return f"  {row.id:<{width}}  {needed:<8}  {_about(row):>11}  {title}{also}{why}"


def _about(row: Planned) -> str:
    if row.expected_s is None:
        return ""
    return f"≤ {told(row.expected_s)}" if row.expected_s else "no waits"


def _list_requirements(subjects: Iterable[str], as_json: bool) -> None:
    register, cases = whole_register(), load_cases(testcases_folder())
    if as_json:
        click.echo(matrix_json(register, cases, subjects))
    else:
        click.echo(fitted("\n".join(matrix_lines(register, cases, subjects)), echo_width()))


def _list_instructions() -> None:
    for instruction in INSTRUCTIONS.values():
        told = f"{instruction.name}  ({instruction.subject} under test)\n    {instruction.text}"
        click.echo(fitted(told, echo_width()))


@click.command("show")
@click.argument("test_id", metavar="ID")
@click.option("--profile", "profile_name", default=DEFAULT_PROFILE, show_default=True, metavar="P")
def show_command(test_id: str, profile_name: str) -> None:
    """Show a test case: why, steps, requirements, instructions, flaws."""
    profile = load_profile(profile_name)
    register = whole_register(profile)
    wanted = test_id.lower()
    cases = load_cases(testcases_folder())
    found = [case for case in cases if wanted in {name.lower() for name in (case.key, *case.names)}]
    if not found:
        do = meant(test_id, (name for case in cases for name in case.names), "see csip list")
        raise UsageError(explain(f"showing {test_id!r}", "the id of a test case", "no such id", do))
    told = "\n\n".join("\n".join(_told(case, profile, register)) for case in found)
    click.echo(fitted(told, echo_width()))


def _told(case: TestCase, profile: Profile, register: Register) -> Iterable[str]:
    aliases = f" ({', '.join(case.aliases)})" if case.aliases else ""
    yield f"{case.id}{aliases}  {case.title}"
    edition = "" if case.editions == EDITIONS else f", only in edition {' and '.join(case.editions)}"
    yield f"  {case.subject} under test, from {case.origin}{edition}"
    yield f"  {_standing(case, profile)}"
    yield f"\n  {case.why}\n\n  Steps"
    yield from (f"    {number}. {text}" for number, text in enumerate(case.steps, start=1))
    yield f"\n  Passes when\n    {case.passes_when}\n\n  Requirements"
    for name in case.requirements:
        row = register[name]
        yield f"    {row.id:<16} {row.level:<7} {row.text} [{row.source}]"
    for name in case.instructions:
        yield f"\n  May ask the operator\n    {name}: {INSTRUCTIONS[name].text}"
    yield from _waits(case, profile)
    if case.needs:
        yield f"\n  Runs for a subject that claims or has\n    {', '.join(case.needs)}"
    if case.values:
        yield f"\n  Judges by the profile's values\n    {', '.join(case.values)}"
    if case.flaws:
        yield f"\n  Fails for the flaws\n    {', '.join(case.flaws)}"


def _waits(case: TestCase, profile: Profile) -> Iterator[str]:
    """Yield the limits that a case waits for, each once with how many times it does."""
    if case.duration:
        yield "\n  Waits up to"
    for name, count in Counter(case.duration).items():
        limit = profile.limits[name]
        times = f"{count} times " if count > 1 else ""
        yield f"    {times}{limit.value:g} {limit.unit} ({name}; {limit.source})"


def _standing(case: TestCase, profile: Profile) -> str:
    """Say what a profile makes of a case: required, optional, or why it is not run."""
    skip = skipped(case, profile)
    if skip is not None:
        return f"{VERDICT_WORDS[skip[0]]} by {profile.id}: {skip[1]}"
    return f"{'required' if profile.meets(case) else 'optional'} by {profile.id}"
