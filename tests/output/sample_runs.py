"""Sample runs for the tests of outputs: every verdict, every state, hostile texts, an empty plan, very many exchanges.

A sample is a list of journal events and a log of facts, as a run would leave them; nothing here is read from a disk.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.judgement.finding import LimitUsed, State
from conformance.vocabulary.verdict import Grade, Level
from conformance.wire.exchange import Exchange
from tests.output.sample_facts import (
    CLOCK_LIMIT,
    HOSTILE,
    RESPONSE_LIMIT,
    SEP,
    Sample,
    connection,
    event,
    exchange,
    finding,
    finished,
    planned,
    run_started,
    timing,
)

PLAN = [
    planned("server/COMM-002", "TLS 1.2 with the mandatory suite"),
    planned(
        "server/CORE-005",
        "Served time is right and moves forward",
        requirements=["TIME.001", "TIME.002"],
        steps=(
            "Follow TimeLink from DeviceCapability and read Time.",
            "Compare currentTime with the harness's clock.",
            "Wait a little and read Time again.",
        ),
        why="A client can obey timed events only if the server's clock is right.",
        aliases=["CORE-005-S"],
    ),
    planned("client/BASIC-009", "Responses come in time and in order", requirements=["RSP.004", "POLL.002"]),
    planned("client/COMM-004", "The poll rate is kept", requirements=["POLL.002"], required=False),
    planned("server/ERR-001", "A stranger's certificate is refused", requirements=["SEC.011"]),
    planned("server/CORE-010", "Lists are paged as asked"),
    planned("client/UTIL-003", "The plant follows the set point"),
    planned("server/AGG-001", "A fleet is served", required=False),
    planned("client/CORE-022", "Readings are posted", required=True),
    planned("server/CORE-011", "Größe, 単位 and Ω in names survive"),
]


def rich(*, virtual: bool = False, weak: bool = True) -> Sample:
    """Every verdict, every state of findings and steps, timings within and outside their bounds and never observed."""
    sample = Sample([run_started(PLAN, virtual=virtual, **({} if weak else {"weakened_by": []}))])
    for part in (_passing, _failing_clock, _failing_responses, _warned, _undecided, _harness_error, _not_carried_out):
        part(sample)
    sample.events.append(event("run_finished", 15500.0, interrupted=False))
    return sample


def _passing(sample: Sample) -> None:
    case = "server/COMM-002"
    sample.log += [connection(1, case, 0.1), exchange(1, case, 0.3, "/dcap")]
    sample.events += [
        event("case_started", 0.0, case=case),
        event("step_started", 0.1, case=case, step=1),
        event(
            "finding",
            0.2,
            case=case,
            finding=finding(State.NOTE, "", "7 suites were offered", step=1, requirement=None),
        ),
        event("step_started", 0.4, case=case, step=2),
        *(
            event(
                "finding",
                0.5,
                case=case,
                finding=finding(State.PASS, "TLS 1.2", "TLSv1.2", connections=(1,), kind="tls_version", exchanges=()),
            )
            for _ in range(3)
        ),
        finished(case, 0.6, "pass", exchanges=[1], connections=[1]),
    ]


def _failing_clock(sample: Sample) -> None:
    case = "server/CORE-005"
    sample.log += [connection(2, case, 1.0), *(exchange(number, case, number, connection=2) for number in range(2, 6))]
    late = finding(
        State.FAIL,
        "within 10 s of 14:03:07.120 UTC",
        "14:04:07 UTC, 59.9 s ahead",
        exchanges=(4,),
        limit=CLOCK_LIMIT,
        timing=timing(-10.0, 10.0, 59.9, at=1.0, start_label="the harness's clock", stop_label="currentTime"),
    )
    schema = finding(
        State.FAIL,
        "a document valid against the schema 2030.5-2018",
        "2 problems",
        kind="schema_valid",
        requirement="TIME.001",
        exchanges=(4, 5),
        step=1,
        detail=("line 3: element dstRuleA is not expected here", f"line 9: attribute {HOSTILE} is not allowed"),
    )
    sample.events += [
        event("case_started", 1.0, case=case),
        event("step_started", 1.0, case=case, step=1),
        event("finding", 1.1, case=case, finding=schema),
        event("finding", 1.1, case=case, finding=finding(State.PASS, "status 200", "200", kind="status", step=1)),
        event("step_started", 2.0, case=case, step=2),
        event("finding", 2.1, case=case, finding=late),
        finished(case, 5.0, "fail", exchanges=[2, 3, 4, 5], connections=[2]),
    ]


def _failing_responses(sample: Sample) -> None:
    case = "client/BASIC-009"
    answer = f'<Response xmlns="{SEP}"><status>1</status><subject>0A1B</subject></Response>'.encode()
    sample.log += [
        exchange(6, case, 10.0, "/edev/3/rsp", method="POST", status=201, body=b"", sent=answer),
        exchange(7, case, 72.0, "/derp/1/derc", status=None, error="no answer within 10 s"),
        exchange(8, case, 95.0, f"/x?{HOSTILE}", status=500, body=HOSTILE.encode()),
        exchange(9, case, 309.0, "/bin", body=bytes(range(200))),
    ]
    common = {"requirement": "RSP.004", "kind": "happened_within", "limit": RESPONSE_LIMIT}
    findings = [
        finding(
            State.FAIL,
            "a Response with status 2 from 0 s to 60 s after the event's start",
            "never",
            timing=timing(0.0, 60.0, None, at=20),
            **common,
        ),
        finding(
            State.PASS,
            "a Response with status 1 within 60 s",
            "+2.500 s",
            timing=timing(None, 60.0, 2.5, at=10),
            exchanges=(6,),
            **common,
        ),
        finding(
            State.INCONCLUSIVE,
            "a Response with status 3 within 60 s",
            "+60.010 s",
            timing=timing(None, 60.0, 60.01, at=80),
            exchanges=(7,),
            **common,
        ),
        finding(
            State.PASS,
            "no Response before the start",
            "+0.400 s",
            timing=timing(0.0, None, 0.4, at=90),
            exchanges=(8,),
            **common,
        ),
        finding(
            State.WARNING,
            "a poll from 285 s to 315 s after the one before",
            "+214.000 s",
            requirement="POLL.002",
            level=Level.SHOULD,
            timing=timing(285.0, 315.0, 214.0, at=95, stop_label="the next poll", start_label="the last poll"),
            exchanges=(9,),
        ),
        finding(
            State.PASS,
            "active power at the set point",
            "4980 W",
            grade=Grade.WIRE_AND_SIMULATOR,
            policy="late_first_poll",
            exchanges=(6, 7),
        ),
    ]
    sample.events += [
        event("case_started", 10.0, case=case),
        event("step_started", 10.0, case=case, step=1),
        event("step_started", 22.0, case=case, step=2),
        *(event("finding", 12.0, case=case, finding=one) for one in findings),
        event(
            "operator",
            13.0,
            case=case,
            instruction="arrange",
            way="person",
            text="Start the client.",
            outcome={"done": "done", "told": ""},
            duration_s=4.2,
        ),
        finished(case, 330.0, "fail", exchanges=[6, 7, 8, 9], connections=[], duration_s=320.0),
    ]


def _warned(sample: Sample) -> None:
    case = "client/COMM-004"
    polls = [
        finding(
            State.PASS,
            "a poll from 285 s to 315 s after the one before",
            f"+{300 + place / 10:.3f} s",
            requirement="POLL.002",
            level=Level.SHOULD,
            exchanges=(20 + place,),
            timing=timing(
                285.0,
                315.0,
                300 + place / 10,
                at=330 + 300 * place,
                stop_label="the next poll",
                start_label="the last poll",
            ),
        )
        for place in range(50)
    ]
    sample.log += [exchange(20 + place, case, 630.0 + 300 * place) for place in range(50)]
    sample.events += [
        event("case_started", 330.0, case=case),
        event("step_started", 330.0, case=case, step=1),
        *(event("finding", 111.0, case=case, finding=poll) for poll in polls),
        finished(case, 15400.0, "pass", exchanges=list(range(20, 70)), duration_s=15070.0),
    ]


def _undecided(sample: Sample) -> None:
    case = "server/ERR-001"
    sample.log += [connection(5, case, 200.0, ok=False)]
    refused = finding(
        State.INCONCLUSIVE,
        "the TLS handshake completes",
        "received alert 48 unknown_ca; does the subject trust the harness's root?",
        requirement="SEC.011",
        exchanges=(),
        connections=(5,),
        step=1,
    )
    sample.events += [
        event("case_started", 200.0, case=case),
        event("step_started", 200.0, case=case, step=1),
        event("finding", 201.0, case=case, finding=refused),
        finished(case, 202.0, "inconclusive", "cannot go on: a connection to the subject", connections=[5]),
    ]


def _harness_error(sample: Sample) -> None:
    case = "server/CORE-010"
    sample.events += [
        event("case_started", 210.0, case=case),
        event("step_started", 210.0, case=case, step=1),
        finished(case, 211.0, "error", "HarnessError: the profile has no limit named 'list_page'"),
    ]


def _not_carried_out(sample: Sample) -> None:
    sample.events += [
        finished("client/UTIL-003", 220.0, "pending", "waits for an operator: set the plant to 5 kW", duration_s=0.0),
        finished(
            "server/AGG-001", 220.0, "not_applicable", "the declaration does not claim Aggregator", duration_s=0.0
        ),
        finished("client/CORE-022", 220.0, "not_run", "left out by --only", duration_s=0.0),
        event("case_started", 220.0, case="server/CORE-011"),
        finished("server/CORE-011", 221.0, "pass"),
    ]


def empty() -> Sample:
    """A run of nothing."""
    return Sample([run_started([]), event("run_finished", 1.0, interrupted=False)])


def all_passed(*, virtual: bool = True) -> Sample:
    """A conformant run."""
    plan = PLAN[:1]
    sample = Sample([run_started(plan, virtual=virtual, weakened_by=[])])
    _passing(sample)
    sample.events.append(event("run_finished", 2.0, interrupted=False))
    return sample


def killed() -> Sample:
    """A run whose journal stops in the middle of a test case."""
    sample = rich()
    stop = next(
        place
        for place, one in enumerate(sample.events)
        if one["event"] == "finding" and one["case"] == "client/BASIC-009"
    )
    return Sample(sample.events[: stop + 1], sample.log)


def hostile() -> Sample:
    """Every text that can come from outside is an attack."""
    case = f"server/{HOSTILE}"
    plan = [planned(case, HOSTILE, steps=(HOSTILE,), why=HOSTILE, passes_when=HOSTILE, requirements=[HOSTILE])]
    subject = dict.fromkeys(("name", "maker", "model", "version", "address", "lfdi", "started_by"), HOSTILE)
    bad = finding(
        State.FAIL,
        HOSTILE,
        HOSTILE,
        kind=HOSTILE,
        requirement=HOSTILE,
        detail=(HOSTILE,),
        step=1,
        policy=HOSTILE,
        timing=timing(1.0, 2.0, 3.0, start_label=HOSTILE, stop_label=HOSTILE),
        limit=LimitUsed(HOSTILE, 1.0, HOSTILE, HOSTILE),
    )
    document = (
        f'<a xmlns="urn:x" b="&lt;/script>"><!-- {HOSTILE.replace(chr(27), "")} --><c>&lt;script&gt;</c></a>'.encode()
    )
    sample = Sample([run_started(plan, subject={"kind": "server"} | subject, weakened_by=[HOSTILE], run_id=HOSTILE)])
    sample.events += [
        event("case_started", 0.0, case=case),
        event("step_started", 0.0, case=case, step=1),
        event("finding", 0.1, case=case, finding=bad),
        event(
            "operator",
            0.2,
            case=case,
            instruction=HOSTILE,
            way=HOSTILE,
            text=HOSTILE,
            outcome={"done": "failed", "told": HOSTILE},
            duration_s=1.0,
        ),
        finished(case, 1.0, "fail", HOSTILE, exchanges=[1, 2]),
        event("run_finished", 2.0, interrupted=False),
    ]
    sample.log = [
        exchange(1, case, 0.1, f"/{HOSTILE}", method=HOSTILE, body=document, error=HOSTILE),
        exchange(2, case, 0.2, body=HOSTILE.encode()),
    ]
    return sample


def huge(count: int) -> tuple[Sample, Iterator[Exchange]]:
    """One test case with very many exchanges, the middle one failing; the log is made while it is read."""
    case = "client/COMM-004"
    middle = finding(State.FAIL, "status 200", "500", exchanges=(count // 2,))
    every = finding(State.PASS, "status 200", "200", exchanges=tuple(range(1, count + 1)))
    events = [
        run_started([planned(case, "The poll rate is kept")]),
        event("case_started", 0.0, case=case),
        event("step_started", 0.0, case=case, step=1),
        event("finding", 1.0, case=case, finding=middle),
        event("finding", 1.0, case=case, finding=every),
        finished(case, 2.0, "fail", exchanges=list(range(1, count + 1))),
        event("run_finished", 3.0, interrupted=False),
    ]
    return Sample(events), (exchange(number, case, number, f"/n{number}") for number in range(1, count + 1))
