"""Where the reference client listens for notifications: mutual TLS at a port of its own, with its own certificate."""

from __future__ import annotations

from conformance.reference.client import ReferenceClient
from conformance.reference.demo_identities import Files
from conformance.reference.silent_recorder import SilentRecorder
from conformance.vocabulary.clock import Clock
from conformance.wire.http_server import Listener
from conformance.wire.messages import Answer, Request
from conformance.wire.network import Network
from conformance.wire.tls_context import server_context

PATH = "/notifications"


async def listen(network: Network, clock: Clock, device: Files, peer: ReferenceClient, host: str) -> Listener:
    """Listen at a free port for what the client subscribes to; the client names this address from now on."""

    async def handle(request: Request) -> Answer:
        return peer.subscriber.answer(request) if request.path == PATH else Answer(404)

    context = server_context(device.chain, device.key, device.roots)
    listener = await Listener.start(network, clock, context, handle, SilentRecorder(), host)
    peer.subscriber.uri = f"https://{listener.host}:{listener.port}{PATH}"
    return listener
