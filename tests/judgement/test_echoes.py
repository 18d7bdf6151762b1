"""What a server shows of what a client posted to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from made_evidence import served

from conformance.judgement.echoes import mirrors_as_posted
from conformance.judgement.finding import State
from conformance.wire.documents import Quantity, mirror_reading, mirror_usage_point

LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
VOLTS = Quantity("0A" * 16, 29, -1)
AT = datetime(2030, 5, 1, tzinfo=UTC)


def shown_as(*changes: tuple[str, str]) -> State:
    point = mirror_usage_point("0B" * 16, LFDI, [VOLTS]).decode()
    reading = mirror_reading(VOLTS, 2402, AT, 60).decode()
    inner = reading[reading.index("<Reading>") : reading.index("</MirrorMeterReading>")]
    body = point.replace("<ReadingType>", f"{inner}<ReadingType>")
    for old, new in changes:
        assert old in body
        body = body.replace(old, new)
    posts = [replace(served(number=number), request_body=text.encode()) for number, text in ((1, point), (2, reading))]
    return mirrors_as_posted(posts, served(body, number=3)).state


def test_a_usage_point_that_is_shown_as_it_was_posted_passes_in_any_letter_case() -> None:
    assert shown_as((LFDI, LFDI.lower()), ("0A0A", "0a0a")) is State.PASS


def test_what_is_zero_or_not_shown_at_all_is_not_missed() -> None:
    assert shown_as(("<phase>0</phase>", "")) is State.PASS
    assert shown_as(("0A" * 16, "0C" * 16)) is State.PASS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<uom>29<", "<uom>38<"),
        ("<powerOfTenMultiplier>-1<", "<powerOfTenMultiplier>0<"),
        ("<duration>60<", "<duration>61<"),
        (LFDI, "00" * 20),
    ],
)
def test_another_type_interval_or_device_fails(old: str, new: str) -> None:
    assert shown_as((old, new)) is State.FAIL
