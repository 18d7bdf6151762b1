"""Every statement of the two reference packs has test cases that can pass and can fail.

Each case is named with what shows that it can fail: a flaw of a reference peer, or a demand that a peer departs from.
Fewer, and a statement would be judged by a case that nothing proves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from conformance.catalogue import shipped
from conformance.catalogue.departures import departure
from conformance.catalogue.pack_cells import Cell
from conformance.catalogue.profile import Profile, load_profile
from conformance.catalogue.test_case import load_cases
from conformance.catalogue.values_in_force import Values, Whom
from conformance.face.wiring import DEMONSTRATED, Choice, demonstration
from conformance.judgement.finding import State
from conformance.output.record_reading import read_run
from conformance.output.run_view import CaseView
from conformance.reference.flaws import FLAWS, flaw_sides
from conformance.running.session import Session
from conformance.vocabulary.verdict import Verdict

pytestmark = pytest.mark.timeout(900)

ROWS = {
    "NA": {"REG": 4, "TEL": 4, "AST": 3, "CAP": 3, "CTL": 4, "AUS": 2},
    "AU": {"REG": 5, "TEL": 3, "AST": 3, "CAP": 3, "CTL": 2, "AUS": 2},
}
"""How many statements each column of the table has on each subject."""
PACKS = {"NA": "na-reference", "AU": "au-reference"}
ELSEWHERE = {"NA-AUS-2": "na-charging"}
"""Statements that a pack leaves open, and the pack laid on it that does not."""
FLEET = "takes an aggregator with a fleet"

PRIMACY = {f"client/BASIC-{number:03}": "ignores_primacy" for number in (21, 22, 23)}
INDEPENDENT = {f"client/BASIC-{number:03}": "supersedes_independent" for number in (24, 25, 26)}
CAN_FAIL: Mapping[str, Mapping[str, str]] = {
    "NA-REG-1": {"client/BASIC-001": "takes_first_device", "server/BASIC-001": "wrong_lfdi"},
    "NA-REG-2": {"server/UTIL-001": "shows_foreign_devices"},
    "NA-REG-3": {
        "client/REGISTRATION-001": "EndDevice.registration",
        "server/REGISTERED-001": "EndDevice.registration",
        "server/REGISTERED-002": "shows_foreign_devices",
    },
    "NA-REG-4": {"client/IDENTIFIERS-001": "EndDevice.lFDI.derivation", "server/BASIC-001": "wrong_sfdi"},
    "NA-TEL-1": {"client/READINGS-001": "no_voltage_reading", "client/CADENCE-002": "MirrorUsagePoint.postRate"},
    "NA-TEL-2": {"client/CADENCE-002": "DERStatus.post_interval"},
    "NA-TEL-3": {"client/ALARM-002": "DERStatus.alarm_latency", "client/ALARM-001": "no_return_to_normal"},
    "NA-TEL-4": {},
    "NA-AST-1": {"client/READINGS-001": "MirrorUsagePoint.readings[aggregator,device,evse]"},
    "NA-AST-2": {"client/READINGS-001": "total_of_one_phase"},
    "NA-AST-3": {"client/ELEMENTS-002": "DERStatus.stateOfChargeStatus", "client/CHARGE-001": "freezes_charge"},
    "NA-CAP-1": {
        "client/ELEMENTS-001": "DERCapability.rtgMaxWh",
        "client/CORE-009": "never_puts_der",
        "client/BASIC-007": "keeps_own_ramp",
    },
    "NA-CAP-2": {"client/CORE-014": "settings_above_rating"},
    "NA-CAP-3": {"client/ELEMENTS-003": "LogEvent.createdDateTime"},
    "NA-CTL-1": {"client/DELIVERY-001": "DERControl.delivery[device]"},
    "NA-CTL-2": {
        "client/STORED-001": "DERControl.stored_events",
        "client/BASIC-015": "keeps_few_events",
        "client/OUTAGE-002": "drops_events_offline",
    },
    "NA-CTL-3": {
        **PRIMACY,
        **INDEPENDENT,
        "server/BASIC-021": "supersedes_the_better",
        "server/BASIC-024": "ends_independent_events",
    },
    "NA-CTL-4": {
        "client/CORE-021": "randomizes_too_far",
        "client/RANDOM-001": "ignores_randomization",
        "server/CORE-021": "drops_randomization",
    },
    "NA-AUS-1": {"client/EXTENDED-001": "XML.unknown_elements"},
    "NA-AUS-2": {
        "client/MODES-001": "DERControlBase.opModImpLimW",
        "client/LIMIT-003": "ignores_import_limit",
        "client/LIMIT-004": "ignores_load_limit",
    },
    "AU-REG-1": {"client/JOIN-001": "hard_coded_paths", "server/REGISTERED-002": "shows_foreign_devices"},
    "AU-REG-2": {},
    "AU-REG-3": {
        "client/JOIN-001": "hard_coded_paths",
        "client/JOIN-002": "skips_settings",
        "client/REGISTRATION-002": "posts_until_taken",
        "server/REGISTERED-001": "forgets_registration",
        "server/REGISTERED-002": "shows_foreign_devices",
    },
    "AU-REG-4": {
        "client/IDENTIFIERS-001": "EndDevice.lFDI.case",
        "client/IDENTIFIERS-002": "mRID.pen_base",
        "client/JOIN-002": "lower_case_lfdi",
    },
    "AU-REG-5": {"client/SUMS-001": "DERSettings.aggregate", "client/SUMS-002": "DERStatus.aggregate"},
    "AU-TEL-1": {"client/ALIGNED-001": "Reading.timePeriod.alignment"},
    "AU-TEL-2": {"client/AVERAGE-001": "MirrorMeterReading.method"},
    "AU-TEL-3": {
        "client/READINGS-001": "MirrorUsagePoint.readings[aggregator,device,storage]",
        "client/METER-001": "no_voltage_reading",
        "client/STORAGE-001": "no_stored_energy",
        "client/RATES-002": "ignores_post_rate",
    },
    "AU-AST-1": {"client/ELEMENTS-001": "DERCapability.rtgMaxChargeRateW", "client/STORAGE-002": "no_storage_ratings"},
    "AU-AST-2": {"client/ELEMENTS-001": "DERSettings.setMinWh"},
    "AU-AST-3": {"client/STORAGE-002": "rates_above_va", "client/STORAGE-003": "target_over_limit"},
    "AU-CAP-1": {"client/ELEMENTS-001": "DERSettings.setMinWh", "client/STORAGE-002": "no_storage_ratings"},
    "AU-CAP-2": {"client/FUNCTIONS-002": "DERAvailability"},
    "AU-CAP-3": {"client/FUNCTIONS-001": "LogEvent", "client/ALARM-001": "reports_no_alarms"},
    "AU-CTL-1": {"client/ACTUATION-001": "DERControl.actuation"},
    "AU-CTL-2": {
        "client/MODES-001": "DERControlBase.opModStorageTargetW",
        "client/STORAGE-003": "target_over_limit",
        "server/STORAGE-001": "changes_control_values",
    },
    "AU-AUS-1": {
        "client/MODES-001": "DERControlBase.opModImpLimW",
        "client/CLAIM-001": "DERCapability.doeModesSupported",
        "client/LIMIT-001": "ignores_export_limit",
        "client/LIMIT-003": "ignores_import_limit",
        "client/LIMIT-004": "ignores_load_limit",
    },
    "AU-AUS-2": {"client/CLAIM-001": "swaps_doe_bits"},
}
"""By statement and case, the flaw or the departure from a demand that the case objects to."""


@pytest.mark.parametrize("column", ROWS)
def test_no_statement_of_the_table_is_missing(column: str) -> None:
    wanted = [f"{column}-{row}-{number + 1}" for row, count in ROWS[column].items() for number in range(count)]
    assert [cell.id for cell in load_profile(PACKS[column]).cells] == wanted


def test_what_a_statement_names_exists() -> None:
    keys = {case.key for case in load_cases(shipped.testcases_folder())}
    for pack in PACKS.values():
        profile = load_profile(pack)
        demanded = {value.name for value in profile.values.values()}
        for cell in profile.cells:
            assert set(cell.cases) <= keys, cell.id
            assert set(cell.values) <= demanded, cell.id


@pytest.mark.parametrize("id", CAN_FAIL)
def test_the_cases_of_a_statement_pass_for_sound_peers_or_wait_for_a_fleet(id: str) -> None:
    cell, sound = cell_of(id), sound_verdicts(pack_of(id))
    ends = {key: sound[key].verdict for key in cell.cases}
    waiting = {key for key, verdict in ends.items() if verdict is Verdict.NOT_RUN}
    assert ends.keys() - waiting == CAN_FAIL[id].keys()
    assert {ends[key] for key in ends.keys() - waiting} <= {Verdict.PASS}
    assert [key for key in ends if objections(sound[key])] == []
    assert all(FLEET in sound[key].reason and f"{key} {FLEET}" in cell.not_run for key in waiting)


@pytest.mark.parametrize(("id", "case"), [(id, case) for id, cases in CAN_FAIL.items() for case in cases])
def test_a_case_of_a_statement_can_fail(id: str, case: str) -> None:
    profile, broken = load_profile(pack_of(id)), CAN_FAIL[id][case]
    if broken in FLAWS:
        seen = run(profile, [case], flaws=(broken,))
    else:
        value = profile.values.named(broken) or next(one for one in profile.values.values() if one.name == broken)
        seen = run(profile, [case], kept=departure(value).kept_by(profile.values), whom=whom(value.der))
    assert objections(seen[case])


def whom(der: Sequence[str]) -> Whom:
    """Return a client that has the kinds of DER that a value is about, or everything."""
    everything = DEMONSTRATED["client"]
    return Whom(everything.role, tuple(der) or everything.types, pen=everything.pen)


def pack_of(id: str) -> str:
    return ELSEWHERE.get(id, PACKS[id.partition("-")[0]])


def cell_of(id: str) -> Cell:
    return next(cell for cell in load_profile(pack_of(id)).cells if cell.id == id)


@cache
def sound_verdicts(pack: str) -> Mapping[str, CaseView]:
    """Return how the cases of all statements of a pack end for sound peers."""
    profile = load_profile(pack)
    return run(profile, sorted({case for cell in profile.cells for case in cell.cases}))


def objections(case: CaseView) -> Sequence[str]:
    return [finding.observed for finding in case.findings_in(State.FAIL, State.WARNING)]


def run(
    profile: Profile,
    cases: Sequence[str],
    flaws: Sequence[str] = (),
    kept: Values | None = None,
    whom: Whom | None = None,
) -> Mapping[str, CaseView]:
    """Run cases of a profile against the reference peers, flawed or departing, and return how they end."""
    sides: dict[str, Sequence[str]] = {key.partition("/")[0]: () for key in cases}
    with ExitStack() as keep:
        folder = Path(keep.enter_context(TemporaryDirectory(prefix="csip-cells-")))
        choice = Choice(profile=profile, only=tuple(cases), client=whom)
        session = Session(demonstration(choice, folder, keep, sides | flaw_sides(flaws), peers_keep_to=kept))
        session.start()
        view = read_run(session.finish())
    return {case.key: case for case in view.cases if case.key in cases}
