"""The sound reference client against the utility core: it finds, obeys, answers and reports, on time and validly."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from client_rig import LFDI, START, Rig, play
from lxml import etree

from conformance.reference.client_documents import der_capability, der_settings
from conformance.reference.client_manner import Manner
from conformance.reference.plant import Battery, Evse, Pv
from conformance.reference.simulator import Site
from conformance.roles.utility import Manner as UtilityManner
from conformance.roles.utility import Rates, Registration
from conformance.wire.csipaus import extension_in
from conformance.wire.messages import Answer, Request, header
from conformance.wire.payload import write

XSD = Path(__file__).parents[2] / "xsd"
MINUTE = timedelta(minutes=1)
LIMIT = {"opModMaxLimW": 5000}


async def one_control(rig: Rig) -> None:
    program = rig.utility.add_program(rig.utility.devices[-1], primacy=1)
    program.set_default({"opModMaxLimW": 9000})
    program.add_control(LIMIT, starts_in=2 * MINUTE, duration=MINUTE, response_required=7)
    await rig.live(1200)


def only_control_answers(rig: Rig) -> list[tuple[float, int]]:
    return rig.answers(rig.utility.programs[0].controls[0])


def test_a_control_is_answered_1_2_3_at_its_moments_and_moves_the_plant() -> None:
    rig = play(one_control)
    assert [status for _, status in only_control_answers(rig)] == [1, 2, 3]
    assert [at for at, _ in only_control_answers(rig)] == pytest.approx([0, 120, 180], abs=0.1)
    asked = [((point.at - START).total_seconds(), point.setpoints.max_w) for point in rig.site.trace]
    assert asked[-3:] == [(0, 9000), (pytest.approx(120, abs=0.1), 5000), (pytest.approx(180, abs=0.1), 9000)]


def test_every_document_is_valid() -> None:
    rig = play(one_control, manner=Manner(meters=("der", "site")))
    kinds = {seen.kind for seen in rig.seen if seen.request.body}
    assert kinds >= {"DERCapability", "DERSettings", "DERStatus", "DERAvailability", "MirrorUsagePointList"}
    assert rig.invalid() == []


def test_an_evse_mirrors_three_voltages() -> None:
    async def story(rig: Rig) -> None:
        await rig.live(70)

    rig = play(story, manner=Manner(meters=("evse",)), evse=Evse(max_w=7000))
    phases = {r.reading_type.integer("phase") for r in rig.utility.readings if r.reading_type}
    assert phases == {0, 128, 64, 32}
    powers = [r.value for r in rig.utility.readings if r.reading_type and r.reading_type.integer("uom") == 38]
    assert powers == [7000]
    assert rig.invalid() == []


@pytest.mark.parametrize("edition", ["1.2", "1.3", "1.3-beta-storage"])
def test_the_extensions_of_csip_aus_are_declared_validly(edition: str) -> None:
    xsd = etree.XMLSchema(etree.parse(XSD / f"csip-aus-{edition}.xsd"))
    site = Site(START, Pv(), Battery(floor_wh=70000))
    namespace = {"1.2": "https://csipaus.org/ns", "1.3": "https://csipaus.org/ns/v1.3"}
    spoken = namespace.get(edition, "https://csipaus.org/ns/v1.3-beta/storage")
    for document in (der_capability(site, extension_in(spoken)), der_settings(site, 0, 27, 5000, extension_in(spoken))):
        xsd.assertValid(etree.fromstring(write(document)))
        assert any(spoken in str(child.tag) for child in document)


def test_the_control_is_read_again_before_it_starts() -> None:
    assert play(one_control).times("GET", "DERControl") == pytest.approx([118], abs=0.1)


def test_each_resource_is_polled_at_its_own_rate() -> None:
    rates = Rates(
        device_capability_s=300,
        end_device_list_s=120,
        function_set_assignments_list_s=90,
        der_program_list_s=60,
        time_s=600,
        der_list_s=45,
    )
    rig = play(one_control, rates=rates)
    for kind, rate in (
        ("DeviceCapability", 300),
        ("EndDeviceList", 120),
        ("FunctionSetAssignmentsList", 90),
        ("DERProgramList", 60),
        ("Time", 600),
        ("DERList", 45),
    ):
        times = rig.times("GET", kind)
        assert times == pytest.approx([rate * number for number in range(len(times))], abs=0.01), kind
        assert len(times) >= 1200 // rate, kind


def test_every_get_succeeds_and_asks_for_the_media_type() -> None:
    rig = play(one_control)
    assert {seen.answer.status for seen in rig.seen if seen.answer} <= {200, 201, 204}
    assert all(header(seen.request.headers, "Accept") for seen in rig.seen)


def test_readings_are_posted_at_the_post_rate_with_all_four_quantities() -> None:
    rig = play(one_control, rates=Rates(mirror_post_rate_s=120))
    posts = rig.times("POST", "MirrorUsagePoint")
    assert posts == pytest.approx([120 * number for number in range(1, len(posts) + 1)], abs=0.01)
    assert len(posts) >= 9
    readings = [reading for reading in rig.utility.readings if reading.value is not None]
    uoms = {reading.reading_type.integer("uom") for reading in readings if reading.reading_type}
    assert uoms == {38, 63, 29, 33}
    first = next(reading for reading in readings if reading.reading_type and reading.reading_type.integer("uom") == 38)
    assert first.value == 5000
    period = first.reading.child("timePeriod")
    assert period is not None
    assert period.integer("duration") == 120


def test_aligned_readings_end_on_whole_multiples() -> None:
    async def story(rig: Rig) -> None:
        await rig.clock.wait(timedelta(seconds=17))
        await rig.live(1000)

    rig = play(story, manner=Manner(aligned_readings=True), rates=Rates(mirror_post_rate_s=300))
    assert rig.times("POST", "MirrorUsagePoint") == pytest.approx([600, 900], abs=0.01)


def test_the_der_documents_are_put_once_and_the_status_at_the_rate_of_the_list() -> None:
    rig = play(one_control, rates=Rates.every(300))
    assert len(rig.times("PUT", "DERCapability")) == len(rig.times("PUT", "DERSettings")) == 1
    assert rig.times("PUT", "DERStatus") == pytest.approx([0, 300, 600, 900], abs=0.1)


def test_in_band_the_client_registers_itself() -> None:
    async def story(rig: Rig) -> None:
        rig.utility.on_registration = lambda device: None
        await rig.live(300)

    rig = play(story, registration=Registration.IN_BAND)
    assert [device.lfdi for device in rig.utility.devices] == [LFDI]
    assert rig.times("POST", "EndDeviceList") == pytest.approx([0])
    assert rig.times("PUT", "DERStatus")


def test_after_a_wrong_pin_there_is_silence() -> None:
    async def story(rig: Rig) -> None:
        await rig.live(3600)

    rig = play(story, pin=222220)
    assert rig.seen[-1].kind == "Registration"
    assert rig.seen[-1].seconds == 0


def test_a_cancelled_control_is_answered_6_and_the_default_returns() -> None:
    async def story(rig: Rig) -> None:
        program = rig.utility.add_program(rig.utility.devices[-1], primacy=1)
        control = program.add_control(LIMIT, starts_in=MINUTE, duration=10 * MINUTE, response_required=7)
        await rig.live(150)
        control.cancel()
        await rig.live(100)

    rig = play(story)
    assert [status for _, status in only_control_answers(rig)] == [1, 2, 6]
    assert rig.site.setpoints.max_w is None


def test_a_better_program_supersedes_a_running_control() -> None:
    async def story(rig: Rig) -> None:
        system = rig.utility.add_program(rig.utility.devices[-1], primacy=10)
        point = rig.utility.add_program(rig.utility.devices[-1], primacy=4)
        system.add_control(LIMIT, starts_in=MINUTE, duration=4 * MINUTE, response_required=7)
        await rig.live(90)
        point.add_control({"opModMaxLimW": 2000}, starts_in=2 * MINUTE, duration=MINUTE, response_required=7)
        await rig.live(600)

    rig = play(story)
    first, second = (program.controls[0] for program in rig.utility.programs)
    assert [status for _, status in rig.answers(first)] == [1, 2, 7]
    assert [status for _, status in rig.answers(second)] == [1, 2, 3]
    assert {status: at for at, status in rig.answers(first)}[7] == pytest.approx(210, abs=0.1)


def test_fifteen_assignments_and_their_programs_are_all_read_from_pages_of_one() -> None:
    async def story(rig: Rig) -> None:
        device = rig.utility.devices[-1]
        for primacy in range(15):
            rig.utility.add_program(rig.utility.assign(device), primacy=primacy).set_default(LIMIT)
        await rig.live(30)

    rig = play(story, manner=Manner(page_size=None))
    defaults = {seen.request.path for seen in rig.requests("GET", "DefaultDERControl")}
    assert len(defaults) == 15


def test_a_program_that_is_unassigned_no_longer_counts() -> None:
    async def story(rig: Rig) -> None:
        kept, gone = (rig.utility.assign(rig.utility.devices[-1]) for _ in range(2))
        rig.utility.add_program(kept, primacy=9).set_default({"opModMaxLimW": 9000})
        rig.utility.add_program(gone, primacy=1).set_default({"opModMaxLimW": 1000})
        await rig.live(30)
        assert rig.site.setpoints.max_w == 1000
        rig.utility.unassign(gone)
        await rig.live(120)

    assert play(story).site.setpoints.max_w == 9000


def test_it_follows_the_servers_time() -> None:
    rig = play(one_control, client_ahead=timedelta(hours=-1, seconds=-7))
    assert [at for at, _ in only_control_answers(rig)] == pytest.approx([0, 120, 180], abs=1.1)
    started = rig.utility.responses[1].node.integer("createdDateTime")
    assert started == pytest.approx(START.timestamp() + 120, abs=1.1)


@pytest.mark.parametrize("broken", [Answer(500), Answer(503, (("Retry-After", "30"),)), Answer(0), Answer(404)])
def test_it_survives_an_outage_and_polls_on(broken: Answer) -> None:
    async def story(rig: Rig) -> None:
        program = rig.utility.add_program(rig.utility.devices[-1], primacy=1)
        program.add_control(LIMIT, starts_in=10 * MINUTE, duration=MINUTE, response_required=7)
        await rig.live(100)
        rig.interfere = lambda request: broken
        await rig.live(420)
        rig.interfere = lambda request: None
        await rig.live(600)

    rig = play(story)
    assert [status for _, status in only_control_answers(rig)] == [1, 2, 3]
    recovered = [seen for seen in rig.seen if seen.seconds > 520]
    assert {"DeviceCapability", "EndDeviceList", "DERProgramList", "MirrorUsagePoint"} <= {s.kind for s in recovered}
    outage = [seen for seen in rig.seen if 100 < seen.seconds < 520]
    assert len(outage) < 200


def test_a_response_that_does_not_get_through_is_sent_again() -> None:
    failures = iter([Answer(503), Answer(0)])

    async def story(rig: Rig) -> None:
        rig.interfere = lambda request: (
            next(failures, None) if request.method == "POST" and b"DERControlResponse" in request.body else None
        )
        await one_control(rig)

    assert [status for _, status in only_control_answers(play(story))] == [1, 2, 3]


@pytest.mark.parametrize("status", [301, 302])
def test_it_follows_a_redirect(status: int) -> None:
    async def story(rig: Rig) -> None:
        def moved(request: Request) -> Answer | None:
            if request.path == "/old":
                return Answer(status, (("Location", f"https://server:8443{rig.utility.entry_path}"),))
            return None

        rig.interfere = moved
        rig.client._entry = "/old"
        await rig.live(10)

    assert play(story).times("PUT", "DERCapability") == pytest.approx([0])


def test_alarms_go_out_at_once_and_in_pairs() -> None:
    async def story(rig: Rig) -> None:
        await rig.live(100)
        await rig.client.raise_alarm(2)
        await rig.live(50)
        await rig.client.clear_alarm(2)
        await rig.live(10)

    rig = play(story, rates=Rates.every(300))
    events = rig.utility.devices[-1].log_events
    assert [(event.node.integer("functionSet"), event.node.integer("logEventCode")) for event in events] == [
        (11, 2),
        (11, 3),
    ]
    assert rig.times("PUT", "DERStatus") == pytest.approx([0, 100, 150], abs=0.1)


def test_randomization_stays_within_its_bound_and_is_repeatable() -> None:
    async def story(rig: Rig) -> None:
        program = rig.utility.add_program(rig.utility.devices[-1], primacy=1)
        program.add_control(LIMIT, starts_in=2 * MINUTE, duration=MINUTE, response_required=7, randomize_start_s=30)
        await rig.live(600)

    starts = [{status: at for at, status in only_control_answers(play(story))}[2] for _ in range(2)]
    assert starts[0] == starts[1]
    assert 120 < starts[0] <= 150


@pytest.mark.parametrize(
    "manner",
    [
        Manner(page_size=None),
        Manner(page_size=1),
        Manner(page_size=255),
        Manner(extra_gets=True, poll_factor=0.5),
        Manner(separate_readings=True, lower_case_hex=True),
        Manner(namespace_prefix="x", responses_twice=True, closes_connections=True),
        Manner(header_case="lower", content_type_on_get=True, put_order=("DERStatus", "DERSettings", "DERCapability")),
    ],
)
def test_unusual_manners_change_nothing_of_substance(manner: Manner) -> None:
    rig = play(one_control, manner=manner)
    assert {status for _, status in only_control_answers(rig)} == {1, 2, 3}
    assert rig.invalid() == []
    assert rig.utility.readings
    assert rig.utility.devices[-1].der_settings is not None


def test_it_copes_with_an_unusual_server() -> None:
    unusual = UtilityManner(
        entry_path="/a/b/dcap",
        path_prefix="/deep/er",
        absolute_hrefs=True,
        namespace_prefix="sep",
        lower_case_hex=True,
        extra_links=True,
    )
    rig = play(one_control, utility_manner=unusual)
    assert [status for _, status in only_control_answers(rig)] == [1, 2, 3]


def test_a_simulated_night_takes_a_moment() -> None:
    async def story(rig: Rig) -> None:
        program = rig.utility.add_program(rig.utility.devices[-1], primacy=1)
        for hour in range(1, 8):
            program.add_control(LIMIT, starts_in=60 * hour * MINUTE, duration=30 * MINUTE, response_required=7)
        await rig.live(8 * 3600)

    rig = play(story, rates=Rates.every(900))
    assert len(rig.utility.responses) == 7 * 3
    assert rig.site.telemetry().exported_wh > 0
