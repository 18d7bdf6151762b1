from __future__ import annotations

import socket
from pathlib import Path

import pytest

from conformance.face.configuration import Configuration, read_configuration
from conformance.face.schedule_lines import plan_lines, told
from conformance.face.subjects import client_under_test, lanes_of, server_under_test
from conformance.face.test_pki import make_test_pki
from conformance.face.wiring import Choice, configured_run
from conformance.running.client_arrangement import ClientArrangement
from conformance.running.run_record import Row
from conformance.running.session import Session
from conformance.vocabulary.clock import RealClock
from conformance.vocabulary.errors import UsageError

SERVER = """profile = "csip-2.1"
[subject]
kind = "server"
address = "127.0.0.1:{port}"
pin = 111115
start = ["{{{{ python }}}}", "-m", "conformance.reference", "server", "--pki", ".pki", "--port", "{{{{ port }}}}"]
[identity]
test_pki = ".pki"
devices = 3
"""
CLIENT = """profile = "csip-2.1"
[subject]
kind = "client"
pin = 111115
listen = "127.0.0.1:{port}"
start = "client {{{{ client_certificate }}}}"
instances = 3
[identity]
test_pki = ".pki"
devices = 2
"""
GIVEN = """profile = "csip-2.1"
[subject]
kind = "server"
address = "127.0.0.1:1"
pin = 111115
{lanes}
[identity]
certificate = ".pki/device.pem"
key = ".pki/device.key"
roots = ".pki/serca.pem"
[[identity.more]]
certificate = ".pki/{more}.pem"
key = ".pki/{more}.key"
pin = 123455
"""
QUICK = ("COMM-002", "COMM-003", "CORE-005", "CORE-009", "TREE-001")


def configured(folder: Path, text: str) -> Configuration:
    (folder / "csip.toml").write_text(text, encoding="utf-8")
    return read_configuration(folder / "csip.toml")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


def test_a_server_has_a_lane_for_each_identity_and_no_more_than_the_configuration_wants(tmp_path: Path) -> None:
    two = configured(tmp_path, GIVEN.format(lanes="", more="device-2"))
    assert lanes_of(two) == 2
    assert [shown.pin for shown in two.shown] == [None, 123455]
    assert lanes_of(configured(tmp_path, GIVEN.format(lanes="lanes = 1", more="device-2"))) == 1
    assert lanes_of(configured(tmp_path, GIVEN.format(lanes="lanes = 9", more="device-2"))) == 2


def test_one_identity_twice_is_told(tmp_path: Path) -> None:
    make_test_pki(tmp_path / ".pki")
    with pytest.raises(UsageError, match=r"identity\.more"):
        server_under_test(configured(tmp_path, GIVEN.format(lanes="", more="device")))


def test_instances_of_a_client_have_ports_of_their_own_and_identities_in_turn(tmp_path: Path) -> None:
    configuration = configured(tmp_path, CLIENT.format(port=free_port()))
    make_test_pki(tmp_path / ".pki", configuration.devices)
    arrange, lfdi = client_under_test(configuration, tmp_path)
    arrangement = arrange(RealClock())["client"]
    assert isinstance(arrangement, ClientArrangement)
    places = arrangement.places
    assert [place.port - configuration.listen[1] for place in places] == [0, 1, 2]
    assert [place.lfdi == lfdi for place in places] == [True, False, True]
    assert [place.files["client_certificate"].name for place in places[:2]] == ["device.pem", "device-2.pem"]


def test_a_test_pki_grows_when_more_devices_are_wanted(tmp_path: Path) -> None:
    make_test_pki(tmp_path / ".pki")
    first = (tmp_path / ".pki" / "device.pem").read_bytes()
    make_test_pki(tmp_path / ".pki", 3)
    assert (tmp_path / ".pki" / "device.pem").read_bytes() == first
    assert {path.name for path in (tmp_path / ".pki").glob("device-*.key")} == {"device-2.key", "device-3.key"}


def test_the_plan_shows_lanes_starts_and_the_end_and_starts_nothing(tmp_path: Path) -> None:
    lines = list(plan_lines(configured(tmp_path, SERVER.format(port=1)), Choice()))
    assert "in 3 lanes, the longest first" in lines[0]
    assert any(line.startswith("expected end ") for line in lines)
    assert lines[-1] == "nothing was started"
    assert [path.name for path in tmp_path.iterdir()] == ["csip.toml"]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (59.6, "1:00 min"), (125, "2:05 min"), (3600, "1:00 h"), (5461, "1:31 h")]
)
def test_a_duration_is_told_in_words(seconds: float, words: str) -> None:
    assert told(seconds) == words


def verdicts(record: Row) -> dict[str, str]:
    tests = record["tests"]
    assert isinstance(tests, list)
    return {str(row["id"]): str(row["verdict"]) for row in tests if row["id"] in QUICK}


def test_over_sockets_the_verdicts_are_the_same_in_one_lane_and_in_three(tmp_path: Path) -> None:
    seen = []
    for jobs in (1, 3):
        configuration = configured(tmp_path, SERVER.format(port=free_port()))
        choice = Choice(only=QUICK, jobs=jobs, out=tmp_path / f"run-{jobs}")
        session = Session(configured_run(configuration, choice))
        session.start()
        seen.append(verdicts(session.finish()))
        session.raise_failure()
    assert seen[0] == seen[1] == dict.fromkeys(QUICK, "pass")
