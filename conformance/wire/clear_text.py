"""HTTP without TLS, for the one thing it is good for: to be redirected to HTTPS (SunSpec CTP 1.3, CORE-002, errata 31).

A request in the clear is recorded like any other; its connection has no version, no suite and no certificate. Nothing
else of the harness ever speaks without TLS.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Iterable
from datetime import timedelta

import h11

from conformance.vocabulary.clock import Clock
from conformance.vocabulary.errors import UsageError, explain
from conformance.wire.answering import AnswerWriter
from conformance.wire.attempt import Attempt
from conformance.wire.exchange import Connection, Exchange, Moment, Side
from conformance.wire.failure_words import failure_words
from conformance.wire.messages import Answer, Headers
from conformance.wire.network import ByteStream, Listening, Network
from conformance.wire.recorder import Recorder

CLEAR_TEXT = "no TLS"
"""The version of a connection in the clear."""
LARGEST_HEAD = 16 * 1024

Redirect = Callable[[str, str], Answer]
"""Answers a request, given its method and target."""


async def ask_in_the_clear(
    network: Network,
    clock: Clock,
    recorder: Recorder,
    host: str,
    port: int,
    target: str,
    *,
    deadline: timedelta,
    headers: Headers = (),
) -> Exchange:
    """GET a target without TLS, on a connection of its own; what goes wrong stands in the exchange's error."""
    opened = Moment.now(clock)
    name = f"[{host}]" if ":" in host else host
    sent = (("Host", f"{name}:{port}"), *headers, ("Connection", "close"))
    parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)
    data = parser.send(h11.Request(method="GET", target=target, headers=list(sent))) or b""
    data += parser.send(h11.EndOfMessage()) or b""
    number = recorder.next_connection()
    attempt = Attempt("GET", target, sent, b"", data, opened, opened, number)
    try:
        async with asyncio.timeout(deadline.total_seconds()):
            stream = await network.connect(host, port)
            try:
                await stream.send(data)
                await _read_answer(stream, parser, attempt)
            finally:
                stream.close()
    except TimeoutError:
        attempt.fail(f"{attempt.progress()} within {deadline.total_seconds():g} s")
    except OSError as error:
        attempt.fail(failure_words(error))
    except h11.RemoteProtocolError as error:
        attempt.fail(f"the answer is not proper HTTP/1.1: {error}")
    _record(recorder, clock, number, Side.CLIENT, f"{host}:{port}", opened, attempt.error)
    return attempt.recorded(recorder, None)


async def _read_answer(stream: ByteStream, parser: h11.Connection, attempt: Attempt) -> None:
    while not attempt.complete:
        event = parser.next_event()
        match event:
            case h11.NEED_DATA:
                data, moment = await stream.receive()
                if not data and not attempt.response:
                    attempt.fail("the server closed the connection without an answer")
                    return
                attempt.response_first = attempt.response_first or moment
                attempt.response_last = moment
                attempt.response += data
                parser.receive_data(data)
            case h11.Response():
                attempt.status, attempt.reason = event.status_code, event.reason.decode("latin-1")
                attempt.response_headers = _texts(event.headers.raw_items())
            case h11.Data():
                attempt.response_body += event.data
            case h11.EndOfMessage():
                attempt.complete = True
            case _:
                attempt.fail("the server closed the connection without a whole answer")
                return


class ClearTextListener:
    """Listens without TLS and answers every request by ``redirect``; one request for each connection."""

    def __init__(self, network: Network, clock: Clock, recorder: Recorder, redirect: Redirect) -> None:
        self._network, self._clock, self._recorder, self._redirect = network, clock, recorder, redirect
        self._listening: Listening | None = None
        self.port = 0
        self.connections: set[int] = set()

    async def open(self, host: str, port: int) -> None:
        """Listen. Raises ``UsageError`` when the port is in use."""
        try:
            self._listening = await self._network.listen(host, port, self._on_stream)
        except OSError as error:
            seen = "another program uses it" if error.errno == errno.EADDRINUSE else str(error.strerror or error)
            do = "stop that program, or correct subject.clear_text (port 0 takes a free one)"
            raise UsageError(explain(f"listening without TLS on {host}:{port}", "a free port", seen, do)) from error
        self.port = self._listening.port

    async def close(self) -> None:
        """Stop listening; twice is fine."""
        listening, self._listening = self._listening, None
        if listening is not None:
            await listening.close()

    async def _on_stream(self, stream: ByteStream) -> None:
        opened, number = Moment.now(self._clock), self._recorder.next_connection()
        self.connections.add(number)
        error: str | None = None
        try:
            await self._serve(stream, number)
        except (OSError, h11.RemoteProtocolError) as failure:
            error = str(failure)
        finally:
            stream.close()
            _record(self._recorder, self._clock, number, Side.SERVER, stream.remote, opened, error)

    async def _serve(self, stream: ByteStream, number: int) -> None:
        parser = h11.Connection(h11.SERVER, max_incomplete_event_size=LARGEST_HEAD)
        first, raw, request = Moment.now(self._clock), bytearray(), None
        while not isinstance(event := parser.next_event(), h11.EndOfMessage):
            if event is h11.NEED_DATA:
                data, first = await stream.receive()
                if not data and not raw:
                    return
                raw += data
                parser.receive_data(data)
            elif isinstance(event, h11.Request):
                request = event
        assert request is not None
        method, target = request.method.decode("latin-1"), request.target.decode("latin-1")
        answer = self._redirect(method, target)
        writer = AnswerWriter(stream.send, self._clock)
        await writer.answer(answer, to_head=method == "HEAD")
        written, recorder = writer.written, self._recorder
        recorder.exchange(
            Exchange(
                number=recorder.next_exchange(),
                case=recorder.case,
                connection=number,
                side=Side.SERVER,
                method=method,
                target=target,
                request=bytes(raw),
                request_headers=_texts(request.headers.raw_items()),
                request_body=b"",
                request_first=first,
                request_last=first,
                status=written.status,
                reason=written.reason,
                response=written.data,
                response_headers=written.headers,
                response_body=written.body,
                response_first=written.first,
                response_last=written.last,
                resource=answer.resource,
            )
        )


def _texts(raw: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)


def _record(
    recorder: Recorder, clock: Clock, number: int, side: Side, remote: str, opened: Moment, error: str | None
) -> None:
    closed = Moment.now(clock)
    recorder.connection(
        Connection(
            number, recorder.case, side, remote, opened, closed, version=CLEAR_TEXT, established=opened, error=error
        )
    )
