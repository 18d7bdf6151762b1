"""One certificate against the device and authority profile of IEEE 2030.5-2018 6.11. Pure functions.

Numbers are those of the catalogue's requirement rows. A rule of the profile that has no row of its own goes under
SEC.049 (RFC 5280 throughout) or SEC.050 (device certificates follow 802.1AR). A deviation says how a
certificate differs from the manufacturing PKI's profile; whether that matters is the caller's to decide, since a
utility may choose another PKI.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from conformance.vocabulary.verdict import Level
from conformance.wire.certificate_facts import CertificateFacts
from conformance.wire.certificate_plan import NO_EXPIRY

BASIC_CONSTRAINTS = "2.5.29.19"
KEY_USAGE = "2.5.29.15"
CERTIFICATE_POLICIES = "2.5.29.32"
ALTERNATIVE_NAME = "2.5.29.17"
NAME_CONSTRAINTS = "2.5.29.30"
POLICY_MAPPINGS = "2.5.29.33"

_MAY_BE_CRITICAL = frozenset({BASIC_CONSTRAINTS, KEY_USAGE, CERTIFICATE_POLICIES, ALTERNATIVE_NAME})
# Arcs of the extensions that RFC 5280 names; all others are unknown to it.
_RFC_5280 = ("2.5.29.", "1.3.6.1.5.5.7.1.")
_ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2"
_KEY_ID_OCTETS = 8
_LONGEST_SERIAL = 1 << 160


class Rank(StrEnum):
    """What a certificate is for."""

    DEVICE = "device"
    AUTHORITY = "authority"
    ROOT = "root"


@dataclass(frozen=True, slots=True)
class Deviation:
    """One way in which a certificate or chain leaves the profile. ``where`` names the certificate."""

    requirement: str
    expected: str
    observed: str
    level: Level = Level.MUST
    where: str = ""


def rank_of(facts: CertificateFacts) -> Rank:
    """Return what a certificate says it is for; one without basicConstraints is a device's."""
    if not facts.is_ca:
        return Rank.DEVICE
    return Rank.ROOT if facts.self_issued else Rank.AUTHORITY


Rule = Callable[[CertificateFacts], Iterator[Deviation]]


def judge_certificate(
    facts: CertificateFacts, rank: Rank, at: datetime | None = None, where: str = ""
) -> tuple[Deviation, ...]:
    """Return every deviation of one certificate; with ``at`` also whether it is valid at that moment."""
    place = where or f"{rank} certificate"
    if facts.unreadable is not None:
        return (Deviation("SEC.049", "a certificate after RFC 5280", facts.unreadable, where=place),)
    found = [deviation for rule in _RULES[rank] for deviation in rule(facts)]
    if at is not None:
        found += _validity(facts, at)
    return tuple(replace(deviation, where=place) for deviation in found)


def _validity(facts: CertificateFacts, at: datetime) -> Iterator[Deviation]:
    expected = f"valid at {_moment(at)}"
    if at < facts.not_before:
        yield Deviation("SEC.049", expected, f"valid from {_moment(facts.not_before)}")
    if at > facts.not_after:
        yield Deviation("SEC.049", expected, f"valid until {_moment(facts.not_after)}")


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _form(facts: CertificateFacts) -> Iterator[Deviation]:
    if facts.version != 3:
        yield Deviation("SEC.049", "X.509 version 3", f"version {facts.version}")
    if not 0 < facts.serial < _LONGEST_SERIAL:
        yield Deviation("SEC.049", "a positive serial number of at most 20 octets", f"{facts.serial:#x}")


def _algorithms(facts: CertificateFacts) -> Iterator[Deviation]:
    if facts.key != "P-256":
        yield Deviation("SEC.021", "a key on curve P-256 (secp256r1)", f"a key {facts.key}")
    if facts.signature_algorithm != _ECDSA_WITH_SHA256:
        yield Deviation("SEC.021", "signed by ECDSA with SHA-256", f"algorithm {facts.signature_algorithm}")


def _expiry(facts: CertificateFacts) -> Iterator[Deviation]:
    if facts.not_after != NO_EXPIRY:
        yield Deviation("SEC.059", "notAfter 99991231235959Z", f"{facts.not_after:%Y%m%d%H%M%SZ}")


def _critical_extensions(facts: CertificateFacts) -> Iterator[Deviation]:
    for extension in facts.extensions:
        if extension.critical and extension.oid not in _MAY_BE_CRITICAL:
            requirement = "SEC.102" if extension.oid.startswith(_RFC_5280) else "SEC.069"
            yield Deviation(requirement, "no other critical extension than the profile's", f"{extension.oid} critical")


