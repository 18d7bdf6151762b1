"""The records of a service: what must be there fails, what might be needed is warned of, what is odd is legal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.judgement.finding import State
from conformance.judgement.services import Found, described

TEXTS = {"txtvers": "1", "dcap": "/dcap", "path": "/derp", "https": "8443", "level": "-S1"}
SOUND = Found("csip._smartenergy._tcp.local", "host.local", 80, TEXTS, ("fe80::1", "127.0.0.1"))


def states(found: Found, subtype: str = "") -> dict[str, set[State]]:
    judged: dict[str, set[State]] = {}
    for rule, one in described(found, subtype):
        judged.setdefault(rule, set()).add(one.state)
    return judged


def with_texts(**changes: str | None) -> Found:
    texts = {**TEXTS, **changes}
    return replace(SOUND, texts={key: value for key, value in texts.items() if value is not None})


def test_sound_records_pass_and_tell_the_place() -> None:
    assert set().union(*states(SOUND, "derp").values()) == {State.PASS}
    assert SOUND.place == ("127.0.0.1", 8443, "/dcap")


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"https": None}, "P6"),
        ({"https": "tls"}, "P6"),
        ({"https": "99999"}, "P6"),
        ({"dcap": None}, "DNS.001-019"),
        ({"dcap": "dcap"}, "DNS.001-019"),
        ({"txtvers": "2"}, "DNS.001-019"),
        ({"level": "latest"}, "DNS.023-026"),
        ({"path": "derp"}, "DNS.027-039"),
    ],
)
def test_a_key_that_leads_nowhere_fails_its_rule(changes: dict[str, str | None], rule: str) -> None:
    judged = states(with_texts(**changes), "derp")
    assert {name for name, seen in judged.items() if State.FAIL in seen} == {rule}


@pytest.mark.parametrize(
    ("key", "rule"), [("txtvers", "DNS.001-019"), ("level", "DNS.023-026"), ("path", "DNS.027-039")]
)
def test_a_key_that_might_be_needed_is_warned_of(key: str, rule: str) -> None:
    judged = states(with_texts(**{key: None}), "derp")
    assert State.WARNING in judged[rule]
    assert all(State.FAIL not in seen for seen in judged.values())


@pytest.mark.parametrize("changes", [{"https": ""}, {"level": "+S0"}, {"level": "-s1"}, {"vendor": "anything"}])
def test_odd_but_legal_keys_pass(changes: dict[str, str]) -> None:
    assert set().union(*states(with_texts(**changes)).values()) == {State.PASS}


def test_an_empty_https_means_the_default_port() -> None:
    assert with_texts(https="").https_port == 443


def test_an_instance_without_records_fails() -> None:
    assert states(Found("csip._smartenergy._tcp.local"))["DNS.001-019"] == {State.FAIL}
