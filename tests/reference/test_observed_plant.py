"""The plant behind the reference client, as its trace shows it."""

from __future__ import annotations

from datetime import timedelta

from client_rig import Rig, play

from conformance.judgement.plant import holds
from conformance.reference.observed_plant import SimulatedPlant

FACTOR = {"displacement": 950, "excitation": False, "multiplier": -3}
SECOND = timedelta(seconds=1)


def plant_of(*flaws: str) -> tuple[Rig, SimulatedPlant]:
    async def story(rig: Rig) -> None:
        program = rig.utility.add_program(rig.utility.assign(rig.utility.devices[-1]), primacy=1)
        program.set_default({"opModFixedPFInjectW": FACTOR}, setGradW=9000)
        curve = program.add_curve(11, [(9200, 3000), (10700, -3000)])
        program.add_control(
            {"opModVoltVar": curve, "opModTargetW": {"multiplier": 1, "value": 200}},
            starts_in=60 * SECOND,
            duration=30 * SECOND,
        )
        await rig.live(120)

    rig = play(story, flaws=flaws)
    return rig, SimulatedPlant(rig.site, rig.clock)


def test_modes_settings_and_curves_show_from_their_start_to_their_end() -> None:
    rig, plant = plant_of()
    curve = rig.utility.programs[0].curves[0]
    begun = plant.changes()[0].at
    assert plant.in_force(begun - SECOND) == {}
    assert holds(plant.in_force(begun + 30 * SECOND), {"opModFixedPFInjectW": FACTOR, "setGradW": 9000})
    running = plant.in_force(begun + 75 * SECOND)
    assert running["opModVoltVar"] == curve.path
    assert running["opModTargetW"] == {"value": 2000.0}
    assert "opModVoltVar" not in plant.in_force(begun + 100 * SECOND)


def test_a_client_that_ignores_controls_leaves_its_plant_alone() -> None:
    _, plant = plant_of("ignores_control")
    assert [change.in_force for change in plant.changes()] == [{}]
