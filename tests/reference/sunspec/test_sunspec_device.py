"""A SunSpec inverter obeys what is written to it: the site moves, the modes follow, each write is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from conformance.judgement.plant import Value
from conformance.reference.plant import Battery, Constant, Load, Pv
from conformance.reference.simulator import Site
from conformance.reference.sunspec.device import Der, Meter, RegisterWrite
from conformance.reference.sunspec.registers import Place

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


SUNNY, BATTERY = Pv(5000, Constant(1.0)), Battery()


def inverter(lag_s: float = 0.0, pv: Pv | None = SUNNY, battery: Battery | None = BATTERY) -> Der:
    return Der(Site(START, pv, battery, load=Load(Constant(1000)), lag_s=lag_s))


def write(device: Der, place: Place, *words: int, seconds: float = 1.0) -> None:
    device.write(device.registers.address(place), words, at(seconds))


def read(device: Der | Meter, place: Place, seconds: float) -> float | None:
    device.read(40000, 2, at(seconds))
    return device.registers.get(place)


def shown(device: Der, seconds: float) -> dict[str, Value]:
    return dict(device.changes(at(seconds))[-1].in_force)


def test_a_limit_of_the_new_models_moves_the_site() -> None:
    device = inverter()
    assert read(device, (701, "W"), 0.5) == 5000
    write(device, (704, "WMaxLimPctEna"), 1, 2000)
    assert read(device, (701, "W"), 1.5) == 2000
    assert shown(device, 1.5)["opModMaxLimW"] == 2000
    assert shown(device, 1.5)["opModGenLimW"] == {"value": 2000}


def test_a_limit_of_the_old_models_is_the_same_limit() -> None:
    device = inverter()
    write(device, (123, "WMaxLimPct"), 3000)
    assert shown(device, 1.5)["opModMaxLimW"] == 10000
    write(device, (123, "WMaxLim_Ena"), 1, seconds=2)
    assert read(device, (103, "W"), 2.5) == 3000
    assert read(device, (704, "WMaxLimPct"), 2.5) == 30
    write(device, (704, "WMaxLimPctEna"), 0, seconds=3)
    assert read(device, (123, "WMaxLim_Ena"), 3.5) == 0
    assert shown(device, 3.5)["opModMaxLimW"] == 10000


@pytest.mark.parametrize(("words", "power_w"), [((0, 2200), 2200), ((0xFFFF, 0xF448), -3000)])
def test_a_set_point_in_watts_may_have_either_sign(words: tuple[int, int], power_w: float) -> None:
    device = inverter(pv=None)
    write(device, (704, "WSetEna"), 1)
    write(device, (704, "WSetMod"), 1, *words)
    assert read(device, (701, "W"), 2) == power_w
    assert shown(device, 2)["opModTargetW"] == {"value": power_w}
    assert shown(device, 2)["opModStorageTargetW"] == {"value": power_w}


def test_a_set_point_in_percent_is_shown_as_both_modes() -> None:
    device = inverter()
    write(device, (704, "WSetPct"), 3000)
    write(device, (704, "WSetEna"), 1, 0)
    assert read(device, (701, "W"), 2) == 3000
    assert shown(device, 2)["opModFixedW"] == 3000
    assert shown(device, 2)["opModTargetW"] == {"value": 3000}
    assert "opModStorageTargetW" not in device.shown


def test_power_factor_and_its_direction() -> None:
    device = inverter()
    write(device, (704, "PFWInj.PF"), 900, 1)
    write(device, (704, "PFWInjEna"), 1)
    assert shown(device, 2)["opModFixedPFInjectW"] == {"displacement": 0.9, "excitation": True}
    assert (read(device, (701, "Var"), 2) or 0) < 0


def test_the_old_power_factor_leaves_the_direction_open() -> None:
    device = inverter()
    write(device, (123, "OutPFSet"), 0x10000 - 900)
    write(device, (123, "OutPFSet_Ena"), 1)
    assert shown(device, 2)["opModFixedPFInjectW"] == {"displacement": 0.9}


@pytest.mark.parametrize("place", [(703, "ES"), (123, "Conn")])
def test_disconnecting_stops_the_der_not_the_load(place: Place) -> None:
    device = inverter()
    meter = Meter(device.site)
    write(device, place, 0)
    assert read(device, (701, "W"), 2) == 0
    assert read(device, (701, "ConnSt"), 2) == 0
    assert read(meter, (203, "W"), 2) == 1000
    assert shown(device, 2)["opModEnergize"] is False


def test_a_smaller_charge_rate_holds_the_battery_back() -> None:
    device = inverter(pv=None)
    write(device, (702, "WChaRteMax"), 1000)
    write(device, (704, "WSetMod"), 1, 0xFFFF, 0xF448)
    write(device, (704, "WSetEna"), 1)
    assert read(device, (701, "W"), 2) == -1000


def test_the_meter_counts_import_and_the_inverter_what_it_injects() -> None:
    device = inverter(battery=None)
    meter = Meter(device.site)
    write(device, (704, "WMaxLimPctEna"), 1, 0, seconds=3600)
    assert read(device, (701, "TotWhInj"), 7200) == 5000
    assert read(meter, (203, "TotWhExp"), 7200) == 4000
    assert read(meter, (203, "TotWhImp"), 7200) == 1000
    assert read(meter, (203, "AphA"), 7200) == pytest.approx(1000 / 240 / 3, abs=0.01)


def test_the_storage_model_is_there_only_with_a_battery() -> None:
    assert (713, "SoC") in inverter().registers
    assert (713, "SoC") not in inverter(battery=None).registers
    assert read(inverter(), (713, "SoC"), 1) == 50


def test_a_set_point_with_a_reversion_time_ends_by_itself() -> None:
    device = inverter()
    write(device, (704, "WMaxLimPctRvrtTms"), 0, 30, seconds=1)
    write(device, (704, "WMaxLimPctEna"), 1, 2000, seconds=10)
    write(device, (704, "WMaxLimPct"), 2500, seconds=20)
    assert shown(device, 49)["opModMaxLimW"] == 2500
    changes = device.changes(at(60))
    assert (changes[-1].at, changes[-1].in_force["opModMaxLimW"]) == (at(50), 10000)
    assert read(device, (701, "W"), 60) == 5000


def test_the_old_limit_reverts_too() -> None:
    device = inverter()
    write(device, (123, "WMaxLimPct_RvrtTms"), 30, seconds=1)
    write(device, (123, "WMaxLim_Ena"), 1, seconds=10)
    write(device, (123, "WMaxLimPct"), 2000, seconds=10)
    assert shown(device, 39)["opModMaxLimW"] == 2000
    assert shown(device, 41)["opModMaxLimW"] == 10000


def test_the_lag_delays_what_is_shown_and_what_the_site_does() -> None:
    device = inverter(lag_s=14.9)
    write(device, (704, "WMaxLimPctEna"), 1, 2000, seconds=10)
    assert read(device, (701, "W"), 24.8) == 5000
    assert read(device, (701, "W"), 25) == 2000
    assert device.changes(at(30))[-1].at == at(24.9)


def test_every_write_is_kept_and_told() -> None:
    told: list[RegisterWrite] = []
    device = Der(Site(START, Pv()), told=told.append)
    write(device, (704, "WMaxLimPctEna"), 1, 4000, seconds=7)
    assert [(one.at, one.unit, one.told) for one in device.writes] == [
        (at(7), 1, "704.WMaxLimPctEna 0 -> 1"),
        (at(7), 1, "704.WMaxLimPct 10000 -> 4000"),
    ]
    assert tuple(told) == device.writes
