"""Checks on the identifiers that a client writes: LFDIs and mRIDs, by the rules of a pack (TS 5573 4.2; SEC.005).

Case never distinguishes two identifiers; the case in which they are written is a demand of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from conformance.catalogue.pack_values import Value
from conformance.judgement.finding import State
from conformance.judgement.judged import Judged, passed_if
from conformance.judgement.readings import usage_point_of
from conformance.vocabulary.identity import HexCase, hex_case, is_lfdi, same_lfdi
from conformance.vocabulary.mrid import PEN_DIGITS, PenForm, pen_forms, pen_of
from conformance.wire.exchange import Exchange
from conformance.wire.parser import Malformed
from conformance.wire.payload import Node, read

LFDIS = ("lFDI", "deviceLFDI", "endDeviceLFDI")


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier as written: of which element of which thing, and in which exchange.

    ``thing`` tells apart what has the identifier: two things with the same one collide.
    """

    text: str
    owner: str
    exchange: int
    thing: str = ""
    role_flags: str = ""


def lfdis_in(posts: Iterable[Exchange]) -> tuple[Identifier, ...]:
    """Return the LFDIs in what a client sent."""
    return tuple(
        Identifier(node.content, f"{name} of {root.name}", post.number)
        for post, root in _documents(posts)
        for name in LFDIS
        for node in _below(root, name)
    )


def mrids_in(posts: Iterable[Exchange]) -> tuple[Identifier, ...]:
    """Return the mRIDs that a client made: those of its usage points and their readings, as it defined them."""
    return tuple(_mrids(posts))


def derivation_kept(
    value: Value,
    written: Sequence[Identifier],
    own: str,
    tails: Iterable[str] = (),
    pen: int | None = None,
    *,
    manages: bool = False,
) -> Judged:
    """Judge how the LFDIs that a client writes come about; ``own`` is that of its certificate.

    Of an LFDI that is not the certificate's it can be seen whether it ends in a number: in ``pen``, where that of the
    maker is known; else in ``tails``, those of the client's mRIDs, or at least in decimal digits. Of a client that
    ``manages`` others it may also be what follows from a certificate of theirs, which is undecided.
    """
    known = frozenset(tail.upper() for tail in tails)
    strange = [one for one in written if not _derived(one.text, own, value.words, known, pen)]
    undecided = manages and "certificate_hash" in value.words and all(is_lfdi(one.text) for one in strange)
    state = passed_if(not strange) if written and not (strange and undecided) else State.INCONCLUSIVE
    expected = f"LFDIs that are {' or '.join(value.words)}; that of the certificate is {own}"
    return Judged("lfdi_derivation", state, expected, _told(strange, "all so"), _numbers(strange or written))


def case_kept(value: Value, written: Sequence[Identifier]) -> Judged:
    """Judge the letter case of LFDIs; digits alone are of either."""
    wanted = (HexCase.NONE, *value.words)
    wrong = [one for one in written if hex_case(one.text) not in wanted]
    state = passed_if(not wrong) if written else State.INCONCLUSIVE
    expected = f"LFDIs in {' or '.join(value.words)} case"
    return Judged("letter_case", state, expected, _told(wrong, "all so"), _numbers(wrong or written))


def tails_kept(value: Value, written: Sequence[Identifier], pen: int | None = None) -> Judged:
    """Judge how the number of the maker at the end of identifiers is written.

    ``pen`` is that number, if known. Where it is not, digits that can be read in both ways leave a hexadecimal form
    undecided; all identifiers of one client end in the same number, whatever it is.
    """
    form = PenForm(value.words[0])
    wrong = [one for one in written if _tail_wrong(one.text, form, pen)]
    tails = {one.text[-PEN_DIGITS:].upper() for one in written}
    ambiguous = form is PenForm.HEX and pen is None and all(tail.isdigit() for tail in tails)
    state = State.FAIL if wrong or len(tails) > 1 else State.INCONCLUSIVE if ambiguous or not written else State.PASS
    observed = _told(wrong, f"they end in {', '.join(sorted(tails)) or 'nothing: there are none'}")
    number = "the number of the maker" if pen is None else f"the number {pen}"
    return Judged("tails", state, f"{number} at the end, in {form} digits", observed, _numbers(wrong or written))


def managed_tails_kept(value: Value, written: Sequence[Identifier], own: str, pen: int | None) -> Judged:
    """Judge how the maker's number stands at the end of the LFDIs that an aggregator makes for what it manages.

    What does not end in that number at all may follow from a certificate, and how it comes about is another demand.
    """
    form, managed = PenForm(value.words[0]), [one for one in written if not same_lfdi(one.text, own)]
    expected = f"LFDIs of managed DER with {'the number of the maker' if pen is None else pen} in {form} digits"
    if pen is None or not managed:
        seen = "the number is not declared" if managed else "none of a managed DER"
        return Judged("managed_tails", State.NOTE, expected, seen, _numbers(managed))
    wrong = [one for one in managed if (forms := pen_forms(one.text, pen)) and form not in forms]
    plain = [one for one in managed if not pen_forms(one.text, pen)]
    state = State.FAIL if wrong else State.NOTE if plain else State.PASS
    observed = _told(wrong or plain, "all so")
    return Judged("managed_tails", state, expected, observed, _numbers(wrong or plain or managed))


