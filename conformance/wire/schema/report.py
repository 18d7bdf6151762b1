"""What validating one document came to: :class:`SchemaReport` and the :class:`Problem` of which it consists."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conformance.wire.schema.editions import title
from conformance.wire.schema.model import Edition


class ProblemKind(StrEnum):
    """What sort of mistake a problem is."""

    MALFORMED = "malformed"
    NAMESPACE = "namespace"
    ROOT = "root"
    MISSING = "missing"
    ORDER = "order"
    REPEATED = "repeated"
    UNKNOWN = "unknown"
    FOREIGN = "foreign"
    VALUE = "value"
    TEXT = "text"
    ATTRIBUTE = "attribute"
    TYPE = "type"
    SCHEMA = "schema"
    UNSHOWN = "unshown"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake, or one remark.

    ``path`` names every step from the root, with a position where an element has siblings of its name; ``line`` is
    counted from 1 and is 0 where the document has no lines to speak of. For a missing element, ``path`` is where it
    should be and ``line`` that of the element it must precede. ``message`` says all of it in one sentence.
    """

    path: str
    line: int
    found: str
    expected: str
    message: str
    kind: ProblemKind

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


@dataclass(frozen=True, slots=True)
class SchemaReport:
    """The verdict on one document. ``valid`` is true exactly when there are no ``problems``; ``notes`` judge nothing.

    ``root`` is the local name of the root element, ``None`` if the document could not be parsed.
    """

    valid: bool
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    edition: Edition
    root: str | None

    @property
    def edition_title(self) -> str:
        """The name of the edition as a person writes it."""
        return title(self.edition)
