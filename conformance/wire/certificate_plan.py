"""What certificates of the IEEE 2030.5 manufacturing PKI say (2018 edition, 6.11).

A :class:`CertificatePlan` is everything a certificate says beside its key and issuer, so a faulty
certificate is a sound plan with one thing replaced. Rules followed: ECDSA with SHA-256 on P-256, notAfter
99991231235959Z (SEC.059), key identifiers of authorities by RFC 5280 4.2.1.2 method 2 in eight octets (SEC.060),
authority key identifier (SEC.064), no policy qualifiers (SEC.058), empty device subject with a critical
alternative name (SEC.051).
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from conformance.vocabulary.errors import UsageError, explain
from conformance.wire.hardware_module_name import HARDWARE_MODULE_NAME, HardwareModuleName

# Object identifiers of IEEE 2030.5: device types below .1, policies below .2. Named as public implementations
# name them; nothing more is claimed of what a policy permits.
DEVICE_GENERIC = "1.3.6.1.4.1.40732.1.1"
DEVICE_MOBILE = "1.3.6.1.4.1.40732.1.2"
DEVICE_AFTER_MANUFACTURE = "1.3.6.1.4.1.40732.1.3"
POLICY_TEST = "1.3.6.1.4.1.40732.2.1"
POLICY_SELF_SIGNED = "1.3.6.1.4.1.40732.2.2"
POLICY_SERVICE_PROVIDER = "1.3.6.1.4.1.40732.2.3"
POLICY_BULK = "1.3.6.1.4.1.40732.2.4"
ANY_POLICY = "2.5.29.32.0"

TEST_POLICIES = (DEVICE_GENERIC, POLICY_TEST)
NO_EXPIRY = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
# A subject's clock may be behind, or set to local time: certificates are valid from a day before they are made.
BACKDATED = timedelta(days=1)

KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
Extensions = tuple[tuple[x509.ExtensionType, bool], ...]


@dataclass(frozen=True, slots=True)
class CertificatePlan:
    """What a certificate says, beside its key, number and issuer. Each extension goes with its criticality."""

    subject: x509.Name
    not_before: datetime
    not_after: datetime
    extensions: Extensions

    def extended(self, *more: tuple[x509.ExtensionType, bool]) -> CertificatePlan:
        """Return the same plan with further extensions at the end, each with its criticality."""
        return replace(self, extensions=(*self.extensions, *more))


def authority_plan(
    name: str, public_key: PublicKey, now: datetime, path_length: int | None, policies: Sequence[str]
) -> CertificatePlan:
    """Return the plan of a SERCA, MCA or MICA; ``path_length`` is the number of authorities allowed below it."""
    return CertificatePlan(
        common_name(name),
        now - BACKDATED,
        NO_EXPIRY,
        (
            (x509.BasicConstraints(ca=True, path_length=path_length), True),
            (_key_usage("key_cert_sign", "crl_sign"), True),
            (_policies(policies), True),
            (x509.SubjectKeyIdentifier(key_identifier(public_key)), False),
        ),
    )


def device_plan(
    module: HardwareModuleName, now: datetime, hosts: Sequence[str] = (), policies: Sequence[str] = TEST_POLICIES
) -> CertificatePlan:
    """Return the plan of a device certificate; a server's also names its hosts, DNS names or IP addresses.

    Raises ``UsageError`` when the hardware type is no object identifier, or a host is neither name nor address.
    """
    return CertificatePlan(
        x509.Name([]),
        now - BACKDATED,
        NO_EXPIRY,
        (
            (_key_usage("digital_signature", "key_agreement"), True),
            (_policies(policies), True),
            (x509.SubjectAlternativeName([*(_host(host) for host in hosts), _module(module)]), True),
        ),
    )


def _module(module: HardwareModuleName) -> x509.OtherName:
    try:
        encoded = module.encode()
    except ValueError as error:
        raise UsageError(
            explain(
                "Making a device certificate.",
                "a hardware type such as 1.3.6.1.4.1.32473.1",
                str(error),
                "give an object identifier below the maker's PEN",
            )
        ) from error
    return x509.OtherName(x509.ObjectIdentifier(HARDWARE_MODULE_NAME), encoded)


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        if host and host.isascii() and not set(host) & set(" /:@"):
            return x509.DNSName(host)
    raise UsageError(
        explain(
            "Making a server certificate.",
            "a DNS name in ASCII or an IP address, without port",
            repr(host),
            "give each name or address with its own --host",
        )
    )


def common_name(name: str) -> x509.Name:
    """Return a distinguished name with nothing but a common name."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def key_identifier(public_key: PublicKey) -> bytes:
    """Return 0100 and the low 60 bits of the SHA-1 of the public key's bit string: eight octets (RFC 5280 4.2.1.2)."""
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        bits = public_key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    else:
        bits = public_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    low = hashlib.sha1(bits, usedforsecurity=False).digest()[-8:]
    return bytes([0x40 | low[0] & 0x0F]) + low[1:]


def _policies(policies: Sequence[str]) -> x509.CertificatePolicies:
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in policies])


def _key_usage(*usages: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{usage: usage in usages for usage in KEY_USAGES})
