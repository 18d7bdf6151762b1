"""Checks on discovery by DNS-SD."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.judgement import services
from conformance.judgement.court import Judging
from conformance.judgement.judged import Judged, passed_if


class CheckDiscovery(Judging):
    """What was asked and answered in the groups of multicast DNS."""

    def discovered(
        self, condition: bool, requirement: str, expected: str, observed: str, messages: Sequence[str] = ()
    ) -> bool:
        """Judge a plain condition; ``messages`` are the questions and answers that show it, in words."""
        judged = Judged("discovered", passed_if(condition), expected, observed, detail=tuple(messages))
        return self.judged(requirement, judged)

    def service_described(self, found: services.Found, subtype: str = "") -> bool:
        """Judge the records of an instance: SRV, TXT with its keys, and addresses."""
        kept = [self.judged(rule, judged) for rule, judged in services.described(found, subtype)]
        return all(kept)
