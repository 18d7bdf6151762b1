"""Flaws of the reference server in lists and documents, in its time, and in who sees whose devices."""

from __future__ import annotations

from dataclasses import replace

from conformance.reference import flawed_answers as answers
from conformance.reference import flawed_documents as documents
from conformance.reference import flawed_lists as lists
from conformance.reference import flawed_offers as offers
from conformance.reference.flawed_documents import edited
from conformance.reference.server_flaw import arranged, between, remembering
from conformance.reference.server_tree import ServerParts

OTHER_PIN = 222220
"""A well-formed PIN that no device was registered with."""


def _wrong_pin(parts: ServerParts) -> None:
    for device in parts.devices:
        device.identity = replace(device.identity, pin=OTHER_PIN)


def _wrong_sfdi(parts: ServerParts) -> None:
    for device in parts.devices:
        body, digit = divmod(device.identity.sfdi, 10)
        device.identity = replace(device.identity, sfdi=body * 10 + (digit + 1) % 10)


def _cross_device_leak(parts: ServerParts) -> None:
    parts.neighbour.viewers.update(device.lfdi for device in parts.devices)


DEVICES = ("EndDeviceList", "EndDevice")
LINKING = (*DEVICES, "FunctionSetAssignmentsList", "DERProgramList")

LISTS = (
    between("wrong_all", "GEN.LIST", "counts one too many in all of every list", lists.counting("all")),
    between(
        "links_miscount", "GEN.LIST", "says in links that lists are empty", edited(documents.empty_by_links, *LINKING)
    ),
    between("wrong_results", "VAL.LIST.RESULTS", "counts one too many in results of lists", lists.counting("results")),
    between("ignores_limit", "GEN.LIMIT", "gives every entry whatever l asks for", lists.asking_all),
    between("ignores_start", "CTP.GENERAL.4", "gives the first entries whatever s says", lists.dropping("s")),
    between("ignores_after", "CTP.GENERAL.4", "gives old entries whatever a says", lists.dropping("a")),
    between("gives_all_by_default", "CTP.GENERAL.4", "gives every entry without l", lists.asking_all_by_default),
    between("last_parameter_wins", "CTP.GENERAL.4", "takes the last of repeated parameters", lists.asking_backwards),
    between("refuses_unknown_parameter", "CTP.GENERAL.4", "answers unknown parameters with 400", lists.pedantic),
    between("lists_seven_programs", "GEN.LIST", "lists seven programs at most", offers.capped("DERProgramList", 7)),
    between(
        "lists_six_assignments",
        "GEN.LIST",
        "lists six assignments at most",
        offers.capped("FunctionSetAssignmentsList", 6),
    ),
    between("keeps_ten_controls", "GEN.LIST", "lists ten controls at most", offers.capped("DERControlList", 10)),
    remembering(
        "serves_removed_programs",
        "CTP.BASIC-003",
        "lists programs that were removed",
        offers.serves_removed_programs,
    ),
    between("controls_out_of_order", "GEN.026", "lists the last control first", lists.backwards("DERControlList")),
    between(
        "controls_of_one_start_out_of_order",
        "LIST.TIES",
        "lists controls of one start by rising mRID",
        lists.ties_backwards("DERControlList", "start"),
    ),
    between(
        "programs_of_one_primacy_out_of_order",
        "LIST.TIES",
        "lists programs of one primacy by rising mRID",
        lists.ties_backwards("DERProgramList", "primacy"),
    ),
    between("programs_out_of_order", "GEN.026", "lists the worst program first", lists.backwards("DERProgramList")),
)
"""Flaws of lists: their counts, their order, their queries, what they hold."""


DOCUMENTS = (
    between(
        "invalid_body",
        "CTP.GENERAL.3",
        "writes two elements of DeviceInformation in the wrong order",
        edited(documents.swapped_last_two, "DeviceInformation"),
    ),
    between(
        "dangling_link",
        "GEN.LINK",
        "links DeviceCapability to a list that does not exist",
        edited(documents.dangling_link, "DeviceCapability"),
    ),
    between(
        "bad_mrid",
        "VAL.MRID.EMPTY",
        "gives programs an empty mRID",
        edited(documents.texts("mRID", ""), "DERProgramList", "DERProgram"),
    ),
)
"""Flaws of what single documents say."""


TIME = (
    between("clock_ahead", "TIME.002", "is a minute ahead of the time", edited(documents.minute_ahead, "Time")),
    remembering("clock_stands_still", "TIME.011", "shows its first time for ever", answers.clock_stands_still),
    remembering(
        "clock_runs_slow",
        "TIME.002",
        "shows a time that goes at half its speed from the first on",
        answers.clock_runs_slow,
    ),
    between("unknown_time_quality", "TIME.008", "claims quality 1", edited(documents.texts("quality", "1"), "Time")),
)
"""Flaws of the Time resource."""


IDENTITY = (
    arranged("wrong_registration_pin", "SEC.032", "registers the client's device with another PIN", _wrong_pin),
    arranged("wrong_sfdi", "VAL.SFDI.CHECK_DIGIT", "gives the client's device an SFDI with a wrong digit", _wrong_sfdi),
    between("wrong_lfdi", "SEC.005", "misprints the last digit of LFDIs", edited(documents.misprinted_lfdi, *DEVICES)),
    arranged("cross_device_leak", "P20", "shows a client the device of another", _cross_device_leak),
    remembering("shows_foreign_devices", "P20", "shows every client every device", offers.shows_foreign_devices),
    remembering("shares_all_programs", "P20", "shows every device the programs of all", offers.shares_all_programs),
    remembering("lets_anybody_write", "P17", "takes a PUT to the DER of another", offers.lets_anybody_write),
    remembering(
        "forgets_registration", "SEC.005", "takes an EndDevice with 201 and forgets it", offers.forgets_registration
    ),
    between(
        "accepts_any_registration", "CTP.CORE-009", "answers a posted EndDevice with 201", answers.accepts_strangers
    ),
)
"""Flaws of identities, registration and access."""
