"""Where the shipped folders are: test cases, profiles, schemas and report templates.

In a wheel they travel below the package, in ``conformance/_bundled``; in a checkout they stand beside it.
"""

from __future__ import annotations

from pathlib import Path

from conformance.vocabulary.errors import UsageError, explain

PACKAGE = Path(__file__).parents[1]


def shipped(name: str, package: Path = PACKAGE) -> Path:
    """Return a shipped folder: the bundled one, or else the one at the top of the checkout.

    Raises:
        UsageError: neither is there.
    """
    places = (package / "_bundled" / name, package.parent / name)
    for place in places:
        if place.is_dir():
            return place
    raise UsageError(
        explain(
            f"finding the shipped folder {name!r}",
            " or ".join(str(place) for place in places),
            "neither of them",
            "install csip-conformance again, or run from a whole checkout",
        )
    )


def testcases_folder() -> Path:
    """Return the folder of the test cases. Raises :class:`UsageError` if it is missing."""
    return shipped("testcases")


def profiles_folder() -> Path:
    """Return the folder of the profiles and requirement registers. Raises :class:`UsageError` if it is missing."""
    return shipped("profiles")


def xsd_folder() -> Path:
    """Return the folder of the schema set. Raises :class:`UsageError` if it is missing."""
    return shipped("xsd")


def reports_folder() -> Path:
    """Return the folder of report templates and JSON Schemas. Raises :class:`UsageError` if it is missing."""
    return shipped("reports")
