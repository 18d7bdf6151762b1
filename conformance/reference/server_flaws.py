"""The flaws of the reference server: each breaks one rule and leaves everything else sound.

:data:`SERVER_FLAWS` is the whole list, by name; the modules ``server_flaws_*`` declare them by subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conformance.reference.server_flaw import ServerFlaw
from conformance.reference.server_flaws_controls import CONTROLS
from conformance.reference.server_flaws_documents import DOCUMENTS, IDENTITY, LISTS, TIME
from conformance.reference.server_flaws_http import HTTP, TRANSPORT, WAYS_IN
from conformance.reference.server_flaws_received import NOTIFYING, RECEIVED
from conformance.reference.server_tree import ServerParts
from conformance.vocabulary.errors import UsageError, explain


def arrange(parts: ServerParts, names: Iterable[str]) -> None:
    """Give the server its flaws. Raises ``UsageError`` for one that does not exist."""
    for name in sorted(names):
        if name not in SERVER_FLAWS:
            known = ", ".join(sorted(SERVER_FLAWS))
            raise UsageError(explain("Giving the reference server a flaw.", known, name, "correct the name"))
        SERVER_FLAWS[name].arrange(parts)


SERVER_FLAWS: Mapping[str, ServerFlaw] = {
    flaw.flaw.name: flaw
    for flaw in (*TRANSPORT, *WAYS_IN, *HTTP, *LISTS, *DOCUMENTS, *TIME, *IDENTITY, *CONTROLS, *RECEIVED, *NOTIFYING)
}
"""All flaws of the reference server, by name."""
