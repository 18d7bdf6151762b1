"""Authorities of the test PKI, and the tree they form: SERCA, MCA and MICA (IEEE 2030.5-2018 6.11, SEC.035)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from conformance.wire.certificate_plan import (
    ANY_POLICY,
    TEST_POLICIES,
    CertificatePlan,
    PrivateKey,
    PublicKey,
    authority_plan,
    key_identifier,
)


@dataclass(frozen=True, slots=True)
class CertificateAuthority:
    """An authority: its certificate, its key, and the certificates between it and the root, nearest first."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    above: tuple[x509.Certificate, ...] = ()

    @property
    def certificate_der(self) -> bytes:
        """The authority's own certificate."""
        return der_of(self.certificate)

    def issue(self, plan: CertificatePlan, public_key: PublicKey, *, named: bool = True) -> x509.Certificate:
        """Sign a certificate, adding the authority key identifier unless it is to be left out."""
        key_id = key_identifier(self.key.public_key()) if named else None
        return _sign(plan, public_key, self.certificate.subject, self.key, key_id)

    @property
    def path(self) -> tuple[x509.Certificate, ...]:
        """What a device sends after its own certificate: this authority and those above, without the root."""
        return () if self.is_root else (self.certificate, *self.above)

    @property
    def is_root(self) -> bool:
        """True for a SERCA, which signs itself."""
        return self.certificate.issuer == self.certificate.subject


def self_signed(plan: CertificatePlan, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """Return a certificate that is its own issuer."""
    return _sign(plan, key.public_key(), plan.subject, key, None)


def _sign(
    plan: CertificatePlan,
    public_key: PublicKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    issuer_key_id: bytes | None,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder(issuer, plan.subject, public_key, x509.random_serial_number())
        .not_valid_before(plan.not_before)
        .not_valid_after(plan.not_after)
    )
    for extension, critical in plan.extensions:
        builder = builder.add_extension(extension, critical)
    if issuer_key_id is not None:
        builder = builder.add_extension(x509.AuthorityKeyIdentifier(issuer_key_id, None, None), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def new_key() -> ec.EllipticCurvePrivateKey:
    """Return a fresh P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())


def key_pem_of(key: PrivateKey) -> bytes:
    """Return a private key in PEM: PKCS #8, not encrypted."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def der_of(certificate: x509.Certificate) -> bytes:
    """Return a certificate in DER."""
    return certificate.public_bytes(serialization.Encoding.DER)


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """The four authorities. The MCA is below the SERCA and the MICA below the MCA, for chains of four.

    ``direct_mica`` is below the SERCA, for chains of three. The SERCA itself issues the devices of chains of two.
    """

    serca: CertificateAuthority
    mca: CertificateAuthority
    mica: CertificateAuthority
    direct_mica: CertificateAuthority

    def issuer(self, depth: int) -> CertificateAuthority:
        """Return who issues a device at depth two, three or four. Raises ``KeyError`` for any other depth."""
        return {2: self.serca, 3: self.direct_mica, 4: self.mica}[depth]


def new_hierarchy(now: datetime) -> Hierarchy:
    """Make four authorities with fresh keys; their names end in a random mark, so two trees never look alike."""
    mark = secrets.token_hex(4).upper()
    serca = _root_authority(f"Test SERCA {mark}", now)
    mca = below(serca, f"Test MCA {mark}", now, 1, (ANY_POLICY,))
    mica = below(mca, f"Test MICA {mark}", now, 0, TEST_POLICIES)
    return Hierarchy(serca, mca, mica, below(serca, f"Test MICA {mark} direct", now, 0, TEST_POLICIES))


def _root_authority(name: str, now: datetime) -> CertificateAuthority:
    key = new_key()
    plan = authority_plan(name, key.public_key(), now, None, (ANY_POLICY,))
    return CertificateAuthority(self_signed(plan, key), key)


def below(
    issuer: CertificateAuthority,
    name: str,
    now: datetime,
    path_length: int,
    policies: tuple[str, ...],
    *more: tuple[x509.ExtensionType, bool],
) -> CertificateAuthority:
    """Make an authority with a fresh key below another, with further extensions where they are given."""
    key = new_key()
    plan = authority_plan(name, key.public_key(), now, path_length, policies).extended(*more)
    return CertificateAuthority(issuer.issue(plan, key.public_key()), key, issuer.path)
