"""``csip profile``: the packs, what they demand and from which source, what is odd about them, what sets two apart."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence

import click

from conformance.catalogue.demands import DEMANDS, ELEMENTS_OF, PRESENCES, told
from conformance.catalogue.pack_cells import misnamed
from conformance.catalogue.pack_diff import Difference, diff
from conformance.catalogue.pack_lint import Remark, Weight, lint
from conformance.catalogue.pack_values import Kind, Phase, Value
from conformance.catalogue.profile import Profile, load_profile, profile_names
from conformance.catalogue.shipped import testcases_folder
from conformance.catalogue.test_case import load_cases
from conformance.face.facts import demand_facts, effect_of
from conformance.face.pack_elements import misspelt_elements
from conformance.face.paragraphs import echo_width, fitted
from conformance.face.profile_test_command import test_pack
from conformance.running.journal import as_json


@click.group("profile")
def profile() -> None:
    """Look at profile packs: what a utility demands, with its sources."""


@profile.command("list")
@click.option("--json", "in_json", is_flag=True, help="Print JSON.")
def list_packs(in_json: bool) -> None:
    """List the packs that come with the harness, with what they inherit from."""
    profiles = [load_profile(name) for name in profile_names()]
    if in_json:
        click.echo(_dumped([_facts(item) for item in profiles]))
        return
    for item in profiles:
        pack = item.chain[-1]
        below = f" on {pack.inherits}" if pack.inherits else ""
        unknown = sum(value.figure is None for value in item.values.values())
        asked = f", {unknown} not known" if unknown else ""
        click.echo(f"{item.id:<22} {pack.layer:<9} {pack.status:<9} {item.title}{below}{asked}")


@profile.command("show")
@click.argument("name", metavar="PACK")
@click.option("--phase", type=click.Choice([phase.value for phase in Phase]), help="Only what holds in a phase.")
@click.option("--role", type=click.Choice(["server", "device", "aggregator"]), help="Only what binds a role.")
@click.option("--der", type=click.Choice(["pv", "storage", "evse", "load"]), help="Only what holds for a kind of DER.")
@click.option("--json", "in_json", is_flag=True, help="Print JSON.")
def show_pack(name: str, phase: str | None, role: str | None, der: str | None, in_json: bool) -> None:
    """Show what a pack (a name, or a path) demands: every value with source, clause, grade and effect."""
    loaded = load_profile(name)
    values = [value for value in loaded.values.values() if _wanted(value, phase, role, der)]
    if in_json:
        click.echo(_dumped(_facts(loaded) | {"values": [demand_facts(loaded, value) for value in values]}))
        return
    for line in (*_heading(loaded), *_values(loaded, values), *_rest(loaded)):
        click.echo(fitted(line, echo_width()))


@profile.command("names")
@click.argument("word", default="")
def show_names(word: str) -> None:
    """List the vocabulary: what a pack can demand, how it binds, and in which unit; all, or what holds a word."""
    for demand in DEMANDS.values():
        if word.lower() in f"{demand.name} {demand.meaning}".lower():
            unit = {"": "", "1": ", a count"}.get(demand.unit, f", {demand.unit}")
            click.echo(f"{demand.name:<46} {demand.bound}{unit}: {demand.meaning}")
    elements = ", ".join(ELEMENTS_OF)
    click.echo(f"<Resource>.<element>, of {elements}: presence ({', '.join(PRESENCES)})")


@profile.command("lint")
@click.argument("names", metavar="PACK...", nargs=-1, required=True)
@click.option("--json", "in_json", is_flag=True, help="Print JSON.")
def lint_packs(names: tuple[str, ...], in_json: bool) -> None:
    """Say what is odd about packs: demands that cannot be met together, missing sources, what is not known.

    Exit code 2 if there is an error, else 0: a warning explains itself and may be what the utility wants.
    """
    remarks = {name: _all_remarks(load_profile(name)) for name in names}
    if in_json:
        click.echo(_dumped({name: as_json(found) for name, found in remarks.items()}))
    else:
        click.echo("\n".join(line for name, found in remarks.items() for line in _remarks(name, found)))
    sys.exit(2 if any(remark.weight is Weight.ERROR for found in remarks.values() for remark in found) else 0)


@profile.command("diff")
@click.argument("first", metavar="OLD")
@click.argument("second", metavar="NEW")
@click.option("--json", "in_json", is_flag=True, help="Print JSON.")
def diff_packs(first: str, second: str, in_json: bool) -> None:
    """Say what sets the second pack apart from the first: values, required tests, limits, choices."""
    found = diff(load_profile(first), load_profile(second))
    if in_json:
        click.echo(_dumped(as_json(found)))
    elif found:
        click.echo("\n".join(_differences(found)))
    else:
        click.echo(f"{first} and {second} demand the same")


profile.add_command(test_pack)


def _facts(loaded: Profile) -> dict[str, object]:
    pack = loaded.chain[-1]
    return {
        "id": loaded.id,
        "title": loaded.title,
        "version": loaded.version,
        "layer": pack.layer,
        "status": pack.status,
        "chain": [layer.id for layer in loaded.chain],
        "edition": loaded.edition,
        "scope": loaded.scope,
        "required": as_json(loaded.required),
        "eased": list(loaded.eased),
        "fixtures": as_json(loaded.fixtures),
        "questions": as_json(list(loaded.questions.values())),
        "contradictions": as_json(loaded.contradictions),
        "evidence": as_json(loaded.evidence),
        "cells": as_json(loaded.cells),
        "sources": [{"name": name, "note": note} for name, note in loaded.sources],
    }


def _wanted(value: Value, phase: str | None, role: str | None, der: str | None) -> bool:
    fits_phase = not phase or value.phase in (None, phase)
    return fits_phase and (not role or role in (value.roles or (role,))) and (not der or der in (value.der or (der,)))


def _heading(loaded: Profile) -> Iterable[str]:
    pack = loaded.chain[-1]
    yield f"{loaded.id} {loaded.version}  {loaded.title}"
    below = " → ".join(item.id for item in loaded.chain)
    yield f"  {pack.layer}, {pack.status}, schema {loaded.edition}; laid on {below}"
    yield f"\n  {loaded.scope}"


def _values(loaded: Profile, values: Sequence[Value]) -> Iterable[str]:
    for pack in reversed(loaded.chain):
        own = [value for value in values if value.pack == pack.id]
        if own:
            yield f"\n  Demanded by {pack.id}"
        for value in own:
            yield from _value(loaded, value)


def _value(loaded: Profile, value: Value) -> Iterable[str]:
    was = "" if value.kind is Kind.ADD else f"; {value.kind}, was {told(value.was, value.unit)}"
    effect = effect_of(loaded, value)
    yield f"    {value.sentence}"
    yield f"        {value.source} {value.clause or '(no clause)'}, {value.grade}: {effect}, {value.evidence}{was}"
    if value.note:
        yield f"        {value.note}"
    if value.question:
        yield f"        ask {value.question.ask}: {value.question.text}"


def _rest(loaded: Profile) -> Iterable[str]:
    for subject, ids in loaded.required.items():
        yield f"\n  Required of a {subject}\n    {', '.join(ids)}"
    if loaded.eased:
        yield "\n  Asks less than the packs below"
        yield from (f"    {told_of}" for told_of in loaded.eased)
    for item in loaded.contradictions:
        yield f"\n  Contradiction {item.id} ({', '.join(item.about)})"
        yield from (f"    {side}" for side in item.sides)
        yield f"    here: {item.choice}"
    yield "\n  Found set up by the procedures"
    yield from (f"    {item.name}  {item.told} [{item.source}]" for item in loaded.fixtures.topologies.values())
    if loaded.cells:
        yield "\n  Statement by statement"
    for cell in loaded.cells:
        yield f"    {cell.id}  {cell.text}"
        yield f"        {', '.join(cell.cases)}{'; ' if cell.values else ''}{', '.join(cell.values)}"
        if cell.not_run:
            yield f"        not run: {cell.not_run}"
    if loaded.evidence:
        yield "\n  Documents asked for beside the tests"
        yield from (f"    {item.title} ({item.required_when}; {item.source})" for item in loaded.evidence)
    if loaded.questions:
        yield "\n  Open questions"
        yield from (f"    {item.id}, to {item.ask}: {item.text}" for item in loaded.questions.values())
    yield "\n  Sources"
    yield from (f"    {name}: {note}" for name, note in loaded.sources)


def _all_remarks(loaded: Profile) -> Sequence[Remark]:
    return (*misspelt_elements(loaded), *lint(loaded), *_untested(loaded))


def _untested(loaded: Profile) -> Iterable[Remark]:
    """Say which required tests this version has not, and which statements name what there is not."""
    cases, demanded = load_cases(testcases_folder()), {value.name for value in loaded.values.values()}
    known = {(case.subject, name) for case in cases for name in case.names}
    for subject, ids in loaded.required.items():
        missing = [test for test in ids if (subject, test) not in known]
        if missing:
            why = f"required and not in this version, so not run: {', '.join(missing)}"
            yield Remark("no-test-case", Weight.NOTE, subject, why)
    for cell, name in misnamed(loaded.cells, {case.key for case in cases}, demanded):
        yield Remark("no-such-name", Weight.ERROR, cell.id, f"names {name}, which is no test case and no value here")


def _remarks(name: str, found: Sequence[Remark]) -> Iterable[str]:
    yield f"{name}: {', '.join(_counted(found)) or 'nothing odd'}"
    for remark in found:
        yield f"  {remark.weight:<8} {remark.name:<26} {remark.about}\n           {remark.why}"


def _counted(found: Sequence[Remark]) -> Iterable[str]:
    for weight in Weight:
        count = sum(remark.weight is weight for remark in found)
        if count:
            yield f"{count} {weight}{'s' if count > 1 else ''}"


def _differences(found: Sequence[Difference]) -> Iterable[str]:
    for item in found:
        yield f"{item.part:<8} {item.name}: {item.change}"
        yield from (f"    {mark} {side}" for mark, side in (("-", item.first), ("+", item.second)) if side)


def _dumped(value: object) -> str:
    return json.dumps(value, indent=2)
