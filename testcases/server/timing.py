"""What the procedures leave untried of a server's clock. Ids are ours."""

from conformance.face.authoring import instant, require, test_case

INTENTIONALLY_UNCOORDINATED = 7
"""Time ``quality``."""


@test_case(
    id="CLOCK-001",
    title="The served time keeps pace",
    subject="server",
    requirements=["TIME.001", "TIME.002", "TIME.008", "TIME.011", "CTP.GENERAL.3"],
    flaws=["clock_ahead", "clock_stands_still", "clock_runs_slow"],
    needs=["Time"],
    origin="ours",
    duration=["time_watch"],
)
async def clock_001(server, step, check, limits, clock):
    """A clock that is right when it is asked once may still run wrong, and every event of the day ends at another time.

    Steps
        1. Read Time.
        2. Read it again at several moments, and compare each currentTime with the harness's clock.

    Passes when
        every reading is valid and within the profile's limit of the harness's clock, and none is before the one before
        it. A server whose quality is 7 may keep a time of its own, which is warned of.
    """
    readings, count = [], limits.time_readings.count
    with step(1):
        readings.append(await server.follow("TimeLink"))
    with step(2):
        for _ in range(count):
            await clock.wait(limits.time_watch.duration / count)
            readings.append(await server.follow("TimeLink"))
        shown = []
        for reading in readings:
            check.answered(reading.exchange, 200, requirement="TIME.001")
            check.schema_valid(reading.exchange)
            seconds = require(reading.resource.integer("currentTime"), "Time has no readable currentTime")
            shown.append(seconds)
            own = reading.resource.integer("quality") == INTENTIONALLY_UNCOORDINATED
            rule = "TIME.008" if own else "TIME.002"
            check.close_in_time(
                instant(seconds),
                reading.received_at,
                within=limits.server_clock_error,
                requirement=rule,
                exchange=reading.exchange,
            )
        told, exchanges = ", ".join(str(seconds) for seconds in shown), [reading.exchange for reading in readings]
        check.that(shown == sorted(shown), "TIME.011", "no time before the one before it", told, exchanges)
