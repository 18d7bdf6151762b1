"""The certificates a peer sent, where they cannot be read off the handshake.

In TLS 1.3 they travel encrypted. Python 3.13 has a public method for them; before, the inner object has one that works
but is not promised; where neither is there, the peer's own certificate must do. On a resumed session they do not
travel at all: then the chain of the full handshake is recalled, which was kept under the session's identifier.
"""

from __future__ import annotations

import ssl
from typing import Protocol, cast
from weakref import WeakKeyDictionary

_DER = 2  # the encoding that public_bytes() takes
_KEPT = 1024

Chain = tuple[bytes, ...]

_chains: WeakKeyDictionary[ssl.SSLContext, dict[bytes, Chain]] = WeakKeyDictionary()


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


def remember_chain(context: ssl.SSLContext, session_id: bytes, chain: Chain) -> Chain:
    """Keep the chain of a full handshake for when its session is resumed, and return it."""
    kept = _chains.setdefault(context, {})
    last = next(reversed(kept.values()), ())
    chain = last if last == chain else chain  # mostly the same peer: hold its chain once
    if session_id:
        kept[session_id] = chain
        while len(kept) > _KEPT:
            del kept[next(iter(kept))]
    return chain


def recall_chain(context: ssl.SSLContext, session_id: bytes) -> Chain:
    """Return the chain of the session's full handshake; empty when it is not known any more."""
    return _chains.get(context, {}).get(session_id, ())
