"""The client's outbox of Responses: sent in order, tried again until they arrive (BASE.030 to BASE.034)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from conformance.reference.client_documents import control_response
from conformance.reference.client_manner import Manner
from conformance.reference.client_session import NotServed, Session
from conformance.reference.schedule_facts import Owed, ResponseStatus
from conformance.vocabulary.clock import Clock

FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 300.0
USER_BIT = 0x04
"""Of ``responseRequired``: the server wants to hear of users."""
SUPERSESSIONS = (ResponseStatus.SUPERSEDED, ResponseStatus.ABORTED_BY_OTHER_PROGRAM)
STRANGER = "0123456789ABCDEF0123456789ABCDEF01234567"


class Responses:
    """Queues what is owed and posts it to the control's ``replyTo``; a final refusal drops it.

    ``takes_s`` is how long it takes, in seconds, to say that a control has started.
    """

    def __init__(
        self,
        session: Session,
        clock: Clock,
        manner: Manner,
        lfdi: str,
        flaws: frozenset[str],
        statuses: frozenset[int] | None = None,
    ) -> None:
        self._session, self._clock, self._manner, self._flaws = session, clock, manner, flaws
        self._statuses = statuses
        self._lfdi = STRANGER if "wrong_response_lfdi" in flaws else lfdi
        self._first_place: str | None = None
        self.takes_s = 0.0
        self._waiting: asyncio.Queue[Owed] = asyncio.Queue()

    def owe(self, owed: Owed) -> None:
        """Queue a Response, as far as the client's flaws let it."""
        opted = [replace(owed, status=ResponseStatus.OPTED_IN)] if self._opts_in(owed) else []
        for due in map(self._in_use, (*self._after_flaws(owed), *opted)):
            self._waiting.put_nowait(due)
            if self._manner.responses_twice:
                self._waiting.put_nowait(due)

    def _opts_in(self, owed: Owed) -> bool:
        """Say whether the user is to be heard of a control that was just received."""
        asked = bool(owed.control.response_required & USER_BIT)
        return self._manner.opts_in and asked and owed.status is ResponseStatus.RECEIVED

    def _in_use(self, owed: Owed) -> Owed:
        """Return what is owed with a code that is in use: its own, that of its kin, or any."""
        if self._statuses is None or owed.status in self._statuses:
            return owed
        kin = [code for code in SUPERSESSIONS if owed.status in SUPERSESSIONS and code in self._statuses]
        known = [code for code in ResponseStatus if code in self._statuses]
        return replace(owed, status=(*kin, *known, ResponseStatus.EXPIRED)[0])

    async def run(self) -> None:
        """Post what is owed until cancelled."""
        while True:
            owed = await self._waiting.get()
            if self.takes_s and owed.status is ResponseStatus.STARTED:
                await self._clock.wait(timedelta(seconds=self.takes_s))
            await self._deliver(owed)

    async def _deliver(self, owed: Owed) -> None:
        place = self._place(owed)
        if place is None:
            return
        mrid = self._manner.hexadecimal(owed.control.mrid)
        if "responses_without_clock" in self._flaws:
            owed = replace(owed, at_s=self._clock.monotonic())
        document = control_response(owed, self._manner.hexadecimal(self._lfdi), mrid)
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                await self._session.post(place, document, "ResponseList")
                return
            except NotServed as failure:
                if failure.final:
                    return
                await self._clock.wait(timedelta(seconds=max(pause_s, failure.retry_after_s or 0.0)))
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _place(self, owed: Owed) -> str | None:
        """Return where a Response goes."""
        self._first_place = self._first_place or owed.control.reply_to
        return self._first_place if "answers_elsewhere" in self._flaws else owed.control.reply_to

    def _after_flaws(self, owed: Owed) -> list[Owed]:
        silent = {"no_received_response": ResponseStatus.RECEIVED, "never_completes": ResponseStatus.COMPLETED}
        if any(flaw in self._flaws and owed.status is status for flaw, status in silent.items()):
            return []
        if "answers_no_supersession" in self._flaws and owed.status in SUPERSESSIONS:
            return []
        if "answers_7_and_14" in self._flaws and owed.status in SUPERSESSIONS:
            return [replace(owed, status=status) for status in SUPERSESSIONS]
        if "responds_early" not in self._flaws:
            return [owed]
        if owed.status is ResponseStatus.RECEIVED:
            return [owed, replace(owed, status=ResponseStatus.STARTED)]
        return [] if owed.status is ResponseStatus.STARTED else [owed]
