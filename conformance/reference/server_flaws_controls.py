"""Flaws of the reference server in the controls, curves and defaults that it offers."""

from __future__ import annotations

from conformance.reference import flawed_answers as answers
from conformance.reference import flawed_documents as documents
from conformance.reference import flawed_offers as offers
from conformance.reference.flawed_documents import edited
from conformance.reference.server_flaw import arranged, between, remembering
from conformance.reference.server_tree import ServerParts
from conformance.wire.messages import SEP_XML

MOST_RANDOMIZED_S = 3600
"""The range of ``randomizeStart``, either way."""


def _randomizes_too_much(parts: ServerParts) -> None:
    parts.programs[0].controls[-1].randomize_start_s = 2 * MOST_RANDOMIZED_S


EVENTS = ("DERControlList", "DERControl")
MAY_TRIP = ("opModHFRTMayTrip", "opModHVRTMayTrip", "opModLFRTMayTrip", "opModLVRTMayTrip")

CONTROLS = (
    arranged(
        "randomizes_too_much", "CTP.GENERAL.3", "spreads the start of a control over two hours", _randomizes_too_much
    ),
    between("event_never_active", "EVENT.002", "shows running events as scheduled", edited(documents.idle, *EVENTS)),
    between(
        "event_status_undated", "VAL.EVENT.STATUS_TIME", "dates every status at 0", edited(documents.undated, *EVENTS)
    ),
    between(
        "controls_only_listed",
        "GEN.LINK",
        "answers a DERControl at its own address by 404",
        answers.gone("DERControl"),
    ),
    remembering(
        "recreates_controls", "DER.CONTROL", "dates the creation of controls at the present", documents.created_now
    ),
    between(
        "changes_control_values",
        "DER.CONTROL",
        "shows values of controls and defaults that are one off",
        edited(offers.changed_values, *EVENTS, "DefaultDERControl"),
    ),
    between(
        "drops_curve_points",
        "DER.CURVE",
        "leaves out the last point of curves",
        edited(offers.fewer_points, "DERCurve", "DERCurveList"),
    ),
    between(
        "switches_off_unasked",
        "DER.CONTROL",
        "adds opModConnect false to controls and defaults",
        edited(offers.switched_off, *EVENTS, "DefaultDERControl"),
    ),
    between(
        "curves_of_other_type",
        "CTP.GENERAL.2",
        "gives curves the media type application/xml",
        answers.headed("DERCurve", "Content-Type", SEP_XML, "application/xml"),
    ),
    between(
        "loses_may_trip",
        "DER.CONTROL",
        "leaves the curves of what may trip out",
        edited(offers.without(*MAY_TRIP), *EVENTS, "DefaultDERControl"),
    ),
    between(
        "drops_randomization",
        "DER.CONTROL",
        "leaves the randomization of controls out",
        edited(offers.without("randomizeStart", "randomizeDuration"), *EVENTS),
    ),
    between(
        "loses_ramp_rates",
        "DER.005",
        "leaves the ramp rates of defaults out",
        edited(offers.without("setGradW", "setSoftGradW"), "DefaultDERControl"),
    ),
    between(
        "cancelled_controls_vanish", "EVENT.026", "takes cancelled controls out of their list", offers.cancelled_vanish
    ),
    remembering(
        "forgets_cancelled",
        "KEEPS.CANCELLED",
        "takes cancelled controls out of their list after a quarter of a minute",
        offers.forgets_cancelled,
    ),
    remembering(
        "hides_cancellation",
        "EVENT.STATE",
        "shows cancelled controls as if they ran",
        offers.ignores_cancellation,
    ),
    remembering(
        "revives_cancelled",
        "EVENT.STATE",
        "shows cancelled controls as active once they start",
        offers.revives_cancelled,
    ),
    remembering(
        "ends_independent_events",
        "EVENT.STATE",
        "calls a control superseded by one of other modes",
        offers.superseding_wrongly(offers.independent),
    ),
    remembering(
        "supersedes_the_better",
        "EVENT.STATE",
        "calls both of two rivals superseded, the better one too",
        offers.superseding_wrongly(offers.alike),
    ),
    between("default_missing", "DER.005", "answers defaults with 404", answers.gone("DefaultDERControl")),
    between(
        "responses_misplaced",
        "RESPONSE.PLACE",
        "gives Responses a Location that does not exist",
        answers.misplaced("ResponseList"),
    ),
    between("refuses_responses", "BASE.030", "answers Responses with 403", answers.refusing("POST", "ResponseList")),
)
"""Flaws of controls, curves and defaults, and of the answers to Responses."""
