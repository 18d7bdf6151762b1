"""Checks on how a client treats a server's certificate chain (SunSpec CTP 1.3 COMM-004, with erratum 7).

Any refusal counts: a TLS alert, a connection that is closed, or a session over which nothing is asked. What does not
count is a handshake that failed for a reason of its own, such as a cipher suite that the client does not offer.
"""

from __future__ import annotations

from collections.abc import Sequence

from conformance.judgement.finding import State
from conformance.judgement.judged import Judged
from conformance.wire.exchange import Connection, Exchange

DECODE_ERROR = 50


def distrusted(connections: Sequence[Connection], exchanges: Sequence[Exchange]) -> Judged:
    """Judge that a client sent no request over connections on which it was shown a faulty chain."""
    numbers = {connection.number for connection in connections}
    asked = [exchange for exchange in exchanges if exchange.connection in numbers]
    expected = "the client breaks off and sends no request"
    if asked:
        seen = f"{len(asked)} requests, the first {asked[0].method} {asked[0].resource or asked[0].path}"
        return Judged("distrusted", State.FAIL, expected, seen, (asked[0].number,), connections=(asked[0].connection,))
    shown = [connection for connection in connections if _was_shown(connection)]
    state = State.PASS if shown else State.INCONCLUSIVE
    seen = "; ".join(dict.fromkeys(map(_ending, shown or connections))) or "no connection"
    what = "no request" if shown else "no handshake got as far as the certificate"
    return Judged("distrusted", state, expected, f"{what}: {seen}", connections=tuple(sorted(numbers)))


def _was_shown(connection: Connection) -> bool:
    """Say whether the client got to see the certificate: it spoke TLS, and the harness did not break off itself.

    A client that just closes makes the TLS library send a last alert, decode_error, into the void.
    """
    ours = [alert for alert in connection.alerts if alert.sent and alert.code != DECODE_ERROR]
    broken_off = not connection.handshake_completed and bool(ours)
    return connection.client_hello is not None and not broken_off


def _ending(connection: Connection) -> str:
    alerts = [f"{'sent' if it.sent else 'received'} alert {it.code} {it.name}" for it in connection.alerts]
    shaken = "the handshake completed" if connection.handshake_completed else connection.error
    return ", ".join(filter(None, (*alerts, shaken, connection.ended_by)))
