"""Certificates with one thing wrong, for a subject to refuse (SunSpec CSIP COMM-004 and tests of ours).

Each is a sound chain of four with a single change, so that nothing else can be the reason of a refusal. The
exact defects of COMM-004D to F are in no public text: they follow the public reading of SEC.069 and SEC.100 to .102.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from conformance.wire import der
from conformance.wire.certificate_authority import (
    CertificateAuthority,
    Hierarchy,
    below,
    new_hierarchy,
    new_key,
    self_signed,
)
from conformance.wire.certificate_plan import (
    ANY_POLICY,
    POLICY_SERVICE_PROVIDER,
    POLICY_TEST,
    TEST_POLICIES,
    CertificatePlan,
    PrivateKey,
    authority_plan,
    common_name,
    key_identifier,
)

POLICY_MAPPINGS = "2.5.29.33"
# Below the number that IANA keeps for documentation, so no stack can know it.
UNKNOWN_EXTENSION = "1.3.6.1.4.1.32473.999"
EXCLUDED_NAME = "excluded.invalid"

_YEAR = timedelta(days=365)


class Fault(StrEnum):
    """What is wrong with a certificate or its chain."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    SELF_SIGNED = "self-signed"
    OTHER_ROOT = "other-root"
    MISSING_INTERMEDIATE = "missing-intermediate"
    RSA = "rsa"
    P384 = "p384"
    UNKNOWN_CRITICAL_EXTENSION = "unknown-critical-extension"
    MICA_CRITICAL_EXTENDED_KEY_USAGE = "mica-critical-extended-key-usage"
    MICA_NAME_CONSTRAINTS = "mica-name-constraints"
    MICA_POLICY_MAPPINGS = "mica-policy-mappings"
    MCA_CRITICAL_EXTENDED_KEY_USAGE = "mca-critical-extended-key-usage"
    MCA_NAME_CONSTRAINTS = "mca-name-constraints"
    MCA_POLICY_MAPPINGS = "mca-policy-mappings"
    MCA_PATH_LENGTH = "mca-path-length"
    MCA_EXPIRED = "mca-expired"

    @property
    def description(self) -> str:
        """One line on what is wrong."""
        return _DESCRIPTIONS[self]


_DESCRIPTIONS = {
    Fault.EXPIRED: "valid until a year ago",
    Fault.NOT_YET_VALID: "valid from a year ahead",
    Fault.SELF_SIGNED: "a device certificate that is its own issuer (COMM-004G)",
    Fault.OTHER_ROOT: "a sound chain that leads to a root nobody was told to trust",
    Fault.MISSING_INTERMEDIATE: "only the device certificate is sent, without MICA and MCA",
    Fault.RSA: "a device key of 2048-bit RSA in place of P-256",
    Fault.P384: "a device key on curve P-384 in place of P-256",
    Fault.UNKNOWN_CRITICAL_EXTENSION: "the device certificate has a critical extension that nobody knows",
    Fault.MICA_CRITICAL_EXTENDED_KEY_USAGE: "the MICA has a critical extendedKeyUsage, for code signing (COMM-004D)",
    Fault.MICA_NAME_CONSTRAINTS: "the MICA has a nameConstraints, not critical (COMM-004E)",
    Fault.MICA_POLICY_MAPPINGS: "the MICA has a policyMappings, not critical (COMM-004F)",
    Fault.MCA_CRITICAL_EXTENDED_KEY_USAGE: "the MCA has a critical extendedKeyUsage, for code signing",
    Fault.MCA_NAME_CONSTRAINTS: "the MCA has a nameConstraints, not critical",
    Fault.MCA_POLICY_MAPPINGS: "the MCA has a policyMappings, not critical",
    Fault.MCA_PATH_LENGTH: "the MCA may have no authority below it, and has a MICA there",
    Fault.MCA_EXPIRED: "the MCA was valid until a year ago",
}

Made = tuple[tuple[x509.Certificate, ...], PrivateKey]
Extension = tuple[x509.ExtensionType, bool]


def make_faulty(fault: Fault, device: CertificatePlan, hierarchy: Hierarchy, now: datetime) -> Made:
    """Return a faulty chain, leaf first, and the leaf's key. ``device`` is the plan of a sound device certificate."""
    if fault in _DEVICE_FAULTS:
        return _issued(hierarchy.mica, _DEVICE_FAULTS[fault](device), new_key())
    if fault in _MICA_FAULTS:
        mica = below(hierarchy.mca, f"Test MICA {fault}", now, 0, TEST_POLICIES, _MICA_FAULTS[fault]())
        return _issued(mica, device, new_key())
    if fault in _MCA_FAULTS:
        return _issued(_mica_below_faulty(fault, hierarchy, now), device, new_key())
    return _CHAIN_FAULTS[fault](device, hierarchy, now)


