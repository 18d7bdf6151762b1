"""DERStatus against opModEnergize: the opposite is warned of, silence is noted, old words are not looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged
from conformance.judgement.plant import Span
from conformance.roles.status_agreement import RULE, connection_agrees
from conformance.vocabulary.limits import Limit

START = datetime(2026, 1, 1, tzinfo=UTC)
SPAN = Span(START, START + timedelta(seconds=60), "the control")
SETTLING = Limit("plant_settling", 5, "s", "ours", "", default=5)
BODY = '<DERStatus xmlns="urn:ieee:std:2030.5:ns"><genConnectStatus><value>{}</value></genConnectStatus></DERStatus>'


def judged(puts: list[tuple[float, str]], *, on: bool) -> Judged:
    seen: list[tuple[str, Judged]] = []
    exchanges = [
        SimpleNamespace(
            number=number,
            request_body=BODY.format(bits).encode(),
            request_first=SimpleNamespace(kernel=None, wall=START + timedelta(seconds=at)),
        )
        for number, (at, bits) in enumerate(puts)
    ]
    client = SimpleNamespace(exchanges=lambda resource, method: exchanges)
    check = SimpleNamespace(judged=lambda rule, one: seen.append((rule, one)))
    connection_agrees(check, client, SPAN, SETTLING, on=on)  # type: ignore[arg-type]
    ((rule, one),) = seen
    assert rule == RULE
    return one


@pytest.mark.parametrize(("bits", "on"), [("07", True), ("01", True), ("01", False), ("00", False)])
def test_what_agrees_passes(bits: str, on: bool) -> None:
    assert judged([(30, bits)], on=on).state is State.PASS


@pytest.mark.parametrize(("bits", "on"), [("00", True), ("07", False)])
def test_the_opposite_is_told(bits: str, on: bool) -> None:
    assert judged([(20, "01"), (30, bits)], on=on).state is State.FAIL


@pytest.mark.parametrize("at", [-10, 2, 58, 90])
def test_words_of_another_time_are_left_alone(at: float) -> None:
    assert judged([(at, "07")], on=False).state is State.NOTE
