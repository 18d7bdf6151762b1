"""Requests and exchanges know the path and the query of their target in each form of it."""

import pytest

from conformance.wire.messages import Request


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/edev", "/edev", ""),
        ("/edev?s=0&l=1", "/edev", "s=0&l=1"),
        ("https://utility.example:8443/edev?s=0", "/edev", "s=0"),
        ("HTTPS://[::1]:8443/a/b?then=http://elsewhere/c", "/a/b", "then=http://elsewhere/c"),
        ("https://utility.example", "/", ""),
        ("*", "*", ""),
        ("/%65dev%2D1%2Fx?s%3D0", "/edev-1%2Fx", "s%3D0"),
    ],
)
def test_the_path_is_found_in_a_target_with_and_without_a_host(target: str, path: str, query: str) -> None:
    request = Request("GET", target)
    assert (request.path, request.query) == (path, query)
