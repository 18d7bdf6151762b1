"""Peers that keep every rule in an unusual way get the verdicts of the sound ones: pass, for every test case."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.face.wiring import DEFAULT_PROFILE, Choice, Manners, demonstration
from conformance.reference.client_manner import Manner as ClientManner
from conformance.roles.utility.manner import Manner as ServerManner
from conformance.running.run_record import Row
from conformance.running.session import Session
from tests.case_homes import AUSTRALIAN, CASES, applying, home_of

pytestmark = pytest.mark.timeout(900)
"""A whole column of test cases takes most of a minute, on a busy machine several."""

SERVERS = {
    "absolute addresses, chunked bodies, an entry elsewhere, deep paths": ServerManner(
        absolute_hrefs=True, chunked=True, entry_path="/some/where", path_prefix="/a/b"
    ),
    "a namespace prefix, hexadecimal in lower case, links to more, 200 to a PUT": ServerManner(
        namespace_prefix="sep", lower_case_hex=True, extra_links=True, put_status=200
    ),
    "two entries a page, nothing optional, 201 to a PUT, 204 to readings": ServerManner(
        longest_page=2, spare=True, put_status=201, reading_status=204
    ),
    "relative addresses, documents over many lines, header names in lower case, a charset": ServerManner(
        relative_hrefs=True, indented=True, lower_case_headers=True, media_type="application/sep+xml; charset=UTF-8"
    ),
}
CLIENTS = {
    "no limit in its queries, hexadecimal in lower case, readings one by one, three meters": ClientManner(
        notification_status=204,
        page_size=None,
        lower_case_hex=True,
        separate_readings=True,
        reading_sets=True,
        meters=("der", "site", "evse"),
    ),
    "two entries a page, aligned readings, everything twice, a look at other devices, whole addresses": ClientManner(
        absolute_form=True,
        subscribes_twice=True,
        page_size=2,
        limit_first=True,
        aligned_readings=True,
        responses_twice=True,
        puts_twice=True,
        looks_around=True,
    ),
    "a namespace prefix, documents over many lines, other headers and media types": ClientManner(
        namespace_prefix="p",
        indented=True,
        header_case="upper",
        content_type_on_get=True,
        accept="application/sep+xml, application/xml;q=0.5",
        media_type="application/sep+xml; charset=UTF-8",
    ),
    "extra GETs, faster polls, 1200 W, whole usage points, nothing optional, Response 14": ClientManner(
        extra_gets=True,
        rated_w=1200.0,
        reads_more=True,
        subscribes_widely=True,
        notification_status=200,
        poll_factor=0.8,
        spare=True,
        whole_usage_points=True,
        put_order=("DERAvailability", "DERStatus", "DERSettings", "DERCapability"),
        answers_14=True,
        gives_up_vanished=True,
    ),
}
NEW_CONNECTIONS = ("COMM-002", "CORE-003", "CORE-009", "BASIC-017", "BASIC-029", "CORE-004", "TREE-001")
"""Enough of the cases for peers that make a TLS handshake for every request, which takes long."""


REFERENCES = ("na-reference", "au-reference")
UPPER_CASE = ("au-reference",)
"""Where hexadecimal in lower case is no manner but a breach."""


def demanding(profile: str, side: str) -> tuple[str, ...]:
    """Return the cases that judge demands of a profile, or apply under it and not by default."""
    keys = applying(profile)
    mine = [case for case in CASES if case.subject == side and case.key in keys]
    return tuple(case.key for case in mine if case.values or case.key not in applying(DEFAULT_PROFILE))


def row_texts(record: Row) -> list[str]:
    """Return the cases that did not pass, each with its reason and its first failed check."""
    told = []
    tests = record["tests"]
    assert isinstance(tests, list)
    for row in tests:
        if row["verdict"] not in ("pass", "not_run", "not_applicable"):
            failed = [finding for finding in row["findings"] if finding["state"] in ("fail", "inconclusive")]
            seen = f"{failed[0]['expected']}: {failed[0]['observed']}" if failed else str(row["reason"])[-300:]
            told.append(f"{row['case']} {row['verdict']}  {seen}")
    return told


def run(folder: Path, side: str, manners: Manners, only: tuple[str, ...] = (), profile: str = DEFAULT_PROFILE) -> Row:
    with ExitStack() as keep:
        session = Session(demonstration(Choice(profile=profile, only=only), folder, keep, {side: ()}, manners))
        session.start()
        return session.finish()


def passed(record: Row) -> set[str]:
    tests = record["tests"]
    assert isinstance(tests, list)
    return {str(row["case"]) for row in tests if row["verdict"] == "pass"}


@pytest.mark.parametrize("manner", SERVERS)
def test_an_unusual_server_passes_every_case(manner: str, tmp_path: Path) -> None:
    record = run(tmp_path, "server", Manners(server=SERVERS[manner]))
    assert row_texts(record) == []
    assert passed(record) == {key for key in applying(DEFAULT_PROFILE) if key.startswith("server/")}


@pytest.mark.parametrize("manner", CLIENTS)
def test_an_unusual_client_passes_every_case(manner: str, tmp_path: Path) -> None:
    record = run(tmp_path, "client", Manners(client=CLIENTS[manner]))
    assert row_texts(record) == []
    assert passed(record) == {key for key in applying(DEFAULT_PROFILE) if key.startswith("client/")}


@pytest.mark.parametrize("manner", CLIENTS)
def test_an_unusual_client_passes_every_australian_case(manner: str, tmp_path: Path) -> None:
    """CSIP-AUS wants hexadecimal in upper case, so that is no manner there; its limits bind no small plant."""
    manners = Manners(client=replace(CLIENTS[manner], lower_case_hex=False, rated_w=ClientManner().rated_w))
    only = tuple(case.key for case in CASES if case.subject == "client" and home_of(case) == AUSTRALIAN)
    record = run(tmp_path, "client", manners, only, AUSTRALIAN)
    assert row_texts(record) == []
    assert passed(record) == set(only)


@pytest.mark.parametrize("profile", REFERENCES)
@pytest.mark.parametrize("manner", CLIENTS)
def test_an_unusual_client_passes_every_case_on_demands_of_a_utility(manner: str, profile: str, tmp_path: Path) -> None:
    large = replace(CLIENTS[manner], lower_case_hex=False, rated_w=ClientManner().rated_w)
    upper = large if profile in UPPER_CASE else CLIENTS[manner]
    only = demanding(profile, "client")
    record = run(tmp_path, "client", Manners(client=upper), only, profile)
    assert row_texts(record) == []
    assert passed(record) == set(only)


@pytest.mark.parametrize("profile", REFERENCES)
@pytest.mark.parametrize("manner", SERVERS)
def test_an_unusual_server_passes_every_case_on_demands_of_a_utility(manner: str, profile: str, tmp_path: Path) -> None:
    upper = replace(SERVERS[manner], lower_case_hex=False) if profile in UPPER_CASE else SERVERS[manner]
    only = demanding(profile, "server")
    record = run(tmp_path, "server", Manners(server=upper), only, profile)
    assert row_texts(record) == []
    assert passed(record) == set(only)


@pytest.mark.parametrize("side", ["server", "client"])
def test_a_peer_that_connects_anew_for_every_request_passes(side: str, tmp_path: Path) -> None:
    manners = Manners(server=ServerManner(closes_connections=True), client=ClientManner(closes_connections=True))
    only = tuple(case.id for case in CASES if case.subject == side and case.id in NEW_CONNECTIONS)
    record = run(tmp_path, side, manners, only)
    assert row_texts(record) == []
    assert {key.partition("/")[2] for key in passed(record)} == set(only)


def test_a_user_who_opts_in_costs_a_client_nothing(tmp_path: Path) -> None:
    only = ("client/BASIC-015", "client/BASIC-017", "client/BASIC-023", "client/CORE-022")
    record = run(tmp_path, "client", Manners(client=ClientManner(opts_in=True)), only)
    assert row_texts(record) == []
    assert passed(record) == set(only)
