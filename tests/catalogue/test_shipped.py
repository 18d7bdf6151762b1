"""Shipped folders are found below the package in a wheel and beside it in a checkout."""

from pathlib import Path

import pytest

from conformance.catalogue import shipped as places
from conformance.vocabulary.errors import UsageError

FOLDERS = (places.testcases_folder, places.profiles_folder, places.xsd_folder, places.reports_folder)


def test_this_checkout_has_all_of_them() -> None:
    assert [folder().name for folder in FOLDERS] == ["testcases", "profiles", "xsd", "reports"]


def test_a_bundled_folder_comes_before_one_beside_the_package(tmp_path: Path) -> None:
    package = tmp_path / "conformance"
    (tmp_path / "xsd").mkdir()
    package.mkdir()
    assert places.shipped("xsd", package) == tmp_path / "xsd"
    (package / "_bundled" / "xsd").mkdir(parents=True)
    assert places.shipped("xsd", package) == package / "_bundled" / "xsd"


def test_a_missing_folder_says_where_it_was_sought(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="install csip-conformance again"):
        places.shipped("xsd", tmp_path / "conformance")
