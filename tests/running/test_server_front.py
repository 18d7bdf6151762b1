"""Which certificate the test server shows, and what is said when it cannot be made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.reference.demo_identities import make_identities
from conformance.running.case_run import NotArranged
from conformance.running.server_front import OWN, SOUND_CHAINS, ServerIdentity
from conformance.vocabulary.errors import HarnessError
from conformance.vocabulary.verdict import Verdict
from conformance.wire.certificates import Fault


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> ServerIdentity:
    made = make_identities(tmp_path_factory.mktemp("pki"))
    return ServerIdentity(made.server.chain, made.server.key, made.server.roots, made.authorities)


@pytest.mark.parametrize("name", [OWN, *SOUND_CHAINS, Fault.EXPIRED, Fault.MICA_NAME_CONSTRAINTS])
def test_every_identity_makes_a_context(identity: ServerIdentity, name: str) -> None:
    assert identity.context(name, "127.0.0.1").get_ca_certs()


@pytest.mark.parametrize("authorities", [None, Path("nowhere")])
def test_without_authorities_a_case_is_not_run_and_says_what_to_configure(
    identity: ServerIdentity, authorities: Path | None
) -> None:
    alone = replace(identity, authorities=authorities)
    assert alone.context(OWN, "127.0.0.1").get_ca_certs()
    with pytest.raises(NotArranged, match="csip pki init") as missing:
        alone.context("chain_of_two", "127.0.0.1")
    assert missing.value.verdict is Verdict.NOT_RUN


def test_an_identity_that_does_not_exist_is_a_fault_of_the_test_case(identity: ServerIdentity) -> None:
    with pytest.raises(HarnessError, match="chain_of_four"):
        identity.context("chain_of_nine", "127.0.0.1")
