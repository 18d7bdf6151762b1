"""Compiles the schema of an edition, from our own files or from the user's official copy.

Each thread compiles its own: the error log of a shared schema object mixes threads' errors, and compiling takes a few
milliseconds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from conformance.catalogue.shipped import xsd_folder
from conformance.vocabulary.errors import UsageError, explain
from conformance.wire.schema.model import Edition
from conformance.wire.schema.official import compile_official

Compile = Callable[[], etree.XMLSchema]


def entry_file(edition: Edition) -> Path:
    """Return the file of our own schema set to enter at. Raises :class:`UsageError` if the set is not installed."""
    return xsd_folder() / f"{edition}.xsd"


def compile_own(edition: Edition) -> etree.XMLSchema:
    """Compile our own schema of an edition.

    Raises:
        UsageError: a file of the set is missing or damaged.
    """
    entry = entry_file(edition)
    try:
        return etree.XMLSchema(file=str(entry))
    except etree.XMLSchemaParseError as fault:
        message = explain(f"compiling the schema of {edition}", f"a whole set at {entry}", str(fault), "install again")
        raise UsageError(message) from None


def compile_source(edition: Edition, official: Path | None) -> etree.XMLSchema:
    """Compile the schema of an edition: the user's copy if a path is given, or else our own."""
    return compile_own(edition) if official is None else compile_official(edition, official)


class SchemaPerThread(threading.local):
    """The compiled schema of the current thread; compiled when a thread first asks."""

    def __init__(self, compile_schema: Compile) -> None:
        self.schema = compile_schema()
