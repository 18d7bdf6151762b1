from datetime import timedelta
from xml.etree import ElementTree

import pytest

from conformance.judgement.finding import State
from conformance.output.course import LEFT, RIGHT, course
from conformance.output.record_reading import read_run
from conformance.output.timeline import timeline
from tests.output import sample_runs
from tests.output.sample_facts import START, finding, timing


def case(id):
    return next(case for case in read_run(sample_runs.rich().record).cases if case.id == id)


def drawn(id, findings, exchanges=()):
    moments = [START + timedelta(seconds=seconds) for seconds in exchanges]
    return ElementTree.fromstring(str(course(case(id), timeline(findings).rows, moments)))


def places(svg, name, attribute):
    marks = [element for element in svg.iter() if element.get("class", "").split()[:1] == [name]]
    return [float(element.get(attribute).rstrip("%")) for element in marks if element.get(attribute)]


def test_windows_dots_and_exchanges_lie_in_order_of_time_on_one_axis():
    findings = [
        finding(State.PASS, "", "", timing=timing(0.0, 60.0, 30.0, at=10)),
        finding(State.FAIL, "", "", timing=timing(0.0, 60.0, 90.0, at=100)),
    ]
    svg = drawn("BASIC-009", findings, exchanges=(20, 40, 190))
    first, second = places(svg, "window", "x")
    dots, ticks = places(svg, "mark", "cx"), places(svg, "start", "x1")
    assert LEFT <= first < ticks[0] < dots[0] == ticks[1] < second < dots[1] == ticks[2] < RIGHT


def test_each_step_that_began_has_its_place_and_number():
    svg = drawn("BASIC-009", [finding(State.PASS, "", "", timing=timing(0.0, 60.0, 30.0, at=10))])
    steps = places(svg, "step", "x")
    assert len(steps) == 2
    assert steps[0] == LEFT < steps[1]


def test_what_never_came_is_crossed_at_the_end_of_its_window():
    svg = drawn("BASIC-009", [finding(State.FAIL, "", "", timing=timing(0.0, 60.0, None, at=10))])
    (cross,) = [element for element in svg.iter() if element.text == "×"]
    window, width = places(svg, "window", "x")[0], places(svg, "window", "width")[0]
    assert float(cross.get("x").rstrip("%")) == pytest.approx(window + width)


def test_what_was_observed_after_the_end_of_the_test_case_is_still_on_the_axis():
    svg = drawn("BASIC-009", [finding(State.PASS, "", "", timing=timing(None, None, 500.0, at=10))])
    assert places(svg, "mark", "cx") == [RIGHT]
    assert "8 min 20 s" in [element.text for element in svg.iter()]


@pytest.mark.parametrize(("id", "findings"), [("CORE-022", [timing(0.0, 1.0, 0.5)]), ("BASIC-009", [])])
def test_nothing_is_drawn_of_a_test_case_that_never_began_or_was_not_timed(id, findings):
    rows = timeline([finding(State.PASS, "", "", timing=one) for one in findings]).rows
    assert course(case(id), rows, []) == ""
