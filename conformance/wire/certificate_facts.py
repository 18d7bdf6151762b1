"""What a certificate says, read from DER once into plain facts (RFC 5280; IEEE 2030.5-2018 6.11).

Reading judges nothing: :mod:`conformance.wire.certificate_profile` does. Certificates of subjects may be
odd, so what cannot be read is said in ``CertificateFacts.unreadable`` and raises nothing.
"""

from __future__ import annotations

import base64
import binascii
import re
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.identity import lfdi_of, sfdi_of
from conformance.wire.certificate_plan import KEY_USAGES, key_identifier
from conformance.wire.hardware_module_name import HARDWARE_MODULE_NAME, HardwareModuleName

_UNTOLD = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ExtensionFact:
    """One extension: its object identifier in dotted form, and whether it is critical."""

    oid: str
    critical: bool


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """One certificate. ``None`` means that the extension is absent.

    ``key`` is ``P-256``, ``P-384``, ``RSA 2048`` or the like; names are in the text form of RFC 4514; usages are
    spelt ``digital_signature``; ``own_key_id`` is what RFC 5280's method 2 gives for the certificate's key.
    """

    der: bytes
    unreadable: str | None = None
    version: int = 0
    serial: int = 0
    signature_algorithm: str = ""
    subject: str = ""
    issuer: str = ""
    not_before: datetime = _UNTOLD
    not_after: datetime = _UNTOLD
    key: str = ""
    own_key_id: bytes | None = None
    extensions: tuple[ExtensionFact, ...] = ()
    is_ca: bool | None = None
    path_length: int | None = None
    key_usage: frozenset[str] | None = None
    extended_key_usage: tuple[str, ...] | None = None
    policies: tuple[str, ...] | None = None
    policy_qualifiers: bool = False
    subject_key_id: bytes | None = None
    authority_key_id: bytes | None = None
    hardware_module: HardwareModuleName | None = None
    hosts: tuple[str, ...] = ()

    @property
    def lfdi(self) -> str:
        """The LFDI: 40 upper-case hexadecimal digits."""
        return lfdi_of(self.der)

    @property
    def sfdi(self) -> int:
        """The SFDI with its check digit."""
        return sfdi_of(self.der)

    @property
    def self_issued(self) -> bool:
        """True when subject and issuer are the same, not empty, name."""
        return bool(self.subject) and same_name(self.subject, self.issuer)

    def extension(self, oid: str) -> ExtensionFact | None:
        """Return the extension with that object identifier."""
        return next((extension for extension in self.extensions if extension.oid == oid), None)


def same_name(one: str, other: str) -> bool:
    """Compare two names as RFC 5280 7.1 does: neither case nor the amount of blanks counts."""
    return one.casefold().split() == other.casefold().split()


def read_certificate(der: bytes) -> CertificateFacts:
    """Read the facts of a DER certificate; whatever it is, nothing is raised."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # for the same reason as below: it warns while values are read as well
            return _read(der, load_certificate(der))
    except _UNREADABLE as error:
        return CertificateFacts(der, unreadable=f"{type(error).__name__}: {error}")


def load_certificate(der: bytes) -> x509.Certificate:
    """Parse a certificate without the package's warnings. Raises what that package raises."""
    # It warns of what it will refuse one day; a subject's certificate is not ours to mend.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return x509.load_der_x509_certificate(der)


_UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


def _read(der: bytes, certificate: x509.Certificate) -> CertificateFacts:
    found = certificate.extensions
    basic = _value(found, x509.BasicConstraints)
    usage = _value(found, x509.KeyUsage)
    extended = _value(found, x509.ExtendedKeyUsage)
    policies = _value(found, x509.CertificatePolicies)
    subject_key = _value(found, x509.SubjectKeyIdentifier)
    authority_key = _value(found, x509.AuthorityKeyIdentifier)
    alternatives = _value(found, x509.SubjectAlternativeName)
    key, own_key_id = _key_facts(certificate)
    return CertificateFacts(
        der=der,
        version=certificate.version.value + 1,
        serial=certificate.serial_number,
        signature_algorithm=certificate.signature_algorithm_oid.dotted_string,
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key=key,
        own_key_id=own_key_id,
        extensions=tuple(ExtensionFact(each.oid.dotted_string, each.critical) for each in found),
        is_ca=basic.ca if basic else None,
        path_length=basic.path_length if basic else None,
        key_usage=_usages(usage) if usage else None,
        extended_key_usage=tuple(purpose.dotted_string for purpose in extended) if extended else None,
        policies=tuple(policy.policy_identifier.dotted_string for policy in policies) if policies else None,
        policy_qualifiers=any(policy.policy_qualifiers for policy in policies or ()),
        subject_key_id=subject_key.digest if subject_key else None,
        authority_key_id=authority_key.key_identifier if authority_key else None,
        hardware_module=_hardware_module(alternatives) if alternatives else None,
        hosts=_hosts(alternatives) if alternatives else (),
    )


_Kind = TypeVar("_Kind", bound=x509.ExtensionType)


def _value(extensions: x509.Extensions, kind: type[_Kind]) -> _Kind | None:
    try:
        return extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}


def _key_facts(certificate: x509.Certificate) -> tuple[str, bytes | None]:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return f"of type {certificate.public_key_algorithm_oid.dotted_string}", None
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _CURVES.get(key.curve.name, key.curve.name), key_identifier(key)
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}", key_identifier(key)
    return f"of type {certificate.public_key_algorithm_oid.dotted_string}", None


def _usages(usage: x509.KeyUsage) -> frozenset[str]:
    # The package refuses to tell the last two where there is no key agreement: they mean nothing then.
    told = KEY_USAGES if usage.key_agreement else KEY_USAGES[:-2]
    return frozenset(name for name in told if getattr(usage, name))


def _hardware_module(alternatives: x509.SubjectAlternativeName) -> HardwareModuleName | None:
    for name in alternatives.get_values_for_type(x509.OtherName):
        if name.type_id.dotted_string == HARDWARE_MODULE_NAME:
            try:
                return HardwareModuleName.decode(name.value)
            except ValueError:
                return None
    return None


def _hosts(alternatives: x509.SubjectAlternativeName) -> tuple[str, ...]:
    addresses = alternatives.get_values_for_type(x509.IPAddress)
    return (*alternatives.get_values_for_type(x509.DNSName), *(str(address) for address in addresses))


_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)


def split_certificates(data: bytes, source: str) -> tuple[bytes, ...]:
    """Return the DER certificates in the content of a PEM or DER file, in order.

    ``source`` names the file in the ``UsageError`` that is raised when there is none.
    """
    if data[:1] == b"\x30":
        return (data,)
    try:
        found = tuple(base64.b64decode(block, validate=False) for block in _PEM.findall(data))
    except binascii.Error as error:
        raise _no_certificate(source, f"damaged base64: {error}") from error
    if not found:
        raise _no_certificate(source, "a private key" if b"PRIVATE KEY-----" in data else f"{len(data)} other bytes")
    return found


def _no_certificate(source: str, seen: str) -> UsageError:
    return UsageError(explain(f"Reading {source}.", "certificates in PEM or DER", seen, "give a certificate file"))
