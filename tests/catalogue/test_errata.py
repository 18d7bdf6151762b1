"""The errata of the SunSpec procedures: which edition has them, and who may ask for which."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from conformance.catalogue import shipped
from conformance.catalogue.errata import POLICY, SWITCHED, Errata, errata_of
from conformance.catalogue.profile import load_profile
from conformance.catalogue.test_case import load_cases
from conformance.vocabulary.errors import HarnessError, UsageError

CHOSEN = load_profile("csip-2.1").policies


def test_the_newer_edition_has_every_erratum_and_the_older_none() -> None:
    assert all(number in Errata("1.3") for number in SWITCHED)
    assert not any(number in Errata("1.2") for number in SWITCHED)


def test_the_policy_of_the_profile_decides() -> None:
    assert errata_of(CHOSEN).edition == "1.3"
    assert errata_of(load_profile("csip-2.1-ctp-1.2").policies).edition == "1.2"


def test_a_profile_that_chooses_no_edition_is_judged_by_the_newest() -> None:
    assert errata_of({}).edition == "1.3"


def test_an_edition_that_there_is_not_is_refused() -> None:
    with pytest.raises(UsageError, match=r"1\.2 or 1\.3"):
        errata_of({POLICY: replace(CHOSEN[POLICY], choice="1.4")})


def test_an_erratum_that_is_not_switched_cannot_be_asked_for() -> None:
    with pytest.raises(HarnessError, match="erratum 30"):
        assert 30 in Errata("1.2")


def test_the_note_of_the_policy_names_every_erratum_that_is_switched() -> None:
    for profile in ("csip-2.1", "csip-2.1-ctp-1.2"):
        named = re.findall(r"\b(\d+) \(", load_profile(profile).policies[POLICY].note)
        words = load_profile(profile).policies[POLICY].note
        assert {int(number) for number in named} == set(SWITCHED), words


def test_only_core_023_came_with_the_newer_edition() -> None:
    cases = load_cases(shipped.testcases_folder())
    assert {case.key for case in cases if "1.2" not in case.editions} == {"client/CORE-023", "server/CORE-023"}
