"""Clients under test that misbehave: a finding or an open question each time, never a fault of the harness."""

from __future__ import annotations

import itertools

import pytest
from misbehaviour import HASTY, Csip, Run, client_tables, pki

CORE = ("COMM-002", "BASIC-017")
ONLY = tuple(itertools.chain.from_iterable(("--only", id) for id in CORE))

CONNECT = """
import socket, ssl, struct, sys, time
host, port, chain, key, roots = sys.argv[1:]
plain = socket.create_connection((host, int(port)))
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
context.set_ciphers("ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0")
context.maximum_version = ssl.TLSVersion.TLSv1_2
def again():
    return socket.create_connection((host, int(port)))
def shake_hands():
    context.load_cert_chain(chain, key)
    return context.wrap_socket(plain)
def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
"""
FOR_EVER = "\ntime.sleep(600)\n"


def judged(csip: Csip, script: str, *only: str, **limits: float) -> Run:
    """Run against a client that is a script; assert what holds for any subject."""
    (csip.folder / "client.py").write_text(CONNECT + script)
    tables = client_tables(
        key=f"{pki()}/device.key",
        start=[
            "{{ python }}", "client.py", "{{ server_host }}", "{{ server_port }}", "{{ client_certificate }}",
            "{{ client_key }}", "{{ roots }}",
        ],
    )  # fmt: skip
    tables["limits"] = {**HASTY, "first_contact": 10, "discovery": 0.3, **limits}
    chosen = itertools.chain.from_iterable(("--only", id) for id in only) if only else ONLY
    ended = csip.run(tables, *chosen)
    ended.must_be_whole()
    assert ended.code in (1, 3), ended.printed
    assert ended.record["exit_code"] == ended.code
    return ended


def test_a_client_that_dies_at_once_leaves_everything_open_and_its_exit_status_is_told(csip: Csip) -> None:
    (csip.folder / "client.py").write_text("print('no licence'); raise SystemExit(42)")
    tables = client_tables(start=["{{ python }}", "client.py"])
    tables["limits"] = {**HASTY, "first_contact": 60}
    ended = csip.run(tables, *ONLY)
    ended.must_be_whole()
    assert ended.code == 3
    assert {ended.verdicts[id] for id in CORE} == {"inconclusive"}
    assert "exit status 42; see subject/COMM-002.log" in ended.tests["COMM-002"]["reason"]
    assert (csip.out / "subject" / "COMM-002.log").read_text() == "no licence\n"


def test_a_client_that_never_connects_leaves_everything_open(csip: Csip) -> None:
    (csip.folder / "client.py").write_text("import time; time.sleep(600)")
    tables = client_tables(start=["{{ python }}", "client.py"])
    tables["limits"] = {**HASTY, "first_contact": 0.3}
    ended = csip.run(tables, *ONLY)
    ended.must_be_whole()
    assert (ended.code, {ended.verdicts[id] for id in CORE}) == (3, {"inconclusive"})
    assert "no TLS connection from the client within 0.3 s" in ended.tests["COMM-002"]["reason"]


def test_a_client_that_cannot_be_started_leaves_everything_open(csip: Csip) -> None:
    ended = csip.run(client_tables(start=["/nowhere/at-all"]), *ONLY)
    ended.must_be_whole()
    assert (ended.code, {ended.verdicts[id] for id in CORE}) == (3, {"inconclusive"})
    assert "subject.start" in ended.tests["COMM-002"]["reason"]


def test_a_client_that_nobody_can_restart_leaves_everything_pending(csip: Csip) -> None:
    ended = csip.run(client_tables(), *ONLY)
    ended.must_be_whole()
    assert (ended.code, {ended.verdicts[id] for id in CORE}) == (3, {"pending"})
    assert "Restart the client so that it connects to https://127.0.0.1:" in ended.tests["COMM-002"]["reason"]


