"""Where the links of a served document point."""

from __future__ import annotations

import pytest

from conformance.roles.served_reading import links_in, target_of
from conformance.wire.payload import read


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("/edev/1", "/edev/1"),
        ("/edev?s=0&l=1", "/edev?s=0&l=1"),
        ("https://other:8443/edev/1?x=%20", "/edev/1?x=%20"),
        ("https://other", "/"),
        ("", "/"),
        ("edev", "/edev"),
        (" /edev ", "/edev"),
        ("/a b\r\nHost: evil", "/a%20bHost:%20evil"),
        ("/größe", "/gr%C3%B6%C3%9Fe"),
        ("http://[half", "/http%3A%2F%2F%5Bhalf"),
        ("/a#b", "/a"),
        ("/\u0000\u0001", "/%00%01"),
    ],
)
def test_any_link_becomes_a_target_that_can_be_asked_for(href: str, target: str) -> None:
    assert target_of(href) == target
    assert target.encode("ascii").isascii()


def test_links_are_found_at_any_depth_and_those_without_an_address_are_left_out() -> None:
    links = '<A><TimeLink href="/tm"/></A><DERListLink/><EndDeviceListLink href="/e"/>'
    node = read(f'<DeviceCapability xmlns="urn:ieee:std:2030.5:ns">{links}</DeviceCapability>'.encode())
    assert list(links_in(node)) == [("TimeLink", "/tm"), ("EndDeviceListLink", "/e")]
