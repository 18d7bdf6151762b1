import json
from pathlib import Path

import jsonschema
import pytest

from conformance.catalogue.shipped import reports_folder
from conformance.wire.exchange_json import to_line
from tests.output import sample_runs

SAMPLES = {
    "rich": sample_runs.rich,
    "virtual": lambda: sample_runs.rich(virtual=True),
    "empty": sample_runs.empty,
    "all passed": sample_runs.all_passed,
    "killed": sample_runs.killed,
    "hostile": sample_runs.hostile,
}


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((reports_folder() / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def problems(name: str, document: object) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(document)]


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_record_is_valid_against_the_published_schema(sample):
    assert problems("run", json.loads(json.dumps(SAMPLES[sample]().record))) == []


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_event_of_the_journal_is_valid_against_the_published_schema(sample):
    check = validator("events")
    for event in SAMPLES[sample]().events:
        assert [error.message for error in check.iter_errors(json.loads(json.dumps(event)))] == []


def test_every_line_of_the_exchange_log_is_valid_against_the_published_schema():
    log = [*sample_runs.rich().log, *sample_runs.hostile().log]
    assert log
    for fact in log:
        line = json.loads(to_line(fact, ("Cookie",)).decode("utf-8", "surrogatepass"))
        assert problems("exchanges", line) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("result",), "fine"),
        (("tests", 0, "verdict"), "passed"),
        (("tests", 1, "findings", 0, "grade"), "A"),
        (("tests", 1, "findings", 0, "surprise"), 1),
        (("time",), "quick"),
    ],
)
def test_a_record_that_breaks_the_contract_is_refused(path, value):
    record = json.loads(json.dumps(sample_runs.rich().record))
    at = record
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    assert problems("run", record)


@pytest.mark.parametrize("name", ["run", "events", "exchanges"])
def test_every_field_of_a_published_schema_is_described(name):
    schema = json.loads((reports_folder() / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert list(undescribed(schema, name)) == []


def undescribed(schema: object, path: str):
    if not isinstance(schema, dict):
        return
    for key, part in schema.get("properties", {}).items():
        if "description" not in part and "$ref" not in part:
            yield f"{path}/{key}"
        yield from undescribed(part, f"{path}/{key}")
    for key in ("items", "$defs"):
        parts = schema.get(key)
        if parts:
            for name, part in parts.items() if key == "$defs" else [(key, parts)]:
                yield from undescribed(part, f"{path}/{name}")


def test_the_committed_golden_record_is_still_what_the_journal_folds_to():
    golden = Path(__file__).with_name("golden_run.json")
    assert json.loads(golden.read_text(encoding="utf-8")) == json.loads(json.dumps(sample_runs.rich().record))
