"""Proving a pack: each value that its own layer changes is broken by a peer, which the pack must catch and its parent
must let through; or, where the layer asks for less, the other way round.

The peers are the embedded ones, in virtual time; what they do follows from the values they keep to, so that a peer
that departs from one value departs from nothing else.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from conformance.catalogue.demands import Bound
from conformance.catalogue.departures import Departure, departures
from conformance.catalogue.pack_values import Value
from conformance.catalogue.profile import Profile
from conformance.catalogue.shipped import testcases_folder
from conformance.catalogue.test_case import TestCase, load_cases
from conformance.catalogue.values_in_force import Values, Whom
from conformance.face.wiring import DEMONSTRATED, Choice, Manners, demonstration
from conformance.judgement.finding import Finding, State
from conformance.output.record_reading import read_run
from conformance.output.run_view import CaseView
from conformance.reference.client_manner import Manner
from conformance.reference.conduct import BEYOND, client_conduct, server_conduct
from conformance.running.applies import FAMILY
from conformance.running.session import Session
from conformance.vocabulary.verdict import Verdict


class Outcome(StrEnum):
    """What became of a proof."""

    PROVEN = "proven"
    FAILED = "failed"
    NO_CASE = "no case"
    """No test case judges it yet, or none that is run."""
    NO_PEER = "no peer"
    """The reference peer cannot depart from it yet, or cannot even keep to it."""
    FLEET = "needs a fleet"
    """It binds aggregators only, or shows with their fleets only; there are no test cases for a fleet yet."""
    NOTHING = "nothing to break"
    """Not known, shown by a document, or such that nothing breaks it."""


UNPROVEN = (Outcome.NO_CASE, Outcome.NO_PEER)
"""What could be proven and is not."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One override of a pack: how it was broken, by which cases it was judged, and what came of it.

    ``pack`` and ``parent`` tell what a departing peer got under each: ``fail``, ``provisional``, ``warning``, or
    ``let through``; empty where nothing was run.
    """

    departure: Departure
    outcome: Outcome
    why: str = ""
    cases: tuple[str, ...] = ()
    pack: str = ""
    parent: str = ""

    @property
    def key(self) -> str:
        """The key of the value."""
        return self.departure.value.key


def prove(profile: Profile, only: Sequence[str] = ()) -> Iterator[Proof]:
    """Prove the values of the topmost layer of a profile, or those named, one after the other, as they come."""
    parent, bench = profile.parent, _Bench(profile, load_cases(testcases_folder()))
    for departure in departures(profile, parent):
        if not only or {departure.value.name, departure.value.key} & set(only):
            yield _proof(departure, bench, parent)


def exit_code(proofs: Iterable[Proof]) -> int:
    """Return 0 if all that can be proven is, 1 if a proof failed, 3 if a test case or a peer is missing."""
    outcomes = {proof.outcome for proof in proofs}
    if Outcome.FAILED in outcomes:
        return 1
    return 3 if outcomes & set(UNPROVEN) else 0


class _Bench:
    """The pack under proof, its cases, and what they say of sound peers, asked once."""

    def __init__(self, profile: Profile, cases: Sequence[TestCase]) -> None:
        self.profile = profile
        self.cases = cases
        self._sound: dict[tuple[str, Whom, Manners], CaseView] = {}

    def sound(self, case: TestCase, whom: Whom, manners: Manners) -> CaseView:
        """Return how a case ends for the sound peer that is declared so."""
        key = case.key, whom, manners
        if key not in self._sound:
            (self._sound[key],) = _run(self.profile, self.profile.values, [case], whom, manners)
        return self._sound[key]


def _proof(departure: Departure, bench: _Bench, parent: Profile) -> Proof:
    value = departure.value
    if departure.nothing:
        return Proof(departure, Outcome.NOTHING, departure.nothing)
    if value.roles == ("aggregator",):
        return Proof(departure, Outcome.FLEET, "binds aggregators only")
    judges = [case for case in bench.cases if _judges(case, value)]
    if not judges:
        return Proof(departure, Outcome.NO_CASE, "no case judges it yet")
    if all("fleet" in case.needs for case in judges):
        return Proof(departure, Outcome.FLEET, "shows with an aggregator's fleet only")
    departed = departure.kept_by(bench.profile.values)
    whom = _whom(departed, value)
    if whom is None:
        return Proof(departure, Outcome.NOTHING, "other values stand before it for every role and kind of DER")
    named = Proof(departure, Outcome.NO_PEER, cases=tuple(case.key for case in judges))
    sound = (parent if departure.eased else bench.profile).values
    if value.name in BEYOND and (beyond := BEYOND[value.name] & set(value.words)):
        return replace(named, why=f"the reference peer cannot keep to it: {', '.join(sorted(beyond))}")
    if not _differs(sound, departed, whom, judges):
        return replace(named, why="the reference peer cannot depart from it yet")
    return _judged(named, bench, parent, departed, whom, judges)


def _judged(
    named: Proof, bench: _Bench, parent: Profile, departed: Values, whom: Whom, judges: Sequence[TestCase]
) -> Proof:
    """Run the cases under both profiles and say whether the one catches and the other lets through."""
    departure = named.departure
    manners = SMALL if departure.value.name in SHOWN_IN_SMALL else Manners()
    above, below = (_run(profile, departed, judges, whom, manners) for profile in (bench.profile, parent))
    seen = replace(named, pack=_caught(above, departure.value), parent=_caught(below, departure.value))
    catching, lenient = (below, above) if departure.eased else (above, below)
    catchers = tuple(case for case in catching if _against(case, departure.value))
    if not catchers:
        return replace(seen, outcome=_missed(catching), why=_how_ended(catching))
    seen = replace(seen, cases=tuple(case.key for case in catchers))
    if not departure.same_below and any(_against(case, departure.value) for case in lenient):
        which = "the pack" if departure.eased else "the parent"
        return replace(seen, outcome=Outcome.FAILED, why=f"{which} catches it as well")
    if not departure.eased:
        sound = (bench.sound(case, whom, manners) for case in judges)
        if unsound := next((case.key for case in sound if _against(case, departure.value)), ""):
            return replace(seen, outcome=Outcome.FAILED, why=f"{unsound} objects to the sound peer as well")
    return replace(seen, outcome=Outcome.PROVEN, why="as below, by another source" if departure.same_below else "")


SHOWN_IN_SMALL = ("MirrorMeterReading.accuracy_share",)
"""Shares of a rating that count only where the rating is small."""
SMALL = Manners(client=Manner(rated_w=1200.0))


def _missed(cases: Sequence[CaseView]) -> Outcome:
    run = [case for case in cases if case.verdict not in (Verdict.NOT_RUN, Verdict.NOT_APPLICABLE)]
    return Outcome.FAILED if run else Outcome.NO_CASE


def _how_ended(cases: Sequence[CaseView]) -> str:
    ends = (f"{case.key} {str(case.verdict).replace('_', ' ')}{_because(case)}" for case in cases)
    return f"nothing objects to it: {'; '.join(ends)}"


def _because(case: CaseView) -> str:
    return f" ({case.reason.splitlines()[-1]})" if case.reason else ""


def _judges(case: TestCase, value: Value) -> bool:
    """Say whether a case is for those whom a value binds, and can judge it."""
    clients = [role for role in value.roles if role != "server"]
    if value.roles and ("server" not in value.roles if case.subject == "server" else not clients):
        return False
    family = f"{value.name.partition('.')[0]}{FAMILY}"
    names = {name.partition("@")[0] for name in case.values}
    return value.name in names or (value.demand.bound is Bound.PRESENCE and family in names)


def _whom(values: Values, value: Value) -> Whom | None:
    """Return the declaration of a client for which this value, and no narrower one, holds; a server needs none.

    A value of one phase is put to a client whose site is in that phase.
    """
    everything = DEMONSTRATED["client"]
    if value.roles == ("server",):
        return everything
    put = values.put_to(everything)
    held = {one: put.find(value.name, value.phase, der=one) for one in everything.types}
    types = tuple(one for one, found in held.items() if found is not None and found.key == value.key)
    return replace(everything, types=types, phase=value.phase or everything.phase) if types else None


def _differs(sound: Values, departed: Values, whom: Whom, judges: Sequence[TestCase]) -> bool:
    """Say whether a peer that the cases are for does anything else when it departs."""
    sides = {case.subject for case in judges}
    server = DEMONSTRATED["server"]
    return ("client" in sides and client_conduct(sound.put_to(whom)) != client_conduct(departed.put_to(whom))) or (
        "server" in sides and server_conduct(sound.put_to(server)) != server_conduct(departed.put_to(server))
    )


def _run(
    profile: Profile, kept: Values, cases: Sequence[TestCase], whom: Whom, manners: Manners
) -> tuple[CaseView, ...]:
    """Run cases of a profile against peers that keep to these values."""
    choice = Choice(profile=profile, cases=cases, client=whom)
    sides: dict[str, tuple[str, ...]] = {case.subject: () for case in cases}
    with ExitStack() as keep:
        folder = Path(keep.enter_context(tempfile.TemporaryDirectory(prefix="csip-proof-")))
        session = Session(demonstration(choice, folder, keep, sides, manners, peers_keep_to=kept))
        session.start()
        run = read_run(session.finish())
    asked = {case.key for case in cases}
    return tuple(case for case in run.cases if case.key in asked)


def _caught(cases: Sequence[CaseView], value: Value) -> str:
    """Return the worst that a value was said to be broken as, or that nothing was said."""
    costs = [_cost(finding) for case in cases for finding in _against(case, value)]
    return min(costs, key=COSTS.index, default="let through")


COSTS = ("fail", "provisional", "warning")


def _cost(finding: Finding) -> str:
    return "provisional" if finding.provisional else str(finding.state)


def _against(case: CaseView, value: Value) -> tuple[Finding, ...]:
    """Return the findings that object to what a peer does about a demand, by whichever value of its name."""
    objections = case.findings_in(State.FAIL, State.WARNING)
    return tuple(finding for finding in objections if _named(finding.demand) == value.name)


def _named(demand: str | None) -> str:
    return (demand or "").partition("@")[0].partition("[")[0]
