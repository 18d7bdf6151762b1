"""Log events as a client posts them: errors of its software (SunSpec CTP 1.3 BASIC-027), alarms of CSIP (Table 14)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from conformance.judgement.judged import Judged, limit_used, passed_if
from conformance.vocabulary.limits import Limit
from conformance.wire.exchange import Exchange
from conformance.wire.parser import Malformed
from conformance.wire.payload import read

GENERAL, DER = 0, 11
"""``functionSet``: general; distributed energy resources."""
LAST_ALARM = 21
"""Codes 0 to 21 of function set 11: an even one is an alarm, the odd one after it the return to normal."""
LOG_EVENT = ("createdDateTime", "functionSet", "logEventCode", "logEventID", "logEventPEN", "profileID")
"""The elements that every log event must have."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One posted log event: ``created_s`` in seconds since 1970."""

    exchange: Exchange
    function_set: int | None
    code: int | None
    created_s: int | None

    @property
    def is_alarm(self) -> bool:
        """Whether it is an alarm of Table 14."""
        return self.function_set == DER and self.code is not None and 0 <= self.code < LAST_ALARM and self.code % 2 == 0

    def ends(self, alarm: Logged) -> bool:
        """Say whether it is the return to normal of an alarm."""
        return self.function_set == DER and alarm.code is not None and self.code == alarm.code + 1

    def told(self) -> str:
        """Return the event in words."""
        return f"functionSet {self.function_set}, logEventCode {self.code}"


def logged(posts: Iterable[Exchange]) -> Iterator[Logged]:
    """Return the log events in posted bodies; a body that is no log event is left out."""
    for post in posts:
        try:
            node = read(post.request_body)
        except Malformed:
            continue
        if node.name == "LogEvent":
            number = node.integer
            yield Logged(post, number("functionSet"), number("logEventCode"), number("createdDateTime"))


def dated(events: Sequence[Logged], wanted: int, since: datetime, error: Limit) -> Judged:
    """Judge whether so many events are dated between an instant and their arrival, but for an error of the clock.

    Events beyond these may be of any age: they may have waited for the server.
    """
    good = [it for it in events if it.created_s is not None and _between(it, it.created_s, since, error)]
    expected = f"{wanted} events dated when they happened, within {error.value:g} s"
    observed = f"{len(good)} of {len(events)}; dated {', '.join(str(it.created_s) for it in events) or 'nothing'}"
    numbers = tuple(it.exchange.number for it in events)
    return Judged("dated", passed_if(len(good) >= wanted), expected, observed, numbers, limit=limit_used(error))


def _between(event: Logged, created_s: int, since: datetime, error: Limit) -> bool:
    arrived = event.exchange.request_first.wall
    return since.timestamp() - error.value <= created_s <= arrived.timestamp() + error.value
