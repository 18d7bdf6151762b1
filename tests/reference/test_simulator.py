"""The simulated site obeys its set-points exactly and integrates energy exactly."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.reference.plant import Battery, Constant, Evse, Grid, Load, Pulses, Pv, Steps
from conformance.reference.setpoints import PowerFactor, Setpoints
from conformance.reference.simulator import Site
from conformance.reference.telemetry import average

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def test_a_site_at_rest_shows_sun_minus_load() -> None:
    site = Site(START, pv=Pv(5000, Constant(0.8)), load=Load(Constant(1000)))
    site.advance(seconds(3600))
    shown = site.telemetry()
    assert (shown.pv_w, shown.site_w) == (4000, -3000)
    assert shown.exported_wh == pytest.approx(3000)
    assert shown.imported_wh == 0


def test_pulses_are_integrated_not_sampled() -> None:
    site = Site(START, load=Load(Pulses(high=5000, low=0, on_s=2, off_s=8)))
    before = site.counters
    site.advance(seconds(300))
    means = average(before, site.counters)
    assert means is not None
    assert means.site_w == pytest.approx(1000, rel=1e-6)


def test_a_limit_is_reached_along_the_ramp_and_the_energy_is_the_area_below_it() -> None:
    site = Site(START, pv=Pv(10000, Constant(1.0)), load=Load(Constant(0)))
    site.ask(Setpoints(max_w=5000, grad_w=100))
    site.advance(seconds(25))
    assert site.telemetry().der_w == pytest.approx(7500)
    site.advance(seconds(75))
    assert site.telemetry().der_w == pytest.approx(5000)
    assert site.counters.pv_ws == pytest.approx(50 * 7500 + 50 * 5000)


def test_pv_and_battery_share_the_rate_of_the_whole_rating() -> None:
    site = Site(START, pv=Pv(6000, Constant(1.0)), battery=Battery(max_discharge_w=4000), load=Load(Constant(0)))
    site.ask(Setpoints(storage_target_w=4000, export_limit_w=7000, grad_w=100))
    site.advance(seconds(1))
    moved = abs(site.telemetry().pv_w - 6000) + abs(site.telemetry().battery_w)
    assert moved == pytest.approx(100)


def test_a_ramp_time_wins_over_the_rate_and_holds_for_this_change_alone() -> None:
    site = Site(START, pv=Pv(10000, Constant(1.0)), load=Load(Constant(0)))
    site.ask(Setpoints(max_w=4000, grad_w=10000, ramp_s=60.0))
    site.advance(seconds(30))
    assert site.telemetry().der_w == pytest.approx(7000)
    site.advance(seconds(40))
    assert site.telemetry().der_w == pytest.approx(4000)
    site.ask(Setpoints(max_w=6000, grad_w=100))
    site.advance(seconds(10))
    assert site.telemetry().der_w == pytest.approx(5000)


@pytest.mark.parametrize(("haste", "after_10_s"), [(1.0, 9000), (2.0, 8000), (float("inf"), 5000)])
def test_a_hasty_plant_moves_faster_than_asked(haste: float, after_10_s: float) -> None:
    site = Site(START, pv=Pv(10000, Constant(1.0)), load=Load(Constant(0)))
    site.haste = haste
    site.ask(Setpoints(max_w=5000, grad_w=100))
    site.advance(seconds(10))
    assert site.telemetry().der_w == pytest.approx(after_10_s)


def test_a_jump_shows_in_the_trace_and_a_slope_does_not_look_like_one() -> None:
    site = Site(START, pv=Pv(10000, Steps(((0, 1.0), (60, 0.4)))), load=Load(Constant(0)))
    site.advance(seconds(100))
    jump = [point.der_w for point in site.power_trace if point.at == START + seconds(60)]
    assert jump == [10000, 4000]
    site.ask(Setpoints(max_w=2000, grad_w=100))
    site.advance(seconds(5))
    site.advance(seconds(5))
    assert [point.der_w for point in site.power_trace][-2:] == pytest.approx([3500, 3000])


def test_a_load_that_is_put_in_from_outside_shows_at_once() -> None:
    site = Site(START, pv=Pv(10000, Constant(1.0)), load=Load(Constant(0)))
    site.advance(seconds(10))
    site.load = Load(Constant(2500))
    site.rearranged()
    site.advance(seconds(10))
    assert [point.site_w for point in site.power_trace if point.at == START + seconds(10)] == [-10000, -7500]


def test_disconnecting_is_immediate_whatever_the_ramp() -> None:
    site = Site(START, pv=Pv(10000, Constant(1.0)))
    site.ask(Setpoints(energize=False, grad_w=27))
    assert site.telemetry().der_w == 0


def test_the_response_lag_delays_the_effect_and_the_trace_says_so() -> None:
    site = Site(START, pv=Pv(10000, Constant(1.0)), lag_s=14.9)
    site.advance(seconds(10))
    site.ask(Setpoints(max_w=2000))
    site.advance(seconds(14.8))
    assert site.telemetry().der_w == 10000
    site.advance(seconds(2))
    assert site.telemetry().der_w == pytest.approx(2000)
    point = site.trace[-1]
    assert point.asked_at == START + seconds(10)
    assert point.at == START + seconds(24.9)


def test_a_battery_stops_at_its_floor_at_the_exact_instant() -> None:
    site = Site(START, battery=Battery(10000, 2000, floor_wh=1000, max_discharge_w=4000), load=Load(Constant(0)))
    site.ask(Setpoints(storage_target_w=4000, grad_w=0))
    site.advance(seconds(3600))
    shown = site.telemetry()
    assert shown.state_of_charge_pct == pytest.approx(10)
    assert shown.battery_w == 0
    stop = next(point for point in site.power_trace if point.at > START)
    assert (stop.at - START).total_seconds() == pytest.approx(900, abs=1e-3)


def test_a_full_battery_does_not_charge_and_a_full_vehicle_neither() -> None:
    site = Site(
        START,
        battery=Battery(1000, 900, max_charge_w=1000),
        evse=Evse(max_w=7200, capacity_wh=10000, stored_wh=9900),
    )
    site.ask(Setpoints(storage_target_w=-1000))
    site.advance(seconds(3600))
    shown = site.telemetry()
    assert (shown.battery_w, shown.evse_w) == (0, 0)
    assert shown.state_of_charge_pct == 100
    assert shown.vehicle_charge_pct == 100


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (Setpoints(export_limit_w=1500), {"site_w": -1500}),
        (Setpoints(generation_limit_w=3000), {"der_w": 3000}),
        (Setpoints(storage_target_w=-5000, import_limit_w=0), {"site_w": 0}),
        (Setpoints(storage_target_w=5000, export_limit_w=0), {"site_w": 0}),
        (Setpoints(fixed_w=2000), {"der_w": 2000}),
        (Setpoints(fixed_w=-1000), {"der_w": -1000, "pv_w": 0}),
        (Setpoints(load_limit_w=1000), {"load_w": 1000}),
    ],
)
def test_set_points_come_true(asked: Setpoints, shown: dict[str, float]) -> None:
    site = Site(START, pv=Pv(5000, Constant(1.0)), battery=Battery(), load=Load(Constant(1000)))
    site.ask(asked)
    site.advance(seconds(60))
    telemetry = site.telemetry()
    assert {name: getattr(telemetry, name) for name in shown} == pytest.approx(shown)


def test_a_load_limit_holds_back_the_vehicle() -> None:
    site = Site(START, evse=Evse(max_w=7000), load=Load(Constant(1000)))
    site.ask(Setpoints(load_limit_w=4000))
    assert site.telemetry().evse_w == 3000


def test_an_absorbing_power_factor_gives_negative_reactive_power() -> None:
    site = Site(START, pv=Pv(5000, Constant(1.0)))
    site.ask(Setpoints(power_factor=PowerFactor(0.8, absorbing=True)))
    assert site.telemetry().der_var == pytest.approx(-3750)


def test_an_evse_shows_three_phases() -> None:
    assert len(Site(START, evse=Evse(phases=3), grid=Grid(nominal_v=230)).telemetry().evse_voltages_v) == 3


def test_import_and_export_are_split_at_the_crossing_of_zero() -> None:
    site = Site(START, pv=Pv(2000, Steps(((0, 0.0), (10, 1.0)))), load=Load(Constant(1000)))
    site.ask(Setpoints(grad_w=1000))
    site.advance(seconds(30))
    assert site.counters.imported_ws == pytest.approx(1000 * 10 + 0.5 * 1000 * 5)
    assert site.counters.exported_ws == pytest.approx(0.5 * 1000 * 5 + 1000 * 10)


@settings(max_examples=40, deadline=None)
@given(
    cuts=st.lists(st.floats(0.01, 500), min_size=1, max_size=8),
    limit=st.floats(0, 9000),
    grad=st.integers(0, 2000),
    target=st.floats(-5000, 5000),
)
def test_the_way_time_is_cut_never_changes_the_result(
    cuts: list[float], limit: float, grad: int, target: float
) -> None:
    def site() -> Site:
        made = Site(
            START,
            pv=Pv(5000, Pulses(1.0, 0.2, 37, 61)),
            battery=Battery(2000, 1100, floor_wh=1000),
            load=Load(Pulses(5000, 100, 2, 8)),
        )
        made.ask(Setpoints(export_limit_w=limit, grad_w=grad, storage_target_w=target))
        return made

    whole, pieces = site(), site()
    whole.advance(seconds(sum(cuts)))
    for cut in cuts:
        pieces.advance(START + seconds(pieces._t + cut))
    assert pieces.counters.imported_ws == pytest.approx(whole.counters.imported_ws, rel=1e-4, abs=5)
    assert pieces.counters.battery_ws == pytest.approx(whole.counters.battery_ws, rel=1e-4, abs=5)
    shown = whole.telemetry()
    assert shown.load_w + shown.evse_w - shown.pv_w - shown.battery_w == pytest.approx(shown.site_w)


@pytest.mark.parametrize("phases", [1, 3])
def test_a_charging_station_shows_each_of_its_phases(phases: int) -> None:
    site = Site(START, evse=Evse(max_w=6900, phases=phases), load=Load(Constant(0)), grid=Grid(230, 0.0))
    shown = site.telemetry()
    assert shown.evse_voltages_v == (230.0,) * phases
    assert shown.evse_phases_w == (6900 / phases,) * phases
    assert shown.evse_currents_a == pytest.approx((30 / phases,) * phases)


def test_without_a_charging_station_there_are_no_phases_of_it() -> None:
    shown = Site(START).telemetry()
    assert (shown.evse_voltages_v, shown.evse_currents_a, shown.evse_phases_w) == ((), (), ())


def test_a_vehicle_charges_by_what_flows_into_it() -> None:
    site = Site(START, evse=Evse(max_w=6000, capacity_wh=60000, stored_wh=30000), load=Load(Constant(0)))
    site.advance(seconds(3600))
    assert site.telemetry().vehicle_charge_pct == pytest.approx(60)


def test_what_the_der_injects_and_absorbs_is_counted_apart_even_along_a_ramp() -> None:
    site = Site(START, battery=Battery(10000, 5000), load=Load(Constant(0)))
    site.ask(Setpoints(storage_target_w=1000, grad_w=0))
    site.advance(seconds(10))
    site.ask(Setpoints(storage_target_w=-1000, grad_w=200))
    site.advance(seconds(20))
    assert site.counters.der_injected_ws == pytest.approx(10 * 1000 + 10 * 500)
    assert site.counters.der_absorbed_ws == pytest.approx(10 * 500)


def test_settings_of_the_battery_hold_beside_every_target() -> None:
    site = Site(START, battery=Battery(10000, 5000), load=Load(Constant(0)))
    site.ask(Setpoints(storage_target_w=-4000, charge_limit_w=1500, grad_w=0))
    assert site.telemetry().battery_w == -1500
    site.ask(Setpoints(storage_target_w=4000, discharge_limit_w=2500, grad_w=0))
    assert site.telemetry().battery_w == 2500
