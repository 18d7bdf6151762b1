"""The checks a test case makes: each argued from a requirement, each leaving a finding.

Checks accumulate; a failed one does not hide the next. :func:`require` alone ends a test case, as inconclusive, when
what it builds upon is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from conformance.catalogue.pack_values import Effect, Value
from conformance.catalogue.profile import Profile
from conformance.catalogue.requirement import Register, Requirement
from conformance.judgement import (
    http,
    list_queries,
    payloads,
    polling,
    server_trust,
    telemetry,
    timing,
    tls,
)
from conformance.judgement import plant as plants
from conformance.judgement import values as value_checks
from conformance.judgement.finding import Finding, LimitUsed, State
from conformance.judgement.judged import Judged, limit_used, passed_if
from conformance.judgement.payloads import Entries
from conformance.vocabulary.errors import HarnessError, PreconditionNotMet
from conformance.vocabulary.limits import Limit
from conformance.vocabulary.verdict import Grade, Level
from conformance.wire.exchange import Connection, Exchange
from conformance.wire.payload import Node
from conformance.wire.schema import Validator

Needed = TypeVar("Needed")


def require(value: Needed | None, what: str) -> Needed:
    """Return a value that must be there, or end the test case as inconclusive."""
    if value is None or value is False:
        raise PreconditionNotMet(f"cannot go on: {what}")
    return value


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


class Check:
    """Makes the checks of one test case. Every method returns whether the check passed."""

    def __init__(self, court: Court) -> None:
        self._court = court

    def judged(self, requirement: str, judged: Judged, policy: str | None = None) -> bool:
        """Record a judgement.

        A violated SHOULD or MAY is a warning unless the profile promotes it, and one that could not be judged is a
        note: what need not be obeyed cannot keep a test case from its verdict.
        """
        row = self._row(requirement)
        binding = row.level is Level.MUST or requirement in self._court.profile.promotions
        return self._record(row, judged if binding else _not_binding(judged), policy)

    def demanded(self, value: Value, judged: Judged) -> bool:
        """Record a judgement by what the profile demands.

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
        return self._record(row, judged, None)

    def _row(self, requirement: str) -> Requirement:
        row = self._court.register.get(requirement)
        if row is None:
            raise HarnessError(f"the requirement {requirement} is not in the register")
        return row

    def _record(self, row: Requirement, judged: Judged, policy: str | None) -> bool:
        self._court.sink(
            Finding(
                kind=judged.kind,
                state=judged.state,
                requirement=row.id,
                level=row.level,
                expected=judged.expected,
                observed=judged.observed,
                step=self._court.step(),
                grade=judged.grade,
                exchanges=judged.exchanges,
                connections=judged.connections,
                limit=judged.limit,
                timing=judged.timing,
                detail=judged.detail,
                policy=policy,
            )
        )
        return judged.state is State.PASS

    def note(self, text: str, *exchanges: Exchange) -> None:
        """Record something worth knowing that judges nothing."""
        numbers = tuple(exchange.number for exchange in exchanges)
        self._court.sink(Finding("note", State.NOTE, None, Level.MAY, "", text, self._court.step(), exchanges=numbers))

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

    def answered(self, exchange: Exchange, *statuses: int, requirement: str, policy: str | None = None) -> bool:
        """Judge the status of an answer."""
        return self.judged(requirement, http.answered(exchange, statuses), policy)

    def advertised(self, exchange: Exchange, requirement: str) -> bool:
        """Judge whether what a link advertises can be had; a resource that the client writes may still be missing."""
        return self.judged(requirement, http.advertised(exchange))

    def media_type(self, exchange: Exchange, requirement: str) -> bool:
        """Judge the Content-Type of an answer."""
        return self.judged(requirement, http.media_type(exchange))

    def accept_header(self, exchange: Exchange, requirement: str) -> bool:
        """Judge the Accept header of a request."""
        return self.judged(requirement, http.accept_header(exchange))

    def has_location(self, exchange: Exchange, requirement: str) -> bool:
        """Judge the Location header of a 201 answer."""
        return self.judged(requirement, http.has_location(exchange))

    def has_allow(self, exchange: Exchange, requirement: str) -> bool:
        """Judge the Allow header of a 405 answer."""
        return self.judged(requirement, http.has_allow(exchange))

    def brings(
        self,
        exchange: Exchange,
        query: list_queries.ListQuery,
        entries: Sequence[Node],
        wanted: Sequence[Node],
        requirement: str,
        policy: str | None = None,
    ) -> bool:
        """Judge which entries of a list a query brought."""
        return self.judged(requirement, list_queries.brings(exchange, query, entries, wanted), policy)

    def schema_valid(self, exchange: Exchange, requirement: str = "CTP.GENERAL.3") -> bool:
        """Judge the subject's body against the schema of the profile."""
        return self.judged(requirement, payloads.schema_valid(exchange, self._court.validator))

    def document_is(self, exchange: Exchange, name: str, requirement: str) -> bool:
        """Judge the kind of document in the subject's body."""
        return self.judged(requirement, payloads.document_is(exchange, name))

    def has_value(self, exchange: Exchange, what: str, seen: object, wanted: object, requirement: str) -> bool:
        """Judge one value of a body for equality."""
        return self.judged(requirement, payloads.has_value(exchange, what, seen, wanted))

    def has_elements(self, exchange: Exchange, node: Node, names: Sequence[str], requirement: str) -> bool:
        """Judge whether an element holds the children asked for."""
        return self.judged(requirement, payloads.has_elements(exchange, node, names))

    def whole_list(self, listing: Entries, beyond: Exchange, requirement: str) -> bool:
        """Judge ``all`` against the entries of all pages, and that nothing comes after them.

        ``beyond`` is the page that starts behind the last entry.
        """
        return self.judged(requirement, payloads.whole_list(listing, beyond))

    def at_most(self, exchange: Exchange, limit: int, requirement: str) -> bool:
        """Judge that a page holds no more entries than asked for."""
        return self.judged(requirement, payloads.at_most(exchange, limit))

    def all_different(self, exchanges: Sequence[Exchange], requirement: str) -> bool:
        """Judge that pages from different starts hold different entries."""
        return self.judged(requirement, payloads.all_different(exchanges))

    def values(self, exchange: Exchange, ahead: timedelta | None = None, only: str = "") -> bool:
        """Judge the values in the subject's body by the value rules, each breach under its own id.

        ``ahead`` is how far the subject's clock is ahead of the harness's, if known; without it no rule about time is
        put. ``only`` is how the ids of the rules begin, such as ``VAL.LIST``; a body without any breach passes ``VAL``.
        """
        made = exchange.request_last if exchange.response_last is None else exchange.response_last
        now = None if ahead is None else made.wall + ahead
        ruled = value_checks.values(exchange, self._court.profile.values, now, only)
        passed = [self._ruled(rule) for rule in ruled]
        return all(passed)

    def _ruled(self, rule: value_checks.Ruled) -> bool:
        if rule.demand is None:
            return self.judged(rule.requirement, rule.judged)
        return self.demanded(rule.demand, rule.judged)

    def within_ratings(self, settings: Exchange, capability: Exchange) -> bool:
        """Judge the settings a client PUT against the ratings it PUT."""
        return self.judged(value_checks.WITHIN_RATING, value_checks.within_ratings(settings, capability))

    def all_quantities(
        self, what: str, uoms: Iterable[int | None], posts: Sequence[Exchange], requirement: str
    ) -> bool:
        """Judge whether real power, reactive power, frequency and voltage are among the units seen."""
        numbers = [post.number for post in posts]
        return self.judged(requirement, telemetry.all_quantities(what, uoms, numbers))

    def reads_back(self, exchange: Exchange, point: Node, mrid: str, value: int, requirement: str) -> bool:
        """Judge whether a MirrorUsagePoint shows the value that was posted for an mRID."""
        return self.judged(requirement, telemetry.reads_back(exchange, point, mrid, value))

    def all_timed(self, readings: Sequence[telemetry.Mirrored], requirement: str) -> bool:
        """Judge whether each mirrored reading has a time."""
        return self.judged(requirement, telemetry.all_timed(readings))

    def happened(
        self,
        what: str,
        observed: datetime | None,
        window: timing.Window,
        limit: Limit,
        requirement: str,
        exchange: Exchange | None = None,
    ) -> bool:
        """Judge an instant against a window whose bounds come from a limit."""
        evidence = {} if exchange is None else {"exchange": exchange.number}
        judged = timing.happened_within(
            what, observed, window, self._between(window.start, observed), limit, **evidence
        )
        return self.judged(requirement, judged)

    def close_in_time(
        self, served: datetime, seen_at: datetime, within: Limit, requirement: str, exchange: Exchange
    ) -> bool:
        """Judge a clock reading against the harness's clock at the moment it was received.

        The reading has a resolution of one second, which counts as uncertainty.
        """
        window = timing.Window(seen_at, "the harness's clock", -within.value, within.value)
        uncertainty = self._court.uncertainty_s(seen_at) + CLOCK_RESOLUTION_S
        judged = timing.happened_within(
            "the served time is", served, window, uncertainty, within, exchange=exchange.number
        )
        return self.judged(requirement, judged)

    def in_force(
        self,
        plant: plants.Plant | None,
        modes: plants.Modes,
        span: plants.Span,
        settling: Limit,
        requirement: str,
        policy: str | None = None,
    ) -> bool:
        """Judge that modes were in force at the plant during a span, but for the time it may take at each end.

        Like all checks on the plant it leaves a note when the client's plant is not observed (``None``).
        """
        judged = plants.in_force(plant, modes, span, settling, self._uncertainty(plant))
        return self.judged(requirement, judged, policy)

    def default_in_force(
        self,
        plant: plants.Plant | None,
        default: plants.Default,
        span: plants.Span,
        settling: Limit,
        requirement: str,
        policy: str | None = None,
    ) -> bool:
        """Judge that a program's default was in force at the plant during a span: its modes and its settings."""
        return self.in_force(plant, {**default.modes, **default.settings}, span, settling, requirement, policy)

    def never_in_force(
        self,
        plant: plants.Plant | None,
        modes: plants.Modes,
        span: plants.Span,
        requirement: str,
        policy: str | None = None,
    ) -> bool:
        """Judge that modes were at no time in force together at the plant; nothing else may ask for the same."""
        judged = plants.never_in_force(plant, modes, span, self._uncertainty(plant))
        return self.judged(requirement, judged, policy)

    def took_effect(
        self,
        plant: plants.Plant | None,
        modes: plants.Modes,
        window: timing.Window,
        limit: Limit,
        requirement: str,
        *,
        after: datetime,
    ) -> bool:
        """Judge when modes came into force at the plant, first after an instant, against a window."""
        judged = plants.took_effect(plant, modes, window, limit, self._uncertainty(plant), after=after)
        return self.judged(requirement, judged)

    def gave_way(
        self,
        plant: plants.Plant | None,
        modes: plants.Modes,
        window: timing.Window,
        limit: Limit,
        requirement: str,
        *,
        after: datetime,
    ) -> bool:
        """Judge when modes ceased to be in force at the plant, first after an instant, against a window."""
        judged = plants.gave_way(plant, modes, window, limit, self._uncertainty(plant), after=after)
        return self.judged(requirement, judged)

    def _between(self, start: datetime, observed: datetime | None) -> float:
        return self._court.uncertainty_s(start, observed or start)

    def _uncertainty(self, plant: plants.Plant | None) -> float:
        return self._court.uncertainty_s() + (plant.uncertainty_s if plant else 0.0)

    def kept_up(
        self, cadence: polling.Cadence, seen: Sequence[polling.Occurrence], until: datetime, requirement: str
    ) -> bool:
        """Judge repeated polls or posts over a window that ends at ``until``."""
        return self.judged(requirement, polling.kept_up(cadence, seen, until, self._court.uncertainty_s()))

    def session_up(self, connection: Connection, requirement: str) -> bool:
        """Judge whether a TLS handshake completed."""
        return self.judged(requirement, tls.session_up(connection))

    def tls_version_1_2(self, connection: Connection, requirement: str) -> bool:
        """Judge the negotiated TLS version."""
        return self.judged(requirement, tls.version_is_1_2(connection))

    def suite_is_ccm8(self, connection: Connection, requirement: str) -> bool:
        """Judge the negotiated cipher suite."""
        return self.judged(requirement, tls.suite_is_ccm8(connection))

    def ccm8_offered(self, connection: Connection, requirement: str) -> bool:
        """Judge the suites a client offers."""
        return self.judged(requirement, tls.ccm8_offered(connection))

    def certificate_on_p256(self, connection: Connection, requirement: str) -> bool:
        """Judge the curve of the peer's certificate."""
        return self.judged(requirement, tls.certificate_on_p256(connection))

    def refused(self, connection: Connection, served: bool, requirement: str, policy: str | None = None) -> bool:
        """Judge whether the peer was refused."""
        return self.judged(requirement, tls.refused(connection, served), policy)

    def distrusted(
        self,
        connections: Sequence[Connection],
        exchanges: Sequence[Exchange],
        requirement: str,
        policy: str | None = None,
    ) -> bool:
        """Judge that a client sent no request over connections on which it was shown a faulty chain."""
        return self.judged(requirement, server_trust.distrusted(connections, exchanges), policy)


def _not_binding(judged: Judged) -> Judged:
    return replace(judged, state=NOT_BINDING.get(judged.state, judged.state))


def _limit_of(value: Value) -> LimitUsed | None:
    return limit_used(value.limit) if isinstance(value.figure, float) else None


NOT_BINDING = {State.FAIL: State.WARNING, State.INCONCLUSIVE: State.NOTE}
"""What becomes of a judgement whose requirement does not bind."""

CLOCK_RESOLUTION_S = 1.0
"""Resolution of TimeType (IEEE 2030.5 B.2.3.4): whole seconds."""
