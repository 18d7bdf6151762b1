"""What handbooks ask of a server towards an aggregator's fleet. No test case has one yet: it is not run."""

from conformance.face.authoring import require, test_case

TO_COME = "test cases with an aggregator's fleet do not exist yet"


@test_case(
    id="FLEET-006",
    title="The share of a fleet that is held at the short postRate",
    subject="server",
    requirements=[],
    flaws=[],
    needs=["fleet"],
    origin="ours",
    values=["MirrorUsagePoint.unbatched_share"],
)
async def fleet_006(server):
    """An aggregator may report most of its fleet in batches; the utility chooses which few it watches closely.

    Steps
        1. Present a fleet that reports in batches, and look at the postRates that the server asks for.

    Passes when
        no more than the share that the profile names is held at the short postRate.
    """
    require(server is None, TO_COME)
