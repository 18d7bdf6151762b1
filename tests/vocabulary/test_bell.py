"""A ring wakes all that wait, and nobody who comes later."""

import asyncio

from conformance.vocabulary.bell import Bell


def test_a_ring_wakes_all_that_wait_and_is_not_kept_for_those_who_come_later() -> None:
    async def test() -> list[bool]:
        bell = Bell()
        bell.ring()
        waiting = [asyncio.ensure_future(bell.wait()) for _ in range(3)]
        await asyncio.sleep(0)
        before = [task.done() for task in waiting]
        waiting[0].cancel()
        bell.ring()
        await asyncio.wait(waiting)
        return before + [task.cancelled() for task in waiting]

    assert asyncio.run(test()) == [False, False, False, True, False, False]
