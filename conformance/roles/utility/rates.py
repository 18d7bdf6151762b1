"""How often the utility asks its clients to poll and to post.

Each figure becomes a ``pollRate`` attribute or a ``postRate`` element; ``None`` leaves it out, which means 900 s by
the schema's default. CSIP asks for controls every 10 min and telemetry every 5 min where nothing else is told (G19).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

FIVE_MINUTES_S = 300


@dataclass(frozen=True, slots=True)
class Rates:
    """Seconds between two polls of each kind of resource, and between two posts."""

    device_capability_s: int | None = FIVE_MINUTES_S
    time_s: int | None = FIVE_MINUTES_S
    end_device_list_s: int | None = FIVE_MINUTES_S
    registration_s: int | None = FIVE_MINUTES_S
    function_set_assignments_list_s: int | None = FIVE_MINUTES_S
    der_program_list_s: int | None = FIVE_MINUTES_S
    der_list_s: int | None = FIVE_MINUTES_S
    mirror_usage_point_list_s: int | None = FIVE_MINUTES_S
    log_event_list_s: int | None = FIVE_MINUTES_S
    response_set_list_s: int | None = FIVE_MINUTES_S
    self_device_s: int | None = FIVE_MINUTES_S
    device_information_s: int | None = FIVE_MINUTES_S
    mirror_post_rate_s: int | None = FIVE_MINUTES_S

    @classmethod
    def every(cls, seconds: int) -> Rates:
        """Return rates that are all the same."""
        return cls(**{field.name: seconds for field in fields(cls)})
