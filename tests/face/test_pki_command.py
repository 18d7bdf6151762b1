"""``csip pki``: what it writes, prints and refuses."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conformance.face.pki_command import pki
from conformance.vocabulary.errors import UsageError
from conformance.vocabulary.identity import grouped_lfdi, lfdi_of
from conformance.wire.certificate_facts import read_certificate, split_certificates
from conformance.wire.certificates import Fault


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(pki, [str(argument) for argument in arguments])


def _done(*arguments: str | Path) -> str:
    result = _run(*arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    assert "PRIVATE KEY" not in result.output
    return result.output


def _refused(*arguments: str | Path) -> str:
    result = _run(*arguments)
    assert isinstance(result.exception, UsageError), (result.output, result.exception)
    return str(result.exception)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    _done("init", tmp_path / "pki")
    return tmp_path / "pki"


def _chain(path: Path) -> tuple[bytes, ...]:
    return split_certificates(path.read_bytes(), path.name)


def test_init_makes_the_authorities_and_keeps_keys_out_of_repositories(folder: Path) -> None:
    assert {path.name for path in folder.glob("*.pem")} == {"serca.pem", "mca.pem", "mica.pem", "mica-direct.pem"}
    assert {path.name for path in folder.glob("*.key")} == {"serca.key", "mca.key", "mica.key", "mica-direct.key"}
    assert (folder / ".gitignore").read_text() == "*.key\n"


def test_init_replaces_nothing_without_force(folder: Path) -> None:
    before = (folder / "serca.key").read_bytes()
    assert "--force" in _refused("init", folder)
    assert (folder / "serca.key").read_bytes() == before
    _done("init", folder, "--force")
    assert (folder / "serca.key").read_bytes() != before


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_device_is_issued_at_the_depth_asked_for_and_its_lfdi_printed(folder: Path, depth: int) -> None:
    printed = _done("device", folder, "--name", "inverter", "--depth", str(depth))
    chain = _chain(folder / "inverter.pem")
    assert len(chain) == depth - 1
    assert lfdi_of(chain[0]) in printed
    assert (folder / "inverter.key").exists()


def test_device_has_the_hardware_type_and_serial_asked_for(folder: Path) -> None:
    _done("device", folder, "--name", "inverter", "--hw-type", "1.3.6.1.4.1.32473.42", "--serial", "0A1B")
    module = read_certificate(_chain(folder / "inverter.pem")[0]).hardware_module
    assert module is not None
    assert (module.hw_type, module.serial) == ("1.3.6.1.4.1.32473.42", b"\x0a\x1b")


def test_server_certificate_names_its_hosts(folder: Path) -> None:
    _done("server", folder, "--host", "localhost", "--host", "127.0.0.1")
    assert read_certificate(_chain(folder / "server.pem")[0]).hosts == ("localhost", "127.0.0.1")


def test_server_without_a_host_is_wrong_use(folder: Path) -> None:
    result = _run("server", folder)
    assert result.exit_code == 2
    assert "at least one --host" in result.output


def test_all_faults_are_issued_or_none(folder: Path) -> None:
    _done("faulty", folder, "--fault", "rsa")
    assert "--force" in _refused("faulty", folder, "--all")
    assert [path.name for path in folder.glob("faulty-*.pem")] == ["faulty-rsa.pem"]
    _done("faulty", folder, "--all", "--force")
    assert {path.name for path in folder.glob("faulty-*.pem")} == {f"faulty-{fault}.pem" for fault in Fault}


@pytest.mark.parametrize("arguments", [[], ["--all", "--fault", "rsa"], ["--fault", "nonsense"]])
def test_faulty_wants_all_or_a_choice(folder: Path, arguments: list[str]) -> None:
    assert _run("faulty", folder, *arguments).exit_code == 2


def test_help_describes_every_fault() -> None:
    printed = _done("faulty", "--help")
    lines = [line.strip() for line in printed.splitlines()]
    assert all(lines[lines.index(fault) + 1] == fault.description for fault in Fault)


def test_show_prints_identity_facts_and_no_deviation_of_a_sound_chain(folder: Path) -> None:
    _done("device", folder, "--name", "inverter")
    printed = _done("show", folder / "inverter.pem", "--root", folder / "serca.pem")
    facts = read_certificate(_chain(folder / "inverter.pem")[0])
    assert grouped_lfdi(facts.lfdi) in printed
    assert str(facts.sfdi) in printed
    assert "P-256" in printed
    assert "No deviation" in printed
    assert "SEC." not in printed


def test_show_says_that_trust_is_not_judged_without_a_root(folder: Path) -> None:
    _done("device", folder, "--name", "inverter")
    assert "Not judged" in _done("show", folder / "inverter.pem")


def test_show_names_requirement_expected_and_seen_and_still_exits_0(folder: Path) -> None:
    _done("faulty", folder, "--fault", "p384")
    printed = _done("show", folder / "faulty-p384.pem", "--root", folder / "serca.pem")
    assert "SEC.021  MUST  device certificate" in printed
    assert "seen      a key P-384" in printed


def test_show_judges_authorities_as_authorities(folder: Path) -> None:
    for name in ("serca", "mca", "mica", "mica-direct"):
        assert "No deviation" in _done("show", folder / f"{name}.pem")


def test_show_of_a_damaged_certificate_is_a_finding(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "damaged.der").write_bytes(b"\x30\x03\x02\x01\x01")
    printed = _done("show", tmp_path / "damaged.der")
    assert "not readable" in printed
    assert "SEC.049" in printed


def test_show_refuses_a_key_file_without_printing_it(folder: Path) -> None:
    assert "a private key" in _refused("show", folder / "mica.key")


@pytest.mark.parametrize("name", ["mica", "../escape", "", ".hidden", "a/b", "two words"])
def test_names_that_would_hide_or_harm_are_refused(folder: Path, name: str) -> None:
    assert "choose another --name" in _refused("device", folder, "--name", name)


def test_folder_without_a_pki_is_explained(tmp_path: Path) -> None:
    assert "csip pki init" in _refused("device", tmp_path, "--name", "inverter")


def test_serial_that_is_not_hexadecimal_is_explained(folder: Path) -> None:
    assert "hexadecimal" in _refused("device", folder, "--name", "inverter", "--serial", "xyz")
