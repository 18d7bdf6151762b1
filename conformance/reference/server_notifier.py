"""The reference server tells its subscribers: the notifier of the test server, with the server's own identity."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from conformance.reference.demo_identities import Files
from conformance.reference.server import ReferenceServer
from conformance.reference.silent_recorder import SilentRecorder
from conformance.roles.notifier import Notifier
from conformance.vocabulary.clock import Clock
from conformance.wire.http_client import HttpClient
from conformance.wire.network import Network
from conformance.wire.parser import parse
from conformance.wire.payload import write
from conformance.wire.tls_context import client_context

AT_ONCE = 4


def _editing(peer: ReferenceServer) -> Callable[[bytes], bytes]:
    """Return what a flaw makes of each notification."""

    def edited(body: bytes) -> bytes:
        root = parse(body)
        if peer.notifying.edit is not None:
            peer.notifying.edit(root)
        return write(root)

    return edited if peer.notifying.edit is not None else lambda body: body


@contextlib.asynccontextmanager
async def notifying(network: Network, clock: Clock, peer: ReferenceServer, own: Files) -> AsyncIterator[None]:
    """Notify the server's subscribers as long as the context is open; a server with that flaw never does."""
    if not peer.notifying.active:
        yield
        return
    context = client_context(own.chain, own.key, own.roots)

    def connect(host: str, port: int) -> HttpClient:
        return HttpClient(network, clock, context, host, port, SilentRecorder(), connections=AT_ONCE)

    notifier = Notifier(peer.utility, clock, connect, peer.notifying.interval, peer.notifying.retries_s, _editing(peer))
    task = asyncio.ensure_future(notifier.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
    if not task.cancelled():
        task.result()
