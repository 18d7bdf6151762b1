"""How the reference client tells of itself where profiles differ: elements, readings, identifiers, answers."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace

from conformance.catalogue.pack_values import Value
from conformance.catalogue.reading_words import ReadingWord, reading_word
from conformance.catalogue.values_in_force import Values
from conformance.reference.client_manner import Manner
from conformance.vocabulary.identity import LFDI_DIGITS
from conformance.vocabulary.mrid import PEN_DIGITS, PenForm, pen_tail

MODES, READINGS = "DERControlBase.modes", "MirrorUsagePoint.readings"
SUPERSEDED_BY_OTHER = 14
ERROR_SHARE, SMALL_SHARE = 0.75, 0.25
"""How much of the error that a profile grants its meters have, and how much of a small power that may be."""
ANY_OPERATES = "any_operates_all_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrored:
    """A reading to mirror, and the meter it is taken at: ``site``, ``der`` or ``evse``."""

    meter: str
    word: ReadingWord


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingConduct:
    """What the reference client tells of itself; the defaults are those of CSIP 2.1.

    Args:
        modes: the modes it claims; all that its plant obeys, if ``None``.
        summed: the sums over all DER that it shows; all of them, if ``None``.
        any_operates: whether its status is that of all its DER: it operates if any does.
        readings: what it mirrors; what CSIP asks for, if ``None``.
        qualifier: what its readings say they are.
        error_w: how far its meters of active power are off at most, in watts.
        error_pct: the same in percent of its plant's rating; the smaller error counts.
        zero_unmeasured: whether a quantity that it cannot measure is reported as zero.
        letter_case: the case of hexadecimal digits; that of its manner, if there is none.
        lfdi: how the LFDI that it writes comes about: ``certificate_hash``, ``hash_with_pen`` or ``issued``.
        pen_form: how the number at the end of its mRIDs is written.
        unique: within what its mRIDs are unique; within a usage point only, unless ``EndDevice``.
        role_flags_in_mrid: whether its usage points are named by LFDI, roleFlags and number.
        statuses: the codes that it answers controls with; any, if ``None``.
        registers: the ways it may be registered.
        needs_registration: whether it stops where there is no Registration to compare its PIN with.
        names_point: whether it sends its connection point after its EndDevice, not never.
        built_in_entry: whether it looks for DeviceCapability at the usual path, whatever it is told.
        one_for_each: whether it stands for each of its DER as a device of its own.
        logs: whether it posts log events.
        availability: whether it puts DERAvailability.
    """

    modes: frozenset[str] | None = None
    summed: frozenset[str] | None = None
    any_operates: bool = True
    readings: tuple[Mirrored, ...] | None = None
    qualifier: str = "average"
    error_w: float | None = None
    error_pct: float | None = None
    zero_unmeasured: bool = False
    letter_case: str = ""
    lfdi: str = "certificate_hash"
    pen_form: PenForm = PenForm.HEX
    unique: str = "EndDevice"
    role_flags_in_mrid: bool = False
    statuses: frozenset[int] | None = None
    registers: tuple[str, ...] = ("in_band", "out_of_band")
    needs_registration: bool = False
    names_point: bool = True
    built_in_entry: bool = False
    one_for_each: bool = False
    logs: bool = True
    availability: bool = True

    @property
    def answers_14(self) -> bool:
        """Whether it tells a supersession by another program apart, since that code is in use."""
        return self.statuses is not None and SUPERSEDED_BY_OTHER in self.statuses

    def shown_w(self, power_w: float, rated_w: float) -> float:
        """Return what a meter shows of an active power: too much by the error, and of a small power by a share."""
        share_w = None if self.error_pct is None else rated_w * self.error_pct / 100
        bounds = [bound for bound in (self.error_w, share_w) if bound is not None]
        return power_w + math.copysign(min(*bounds, abs(power_w) * SMALL_SHARE), power_w) if bounds else power_w

    def spoken(self, manner: Manner) -> Manner:
        """Return a manner in the letter case that is asked for."""
        return replace(manner, lower_case_hex=self.letter_case == "lower") if self.letter_case else manner

    def lfdi_of(self, own: str, pen: int) -> str:
        """Return the LFDI that it writes: its certificate's, that with a number at its end, or another one."""
        made = {
            "hash_with_pen": own[: LFDI_DIGITS - PEN_DIGITS] + pen_tail(pen, self.pen_form),
            "issued": hashlib.sha256(f"issued {own}".encode()).hexdigest()[: LFDI_DIGITS - 1].upper() + "F",
        }
        return made.get(self.lfdi, own)


