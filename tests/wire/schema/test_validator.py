"""The verdict is libxml2's; explanations agree with it; threads, large bodies and the event loop are cared for."""

import asyncio
import threading
from itertools import islice

import pytest

from conformance.vocabulary.clock import VirtualTimeLoop
from conformance.wire.parser import parse
from conformance.wire.schema import Edition, Extensions, ProblemKind, SchemaReport, Validator, title
from conformance.wire.schema.explainer import Explainer
from conformance.wire.schema.facts import read_model
from conformance.wire.schema.generator import generate
from conformance.wire.schema.mutator import mutants
from conformance.wire.schema.probes import probes
from conformance.wire.schema.schema_source import compile_own
from conformance.wire.schema.verdict import SMALL_BYTES, accepts

NS = 'xmlns="urn:ieee:std:2030.5:ns"'
DEVICE = "<EndDevice><sFDI>{sfdi}</sFDI><changedTime>1</changedTime></EndDevice>"


def device_list(*sfdis: object) -> bytes:
    entries = "\n".join(DEVICE.format(sfdi=sfdi) for sfdi in sfdis)
    return f'<EndDeviceList {NS} all="1" results="1">\n{entries}\n</EndDeviceList>'.encode()


LARGE = device_list(*range(2000))


@pytest.mark.parametrize("edition", list(Edition))
def test_the_explainer_agrees_with_libxml2_on_valid_and_broken_documents(edition: Edition) -> None:
    schema, explainer = compile_own(edition), Explainer(read_model(edition))
    random_ones = [
        sample.xml for document in islice(generate(edition, 11), 8) for sample in (document, *mutants(document, 12))
    ]
    judged = 0
    for body in [*random_ones, *(probe.xml for probe in probes(read_model(edition), share=0.01, seed=13))]:
        root = parse(body)
        problems = explainer.explain(root)
        judged += 1
        assert schema.validate(root) == (not problems), body.decode()
    assert judged > 300


def test_a_valid_document_has_neither_problems_nor_notes() -> None:
    report = Validator(Edition.IEEE_2018).validate(device_list(1))
    assert report == SchemaReport(True, (), (), Edition.IEEE_2018, "EndDeviceList")
    assert report.edition_title == title(Edition.IEEE_2018) == "IEEE 2030.5-2018"


def test_a_malformed_body_is_a_problem_without_root() -> None:
    report = Validator(Edition.IEEE_2018).validate(b"<Time>\n<a></Time>")
    assert not report.valid
    assert report.root is None
    assert [(problem.kind, problem.line) for problem in report.problems] == [(ProblemKind.MALFORMED, 2)]


def test_quick_gives_the_bare_verdict() -> None:
    validator = Validator(Edition.IEEE_2018)
    verdicts = [validator.quick(body) for body in (device_list(1), device_list("x"), b"<", LARGE)]
    assert verdicts == [True, False, False, True]


@pytest.mark.parametrize(
    ("body", "valid"),
    [
        (LARGE, True),
        (device_list(*range(1999), "x"), False),
        (LARGE.replace(b"<sFDI>7</sFDI>", b"<sFDI>7</sFDI><sFDI>7</sFDI>"), False),
        (LARGE.replace(b"</EndDeviceList>", b"<EndDevice/></EndDeviceList>"), False),
        (LARGE.replace(b"</EndDeviceList>", b"</EndDeviceList>junk"), False),
        (LARGE.replace(b"<EndDevice>", b"<n:EndDevice>").replace(b"</EndDevice>", b"</n:EndDevice>")
         .replace(NS.encode(), NS.encode() + b' xmlns:n="urn:ieee:std:2030.5:ns"'), True),
        (device_list(*range(1000)).replace(b"</EndDeviceList>", b" " * SMALL_BYTES + b"</EndDeviceList>"), True),
        (LARGE.decode().encode("utf-16"), True),
    ],
)  # fmt: skip
def test_large_bodies_get_the_verdict_of_the_schema(body: bytes, valid: bool) -> None:
    assert len(body) > SMALL_BYTES
    report = Validator(Edition.IEEE_2018).validate(body)
    assert (report.valid, bool(report.problems)) == (valid, not valid)


@pytest.mark.parametrize("edition", [Edition.IEEE_2018, Edition.IEEE_2023])
def test_padding_a_body_beyond_the_limit_of_small_ones_does_not_change_the_verdict(edition: Edition) -> None:
    schema = compile_own(edition)
    bodies = [sample.xml for one in islice(generate(edition, 3), 5) for sample in (one, *mutants(one, 4))]
    padding = b"<!--" + b"x" * SMALL_BYTES + b"-->"
    for body in bodies:
        assert accepts(schema, parse(body), body) == accepts(schema, parse(body + padding), body + padding), (
            body.decode()
        )
    assert len(bodies) > 50


def test_threads_sharing_a_validator_get_their_own_problems() -> None:
    validator = Validator(Edition.IEEE_2018)
    wrong: list[str] = []

    def work(name: str) -> None:
        body = device_list(name)
        for _ in range(200):
            messages = [problem.message for problem in validator.validate(body).problems]
            if len(messages) != 1 or f'"{name}"' not in messages[0]:
                wrong.append(f"{name}: {messages}")

    threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two", "three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("body", [device_list(1), device_list("x"), LARGE, b"<"])
def test_validating_off_the_loop_gives_the_same_report(body: bytes) -> None:
    validator = Validator(Edition.IEEE_2018)
    assert asyncio.run(validator.validate_off_loop(body)) == validator.validate(body)


def test_under_virtual_time_nothing_leaves_the_loop() -> None:
    validator = Validator(Edition.IEEE_2018)
    before = threading.active_count()
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        report = runner.run(validator.validate_off_loop(device_list(*range(2000), "x"), inline=True))
        assert threading.active_count() == before
    assert not report.valid


def test_names_that_2023_lets_through_undefined_are_noted() -> None:
    body = (
        f'<EndDeviceList {NS} all="1" results="1" pollrate="5"><Resource_r2_3><Future/></Resource_r2_3></EndDeviceList>'
    ).encode()
    noted = Validator(Edition.IEEE_2023, extensions=Extensions.NOTE).validate(body)
    assert noted.valid
    assert [note.path for note in noted.notes] == ["/EndDeviceList/@pollrate", "/EndDeviceList/Resource_r2_3/Future"]
    assert Validator(Edition.IEEE_2023).validate(body).notes == ()
