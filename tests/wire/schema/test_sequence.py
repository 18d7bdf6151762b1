"""The explanation of a sequence agrees with what a sequence is, and asks for as little as possible to be moved."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from conformance.wire.schema.model import IEEE, Child, Wildcard
from conformance.wire.schema.sequence import Layout, Misplaced, explain_sequence

PLACES = (
    Child("a", "t", 0, 1),
    Child("b", "t", 1, 1),
    Child("c", "t", 0, None),
    Child("d", "t", 1, 2),
    Child("e", "t", 0, 1),
)
LAYOUT = Layout.of(PLACES)


def is_valid(tags: list[str]) -> bool:
    """The plain meaning of a sequence, place by place."""
    rest = list(tags)
    for place in PLACES:
        count = 0
        while rest and rest[0] == place.tag and (place.most is None or count < place.most):
            rest.pop(0)
            count += 1
        if count < place.least:
            return False
    return not rest


def sound(tags: list[str]) -> bool:
    faults = explain_sequence(LAYOUT, tags, IEEE)
    return not (faults.missing or faults.misplaced or faults.repeated or faults.unknown)


@given(st.lists(st.sampled_from("abcdez"), max_size=9))
def test_there_are_faults_exactly_where_the_sequence_is_broken(tags: list[str]) -> None:
    assert sound(tags) == is_valid(tags)


@given(st.lists(st.sampled_from("abcde"), max_size=9))
def test_taking_out_what_is_misplaced_or_repeated_leaves_an_ordered_rest(tags: list[str]) -> None:
    faults = explain_sequence(LAYOUT, tags, IEEE)
    out = {fault.child for fault in faults.misplaced} | set(faults.repeated)
    rest = [tag for number, tag in enumerate(tags) if number not in out]
    assert rest == sorted(rest)


def test_every_order_of_five_is_mended_by_moving_what_is_named() -> None:
    for order in permutations("abcde"):
        faults = explain_sequence(LAYOUT, order, IEEE)
        kept = [tag for number, tag in enumerate(order) if number not in {fault.child for fault in faults.misplaced}]
        assert kept == sorted(kept)
        assert (faults.missing, faults.repeated, faults.unknown) == ((), (), ())
        for fault in faults.misplaced:
            assert (fault.before is None) != (fault.after is None)
            if fault.before is not None:
                assert order[fault.child] < order[fault.before]
                assert fault.before < fault.child
            if fault.after is not None:
                assert order[fault.child] > order[fault.after]
                assert fault.after > fault.child


def test_of_two_swapped_children_the_one_ahead_of_a_required_one_moves() -> None:
    assert explain_sequence(LAYOUT, ["c", "b", "d"], IEEE).misplaced == (Misplaced(0, before=None, after=1),)


def test_of_two_swapped_optional_children_the_late_one_moves() -> None:
    faults = explain_sequence(LAYOUT, ["b", "c", "a", "d"], IEEE)
    assert faults.misplaced == (Misplaced(2, before=0, after=None),)


def test_wildcards_take_what_is_of_their_namespace_only() -> None:
    other = Layout.of((Wildcard("##other", 0, None),))
    own = Layout.of((Wildcard("##targetNamespace", 1, None),))
    tags = [f"{{{IEEE}}}x", "{urn:v}x", "x"]
    assert [number for number, _ in explain_sequence(other, tags, IEEE).unknown] == [0, 2]
    assert [number for number, _ in explain_sequence(own, tags, IEEE).unknown] == [1, 2]
