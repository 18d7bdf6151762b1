"""Where the harness listens for the notifications of a server under test: mutual TLS, with the test client's identity.

It listens from the first subscription on. Every subscription names an address of its own, so that a notification tells
by its path which one it is of.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

from conformance.vocabulary.errors import NotChosen, explain
from conformance.wire.exchange import Exchange, Side
from conformance.wire.exchange_log import CaseLog
from conformance.wire.http_server import Listener
from conformance.wire.messages import Answer, BrokenAnswer, Request

Listen = Callable[[Callable[[Request], Awaitable[Answer | BrokenAnswer]]], Awaitable[Listener]]
"""Binds a listener with a handler."""
CREATED = 201
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class NotificationInbox:
    """Takes notifications; what comes is in the log of the case. ``answer`` is the status they are answered with.

    ``reachable`` says whether the server under test could come here at all.
    """

    def __init__(self, listen: Listen, log: CaseLog, *, reachable: bool) -> None:
        self._listen, self._log, self._reachable = listen, log, reachable
        self._listener: Listener | None = None
        self._paths: set[str] = set()
        self.answer = CREATED

    async def address(self) -> str:
        """Return a ``notificationURI`` that was not used before.

        Raises:
            NotChosen: the server is on another machine, and no address is configured that it could reach.
        """
        if not self._reachable:
            do = "set subject.listen in csip.toml to a host and port that the server can reach"
            raise NotChosen(explain("listening for notifications", "an address of this machine", "the loopback", do))
        if self._listener is None:
            self._listener = await self._listen(self._take)
        path = f"/{secrets.token_hex(8)}"
        self._paths.add(path)
        return f"https://{self._listener.host}:{self._listener.port}{path}"

    def received(self, path: str) -> tuple[Exchange, ...]:
        """Return the notifications that came to a path so far, oldest first."""
        return tuple(it for it in self._log.exchanges(wanted=lambda kind: kind.side is Side.SERVER) if it.path == path)

    async def _take(self, request: Request) -> Answer | BrokenAnswer:
        if request.path not in self._paths:
            return Answer(404, resource="Notification")
        if request.method != "POST":
            return Answer(405, (("Allow", "POST"),), resource="Notification")
        return Answer(self.answer, resource="Notification")

    async def close(self) -> None:
        """Stop listening."""
        listener, self._listener = self._listener, None
        if listener is not None:
            await listener.close()
