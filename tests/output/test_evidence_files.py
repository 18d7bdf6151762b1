import hashlib

from conformance.output.evidence_files import evidence_files
from conformance.output.outputs import write_outputs
from tests.output import sample_runs
from tests.output.test_outputs import leave


def test_each_file_of_a_run_is_told_with_size_and_digest_as_it_is_left(tmp_path):
    page = write_outputs(leave(tmp_path, sample_runs.rich())).report.read_text(encoding="utf-8")
    for name in ("exchanges.jsonl", "events.jsonl", "run.json"):
        content = (tmp_path / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() in page
        assert f"{len(content):,}" in page


def test_a_file_that_a_run_does_not_have_is_not_told_of(tmp_path):
    (tmp_path / "events.jsonl").write_bytes(b"")
    (told,) = evidence_files(tmp_path)
    assert (told.name, told.size, told.sha256) == ("events.jsonl", 0, hashlib.sha256().hexdigest())
