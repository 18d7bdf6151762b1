"""``csip profile test``: a pack proves itself."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence

import click

from conformance.catalogue.departures import departures
from conformance.catalogue.profile import Profile, load_profile
from conformance.face.pack_proof import Outcome, Proof, exit_code, prove
from conformance.running.journal import Json
from conformance.vocabulary.errors import UsageError, explain, meant


@click.command("test")
@click.argument("name", metavar="PACK")
@click.option("--only", multiple=True, metavar="DEMAND", help="Prove only this value; may be repeated.")
@click.option("--json", "in_json", is_flag=True, help="Print JSON.")
def test_pack(name: str, only: tuple[str, ...], in_json: bool) -> None:
    """Prove a pack: break each value of its own layer, and see that the pack objects and its parent does not.

    Exit code 0 if every value that can be proven is, 1 if a proof failed, 3 if test cases are missing.
    """
    profile = load_profile(name)
    _must_be_there(profile, only)
    proofs = []
    for proof in prove(profile, only):
        proofs.append(proof)
        if not in_json:
            click.echo("\n".join(_told(proof)))
    click.echo(json.dumps([_facts(proof) for proof in proofs], indent=2) if in_json else f"\n{_total(name, proofs)}")
    sys.exit(exit_code(proofs))


test_pack.__test__ = False  # type: ignore[attr-defined]


def _must_be_there(profile: Profile, only: Sequence[str]) -> None:
    """Refuse a demand that the pack's own layer does not touch."""
    found = departures(profile, profile.parent)
    known = {name for item in found for name in (item.value.name, item.value.key)}
    for name in only:
        if name not in known:
            expected = f"a value that {profile.id} changes"
            do = meant(name, known, f"see csip profile show {profile.id}")
            raise UsageError(explain(f"proving {name}", expected, "no such", do))


def _told(proof: Proof) -> Iterable[str]:
    departure = proof.departure
    yield f"{proof.outcome:<17} {proof.key}"
    if proof.outcome is not Outcome.NOTHING:
        yield f"{'':<17}   {departure.override.kind}: a peer {_does(proof)}"
    if proof.pack:
        yield f"{'':<17}   pack: {proof.pack}, parent: {proof.parent}; {', '.join(proof.cases)}"
    if proof.why:
        yield f"{'':<17}   {proof.why}"


def _does(proof: Proof) -> str:
    words = proof.departure.words
    return f"that {words}" if words.startswith(("has ", "leaves out ")) else f"with {words}"


def _total(name: str, proofs: Sequence[Proof]) -> str:
    counts = ((outcome, sum(proof.outcome is outcome for proof in proofs)) for outcome in Outcome)
    return f"{name}: {', '.join(f'{count} {outcome}' for outcome, count in counts if count) or 'nothing to prove'}"


def _facts(proof: Proof) -> dict[str, Json]:
    return {
        "value": proof.key,
        "kind": str(proof.departure.override.kind),
        "departure": proof.departure.words,
        "outcome": str(proof.outcome),
        "why": proof.why,
        "cases": list(proof.cases),
        "pack": proof.pack,
        "parent": proof.parent,
    }
