"""Where judgements become findings: the court that a test case's checks are brought before.

The level of a requirement and the profile's promotions decide what becomes of a judgement; the grade of a value's
source decides what breaking a demand costs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from conformance.catalogue.pack_values import Effect, Phase, Value
from conformance.catalogue.profile import Policy, Profile
from conformance.catalogue.requirement import Register, Requirement
from conformance.judgement.finding import Finding, LimitUsed, State
from conformance.judgement.judged import Judged, limit_used, passed_if
from conformance.vocabulary.errors import HarnessError
from conformance.vocabulary.verdict import Grade, Level
from conformance.wire.exchange import Exchange
from conformance.wire.schema import Validator


@dataclass(frozen=True, slots=True)
class Court:
    """What judging needs besides the evidence: requirements, profile, schema, and where findings go.

    ``uncertainty_s`` gives the uncertainty of times measured between moments, or anywhere so far if none are given;
    ``step`` is the declared step under way.
    """

    register: Register
    profile: Profile
    validator: Validator
    uncertainty_s: Callable[..., float]
    step: Callable[[], int | None]
    sink: Callable[[Finding], None]


class Judging:
    """Records judgements; what all checks have in common. Every method returns whether the check passed."""

    def __init__(self, court: Court) -> None:
        self._court = court
        self._owed: list[tuple[str, Callable[[], Judged], int | None]] = []
        self._at_step: int | None = None

    def judged(self, requirement: str, judged: Judged, policy: str | None = None) -> bool:
        """Record a judgement.

        A violated SHOULD or MAY is a warning unless the profile promotes it, and one that could not be judged is a
        note: what need not be obeyed cannot keep a test case from its verdict.
        """
        row = self._row(requirement)
        binding = row.level is Level.MUST or requirement in self._court.profile.promotions
        return self._record(row, judged if binding else _not_binding(judged), policy)

    def owed(self, requirement: str, judge: Callable[[], Judged]) -> None:
        """Judge something at the end of the test case, as part of the step that is under way now."""
        self._owed.append((requirement, judge, self._court.step()))

    def settle(self) -> None:
        """Judge all that was left to the end."""
        owed, self._owed = self._owed, []
        for requirement, judge, step in owed:
            self._at_step = step
            self.judged(requirement, judge())
        self._at_step = None

    def demands(
        self, name: str, judge: Callable[[Value], Judged], phase: Phase | None = None, *, typed: bool = False
    ) -> bool:
        """Judge all that the profile demands of the subject under a name, and record it.

        ``judge`` is asked for each value that holds for a DER type the subject declares, and for those it tightened
        that cost more to break; a value that is not known leaves a note. Nothing demanded is nothing judged, and true.
        A demand on some kinds of DER is broken by nobody who declares no kind at all: that is undecided, unless the
        judge is ``typed``, which tells the kinds of DER apart by itself.
        """
        values = self._court.profile.values
        held = [rung for value in values.holding(name, phase) for rung in values.ladder(value)]
        for value in held:
            if value.figure is None:
                self.note(f"{value.sentence}: nothing is judged by it")
        told = [(value, judge(value)) for value in held if value.figure is not None]
        kept = [self.demanded(value, one if typed else self._if_meant(value, one)) for value, one in told]
        return all(kept)

    def _if_meant(self, value: Value, judged: Judged) -> Judged:
        """Return a judgement, undecided if it fails by a demand on kinds of DER, of which the subject declares none."""
        if judged.state is not State.FAIL or not value.der or self._court.profile.values.whom.types:
            return judged
        why = f"it holds for {', '.join(value.der)} only, and the declaration names no kinds of DER"
        return replace(judged, state=State.INCONCLUSIVE, detail=(*judged.detail, why))

    def demanded(self, value: Value, judged: Judged) -> bool:
        """Record a judgement by one value of the profile; :meth:`demands` finds the values.

        What breaking it costs follows from the grade of its source: it fails, fails provisionally, or is warned of.
        A value that a layer waives leaves a note.
        """
        row = self._row(value.argued_from)
        effect = self._court.profile.values.effect(value) if row.level is Level.MUST else Effect.WARN
        judged = replace(judged, limit=judged.limit or _limit_of(value))
        if value.waived:
            why = f"waived by {value.pack}: {value.note} ({value.source})"
            judged = replace(judged, state=State.NOTE, detail=(*judged.detail, why))
        elif effect is Effect.WARN:
            judged = replace(_not_binding(judged), detail=(*judged.detail, f"only warned of: {value.cited}"))
        elif effect is Effect.PROVISIONAL and judged.state is State.FAIL:
            judged = replace(judged, detail=(*judged.detail, f"provisional: confirm the value, {value.cited}"))
        return self._record(row, judged, None, value.key, provisional=effect is Effect.PROVISIONAL)

    def _row(self, requirement: str) -> Requirement:
        row = self._court.register.get(requirement)
        if row is None:
            raise HarnessError(f"the requirement {requirement} is not in the register")
        return row

    def _record(
        self,
        row: Requirement,
        judged: Judged,
        policy: str | None,
        demand: str | None = None,
        *,
        provisional: bool = False,
    ) -> bool:
        self._court.sink(
            Finding(
                kind=judged.kind,
                state=judged.state,
                requirement=row.id,
                level=row.level,
                expected=judged.expected,
                observed=judged.observed,
                step=self._court.step() if self._at_step is None else self._at_step,
                grade=judged.grade,
                exchanges=judged.exchanges,
                connections=judged.connections,
                limit=judged.limit,
                timing=judged.timing,
                detail=judged.detail,
                policy=policy,
                demand=demand,
                provisional=provisional and judged.state is State.FAIL,
            )
        )
        return judged.state is State.PASS

    def note(self, text: str, *exchanges: Exchange) -> None:
        """Record something worth knowing that judges nothing."""
        numbers = tuple(exchange.number for exchange in exchanges)
        self._court.sink(Finding("note", State.NOTE, None, Level.MAY, "", text, self._court.step(), exchanges=numbers))

    def rests_on(self, policy: Policy) -> None:
        """Record a choice that the whole test case rests on."""
        told = f"rests on the choice: {policy.choice}"
        self._court.sink(
            Finding("rests_on", State.NOTE, None, Level.MAY, "", told, self._court.step(), policy=policy.name)
        )

    def that(
        self,
        condition: bool,
        requirement: str,
        expected: str,
        observed: str,
        exchanges: Sequence[Exchange] = (),
        grade: Grade = Grade.WIRE,
        policy: str | None = None,
    ) -> bool:
        """Judge a plain condition that has no check of its own."""
        numbers = tuple(exchange.number for exchange in exchanges)
        judged = Judged("that", passed_if(condition), expected, observed, numbers, grade=grade)
        return self.judged(requirement, judged, policy)

    def undecided(self, requirement: str, expected: str, observed: str) -> bool:
        """Record that a requirement could not be judged, and why."""
        return self.judged(requirement, Judged("undecided", State.INCONCLUSIVE, expected, observed))


def _not_binding(judged: Judged) -> Judged:
    return replace(judged, state=NOT_BINDING.get(judged.state, judged.state))


def _limit_of(value: Value) -> LimitUsed | None:
    return limit_used(value.limit) if isinstance(value.figure, float) else None


NOT_BINDING = {State.FAIL: State.WARNING, State.INCONCLUSIVE: State.NOTE}
"""What becomes of a judgement whose requirement does not bind."""
