"""TLS over any byte stream, both sides, with the harness owning the bytes (two memory BIOs; RFC 5246).

A :class:`TlsStream` records its :class:`~conformance.wire.exchange.Connection` when the handshake ended, well or
badly, and again when it closed. Hellos, certificates and open alerts come from the raw bytes; encrypted alerts from
what the TLS library reports. On a resumed session no certificates travel, so the chain of the full handshake is
kept under the session's identifier.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from datetime import timedelta
from enum import StrEnum

from conformance.vocabulary.clock import Clock
from conformance.wire.alerts import FATAL, WARNING, alert, reason_of, received_alert
from conformance.wire.exchange import Alert, Connection, Moment, Side
from conformance.wire.failure_words import failure_words
from conformance.wire.handshake_watch import HandshakeWatch
from conformance.wire.network import ByteStream
from conformance.wire.recorder import Recorder
from conformance.wire.sent_chain import chain_from_library, recall_chain, remember_chain

_READ = 64 * 1024
_WRITE = 256 * 1024
_DRAINED = 1024 * 1024
_LAST_WORDS_S = 1.0
_BAD_RECORD_MAC = 20


class Ending(StrEnum):
    """What ended a connection (:attr:`~conformance.wire.exchange.Connection.ended_by`)."""

    CLOSE_NOTIFY = "peer close_notify"
    EOF = "peer eof"
    RESET = "reset"
    ALERT = "peer alert"
    HARNESS = "harness"


class StreamBroken(Exception):
    """The connection failed: TLS, reset, time-out. The text says why in plain words."""


class TlsStream:
    """One TLS connection over a byte stream."""

    def __init__(
        self,
        stream: ByteStream,
        context: ssl.SSLContext,
        side: Side,
        recorder: Recorder,
        clock: Clock,
        server_name: str | None = None,
    ) -> None:
        self.number = recorder.next_connection()
        self.side = side
        self.opened = Moment.now(clock)
        self.established: Moment | None = None
        self.ended_by: str | None = None
        self.error: str | None = None
        self.chain: tuple[bytes, ...] = ()
        self.own_certificate = b""
        self._stream, self._context, self._clock, self._recorder = stream, context, clock, recorder
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=side is Side.SERVER, server_hostname=server_name)
        self._from_peer, self._to_peer = HandshakeWatch(sent=False), HandshakeWatch(sent=True)
        self._alerts: list[Alert] = []
        self._sending = asyncio.Lock()
        self._moment = self.opened
        self._closed: Moment | None = None

    @property
    def remote(self) -> str:
        """The peer's address."""
        return self._stream.remote

    @property
    def peer_certificate(self) -> bytes:
        """The peer's own certificate in DER, also on a resumed session; empty when none was shown."""
        return (self._tls.getpeercert(True) or b"") if self.established else b"".join(self.chain[:1])

    @property
    def closed(self) -> bool:
        """True when this side has closed it."""
        return self._closed is not None

    def facts(self) -> Connection:
        """Return what is known of the connection now."""
        hello = self._from_peer if self.side is Side.SERVER else self._to_peer
        done = self.established is not None
        cipher = self._tls.cipher() if done else None
        return Connection(
            number=self.number,
            case=self._recorder.case,
            side=self.side,
            remote=self.remote,
            opened=self.opened,
            closed=self._closed,
            client_hello=hello.client_hello,
            version=self._tls.version() if done else None,
            cipher=cipher[0] if cipher else None,
            chain=self.chain,
            resumed=bool(self._tls.session_reused) if done else False,
            alerts=(*self._from_peer.alerts, *self._to_peer.alerts, *self._alerts),
            established=self.established,
            ended_by=self.ended_by,
            error=self.error,
        )

    def record_to(self, recorder: Recorder) -> None:
        """Go over to another test case: it gets the connection as it stands, and all that follows."""
        self._recorder = recorder
        recorder.connection(self.facts())

    async def handshake(self, within: timedelta) -> None:
        """Shake hands and record the outcome. Raises :class:`StreamBroken`; the stream is closed then."""
        try:
            async with asyncio.timeout(within.total_seconds()):
                await self._shake_hands()
        except TimeoutError:
            came = f"{self._from_peer.seen} bytes came from the peer"
            await self._fail(f"the TLS handshake did not end within {within.total_seconds():g} s; {came}")
        except (OSError, ssl.SSLError) as error:
            await self._fail(self._handshake_words(error), error)
        except asyncio.CancelledError:
            self._end(Ending.HARNESS, "the harness gave up the handshake")
            self._stream.close()
            raise
        else:
            self._established()

    async def _shake_hands(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._flush()
                await self._fill()
            else:
                return await self._flush()

    def _established(self) -> None:
        self.established = Moment.now(self._clock)
        self.chain = self._sent_chain()
        self.own_certificate = b"".join(self._to_peer.certificates[:1])
        self._from_peer.stop()
        self._to_peer.stop()
        self._recorder.connection(self.facts())

    def _sent_chain(self) -> tuple[bytes, ...]:
        session = (self._to_peer if self.side is Side.SERVER else self._from_peer).session_id
        if self._tls.session_reused:
            return recall_chain(self._context, session)
        chain = self._from_peer.certificates or chain_from_library(self._tls)
        return remember_chain(self._context, session, chain)

    def _handshake_words(self, error: Exception) -> str:
        watch = self._from_peer
        if isinstance(error, ssl.SSLEOFError):
            return f"the peer closed the connection during the TLS handshake, after {watch.seen} bytes"
        words = failure_words(error)
        tls_like = watch.begin[:1] in (b"", b"\x14", b"\x15", b"\x16", b"\x17")
        return words if tls_like else f"{words}; it began with {watch.begin!r}"

    async def _fail(self, words: str, cause: Exception | None = None) -> None:
        """Send our alert if there is one, let the peer take it in, close, record, raise."""
        self.chain = self.chain or self._from_peer.certificates
        self._note_received_alert(cause)
        ending = self._ending_of(cause)
        with contextlib.suppress(OSError, TimeoutError):  # the failure that counts is the one being reported
            async with asyncio.timeout(_LAST_WORDS_S):
                await self._flush()
                if isinstance(cause, ssl.SSLError):  # an alert of ours may be on its way
                    await self._drain()
        self._end(ending, words)
        self._stream.close()
        raise StreamBroken(words) from cause

    def _note_received_alert(self, error: Exception | None) -> None:
        received = received_alert(error) if isinstance(error, ssl.SSLError) else None
        if received and not any(seen.code == received.code for seen in self._from_peer.alerts):
            self._alerts.append(received)

    def _ending_of(self, error: Exception | None) -> Ending:
        if isinstance(error, ssl.SSLEOFError):
            return Ending.EOF
        if isinstance(error, ssl.SSLError):
            return Ending.ALERT if received_alert(error) else Ending.HARNESS
        return Ending.RESET if isinstance(error, OSError) else Ending.HARNESS

    async def read(self) -> tuple[bytes, Moment]:
        """Return the next application bytes and when they came; none at the end. Raises :class:`StreamBroken`."""
        try:
            while True:
                try:
                    data = self._tls.read(_READ)
                except ssl.SSLWantReadError:
                    if self._out.pending:
                        await self._flush()
                    await self._fill()
                    continue
                if not data:
                    self._peer_said_goodbye()
                return data, self._moment
        except ssl.SSLZeroReturnError:
            self._peer_said_goodbye()
        except ssl.SSLEOFError:
            self.ended_by = self.ended_by or Ending.EOF
        except ssl.SSLError as error:
            if reason_of(error) == "DECRYPTION_FAILED_OR_BAD_RECORD_MAC":
                self._alerts.append(alert(True, FATAL, _BAD_RECORD_MAC))  # encrypted, so not seen in the bytes
            await self._fail(failure_words(error), error)
        except OSError as error:
            self._break(error)
        return b"", self._moment

    def _peer_said_goodbye(self) -> None:
        if self.ended_by is None:
            self.ended_by = Ending.CLOSE_NOTIFY
            self._alerts.append(alert(False, WARNING, 0))

    async def write(self, data: bytes) -> None:
        """Write all bytes, waiting while the peer does not read. Raises :class:`StreamBroken`."""
        try:
            for start in range(0, len(data), _WRITE):
                self._tls.write(memoryview(data)[start : start + _WRITE])
                await self._flush()
        except (OSError, ssl.SSLError) as error:
            self._break(error)

    def _break(self, error: Exception) -> None:
        words = failure_words(error)
        self.ended_by = self.ended_by or (Ending.RESET if isinstance(error, ConnectionError) else Ending.HARNESS)
        self.error = self.error or words
        raise StreamBroken(words) from error

    async def _flush(self) -> None:
        async with self._sending:  # whoever reads may have to write too: never let two writes interleave
            if self._out.pending:
                data = self._out.read()
                if self.established is None:
                    self._to_peer.feed(data)
                await self._stream.send(data)

    async def _fill(self) -> None:
        data, self._moment = await self._stream.receive()
        if not data:
            self._in.write_eof()
            return
        if self.established is None:
            self._from_peer.feed(data)
        self._in.write(data)

    async def close(self, linger: timedelta = timedelta(0)) -> None:
        """Say close_notify and close, waiting up to ``linger`` for the peer to close first; twice is fine.

        Lingering keeps the kernel from answering late bytes of the peer with a reset, which would destroy
        what the peer has not read yet.
        """
        if self.closed:
            return
        with contextlib.suppress(OSError, ssl.SSLError, TimeoutError):  # the peer may be gone: nothing is lost then
            async with asyncio.timeout(max(linger.total_seconds(), _LAST_WORDS_S)):
                await self._say_goodbye()
                if linger:
                    await self._drain()
        self._end(Ending.HARNESS)
        self._stream.close()

    async def _say_goodbye(self) -> None:
        with contextlib.suppress(ssl.SSLWantReadError):  # it only means that the peer has not said so yet
            self._tls.unwrap()
        if self._out.pending:
            self._alerts.append(alert(True, WARNING, 0))
            await self._flush()

    async def _drain(self) -> None:
        await self._stream.send_eof()
        drained = 0
        while drained < _DRAINED:
            data, _ = await self._stream.receive()
            if not data:
                return
            drained += len(data)

    async def end_of_sending(self) -> None:
        """Half-close the transport beneath, as a peer does that will send no more."""
        await self._stream.send_eof()

    def reset(self) -> None:
        """Close with a TCP reset."""
        self._end(Ending.HARNESS)
        self._stream.reset()

    def abandon(self, error: str | None = None) -> None:
        """Close at once, without a word to the peer."""
        self._end(Ending.HARNESS, error)
        self._stream.close()

    def _end(self, ending: Ending, error: str | None = None) -> None:
        if self._closed is None:
            self._closed = Moment.now(self._clock)
            self.ended_by = self.ended_by or ending
            self.error = self.error or error
            self._recorder.connection(self.facts())
