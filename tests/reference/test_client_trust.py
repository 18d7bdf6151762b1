"""What the reference client refuses in a server's chain, and what its flaws let through."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

import pytest

from conformance.reference.client_trust import trusting, vet_with
from conformance.reference.demo_identities import DemoIdentities, make_identities
from conformance.wire.certificates import Fault, Pki
from conformance.wire.exchange import Connection, Moment, Side

REFUSED = {Fault.MICA_CRITICAL_EXTENDED_KEY_USAGE, Fault.MICA_NAME_CONSTRAINTS, Fault.MICA_POLICY_MAPPINGS}
PKI = Pki.create()


def connection(chain: tuple[bytes, ...]) -> Connection:
    return Connection(1, "c", Side.CLIENT, "s:1", Moment(datetime(2030, 1, 1, tzinfo=UTC), 0.0), chain=chain)


def said_against(chain: tuple[bytes, ...], *flaws: str) -> str | None:
    return vet_with(flaws)(connection(chain))


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_sound_chains_of_every_length_are_accepted(depth: int) -> None:
    assert said_against(PKI.server(["localhost"], depth=depth).chain) is None


@pytest.mark.parametrize("fault", sorted(REFUSED))
def test_what_tls_lets_through_is_refused_with_its_rule(fault: Fault) -> None:
    chain = PKI.faulty(fault).chain
    assert "SEC.10" in (said_against(chain) or "")
    assert said_against(chain, "leaves_chain_to_tls") is None


def test_the_flaw_of_short_chains_refuses_all_but_the_longest() -> None:
    refused = [said_against(PKI.device("d", depth).chain, "refuses_short_chains") is not None for depth in (2, 3, 4)]
    assert refused == [True, True, False]


@pytest.fixture(scope="module")
def identities(tmp_path_factory: pytest.TempPathFactory) -> DemoIdentities:
    return make_identities(tmp_path_factory.mktemp("pki"))


def test_accepting_any_server_concerns_no_other_client(identities: DemoIdentities) -> None:
    blind = trusting(identities.device, {"accepts_any_server"})
    assert blind.verify_mode is ssl.CERT_NONE
    assert trusting(identities.device, ()).verify_mode is ssl.CERT_REQUIRED
