"""Codes of events: what a server tells of one, and what a client answers (IEEE 2030.5-2018, 12.1.3 and table 27)."""

from __future__ import annotations

from enum import IntEnum


class CurrentStatus(IntEnum):
    """``EventStatus.currentStatus``."""

    SCHEDULED = 0
    ACTIVE = 1
    CANCELLED = 2
    CANCELLED_WITH_RANDOMIZATION = 3
    SUPERSEDED = 4


class ResponseStatus(IntEnum):
    """``Response.status`` as far as DER controls use it."""

    RECEIVED = 1
    STARTED = 2
    COMPLETED = 3
    OPTED_IN = 5
    CANCELLED = 6
    SUPERSEDED = 7
    ACKNOWLEDGED = 11
    ABORTED_BY_OTHER_PROGRAM = 14
    NOT_APPLICABLE = 252
    EXPIRED = 254
