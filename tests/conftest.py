"""Options of the whole test suite; drawn examples are the same in every run."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("csip-conformance")
    group.addoption("--every-case", action="store_true", help="run every test case against every flaw, not a sample")
