import re
from xml.etree import ElementTree

import pytest

from conformance.judgement.finding import State
from conformance.output.timeline import EDGE_LEFT, LEFT, RIGHT, ROWS, draw, scale_for, timeline
from tests.output.sample_facts import finding, timing


def drawing(*timings, state=State.PASS):
    return ElementTree.fromstring(str(draw(timings, state)))


def marks(svg, name):
    return [element for element in svg.iter() if element.get("class", "").split()[:1] == [name]]


def percent(element, attribute):
    return float(element.get(attribute).rstrip("%"))


@pytest.mark.parametrize(
    ("low", "high", "measured"),
    [
        (0.0, 60.0, 2.5),
        (None, 60.0, 75.0),
        (285.0, 315.0, 214.0),
        (-10.0, 10.0, 59.9),
        (None, 60.0, 60.01),
        (5.0, 5.0, 5.0),
    ],
)
def test_marks_lie_in_order_of_time_on_the_drawing(low, high, measured):
    svg = drawing(timing(low, high, measured))
    (dot,), bounds = marks(svg, "mark")[:1], marks(svg, "bound")
    known = [bound for bound in (low, high) if bound is not None]
    places = {bound: percent(line, "x1") for bound, line in zip(known, bounds, strict=True)}
    for bound, place in places.items():
        if measured < bound:
            assert percent(dot, "cx") < place
        elif measured > bound:
            assert percent(dot, "cx") > place
    every = [percent(e, a) for e in svg.iter() for a in ("x", "x1", "x2", "cx") if e.get(a, "").endswith("%")]
    assert all(0 <= place <= 100 for place in every)


def test_the_bar_covers_the_permitted_window():
    svg = drawing(timing(0.0, 60.0, 30.0))
    (bar,) = marks(svg, "window")
    low, high = marks(svg, "bound")
    assert percent(bar, "x") == percent(low, "x1")
    assert percent(bar, "x") + percent(bar, "width") == pytest.approx(percent(high, "x1"))


def test_a_window_without_lower_bound_begins_at_the_start():
    svg = drawing(timing(None, 60.0, 2.0))
    assert percent(marks(svg, "window")[0], "x") == LEFT


def test_a_measurement_astride_a_far_bound_is_drawn_close_up_with_a_broken_axis():
    svg = drawing(timing(None, 60.0, 60.01))
    early, late = (percent(marks(svg, "whisker")[0], name) for name in ("x1", "x2"))
    bound = percent(marks(svg, "bound")[0], "x1")
    assert early < bound < late
    assert late - early > 20
    assert percent(marks(svg, "window")[0], "x") == EDGE_LEFT
    assert "0 s" in [element.text for element in svg.iter()]


def test_what_was_never_observed_has_no_dot_and_is_named_so():
    svg = drawing(timing(0.0, 60.0, None), state=State.FAIL)
    assert not [element for element in svg.iter() if element.tag == "circle"]
    assert "never observed" in [element.text for element in svg.iter()]
    assert svg.get("aria-label") == "Never observed; permitted from 0 s to 60 s."


def test_without_bounds_only_the_observation_is_drawn():
    svg = drawing(timing(None, None, 3.0))
    assert not marks(svg, "window")
    assert LEFT <= percent(marks(svg, "mark")[0], "cx") <= RIGHT


def test_the_start_is_in_view_unless_it_is_far_from_bounds_and_observation():
    assert scale_for([timing(0.0, 60.0, 1.0)]).low == 0
    assert scale_for([timing(285.0, 315.0, 214.0)]).low == 0
    assert scale_for([timing(285.0, 315.0, 300.0)]).low > 0


def test_timings_alike_share_a_row_in_which_each_has_its_dot():
    polls = [
        finding(State.PASS, "", "", timing=timing(285.0, 315.0, 300.0 + place, at=300 * place)) for place in range(12)
    ]
    late = finding(State.FAIL, "", "", timing=timing(285.0, 315.0, 330.0, at=9000))
    drawn = timeline([*polls, late])
    assert [(row.count, row.state) for row in drawn.rows] == [(12, State.PASS), (1, State.FAIL)]
    assert str(drawn.rows[0].drawing).count("<circle") == 12
    assert drawn.rows[0].words == (
        "Measured 12 times, 300 s to 311 s; permitted from 285 s to 315 s; the closest 4 s from the nearest bound."
    )


def test_with_very_many_rows_those_that_did_not_pass_are_kept_and_the_rest_is_counted():
    passed = [finding(State.PASS, "", "", timing=timing(0.0, float(high), 1.0, at=high)) for high in range(1, 100)]
    failed = finding(State.FAIL, "", "", timing=timing(0.0, 5.0, 9.0, at=1000))
    drawn = timeline([*passed, failed])
    assert len(drawn.rows) == ROWS
    assert drawn.left_out == 100 - ROWS
    assert drawn.rows[-1].state is State.FAIL


def test_labels_are_escaped():
    names = {"start_label": "<b>", "stop_label": '"x"'}
    assert re.search("[<>]b", str(draw([timing(0.0, 1.0, 0.5, **names)], State.PASS))) is None
