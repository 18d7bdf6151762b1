"""``csip profile`` and the switch that raises what fails outright."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conformance.catalogue.pack import pack_names
from conformance.catalogue.pack_values import SourceGrade
from conformance.catalogue.profile import load_profile, profile_names
from conformance.face import facts
from conformance.face.cli import csip, main
from conformance.face.pack_elements import misspelt_elements
from conformance.face.profile_command import profile
from tests.catalogue.made_pack import rate, word, write


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(profile, list(arguments))


def test_list_names_every_pack_with_its_layer_status_and_parent() -> None:
    lines = invoke("list").output.splitlines()
    assert [line.split()[0] for line in lines] == pack_names()
    (line,) = [line for line in lines if line.startswith("ca-pge")]
    assert "utility" in line
    assert "thin" in line
    assert "on ca-rule21, 9 not known" in line


def test_list_gives_json() -> None:
    rows = json.loads(invoke("list", "--json").output)
    (row,) = [row for row in rows if row["id"] == "au-sapn"]
    assert row["chain"] == ["harness", "ieee-2030.5-2018", "csip-aus-1.2", "au-sapn"]


def test_show_tells_source_clause_grade_effect_and_what_stood_before() -> None:
    output = invoke("show", "au-sapn").output
    assert "DERControlList.pollRate@normal[aggregator,device] at most 300 s" in output
    assert "SAPN-HB 9.2, primary: fail, W; tighten, was 900 s" in output
    assert "Response.status is not known\n        SAPN-HB 8.3, primary: not_run, W" in output
    assert "ask SA Power Networks: Which Response codes are accepted" in output


def test_show_selects_by_phase_role_and_type() -> None:
    names = {
        option: {row["key"] for row in json.loads(invoke("show", "au-sapn", *option, "--json").output)["values"]}
        for option in (("--phase", "commissioning"), ("--role", "server"), ("--der", "pv"))
    }
    assert "DERControlList.pollRate@normal[aggregator,device]" not in names["--phase", "commissioning"]
    assert "DERControlList.pollRate@commissioning[aggregator,device]" in names["--phase", "commissioning"]
    assert "MirrorUsagePoint.unbatched_share[server]" in names["--role", "server"]
    assert "EndDevice.lFDI.pen_base[aggregator]" not in names["--role", "server"]
    assert "DERControlBase.modes[aggregator,device,load]" not in names["--der", "pv"]


def test_show_gives_the_facts_of_a_value_as_json() -> None:
    rows = json.loads(invoke("show", "na-reference", "--json").output)["values"]
    (row,) = [row for row in rows if row["name"] == "DERControl.stored_events"]
    assert (row["figure"], row["was"], row["kind"], row["bound"], row["effect"]) == (72, 24, "tighten", "min", "warn")


def test_lint_explains_and_ends_well_when_there_is_no_error() -> None:
    result = invoke("lint", "na-reference")
    assert result.exit_code == 0
    assert "300 s from exposed cannot be met by a client that polls every 600 s" in result.output


def test_lint_says_which_required_tests_are_not_in_this_version(tmp_path: Path) -> None:
    path = write(tmp_path, "mine", inherits="csip-2.1", required={"client": ["NO-SUCH-1"]})
    assert "required and not in this version, so not run: NO-SUCH-1" in invoke("lint", str(path)).output


def test_lint_ends_with_2_for_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, "mine", values={"DERControlList.pollRate": rate(source="rumour")})
    result = invoke("lint", str(path), "--json")
    assert result.exit_code == 2
    assert json.loads(result.output)[str(path)][0]["weight"] == "error"


def test_lint_finds_a_misspelt_element_by_the_schema_of_the_pack(tmp_path: Path) -> None:
    values = {
        "DERSettings.setMaxWatt": word("required"),
        "DERSettings.setMaxW": word("required"),
        "DERSettings.setMinWh": word("conditional", when={"element": "setMaxWhs"}),
        "DERCapability.doeModesSupported": word("required"),
    }
    for edition, unknown in (("2030.5-2018", True), ("csip-aus-1.2", False)):
        path = write(tmp_path, f"pack-{edition}", inherits="harness", edition=edition, values=values)
        result = CliRunner().invoke(profile, ["lint", str(path)])
        assert result.exit_code == 2
        assert f"DERSettings has no setMaxWatt in {edition}; perhaps setMaxW" in result.output
        assert f"DERSettings has no setMaxWhs in {edition}; perhaps setMaxWh" in result.output
        assert ("DERCapability has no doeModesSupported" in result.output) is unknown


@pytest.mark.parametrize("name", profile_names())
def test_the_elements_of_a_shipped_pack_exist(name: str) -> None:
    assert list(misspelt_elements(load_profile(name))) == []


def test_diff_shows_both_sides_with_their_sources() -> None:
    output = invoke("diff", "csip-2.1", "na-reference").output
    assert "value    DERControl.stored_events[aggregator,device]: tighter" in output
    assert "- 24 [lexa-csip G10 (second-hand)]" in output
    assert "+ 72 [seed NA-CTL-2 (seed)]" in output
    assert invoke("diff", "csip-2.1", "csip-2.1").output == "csip-2.1 and csip-2.1 demand the same\n"
    assert json.loads(invoke("diff", "csip-2.1", "na-reference", "--json").output)[0]["part"] == "value"


def test_names_lists_the_vocabulary_by_a_word() -> None:
    output = invoke("names", "stored").output
    assert "DERControl.stored_events" in output
    assert "min, a count" in output
    assert "Subscription.renewal" not in output


def test_a_pack_that_does_not_load_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["profile", "show", "nobody"])
    assert ended.value.code == 2
    assert "loading the profile 'nobody'" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["demo", "run"])
def test_the_switch_takes_a_grade_and_nothing_else(command: str) -> None:
    result = CliRunner().invoke(csip, [command, "--fail-from", "certain"])
    assert result.exit_code == 2
    assert "'primary', 'second-hand', 'seed'" in result.output


def test_the_record_holds_every_demand_and_the_switch() -> None:
    raised, thin = load_profile("na-reference").failing_from(SourceGrade.SEED), load_profile("ca-pge")
    told = facts.profile_facts(raised, raised.limits)
    demands = told["demands"]
    assert isinstance(demands, list)
    assert told["fails_from"] == "seed"
    assert len(demands) == len(raised.values)
    assert {row["effect"] for row in demands if row["grade"] == "seed"} == {"fail"}
    unknown = [facts.effect_of(thin, value) for value in thin.values.values() if value.figure is None]
    assert unknown == ["not_run"] * 9


def test_the_report_is_told_of_the_switch_and_of_what_is_eased() -> None:
    raised = load_profile("na-reference").failing_from(SourceGrade.SEED)
    told = facts.weakened(raised, raised.limits, virtual=False, only=())
    assert "values of the grade seed and better fail outright, as --fail-from asks" in told
    assert any(str(line).startswith("asked less than below: na-reference relaxes LogEvent") for line in told)
