"""From a judgement to a finding: levels, promotion, steps, evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_evidence import NS, START, at, limit, served, validator

from conformance.catalogue.pack_values import Kind, SourceGrade, Value
from conformance.catalogue.profile import Profile, Promotion, load_profile
from conformance.catalogue.requirement import Requirement
from conformance.catalogue.values_in_force import Values, Whom
from conformance.judgement.check import Check, Court, require
from conformance.judgement.finding import VERDICT_OF_STATE, Finding, State
from conformance.judgement.judged import Judged
from conformance.judgement.requirements import whole_register
from conformance.judgement.timing import Window
from conformance.vocabulary.errors import HarnessError, PreconditionNotMet
from conformance.vocabulary.verdict import Grade, Level, Verdict, roll_up

REGISTER = {
    name: Requirement(name, "our words", level, "both", "a document")
    for name, level in {
        "A.MUST": Level.MUST,
        "A.SHOULD": Level.SHOULD,
        "A.MAY": Level.MAY,
    }.items()
}


class Bench:
    """A check whose findings are kept."""

    def __init__(self, *promoted: str, uncertainty: float = 0.0, step: int | None = 2) -> None:
        self.findings: list[Finding] = []
        self.check = Check(
            Court(
                REGISTER,
                self._profile(promoted),
                validator(),
                lambda *moments: uncertainty,
                lambda: step,
                self.findings.append,
            )
        )

    @staticmethod
    def _profile(promoted: tuple[str, ...]) -> Profile:
        return replace(load_profile("csip-2.1"), promotions={name: Promotion(name, "why") for name in promoted})

    @property
    def last(self) -> Finding:
        return self.findings[-1]


@pytest.mark.parametrize(
    ("requirement", "state", "becomes"),
    [
        ("A.MUST", State.FAIL, State.FAIL),
        ("A.SHOULD", State.FAIL, State.WARNING),
        ("A.MAY", State.FAIL, State.WARNING),
        ("A.MUST", State.INCONCLUSIVE, State.INCONCLUSIVE),
        ("A.SHOULD", State.INCONCLUSIVE, State.NOTE),
        ("A.SHOULD", State.PASS, State.PASS),
        ("A.MUST", State.NOTE, State.NOTE),
    ],
)
def test_the_level_of_the_requirement_decides_what_becomes_of_a_judgement(
    requirement: str, state: State, becomes: State
) -> None:
    bench = Bench()
    assert bench.check.judged(requirement, Judged("k", state, "e", "o")) is (becomes is State.PASS)
    assert bench.last.state is becomes


@pytest.mark.parametrize("state", [State.FAIL, State.INCONCLUSIVE])
def test_a_promoted_should_binds_like_a_must_and_keeps_its_level(state: State) -> None:
    bench = Bench("A.SHOULD")
    bench.check.judged("A.SHOULD", Judged("k", state, "e", "o"))
    assert (bench.last.state, bench.last.level) == (state, Level.SHOULD)


def test_a_requirement_that_is_not_registered_is_a_fault_of_the_test_case() -> None:
    with pytest.raises(HarnessError, match=r"A\.NOWHERE is not in the register"):
        Bench().check.judged("A.NOWHERE", Judged("k", State.PASS, "e", "o"))


def test_a_finding_carries_all_of_its_evidence() -> None:
    bench = Bench(step=3)
    bench.check.that(False, "A.MUST", "more", "less", [served(number=4)], grade=Grade.DOCUMENT, policy="put_status")
    found = bench.last
    assert (found.step, found.exchanges, found.grade, found.policy) == (3, (4,), Grade.DOCUMENT, "put_status")
    assert (found.expected, found.observed, found.level) == ("more", "less", Level.MUST)


def test_checks_accumulate_and_a_failed_one_hides_nothing() -> None:
    bench = Bench()
    assert not bench.check.answered(served(status=500), 200, requirement="A.MUST")
    assert bench.check.media_type(served(), requirement="A.MUST")
    assert [finding.state for finding in bench.findings] == [State.FAIL, State.PASS]


def test_what_could_not_be_judged_is_told() -> None:
    bench = Bench()
    assert not bench.check.undecided("A.MUST", "this", "no time")
    assert bench.last.state is State.INCONCLUSIVE


def test_a_note_judges_nothing_and_contributes_nothing() -> None:
    bench = Bench()
    bench.check.note("worth knowing", served(number=9))
    assert (bench.last.state, bench.last.requirement, bench.last.exchanges) == (State.NOTE, None, (9,))
    assert State.NOTE not in VERDICT_OF_STATE


@pytest.mark.parametrize(
    ("ahead", "state"), [(9.0, State.PASS), (10.5, State.INCONCLUSIVE), (-11.5, State.FAIL), (59.9, State.FAIL)]
)
def test_a_served_clock_has_a_resolution_of_a_second(ahead: float, state: State) -> None:
    bench = Bench()
    exchange = served(number=5)
    bench.check.close_in_time(at(ahead), START, within=limit(10), requirement="A.MUST", exchange=exchange)
    assert (bench.last.state, bench.last.exchanges) == (state, (5,))


def test_the_present_uncertainty_of_the_loop_counts() -> None:
    window = Window(START, "the start", None, 15.0)
    sure, unsure = Bench(uncertainty=0.01), Bench(uncertainty=1.0)
    assert sure.check.happened("it", at(14.9), window, limit(), "A.MUST")
    assert not unsure.check.happened("it", at(14.9), window, limit(), "A.MUST")
    assert unsure.last.state is State.INCONCLUSIVE


def test_requiring_what_is_there_returns_it() -> None:
    assert require(0, "a number") == 0
    assert require("x", "a text") == "x"


@pytest.mark.parametrize("missing", [None, False])
def test_requiring_what_is_missing_ends_the_test_case(missing: object) -> None:
    with pytest.raises(PreconditionNotMet, match="cannot go on: no list"):
        require(missing, "no list")


def test_values_pass_only_together_and_each_breach_has_the_level_of_its_rule() -> None:
    bench = Bench()
    check = Check(replace(bench.check._court, register=whole_register()))
    assert not check.values(served(f"<EndDevice {NS}><lFDI>12</lFDI><mRID>01</mRID></EndDevice>"))
    assert [finding.state for finding in bench.findings] == [State.FAIL, State.WARNING]
    assert check.values(served(f"<EndDevice {NS}/>"))
    assert bench.last.requirement == "VAL"


def test_what_the_profile_demands_of_a_value_is_argued_from_the_demand() -> None:
    demand = Value("EndDevice.lFDI.case", "upper", "", "a handbook", SourceGrade.SEED, "pack", Kind.ADD)
    bench = Bench()
    profile = replace(load_profile("csip-2.1"), values=Values([demand]))
    check = Check(replace(bench.check._court, profile=profile, register=whole_register(profile)))
    assert not check.values(served(f"<EndDevice {NS}><lFDI>{'ab' * 20}</lFDI></EndDevice>"))
    assert bench.last.requirement == "pack:EndDevice.lFDI.case"


@pytest.mark.parametrize(
    ("declared", "typed", "state"),
    [((), False, State.INCONCLUSIVE), (("storage",), False, State.FAIL), ((), True, State.FAIL)],
)
def test_a_demand_on_a_kind_of_der_is_broken_by_nobody_who_declares_none(
    declared: tuple[str, ...], typed: bool, state: State
) -> None:
    name = "MirrorUsagePoint.readings"
    demand = Value(name, ("der.Wh",), "", "a handbook", SourceGrade.PRIMARY, "pack", Kind.ADD, der=("storage",))
    profile = replace(load_profile("csip-2.1"), values=Values([demand], whom=Whom(types=declared)))
    bench = Bench()
    check = Check(replace(bench.check._court, profile=profile, register=whole_register(profile)))
    assert not check.demands(name, lambda value: Judged("kept", State.FAIL, "x", "y"), typed=typed)
    assert bench.last.state is state


def test_the_worst_finding_is_the_verdict_and_a_warning_is_a_pass() -> None:
    order = [Verdict.ERROR, Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PENDING, Verdict.PASS]
    for place, verdict in enumerate(order):
        assert roll_up(order[place:]) is verdict
    assert VERDICT_OF_STATE[State.WARNING] is Verdict.PASS


def test_nothing_decided_is_inconclusive_never_a_pass() -> None:
    assert roll_up([]) is Verdict.INCONCLUSIVE
