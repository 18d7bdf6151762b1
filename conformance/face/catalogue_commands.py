"""``csip list`` and ``csip show``: the catalogue of test cases, for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable

import click

from conformance.catalogue.instructions import INSTRUCTIONS
from conformance.catalogue.profile import Profile, load_profile
from conformance.catalogue.requirement import Register
from conformance.catalogue.shipped import testcases_folder
from conformance.catalogue.test_case import TestCase, load_cases
from conformance.face.requirement_list import matrix_json, matrix_lines
from conformance.face.schedule_lines import told, total_lines
from conformance.face.wiring import DEFAULT_PROFILE, SUBJECTS
from conformance.judgement.requirements import whole_register
from conformance.running.plan import Plan, Planned, make_plan
from conformance.vocabulary.errors import UsageError, explain


@click.command("list")
@click.option("--profile", "profile_name", default=DEFAULT_PROFILE, show_default=True, metavar="P")
@click.option("--subject", type=click.Choice(SUBJECTS), help="Only the tests of one kind of subject.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--instructions", is_flag=True, help="List what an operator may be asked to do.")
@click.option("--requirements", is_flag=True, help="List the requirements with the test cases that name them.")
def list_command(profile_name: str, subject: str | None, as_json: bool, instructions: bool, requirements: bool) -> None:
    """List the test cases that a profile knows."""
    if instructions:
        _list_instructions()
        return
    if requirements:
        _list_requirements([subject] if subject else SUBJECTS, as_json)
        return
    plan = make_plan(load_cases(testcases_folder()), load_profile(profile_name), [subject] if subject else SUBJECTS)
    if as_json:
        click.echo(json.dumps([row.row() for row in plan.rows], indent=2, ensure_ascii=False))
    else:
        _list_plan(plan)
        click.echo("\n".join(("", *total_lines(plan))))


def _list_plan(plan: Plan) -> None:
    for row in plan.rows:
        title = row.case.title if row.case else "no test case in this version"
        needed = "required" if row.required else "optional"
        also = f" ({', '.join(row.case.aliases)})" if row.case and row.case.aliases else ""
        click.echo(f"{row.subject:<7} {row.id:<12} {needed:<9} {_about(row):>9}  {title}{also}")


def _about(row: Planned) -> str:
    return "" if row.expected_s is None else f"≤ {told(row.expected_s)}"


def _list_requirements(subjects: Iterable[str], as_json: bool) -> None:
    register, cases = whole_register(), load_cases(testcases_folder())
    if as_json:
        click.echo(matrix_json(register, cases, subjects))
    else:
        click.echo("\n".join(matrix_lines(register, cases, subjects)))


def _list_instructions() -> None:
    for instruction in INSTRUCTIONS.values():
        click.echo(f"{instruction.name}  ({instruction.subject} under test)\n    {instruction.text}")


@click.command("show")
@click.argument("test_id", metavar="ID")
@click.option("--profile", "profile_name", default=DEFAULT_PROFILE, show_default=True, metavar="P")
def show_command(test_id: str, profile_name: str) -> None:
    """Show a test case: why, steps, requirements, instructions, flaws."""
    profile = load_profile(profile_name)
    register = whole_register(profile)
    wanted = test_id.lower()
    found = [
        case
        for case in load_cases(testcases_folder())
        if wanted in (case.id.lower(), case.key.lower(), *(alias.lower() for alias in case.aliases))
    ]
    if not found:
        raise UsageError(explain(f"showing {test_id!r}", "the id of a test case", "no such id", "see csip list"))
    click.echo("\n\n".join("\n".join(_told(case, profile, register)) for case in found))


def _told(case: TestCase, profile: Profile, register: Register) -> Iterable[str]:
    needed = "required" if profile.meets(case) else "optional"
    aliases = f" ({', '.join(case.aliases)})" if case.aliases else ""
    yield f"{case.id}{aliases}  {case.title}"
    yield f"  {case.subject} under test, {needed} by {profile.id}, from {case.origin}"
    yield f"\n  {case.why}\n\n  Steps"
    yield from (f"    {number}. {text}" for number, text in enumerate(case.steps, start=1))
    yield f"\n  Passes when\n    {case.passes_when}\n\n  Requirements"
    for name in case.requirements:
        row = register[name]
        yield f"    {row.id:<16} {row.level:<6} {row.text} [{row.source}]"
    for name in case.instructions:
        yield f"\n  May ask the operator\n    {name}: {INSTRUCTIONS[name].text}"
    for name in case.duration:
        limit = profile.limits[name]
        yield f"\n  Waits up to {limit.value:g} {limit.unit} ({name}; {limit.source})"
    if case.values:
        yield f"\n  Judges by the profile's values\n    {', '.join(case.values)}"
    if case.flaws:
        yield f"\n  Fails for the flaws\n    {', '.join(case.flaws)}"
