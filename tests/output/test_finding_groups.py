from conformance.judgement.finding import State
from conformance.output.finding_groups import grouped, most_telling
from tests.output.sample_facts import finding, timing


def test_passed_checks_that_differ_only_in_what_was_measured_become_one_with_all_evidence():
    polls = [
        finding(
            State.PASS,
            "a poll in time",
            f"+{300 + place} s",
            exchanges=(place,),
            timing=timing(285.0, 315.0, 300.0 + place),
        )
        for place in range(1, 4)
    ]
    (group,) = grouped(polls)
    assert (group.count, group.observed) == (3, "+301 s … +303 s")
    assert group.finding.exchanges == (1, 2, 3)


def test_failures_are_merged_only_when_they_say_the_same():
    one, same, other = (
        finding(State.FAIL, "200", seen, exchanges=(place,)) for place, seen in enumerate(("500", "500", "404"))
    )
    groups = grouped([one, same, other])
    assert [(group.count, group.observed, group.finding.exchanges) for group in groups] == [
        (2, "500", (0, 1)),
        (1, "404", (2,)),
    ]


def test_notes_that_say_different_things_stay_apart():
    notes = [finding(State.NOTE, "", text) for text in ("a", "b", "a")]
    assert [(group.count, group.observed) for group in grouped(notes)] == [(2, "a"), (1, "b")]


def test_too_many_groups_lose_the_harmless_ones_and_keep_their_order():
    findings = [finding(State.PASS, str(place), "") for place in range(10)] + [finding(State.FAIL, "last", "")]
    groups, left_out = most_telling(grouped(findings), bound=3)
    assert [group.finding.expected for group in groups] == ["0", "1", "last"]
    assert left_out == 8
