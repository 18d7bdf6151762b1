"""Checks on how a client comes to be registered (CSIP Implementation Guide 5.2 and 6.1; SAPN handbook 5).

In band it posts its own EndDevice; out of band the utility enters it, and a POST is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from conformance.catalogue.pack_values import Value
from conformance.judgement.finding import State
from conformance.judgement.identifiers import lfdis_in
from conformance.judgement.judged import Judged, passed_if
from conformance.vocabulary.identity import same_lfdi
from conformance.wire.exchange import Exchange

IN_BAND, OUT_OF_BAND = "in_band", "out_of_band"


def in_band_kept(value: Value, posts: Sequence[Exchange], read_again: Exchange | None) -> Judged:
    """Judge what a client does that finds itself in no list, where a POST of its EndDevice would be taken.

    Where both ways are allowed, one that waits to be entered is sound as well.
    """
    numbers = tuple(post.number for post in posts)
    observed = f"{len(posts)} POSTs; the list or the new entry was {'' if read_again else 'not '}read again"
    if IN_BAND not in value.words:
        return Judged("registration", passed_if(not posts), "no POST of an EndDevice", observed, numbers)
    if not posts and OUT_OF_BAND in value.words:
        return Judged("registration", State.NOTE, "a POST of its EndDevice, or patience", "it waits to be entered")
    done = bool(posts) and read_again is not None
    expected = "a POST of its EndDevice, and the list or the new entry read again"
    return Judged("registration", passed_if(done), expected, observed, numbers)


def out_of_band_kept(value: Value, posts: Sequence[Exchange], most: int) -> Judged:
    """Judge what a client does while it is not entered yet and a POST of its EndDevice is refused.

    One that may register itself may try, but not more often than ``most``.
    """
    numbers = tuple(post.number for post in posts)
    may_try = IN_BAND in value.words
    expected = f"at most {most} POSTs of an EndDevice that is refused" if may_try else "no POST of an EndDevice"
    good = len(posts) <= most if may_try else not posts
    return Judged("registration", passed_if(good), expected, f"{len(posts)} POSTs", numbers)


def carried_on(value: Value, what: str, after: Exchange | None) -> Judged:
    """Judge that a client goes on, by the first request that shows it; another word than that is noted."""
    expected = f"it goes on {what}"
    state = passed_if(after is not None) if value.figure in CARRIED_ON else State.NOTE
    observed = "it does not" if after is None else f"{after.method} {after.resource}"
    return Judged("carried_on", state, expected, observed, () if after is None else (after.number,))


CARRIED_ON = ("carries_on",)


def entered_later(value: Value, posts: Sequence[Exchange], after: Exchange | None) -> Judged:
    """Judge that a client finds itself once it has been entered, where it may be registered that way.

    One that registers itself, as it may, and was refused is only warned of: it may have to be started again.
    """
    expected = "it follows the links of its EndDevice once it has been entered"
    missing = State.WARNING if posts and IN_BAND in value.words else State.FAIL
    found = State.PASS if after is not None else missing
    state = found if OUT_OF_BAND in value.words else State.NOTE
    observed = "it does not" if after is None else f"{after.method} {after.resource}"
    return Judged("entered_later", state, expected, observed, () if after is None else (after.number,))


def entered_as_configured(value: Value, entry: str, read: Exchange | None, asked: Sequence[Exchange]) -> Judged:
    """Judge that a client enters at the path it was given, ``entry``; ``read`` is its GET of DeviceCapability there.

    Where that is the usual path, one that looks there whatever it is told cannot be told apart.
    """
    expected = f"DeviceCapability read at {entry}, as configured"
    if value.figure != "configured":
        return Judged(
            "entered", State.NOTE, f"a client that finds DeviceCapability as {value.figure}", "not known here"
        )
    if read is not None and entry in USUAL_ENTRIES:
        seen = "that is the usual path: it shows nothing; give another one as subject.entry"
        return Judged("entered", State.INCONCLUSIVE, expected, seen, (read.number,))
    paths = ", ".join(dict.fromkeys(it.path for it in asked)) or "nothing"
    numbers = tuple(it.number for it in ([read] if read is not None else asked))
    return Judged("entered", passed_if(read is not None), expected, f"it asked for {paths}", numbers)


USUAL_ENTRIES = ("/dcap", "/")


def one_device_kept(value: Value, posts: Sequence[Exchange], own: str) -> Judged:
    """Judge that a client that was entered under its own LFDI posts no EndDevice of another one."""
    if value.figure != "one_end_device":
        return Judged("one_device", State.NOTE, f"{value.figure} of a gateway", "not known here")
    others = [one for one in lfdis_in(posts) if not same_lfdi(one.text, own)]
    seen = ", ".join(dict.fromkeys(one.text for one in others)) or "none"
    numbers = tuple(one.exchange for one in others)
    return Judged("one_device", passed_if(not others), f"no EndDevice but that of {own}", seen, numbers)


def order_kept(value: Value, post: Exchange | None, put: Exchange | None, reported: Sequence[Exchange]) -> Judged:
    """Judge that the connection point is sent after the EndDevice, and before anything is reported of the site."""
    expected = "the ConnectionPoint after the EndDevice, and before readings and Responses"
    if value.figure != "after_end_device":
        return Judged("order", State.NOTE, f"the ConnectionPoint is sent {value.figure}", "not known here")
    if put is None:
        return Judged("order", State.FAIL, expected, "no ConnectionPoint was sent")
    early = [it for it in reported if it.number < put.number]
    before = post is not None and put.number < post.number
    observed = f"{len(early)} reports before it" if early else "before the EndDevice" if before else "in this order"
    numbers = tuple(it.number for it in (post, put, *early) if it is not None)
    return Judged("order", passed_if(not early and not before), expected, observed, numbers)
