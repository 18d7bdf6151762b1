"""Hostile bodies end as findings: no exception, no file read, no endless work."""

import gzip
from pathlib import Path

import pytest

from conformance.wire.parser import MAX_BODY_BYTES, MAX_TAGS, Malformed, parse
from conformance.wire.schema import Edition, Extensions, ProblemKind, Validator
from conformance.wire.schema.explainer import MOST_PROBLEMS

NS = 'xmlns="urn:ieee:std:2030.5:ns"'
TIME = f"<Time {NS}/>"
BOMB = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))

MALFORMED = {
    "empty": b"",
    "blanks": b"  \n ",
    "entity bomb": f'<!DOCTYPE a [<!ENTITY e0 "ha">{BOMB}]><a>&e9;</a>'.encode(),
    "doctype only": b"<!DOCTYPE a><a/>",
    "external doctype": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
    "doctype in UTF-7": '<?xml version="1.0" encoding="UTF-7"?><!DOCTYPE a><a/>'.encode("utf-7"),
    "doctype in UTF-16": "<!DOCTYPE a><a/>".encode("utf-16"),
    "doctype in declared UTF-8": b'<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE a><a/>',
    "undefined entity": f"<Time {NS}>&nbsp;</Time>".encode(),
    "deep nesting": b"<a>" * 5000 + b"</a>" * 5000,
    "huge text": b"<a>" + b"x" * 11_000_000 + b"</a>",
    "huge attribute": b'<a b="' + b"x" * 11_000_000 + b'"/>',
    "huge body": b"<a/>" + b" " * MAX_BODY_BYTES,
    "too many tags": b"<a>" + b"<b/>" * MAX_TAGS + b"</a>",
    "undeclared Latin-1": f"<Time {NS}>é</Time>".encode("latin-1"),
    "UTF-16 without mark": TIME.encode("utf-16-le"),
    "declared UTF-16 that is not": b'<?xml version="1.0" encoding="UTF-16"?>' + TIME.encode(),
    "unknown encoding": b'<?xml version="1.0" encoding="klingon"?>' + TIME.encode(),
    "two marks": b"\xef\xbb\xbf" * 2 + TIME.encode(),
    "trailing text": TIME.encode() + b"junk",
    "trailing zero": TIME.encode() + b"\0",
    "trailing element": TIME.encode() * 2,
    "leading blank before the declaration": b' <?xml version="1.0"?>' + TIME.encode(),
    "null character": b"<a>\0</a>",
    "lone surrogate": b"<a>\xed\xa0\x80</a>",
    "forbidden character": b"<a>&#1;</a>",
    "double attribute": b'<a b="1" b="2"/>',
    "undeclared prefix": b"<x:a/>",
    "gzip bomb": gzip.compress(b"<a>" + b" " * 50_000_000 + b"</a>", 9),
    "EXI": b"$EXI\x80\x00",
    "JSON": b"{}",
    "HTML": b"<html><br></html>",
}


@pytest.mark.parametrize("name", MALFORMED)
@pytest.mark.parametrize("extensions", [Extensions.REFUSE, Extensions.NOTE])
def test_it_ends_as_one_malformed_finding(name: str, extensions: Extensions) -> None:
    validator = Validator(Edition.IEEE_2018, extensions=extensions)
    report = validator.validate(MALFORMED[name])
    assert not report.valid
    assert [problem.kind for problem in report.problems] == [ProblemKind.MALFORMED]
    assert not validator.quick(MALFORMED[name])


@pytest.mark.parametrize("entity", ['SYSTEM "{uri}"', 'PUBLIC "p" "{uri}"'])
def test_no_external_entity_is_read(entity: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("1700000000")
    declared = entity.format(uri=secret.as_uri())
    body = f"<!DOCTYPE a [<!ENTITY x {declared}>]><Time {NS}><currentTime>&x;</currentTime></Time>"
    report = Validator(Edition.IEEE_2018).validate(body.encode())
    assert [problem.kind for problem in report.problems] == [ProblemKind.MALFORMED]
    assert "1700000000" not in repr(report)


def test_a_schema_location_is_not_followed(tmp_path: Path) -> None:
    lax = tmp_path / "lax.xsd"
    lax.write_text('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="Time"/></xs:schema>')
    body = (
        f'<Time {NS} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="urn:ieee:std:2030.5:ns {lax.as_uri()}"/>'
    )
    assert not Validator(Edition.IEEE_2018).validate(body.encode()).valid


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_no_mistake_of_the_schema(encoding: str) -> None:
    body = f"<DateTimeInterval {NS}><duration>1</duration><start>1</start></DateTimeInterval>".encode(encoding)
    assert Validator(Edition.IEEE_2018).validate(body).valid


LIST = f'<EndDeviceList {NS} all="1" results="1" %s>%s</EndDeviceList>'
FLOODS = {
    "faulty entries": LIST % ("", '<EndDevice a="" b=""/>' * 60_000),
    "unknown entries": LIST % ("", "<a/>" * 100_000),
    "attributes": LIST % (" ".join(f'a{n}="1"' for n in range(60_000)), ""),
    "namespaces": LIST % (" ".join(f'xmlns:a{n}="urn:{n}"' for n in range(20_000)), "<x/>"),
    "vendor elements": LIST % ('xmlns:v="urn:v"', "<v:a/>" * 60_000 + "<x/>"),
    "nested types": f'<Notification {NS} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    + '<Resource xsi:type="Notification">' * 200 + "</Resource>" * 200 + "</Notification>",
    "digits": f"<Time {NS}><currentTime>{'9' * 5_000_000}</currentTime></Time>",
    "blanks as references": f"<Time {NS}>{'&#32;' * 300_000}</Time>",
}  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", FLOODS)
@pytest.mark.parametrize("extensions", [Extensions.REFUSE, Extensions.NOTE])
def test_a_flood_of_mistakes_ends_with_a_bounded_report(name: str, extensions: Extensions) -> None:
    report = Validator(Edition.IEEE_2018, extensions=extensions).validate(FLOODS[name].encode())
    assert not report.valid
    assert 1 <= len(report.problems) <= MOST_PROBLEMS + 1
    assert len(report.notes) <= MOST_PROBLEMS + 1
    assert max(len(problem.message) for problem in report.problems) < 1000


def test_a_parser_error_tells_the_line_and_no_advice_on_the_parser() -> None:
    with pytest.raises(Malformed) as caught:
        parse(b"<a>\n" * 300)
    assert caught.value.line in (256, 257)
    assert "HUGE" not in caught.value.reason
