"""The ten list queries of CORE-004, and what else a list query may hold."""

import pytest

from conformance.roles.utility import Utility
from conformance.roles.utility.paging import BadQuery, Entry, list_document, list_query, page
from conformance.roles.utility.scenario import offer_topology, registered_last
from conformance.wire.payload import element
from tests.visitor import START, START_S, HandClock, UtilityVisitor, schema

LFDI = UtilityVisitor(Utility(HandClock())).lfdi
NOW = START_S
TOMORROW = NOW + 86400

QUERIES = {
    "s=0": ([0], [0]),
    "": ([0], [0]),
    f"a={NOW}": ([0], []),
    "l=0": ([], []),
    "l=1000": ([0, 1, 2, 3, 4, 5, 6], [0, 1, 2]),
    f"s=3&a={NOW}": ([3], []),
    "s=1&l=1&s=2": ([1], [1]),
    "l=0&l=2": ([], []),
    f"s=1&a={NOW}&a={TOMORROW}": ([1], []),
    "l=1&b=2": ([0], [0]),
}
"""The query, the ordinals shown of a list without a time key, and of the EndDeviceList, which has one."""


def served() -> tuple[UtilityVisitor, str, str]:
    utility = Utility(HandClock())
    device = registered_last(utility, LFDI)
    offer_topology(utility, device, "F-TOPO1")
    visitor = UtilityVisitor(utility)
    programs = visitor.follow("EndDeviceListLink", "2", "FunctionSetAssignmentsListLink", "0").link(
        "DERProgramListLink"
    )
    devices = visitor.follow().link("EndDeviceListLink")
    assert programs is not None
    assert devices is not None
    return visitor, programs, devices


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("time_keyed", [False, True])
def test_the_queries_of_core_004_give_the_entries_of_its_table(query: str, time_keyed: bool) -> None:
    visitor, programs, devices = served()
    path = devices if time_keyed else programs
    whole = [entry.href for entry in visitor.get(f"{path}?l=255").children()]
    shown = visitor.get(f"{path}?{query}" if query else path)
    expected = [whole[ordinal] for ordinal in QUERIES[query][time_keyed]]
    assert [entry.href for entry in shown.children()] == expected
    assert shown.integer_attribute("results") == len(expected)
    assert shown.integer_attribute("all") == len(whole)


def test_only_entries_later_than_after_are_shown_of_a_time_keyed_list() -> None:
    visitor, _, devices = served()
    shown = visitor.get(f"{devices}?l=255&a={NOW - 5400}")
    assert [entry.integer("changedTime") for entry in shown.children()] == [NOW - 3600]
    assert shown.integer_attribute("all") == 3


def test_start_counts_from_the_first_entry_that_after_leaves() -> None:
    entries = [Entry((moment,), lambda: element("DERControl"), moment) for moment in (10, 20, 30, 40)]
    assert [entry.time for entry in page(entries, list_query("a=10&s=1&l=2"))] == [30, 40]


def test_a_start_beyond_the_end_gives_an_empty_page() -> None:
    visitor, programs, _ = served()
    shown = visitor.get(f"{programs}?s=7&l=10")
    assert (shown.integer_attribute("all"), shown.integer_attribute("results")) == (7, 0)


@pytest.mark.parametrize("query", ["s=-1", "s=x", "l=", "l=1.5", "a=now", "l=²", "l=" + "9" * 5000])
def test_a_value_that_is_no_whole_number_is_refused(query: str) -> None:
    with pytest.raises(BadQuery, match="whole number"):
        list_query(query)
    visitor, programs, _ = served()
    assert visitor.send("GET", f"{programs}?{query}").status == 400


def test_a_negative_time_is_a_time() -> None:
    assert list_query("a=-5").after == -5


def test_no_more_than_the_largest_page_is_given() -> None:
    entries = [Entry((number,), lambda: element("DER")) for number in range(5)]
    assert len(page(entries, list_query("l=4000000000"), most=3)) == 3


def test_an_empty_list_is_valid() -> None:
    document = list_document("DERProgramList", "/x", (), list_query(""), poll_rate_s=60, subscribable=True)
    schema().assertValid(document)
    assert (document.get("all"), document.get("results"), document.get("pollRate")) == ("0", "0", "60")


def test_the_subject_comes_last_in_the_end_device_list() -> None:
    visitor, _, devices = served()
    shown = visitor.get(f"{devices}?l=255").children()
    assert [node.text("lFDI") for node in shown][-1] == LFDI
    times = [node.integer("changedTime") or 0 for node in shown]
    assert times == sorted(times, reverse=True)
    assert times[-1] == int(START.timestamp()) - 86400


def test_a_resource_that_is_no_list_ignores_list_queries() -> None:
    visitor, _, _ = served()
    assert visitor.get(f"{visitor.follow().link('TimeLink')}?l=255").name == "Time"
