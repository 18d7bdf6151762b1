"""Checks on what a client tells of itself, by the demands of a pack: elements, modes, readings, identifiers, answers.

Nothing is judged but what the profile demands of the subject, each demand at its own cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from conformance.catalogue.reading_words import ReadingWord
from conformance.judgement import answers, charge, der_status, identifiers
from conformance.judgement import elements as written_elements
from conformance.judgement import readings as mirrored
from conformance.judgement import registration as registrations
from conformance.judgement.court import Judging
from conformance.judgement.finding import State
from conformance.vocabulary.limits import Limit
from conformance.vocabulary.mrid import PEN_DIGITS
from conformance.wire.exchange import Exchange


class CheckReports(Judging):
    """What a client tells of itself."""

    def elements(self, resource: str, written: Sequence[written_elements.Written], *, must_write: bool = True) -> bool:
        """Judge all that is demanded of the elements of a resource, by what the client wrote of it.

        Without ``must_write`` a client that wrote none at all is not held to them.
        """
        values = self._court.profile.values
        unwritten = State.FAIL if must_write else State.NOTE
        names = dict.fromkeys(value.name for value in values.of(resource))

        def judged(name: str) -> bool:
            types = values.whom.types
            return self.demands(
                name, lambda it: written_elements.element_kept(it, written, types, unwritten), typed=True
            )

        kept = [judged(name) for name in names]
        return all(kept)

    def modes_declared(self, written: Sequence[written_elements.Written]) -> bool:
        """Judge whether the client declares the modes that it is to obey."""
        presence = self._court.profile.values.of("DERControlBase")
        kept = [self.demands("DERControlBase.modes", lambda it: written_elements.modes_declared(it.words, written))]
        for name in dict.fromkeys(value.name for value in presence):
            kept.append(self.demands(name, lambda it: written_elements.mode_kept(it, written)))
        return all(kept)

    def sums(self, written: Sequence[written_elements.Written], plant: object, tolerance: Limit) -> bool:
        """Judge whether ratings and settings are those of all DER of the site together."""
        return self.demands("DERSettings.aggregate", lambda it: charge.summed(it, written, plant, tolerance.value))

    def operation(self, status: Exchange | None, on: int, of: int) -> bool:
        """Judge the operationalModeStatus of several DER, of which so many are switched on."""
        return self.demands("DERStatus.aggregate", lambda it: der_status.operation_kept(it, status, on, of))

    def charge_tracks(self, status: Exchange, plant: object, tolerance: Limit) -> bool:
        """Judge whether the state of charge in a DERStatus is that of the plant, at the moment it has arrived."""
        name = "DERStatus.stateOfChargeStatus"
        return self.demands(name, lambda it: charge.tracked(status, charge.charges(plant), tolerance.value))

    def readings(self, seen: Sequence[mirrored.Series]) -> bool:
        """Judge whether all readings came, and what they say they are."""
        came = self.demands("MirrorUsagePoint.readings", lambda it: mirrored.readings_kept(it, seen))
        return self.demands("ReadingType.dataQualifier", lambda it: mirrored.qualifiers_kept(it, seen)) and came

    def station_total(self, seen: Sequence[mirrored.Series], plant: object, tolerance: Limit) -> bool:
        """Judge the total power of a charging station, where one is asked for and the plant is observed."""
        held = self._court.profile.values.holding("MirrorUsagePoint.readings")
        judged = ((value, mirrored.station_total(value, seen, plant, tolerance.value)) for value in held)
        kept = [self.demanded(value, one) for value, one in judged if one is not None]
        return all(kept)

    def left_out(self, seen: Sequence[mirrored.Series], lost: ReadingWord, since: datetime) -> bool:
        """Judge whether a quantity that can be measured no more is left out from an instant on."""
        return self.demands("MirrorMeterReading.unmeasured", lambda it: mirrored.left_out(it, seen, lost, since))

    def lfdis(self, posts: Sequence[Exchange], own: str) -> bool:
        """Judge the LFDIs in what a client sent; ``own`` is that of its certificate, a declared PEN its maker's."""
        written, made = identifiers.lfdis_in(posts), identifiers.mrids_in(posts)
        tails, whom = {one.text[-PEN_DIGITS:] for one in made}, self._court.profile.values.whom
        manages = whom.role == "aggregator"
        kept = [
            self.demands(
                "EndDevice.lFDI.derivation",
                lambda it: identifiers.derivation_kept(it, written, own, tails, whom.pen, manages=manages),
            ),
            self.demands("EndDevice.lFDI.case", lambda it: identifiers.case_kept(it, written)),
            self.demands(
                "EndDevice.lFDI.pen_base", lambda it: identifiers.managed_tails_kept(it, written, own, whom.pen)
            ),
        ]
        return all(kept)

    def mrids(self, posts: Sequence[Exchange], own: str, pen: int | None = None) -> bool:
        """Judge the mRIDs that a client made; ``pen`` is what it tells of its maker where no number is declared."""
        made, declared = identifiers.mrids_in(posts), self._court.profile.values.whom.pen
        number = pen if declared is None else declared
        kept = [
            self.demands("mRID.pen_base", lambda it: identifiers.tails_kept(it, made, number)),
            self.demands("mRID.unique", lambda it: identifiers.unique_kept(made)),
            self.demands("mRID.form", lambda it: identifiers.form_kept(it, made, own)),
        ]
        return all(kept)

    def statuses(self, posts: Sequence[Exchange]) -> bool:
        """Judge the codes of a client's Responses."""
        return self.demands("Response.status", lambda it: answers.statuses_kept(it, posts))

    def function_set(self, name: str, posts: Sequence[Exchange], how: str) -> bool:
        """Judge whether a function set is used, by what the client sent; ``how`` says what it had cause to send."""
        return self.demands(name, lambda it: answers.function_set_kept(it, posts, how))

    def registered_in_band(self, posts: Sequence[Exchange], read_again: Exchange | None) -> bool:
        """Judge how a client registers itself where it is in no list and a POST would be taken."""
        return self.demands(REGISTRATION, lambda it: registrations.in_band_kept(it, posts, read_again))

    def registered_out_of_band(self, posts: Sequence[Exchange], after: Exchange | None, tries: Limit) -> bool:
        """Judge what a client does before and after it is entered; ``after`` shows that it found itself."""
        patient = self.demands(REGISTRATION, lambda it: registrations.out_of_band_kept(it, posts, tries.count))
        return self.demands(REGISTRATION, lambda it: registrations.entered_later(it, posts, after)) and patient

    def carried_on(self, name: str, what: str, after: Exchange | None) -> bool:
        """Judge a demand that a client goes on; ``after`` is the request that shows it."""
        return self.demands(name, lambda it: registrations.carried_on(it, what, after))

    def entered_as_configured(self, entry: str, read: Exchange | None, asked: Sequence[Exchange]) -> bool:
        """Judge that a client enters at the path it was given."""
        return self.demands(
            "DeviceCapability.href", lambda it: registrations.entered_as_configured(it, entry, read, asked)
        )

    def one_device(self, posts: Sequence[Exchange], own: str) -> bool:
        """Judge that a client that was entered under its LFDI registers no EndDevice beside that."""
        return self.demands("EndDevice.gateway", lambda it: registrations.one_device_kept(it, posts, own))

    def connection_point_in_order(
        self, post: Exchange | None, put: Exchange | None, reported: Sequence[Exchange]
    ) -> bool:
        """Judge when the connection point is sent, by what was sent before it."""
        return self.demands("ConnectionPoint.order", lambda it: registrations.order_kept(it, post, put, reported))


REGISTRATION = "EndDevice.registration"
