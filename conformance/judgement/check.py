"""The checks a test case makes: each argued from a requirement, each leaving a finding.

Checks accumulate; a failed one does not hide the next. :func:`require` alone ends a test case, as inconclusive, when
what it builds upon is missing. The checks stand by subject in the modules ``check_*``, in front of the pure functions
that judge; a new one goes where its subject is.
"""

from __future__ import annotations

from typing import TypeVar

from conformance.judgement.check_bodies import CheckBodies
from conformance.judgement.check_discovery import CheckDiscovery
from conformance.judgement.check_http import CheckHttp
from conformance.judgement.check_lists import CheckLists
from conformance.judgement.check_plant import CheckPlant
from conformance.judgement.check_power import CheckPower
from conformance.judgement.check_reports import CheckReports
from conformance.judgement.check_timing import CheckTiming
from conformance.judgement.check_tls import CheckTls
from conformance.judgement.court import Court
from conformance.vocabulary.errors import PreconditionNotMet

__all__ = ["Check", "Court", "require"]

Needed = TypeVar("Needed")


def require(value: Needed | None, what: str) -> Needed:
    """Return a value that must be there, or end the test case as inconclusive."""
    if value is None or value is False:
        raise PreconditionNotMet(f"cannot go on: {what}")
    return value


class Check(
    CheckHttp,
    CheckLists,
    CheckBodies,
    CheckReports,
    CheckTiming,
    CheckPlant,
    CheckPower,
    CheckTls,
    CheckDiscovery,
):
    """Makes the checks of one test case. Every method returns whether the check passed."""
