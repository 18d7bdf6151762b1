"""What a server shows of a program, default, control or curve, against what its operator put there.

Numbers are compared as numbers: a value with another power of ten is the same value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from lxml import etree

from conformance.catalogue.inverter_functions import Curve, Modes, Structure
from conformance.judgement.judged import Judged, passed_if
from conformance.wire.exchange import Exchange
from conformance.wire.payload import Node

SCALED = ("value", "displacement")
"""Members of a structure that its ``multiplier`` scales."""


SWITCHES = ("opModConnect", "opModEnergize")
"""Modes that, when false, take the plant off the grid."""


def modes_shown(exchange: Exchange, node: Node, modes: Modes, settings: Mapping[str, int] | None = None) -> Judged:
    """Judge the modes in ``DERControlBase`` of a control or default, and the settings beside it.

    Of a mode that links to a curve only the link is judged here, see :func:`curve_shown`. Further modes are not
    judged, since a server may add some of its own, unless they switch the plant off.
    """
    base = node.child("DERControlBase")
    wrong = [] if base is not None else ["no DERControlBase"]
    if base is not None:
        wrong += [text for name, value in modes.items() for text in _mode_problems(base, name, value)]
        unasked = (shown for name in SWITCHES if name not in modes and (shown := base.child(name)) is not None)
        wrong += [f"{shown.name} is {shown.content}, unasked" for shown in unasked if not _plain(shown.content)]
    for name, setting in (settings or {}).items():
        if node.integer(name) != setting:
            wrong.append(f"{name} is {node.text(name) or 'absent'}, not {setting}")
    expected = f"{node.name} with {', '.join([*modes, *(settings or {})]) or 'nothing'} as arranged"
    return Judged("modes_shown", passed_if(not wrong), expected, "; ".join(wrong) or "as arranged", (exchange.number,))


def _mode_problems(base: Node, name: str, value: object) -> Iterator[str]:
    shown = base.child(name)
    if shown is None:
        yield f"no {name}"
    elif isinstance(value, Curve):
        if not shown.href:
            yield f"{name} without href"
    elif isinstance(value, Mapping):
        yield from _structure_problems(shown, value)
    elif _plain(shown.content) != Decimal(int(value if isinstance(value, int) else 0)):
        yield f"{name} is {shown.content or 'empty'}, not {str(value).lower()}"


def _structure_problems(shown: Node, wanted: Structure) -> Iterator[str]:
    exponent = int(wanted.get("multiplier", 0))
    for member, value in wanted.items():
        if member == "multiplier":
            continue
        seen = _plain(shown.text(member))
        if seen is not None and member in SCALED:
            seen = seen.scaleb(shown.integer("multiplier") or 0)
        goal = Decimal(int(value)).scaleb(exponent) if member in SCALED else Decimal(int(value))
        if seen != goal:
            yield f"{shown.name} {member} is {shown.text(member) or 'absent'}, not {str(value).lower()}"


def rewritten_in(first: Node, later: Node) -> str:
    """Say what of a control has changed between two readings beside its status; nothing if all is as it was.

    A control may be cancelled or superseded, never edited (IEEE 2030.5-2018, 12.1.3). Addresses, ``version`` and
    ``description`` are left out: no client acts by them. Without a randomization it is zero.
    """
    before, after = _lasting(first), _lasting(later)
    changed = (name for name in before if before[name] != after[name])
    return ", ".join(f"{name} was {before[name] or 'absent'}, is {after[name] or 'absent'}" for name in changed)


def _lasting(node: Node) -> Mapping[str, str]:
    numbers = {name: str(node.integer(name) or 0) for name in ("creationTime", "randomizeStart", "randomizeDuration")}
    asked = (node.attribute("responseRequired") or "").lstrip("0")
    inside = {name: _written(node, name) for name in ("interval", "DERControlBase")}
    return {"mRID": node.hexadecimal("mRID") or "", **numbers, **inside, "responseRequired": asked}


def _written(node: Node, name: str) -> str:
    child = node.child(name)
    told = () if child is None else child.xml.iter("{*}*")
    return " ".join(f"{etree.QName(part).localname} {(part.text or '').strip()}".strip() for part in told)


def stays_as_it_is(what: str, rewritten: Sequence[tuple[int, str]], seen: Sequence[int]) -> Judged:
    """Judge that a control never changed in anything but its status.

    ``rewritten`` holds the changes with their exchanges, ``seen`` the exchanges of all readings.
    """
    told = "; ".join(dict.fromkeys(change for _, change in rewritten)) or f"the same in {len(seen)} readings"
    numbers = tuple(number for number, _ in rewritten) or tuple(seen)
    expected = f"{what} the same in every reading but for its status"
    return Judged("stays_as_it_is", passed_if(not rewritten), expected, told, numbers)


def curve_shown(exchange: Exchange, node: Node, curve: Curve) -> Judged:
    """Judge a DERCurve: its type, its points in order, its reference, and the settings that were arranged."""
    wrong = list(_curve_problems(node, curve))
    expected = f"DERCurve of type {curve.curve_type} with {len(curve.points)} points as arranged"
    return Judged("curve_shown", passed_if(not wrong), expected, "; ".join(wrong) or "as arranged", (exchange.number,))


def _curve_problems(node: Node, curve: Curve) -> Iterator[str]:
    wanted = {
        "curveType": curve.curve_type,
        "yRefType": curve.y_ref_type,
        "openLoopTms": curve.open_loop_tms,
        "autonomousVRefEnable": curve.autonomous_vref_enable,
        "autonomousVRefTimeConstant": curve.autonomous_vref_time_constant,
    }
    for name, value in wanted.items():
        if value is not None and _plain(node.text(name)) != Decimal(int(value)):
            yield f"{name} is {node.text(name) or 'absent'}, not {str(value).lower()}"
    x_exponent, y_exponent = node.integer("xMultiplier") or 0, node.integer("yMultiplier") or 0
    shown = [
        (_scaled(point.text("xvalue"), x_exponent), _scaled(point.text("yvalue"), y_exponent))
        for point in node.children("CurveData")
    ]
    goal = [(Decimal(x).scaleb(curve.x_multiplier), Decimal(y).scaleb(curve.y_multiplier)) for x, y in curve.points]
    if shown != goal:
        yield f"points {_pairs(shown)}, not {_pairs(goal)}"


def _pairs(points: list[tuple[Decimal | None, Decimal | None]] | list[tuple[Decimal, Decimal]]) -> str:
    return " ".join(f"({x},{y})" for x, y in points) or "none"


def _scaled(text: str | None, exponent: int) -> Decimal | None:
    number = _plain(text)
    return None if number is None else number.scaleb(exponent)


def _plain(text: str | None) -> Decimal | None:
    """Return a whole number or a truth value as a number."""
    truth = {"true": "1", "false": "0"}.get(text or "", text or "")
    return Decimal(truth) if truth.lstrip("+-").isdecimal() and len(truth) < 20 else None
