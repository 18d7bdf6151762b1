"""What takes three days runs in virtual time, and in real time where somebody asked for it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from conformance.roles.long_schedule import only_if_chosen
from conformance.vocabulary.clock import RealClock, VirtualClock
from conformance.vocabulary.errors import NotChosen
from conformance.vocabulary.limits import Limit

WATCH = Limit("long_watch", 259200.0, "s", "ours", default=259200.0)


def test_three_days_of_real_time_are_spent_only_if_chosen() -> None:
    with pytest.raises(NotChosen, match="72 h"):
        only_if_chosen(RealClock(), WATCH)
    only_if_chosen(RealClock(), replace(WATCH, value=259260.0))


def test_virtual_time_costs_nothing() -> None:
    loop = asyncio.new_event_loop()
    try:
        only_if_chosen(VirtualClock(datetime(2030, 1, 1, tzinfo=UTC), loop), WATCH)
    finally:
        loop.close()
