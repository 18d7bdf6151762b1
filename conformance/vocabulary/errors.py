"""Everything the harness raises, and how a run ends by it.

    HarnessError                a fault of ours: exit 4
    ├── UsageError              wrong arguments, configuration, profile or declaration: exit 2
    ├── SubjectUnreachable      the subject cannot be reached or started: exit 3
    └── PreconditionNotMet      a test case cannot go on; it becomes inconclusive (or not run)
        ├── DoesNotApply        the subject shows that it does not do what is optional: not applicable
        └── NotChosen           it would take so long that nobody gets it unasked: not run

A subject that breaks the standard raises nothing: that is a finding. Every message says what was
attempted, what was expected, what was seen and what to do next.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class HarnessError(Exception):
    """A fault of the harness, never of the subject."""

    exit_code = 4


class UsageError(HarnessError):
    """The person who runs the harness can mend this: arguments, configuration, profile, declaration."""

    exit_code = 2


class SubjectUnreachable(HarnessError):
    """The subject could not be reached, or could not be started."""

    exit_code = 3


class PreconditionNotMet(HarnessError):
    """A test case cannot go on because what it builds upon is missing."""

    exit_code = 3


class DoesNotApply(PreconditionNotMet):
    """What the test case is about is optional, and the subject shows that it does not do it."""


class NotChosen(PreconditionNotMet):
    """The test case takes so long that it runs only where it was asked for."""


def meant(name: str, known: Iterable[str], otherwise: str) -> str:
    """Return what to do about a name that is not known: take one that is near, in whatever case, else ``otherwise``."""
    by_case = {item.casefold(): item for item in known}
    near = [by_case[item] for item in difflib.get_close_matches(name.casefold(), by_case, n=3, cutoff=0.6)]
    return f"perhaps {' or '.join(near)} is meant; if not, {otherwise}" if near else otherwise


def explain(attempted: str, expected: str, seen: str, do: str) -> str:
    """Put the four parts of an error message together, one a line."""
    return f"{attempted}\n  expected  {expected}\n  seen      {seen}\n  do        {do}"
