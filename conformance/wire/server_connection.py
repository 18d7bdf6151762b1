"""One client's connection to the test server: read a request, have it answered, write, record, again.

A fault of the handler is the harness's own: the exchange says so, the client gets 500, and the fault is reported.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.vocabulary.clock import Clock
from conformance.vocabulary.identity import lfdi_of, sfdi_of_lfdi
from conformance.wire.answering import AnswerWriter
from conformance.wire.exchange import Exchange, Side
from conformance.wire.limits import WireLimits
from conformance.wire.messages import Answer, BrokenAnswer, Peer, Request, header
from conformance.wire.recorder import Recorder
from conformance.wire.request_reader import Incoming, RequestReader
from conformance.wire.tls import StreamBroken, TlsStream

Handler = Callable[[Request], Awaitable[Answer | BrokenAnswer]]

UNANSWERED = "left without an answer, as the test case wants"
STOPPED = "the harness stopped its server before the answer was complete"


@dataclass(slots=True)
class Serving:
    """What all connections of a listener share; handler and recorder change from test case to test case."""

    handler: Handler
    recorder: Recorder
    clock: Clock
    limits: WireLimits
    on_harness_error: Callable[[Exception], None]


class ServerConnection:
    """Serves one TLS connection whose handshake is done."""

    def __init__(self, tls: TlsStream, serving: Serving) -> None:
        self._tls = tls
        self._serving = serving
        self._reader = RequestReader(tls, serving.limits)
        self._peer = _peer_of(tls.peer_certificate, tls.chain)
        self._silent = False

    async def serve(self) -> None:
        """Answer requests until the connection ends. Raises ``StreamBroken`` when it fails between two of them."""
        while True:
            writer = AnswerWriter(self._tls.write, self._serving.clock)
            incoming = await self._next(writer)
            if incoming is None:
                return await self._tls.close()
            if not await self._exchange(incoming, writer):
                return await self._tls.close(self._serving.limits.linger)

    async def _next(self, writer: AnswerWriter) -> Incoming | None:
        try:
            return await self._reader.next(writer.go_on)
        except asyncio.CancelledError:
            if self._reader.pending is not None:
                self._record(self._reader.pending, writer, None, STOPPED)
            raise

    async def _exchange(self, incoming: Incoming, writer: AnswerWriter) -> bool:
        """Answer and record one request; say whether the connection goes on."""
        answer: Answer | BrokenAnswer | None = None
        error: str | None = incoming.error
        try:
            answer, fault = await self._answer_to(incoming)
            error = error or fault
            await self._write(answer, incoming, writer)
        except StreamBroken as broken:
            error = error or f"the answer could not be written: {broken}"
        except asyncio.CancelledError:
            error = error or STOPPED
            raise
        finally:
            self._record(incoming, writer, answer, error)
        return self._after(answer, incoming) and not self._tls.closed

    async def _answer_to(self, incoming: Incoming) -> tuple[Answer | BrokenAnswer | None, str | None]:
        if incoming.error is not None:
            return _refusal(incoming), None
        if self._silent:
            return None, UNANSWERED
        received = incoming.last.kernel or incoming.last.wall
        request = Request(incoming.method, incoming.target, incoming.headers, incoming.body, self._peer, received)
        try:
            return await self._serving.handler(request), None
        except Exception as fault:  # whatever it is, it is ours, and the client must not hang for it
            self._serving.on_harness_error(fault)
            return Answer(500), f"harness error: {type(fault).__name__}: {fault}"

    async def _write(self, answer: Answer | BrokenAnswer | None, incoming: Incoming, writer: AnswerWriter) -> None:
        if isinstance(answer, Answer):
            await writer.answer(answer, to_head=incoming.method == "HEAD")
        elif answer is not None:
            await writer.broken(answer)

    def _after(self, answer: Answer | BrokenAnswer | None, incoming: Incoming) -> bool:
        if isinstance(answer, Answer):
            said = header(answer.headers, "Connection") or ""
            return incoming.keep_alive and "close" not in said.lower()
        if answer is None:
            return self._silent and incoming.error is None
        if answer.then == "reset":
            self._tls.reset()
        self._silent = self._silent or answer.then == "hang"
        return answer.then in ("keep", "hang")

    def _record(
        self, incoming: Incoming, writer: AnswerWriter, answer: Answer | BrokenAnswer | None, error: str | None
    ) -> None:
        recorder, written = self._serving.recorder, writer.written
        recorder.exchange(
            Exchange(
                number=recorder.next_exchange(),
                case=recorder.case,
                connection=self._tls.number,
                side=Side.SERVER,
                method=incoming.method,
                target=incoming.target,
                request=bytes(incoming.raw),
                request_headers=incoming.headers,
                request_body=incoming.body,
                request_first=incoming.first,
                request_last=incoming.last,
                status=written.status,
                reason=written.reason,
                response=written.data,
                response_headers=written.headers,
                response_body=written.body,
                response_first=written.first,
                response_last=written.last,
                resource=answer.resource if answer is not None else None,
                peer_lfdi=self._peer.lfdi,
                error=error,
            )
        )


def _refusal(incoming: Incoming) -> Answer | None:
    if not incoming.status:
        return None
    text = f"{incoming.error}\n".encode()
    return Answer(incoming.status, (("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close")), text)


def _peer_of(certificate: bytes, chain: tuple[bytes, ...]) -> Peer:
    if not certificate:
        return Peer()
    lfdi = lfdi_of(certificate)
    return Peer(lfdi, sfdi_of_lfdi(lfdi), certificate, chain)
