"""A chain of certificates as a peer sent it, against IEEE 2030.5-2018 6.11 and RFC 5280 6.1. Pure functions.

Python's TLS checks the path too, but neither the profile nor the key's curve, so it is judged here from the
recorded bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from conformance.vocabulary.errors import UsageError, explain
from conformance.wire.certificate_facts import CertificateFacts, load_certificate, read_certificate, same_name
from conformance.wire.certificate_profile import Deviation, Rank, judge_certificate

LONGEST = 4
SHORTEST = 2


def judge_chain(chain: Sequence[bytes], root: bytes | None = None, at: datetime | None = None) -> tuple[Deviation, ...]:
    """Return the deviations of every certificate and of the links between them.

    ``chain`` is DER, leaf first, with or without the root at its end. With ``root`` it is also judged whether the
    chain leads there and how long it is; without it the last link stays unproven and is not judged.
    Raises ``UsageError`` when the root cannot be read: it is the harness's own, and nothing could be proven by it.
    """
    if not chain:
        return (Deviation("SEC.041", "a certificate path", "no certificate", where="chain"),)
    path = [read_certificate(certificate) for certificate in without_root(chain, root)]
    found = [*judge_certificate(path[0], Rank.DEVICE, at)]
    for number, authority in enumerate(path[1:], 1):
        found += judge_certificate(authority, Rank.AUTHORITY, at, f"authority {number} above the device")
    ends = path if root is None else [*path, _read_root(root)]
    for below, (subject, issuer) in enumerate(pairwise(ends)):
        found += _link(subject, issuer, below)
    return (*found, *_length(path, root))


def _read_root(root: bytes) -> CertificateFacts:
    facts = read_certificate(root)
    if facts.unreadable is not None:
        raise UsageError(
            explain("Reading the trusted root.", "a DER certificate", facts.unreadable, "give the SERCA's certificate")
        )
    return facts


def without_root(chain: Sequence[bytes], root: bytes | None) -> tuple[bytes, ...]:
    """Return the chain without a root at its end: the given one, or any that issued itself."""
    last = read_certificate(chain[-1])
    ends_in_root = len(chain) > 1 and (chain[-1] == root or last.self_issued)
    return tuple(chain[:-1] if ends_in_root else chain)


def _length(path: Sequence[CertificateFacts], root: bytes | None) -> Iterator[Deviation]:
    length = len(path) + 1
    if root is not None and not SHORTEST <= length <= LONGEST:
        yield Deviation("SEC.035", "a chain of two, three or four with the root", f"{length}", where="chain")


def _link(subject: CertificateFacts, issuer: CertificateFacts, below: int) -> Iterator[Deviation]:
    if subject.unreadable is not None or issuer.unreadable is not None:
        return
    where = "device certificate" if below == 0 else f"authority {below} above the device"
    if not same_name(subject.issuer, issuer.subject):
        yield Deviation("SEC.056", f"issuer {issuer.subject}, the next subject", subject.issuer, where=where)
    else:
        yield from _proof(subject, issuer, where)
    if issuer.path_length is not None and below > issuer.path_length:
        yield Deviation("SEC.049", f"at most {issuer.path_length} authorities below", str(below), where=issuer.subject)


def _proof(subject: CertificateFacts, issuer: CertificateFacts, where: str) -> Iterator[Deviation]:
    if not signed_by(subject, issuer):
        yield Deviation("SEC.049", f"signed by the key of {issuer.subject}", "signature does not verify", where=where)
    named, own = subject.authority_key_id, issuer.subject_key_id
    if named is not None and own is not None and named != own:
        expected = f"authorityKeyIdentifier {own.hex().upper()}, the issuer's"
        yield Deviation("SEC.064", expected, named.hex().upper(), where=where)


def signed_by(subject: CertificateFacts, issuer: CertificateFacts) -> bool:
    """Say whether the issuer's key made the subject's signature; names are not compared."""
    try:
        _verify(load_certificate(subject.der), load_certificate(issuer.der))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _verify(certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    key, scheme = issuer.public_key(), certificate.signature_algorithm_parameters
    signature, content = certificate.signature, certificate.tbs_certificate_bytes
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(scheme, ec.ECDSA):
        return key.verify(signature, content, scheme)
    algorithm = certificate.signature_hash_algorithm
    if isinstance(key, rsa.RSAPublicKey) and isinstance(scheme, padding.PKCS1v15 | padding.PSS) and algorithm:
        return key.verify(signature, content, scheme, algorithm)
    raise UnsupportedAlgorithm("neither ECDSA nor RSA")
