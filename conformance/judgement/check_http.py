"""Checks on how a request was made and answered."""

from __future__ import annotations

from conformance.judgement import http
from conformance.judgement.court import Judging
from conformance.wire.exchange import Exchange


class CheckHttp(Judging):
    """How a request was made and answered."""

    def answered(self, exchange: Exchange, *statuses: int, requirement: str, policy: str | None = None) -> bool:
        """Judge the status of an answer."""
        return self.judged(requirement, http.answered(exchange, statuses), policy)

    def advertised(self, exchange: Exchange, requirement: str) -> bool:
        """Judge whether what a link advertises can be had; a resource that the client writes may still be missing."""
        return self.judged(requirement, http.advertised(exchange))

    def media_type(self, exchange: Exchange, requirement: str) -> bool:
        """Judge the Content-Type of an answer."""
        return self.judged(requirement, http.media_type(exchange))

    def sent_as(self, exchange: Exchange, requirement: str) -> bool:
        """Judge the Content-Type of a request's body."""
        return self.judged(requirement, http.sent_as(exchange))

    def accept_header(self, exchange: Exchange, requirement: str) -> bool:
        """Judge the Accept header of a request."""
        return self.judged(requirement, http.accept_header(exchange))

    def has_location(self, exchange: Exchange, requirement: str) -> bool:
        """Judge the Location header of a 201 answer."""
        return self.judged(requirement, http.has_location(exchange))

    def has_allow(self, exchange: Exchange, requirement: str) -> bool:
        """Judge the Allow header of a 405 answer."""
        return self.judged(requirement, http.has_allow(exchange))
