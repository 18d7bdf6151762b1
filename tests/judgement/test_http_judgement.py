"""Checks on one HTTP exchange."""

from __future__ import annotations

import pytest
from made_evidence import sent, served

from conformance.judgement import http
from conformance.judgement.finding import State


def test_an_answer_with_the_wanted_status_passes() -> None:
    assert http.answered(served(), (200,)).state is State.PASS


def test_another_status_fails_and_is_told_with_the_alternatives() -> None:
    found = http.answered(served(status=404), (204, 200, 201))
    assert found.state is State.FAIL
    assert found.expected == "GET /dcap answered 204, 200 or 201"
    assert found.observed == "404"


def test_no_answer_at_all_is_inconclusive_since_the_wire_cannot_tell_why() -> None:
    found = http.answered(served(status=None, raw=b"", error="connection refused"), (200,))
    assert found.state is State.INCONCLUSIVE
    assert "connection refused" in found.observed


def test_an_answer_that_is_not_http_fails() -> None:
    found = http.answered(served(status=None, raw=b"\x00\x01", error="the answer is not proper HTTP/1.1"), (200,))
    assert found.state is State.FAIL


def test_an_answer_that_breaks_off_fails_whatever_its_status() -> None:
    found = http.answered(served(error="the server closed the connection"), (200,))
    assert (found.state, found.observed) == (State.FAIL, "200, then the server closed the connection")


@pytest.mark.parametrize("value", ["application/sep+xml", "Application/SEP+XML; level=-S1", "application/sep-exi"])
def test_a_media_type_counts_whatever_its_casing_and_parameters(value: str) -> None:
    assert http.media_type(served(headers=(("content-type", value),))).state is State.PASS


@pytest.mark.parametrize("value", ["text/xml", "application/xml", "", "application/sep+xmlx"])
def test_another_media_type_fails(value: str) -> None:
    assert http.media_type(served(headers=(("Content-Type", value),))).state is State.FAIL


def test_no_media_type_fails() -> None:
    assert http.media_type(served(headers=())).observed == "none"


@pytest.mark.parametrize("value", ["application/sep+xml", "text/html, application/sep-exi;q=0.1", "*/*"])
def test_an_accept_header_that_takes_2030_5_passes(value: str) -> None:
    assert http.accept_header(sent(headers=(("ACCEPT", value),))).state is State.PASS


@pytest.mark.parametrize("headers", [(), (("Accept", "text/html"),), (("Accept", ""),)])
def test_any_other_accept_header_fails(headers: tuple[tuple[str, str], ...]) -> None:
    assert http.accept_header(sent(headers=headers)).state is State.FAIL


def test_a_location_must_be_there_and_not_empty() -> None:
    assert http.has_location(served(headers=(("location", "/mup/1"),))).state is State.PASS
    assert http.has_location(served(headers=(("Location", ""),))).state is State.FAIL
    assert http.has_location(served(headers=())).state is State.FAIL


def test_what_a_client_writes_may_still_be_missing() -> None:
    assert http.advertised(served(status=404, resource="DERSettings")).state is State.NOTE
    assert http.advertised(served(status=404, resource="DERProgramList")).state is State.FAIL
    assert http.advertised(served(status=500, resource="DERSettings")).state is State.FAIL
    assert http.advertised(served(resource="DERSettings")).state is State.PASS


@pytest.mark.parametrize(
    ("allow", "state"),
    [("PUT, head", State.PASS), ("", State.PASS), ("PUT, get", State.FAIL), (None, State.FAIL)],
)
def test_allow_may_name_anything_but_the_method_that_was_refused(allow: str | None, state: State) -> None:
    headers = () if allow is None else (("Allow", allow),)
    assert http.has_allow(served(status=405, headers=headers)).state is state
