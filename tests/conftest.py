"""Options of the whole test suite."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("csip-conformance")
    group.addoption("--every-case", action="store_true", help="run every test case against every flaw, not a sample")
