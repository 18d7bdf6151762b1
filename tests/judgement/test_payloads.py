"""Checks on what a body holds."""

from __future__ import annotations

import pytest
from made_evidence import NS, sent, served, validator

from conformance.judgement import payloads
from conformance.judgement.finding import State
from conformance.judgement.payloads import Entries
from conformance.wire.payload import read


def page(*entries: str, counts: str | None = None) -> str:
    inner = "".join(f"<Thing>{entry}</Thing>" for entry in entries)
    counts = f'all="{len(entries)}" results="{len(entries)}"' if counts is None else counts
    return f"<ThingList {NS} {counts}>{inner}</ThingList>"


TIME = f"<Time {NS}><currentTime>1</currentTime><dstEndTime>1</dstEndTime><dstOffset>0</dstOffset>"
TIME += "<dstStartTime>1</dstStartTime><quality>7</quality><tzOffset>0</tzOffset></Time>"


def test_the_subjects_body_is_the_answer_of_a_server_and_the_request_of_a_client() -> None:
    assert payloads.body_of(served("answer")) == b"answer"
    assert payloads.body_of(sent("request")) == b"request"


def test_a_valid_body_passes() -> None:
    assert payloads.schema_valid(served(TIME), validator()).state is State.PASS


def test_an_invalid_body_fails_and_each_problem_is_a_line() -> None:
    broken = TIME.replace("<quality>7</quality>", "<quality>many</quality>").replace("<tzOffset>0</tzOffset>", "")
    found = payloads.schema_valid(served(broken), validator())
    assert found.state is State.FAIL
    assert len(found.detail) == 2
    assert found.observed.startswith("2 errors; first: ")


@pytest.mark.parametrize("body", ["", "garbage", "<Time", '<!DOCTYPE x [<!ENTITY e "v">]><x>&e;</x>'])
def test_no_document_fails_the_schema_and_the_kind(body: str) -> None:
    assert payloads.schema_valid(served(body), validator()).state is State.FAIL
    assert payloads.document_is(served(body), "Time").observed.startswith("not a document")


def test_the_kind_of_document_is_its_root() -> None:
    assert payloads.document_is(served(TIME), "Time").state is State.PASS
    assert payloads.document_is(served(TIME), "DeviceCapability").state is State.FAIL


def test_a_missing_value_is_called_absent() -> None:
    found = payloads.has_value(sent(), "deviceLFDI", None, "AB")
    assert (found.state, found.observed) == (State.FAIL, "deviceLFDI is absent")
    assert payloads.has_value(sent(), "deviceLFDI", "AB", "AB").state is State.PASS


def test_missing_children_are_named() -> None:
    found = payloads.has_elements(served(TIME), read(TIME.encode()), ("currentTime", "localTime"))
    assert (found.state, found.observed) == (State.FAIL, "without localTime")


def test_a_whole_list_needs_its_declared_count_and_nothing_behind_it() -> None:
    nothing = served(page(counts='all="2" results="0"'), number=9)
    assert payloads.whole_list(Entries("ThingList", 2, 2, (1, 2)), nothing).state is State.PASS
    assert payloads.whole_list(Entries("ThingList", 3, 2, (1,)), nothing).state is State.FAIL
    assert payloads.whole_list(Entries("ThingList", None, 2, (1,)), nothing).state is State.FAIL
    found = payloads.whole_list(Entries("ThingList", 2, 2, (1,)), served(page("late"), number=9))
    assert (found.state, found.exchanges) == (State.FAIL, (1, 9))
    assert "1 behind them" in found.observed


def test_a_page_holds_no_more_than_asked_for() -> None:
    assert payloads.at_most(served(page("a")), 1).state is State.PASS
    assert payloads.at_most(served(page()), 1).state is State.PASS
    assert payloads.at_most(served(page("a", "b")), 1).state is State.FAIL


def test_a_page_that_is_no_document_decides_nothing_about_its_length() -> None:
    assert payloads.at_most(served("", status=500), 1).state is State.INCONCLUSIVE


def test_pages_from_different_starts_must_differ() -> None:
    assert payloads.all_different([served(page("a")), served(page("b"))]).state is State.PASS
    assert payloads.all_different([served(page("a")), served(page("a"))]).state is State.FAIL


def test_an_empty_page_within_the_list_brings_no_other_entry() -> None:
    assert payloads.all_different([served(page("a")), served(page())]).state is State.FAIL


def test_pages_that_are_no_documents_leave_it_undecided() -> None:
    assert payloads.all_different([served(page("a")), served("", status=500)]).state is State.INCONCLUSIVE


def test_one_page_proves_nothing() -> None:
    assert payloads.all_different([served(page("a"))]).state is State.NOTE
    assert payloads.all_different([]).state is State.NOTE
