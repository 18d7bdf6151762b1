"""One request of the test client under way: what is known so far, so that any end of it leaves a whole record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from conformance.wire.exchange import Exchange, Moment, Side
from conformance.wire.recorder import Recorder


@dataclass(slots=True)
class Asked:
    """What the caller wants besides the request itself, and, afterwards, what came of it.

    ``alone`` asks for a connection that carries nothing else.
    """

    resource: str | None
    deadline: timedelta
    alone: bool = False
    exchange: Exchange | None = None


@dataclass(slots=True)
class Attempt:
    """Facts gathered while an exchange goes on."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    request: bytes
    first: Moment
    last: Moment
    connection: int = 0
    peer_lfdi: str = ""
    status: int | None = None
    reason: str = ""
    response: bytearray = field(default_factory=bytearray)
    response_headers: tuple[tuple[str, str], ...] = ()
    response_body: bytearray = field(default_factory=bytearray)
    response_first: Moment | None = None
    response_last: Moment | None = None
    complete: bool = False
    error: str | None = None

    def fail(self, words: str) -> None:
        """Note why it failed; the first reason stands."""
        self.error = self.error or words

    def progress(self) -> str:
        """Say how far the answer came."""
        if not self.response:
            return "nothing of the answer came"
        return f"{len(self.response)} bytes of the answer came"

    def recorded(self, recorder: Recorder, resource: str | None) -> Exchange:
        """Hand the exchange to the recorder and return it."""
        exchange = Exchange(
            number=recorder.next_exchange(),
            case=recorder.case,
            connection=self.connection,
            side=Side.CLIENT,
            method=self.method,
            target=self.target,
            request=self.request,
            request_headers=self.headers,
            request_body=self.body,
            request_first=self.first,
            request_last=self.last,
            status=self.status,
            reason=self.reason,
            response=bytes(self.response),
            response_headers=self.response_headers,
            response_body=bytes(self.response_body),
            response_first=self.response_first,
            response_last=self.response_last,
            resource=resource,
            peer_lfdi=self.peer_lfdi,
            error=self.error,
        )
        recorder.exchange(exchange)
        return exchange
