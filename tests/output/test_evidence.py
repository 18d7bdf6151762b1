from conformance.judgement.finding import State
from conformance.output.evidence import Bounds, both_ends, collect, select
from conformance.output.record_reading import read_run
from tests.output import sample_facts
from tests.output.sample_facts import connection, event, exchange, finding, finished, planned, run_started

CASE = "client/COMM-004"


def run_with(findings, exchanges, connections=()):
    events = [
        run_started([planned(CASE, "Title")]),
        event("case_started", 0.0, case=CASE),
        *(event("finding", 0.0, case=CASE, finding=one) for one in findings),
        finished(CASE, 1.0, "fail", exchanges=list(exchanges), connections=list(connections)),
        event("run_finished", 1.0, interrupted=False),
    ]
    return read_run(sample_facts.Sample(events).record)


def test_everything_a_failed_finding_cites_is_carried_up_to_a_bound():
    run = run_with([finding(State.FAIL, "", "", exchanges=tuple(range(100, 1000)))], range(1, 2000))
    chosen = select(run, Bounds(per_open_finding=10, exchanges_per_case=0))
    assert chosen.exchanges == {100, 101, 102, 103, 104, 995, 996, 997, 998, 999}
    assert chosen.weighty == chosen.exchanges


def test_passed_findings_get_a_share_and_uncited_exchanges_fill_up():
    run = run_with([finding(State.PASS, "", "", exchanges=(50, 60, 70, 80, 90, 95))], range(1, 2000))
    chosen = select(run, Bounds(per_passed_finding=4, exchanges_per_case=6))
    assert chosen.exchanges == {50, 60, 90, 95, 1, 2}
    assert chosen.weighty == set()


def test_the_log_is_read_once_and_only_what_was_chosen_is_kept():
    run = run_with([finding(State.FAIL, "", "", exchanges=(7,))], range(1, 1001))
    bounds = Bounds(exchanges_per_case=4)
    log = iter([connection(1, CASE, 0.0), *(exchange(number, CASE, number) for number in range(1, 1001))])
    evidence = collect(run, log, select(run, bounds), bounds)
    assert sorted(evidence.exchanges) == [1, 2, 3, 7]
    assert sorted(evidence.connections) == [1]
    assert evidence.recorded == {CASE: 1000}


def test_of_a_connection_recorded_twice_the_later_one_counts():
    run = run_with([finding(State.FAIL, "", "", connections=(1,))], [])
    first, second = connection(1, CASE, 0.0), connection(1, CASE, 5.0)
    evidence = collect(run, [first, second], select(run, Bounds()), Bounds())
    assert evidence.connections[1].opened == second.opened


def test_broken_handshakes_are_carried_though_nothing_cites_them():
    run = run_with([], [])
    log = [connection(number, CASE, 0.0, ok=number < 5) for number in range(1, 30)]
    evidence = collect(run, log, select(run, Bounds()), Bounds(failed_connections_per_case=3))
    assert sorted(evidence.connections) == [5, 6, 7]


def test_both_ends_keeps_first_and_last():
    assert list(both_ends(range(10), 3)) == [0, 1, 9]
    assert list(both_ends(range(3), 3)) == [0, 1, 2]
    assert list(both_ends(range(9), 0)) == []
