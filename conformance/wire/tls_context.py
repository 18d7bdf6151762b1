"""TLS contexts, built explicitly so that every Python gives the same verdict.

IEEE 2030.5 wants TLS 1.2 with ECDHE-ECDSA-AES128-CCM-8 on P-256, both sides authenticated. Newer OpenSSL counts the
suite's 8-byte tag as security level 0, so the level is always written out. Session tickets are off: a session then
resumes by its identifier, under which the chain of the full handshake is kept (see :mod:`conformance.wire.tls`).
Host names are not checked here: a device-type certificate names hardware; name matching is a check of its own.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from weakref import WeakKeyDictionary

from conformance.vocabulary.errors import UsageError, explain
from conformance.wire.alerts import reason_of

CCM8 = "ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0"
P256 = "prime256v1"

_CONTEXTS_KEPT = 64

_wanted: WeakKeyDictionary[ssl.SSLContext, _Wanted] = WeakKeyDictionary()


class _KeyIsEncrypted(Exception):
    """A pass phrase was asked for."""


@dataclass(frozen=True)
class _Wanted:
    server: bool
    chain: Path | None
    key: Path | None
    roots: Path
    ciphers: str
    minimum: ssl.TLSVersion
    maximum: ssl.TLSVersion
    curve: str | None
    client_certificate: bool
    stamps: tuple[int, ...]


def server_context(
    chain: Path,
    key: Path,
    roots: Path,
    *,
    ciphers: str = CCM8,
    minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    maximum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    curve: str | None = P256,
    client_certificate: bool = True,
) -> ssl.SSLContext:
    """Return a context for the server side.

    Args:
        chain: own certificates in PEM, leaf first.
        key: the leaf's private key in PEM, not encrypted.
        roots: certificates in PEM that clients' chains must lead to.
        ciphers: suites in OpenSSL's notation.
        minimum: lowest version spoken.
        maximum: highest version spoken.
        curve: the one curve for the key exchange; ``None`` leaves the library's list.
        client_certificate: whether a client must show one; it is always asked for.

    Raises:
        UsageError: a file is missing, unreadable, or does not fit the other one.
    """
    stamps = _stamps(chain, key, roots)
    return _kept(_Wanted(True, chain, key, roots, ciphers, minimum, maximum, curve, client_certificate, stamps))


def client_context(
    chain: Path | None,
    key: Path | None,
    roots: Path,
    *,
    ciphers: str = CCM8,
    minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    maximum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    curve: str | None = P256,
) -> ssl.SSLContext:
    """Return a context for the client side; without ``chain`` no certificate is shown.

    The server's chain must lead to ``roots``. Other arguments and errors as for :func:`server_context`.
    """
    stamps = _stamps(chain, key, roots)
    return _kept(_Wanted(False, chain, key, roots, ciphers, minimum, maximum, curve, True, stamps))


def again(context: ssl.SSLContext) -> ssl.SSLContext:
    """Return a new context like one made here, without its sessions; the same one if its files are not as they were.

    A server's context keeps every session for hours, and the ssl module cannot make it forget them.
    """
    wanted = _wanted.get(context)
    if wanted is None or _stamps(wanted.chain, wanted.key, wanted.roots) != wanted.stamps:
        return context
    return _made(wanted)


def _stamps(*paths: Path | None) -> tuple[int, ...]:
    """Make a file with new content count as another one."""
    return tuple(hash(path.read_bytes()) if path and path.is_file() else 0 for path in paths)


@lru_cache(maxsize=_CONTEXTS_KEPT)
def _kept(wanted: _Wanted) -> ssl.SSLContext:
    return _made(wanted)


def _made(wanted: _Wanted) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if wanted.server else ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    demanded = wanted.client_certificate or not wanted.server
    context.verify_mode = ssl.CERT_REQUIRED if demanded else ssl.CERT_OPTIONAL
    context.verify_flags = ssl.VerifyFlags.VERIFY_X509_TRUSTED_FIRST
    if wanted.server:
        context.num_tickets = 0
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    _set_suites(context, wanted)
    _load_roots(context, wanted.roots)
    if wanted.chain is not None:
        _load_identity(context, wanted.chain, wanted.key)
    _wanted[context] = wanted
    return context


def _set_suites(context: ssl.SSLContext, wanted: _Wanted) -> None:
    # The ciphers carry the security level, which decides what versions may be set: so they come first.
    try:
        context.set_ciphers(wanted.ciphers)
    except ssl.SSLError as error:
        raise UsageError(
            explain(
                f"Preparing TLS with the cipher suites {wanted.ciphers}",
                "suites that the installed OpenSSL knows",
                f"{ssl.OPENSSL_VERSION}: {reason_of(error)}",
                "use a Python whose ssl module is linked to OpenSSL with AES-CCM-8; see 'csip doctor'",
            )
        ) from error
    context.minimum_version = wanted.minimum
    context.maximum_version = wanted.maximum
    if wanted.curve:
        context.set_ecdh_curve(wanted.curve)


def _load_roots(context: ssl.SSLContext, roots: Path) -> None:
    try:
        context.load_verify_locations(cafile=str(roots))
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            explain(
                f"Loading the trusted root certificates from {roots}",
                "a readable file with one or more certificates in PEM",
                _seen(error),
                "name the right file, or make a test PKI with 'csip pki'",
            )
        ) from error


def _load_identity(context: ssl.SSLContext, chain: Path, key: Path | None) -> None:
    try:
        context.load_cert_chain(str(chain), str(key) if key else None, password=_no_pass_phrase)
    except (OSError, ssl.SSLError, _KeyIsEncrypted) as error:
        raise UsageError(
            explain(
                f"Loading the certificate {chain} with the key {key or chain}",
                "a readable chain in PEM, leaf first, and the leaf's own private key, not encrypted",
                _seen(error),
                "name the right pair of files, or make a test PKI with 'csip pki'",
            )
        ) from error


def _no_pass_phrase() -> str:
    # Without this, OpenSSL would ask on the terminal and stand still.
    raise _KeyIsEncrypted


def _seen(error: Exception) -> str:
    if isinstance(error, _KeyIsEncrypted):
        return "the private key is encrypted"
    if isinstance(error, ssl.SSLError):
        if reason_of(error) == "KEY_VALUES_MISMATCH":
            return "the key belongs to another certificate"
        return f"no usable PEM in it ({reason_of(error).replace('_', ' ').lower()})"
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else str(error)
