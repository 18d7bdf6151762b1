"""How much a client has room for, by the figures of a profile: assignments, curves and their points."""

from conformance.face.authoring import kept, largest, registered_last, require, test_case, unseen


@test_case(
    id="ASSIGNMENTS-001",
    title="As many assignments as are asked for, the program in the last of them",
    subject="client",
    requirements=[],
    flaws=["ignores_paging"],
    origin="ours",
    duration=["first_contact", "discovery", "discovery"],
    instructions=["restart_client"],
    values=["FunctionSetAssignments.count"],
)
async def assignments_001(utility, client, step, check, limits, clock, values):
    """A device can belong to many groups, and the program that matters may be in the last of them.

    Steps
        1. Assign the device to as many groups as the profile asks for, only the last in list order with programs; start
           the client and wait until it has read the list.
        2. Wait for its GET of the programs of the last.

    Passes when
        they are read.
    """
    count = largest(values, "FunctionSetAssignments.count")
    device = registered_last(utility, client.lfdi, pin=client.pin)
    made = [utility.assign(device, description=f"Group {number}", shows_programs=False) for number in range(count)]
    last = min(made, key=lambda assignment: int(assignment.mrid, 16))
    last.shows_programs = True
    utility.add_program(last, primacy=1)
    with step(1):
        await client.start(within=limits.first_contact)
        until = clock.now() + limits.discovery.duration
        listed = await client.seen("GET", ("FunctionSetAssignmentsList",), until)
        require(listed, "the client reads no FunctionSetAssignmentsList")
    with step(2):
        until = clock.now() + limits.discovery.duration
        read = await client.seen("GET", ("DERProgramList",), until, lambda it: it.path == last.programs_path)
        told = f"the programs of the last of {count} are {'read' if read else 'never read'}"
        seen = [read] if read else []
        check.demands(
            "FunctionSetAssignments.count",
            lambda value: kept(value, bool(read), told, seen) if read or value.number >= count else unseen(value, told),
        )
