"""Mistakes of the person who runs the harness: told with the key, exit code 2, and no run folder is written."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from misbehaviour import Csip, client_tables, pki, server_tables, write_configuration

Tables = dict[str, dict[str, object]]


def refused(csip: Csip, *told: str, arguments: tuple[str, ...] = ()) -> str:
    ended = csip("run", "--config", str(csip.folder / "csip.toml"), "--out", str(csip.out), *arguments)
    assert ended.code == 2, ended.printed
    assert "Traceback" not in ended.printed
    for words in told:
        assert words in ended.printed
    assert not csip.out.exists()
    return ended.printed


def test_no_configuration_says_how_to_make_one(csip: Csip) -> None:
    refused(csip, "reading the configuration", "No such file", "csip init")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'profile = "csip', "expected  TOML"),
        (b"\xff\xfe\x00", "expected  TOML"),
        (b"", "'profile' is a required property"),
        (b"profile = 3", "profile: 3 is not of type 'string'"),
    ],
)
def test_what_is_no_configuration_is_told(csip: Csip, content: bytes, told: str) -> None:
    (csip.folder / "csip.toml").write_bytes(content)
    refused(csip, told)


def test_a_folder_in_the_place_of_the_configuration_is_told(csip: Csip) -> None:
    (csip.folder / "csip.toml").mkdir()
    refused(csip, "Is a directory")


def change(table: str, **values: object) -> Callable[[Tables], None]:
    def apply(tables: Tables) -> None:
        tables.setdefault(table, {}).update(values)

    return apply


def drop(table: str, key: str) -> Callable[[Tables], None]:
    def apply(tables: Tables) -> None:
        del tables[table][key]

    return apply


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (change("subject", colour="red"), "'colour' was unexpected"),
        (change("extra", a=1), "'extra' was unexpected"),
        (change("subject", kind="gateway"), "subject.kind"),
        (change("subject", pin="111115"), "subject.pin"),
        (change("subject", pin=-1), "subject.pin"),
        (drop("subject", "address"), "'address' is a required property"),
        (change("subject", address="nowhere"), "subject.address"),
        (change("subject", address="host:99999"), "subject.address"),
        (change("subject", address="a..b:1"), "subject.address"),
        (change("subject", entry="dcap"), "subject.entry"),
        (change("subject", start="run 'half"), "subject.start"),
        (change("subject", start=""), "subject.start"),
        (change("subject", start="run", prepare="half '"), "subject.prepare"),
        (change("subject", lanes=0), "subject.lanes"),
        (change("limits", tea_break=1), "tea_break"),
        (change("limits", request_deadline="1"), "limits.request_deadline"),
        (change("limits", request_deadline=-1), "limits.request_deadline"),
        (change("limits", request_deadline=float("nan")), "limits.request_deadline"),
        (change("limits", request_deadline=float("inf")), "limits.request_deadline"),
        (change("operator", way="shout"), "operator.way"),
        (change("operator", way="command"), "'command' is a required property"),
        (change("operator", way="command", command="arrange 'half"), "operator.command"),
        (change("operator", way="hook", url="ftp://x"), "operator.url"),
        (change("operator", way="plugin", plugin="no-such-plug-in"), "no-such-plug-in"),
        (drop("identity", "roots"), "identity"),
        (change("run", out=5), "run.out"),
    ],
)
def test_every_wrong_key_is_named(csip: Csip, changed: Callable[[Tables], None], told: str) -> None:
    tables: Tables = server_tables(1)
    changed(tables)
    write_configuration(csip.folder, tables)
    refused(csip, told)


def test_an_unknown_profile_lists_the_known_ones(csip: Csip) -> None:
    write_configuration(csip.folder, server_tables(1), profile="csip-9")
    refused(csip, "'csip-9'", "csip-2.1")
    refused(csip, "'csip-8'", arguments=("--profile", "csip-8"))


@pytest.mark.parametrize("name", ["NOPE-1", "CORE-05"])
def test_an_unknown_test_is_told_and_where_the_known_ones_are_listed(csip: Csip, name: str) -> None:
    write_configuration(csip.folder, server_tables(1))
    refused(csip, name, "see csip list", arguments=("--only", name))


@pytest.mark.parametrize("content", [None, b"", b"garbage", b"{}"])
def test_an_unreadable_record_of_expected_verdicts_is_told(csip: Csip, content: bytes | None) -> None:
    if content is not None:
        (csip.folder / "old.json").write_bytes(content)
    write_configuration(csip.folder, server_tables(1))
    refused(csip, "old.json", arguments=("--expect", str(csip.folder / "old.json")))


def identity_of(folder: Path, **files: Path) -> dict[str, object]:
    kept = {"certificate": pki() / "device.pem", "key": pki() / "device.key", "roots": pki() / "serca.pem"}
    return {name: str(path) for name, path in (kept | files).items()}


@pytest.mark.parametrize(
    ("which", "told"),
    [
        ("certificate", "identity.certificate"),
        ("key", "Loading the certificate"),
        ("roots", "Loading the trusted root certificates"),
    ],
)
@pytest.mark.parametrize("content", [None, b"garbage"])
def test_a_certificate_key_or_root_that_cannot_be_read_is_told(
    csip: Csip, which: str, told: str, content: bytes | None
) -> None:
    path = csip.folder / "bad.pem"
    if content is not None:
        path.write_bytes(content)
    tables: Tables = server_tables(1)
    tables["identity"] = identity_of(csip.folder, **{which: path})
    write_configuration(csip.folder, tables)
    assert "bad.pem" in refused(csip, told) or which == "certificate"


def test_a_certificate_of_another_key_is_told(csip: Csip) -> None:
    tables: Tables = server_tables(1)
    tables["identity"] = identity_of(csip.folder, key=pki() / "server.key")
    write_configuration(csip.folder, tables)
    refused(csip, "the key belongs to another certificate")


def test_a_client_without_certificate_or_lfdi_is_told(csip: Csip) -> None:
    tables: Tables = client_tables(start="true")
    del tables["subject"]["certificate"]
    write_configuration(csip.folder, tables)
    refused(csip, "subject.certificate or subject.lfdi")


@pytest.mark.parametrize("lfdi", ["", "12", "Z" * 40])
def test_an_lfdi_that_is_none_is_told(csip: Csip, lfdi: str) -> None:
    write_configuration(csip.folder, client_tables(start="true", lfdi=lfdi))
    refused(csip, "subject.lfdi")


def test_a_clients_certificate_that_is_not_there_is_told(csip: Csip) -> None:
    write_configuration(csip.folder, client_tables(start="true", certificate="gone.pem"))
    refused(csip, "subject.certificate", "gone.pem")


def test_a_port_in_use_is_told_before_anything_starts(csip: Csip) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        write_configuration(csip.folder, client_tables(start="true", listen=listen))
        refused(csip, f"listening at {listen}", "subject.listen")


def test_an_address_of_another_machine_cannot_be_listened_at(csip: Csip) -> None:
    write_configuration(csip.folder, client_tables(start="true", listen="192.0.2.1:8443"))
    refused(csip, "listening at 192.0.2.1:8443")


def test_a_place_in_the_start_command_that_nothing_fills_ends_the_run_at_once(csip: Csip) -> None:
    ended = csip.run(client_tables(start=["echo", "{{ server_addres }}"]))
    assert ended.code == 2
    assert "server_addres" in ended.printed
    assert set(ended.verdicts.values()) <= {"not_run", "inconclusive", "not_applicable"}
    ended.must_be_whole()


def test_a_run_folder_that_holds_a_run_is_left_alone(csip: Csip) -> None:
    csip.out.mkdir()
    (csip.out / "events.jsonl").write_text("kept\n")
    write_configuration(csip.folder, server_tables(1))
    ended = csip("run", "--config", "csip.toml", "--out", str(csip.out))
    assert (ended.code, (csip.out / "events.jsonl").read_text()) == (2, "kept\n")
    assert "it holds a run" in ended.printed


def test_a_test_pki_that_lost_a_file_is_told(csip: Csip) -> None:
    shutil.copytree(pki(), csip.folder / "pki")
    (csip.folder / "pki" / "device.key").unlink()
    tables: Tables = server_tables(1)
    tables["identity"] = {"test_pki": "pki"}
    write_configuration(csip.folder, tables)
    refused(csip, "device.key")


@pytest.mark.parametrize("arguments", [("run", "--jobs", "0"), ("run", "--nope"), ("dance",), ("demo", "--flaw", "x")])
def test_wrong_arguments_are_exit_code_2(csip: Csip, arguments: tuple[str, ...]) -> None:
    ended = csip(*arguments)
    assert ended.code == 2
    assert "Traceback" not in ended.printed


def test_the_doctor_tells_every_trouble_and_raises_none(csip: Csip) -> None:
    tables: Tables = server_tables(1)
    tables["identity"] = identity_of(csip.folder, certificate=csip.folder / "gone.pem")
    write_configuration(csip.folder, tables)
    ended = csip("doctor", "--config", "csip.toml")
    assert ended.code == 2
    assert "BAD certificate" in ended.printed.replace("BAD  ", "BAD ")
    assert "cannot be reached" in ended.printed


def test_a_run_is_resumed_in_its_own_folder_alone(csip: Csip) -> None:
    refused(csip, "--resume goes on in its folder", arguments=("--resume", "elsewhere"))
