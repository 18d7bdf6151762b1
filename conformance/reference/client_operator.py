"""The operator of the reference client: carries out the instructions that make it raise and clear alarms."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from conformance.reference.client import ReferenceClient
from conformance.vocabulary.errors import UsageError, explain

OVER_VOLTAGE, SOFTWARE = 2, 1
GENERAL = 0


class ClientOperator:
    """Arranges one reference client. Call it with an instruction's name and values; it tells what it did."""

    def __init__(self, client: Callable[[], ReferenceClient | None]) -> None:
        self._client = client
        self._acts: Mapping[str, Callable[[ReferenceClient], Awaitable[None]]] = {
            "raise_software_error": lambda peer: peer.log_event(GENERAL, SOFTWARE),
            "raise_alarm": lambda peer: peer.raise_alarm(OVER_VOLTAGE),
            "clear_alarm": lambda peer: peer.clear_alarm(OVER_VOLTAGE),
        }

    def __call__(self, instruction: str, values: Mapping[str, str]) -> Awaitable[str]:
        """Carry out an instruction. Raises ``UsageError`` when it cannot be done."""
        return self._carry_out(instruction)

    async def _carry_out(self, instruction: str) -> str:
        peer = self._client()
        if instruction not in self._acts or peer is None:
            known = ", ".join(self._acts)
            seen = instruction if peer else "no client is running"
            raise UsageError(explain("Arranging the reference client.", known, seen, "correct the test case"))
        await self._acts[instruction](peer)
        return f"{instruction} done"
