"""What handbooks ask of an aggregator with a fleet. No test case has one yet: these are not run, and say so."""

from conformance.face.authoring import require, test_case

TO_COME = "test cases with an aggregator's fleet do not exist yet"


@test_case(
    id="FLEET-001",
    title="A fleet: one EndDevice for the aggregator and one for each member",
    subject="client",
    requirements=[],
    flaws=[],
    needs=["fleet"],
    origin="ours",
    values=["EndDevice.fleet_members"],
)
async def fleet_001(client):
    """A utility steers the members of a fleet one by one, and so has to see them one by one.

    Steps
        1. Let the aggregator present its fleet, and look at the EndDevices.

    Passes when
        the aggregator's own EndDevice has subscriptions and no assignments, and each member has its own of both.
    """
    require(client is None, TO_COME)


@test_case(
    id="FLEET-002",
    title="Readings of the whole fleet",
    subject="client",
    requirements=[],
    flaws=[],
    needs=["fleet"],
    origin="ours",
    values=["MirrorUsagePoint.fleet_readings"],
)
async def fleet_002(client):
    """The power of a virtual power plant is that of all its members together, sign included.

    Steps
        1. Let the aggregator report its members and its fleet over several intervals, and compare the sums.

    Passes when
        the readings of the fleet are there, and are the sums of those of its members over the same interval.
    """
    require(client is None, TO_COME)


@test_case(
    id="FLEET-003",
    title="Members that report and are not controlled",
    subject="client",
    requirements=[],
    flaws=[],
    needs=["fleet"],
    origin="ours",
    values=["EndDevice.reporting_only"],
)
async def fleet_003(client):
    """Not every member of a fleet may be steered; one that is steered all the same is a breach of its contract.

    Steps
        1. Let a member have no program, publish a control to the others, and watch both kinds.

    Passes when
        the member reports in time, answers no control, and its plant does not move.
    """
    require(client is None, TO_COME)


@test_case(
    id="FLEET-004",
    title="Readings in batches",
    subject="client",
    requirements=[],
    flaws=[],
    needs=["fleet"],
    origin="ours",
    values=["MirrorUsagePoint.batch_postRate", "MirrorUsagePoint.batch_interval", "MirrorUsagePoint.batch_intervals"],
)
async def fleet_004(client):
    """A large fleet reports in batches, or its server drowns; a hole in a batch is never filled again.

    Steps
        1. Let the server ask for the long postRate, and look at the batches of an hour.

    Passes when
        each batch holds the intervals asked for, of every kind of reading, without a hole and without overlap.
    """
    require(client is None, TO_COME)


@test_case(
    id="FLEET-005",
    title="LFDIs that an aggregator makes",
    subject="client",
    requirements=[],
    flaws=[],
    needs=["fleet"],
    origin="ours",
    values=["EndDevice.lFDI.pen_base", "EndDevice.lFDI.pen_digits"],
)
async def fleet_005(client):
    """Two aggregators must never name two devices alike; the number of the maker at the end sees to it.

    Steps
        1. Let the aggregator present its fleet, and look at the LFDIs of its members.

    Passes when
        each ends in the aggregator's number, in the digits that the profile asks for.
    """
    require(client is None, TO_COME)
