"""What makes a utility a server: the tree with its manner, the interposers, the time and the rates it goes by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from conformance.roles.utility.addresses import Addresses
from conformance.roles.utility.context import Context
from conformance.roles.utility.manner import Manner
from conformance.roles.utility.protocol import Protocol
from conformance.roles.utility.rates import Rates
from conformance.vocabulary.clock import Clock
from conformance.wire.csipaus import NONE, Extension
from conformance.wire.messages import Answer, Request

Handler = Callable[[Request], Answer]
Interposer = Callable[[Request, Handler], Answer]
"""Stands between the clients and the utility: may change request or answer, or answer in the utility's stead."""


class Server:
    """Answers requests from a resource tree.

    ``interposers`` and ``hidden_links`` (names of links left out of every document) may be changed at any time.
    """

    def __init__(
        self,
        clock: Clock,
        rates: Rates,
        manner: Manner,
        *,
        seed: str | None,
        validate: Callable[[bytes], bool] | None,
        foreign_status: int,
        extension: Extension = NONE,
    ) -> None:
        self._context = Context(clock, Addresses(seed, manner.path_prefix), rates, extension=extension)
        self._manner = manner
        self.tree = self._context.tree
        self.interposers: list[Interposer] = []
        self.hidden_links: set[str] = set()
        self._protocol = Protocol(
            self.tree, manner, foreign_status=foreign_status, validate=validate, hidden=self.hidden_links
        )

    def handle(self, request: Request) -> Answer:
        """Answer a request, through the interposers; the one added last sees it first."""
        handler: Handler = self._protocol.answer
        for interposer in self.interposers:
            handler = partial(_through, interposer, handler)
        return self._manner.carry(handler(self._manner.heard(request)), request)

    @property
    def entry_path(self) -> str:
        """The path of DeviceCapability, the only one a client may know beforehand."""
        return self._manner.entry_path

    def fresh_path(self, word: str) -> str:
        """Return a path that is not used yet and that nobody can guess."""
        return self._context.addresses.path(word)

    @property
    def rates(self) -> Rates:
        """The rates asked for; may be replaced at any time."""
        return self._context.rates

    @rates.setter
    def rates(self, rates: Rates) -> None:
        self._context.rates = rates
        self.tree.touched()

    @property
    def extension(self) -> Extension:
        """The CSIP-AUS that is spoken, if any."""
        return self._context.extension

    @property
    def ahead(self) -> timedelta:
        """How far the utility's time is ahead of the clock; may be changed at any time."""
        return self._context.ahead

    @ahead.setter
    def ahead(self, ahead: timedelta) -> None:
        self._context.ahead = ahead

    def now(self) -> datetime:
        """Return the utility's time, aware and in UTC."""
        return self._context.clock.now() + self._context.ahead


def _through(interposer: Interposer, handler: Handler, request: Request) -> Answer:
    return interposer(request, handler)
