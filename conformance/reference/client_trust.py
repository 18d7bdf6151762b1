"""Whom the reference client trusts: TLS checks the path, the client itself what IEEE 2030.5-2018 6.11 adds to it.

TLS libraries accept name constraints and policy mappings, which a 2030.5 device must refuse (SEC.100, SEC.101).
"""

from __future__ import annotations

import ssl
from collections.abc import Collection

from conformance.reference.client_flaws import CCM8, GCM_ONLY, sends_full_chain, tls_ciphers
from conformance.reference.conduct import CSIP_CLIENT, ClientConduct
from conformance.reference.demo_identities import Files
from conformance.wire.certificate_chain import LONGEST, judge_chain, without_root
from conformance.wire.client_pool import Vet
from conformance.wire.exchange import Connection
from conformance.wire.tls_context import again, client_context

TO_REFUSE = frozenset({"SEC.069", "SEC.100", "SEC.101", "SEC.102"})
"""Critical extensions that are unknown or out of place, policy mappings, name constraints."""


OPENSSL_NAMES = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8": CCM8,
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": GCM_ONLY,
}
"""The cipher suites that the client can offer, in the words of IANA and in those of OpenSSL."""
VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def trusting(device: Files, flaws: Collection[str], conduct: ClientConduct = CSIP_CLIENT) -> ssl.SSLContext:
    """Return the TLS of a client with its identity."""
    chain = device.chain if sends_full_chain(flaws) else device.leaf
    offered = [OPENSSL_NAMES[name] for name in conduct.tls_suites if name in OPENSSL_NAMES]
    ciphers = ":".join(offered) if offered and "offers_no_ccm8" not in flaws else tls_ciphers(flaws)
    version = VERSIONS[conduct.tls_version]
    context = client_context(
        chain, device.key, device.roots, ciphers=f"{ciphers}:@SECLEVEL=0", minimum=version, maximum=version
    )
    if "accepts_any_server" not in flaws:
        return context
    blind = again(context)  # the kept context serves other clients too
    blind.verify_mode = ssl.CERT_NONE
    return blind


def vet_with(flaws: Collection[str]) -> Vet:
    """Return what the client looks at once TLS has accepted a server."""

    def vet(connection: Connection) -> str | None:
        if "refuses_short_chains" in flaws and len(without_root(connection.chain, None)) + 1 < LONGEST:
            return "the server's chain is too short"
        if not {"leaves_chain_to_tls", "accepts_any_server"}.isdisjoint(flaws):
            return None
        found = [it for it in judge_chain(connection.chain) if it.requirement in TO_REFUSE]
        return f"the server's chain breaks {found[0].requirement}: {found[0].observed}" if found else None

    return vet