def _forbidden_extensions(facts: CertificateFacts) -> Iterator[Deviation]:
    if facts.extension(POLICY_MAPPINGS):
        yield Deviation("SEC.100", "no policyMappings", "policyMappings present")
    if facts.extension(NAME_CONSTRAINTS):
        yield Deviation("SEC.101", "no nameConstraints", "nameConstraints present")


def _policies(facts: CertificateFacts) -> Iterator[Deviation]:
    extension = facts.extension(CERTIFICATE_POLICIES)
    if extension is None or not extension.critical:
        seen = "absent" if extension is None else "not critical"
        # That the policies must be critical is a reading at second hand.
        yield Deviation("SEC.050", "certificatePolicies, critical", seen, Level.SHOULD)


def _policy_qualifiers(facts: CertificateFacts) -> Iterator[Deviation]:
    if facts.policy_qualifiers:
        yield Deviation("SEC.058", "no policy qualifiers", "certificatePolicies with a qualifier")


def _authority_key_id(facts: CertificateFacts) -> Iterator[Deviation]:
    if facts.authority_key_id is None:
        yield Deviation("SEC.064", "authorityKeyIdentifier with a key identifier", "none")


def _authority_names(facts: CertificateFacts) -> Iterator[Deviation]:
    if not facts.subject:
        yield Deviation("SEC.057", "a subject", "an empty subject")


def _authority_key_usage(facts: CertificateFacts) -> Iterator[Deviation]:
    constraints = facts.extension(BASIC_CONSTRAINTS)
    if not facts.is_ca or constraints is None or not constraints.critical:
        seen = "absent" if constraints is None else f"cA {facts.is_ca}, critical {constraints.critical}"
        yield Deviation("SEC.049", "basicConstraints with cA, critical", seen)
    if "key_cert_sign" not in (facts.key_usage or ()):
        yield Deviation("SEC.049", "keyUsage with keyCertSign", _usage_text(facts))


def _own_key_id(facts: CertificateFacts) -> Iterator[Deviation]:
    expected = f"subjectKeyIdentifier by RFC 5280 method 2, {_KEY_ID_OCTETS} octets"
    if facts.subject_key_id is None:
        yield Deviation("SEC.060", expected, "none")
    elif facts.subject_key_id != facts.own_key_id:
        octets = len(facts.subject_key_id)
        yield Deviation("SEC.060", expected, f"{octets} octets, {facts.subject_key_id.hex().upper()}")


def _device_names(facts: CertificateFacts) -> Iterator[Deviation]:
    extension = facts.extension(ALTERNATIVE_NAME)
    if not facts.subject and (extension is None or not extension.critical):
        seen = "absent" if extension is None else "not critical"
        yield Deviation("SEC.051", "subjectAltName, critical, since the subject is empty", seen)
    if facts.hardware_module is None:
        # With a subject the device is named all the same: the rows known to us do not say "shall" then.
        level = Level.SHOULD if facts.subject else Level.MUST
        yield Deviation("SEC.051", "a HardwareModuleName in subjectAltName", "none that can be read", level)


def _device_key_usage(facts: CertificateFacts) -> Iterator[Deviation]:
    extension = facts.extension(KEY_USAGE)
    if extension is None or not extension.critical or "digital_signature" not in (facts.key_usage or ()):
        critical = "" if extension is None else f", critical {extension.critical}"
        seen = _usage_text(facts) + critical
        # How 802.1AR is departed from is not known in full.
        yield Deviation("SEC.050", "keyUsage with digitalSignature, critical", seen, Level.SHOULD)
    if facts.is_ca:
        yield Deviation("SEC.050", "a certificate that is no authority's", "basicConstraints with cA")


def _usage_text(facts: CertificateFacts) -> str:
    return "no keyUsage" if facts.key_usage is None else ", ".join(sorted(facts.key_usage)) or "no usage"


def _issued_by_another(facts: CertificateFacts) -> Iterator[Deviation]:
    if facts.self_issued:
        yield Deviation("SEC.098", "issued by a MICA, or by the SERCA", f"issued by itself, {facts.issuer}")


_EVERY: tuple[Rule, ...] = (
    _form,
    _algorithms,
    _expiry,
    _critical_extensions,
    _forbidden_extensions,
    _policy_qualifiers,
)
_ROOT: tuple[Rule, ...] = (*_EVERY, _authority_names, _authority_key_usage, _own_key_id)
_RULES: dict[Rank, tuple[Rule, ...]] = {
    Rank.DEVICE: (*_EVERY, _policies, _authority_key_id, _device_names, _device_key_usage, _issued_by_another),
    Rank.AUTHORITY: (*_ROOT, _policies, _authority_key_id),
    Rank.ROOT: _ROOT,
}
