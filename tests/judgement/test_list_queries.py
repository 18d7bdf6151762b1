"""The ten list queries, and the methods a resource must not have."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_evidence import NS, served

from conformance.judgement.finding import State
from conformance.judgement.list_queries import LIST_QUERIES, brings
from conformance.judgement.methods import forbidden_methods
from conformance.wire.payload import Node, read

NOW = 1_800_000_000


def page(*numbers: int) -> str:
    return f"<ThingList {NS}>" + "".join(f'<Thing href="/{number}"/>' for number in numbers) + "</ThingList>"


ENTRIES = read(page(1, 2, 3, 4, 5).encode()).children()


def places(nodes: tuple[Node, ...] | list[Node]) -> list[str | None]:
    return [node.href for node in nodes]


def test_each_query_brings_what_the_procedure_prints() -> None:
    plain = [places(list(query.wanted(ENTRIES, timed=False))) for query in LIST_QUERIES]
    every = ["/1", "/2", "/3", "/4", "/5"]
    assert plain == [["/1"], ["/1"], ["/1"], [], every, ["/4"], ["/2"], [], ["/2"], ["/1"]]


def test_a_time_leaves_nothing_of_a_list_whose_times_are_past() -> None:
    empty = [number for number, query in enumerate(LIST_QUERIES, start=1) if not query.wanted(ENTRIES, timed=True)]
    assert empty == [3, 4, 6, 8, 9]


def test_times_stand_in_the_query() -> None:
    assert LIST_QUERIES[8].asked(NOW) == f"?s=1&a={NOW}&a={NOW + 86400}"
    assert LIST_QUERIES[1].asked(NOW) == ""


@pytest.mark.parametrize(
    ("body", "state"),
    [(page(2), State.PASS), (page(1), State.FAIL), (page(2, 3), State.FAIL), (page(), State.FAIL), ("no", State.FAIL)],
)
def test_other_entries_than_wanted_fail(body: str, state: State) -> None:
    assert brings(served(body), LIST_QUERIES[6], ENTRIES, ENTRIES[1:2]).state is state


def test_an_answer_that_is_no_200_fails() -> None:
    refused = replace(served(page(2)), status=400)
    assert brings(refused, LIST_QUERIES[9], ENTRIES, ENTRIES[:1]).state is State.FAIL


@pytest.mark.parametrize(
    ("kind", "methods"),
    [
        ("DeviceCapability", ("POST", "PUT", "DELETE")),
        ("EndDeviceList", ("PUT",)),
        ("MirrorUsagePoint", ()),
        ("Time", ("POST",)),
        (None, ("POST",)),
    ],
)
def test_methods_are_forbidden_by_kind(kind: str | None, methods: tuple[str, ...]) -> None:
    assert forbidden_methods(kind) == methods