CSIP_REPORTING = ReportingConduct()


def reporting_conduct(values: Values) -> ReportingConduct:
    """Return the conduct that keeps to all values put to it."""
    plain = CSIP_REPORTING
    statuses = [int(code) for code in _words(values, "Response.status") if code.isdecimal()]
    derivations = _words(values, "EndDevice.lFDI.derivation") or (plain.lfdi,)
    qualifiers = _words(values, "ReadingType.dataQualifier") or (plain.qualifier,)
    return ReportingConduct(
        modes=_modes(values),
        summed=_set(values, "DERSettings.aggregate"),
        any_operates=_word(values, "DERStatus.aggregate", ANY_OPERATES) == ANY_OPERATES,
        readings=_readings(values),
        qualifier=plain.qualifier if plain.qualifier in qualifiers else qualifiers[0],
        error_w=_error(values, "MirrorMeterReading.accuracy"),
        error_pct=_error(values, "MirrorMeterReading.accuracy_share"),
        zero_unmeasured=_word(values, "MirrorMeterReading.unmeasured", "omitted") != "omitted",
        letter_case=_word(values, "EndDevice.lFDI.case", ""),
        lfdi=plain.lfdi if plain.lfdi in derivations else derivations[0],
        pen_form=PenForm.DECIMAL if _word(values, "mRID.pen_base", "hex") == "decimal" else PenForm.HEX,
        unique=_word(values, "mRID.unique", plain.unique),
        role_flags_in_mrid=_word(values, "mRID.form", "") == "lfdi_role_flags_pen",
        statuses=frozenset(statuses) or None,
        registers=_words(values, "EndDevice.registration") or plain.registers,
        needs_registration=_word(values, "Registration.without_link", "carries_on") != "carries_on",
        names_point=_word(values, "ConnectionPoint.order", "after_end_device") == "after_end_device",
        built_in_entry=_word(values, "DeviceCapability.href", "configured") == "fixed",
        one_for_each=_word(values, "EndDevice.gateway", "one_end_device") == "one_for_each",
        logs=_word(values, "LogEvent", "") != "forbidden",
        availability=_word(values, "DERAvailability", "") != "forbidden",
    )


def _modes(values: Values) -> frozenset[str] | None:
    """Return exactly what is demanded, so that a demand less is seen; without any demand all that is obeyed."""
    demanded = frozenset(word for value in _held(values, MODES) for word in value.words)
    presence = [value for value in values.of("DERControlBase") if not value.waived]
    required = frozenset(value.name.partition(".")[2] for value in presence if value.figure == "required")
    forbidden = frozenset(value.name.partition(".")[2] for value in presence if value.figure == "forbidden")
    return (demanded | required) - forbidden if _held(values, MODES) or presence else None


def _readings(values: Values) -> tuple[Mirrored, ...] | None:
    held = _held(values, READINGS)
    found = (
        Mirrored(meter=_meter(value, reading_word(word)), word=reading_word(word))
        for value in held
        for word in value.words
    )
    return tuple(dict.fromkeys(one for one in found if one.meter)) if held else None


def _meter(value: Value, word: ReadingWord) -> str:
    """Return where a reading is taken: that of a charging station at its own meter; a fleet has none here."""
    if word.place == "fleet":
        return ""
    if word.place != "site" and value.der == ("evse",):
        return "evse"
    return word.place or "der"


def _held(values: Values, name: str) -> tuple[Value, ...]:
    return tuple(value for value in values.holding(name) if value.figure is not None and not value.waived)


def _error(values: Values, name: str) -> float | None:
    figures = [value.number for value in _held(values, name)]
    return ERROR_SHARE * min(figures) if figures else None


def _set(values: Values, name: str) -> frozenset[str] | None:
    held = _held(values, name)
    return frozenset(word for value in held for word in value.words) if held else None


def _words(values: Values, name: str) -> tuple[str, ...]:
    return next((value.words for value in _held(values, name)), ())


def _word(values: Values, name: str, otherwise: str) -> str:
    return next(iter(_words(values, name)), otherwise)
