"""Identities of flawed reference peers: device certificates, not for tests, that break one rule on their form."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from cryptography import x509

from conformance.reference.demo_identities import LOOPBACK, Files, read_files, written
from conformance.wire.certificate_authority import CertificateAuthority, der_of, key_pem_of, new_key
from conformance.wire.certificate_plan import DEVICE_GENERIC, CertificatePlan, PublicKey, device_plan
from conformance.wire.certificates import TEST_HW_TYPE, Pki
from conformance.wire.device_identity import Identity
from conformance.wire.hardware_module_name import HardwareModuleName

Issue = Callable[[CertificateAuthority, CertificatePlan, PublicKey], x509.Certificate]

_YEAR = timedelta(days=365)


def _ending(issuer: CertificateAuthority, plan: CertificatePlan, key: PublicKey) -> x509.Certificate:
    return issuer.issue(replace(plan, not_after=plan.not_before + 2 * _YEAR), key)


def _unnamed(issuer: CertificateAuthority, plan: CertificatePlan, key: PublicKey) -> x509.Certificate:
    return issuer.issue(plan, key, named=False)


CERTIFICATE_FLAWS: dict[str, Issue] = {"certificate_ends": _ending, "names_no_authority_key": _unnamed}
"""How the certificates of the flaws are issued, by the flaw's name."""


def own_identity(sound: Files, authorities: Path | None, flaws: Collection[str]) -> Files:
    """Return a peer's own identity: the sound one, unless one of its flaws is in its certificate."""
    for name in sorted(CERTIFICATE_FLAWS.keys() & set(flaws)):
        if authorities is not None:
            return _made(name, authorities)
    return sound


def _made(name: str, authorities: Path) -> Files:
    """Return the identity with a flaw, made when first asked for."""
    folder = authorities.parent
    if (folder / f"{name}.pem").is_file():
        return read_files(folder, name)
    pki, key = Pki.load(authorities), new_key()
    module = HardwareModuleName(TEST_HW_TYPE, secrets.token_bytes(8))
    plan = device_plan(module, pki.now, LOOPBACK, (DEVICE_GENERIC,))
    chain = (CERTIFICATE_FLAWS[name](pki.hierarchy.mica, plan, key.public_key()), *pki.hierarchy.mica.path)
    identity = Identity(name, tuple(map(der_of, chain)), pki.serca.certificate_der, key_pem_of(key))
    return written(identity, folder, name)