def test_a_client_that_does_not_speak_tls_never_passes(csip: Csip) -> None:
    script = "plain.sendall(b'GET /dcap HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')\n"
    script += "again().sendall(bytes(range(256)) * 50)\nreset(again())\nagain().close()\nheld = again()\n"
    ended = judged(csip, script + FOR_EVER, "COMM-002", "COMM-003", first_contact=2)
    assert {ended.verdicts["COMM-002"], ended.verdicts["COMM-003"]} <= {"fail", "inconclusive"}


def test_a_client_without_a_certificate_fails_the_handshake(csip: Csip) -> None:
    ended = judged(csip, "context.wrap_socket(plain)" + FOR_EVER, "COMM-003")
    assert ended.verdicts["COMM-003"] == "fail"


REQUESTS = {
    "garbage": r"b'\x00\xff garbage \x1b[31m\r\n\r\n'",
    "no host": r"b'GET /dcap HTTP/1.1\r\n\r\n'",
    "a header without end": r"b'GET /dcap HTTP/1.1\r\nHost: x\r\n' + b'X: ' + b'y' * 200000",
    "a body of ten gigabytes": r"b'POST /rsp HTTP/1.1\r\nHost: x\r\nContent-Length: 10737418240\r\n\r\nabc'",
    "a negative length": r"b'POST /rsp HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'",
    "two lengths": r"b'POST /rsp HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'",
    "an unknown method": r"b'DANCE /dcap HTTP/1.1\r\nHost: x\r\n\r\n'",
    "an absurd target": r"b'GET http://[half HTTP/1.1\r\nHost: x\r\n\r\n'",
    "an absurd query": r"b'GET /dcap?s=' + b'9' * 5000 + b'&l=-1&a=x HTTP/1.1\r\nHost: x\r\n\r\n'",
    "half a request": r"b'GET /dcap HTT'",
}


def test_a_client_that_sends_strange_requests_breaks_nothing(csip: Csip) -> None:
    script = "kept = []\n"
    for request_bytes in REQUESTS.values():
        script += f"plain = again()\nkept.append(shake_hands())\nkept[-1].sendall({request_bytes})\n"
    ended = judged(csip, script + FOR_EVER, "COMM-002", "COMM-003", first_contact=3)
    assert ended.verdicts["COMM-002"] in ("fail", "inconclusive")
    assert "\x1b[31m" not in ended.printed


def test_a_client_that_resets_in_the_middle_of_a_request_breaks_nothing(csip: Csip) -> None:
    script = "connection = shake_hands()\nconnection.sendall(b'GET /dcap HT')\nreset(connection)\n" + FOR_EVER
    assert judged(csip, script, "COMM-002", first_contact=1.5).verdicts["COMM-002"] in ("fail", "inconclusive")


def test_a_client_that_dies_after_its_first_request_is_told(csip: Csip) -> None:
    script = "connection = shake_hands()\nconnection.sendall(b'GET /dcap HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')\n"
    script += "connection.recv(10)\nraise SystemExit(5)\n"
    ended = judged(csip, script, "CORE-003", discovery=60)
    assert ended.verdicts["CORE-003"] in ("inconclusive", "fail")
    assert "exit status 5" in ended.tests["CORE-003"]["reason"]


def test_a_client_that_only_reads_the_entry_fails_for_what_it_never_does(csip: Csip) -> None:
    script = "connection = shake_hands()\n"
    script += "connection.sendall(b'GET /dcap HTTP/1.1\\r\\nHost: x\\r\\nAccept: application/sep+xml\\r\\n\\r\\n')\n"
    ended = judged(csip, script + FOR_EVER, "COMM-002", "CORE-003")
    assert (ended.verdicts["COMM-002"], ended.verdicts["CORE-003"]) == ("fail", "fail")


def test_no_private_folder_of_a_client_is_left_behind(csip: Csip, monkeypatch: pytest.MonkeyPatch) -> None:
    place = csip.folder / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    judged(csip, FOR_EVER, "COMM-002", first_contact=1.5)
    assert [path for path in place.iterdir() if path.name.startswith("csip-subject-")] == []
