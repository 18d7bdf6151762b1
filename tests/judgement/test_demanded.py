"""Judging single values of a profile: by conditions, by numbers, and by what was put and shown."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from fractions import Fraction

import pytest

from conformance.catalogue.pack_values import Kind, SourceGrade, Value
from conformance.judgement.demanded import all_equal, all_within, kept, kept_by_server, least, left_open, longest, most
from conformance.judgement.echoes import echoes
from conformance.judgement.encodings import spoken
from conformance.judgement.extended import has_reason, in_namespace, versions_in
from conformance.wire.csipaus import SCHEMA_VERSIONS
from conformance.wire.exchange import Exchange
from conformance.wire.payload import read
from tests.judgement.made_evidence import served

RATE = Value("DERControl.duration", 900.0, "s", "ours", SourceGrade.PRIMARY, "made", Kind.ADD)
SPACE = Value("csipaus.namespace", "https://csipaus.org/ns", "", "ours", SourceGrade.PRIMARY, "made", Kind.ADD)


def test_a_condition_is_kept_or_not() -> None:
    assert kept(RATE, True, "600 s").state == "pass"
    assert kept(RATE, False, "1200 s").state == "fail"


def test_a_server_is_bound_by_what_names_servers_and_warned_of_the_rest() -> None:
    assert kept_by_server(RATE, False, "1200 s").state == "warning"
    assert kept_by_server(replace(RATE, roles=("server",)), False, "1200 s").state == "fail"


def test_what_a_server_leaves_open_passes_nothing() -> None:
    assert left_open(RATE, "no rate").state == "note"
    assert left_open(replace(RATE, roles=("server",)), "no rate").state == "inconclusive"


@pytest.mark.parametrize(("shown", "state"), [([900, 900], "pass"), ([900, 300], "fail"), ([], "inconclusive")])
def test_numbers_are_all_the_one_demanded_or_nothing_was_seen(shown: list[int], state: str) -> None:
    assert all_equal(RATE, shown, "controls").state == state


def test_a_minimum_and_a_maximum() -> None:
    assert least(RATE, [Fraction(900), Fraction(5000)], "limits").state == "pass"
    assert least(RATE, [Fraction(899)], "limits").state == "fail"
    assert least(RATE, [], "limits").state == "inconclusive"
    assert most(RATE, [None, 900])
    assert not most(RATE, [901])
    assert all_within(RATE, [None, 900], "lengths").state == "pass"
    assert all_within(RATE, [None, 901], "lengths").state == "fail"
    assert all_within(RATE, [], "lengths").state == "inconclusive"
    assert longest([None, 3, 7]) == 7
    assert longest([]) == 0


def answer(body: bytes, status: int = 200, **headers: str) -> Exchange:
    named = (
        ("Content-Type", "application/sep+xml"),
        *((name.replace("_", "-"), text) for name, text in headers.items()),
    )
    return replace(served(), status=status, response_headers=named, response_body=body)


def test_encodings_are_told_by_headers_and_body() -> None:
    assert spoken(answer(b"<a/>")) == "xml"
    assert spoken(answer(gzip.compress(b"<a/>"), Content_Encoding="gzip")) == "gzip"
    assert spoken(answer(b"<a/>", Content_Encoding="gzip")) == ""
    assert spoken(answer(b"<a/>", status=406)) == ""


def test_elements_are_in_the_namespace_demanded() -> None:
    node = read(b"<opModExpLimW xmlns='https://csipaus.org/ns'/>")
    other = read(b"<opModExpLimW xmlns='http://csipaus.org/ns'/>")
    assert in_namespace(SPACE, [node], 3).state == "pass"
    assert in_namespace(SPACE, [node, other], 3).state == "fail"
    assert in_namespace(SPACE, [None], 3).state == "fail"


def test_a_refusal_says_why() -> None:
    assert has_reason(answer(b"<Error><reasonCode>1</reasonCode></Error>", 400)).state == "pass"
    assert has_reason(answer(b"<Error><reasonCode>0</reasonCode></Error>", 400)).state == "fail"
    assert has_reason(answer(b"", 400)).state == "fail"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"supportedSchemaVersions": []}'])
def test_what_is_no_version_document_tells_none(body: bytes) -> None:
    assert versions_in(answer(body)) is None


def test_versions_are_read_leniently() -> None:
    told = json.dumps({SCHEMA_VERSIONS: {"a": {"dcap": ["/x", 5]}, "b": None}}).encode()
    assert versions_in(answer(told)) == {"a": ("/x",), "b": ()}


PUT = b"<DERSettings><setMaxW><multiplier>1</multiplier><value>500</value></setMaxW><m>0003</m></DERSettings>"


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        (PUT, "pass"),
        (
            b"<DERSettings><m>03</m><setMaxW><multiplier>0</multiplier><value>5000</value></setMaxW></DERSettings>",
            "pass",
        ),
        (b"<DERSettings><setMaxW><multiplier>1</multiplier><value>501</value></setMaxW><m>3</m></DERSettings>", "fail"),
        (b"<DERSettings><setMaxW><multiplier>1</multiplier><value>500</value></setMaxW></DERSettings>", "fail"),
        (b"", "fail"),
    ],
)
def test_what_was_put_is_shown_in_whichever_order_and_scale(shown: bytes, state: str) -> None:
    assert echoes(replace(served(), request_body=PUT), answer(shown)).state == state
