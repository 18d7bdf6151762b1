"""Schema validation: facts of the wire format, the verdict of the schema, and explanations in plain words."""

from conformance.wire.schema.editions import title
from conformance.wire.schema.extensions import Extensions
from conformance.wire.schema.model import Edition
from conformance.wire.schema.report import Problem, ProblemKind, SchemaReport
from conformance.wire.schema.validator import Validator

__all__ = ["Edition", "Extensions", "Problem", "ProblemKind", "SchemaReport", "Validator", "title"]
