"""The register map of a SunSpec device: its layout, its scale factors, what may be written."""

import pytest

from conformance.reference.sunspec.models import DER_MODELS, METER_MODELS, model
from conformance.reference.sunspec.registers import IllegalAddress, RegisterMap

LENGTHS = {
    **{1: 66, 103: 50, 120: 26, 121: 30, 122: 44, 123: 24, 203: 105},
    **{701: 153, 702: 50, 703: 17, 704: 65, 713: 7},
}
"""As published with the models."""
LIMIT, SCALE = (704, "WMaxLimPct"), (704, "WMaxLimPct_SF")


def controls(scale: int = -2) -> RegisterMap:
    return RegisterMap([1, 704], {SCALE: scale})


@pytest.mark.parametrize("number", sorted({*DER_MODELS, *METER_MODELS}))
def test_a_model_has_its_published_length(number: int) -> None:
    assert model(number).length == LENGTHS[number]


@pytest.mark.parametrize("base", [40000, 50000, 0])
def test_a_master_that_walks_the_models_comes_to_the_end_model(base: int) -> None:
    registers, found, address = RegisterMap(DER_MODELS, {}), [], base + 2
    assert registers.read(base, 2) == [0x5375, 0x6E53]
    while (number := registers.read(address, 1)[0]) != 0xFFFF:
        found.append(number)
        address += 2 + registers.read(address + 1, 1)[0]
    assert tuple(found) == DER_MODELS
    assert registers.read(address, 2) == [0xFFFF, 0]
    with pytest.raises(IllegalAddress):
        registers.read(address, 3)


@pytest.mark.parametrize(("scale", "word"), [(-2, 4050), (-1, 405), (0, 40)])
def test_figures_are_scaled(scale: int, word: int) -> None:
    registers = controls(scale)
    registers.put(LIMIT, 40.5)
    assert registers.read(registers.address(LIMIT), 1) == [word]


def test_a_figure_reads_as_it_was_put() -> None:
    registers = RegisterMap([704], {(704, "PF_SF"): -3})
    registers.put((704, "PFWInj.PF"), 0.95)
    assert registers.get((704, "PFWInj.PF")) == 0.95


def test_signed_figures_of_two_registers_go_either_way() -> None:
    registers = RegisterMap([704], {(704, "WSet_SF"): 0})
    registers.put((704, "WSet"), -70000)
    assert registers.read(registers.address((704, "WSet")), 2) == [0xFFFE, 0xEE90]
    assert registers.get((704, "WSet")) == -70000


def test_what_was_never_set_is_not_implemented() -> None:
    registers = RegisterMap([701, 704], {})
    assert registers.get(LIMIT) is None
    assert registers.get((701, "W")) is None
    assert registers.get((999, "W")) is None
    assert registers.read(registers.address((701, "W")), 1) == [0x8000]


def test_a_figure_beyond_the_register_is_held_at_its_bound() -> None:
    registers = controls()
    registers.put(LIMIT, 1e9)
    assert registers.get(LIMIT) == 655.34


def test_text_fills_its_registers() -> None:
    registers = RegisterMap([1], {})
    registers.put((1, "Mn"), "abc")
    assert registers.read(registers.address((1, "Mn")), 3) == [0x6162, 0x6300, 0]


def test_a_write_tells_each_point_before_and_after() -> None:
    registers = controls()
    registers.put(LIMIT, 100)
    switch = registers.address((704, "WMaxLimPctEna"))
    first, second = registers.write(switch, [1, 4000])
    assert (first.place, first.new) == ((704, "WMaxLimPctEna"), (1,))
    assert (second.address, second.place, second.old, second.new) == (switch + 1, LIMIT, (10000,), (4000,))
    assert registers.get(LIMIT) == 40


@pytest.mark.parametrize("place", [(1, "Mn"), SCALE, (704, "WMaxLimPctRvrtRem")])
def test_what_may_not_be_written_is_refused_and_nothing_changes(place: tuple[int, str]) -> None:
    registers = controls()
    before = registers.read(40000, 60)
    with pytest.raises(IllegalAddress):
        registers.write(registers.address(place) - 1, [1, 1])
    assert registers.read(40000, 60) == before


def test_the_header_of_a_model_may_not_be_written() -> None:
    with pytest.raises(IllegalAddress):
        controls().write(40002, [7])
