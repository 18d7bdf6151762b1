"""Why a connection failed, in plain words for a log and a report."""

from __future__ import annotations

import errno
import os
import socket
import ssl

from conformance.wire.alerts import reason_of, received_alert

RESET = "the peer reset the connection"

_REASONS = {
    "NO_SHARED_CIPHER": "the peer offered no cipher suite that is allowed here",
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "the peer showed no certificate",
    "UNSUPPORTED_PROTOCOL": "the peer wants a TLS version that is not allowed here",
    "WRONG_SSL_VERSION": "the peer wants a TLS version that is not allowed here",
    "WRONG_VERSION_NUMBER": "the peer does not speak TLS",
    "PACKET_LENGTH_TOO_LONG": "the peer does not speak TLS",
    "UNKNOWN_PROTOCOL": "the peer does not speak TLS",
    "RECORD_LAYER_FAILURE": "the peer does not speak TLS",
    "HTTP_REQUEST": "the peer spoke plain HTTP instead of TLS",
    "HTTPS_PROXY_REQUEST": "the peer spoke plain HTTP instead of TLS",
    "WRONG_CURVE": "the peer's certificate or key exchange is not on the curve allowed here",
    "WRONG_CIPHER_RETURNED": "the peer chose a cipher suite that was not offered",
    "DECRYPTION_FAILED_OR_BAD_RECORD_MAC": "a TLS record of the peer cannot be decrypted",
    "UNEXPECTED_EOF_WHILE_READING": "the peer closed the connection without a close_notify",
}


_ERRNO = {
    errno.ECONNREFUSED: "connection refused: nothing listens there",
    errno.ECONNRESET: RESET,
    errno.EPIPE: "the peer has closed the connection",
    errno.ETIMEDOUT: "the peer's machine does not answer",
    errno.EHOSTUNREACH: "there is no route to the peer's machine",
    errno.ENETUNREACH: "there is no route to the peer's network",
}


def failure_words(error: Exception) -> str:
    """Say in plain words why connecting, TLS or the transport failed."""
    if isinstance(error, ssl.SSLError):
        return _tls_words(error)
    if isinstance(error, socket.gaierror):
        return f"the host name cannot be resolved ({error.strerror})"
    if isinstance(error, OSError) and error.errno is not None:
        return _ERRNO.get(error.errno) or os.strerror(error.errno)
    return str(error) or type(error).__name__


def _tls_words(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the peer's certificate is not accepted: {error.verify_message} (verify code {error.verify_code})"
    if isinstance(error, ssl.SSLEOFError):
        return _REASONS["UNEXPECTED_EOF_WHILE_READING"]
    if received := received_alert(error):
        return f"the peer sent the TLS alert {received.code} {received.name}"
    reason = reason_of(error)
    return _REASONS.get(reason) or f"TLS failed: {reason.replace('_', ' ').lower()}"
