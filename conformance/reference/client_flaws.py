"""The flaws of the reference client: each breaks one rule and leaves everything else sound."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from conformance.vocabulary.errors import UsageError, explain
from conformance.vocabulary.flaw import Flaw

CCM8 = "ECDHE-ECDSA-AES128-CCM8"
GCM_ONLY = "ECDHE-ECDSA-AES128-GCM-SHA256"


def _flaw(name: str, breaks: str, what: str) -> Flaw:
    return Flaw(name, "client", breaks, what)


CLIENT_FLAWS: Mapping[str, Flaw] = {
    flaw.name: flaw
    for flaw in (
        _flaw("offers_no_ccm8", "SEC.020", "offers AES-GCM in place of the mandatory CCM suite"),
        _flaw("sends_leaf_only", "SEC.041", "sends its certificate without the intermediate ones"),
        _flaw("certificate_ends", "SEC.059", "shows a device certificate whose validity ends"),
        _flaw("refuses_short_chains", "SEC.035", "talks only to servers with a chain of four certificates"),
        _flaw("accepts_any_server", "SEC.017", "does not validate the server's certificate at all"),
        _flaw("leaves_chain_to_tls", "SEC.100", "leaves all rules on certificates to its TLS library"),
        _flaw("never_discovers", "CTP.COMM-001", "never asks by DNS-SD and goes to the address it knows"),
        _flaw("ignores_https_key", "DNS.022", "goes to the port of SRV whatever the key https says"),
        _flaw("ignores_offered_entry", "DNS.040", "asks for /dcap whatever the key dcap says"),
        _flaw("stays_in_the_clear", "P6", "asks for further resources without TLS"),
        _flaw("no_accept_header", "GEN.056", "never sends Accept"),
        _flaw("ignores_redirects", "GEN.037", "does not follow a redirect of DeviceCapability"),
        _flaw("hard_coded_paths", "DNS.040", "asks for /tm, /edev and /mup whatever DeviceCapability links to"),
        _flaw("ignores_paging", "GEN.LIST", "asks for five entries of every list and never for the next page"),
        _flaw("polls_once", "G18", "reads everything once and never again"),
        _flaw("ignores_poll_rate", "P38", "polls assignments and programs four times slower than asked"),
        _flaw("keeps_first_poll_rate", "P38.CHANGE", "polls for ever at the pollRate it was given first"),
        _flaw("keeps_first_post_rate", "P42.CHANGE", "posts readings for ever at the postRate it was given first"),
        _flaw("ignores_wrong_pin", "SEC.032", "goes on when the registration PIN is not its own"),
        _flaw("ignores_server_time", "TIME.001", "goes by its own clock and never reads Time"),
        _flaw("keeps_own_clock", "EVENT.031", "reads Time and goes by its own clock all the same"),
        _flaw("takes_local_time", "EVENT.031", "takes localTime of Time for the time that events go by"),
        _flaw("never_puts_der", "P4", "puts none of the DER documents"),
        _flaw("skips_settings", "G28", "puts no DERSettings"),
        _flaw("invalid_settings", "CTP.GENERAL.3", "puts DERSettings with its elements in the wrong order"),
        _flaw("settings_above_rating", "P43", "sets a maximum power above the rated one"),
        _flaw("no_received_response", "BASE.030", "never answers that it received a control"),
        _flaw("starts_late", "RESPONSE.PROMPT", "starts controls 30 s after their start"),
        _flaw("never_completes", "CTP.BASIC-017", "never answers that a control is completed"),
        _flaw("wrong_response_lfdi", "BASE.030", "answers with an LFDI that is not its own"),
        _flaw("responses_without_clock", "RESPONSE.DATED", "dates its Responses by the time since it was switched on"),
        _flaw("prolongs_late_controls", "EVENT.015", "carries a control that it reads late out for its whole duration"),
        _flaw("answers_elsewhere", "BASE.030", "posts every Response where the first control it answered wanted it"),
        _flaw("moves_on_receipt", "EVENT.002", "answers properly and moves its plant as soon as it reads a control"),
        _flaw("responds_early", "CTP.BASIC-017", "answers that a control has started when it receives it"),
        _flaw("ignores_control", "G8", "answers controls properly and never moves its plant"),
        _flaw("ignores_default", "DER.005", "reads defaults and never asks its plant for them"),
        _flaw("never_reads_curves", "CTP.CORE-012", "obeys modes that link to curves without reading a curve"),
        _flaw(
            "keeps_control_after_end", "EVENT.002", "answers that a control is completed and leaves its plant under it"
        ),
        _flaw("reads_default_once", "P36", "never reads a default again"),
        _flaw("keeps_first_assignments", "P23", "stays with the assignments it read first"),
        _flaw("takes_last_device", "CTP.BASIC-001", "takes the last device of the list for itself"),
        _flaw("reports_for_neighbour", "P43", "puts its DER documents and log events to the first device of the list"),
        _flaw("wrong_media_type", "CTP.GENERAL.2", "sends its documents as application/xml"),
        _flaw("takes_first_device", "CTP.BASIC-001", "takes the first device with assignments for itself"),
        _flaw("ignores_cancellation", "EVENT.027", "runs cancelled controls to their end"),
        _flaw("ignores_primacy", "G13", "takes the program with the larger primacy number for the better one"),
        _flaw("newest_wins", "G13", "takes the newer of two controls for the better one, whatever their primacy"),
        _flaw("older_wins", "G14", "takes the older of two controls of one primacy for the better one"),
        _flaw("takes_worse_default", "DER.005", "obeys the default of the program with the lowest priority"),
        _flaw("runs_until_superseded", "G13", "starts a control that it knows a better one will supersede"),
        _flaw("resumes_superseded", "G13", "takes a superseded control up again when the better one is over"),
        _flaw("lets_running_finish", "G13", "lets a control that runs run on when a better one starts"),
        _flaw("supersedes_independent", "EVENT.028", "takes controls of different modes for rivals"),
        _flaw("answers_no_supersession", "BASE.030", "never answers that a control is superseded"),
        _flaw("overstays_cancellation", "RAND.016", "ends after a randomized cancellation at twice its bound"),
        _flaw("drops_events_offline", "G12", "forgets programs and controls when the server does not answer"),
        _flaw("stays_offline", "G18", "never polls again what the server did not answer once"),
        _flaw("knows_few_codes", "GEN.049", "takes an answer whose status it does not know for the end of it"),
        _flaw("gives_lost_up", "DNS.041", "never polls again what led it to an address that is answered 404"),
        _flaw("asks_time_hastily", "TIME.RETRIED", "asks for a Time that it is refused again after five seconds"),
        _flaw("gives_up_when_busy", "G18", "never polls again what was answered 429 or 503"),
        _flaw("keeps_few_events", "G10", "holds ten controls of a program and no more"),
        _flaw("keeps_few_programs", "P24", "holds ten programs of a list and no more"),
        _flaw("never_disconnects", "P29", "takes opModEnergize and opModConnect false for true"),
        _flaw("ignores_excitation", "DER.034", "injects reactive power whatever the excitation of a power factor"),
        _flaw("knows_no_may_trip", "P29", "leaves out the ride-through curves of what may trip"),
        _flaw("ignores_randomization", "RAND.002-005", "starts every control at its nominal start"),
        _flaw("randomizes_too_far", "EVENT.044", "moves starts and ends by twice the bounds of their randomization"),
        _flaw("leaves_gaps", "EVENT.022", "falls back to the default between events that randomization draws apart"),
        _flaw("answers_7_and_14", "CTP.CORE-023", "answers a superseded control with 7 and with 14"),
        _flaw("no_voltage_reading", "G23", "mirrors no voltage"),
        _flaw("freezes_readings", "G23", "tells the first reading of each quantity for ever"),
        _flaw(
            "swaps_units", "G23", "tells reactive power for active, and voltage for frequency, and the other way round"
        ),
        _flaw("zero_for_unmeasured", "G27", "reports zero for what it can measure no more"),
        _flaw("posts_until_taken", "P17", "posts its EndDevice every five seconds while that is refused"),
        _flaw("readings_once", "P42", "posts readings once and never again"),
        _flaw("ignores_post_rate", "P42", "posts readings four times slower than asked"),
        _flaw("power_alone_goes_on", "P42", "posts readings of power at postRate and of all else once"),
        _flaw("readings_of_one_time", "G25", "gives all readings but those of power the time of the first ones"),
        _flaw("readings_without_time", "G25", "posts readings without a time"),
        _flaw("reports_no_alarms", "G31", "posts no log event when an alarm is raised"),
        _flaw("no_return_to_normal", "G32", "posts no log event when an alarm is over"),
        _flaw("logs_once", "LOG.001", "posts one log event and no further ones"),
        _flaw("logs_without_clock", "LOG.004", "dates its log events by the time since it was switched on"),
        _flaw("logs_wrong_function_set", "LOG.005", "files errors of its software under the function set of the DER"),
        _flaw("ignores_notifications", "NOTIFY.HEED", "answers notifications and goes on by what it polled"),
        _flaw("refuses_notifications", "NOTIFY.ANSWER", "answers every notification with 400"),
        _flaw("accepts_bad_notifications", "NOTIFY.WRONG", "answers 201 to notifications that make no sense"),
        _flaw("never_renews_subscriptions", "P52", "subscribes once and never renews"),
        _flaw("freezes_charge", "G30", "shows its first state of charge for ever"),
        _flaw("total_of_one_phase", "G23", "tells the power of one phase of its charging station as the total"),
        _flaw("rates_above_va", "AUS.STO-03", "tells rates of its storage beyond its rated apparent power"),
        _flaw("skips_status", "G30", "puts no DERStatus"),
        _flaw("ignores_export_limit", "AUS.GEN-01", "obeys every limit of CSIP-AUS but opModExpLimW"),
        _flaw("ignores_import_limit", "AUS.LOA-01", "obeys every limit of CSIP-AUS but opModImpLimW"),
        _flaw("ignores_generation_limit", "AUS.GEN-02", "obeys every limit of CSIP-AUS but opModGenLimW"),
        _flaw("ignores_load_limit", "AUS.LOA-02", "obeys every limit of CSIP-AUS but opModLoadLimW"),
        _flaw("target_over_limit", "AUS.STO-03", "lets a storage target win over an export limit"),
        _flaw("ignores_multiplier", "AUS.ALL-24", "takes the value of a limit without its multiplier"),
        _flaw("never_sends_connection_point", "AUS.ALL-03", "puts no ConnectionPoint"),
        _flaw("ignores_discovery", "AUS.SDVN-01", "enters by its own path whatever the well-known document says"),
        _flaw("needs_registration_link", "AUS.ALL-05", "stops where its EndDevice links to no Registration"),
        _flaw("lower_case_lfdi", "AUS.ALL-02", "writes its LFDI in lower case"),
        _flaw("swaps_doe_bits", "AUS.ALL-09", "takes bit 0 of doeModes for the import and bit 1 for the export limit"),
        _flaw("keeps_own_ramp", "AUS.ALL-13", "shows its own setGradW whatever the default says"),
        _flaw("ignores_ramp", "AUS.RAMP-DEFAULT", "lets its plant jump to every new level"),
        _flaw("ramps_too_fast", "AUS.RAMP-DEFAULT", "moves twice as fast as setGradW and rampTms allow"),
        _flaw("ignores_ramp_time", "AUS.ALL-25", "moves by setGradW although a control has rampTms"),
        _flaw("no_storage_ratings", "AUS.STO-02", "tells no rates and no energy of its storage"),
        _flaw("no_stored_energy", "AUS.STO-01", "mirrors no stored energy"),
        _flaw("swaps_role_flags", "AUS.ALL-06", "gives its site meter the role of the DER, and the other way round"),
        _flaw("status_always_on", "AUS.ALL-07", "says that it is connected and operates, whatever happened to it"),
        _flaw("status_of_tomorrow", "P44", "gives DERStatus a readingTime a day ahead"),
        _flaw("status_without_connection", "P44", "leaves genConnectStatus out of DERStatus"),
    )
}
"""All flaws of the reference client, by name."""


def known_flaws(names: Iterable[str]) -> frozenset[str]:
    """Return the names as a set. Raises ``UsageError`` for a flaw that does not exist."""
    for name in names:
        if name not in CLIENT_FLAWS:
            known = ", ".join(sorted(CLIENT_FLAWS))
            raise UsageError(explain("Giving the reference client a flaw.", known, name, "correct the name"))
    return frozenset(names)


def tls_ciphers(flaws: Collection[str]) -> str:
    """Return the cipher suites that a client with these flaws offers, in OpenSSL's words."""
    return GCM_ONLY if "offers_no_ccm8" in flaws else CCM8


def sends_full_chain(flaws: Collection[str]) -> bool:
    """Say whether a client with these flaws shows its whole certificate path."""
    return "sends_leaf_only" not in flaws