def _issued(mica: CertificateAuthority, device: CertificatePlan, key: PrivateKey) -> Made:
    return (mica.issue(device, key.public_key()), *mica.path), key


def _expired(device: CertificatePlan) -> CertificatePlan:
    return replace(device, not_before=device.not_before - 2 * _YEAR, not_after=device.not_before - _YEAR)


def _not_yet_valid(device: CertificatePlan) -> CertificatePlan:
    return replace(device, not_before=device.not_before + _YEAR)


def _with_unknown_extension(device: CertificatePlan) -> CertificatePlan:
    return device.extended((_raw(UNKNOWN_EXTENSION, b"\x05\x00"), True))


_DEVICE_FAULTS: dict[Fault, Callable[[CertificatePlan], CertificatePlan]] = {
    Fault.EXPIRED: _expired,
    Fault.NOT_YET_VALID: _not_yet_valid,
    Fault.UNKNOWN_CRITICAL_EXTENSION: _with_unknown_extension,
}


def _raw(oid: str, content: bytes) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), content)


def _code_signing() -> Extension:
    return x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), True


def _name_constraints() -> Extension:
    # It excludes a name that no certificate of ours has: only its presence can be refused.
    return x509.NameConstraints(permitted_subtrees=None, excluded_subtrees=[x509.DNSName(EXCLUDED_NAME)]), False


def _policy_mappings() -> Extension:
    pair = der.encode(der.SEQUENCE, der.encode_oid(POLICY_TEST), der.encode_oid(POLICY_SERVICE_PROVIDER))
    return _raw(POLICY_MAPPINGS, der.encode(der.SEQUENCE, pair)), False


_MICA_FAULTS: dict[Fault, Callable[[], Extension]] = {
    Fault.MICA_CRITICAL_EXTENDED_KEY_USAGE: _code_signing,
    Fault.MICA_NAME_CONSTRAINTS: _name_constraints,
    Fault.MICA_POLICY_MAPPINGS: _policy_mappings,
}


def _mica_below_faulty(fault: Fault, hierarchy: Hierarchy, now: datetime) -> CertificateAuthority:
    key = new_key()
    plan = _MCA_FAULTS[fault](authority_plan(f"Test MCA {fault}", key.public_key(), now, 1, (ANY_POLICY,)))
    mca = CertificateAuthority(hierarchy.serca.issue(plan, key.public_key()), key, hierarchy.serca.path)
    return below(mca, f"Test MICA under {fault}", now, 0, TEST_POLICIES)


def _childless(mca: CertificatePlan) -> CertificatePlan:
    _, *others = mca.extensions
    return replace(mca, extensions=((x509.BasicConstraints(ca=True, path_length=0), True), *others))


_MCA_FAULTS: dict[Fault, Callable[[CertificatePlan], CertificatePlan]] = {
    Fault.MCA_CRITICAL_EXTENDED_KEY_USAGE: lambda mca: mca.extended(_code_signing()),
    Fault.MCA_NAME_CONSTRAINTS: lambda mca: mca.extended(_name_constraints()),
    Fault.MCA_POLICY_MAPPINGS: lambda mca: mca.extended(_policy_mappings()),
    Fault.MCA_PATH_LENGTH: _childless,
    Fault.MCA_EXPIRED: _expired,
}


def _self_signed(device: CertificatePlan, hierarchy: Hierarchy, now: datetime) -> Made:
    key = new_key()
    own_id = x509.AuthorityKeyIdentifier(key_identifier(key.public_key()), None, None)
    plan = replace(device, subject=common_name("Test device, self-signed")).extended((own_id, False))
    return (self_signed(plan, key),), key


def _other_root(device: CertificatePlan, hierarchy: Hierarchy, now: datetime) -> Made:
    return _issued(new_hierarchy(now).mica, device, new_key())


def _missing_intermediate(device: CertificatePlan, hierarchy: Hierarchy, now: datetime) -> Made:
    key = new_key()
    return (hierarchy.mica.issue(device, key.public_key()),), key


def _rsa(device: CertificatePlan, hierarchy: Hierarchy, now: datetime) -> Made:
    return _issued(hierarchy.mica, device, rsa.generate_private_key(65537, 2048))


def _p384(device: CertificatePlan, hierarchy: Hierarchy, now: datetime) -> Made:
    return _issued(hierarchy.mica, device, ec.generate_private_key(ec.SECP384R1()))


_CHAIN_FAULTS: dict[Fault, Callable[[CertificatePlan, Hierarchy, datetime], Made]] = {
    Fault.SELF_SIGNED: _self_signed,
    Fault.OTHER_ROOT: _other_root,
    Fault.MISSING_INTERMEDIATE: _missing_intermediate,
    Fault.RSA: _rsa,
    Fault.P384: _p384,
}
