from __future__ import annotations

import pytest

from conformance.running.lanes import Lanes
from conformance.vocabulary.errors import HarnessError


def test_each_case_has_something_for_itself_and_gives_it_back() -> None:
    lanes = Lanes(["a", "b"])
    with lanes.one() as first:
        with lanes.one() as second:
            assert (first, second) == ("a", "b")
        with lanes.one() as again:
            assert again == "b"
    with lanes.one() as last:
        assert last == "a"


def test_what_a_case_had_is_free_again_after_a_failure() -> None:
    lanes = Lanes(["a"])
    with pytest.raises(ValueError, match="broken"), lanes.one():
        raise ValueError("broken")
    with lanes.one() as again:
        assert again == "a"


def test_no_lane_and_more_cases_than_lanes_are_faults_of_the_harness() -> None:
    with pytest.raises(HarnessError):
        Lanes([])
    lanes = Lanes(["a"])
    with lanes.one(), pytest.raises(HarnessError), lanes.one():
        pass
