"""The test PKI: one object that makes every certificate a test needs, in memory or in a folder.

    pki = Pki.create()
    device = pki.device("inverter")                 # SERCA, MCA, MICA, device
    server = pki.server(["localhost", "127.0.0.1"])
    bad = pki.faulty(Fault.EXPIRED)

Keys leave memory only through :meth:`Identity.write`, :meth:`Identity.load_into` and :meth:`Pki.save`, with mode 0600.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from conformance.vocabulary.errors import UsageError, explain
from conformance.wire.certificate_authority import (
    CertificateAuthority,
    Hierarchy,
    der_of,
    key_pem_of,
    new_hierarchy,
    new_key,
)
from conformance.wire.certificate_plan import CertificatePlan, PrivateKey, device_plan
from conformance.wire.device_identity import (
    Identity,
    IdentityFiles,
    pem_of,
    refuse_existing,
    write_private,
    write_public,
)
from conformance.wire.faulty_certificates import Fault, make_faulty
from conformance.wire.hardware_module_name import HardwareModuleName

__all__ = ["AUTHORITY_NAMES", "DEPTHS", "CertificateAuthority", "Fault", "Identity", "IdentityFiles", "Pki"]

DEPTHS = (2, 3, 4)
AUTHORITY_NAMES = ("serca", "mca", "mica", "mica-direct")
# Below the number that IANA keeps for documentation: no maker's.
TEST_HW_TYPE = "1.3.6.1.4.1.32473.1"


@dataclass(frozen=True, slots=True)
class Pki:
    """A tree of test authorities and the moment at which it issues."""

    hierarchy: Hierarchy
    now: datetime

    @classmethod
    def create(cls, now: datetime | None = None) -> Pki:
        """Make a tree with fresh keys, valid from a day before ``now`` (aware), or before the present.

        TLS compares validity with the machine's clock: under virtual time, too, leave ``now`` out.
        """
        moment = now or datetime.now(UTC)
        return cls(new_hierarchy(moment), moment)

    @property
    def serca(self) -> CertificateAuthority:
        """The root."""
        return self.hierarchy.serca

    @property
    def mca(self) -> CertificateAuthority:
        """The manufacturer's authority, below the root."""
        return self.hierarchy.mca

    @property
    def mica(self) -> CertificateAuthority:
        """The issuing authority below the MCA."""
        return self.hierarchy.mica

    @property
    def root_pem(self) -> bytes:
        """The root's certificate in PEM, for a peer to trust."""
        return pem_of(self.serca.certificate_der)

    def device(
        self,
        name: str,
        depth: int = 4,
        hw_type: str = TEST_HW_TYPE,
        serial: bytes | None = None,
        hosts: Sequence[str] = (),
    ) -> Identity:
        """Issue a device certificate in a chain of two, three or four; the serial is random where it is not given.

        Raises ``UsageError`` for another depth, a hardware type that is no object identifier, or a bad host.
        """
        if depth not in DEPTHS:
            raise UsageError(
                explain(f"Making the device certificate {name!r}.", "a chain of 2, 3 or 4", str(depth), "choose one")
            )
        issuer, key = self.hierarchy.issuer(depth), new_key()
        certificate = issuer.issue(self._plan(hw_type, serial, hosts), key.public_key())
        return self._identity(name, (certificate, *issuer.path), key)

    def server(self, hosts: Sequence[str], name: str = "server", depth: int = 4) -> Identity:
        """Issue a server's certificate: a device certificate that also names its hosts, without extendedKeyUsage."""
        return self.device(name, depth, hosts=hosts)

    def faulty(self, fault: Fault, name: str | None = None, hosts: Sequence[str] = ()) -> Identity:
        """Issue a chain of four with one fault; with hosts it can be shown in the server's role."""
        chain, key = make_faulty(fault, self._plan(TEST_HW_TYPE, None, hosts), self.hierarchy, self.now)
        return self._identity(name or fault.value, chain, key)

    def _plan(self, hw_type: str, serial: bytes | None, hosts: Sequence[str]) -> CertificatePlan:
        module = HardwareModuleName(hw_type, secrets.token_bytes(8) if serial is None else serial)
        return device_plan(module, self.now, hosts)

    def _identity(self, name: str, chain: Sequence[x509.Certificate], key: PrivateKey) -> Identity:
        certificates = tuple(der_of(certificate) for certificate in chain)
        return Identity(name, certificates, self.serca.certificate_der, key_pem_of(key))

    def save(self, folder: Path, *, overwrite: bool = False) -> None:
        """Write certificate and key of each authority. Raises ``UsageError`` when one exists, unless ``overwrite``."""
        tree = self.hierarchy
        authorities = dict(zip(AUTHORITY_NAMES, (tree.serca, tree.mca, tree.mica, tree.direct_mica), strict=True))
        if not overwrite:
            refuse_existing(*(folder / f"{name}{end}" for name in authorities for end in (".pem", ".key")))
        for name, authority in authorities.items():
            write_private(folder / f"{name}.key", key_pem_of(authority.key))
            write_public(folder / f"{name}.pem", pem_of(authority.certificate_der))

    @classmethod
    def load(cls, folder: Path, now: datetime | None = None) -> Pki:
        """Read what :meth:`save` wrote. Raises ``UsageError`` when something is missing or does not fit together."""
        serca = _load_authority(folder, "serca")
        mca = _load_authority(folder, "mca", serca)
        mica = _load_authority(folder, "mica", mca)
        direct = _load_authority(folder, "mica-direct", serca)
        return cls(Hierarchy(serca, mca, mica, direct), now or datetime.now(UTC))


def _load_authority(folder: Path, name: str, issuer: CertificateAuthority | None = None) -> CertificateAuthority:
    path = folder / f"{name}.pem"
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        key = serialization.load_pem_private_key(path.with_suffix(".key").read_bytes(), password=None)
        certificate.verify_directly_issued_by(certificate if issuer is None else issuer.certificate)
    except (OSError, ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm) as error:
        raise _unusable(folder, f"{path.name} or its key: {type(error).__name__}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise _unusable(folder, f"{path.with_suffix('.key').name} is not the key of {path.name}")
    return CertificateAuthority(certificate, key, () if issuer is None else issuer.path)


def _unusable(folder: Path, seen: str) -> UsageError:
    return UsageError(
        explain(
            f"Reading the test PKI in {folder}.",
            "a folder made by 'csip pki init', with " + ", ".join(f"{name}.pem/.key" for name in AUTHORITY_NAMES),
            seen,
            "make one with 'csip pki init DIR', or mend this one",
        )
    )
