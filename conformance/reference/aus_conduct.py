"""What the reference client does beyond CSIP where a profile speaks CSIP-AUS; nothing of it under plain CSIP."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.catalogue.pack_values import Value
from conformance.catalogue.values_in_force import Values
from conformance.reference.client_reading import FASTEST
from conformance.reference.setpoints import Places
from conformance.vocabulary.mrid import PenForm
from conformance.wire.csipaus import NONE, Extension, extension_in

USUAL_PLACES = Places()
"""Where CSIP-AUS has its limits hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AusConduct:
    """How the client speaks CSIP-AUS.

    Args:
        extension: the elements it sends and obeys.
        discovers: looks for its version in the well-known document before it enters.
        connection_point: sends its connection point id when it has found its EndDevice.
        echoes_ramp: shows the ``setGradW`` of the default in force in its DERSettings.
        own_gradient: its ``setGradW`` where no default gives one.
        readings: what it mirrors, as ``site.W`` or, of every meter, ``V``; ``None`` for all of every meter it has.
        pen: how the private enterprise number at the end of its mRIDs is written.
        places: where limits hold.
    """

    extension: Extension = NONE
    discovers: bool = False
    connection_point: bool = False
    echoes_ramp: bool = False
    own_gradient: int = FASTEST
    readings: frozenset[str] | None = None
    pen: PenForm = PenForm.HEX
    places: Places = USUAL_PLACES

    @property
    def meters(self) -> tuple[str, ...]:
        """The meters that the readings name, such as ``site``."""
        named = {name.partition(".")[0] for name in self.readings or () if "." in name}
        return tuple(sorted(named))


CONNECTION_POINT = "connection_point"
UNTOLD_RAMP_S = 15
"""Seconds that the whole rating takes where the network tells no ramp: a note of the procedures on AS/NZS 4777.2."""
PLAIN = AusConduct(echoes_ramp=True)
"""Plain CSIP: settings that a default changes are told there too (G29)."""


def aus_conduct(values: Values) -> AusConduct:
    """Return the conduct of a client that keeps to all values put to it; plain where CSIP-AUS is not demanded."""
    namespace = values.find("csipaus.namespace")
    if namespace is None or not _is(values.find("csipaus"), "required"):
        return PLAIN
    return AusConduct(
        extension=extension_in(namespace.words[0]),
        discovers=_is(values.find("csipaus.discovery"), "required"),
        connection_point=_is(values.find("ConnectionPoint"), "required", "conditional"),
        echoes_ramp=values.find("DefaultDERControl.setGradW") is not None,
        own_gradient=FASTEST // UNTOLD_RAMP_S,
        readings=_readings(values),
        pen=PenForm.DECIMAL if _is(values.find("mRID.pen_base"), "decimal") else PenForm.HEX,
        places=_places(values),
    )


def _places(values: Values) -> Places:
    """Return where limits hold: where the profile wants them, or where CSIP-AUS has them."""
    usual = USUAL_PLACES

    def outside(mode: str, usually: bool) -> bool:
        value = values.find(f"DERControlBase.{mode}.at")
        return usually if value is None or value.waived or value.figure is None else _is(value, CONNECTION_POINT)

    return Places(
        export=outside("opModExpLimW", usual.export),
        imports=outside("opModImpLimW", usual.imports),
        generation=outside("opModGenLimW", usual.generation),
        load=outside("opModLoadLimW", usual.load),
    )


def _is(value: Value | None, *figures: str) -> bool:
    return value is not None and not value.waived and value.figure in figures


def _readings(values: Values) -> frozenset[str] | None:
    named = [value.words for value in values.holding("MirrorUsagePoint.readings") if value.figure is not None]
    return frozenset(name for words in named for name in words) if named else None
