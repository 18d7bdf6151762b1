"""Checks on the elements of what a client writes: required, conditional, optional or forbidden by a pack.

A demand that a pack narrows to a type of DER binds the DER whose ``DERCapability.type`` says so. Where no type says
so, as with one mixed DER for a whole site, it is enough that one of them has the element; and where the subject
declares no type at all, nobody is held to what may not be about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.catalogue.pack_values import Value
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.vocabulary.der_modes import is_a
from conformance.wire.payload import Node


@dataclass(frozen=True, slots=True)
class Written:
    """One thing that the client wrote, as it stood at the end, and the exchange that brought it.

    ``der_type`` is the ``type`` of the DER it is about, ``modes`` what that DER claims in ``modesSupported`` and the
    like; nothing of both is known of what is about no DER.
    """

    node: Node
    exchange: int
    der_type: int | None = None
    modes: frozenset[str] = frozenset()


def element_kept(
    value: Value, written: Sequence[Written], types: Sequence[str] = (), unwritten: State = State.FAIL
) -> Judged:
    """Judge a demand on one element of a resource.

    ``types`` are the types of DER that the subject declares; ``unwritten`` is what it comes to when the client wrote
    no such resource at all, and the element is required.
    """
    resource, _, name = value.name.partition(".")
    bound, one_is_enough = _bound(value, written)
    numbers = tuple(it.exchange for it in bound)
    having = [it for it in bound if it.node.child(name) is not None]
    observed = f"{name} in {len(having)} of {len(bound)} {resource}" if written else f"no {resource} was written"
    state, expected = State.NOTE, f"{name} in {resource} is {value.figure}"
    if value.figure == "forbidden":
        state = passed_if(not having)
    elif value.figure == "required":
        enough = bool(having) if one_is_enough else len(having) == len(bound)
        unbound = value.der and not types and one_is_enough and not having
        state = unwritten if not written else State.NOTE if unbound else passed_if(enough)
    elif value.figure == "conditional":
        return _conditional(value, bound, name, Judged("element", state, expected, observed, numbers))
    return Judged("element", state, expected, observed, numbers)


def _conditional(value: Value, bound: Sequence[Written], name: str, told: Judged) -> Judged:
    """Judge an element that must be there where a condition holds, and may be where it does not."""
    when = value.when
    if when is None:
        return Judged(told.kind, State.NOTE, told.expected, f"{told.observed}; the condition stands in words only")
    expected = f"{name} where {when.told}"
    met = [(it, _holds(it, when.element, when.mode, when.der)) for it in bound]
    lacking = [it for it, holds in met if holds and it.node.child(name) is None]
    open_ = [it for it, holds in met if holds is None and it.node.child(name) is None]
    concerned = sum(holds is True for _, holds in met)
    state = State.FAIL if lacking else State.INCONCLUSIVE if open_ else passed_if(True) if concerned else State.NOTE
    observed = f"{told.observed}; the condition holds for {concerned}"
    return Judged(told.kind, state, expected, observed, told.exchanges)


def _holds(written: Written, element: str, mode: str, der: str) -> bool | None:
    """Say whether all parts of a condition hold; ``None`` where the type of the DER leaves it open."""
    if element and written.node.child(element) is None:
        return False
    if mode and mode not in written.modes:
        return False
    return is_a(written.der_type, der) if der else True


def _bound(value: Value, written: Sequence[Written]) -> tuple[Sequence[Written], bool]:
    """Return what a demand binds, and whether one of them is enough."""
    if not value.der:
        return written, False
    fitting = [it for it in written if any(is_a(it.der_type, kind) for kind in value.der)]
    return (fitting, False) if fitting else (written, True)


def modes_declared(words: Iterable[str], written: Sequence[Written], resource: str = "DERCapability") -> Judged:
    """Judge whether the modes demanded are among those that the client declares, of all its DER together."""
    wanted = tuple(words)
    declared = frozenset(mode for it in written for mode in it.modes)
    missing = [mode for mode in wanted if mode not in declared]
    expected = f"{', '.join(wanted)} declared in {resource}"
    observed = f"without {', '.join(missing)}" if missing else "all declared"
    if not written:
        observed = f"no {resource} was written"
    return Judged(
        "modes_declared",
        passed_if(bool(written) and not missing),
        expected,
        observed,
        tuple(it.exchange for it in written),
    )


def mode_kept(value: Value, written: Sequence[Written]) -> Judged:
    """Judge a demand on one element of DERControlBase by what the client declares that it obeys."""
    name = value.name.partition(".")[2]
    if value.figure == "required":
        return modes_declared([name], written)
    declared = [it for it in written if name in it.modes]
    state = passed_if(not declared) if value.figure == "forbidden" else State.NOTE
    observed = f"declared by {len(declared)} of {len(written)} DER"
    return Judged("modes_declared", state, f"{name} is {value.figure}", observed, tuple(it.exchange for it in written))
