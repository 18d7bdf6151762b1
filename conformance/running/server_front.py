"""The front of the test server, as a test case moves it: which certificate it shows, and whether it listens at all.

Certificates other than the server's own are made on the spot from the authorities of a test PKI (SunSpec CTP 1.3
COMM-004). Without authorities a test case that wants one is not run, and its reason says what to configure.
"""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from conformance.running.case_run import NotArranged
from conformance.vocabulary.clock import Clock
from conformance.vocabulary.errors import HarnessError, UsageError, explain
from conformance.vocabulary.verdict import Verdict
from conformance.wire.certificates import Fault, Identity, Pki
from conformance.wire.http_server import Listener
from conformance.wire.messages import Answer, BrokenAnswer, Request
from conformance.wire.network import Network
from conformance.wire.recorder import Recorder
from conformance.wire.tls_context import server_context

Handler = Callable[[Request], Awaitable[Answer | BrokenAnswer]]

OWN = "own"
SOUND_CHAINS = {"chain_of_two": 2, "chain_of_three": 3, "chain_of_four": 4}
"""Sound identities by name, with the length of their chains, root included."""


@dataclass(frozen=True, slots=True)
class ServerIdentity:
    """The certificate the test server shows, its key, and the roots it trusts.

    ``authorities`` is a folder with the authorities of a test PKI, from which other certificates can be made.
    """

    chain: Path
    key: Path
    roots: Path
    authorities: Path | None = None

    def context(self, name: str, host: str) -> ssl.SSLContext:
        """Return the TLS of an identity: ``own``, a name of ``SOUND_CHAINS``, or a ``Fault``.

        Raises:
            NotArranged: there are no authorities to make it from.
        """
        if name == OWN:
            return server_context(self.chain, self.key, self.roots)
        with tempfile.TemporaryDirectory() as folder:
            files = self._made(name, host).write(Path(folder), "server")
            return server_context(files.chain, files.key, self.roots)

    def _made(self, name: str, host: str) -> Identity:
        pki, hosts = self._pki(name), sorted({host, "localhost", "127.0.0.1"})
        if name in SOUND_CHAINS:
            return pki.server(hosts, depth=SOUND_CHAINS[name])
        if name in set(Fault):
            return pki.faulty(Fault(name), hosts=hosts)
        raise HarnessError(
            f"there is no server identity {name!r}; there are {OWN}, {', '.join((*SOUND_CHAINS, *Fault))}"
        )

    def _pki(self, name: str) -> Pki:
        attempted = f"making the server certificate {name!r}"
        do = "use identity.test_pki in csip.toml, or name a folder made by csip pki init as identity.authorities"
        if self.authorities is None:
            seen = "only a certificate of its own is configured"
            raise NotArranged(explain(attempted, "the authorities of a test PKI", seen, do), Verdict.NOT_RUN)
        try:
            return Pki.load(self.authorities)
        except UsageError as error:
            raise NotArranged(str(error), Verdict.NOT_RUN) from error


class ServerFront:
    """The noun ``listener``: listens from the start, with the server's own certificate."""

    def __init__(
        self,
        network: Network,
        clock: Clock,
        handler: Handler,
        recorder: Recorder,
        identity: ServerIdentity,
        host: str,
        port: int,
        on_harness_error: Callable[[Exception], None],
    ) -> None:
        self._network, self._clock, self._handler, self._recorder = network, clock, handler, recorder
        self._identity, self._on_harness_error = identity, on_harness_error
        self._context = identity.context(OWN, host)
        self._listener: Listener | None = None
        self.host = host
        self.port = port

    async def come_back(self) -> None:
        """Listen, at the port of the first time. Raises ``UsageError`` when it is in use."""
        if self._listener is not None:
            return
        self._listener = await Listener.start(
            self._network,
            self._clock,
            self._context,
            self._handler,
            self._recorder,
            host=self.host,
            port=self.port,
            on_harness_error=self._on_harness_error,
        )
        self.host, self.port = self._listener.host, self._listener.port

    async def go_away(self) -> None:
        """Stop listening and close every connection: from here on the server cannot be reached."""
        listener, self._listener = self._listener, None
        if listener is not None:
            await listener.close()

    async def show(self, name: str) -> None:
        """Close every connection and show another identity from now on; see :meth:`ServerIdentity.context`."""
        self._context = self._identity.context(name, self.host)
        await self.go_away()
        await self.come_back()
