"""Checks on what a body holds: its form, its values, its readings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from conformance.judgement import payloads, telemetry
from conformance.judgement import values as value_checks
from conformance.judgement.court import Judging
from conformance.vocabulary.limits import Limit
from conformance.wire.exchange import Exchange
from conformance.wire.payload import Node


class CheckBodies(Judging):
    """What a body holds."""

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

    def claims_if_generating(
        self, capability: Exchange, modes: Sequence[str], requirement: str, policy: str | None = None
    ) -> bool:
        """Judge whether a DERCapability claims modes, if its DER generates; any other is not judged."""
        judged = value_checks.claims_if_generating(capability, modes)
        return judged is None or self.judged(requirement, judged, policy)

    def claims_rated(self, capability: Exchange, requirement: str) -> bool:
        """Judge whether a DERCapability rates what the modes that it claims need; without such a mode nothing is."""
        judged = value_checks.claims_rated(capability)
        return judged is None or self.judged(requirement, judged)

    def rated(self, capability: Exchange, requirement: str) -> bool:
        """Judge whether a DERCapability rates the active power of its DER."""
        return self.judged(requirement, value_checks.rated(capability))

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

    def times_move(self, readings: Sequence[telemetry.Mirrored], window: Limit, error: Limit, requirement: str) -> bool:
        """Judge whether the times of mirrored readings are those at which they were measured."""
        return self.judged(requirement, telemetry.times_move(readings, window.value, error))