def unique_kept(written: Sequence[Identifier]) -> Judged:
    """Judge that no two things of one client have the same mRID."""
    things: dict[str, set[str]] = {}
    for one in written:
        things.setdefault(one.text.upper(), set()).add(one.thing)
    doubled = [text for text, owners in things.items() if len(owners) > 1]
    state = passed_if(not doubled) if written else State.INCONCLUSIVE
    observed = "; ".join(f"{text} is {' and '.join(sorted(things[text]))}" for text in doubled)
    numbers = _numbers([one for one in written if one.text.upper() in doubled] or written)
    return Judged("unique", state, "an mRID of its own for each thing", observed or f"{len(things)} of them", numbers)


def form_kept(value: Value, written: Sequence[Identifier], own: str) -> Judged:
    """Judge how the mRIDs of usage points are put together: LFDI, ``roleFlags``, number of the maker."""
    points = [one for one in written if one.owner.endswith("MirrorUsagePoint")]
    if value.figure != FORM:
        return Judged(
            "form", State.NOTE, f"an mRID by {value.figure}", "this form is not known here, nothing is judged"
        )
    wrong = [one for one in points if not _formed(one, own)]
    state = passed_if(not wrong) if points else State.INCONCLUSIVE
    expected = f"usage points with mRIDs {own[:FROM_LFDI]}, 2 digits of roleFlags, number of the maker"
    return Judged("form", state, expected, _told(wrong, "all so"), _numbers(wrong or points))


FORM, FROM_LFDI, FLAG_DIGITS = "lfdi_role_flags_pen", 22, 2
"""The word for that form, and how many digits it takes of LFDI and ``roleFlags``."""


def _derived(text: str, own: str, ways: Sequence[str], tails: frozenset[str], pen: int | None) -> bool:
    if not is_lfdi(text):
        return False
    if same_lfdi(text, own):
        return "certificate_hash" in ways or "issued" in ways
    tail = text[-PEN_DIGITS:].upper()
    ends = bool(pen_forms(text, pen)) if pen is not None else tail in tails or tail.isdigit()
    return "issued" in ways or ("hash_with_pen" in ways and ends)


def _tail_wrong(text: str, form: PenForm, pen: int | None) -> bool:
    read_as = pen_of(text, form)
    return read_as is None or (pen is not None and read_as != pen)


def _formed(one: Identifier, own: str) -> bool:
    flags = one.role_flags.upper().zfill(FLAG_DIGITS)[-FLAG_DIGITS:]
    return one.text.upper().startswith(own[:FROM_LFDI].upper() + flags)


def _mrids(posts: Iterable[Exchange]) -> Iterator[Identifier]:
    points: dict[str, str] = {}
    for post, root in _documents(posts):
        if root.name == "MirrorUsagePoint":
            points[usage_point_of(post)] = root.hexadecimal("mRID") or ""
            flags = (root.text("roleFlags") or "none").upper().lstrip("0")
            yield from _of(root, post, f"the usage point {root.hexadecimal('mRID')} with roleFlags {flags}")
        point = points.get(usage_point_of(post), usage_point_of(post))
        seen: dict[str, int] = {}
        for node in _below(root, "MirrorMeterReading"):
            text = node.hexadecimal("mRID") or ""
            seen[text] = seen.get(text, 0) + 1
            again = f", number {seen[text]} of one document" if seen[text] > 1 else ""
            yield from _of(node, post, f"a reading of the usage point {point}{again}")


def _of(node: Node, post: Exchange, thing: str) -> Iterator[Identifier]:
    """Yield the mRID of what is being defined; a reading without a ReadingType only names what was defined before."""
    text, is_point = node.text("mRID"), node.name == "MirrorUsagePoint"
    if text is not None and (is_point or node.child("ReadingType") is not None):
        yield Identifier(text, f"mRID of {node.name}", post.number, thing, node.text("roleFlags") or "")


def _documents(posts: Iterable[Exchange]) -> Iterator[tuple[Exchange, Node]]:
    for post in posts:
        try:
            yield post, read(post.request_body)
        except Malformed:
            continue


def _below(root: Node, name: str) -> Iterator[Node]:
    return (Node(xml) for xml in root.xml.iter(f"{{{root.namespace}}}{name}"))


def _told(wrong: Sequence[Identifier], otherwise: str) -> str:
    return "; ".join(dict.fromkeys(f"{one.owner} {one.text}" for one in wrong)) or otherwise


def _numbers(identifiers: Sequence[Identifier]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(one.exchange for one in identifiers))
