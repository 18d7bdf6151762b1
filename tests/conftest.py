"""Options of the whole test suite; drawn examples are the same in every run."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")

LONGEST_S = 300
"""How long a test may take that says nothing else; not in pyproject.toml, which those meet who try the plug-in here."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("csip-conformance")
    group.addoption("--every-case", action="store_true", help="run every test case against every flaw, not a sample")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(LONGEST_S))
