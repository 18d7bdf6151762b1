"""Flaws of the reference server that show only in what its operator arranges, and the operator itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from conformance.catalogue.inverter_functions import FOUR_POINTS
from conformance.catalogue.offers import ControlOffer, DefaultOffer, GroupOffer, ProgramOffer
from conformance.reference.server_flaws import SERVER_FLAWS
from conformance.reference.server_operator import ServerOperator
from conformance.vocabulary.errors import UsageError
from conformance.wire.messages import Peer, Request, header
from conformance.wire.payload import Node, read
from tests.reference.arranged_flaw_names import ARRANGED
from tests.visitor import LFDI, OTHER, ServerVisitor

MINUTE = timedelta(minutes=1)
PF = {"opModFixedPFInjectW": {"displacement": 900, "excitation": False, "multiplier": -3}}
WATTS = {"opModFixedW": 6000}


class Scene:
    """A server with some flaws, and two programs on it that its operator made, SP better than SY."""

    def __init__(self, *flaws: str) -> None:
        self.visitor = ServerVisitor(*flaws)
        self.operator = ServerOperator(self.visitor.server)
        self.sy = ProgramOffer(name="SY", primacy=10)
        default = DefaultOffer(modes={"opModVoltVar": FOUR_POINTS}, settings={"setGradW": 200})
        self.sp = ProgramOffer(name="SP", primacy=4, default=default)
        self.group = GroupOffer(name="Events", programs=[self.sy, self.sp])
        self.tell("create_groups", devices=[LFDI], groups=[self.group.as_json()])

    def tell(self, instruction: str, **values: object) -> None:
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
        asyncio.run(_awaited(self.operator, instruction, texts))

    def publish(self, program: ProgramOffer, *controls: ControlOffer) -> None:
        self.tell("create_controls", program=program.description, controls=[it.as_json() for it in controls])

    def programs(self) -> Node:
        return self.visitor.get(f"{self.group_node().link('DERProgramListLink')}?l=255")

    def group_node(self) -> Node:
        groups = self.visitor.get(f"{self.visitor.own().link('FunctionSetAssignmentsListLink')}?l=255").children()
        return next(node for node in groups if node.text("description") == self.group.description)

    def program(self, offer: ProgramOffer) -> Node:
        return next(node for node in self.programs().children() if node.text("description") == offer.description)

    def controls(self, offer: ProgramOffer) -> tuple[Node, ...]:
        return self.visitor.get(f"{self.program(offer).link('DERControlListLink')}?l=255").children()

    def statuses(self, offer: ProgramOffer) -> list[int | None]:
        states = (control.child("EventStatus") for control in self.controls(offer))
        return [state.integer("currentStatus") for state in states if state]


async def _awaited(operator: ServerOperator, instruction: str, values: dict[str, str]) -> str:
    return await operator(instruction, values)


def control(name: str = "C", modes: object = None, **more: object) -> ControlOffer:
    return ControlOffer(name=name, modes=modes or PF, starts_in=2 * MINUTE, duration=MINUTE, **more)  # type: ignore[arg-type]


def keeps_values(scene: Scene) -> bool:
    scene.publish(scene.sp, control())
    base = scene.controls(scene.sp)[0].child("DERControlBase")
    factor = base.child("opModFixedPFInjectW") if base else None
    return factor is not None and factor.integer("displacement") == 900


def keeps_points(scene: Scene) -> bool:
    default = scene.visitor.get(scene.program(scene.sp).link("DefaultDERControlLink") or "")
    base = default.child("DERControlBase")
    curve = scene.visitor.get((base.link("opModVoltVar") if base else None) or "")
    return len(curve.children("CurveData")) == 4


def keeps_ramp_rates(scene: Scene) -> bool:
    default = scene.visitor.get(scene.program(scene.sp).link("DefaultDERControlLink") or "")
    return default.integer("setGradW") == 200


def keeps_randomization(scene: Scene) -> bool:
    scene.publish(scene.sp, control(randomize_start_s=30))
    return scene.controls(scene.sp)[0].integer("randomizeStart") == 30


def after_cancelling(scene: Scene) -> list[int | None]:
    one = control()
    scene.publish(scene.sp, one)
    scene.tell("cancel_controls", program=scene.sp.description, controls=[one.description])
    return scene.statuses(scene.sp)


def beside(scene: Scene, modes: object) -> list[int | None]:
    scene.publish(scene.sy, control("SY"))
    scene.publish(scene.sp, control("SP", modes))
    return scene.statuses(scene.sp)


def lists_all_programs(scene: Scene) -> bool:
    for number in range(10):
        program = ProgramOffer(name="P", primacy=20 + number)
        scene.tell("create_program", group=scene.group.description, program=program.as_json())
    return len(scene.programs().children()) == 12


def lists_all_groups(scene: Scene) -> bool:
    more = [GroupOffer(name="G").as_json() for _ in range(9)]
    scene.tell("create_groups", devices=[LFDI], groups=more)
    return len(scene.visitor.get(f"{scene.visitor.own().link('FunctionSetAssignmentsListLink')}?l=99").children()) == 11


def lists_all_controls(scene: Scene) -> bool:
    scene.publish(scene.sp, *(control(f"C{number}") for number in range(24)))
    return len(scene.controls(scene.sp)) == 24


def forgets_removed(scene: Scene) -> bool:
    before = len(scene.programs().children())
    scene.tell("remove_program", program=scene.sy.description)
    return (before, len(scene.programs().children())) == (2, 1)


def hides_foreigners(scene: Scene) -> bool:
    scene.tell("register_device", lfdi=OTHER, sfdi="167261211391", pin="111115")
    return len(scene.visitor.follow("EndDeviceListLink").children()) == 1


def redirected(scene: Scene) -> bool:
    scene.tell("redirect_entry", entry="/dcap")
    place = header(scene.visitor.send("GET", "/dcap").headers, "Location") or ""
    return place.startswith("https://server:8443/") and scene.visitor.send("GET", place).status == 200


def status_for_chain(scene: Scene, length: int) -> int:
    chain = tuple(f"certificate {number}".encode() for number in range(length - 1))
    return scene.visitor.server.handle(Request("GET", "/dcap", peer=Peer(LFDI, 1, b"", chain))).status


PROBES: dict[str, Callable[[Scene], bool]] = {
    "asks_for_no_certificate": lambda scene: scene.visitor.server.asks_for_certificate,
    "ignores_authority_extensions": lambda scene: scene.visitor.server.judges_chains,
    "refuses_chains_of_two": lambda scene: status_for_chain(scene, 2) == 200,
    "refuses_chains_of_three": lambda scene: status_for_chain(scene, 3) == 200,
    "accepts_forbidden_methods": lambda scene: scene.visitor.send("PUT", "/dcap").status == 405,
    "redirects_nowhere": lambda scene: redirected(scene) or redirects_in_the_clear(scene),
    "redirects_in_the_clear": lambda scene: not redirects_in_the_clear(scene),
    "time_refuses_queries": lambda scene: scene.visitor.send("GET", f"{time_path(scene)}?l=255").status == 200,
    "lists_seven_programs": lists_all_programs,
    "lists_six_assignments": lists_all_groups,
    "keeps_ten_controls": lists_all_controls,
    "serves_removed_programs": forgets_removed,
    "shows_foreign_devices": hides_foreigners,
    "changes_control_values": keeps_values,
    "drops_curve_points": keeps_points,
    "drops_randomization": keeps_randomization,
    "loses_ramp_rates": keeps_ramp_rates,
    "cancelled_controls_vanish": lambda scene: after_cancelling(scene) != [],
    "hides_cancellation": lambda scene: after_cancelling(scene) in ([2], []),
    "ends_independent_events": lambda scene: beside(scene, WATTS) == [0],
    "supersedes_the_better": lambda scene: beside(scene, PF) == [0],
}


def redirects_in_the_clear(scene: Scene) -> bool:
    scene.tell("redirect_entry", entry="/dcap")
    return (header(scene.visitor.send("GET", "/dcap").headers, "Location") or "").startswith("http:")


def time_path(scene: Scene) -> str:
    return scene.visitor.follow().link("TimeLink") or ""


@pytest.mark.parametrize("name", PROBES)
def test_a_flaw_fails_its_probe_and_the_sound_server_passes_it(name: str) -> None:
    assert (PROBES[name](Scene()), PROBES[name](Scene(name))) == (True, False)


def test_there_is_a_probe_for_every_arranged_flaw() -> None:
    assert PROBES.keys() == ARRANGED
    assert SERVER_FLAWS.keys() >= ARRANGED


def test_the_operator_refuses_what_it_does_not_know() -> None:
    scene = Scene()
    with pytest.raises(UsageError, match="create it first"):
        scene.tell("remove_program", program="nobody's")
    with pytest.raises(UsageError, match="correct the name"):
        scene.tell("make_coffee")


def test_what_was_made_can_be_removed() -> None:
    scene = Scene()
    scene.tell("remove_group", group=scene.group.description)
    groups = scene.visitor.get(f"{scene.visitor.own().link('FunctionSetAssignmentsListLink')}?l=255").children()
    assert scene.group.description not in [group.text("description") for group in groups]


def test_a_redirected_entry_is_restored() -> None:
    scene = Scene()
    scene.tell("redirect_entry", entry="/dcap")
    assert scene.visitor.send("GET", "/dcap").status == 301
    scene.tell("restore_entry", entry="/dcap")
    assert read(scene.visitor.send("GET", "/dcap").body).name == "DeviceCapability"
