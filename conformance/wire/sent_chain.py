"""The certificates a peer sent, as the TLS library keeps them; for TLS 1.3, where they travel encrypted.

Python 3.13 has a public method for this; before, the inner object has one that works but is not promised. Where
neither is there, the peer's own certificate must do.
"""

from __future__ import annotations

import ssl
from typing import Protocol, cast

_DER = 2  # the encoding that public_bytes() takes


class _InnerCertificate(Protocol):
    def public_bytes(self, encoding: int) -> bytes: ...


def chain_from_library(tls: ssl.SSLObject) -> tuple[bytes, ...]:
    """Return the chain in DER, leaf first; empty when the peer showed none."""
    leaf = tls.getpeercert(True)
    if leaf is None:
        return ()
    public = getattr(tls, "get_unverified_chain", None)
    if public is not None:
        return tuple(public())
    private = getattr(getattr(tls, "_sslobj", None), "get_unverified_chain", None)
    found = cast("list[_InnerCertificate] | None", private() if private else None)
    return tuple(certificate.public_bytes(_DER) for certificate in found) if found else (leaf,)
