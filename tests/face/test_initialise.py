"""``csip init``: its templates name every key of csip.toml, and what they offer as a comment can be taken up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.catalogue.shipped import profiles_folder
from conformance.face.cli import csip
from conformance.face.configuration import read_configuration
from conformance.face.wiring import Choice, configured_run

KINDS = ("server", "client")


def keys(schema: Mapping[str, object]) -> Iterator[str]:
    """Yield every key that a schema describes, however deep."""
    properties = schema.get("properties", {})
    assert isinstance(properties, dict)
    for name, below in properties.items():
        yield name
        yield from keys(below)
        yield from keys(below.get("items", {}))


def test_every_key_is_named_in_a_template() -> None:
    folder = profiles_folder()
    schema = json.loads((folder / "csip-toml.schema.json").read_text(encoding="utf-8"))
    told = "".join((folder / "csip-toml" / f"{kind}.toml.j2").read_text(encoding="utf-8") for kind in KINDS)
    assert [name for name in keys(schema) if not re.search(rf"\b{name}\b", told)] == []


@pytest.mark.parametrize(("kind", "leave_out"), [("server", "none"), ("client", "subject.certificate")])
def test_a_test_pki_with_several_devices_is_taken_up_as_the_template_says(
    tmp_path: Path, kind: str, leave_out: str
) -> None:
    assert CliRunner().invoke(csip, ["init", kind, str(tmp_path)]).exit_code == 0
    file = tmp_path / "csip.toml"
    subject, identity = file.read_text(encoding="utf-8").split("[identity]")
    if leave_out == "subject.certificate":
        subject = re.sub(r"(?m)^certificate = .*$", 'start = "my-client"', subject)
        subject = re.sub(r"(?m)^# (instances = 4)", r"\1", subject).replace("127.0.0.1:8443", "127.0.0.1:0")
    identity = re.sub(r"(?m)^(certificate|key|roots|authorities) = .*\n", "", identity)
    identity = re.sub(r"(?m)^# (test_pki|devices) = ", r"\1 = ", identity)
    file.write_text(f"{subject}[identity]{identity}", encoding="utf-8")
    settings = configured_run(read_configuration(file), Choice(only=("COMM-002",), out=tmp_path / "out"))
    assert settings.to_run
    assert (tmp_path / "pki" / "device-4.pem").exists()
