"""Fixtures are data of a pack: those of the procedures stand, a pack may replace one, and what cannot be is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.catalogue.fixtures import standard_fixtures
from conformance.catalogue.pack_diff import diff
from conformance.catalogue.profile import load_profile
from conformance.vocabulary.errors import UsageError
from tests.catalogue.made_pack import Rows, write

LINE: Rows = {"name": "Line", "programs": {"Zone": 80, "Feeder": 60, "Transformer": 40, "Service point": 20}}
ASIDE: Rows = {"name": "Aside", "programs": {"Trial": 90}, "outside": True}


def replaced(folder: Path, name: str, *groups: Rows, **more: object) -> Path:
    row = {"kind": "replace", "source": "handbook", "groups": list(groups)} | more
    return write(folder, "mine", inherits="csip-2.1", fixtures={name: row})


def test_the_procedures_have_seven_levels_and_one_program_outside() -> None:
    fixtures = standard_fixtures()
    assert [len(fixtures[name].levels) for name in ("F-TOPO1", "F-TOPO2", "F-TOPO3", "F-CTRL")] == [7, 7, 7, 7]
    assert [len(fixtures[name].groups) for name in ("F-TOPO1", "F-TOPO2", "F-TOPO3", "F-CTRL")] == [1, 7, 8, 2]
    assert fixtures["F-EVT"].programs == {"SY": 10, "SP": 4}
    assert max(fixtures["F-TOPO3"].programs.items(), key=lambda pair: pair[1]) == ("Group-Z", 11)
    assert fixtures.registered.subject > max(fixtures.registered.neighbours)


def test_a_pack_without_fixtures_has_those_of_the_procedures(tmp_path: Path) -> None:
    assert load_profile(str(write(tmp_path, "alone"))).fixtures == standard_fixtures()


def test_a_pack_replaces_a_topology_and_the_difference_is_told(tmp_path: Path) -> None:
    mine, below = load_profile(str(replaced(tmp_path, "F-TOPO1", LINE))), load_profile("csip-2.1")
    assert mine.fixtures["F-TOPO1"].levels == ("Zone", "Feeder", "Transformer", "Service point")
    assert mine.fixtures["F-TOPO2"] == below.fixtures["F-TOPO2"]
    (difference,) = (it for it in diff(below, mine) if it.part == "fixture")
    assert (difference.name, difference.second) == (
        "F-TOPO1",
        "Line: Zone 80, Feeder 60, Transformer 40, Service point 20 [handbook]",
    )


@pytest.mark.parametrize(
    ("name", "groups", "told"),
    [
        ("F-TOPO1", [LINE, ASIDE], "no group outside"),
        ("F-CTRL", [LINE], "1 group outside"),
        ("F-CTRL", [LINE, {**LINE, "name": "More"}, ASIDE], "1 group in the topology"),
        ("F-TOPO2", [{"name": "One", "programs": {"A": 5, "B": 4, "C": 3}}], "at least 4 levels"),
        ("F-TOPO2", [{"name": "One", "programs": {"A": 2, "B": 3, "C": 4, "D": 5}}], "a smaller primacy"),
        ("F-CTRL", [LINE, {**ASIDE, "programs": {"Zone": 90}}], "different names"),
        ("F-EVT", [{"name": "Events", "programs": {"North": 3, "South": 2}}], "SY and SP"),
        ("F-TOPO9", [LINE], "F-TOPO9"),
    ],
)
def test_a_topology_that_no_procedure_could_use_is_refused(
    name: str, groups: list[Rows], told: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=told):
        load_profile(str(replaced(tmp_path, name, *groups)))


def test_a_topology_is_not_replaced_by_accident(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="kind: replace"):
        load_profile(str(replaced(tmp_path, "F-TOPO1", LINE, kind="add")))
