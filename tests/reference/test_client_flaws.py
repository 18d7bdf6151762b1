"""Each flaw of the reference client shows, and shows in nothing but what it is said to break."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from itertools import pairwise

import pytest
from client_rig import LFDI, Rig, play, schema
from lxml import etree
from test_event_flaws import PROBES as EVENT_PROBES

from conformance.reference.client_flaws import CCM8, CLIENT_FLAWS, known_flaws, sends_full_chain, tls_ciphers
from conformance.reference.client_manner import Manner
from conformance.roles.utility import Rates
from conformance.vocabulary.errors import UsageError
from conformance.wire.messages import Answer, Request, header
from tests.case_homes import CASES
from tests.test_recommendations import CASES as RECOMMENDED

SECOND = timedelta(seconds=1)
TLS_FLAWS = {"offers_no_ccm8", "sends_leaf_only", "refuses_short_chains", "accepts_any_server", "leaves_chain_to_tls"}


async def busy_quarter_hour(rig: Rig) -> None:
    """Two programs, four controls, a redirect, a cancellation, an alarm."""
    device = rig.utility.devices[-1]
    assignment = rig.utility.assign(device)
    best, worst = (rig.utility.add_program(assignment, primacy=primacy) for primacy in (1, 9))
    curve = best.add_curve(11, [(9200, 3000), (10700, -3000)])
    best.set_default({"opModMaxLimW": 9000, "opModVoltVar": curve})
    worst.set_default({"opModMaxLimW": 8000})
    for program in (best, worst):
        program.add_control({"opModMaxLimW": 5000}, starts_in=120 * SECOND, duration=90 * SECOND, response_required=7)
    cancelled = best.add_control(
        {"opModMaxLimW": 4000}, starts_in=300 * SECOND, duration=200 * SECOND, response_required=7
    )
    best.add_control(
        {"opModMaxLimW": 3000},
        starts_in=600 * SECOND,
        duration=90 * SECOND,
        response_required=7,
        randomize_start_s=20,
    )
    entry = rig.utility.entry_path
    moved = Answer(301, (("Location", entry),))
    rig.client._entry = "/moved"
    rig.interfere = lambda request: moved if request.path == "/moved" else None
    await rig.live(350)
    cancelled.cancel()
    await rig.client.raise_alarm(4)
    await rig.live(450)


@cache
def told(flaw: str = "") -> Rig:
    return play(
        busy_quarter_hour,
        flaws=[flaw] if flaw else [],
        manner=Manner(page_size=1),
        rates=Rates.every(30),
        client_ahead=timedelta(hours=1),
    )


def statuses(rig: Rig, program: int, control: int) -> list[int]:
    return [status for _, status in rig.answers(rig.utility.programs[program].controls[control])]


def started(rig: Rig, control: int) -> float:
    answers = rig.answers(rig.utility.programs[0].controls[control])
    return next((at for at, status in answers if status == 2), -1.0)


def gaps(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(times)]


def all_kinds_put(rig: Rig) -> bool:
    return all(rig.times("PUT", kind) for kind in ("DERCapability", "DERStatus", "DERAvailability"))


def within_ratings(rig: Rig) -> bool:
    settings, capability = rig.utility.devices[-1].der_settings, rig.utility.devices[-1].der_capability
    if settings is None or capability is None:
        return True
    most, rated = settings.node.child("setMaxW"), capability.node.child("rtgMaxW")
    return most is not None and rated is not None and (most.integer("value") or 0) <= (rated.integer("value") or 0)


def only_valid(rig: Rig) -> bool:
    return all(schema().validate(etree.fromstring(seen.request.body)) for seen in rig.seen if seen.request.body)


def dated(rig: Rig) -> bool:
    instants = ((r.node.integer("createdDateTime") or 0, r.at.timestamp()) for r in rig.utility.responses)
    return bool(rig.times("GET", "Time")) and all(abs(said - came) < 3 for said, came in instants)


def reading_uoms(rig: Rig) -> set[int | None]:
    return {reading.reading_type.integer("uom") for reading in rig.utility.readings if reading.reading_type}


def polled_on_time(rig: Rig) -> bool:
    pages = [time for time in rig.times("GET", "FunctionSetAssignmentsList") if time > 0]
    return all(gap < 31 for gap in gaps(pages))


def posts(rig: Rig) -> list[float]:
    return rig.times("POST", "MirrorUsagePoint")


def moved_plant(rig: Rig) -> bool:
    return any(point.setpoints.max_w == 5000 for point in rig.site.trace)


def idled(rig: Rig) -> bool:
    return any(point.setpoints.max_w == 9000 for point in rig.site.trace)


PROOFS: dict[str, Callable[[Rig], bool]] = {
    "no_accept_header": lambda rig: all(header(seen.request.headers, "Accept") for seen in rig.seen),
    "ignores_redirects": lambda rig: bool(rig.times("GET", "DeviceCapability")),
    "hard_coded_paths": lambda rig: not {"/tm", "/edev", "/mup"} & {seen.request.path for seen in rig.seen},
    "ignores_paging": lambda rig: len({seen.request.path for seen in rig.requests("GET", "DefaultDERControl")}) == 2,
    "polls_once": lambda rig: len(rig.times("GET", "DERProgramList")) > 3,
    "ignores_poll_rate": polled_on_time,
    "ignores_server_time": lambda rig: bool(rig.times("GET", "Time")),
    "keeps_own_clock": dated,
    "never_puts_der": all_kinds_put,
    "skips_settings": lambda rig: bool(rig.times("PUT", "DERSettings")),
    "invalid_settings": only_valid,
    "settings_above_rating": within_ratings,
    "no_received_response": lambda rig: 1 in statuses(rig, 0, 0),
    "starts_late": lambda rig: started(rig, 0) == pytest.approx(120, abs=2),
    "never_completes": lambda rig: 3 in statuses(rig, 0, 0),
    "wrong_response_lfdi": lambda rig: all(r.node.hexadecimal("endDeviceLFDI") == LFDI for r in rig.utility.responses),
    "responds_early": lambda rig: started(rig, 0) >= 119,
    "ignores_control": moved_plant,
    "ignores_default": idled,
    "never_reads_curves": lambda rig: bool(rig.times("GET", "DERCurveList")),
    "ignores_cancellation": lambda rig: 6 in statuses(rig, 0, 1),
    "ignores_primacy": lambda rig: 7 in statuses(rig, 1, 0),
    "ignores_randomization": lambda rig: started(rig, 2) > 601,
    "randomizes_too_far": lambda rig: started(rig, 2) < 621,
    "answers_7_and_14": lambda rig: not {7, 14} <= set(statuses(rig, 1, 0)),
    "no_voltage_reading": lambda rig: 29 in reading_uoms(rig),
    "readings_once": lambda rig: len(posts(rig)) > 1,
    "ignores_post_rate": lambda rig: all(gap < 31 for gap in gaps([0, *posts(rig)])),
    "readings_without_time": lambda rig: all(reading.reading.child("timePeriod") for reading in rig.utility.readings),
    "reports_no_alarms": lambda rig: len(rig.utility.devices[-1].log_events) == 1,
}
DEAF = {"ignores_redirects", "hard_coded_paths"}
"""Flaws with which a client never gets as far as its device."""
NO_CLOCK = [
    "ignores_cancellation",
    "ignores_control",
    "ignores_primacy",
    "ignores_randomization",
    "never_completes",
    "no_received_response",
    "responds_early",
    "starts_late",
]
CONSEQUENCES = {
    "ignores_control": ["ignores_default"],
    "starts_late": ["randomizes_too_far"],
    "keeps_own_clock": NO_CLOCK,
    "polls_once": ["ignores_cancellation"],
    "ignores_paging": ["ignores_primacy"],
    "ignores_server_time": sorted([*NO_CLOCK, "keeps_own_clock"]),
    "never_puts_der": ["skips_settings"],
    "responds_early": ["ignores_randomization", "starts_late"],
    "ignores_primacy": ["ignores_default", "never_completes", "responds_early", "starts_late"],
}
"""What else must fail with a flaw that cannot be had alone."""


@pytest.mark.parametrize("proof", PROOFS)
def test_the_sound_client_passes(proof: str) -> None:
    assert PROOFS[proof](told())


@pytest.mark.parametrize("flaw", PROOFS)
def test_a_flaw_shows(flaw: str) -> None:
    assert not PROOFS[flaw](told(flaw))


@pytest.mark.parametrize("flaw", sorted(PROOFS.keys() - DEAF))
def test_a_flaw_breaks_nothing_else(flaw: str) -> None:
    failed = [name for name in sorted(PROOFS.keys() - {flaw}) if not PROOFS[name](told(flaw))]
    assert failed == CONSEQUENCES.get(flaw, [])


def test_every_flaw_is_proven() -> None:
    elsewhere = {flaw for case in CASES if case.subject == "client" for flaw in case.flaws}  # see tests/test_flaws.py
    elsewhere |= {flaw for case, flaw, _ in RECOMMENDED if case.startswith("client/")}
    elsewhere |= {"freezes_charge", "total_of_one_phase"}  # tests/test_cells.py proves them
    assert PROOFS.keys() | EVENT_PROBES.keys() | TLS_FLAWS | {"ignores_wrong_pin"} | elsewhere == CLIENT_FLAWS.keys()
    assert all(flaw.name == name and flaw.side == "client" for name, flaw in CLIENT_FLAWS.items())


def test_ignoring_a_wrong_pin_goes_on_as_if_nothing_were() -> None:
    async def story(rig: Rig) -> None:
        await rig.live(60)

    rig = play(story, pin=222220, flaws=["ignores_wrong_pin"])
    assert rig.times("PUT", "DERStatus")


def test_flaws_of_tls_are_told_to_the_runtime() -> None:
    assert tls_ciphers(()) == CCM8
    assert CCM8 not in tls_ciphers({"offers_no_ccm8"})
    assert sends_full_chain(())
    assert not sends_full_chain({"sends_leaf_only"})


def test_an_unknown_flaw_is_refused_with_the_list_of_those_that_exist() -> None:
    with pytest.raises(UsageError, match="polls_once"):
        known_flaws(["no_such_flaw"])


def test_a_redirect_is_a_request_of_its_own() -> None:
    def old(request: Request) -> bool:
        return request.path == "/moved"

    assert next(seen.seconds for seen in told().seen if old(seen.request)) == 0
